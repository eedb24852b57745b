/** Wycheproof's files of signatures, as plain cases. TEST ONLY. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readVectors } from '../vectors.ts';

interface File {
  readonly testGroups: readonly {
    readonly publicKeyDer: string;
    readonly tests: readonly {
      readonly tcId: number;
      readonly msg: string;
      readonly sig: string;
      readonly result: 'valid' | 'invalid' | 'acceptable';
    }[];
  }[];
}

/** One signature. `acceptable` ones may be refused, and are by us. */
export interface SignatureCase {
  readonly id: number;
  readonly publicKey: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly content: Uint8Array;
  readonly signature: Uint8Array;
  readonly isValid: boolean;
}

const SOURCE = 'C2SP/wycheproof dac1dd4, folder testvectors_v1';

/** The cases of one file, or why there are none. */
export function readWycheproof(file: string): readonly SignatureCase[] | { readonly skip: string } {
  const vectors = readVectors(`wycheproof/${file}`, SOURCE);
  if ('skip' in vectors) return vectors;
  return (vectors.content as File).testGroups.flatMap(({ publicKeyDer, tests }) => {
    const spki = Buffer.from(publicKeyDer, 'hex');
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return tests.map(({ tcId, msg, sig, result }) => ({
      id: tcId,
      publicKey,
      spki,
      content: Buffer.from(msg, 'hex'),
      signature: Buffer.from(sig, 'hex'),
      isValid: result === 'valid',
    }));
  });
}
