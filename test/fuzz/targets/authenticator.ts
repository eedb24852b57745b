/** An authenticator from bytes to a verified certificate: nothing but what was signed gets through. TEST ONLY. */
import { verifyExportedAuthenticator } from '../../../gateway/authenticator/exported-authenticator.ts';
import {
  createFinished,
  decodeAuthenticator,
} from '../../../gateway/protocol/exported-authenticator.ts';
import { decodeCertificateRequest } from '../../../gateway/protocol/handshake.ts';
import { AUTHENTICATOR_KEYS } from '../authenticator-scene.ts';
import { sample } from '../samples.ts';
import { type FuzzTarget, insist, tryParse, tryWork } from '../target.ts';

const genuine = Buffer.from(sample('authenticator'));
const request = decodeCertificateRequest(sample('certificateRequest'));
/** Header and an HMAC of SHA-384. */
const FINISHED_BYTES = 4 + 48;
const judge = async () => undefined;

/** Certificate and CertificateVerify. */
const genuineParts = genuine.subarray(0, -FINISHED_BYTES);
const CODES = [
  'MESSAGE_MALFORMED',
  'AUTHENTICATOR_INVALID',
  'USER_CANCELLED',
  'CERTIFICATE_MALFORMED',
  'CERTIFICATE_KEY',
] as const;

export const target: FuzzTarget = {
  files: [
    'gateway/protocol/exported-authenticator.ts',
    'gateway/protocol/handshake.ts',
    'gateway/authenticator/exported-authenticator.ts',
    'gateway/authenticator/signature.ts',
  ],
  samples: [genuine, genuine.subarray(-FINISHED_BYTES)],
  maxBytes: 8_300,
  async run(input) {
    const decoded = tryParse(['MESSAGE_MALFORMED'], () => decodeAuthenticator(input));
    if (await isTaken(input)) {
      insist(decoded !== undefined, 'what is verified can be decoded');
      insist(genuine.equals(input), 'only the very bytes that were made are taken');
    }
    // A quarter of them: a signature costs more than all the rest.
    const isChosen = input.reduce((sum, byte) => sum ^ byte, 0) % 4 === 0;
    if (decoded?.kind !== 'full' || !isChosen) return;
    // Whoever sits at the host's end of the connection can make Finished, and still not sign.
    const messages = [decoded.certificate.bytes, decoded.certificateVerify.bytes];
    const finished = await createFinished(AUTHENTICATOR_KEYS, [request.bytes, ...messages]);
    if (!(await isTaken(Buffer.concat([...messages, finished])))) return;
    insist(genuineParts.equals(Buffer.concat(messages)), 'only what the card signed is taken');
  },
};

async function isTaken(bytes: Uint8Array): Promise<boolean> {
  const keys = AUTHENTICATOR_KEYS;
  const certificate = await tryWork(CODES, () =>
    verifyExportedAuthenticator({ bytes, request, keys, judge }),
  );
  return certificate !== undefined;
}
