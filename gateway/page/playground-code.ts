/** The program for openid-client that does what the playground did; docs/RELYING-PARTIES.md has the same. */
import { type Choice, registrationOf, scopeOf } from './playground-choice.ts';

const AUTHENTICATIONS = {
  client_secret: 'openid.ClientSecretBasic()',
  private_key_jwt: 'openid.PrivateKeyJwt({ key: privateKey, kid })',
  none: 'openid.None()',
} as const;

const MAKE_KEY = `const { publicKey, privateKey } = await openid.randomDPoPKeyPair('ES256', { extractable: true });
const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
const kid = 'first-key';
`;

/** Writes the program, with the gateway's origin in it: JavaScript for Node, one visitor at a time. */
export function writeProgram(choice: Choice, origin: string): string {
  const { identity, clientType } = choice;
  const hasKey = clientType === 'private_key_jwt';
  const metadata = [
    `client_name: 'My first site'`,
    `redirect_uris: [\`\${site}/callback\`]`,
    ...Object.entries(registrationOf(choice)).map(([name, value]) => `${name}: ${write(value)}`),
    ...(hasKey ? ['jwks: { keys: [{ kty, crv, x, y, kid }] }'] : []),
  ];
  const userinfo =
    identity.length > 0
      ? `
      Object.assign(claims, await openid.fetchUserInfo(gateway, tokens.access_token, claims.sub));`
      : '';
  return `import { createServer } from 'node:http';
import * as openid from 'openid-client';

const site = 'http://127.0.0.1:3000';
${hasKey ? MAKE_KEY : ''}const gateway = await openid.dynamicClientRegistration(
  new URL('${origin}'),
  {
${metadata.map((line) => `    ${line},\n`).join('')}  },
  ${AUTHENTICATIONS[clientType]},
);
let checks; // A real site keeps them in its visitor's session.

createServer(async ({ url: path }, response) => {
  const url = new URL(path, site);
  try {
    if (url.pathname === '/') {
      const [state, nonce] = [openid.randomState(), openid.randomNonce()];
      const pkceCodeVerifier = openid.randomPKCECodeVerifier();
      checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier };
      const { href } = await openid.buildAuthorizationUrlWithPAR(gateway, {
        redirect_uri: \`\${site}/callback\`,
        scope: '${scopeOf(choice)}',
        acr_values: 'urn:kids-id:acr:card-pin',
        ...{ state, nonce, code_challenge_method: 'S256' },
        code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      });
      response.writeHead(303, { location: href }).end();
    } else if (url.pathname === '/callback') {
      const tokens = await openid.authorizationCodeGrant(gateway, url, checks);
      const claims = tokens.claims();
      if (claims.acr !== 'urn:kids-id:acr:card-pin') throw new Error('not by card and PIN');${userinfo}
      response.end(JSON.stringify(claims, undefined, 2));
    } else response.writeHead(404).end();
  } catch (error) {
    response.writeHead(403).end(\`No login: \${error.error ?? error.message}\`);
  }
}).listen(3000, '127.0.0.1', () => console.log(\`Open \${site} in the browser of npm start\`));
`;
}

/** A value as JavaScript, on one line. */
function write(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, field]) => `${name}: ${write(field)}`);
    return `{ ${fields.join(', ')} }`;
  }
  return String(value);
}
