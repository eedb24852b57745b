/**
 * The gateway's own keys, in one file that only its user may read: connection key, token signing
 * keys, subject key, cookie keys. Making them is a command; nothing makes them in passing.
 */
import { randomBytes } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { exportJWK, generateKeyPair } from 'jose';
import * as v from 'valibot';
import { ConfigError, judge } from './config.ts';
import { decodeBase64url } from './protocol/bytes.ts';
import type { ConnectionKey, ConnectionPrivateKey } from './protocol/connection-check.ts';
import { secret } from './protocol/fields.ts';

const privateKey = v.strictObject({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  x: secret,
  y: secret,
  d: secret,
});
const signingKey = v.strictObject({
  ...privateKey.entries,
  kid: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  alg: v.literal('ES256'),
  use: v.literal('sig'),
});
const schema = v.strictObject({
  connectionKey: privateKey,
  /** The first signs; all are published, so that the next can be known before it signs. */
  signingKeys: v.pipe(v.array(signingKey), v.minLength(1), v.maxLength(8)),
  /** Every `sub` hangs on it: never rotated casually (design §5). */
  subjectKey: v.strictObject({ version: v.literal('v1'), key: secret }),
  /** The first signs cookies; the others still verify. */
  cookieKeys: v.pipe(v.array(secret), v.minLength(1), v.maxLength(8)),
});

export interface GatewayKeys {
  readonly connectionKey: {
    readonly publicKey: ConnectionKey;
    readonly privateKey: ConnectionPrivateKey;
  };
  readonly signingKeys: v.InferOutput<typeof schema>['signingKeys'];
  readonly subjectKey: Uint8Array;
  readonly cookieKeys: readonly string[];
}

/**
 * Reads the keys file.
 * @throws {ConfigError} when it is not right, or when others than its owner may read it.
 */
export async function readKeys(file: string): Promise<GatewayKeys> {
  const keys = judge(file, schema);
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new ConfigError(`${file}: others can read it; set its mode to 0600`);
  }
  const { x, y } = keys.connectionKey;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const { kty, crv, d } = keys.connectionKey;
  const jwk = { kty, crv, x, y, d };
  return {
    connectionKey: {
      publicKey: { x, y },
      privateKey: await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']),
    },
    signingKeys: keys.signingKeys,
    subjectKey: decodeBase64url(keys.subjectKey.key),
    cookieKeys: keys.cookieKeys,
  };
}

/**
 * Makes a new keys file.
 * @throws {ConfigError} instead of replacing one: that would change every pseudonym.
 */
export async function createKeysFile(file: string): Promise<void> {
  const keys = {
    connectionKey: await createPrivateKey(),
    signingKeys: [
      {
        ...(await createPrivateKey()),
        kid: randomBytes(8).toString('hex'),
        alg: 'ES256',
        use: 'sig',
      },
    ],
    subjectKey: { version: 'v1', key: randomBytes(32).toString('base64url') },
    cookieKeys: [randomBytes(32).toString('base64url')],
  };
  try {
    writeFileSync(file, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    const why = isThere ? 'is there already and is not replaced' : 'cannot be written';
    throw new ConfigError(`${file} ${why}`, { cause });
  }
}

async function createPrivateKey() {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y, d } = await exportJWK(pair.privateKey);
  return { kty, crv, x, y, d };
}
