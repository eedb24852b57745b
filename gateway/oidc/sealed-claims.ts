/**
 * What of a person's identity waits between login and userinfo (design §8): sealed under a secret that
 * only the next holder has, and never stored itself. Whoever reads the store learns neither the claims
 * nor whose they are. Each step re-seals: completion code, browser's cookie, code, access token.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { JsonObject, Store } from '../store/store.ts';

const TABLE = 'sealed';
const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Anything we seal under has far more randomness than this many characters show. */
const MIN_SECRET_LENGTH = 20;

export interface SealedClaims {
  /**
   * Seals claims under a secret, replacing what was there.
   * @throws {RangeError} for a secret of fewer than 20 characters.
   */
  put(secret: string, claims: JsonObject, ttlSeconds: number): Promise<void>;
  /**
   * Gives the claims and removes them: of any number of callers one gets them. Undefined without such
   * a row, after its time, and for a row that was tampered with, which is gone then too.
   */
  take(secret: string): Promise<JsonObject | undefined>;
  /** Takes from one secret and seals under another; false when there was nothing. */
  move(from: string, to: string, ttlSeconds: number): Promise<boolean>;
}

/** Creates the drawer over a store. `now` is the clock that rows expire by. */
export function createSealedClaims(deps: { store: Store; now: () => Date }): SealedClaims {
  const { store, now } = deps;

  const put: SealedClaims['put'] = async (secret, claims, ttlSeconds) => {
    const { rowKey, key } = deriveKeys(secret);
    const expiresAt = new Date(now().getTime() + ttlSeconds * 1_000);
    await store.put(TABLE, rowKey, { sealed: seal(key, rowKey, claims) }, expiresAt);
  };

  const take: SealedClaims['take'] = async (secret) => {
    const { rowKey, key } = deriveKeys(secret);
    const row = await store.take(TABLE, rowKey);
    const sealed = row?.['sealed'];
    return typeof sealed === 'string' ? open(key, rowKey, sealed) : undefined;
  };

  return {
    put,
    take,
    async move(from, to, ttlSeconds) {
      const claims = await take(from);
      if (!claims) return false;
      await put(to, claims, ttlSeconds);
      return true;
    },
  };
}

/** The row's name and the key are two outputs of HKDF-SHA-256 (RFC 5869): one does not tell the other. */
function deriveKeys(secret: string): { rowKey: string; key: Uint8Array } {
  if (secret.length < MIN_SECRET_LENGTH) throw new RangeError('secret is too short to seal under');
  const derive = (info: string) => Buffer.from(hkdfSync('sha256', secret, '', info, 32));
  return {
    rowKey: derive('kids-id sealed claims row').toString('base64url'),
    key: derive('kids-id sealed claims key'),
  };
}

/** `iv ‖ tag ‖ ciphertext` in base64url; the row's name is authenticated along. */
function seal(key: Uint8Array, rowKey: string, claims: JsonObject): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(rowKey));
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(claims), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]).toString('base64url');
}

function open(key: Uint8Array, rowKey: string, sealed: string): JsonObject | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  const start = IV_BYTES + TAG_BYTES;
  if (bytes.length < start) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(rowKey));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, start));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]);
    return JSON.parse(text.toString('utf8')) as JsonObject;
  } catch {
    // Not what we sealed: nothing of it may be believed, and nothing is told of it.
    return undefined;
  }
}
