/** `client add`: how the new client is going to prove itself, and the keys and secrets made for it. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { CommandError, UsageError } from './command-context.ts';
import type { OptionForms, Words } from './command-words.ts';
import { readJsonObject } from './registration-options.ts';

export const AUTHENTICATION_OPTIONS = {
  'new-key': 'text',
  jwks: 'text',
  secret: 'switch',
  public: 'switch',
  'cors-origin': 'text',
} as const satisfies OptionForms;

export const AUTHENTICATION_USAGE = `  --jwks FILE          its public keys, as the site sent them (JSON Web Key Set, or one key)
  --new-key FILE       or: makes a key pair; the private key goes into FILE, for the site
  --secret             or: makes a secret, shown once; only its hash is kept
  --public             or: it has neither (an app); --cors-origin ORIGIN for pages that ask themselves
`;

/** What a registration says, and what is still to be done when it was judged well. */
export interface NewAuthentication {
  readonly authentication: unknown;
  /** Keeps the private key, if one was made. @throws {CommandError} when its file is there already */
  keep(): void;
  /** Takes back what {@link keep} wrote. */
  takeBack(): void;
  /** What the operator hands to the site. */
  readonly handOver: readonly string[];
}

/**
 * Reads the options, of which one is to be given; undefined when none is.
 * @throws {UsageError} when several are given
 */
export function readAuthentication(words: Words, clientId: string): NewAuthentication | undefined {
  const ways = ['new-key', 'jwks', 'secret', 'public'] as const;
  const given = ways.filter((way) => words.has(way));
  if (given.length > 1) {
    throw new UsageError(`Give one of ${ways.map((way) => `--${way}`).join(', ')}.`);
  }
  const [way] = given;
  if (words.has('cors-origin') && way !== 'public') {
    throw new UsageError('--cors-origin belongs to --public.');
  }
  switch (way) {
    case 'new-key':
      return createKey(words.text('new-key') ?? '');
    case 'jwks':
      return nothingToKeep({ method: 'private_key_jwt', jwks: readJwks(words.text('jwks') ?? '') });
    case 'secret':
      return createSecret(clientId);
    case 'public': {
      const origin = words.text('cors-origin');
      return nothingToKeep({ method: 'none', ...(origin !== undefined && { origin }) });
    }
    case undefined:
      return undefined;
  }
}

/** SHA-256 of a secret's characters, base64url: all of it that a client file holds. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function nothingToKeep(authentication: unknown): NewAuthentication {
  return { authentication, keep: () => {}, takeBack: () => {}, handOver: [] };
}

function createSecret(clientId: string): NewAuthentication {
  const secret = randomBytes(32).toString('base64url');
  const authentication = { method: 'client_secret', secretHashes: [hashSecret(secret)] };
  return {
    ...nothingToKeep(authentication),
    handOver: [
      `client_id       ${clientId}`,
      `client_secret   ${secret}`,
      'The secret is shown this once and kept nowhere: hand it to the site by a way that others cannot read.',
    ],
  };
}

function createKey(file: string): NewAuthentication {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y, d } = privateKey.export({ format: 'jwk' });
  const kid = randomBytes(8).toString('hex');
  const authentication = {
    method: 'private_key_jwt',
    jwks: { keys: [{ kty, crv, x, y, kid, use: 'sig', alg: 'ES256' }] },
  };
  return {
    authentication,
    keep() {
      const text = JSON.stringify(
        { kty, crv, x, y, d, kid, use: 'sig', alg: 'ES256' },
        undefined,
        2,
      );
      try {
        writeFileSync(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
      } catch (cause) {
        const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
        const why = isThere ? 'is there already; name another file' : 'cannot be written';
        throw new CommandError(`${file} ${why}.`, { cause });
      }
    },
    takeBack: () => rmSync(file, { force: true }),
    handOver: [
      `private key     ${file} (kid ${kid})`,
      'Only the site needs the private key: move it there, and leave no copy here.',
    ],
  };
}

const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'kid', 'use', 'alg'];

/** The public keys of a file, without what a key set may say besides. @throws {CommandError} */
function readJwks(file: string): unknown {
  const content = readJsonObject(file);
  const keys: unknown[] = Array.isArray(content['keys']) ? content['keys'] : [content];
  return { keys: keys.map((key) => takePublicKey(key, file)) };
}

function takePublicKey(key: unknown, file: string): unknown {
  if (typeof key !== 'object' || key === null) return key;
  if ('d' in key) {
    throw new CommandError(
      `${file} holds a private key. It belongs to the site alone: ask for the public half (the same without "d"), and have a new key made if this one was sent to you.`,
    );
  }
  return Object.fromEntries(Object.entries(key).filter(([name]) => PUBLIC_MEMBERS.includes(name)));
}
