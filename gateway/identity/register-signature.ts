/**
 * The National Register's signatures over identity and address files, as cards store them (card
 * facts §3.6). The key alone decides the algorithm. RSA-1024 with SHA-1, of applet 1.1, is no
 * signature any more.
 */
import { verify } from 'node:crypto';
import type { Certificate } from '../certificate/certificate.ts';
import { KidsIdError } from '../protocol/errors.ts';

/**
 * The National Register's certificate. Whoever makes one has verified its role and its path: the
 * mark keeps a citizen's certificate from being passed where this one belongs.
 */
export interface RegisterCertificate {
  readonly role: 'national-register';
  readonly certificate: Certificate;
}

/** As the card channel takes it. */
const MAX_SIGNATURE_BYTES = 512;
const MIN_RSA_BITS = 2048;
const DER_SEQUENCE = 0x30;

/**
 * Verifies a signature file, padding included, over `content`: EC P-384 with SHA-384, DER with zeros
 * behind it; RSA of 2048 bits and more with SHA-256, PKCS#1 v1.5, exactly as long as the modulus.
 * @throws {KidsIdError} IDENTITY_INVALID
 */
export function verifyRegisterSignature(options: {
  content: Uint8Array;
  signature: Uint8Array;
  register: RegisterCertificate;
}): void {
  const { content, signature: stored } = options;
  const { key, publicKey } = options.register.certificate;
  if (stored.length > MAX_SIGNATURE_BYTES) throw invalid('signature file too large');
  if (key.kind === 'ec' && key.curve === 'P-384') {
    const signature = stripSignaturePadding(stored);
    check(verify('sha384', content, { key: publicKey, dsaEncoding: 'der' }, signature));
  } else if (key.kind === 'rsa' && key.modulusBits >= MIN_RSA_BITS) {
    check(verify('sha256', content, publicKey, stored));
  } else {
    throw invalid('key of the National Register of a kind that is not taken');
  }
}

/** DER says how long it is; the file says nothing more. Values below 128 bytes need one length byte. */
function stripSignaturePadding(stored: Uint8Array): Uint8Array {
  const [tag, length = 0x80] = stored;
  const end = length + 2;
  if (tag !== DER_SEQUENCE || length >= 0x80 || end > stored.length) {
    throw invalid('signature file without a signature');
  }
  if (stored.subarray(end).some((byte) => byte !== 0)) {
    throw invalid('data after the signature in its file');
  }
  return stored.subarray(0, end);
}

function check(isRight: boolean): void {
  if (!isRight) throw invalid('signature is not of the National Register');
}

function invalid(message: string): KidsIdError {
  return new KidsIdError('IDENTITY_INVALID', message);
}
