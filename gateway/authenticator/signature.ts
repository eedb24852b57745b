/** Verifies a TLS 1.3 signature scheme with the key of a certificate, by node:crypto alone (RFC 8446 §4.2.3). */
import { constants, type KeyObject, verify } from 'node:crypto';
import { KidsIdError } from '../protocol/errors.ts';
import { SIGNATURE_SCHEME } from '../protocol/handshake.ts';

interface Scheme {
  readonly hash: string;
  readonly fits: (key: KeyObject) => boolean;
  readonly options: object;
}

/** The schemes we ask for. An ECDSA scheme of TLS 1.3 names its curve; PSS salts are as long as the hash. */
const SCHEMES: ReadonlyMap<number, Scheme> = new Map([
  [
    SIGNATURE_SCHEME.ecdsa_secp384r1_sha384,
    {
      hash: 'sha384',
      fits: (key) =>
        key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'secp384r1',
      options: { dsaEncoding: 'der' },
    },
  ],
  [
    SIGNATURE_SCHEME.rsa_pss_rsae_sha256,
    {
      hash: 'sha256',
      fits: (key) => key.asymmetricKeyType === 'rsa',
      options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    },
  ],
]);

/** The schemes in the order in which a request offers them. */
export const OFFERED_SCHEMES: readonly number[] = [...SCHEMES.keys()];

/**
 * Verifies a signature over `content` under a public key.
 * @param options.publicKey Of the certificate, which parsed it.
 * @throws {KidsIdError} AUTHENTICATOR_INVALID when the scheme was not offered, does not fit the key,
 * or the signature is not right.
 */
export function verifySignature(options: {
  scheme: number;
  publicKey: KeyObject;
  content: Uint8Array;
  signature: Uint8Array;
}): void {
  const scheme = SCHEMES.get(options.scheme);
  if (!scheme) throw new KidsIdError('AUTHENTICATOR_INVALID', 'scheme was not offered');
  const { publicKey: key } = options;
  if (!scheme.fits(key)) throw new KidsIdError('AUTHENTICATOR_INVALID', 'scheme of another key');
  const verifyKey = { key, ...scheme.options };
  if (!verify(scheme.hash, options.content, verifyKey, options.signature)) {
    throw new KidsIdError('AUTHENTICATOR_INVALID', 'signature does not verify');
  }
}
