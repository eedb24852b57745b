/**
 * The name of a certificate in the log-out index (design §4 and §7): it lets a card that turns out to be
 * revoked be found again among the logins of a day, and says nothing to whoever has not its serial
 * number and the subject key.
 */
import { createHmac } from 'node:crypto';
import { asciiBytes, concatBytes, encodeBase64url, encodeVector } from '../protocol/bytes.ts';
import type { SubjectKey } from './subject.ts';

/**
 * What the subject key signs to give the index's own key. Inputs for a `sub` begin with its version,
 * `v` and digits, so neither can be the other.
 */
const KEY_LABEL = asciiBytes('card index key');

/**
 * HMAC-SHA-256 over `"card" ‖ len16(issuer) ‖ issuer ‖ len16(serial) ‖ serial`: 43 characters of
 * base64url. A new version of the subject key gives other names.
 * @param options `issuerDer`: Name, DER. `serial`: big-endian, without a leading zero byte.
 */
export async function cardIndexOf(options: {
  subjectKey: SubjectKey;
  issuerDer: Uint8Array;
  serial: Uint8Array;
}): Promise<string> {
  const { subjectKey, issuerDer, serial } = options;
  const indexKey = await subjectKey.sign(KEY_LABEL);
  const input = concatBytes(
    asciiBytes('card'),
    encodeVector(issuerDer, 2),
    encodeVector(serial, 2),
  );
  return encodeBase64url(createHmac('sha256', indexKey).update(input).digest());
}
