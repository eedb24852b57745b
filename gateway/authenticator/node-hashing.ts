/**
 * The hashes of an authenticator by node:crypto, on the spot: they take microseconds, and would wait
 * longer than that for a thread of Web Crypto's.
 */
import { createHmac, hash } from 'node:crypto';
import type {
  AuthenticatorHash,
  AuthenticatorHashing,
} from '../protocol/exported-authenticator.ts';

const NODE_NAME: Readonly<Record<AuthenticatorHash, string>> = {
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
};

/** By node:crypto. */
export const NODE_HASHING: AuthenticatorHashing = {
  digest: (name, data) => hash(NODE_NAME[name], data, 'buffer'),
  mac: (name, key, data) => createHmac(NODE_NAME[name], key).update(data).digest(),
};
