/**
 * A relying party that is neither JavaScript nor ours: Debian's Apache with mod_auth_openidc, set up as
 * docs/RELYING-PARTIES.md says, against the real gateway.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { type Apache, findApacheProblems, startApache } from '../kit/interop/apache.ts';
import { adapt, readGuideBlock } from '../kit/interop/guide-block.ts';
import { visitWithCard } from '../kit/interop/raw-visit.ts';
import { claimPort } from '../kit/start/ports.ts';

const HOSTNAME = 'library.localhost';
const secret = randomBytes(32).toString('base64url');

describe('Apache with mod_auth_openidc as a client', {
  skip: findApacheProblems().join('; ') || false,
  timeout: 60_000,
}, () => {
  let gateway: TestGateway;
  let steps: LoginSteps;
  let apache: Apache;
  let origin: string;

  before(async () => {
    const port = await claimPort(0);
    origin = `https://${HOSTNAME}:${port}`;
    const registration = adapt(await readGuideBlock('library.json'), {
      'https://library.example': origin,
      'HASH-OF-THE-SECRET': createHash('sha256').update(secret).digest('base64url'),
    });
    gateway = await startTestGateway({ clients: [JSON.parse(registration)] });
    steps = await createLoginSteps(gateway);
    apache = await startApache({
      hostname: HOSTNAME,
      port,
      web: gateway.pki.issueWebCertificate([HOSTNAME]),
      authority: gateway.webCa,
      site: adapt(await readGuideBlock('library.conf'), {
        'https://gateway.example': gateway.origin,
        'https://library.example': origin,
        'THE-SECRET': secret,
        'A-RANDOM-PASSPHRASE': randomBytes(32).toString('base64url'),
      }),
    });
  });

  after(async () => {
    await apache?.stop();
    await gateway?.stop();
  });

  it('shows its application the claims of the child who signed in', async () => {
    const visitor = openVisitor(apache, gateway);
    const { status, text } = await visitor.signIn(steps, 'emma');
    assert.equal(status, 200, text);
    const headers = JSON.parse(text) as Record<string, string>;
    assert.match(String(headers['oidc_claim_sub']), /^[A-Za-z0-9_-]{43}$/);
    assert.equal(headers['oidc_claim_acr'], 'urn:kids-id:acr:card-pin');
    assert.equal(headers['oidc_claim_age_over_6'], '1');
    assert.equal(headers['oidc_claim_age_over_12'], '0');
    assert.equal(headers['oidc_claim_iss'], gateway.origin);
    assert.equal(JSON.stringify(headers).includes('Emma'), false);
  });

  it('lets nobody in whose age it does not want: Require claim', async () => {
    const visitor = openVisitor(apache, gateway);
    // Karel is 40: age_over_12 is true.
    const { status } = await visitor.signIn(steps, 'karel');
    assert.ok(status === 401 || status === 403, String(status));
  });

  it('takes a refusal for one', async () => {
    const visitor = openVisitor(apache, gateway);
    const { status, text } = await visitor.signIn(steps, undefined);
    assert.doesNotMatch(text, /oidc_claim/);
    assert.notEqual((await visitor.get('/app')).status, 200);
    assert.ok(status >= 200 && status !== 302, String(status));
  });

  it('refuses a code that comes back without the browser that began', async () => {
    const first = openVisitor(apache, gateway);
    const { callback } = await visitWithCard({
      gateway,
      steps,
      url: await first.begin(),
      card: await steps.cardOf('emma'),
    });
    const second = openVisitor(apache, gateway);
    const { status, text } = await second.get(callback.pathname + callback.search);
    assert.notEqual(status, 200);
    assert.doesNotMatch(text, /oidc_claim/);
  });

  function openVisitor(site: Apache, { webCa }: TestGateway) {
    const cookies = new Map<string, string>();
    function get(path: string): Promise<Answer> {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = {
        host: new URL(origin).host,
        accept: 'text/html',
        ...(cookie && { cookie }),
      };
      return exchange({ port: site.port, ca: webCa, path, headers }, cookies);
    }
    async function begin(): Promise<string> {
      const { status, location } = await get('/app');
      assert.equal(status, 302, await site.readLog());
      return location;
    }
    return {
      get,
      begin,
      async signIn(login: LoginSteps, name: string | undefined): Promise<Answer> {
        const card = name === undefined ? undefined : await login.cardOf(name);
        const { callback } = await visitWithCard({
          gateway,
          steps: login,
          url: await begin(),
          card,
        });
        assert.equal(callback.origin, origin);
        const answer = await get(callback.pathname + callback.search);
        if (answer.status !== 302) return answer;
        return get(new URL(answer.location).pathname);
      },
    };
  }
});

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

function exchange(
  options: { port: number; ca: string; path: string; headers: Record<string, string> },
  cookies: Map<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { ...options, host: '127.0.0.1', servername: HOSTNAME, agent: false, timeout: 10_000 },
      (response) => {
        for (const line of response.headers['set-cookie'] ?? []) {
          const [name = '', value = ''] = line.split(';')[0]?.split(/=(.*)/s) ?? [];
          if (value === '') cookies.delete(name);
          else cookies.set(name, value);
        }
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? '',
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}
