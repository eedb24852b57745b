/** The decoders of TLS handshake messages. TEST ONLY. */
import {
  decodeCertificate,
  decodeCertificateRequest,
  decodeCertificateVerify,
  decodeFinished,
  encodeCertificate,
  encodeCertificateRequest,
  encodeCertificateVerify,
  encodeFinished,
  encodeHandshake,
  splitHandshakes,
} from '../../../gateway/protocol/handshake.ts';
import { sample } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

const CODES = ['MESSAGE_MALFORMED'] as const;
const SIGNATURE_ALGORITHMS = 13;

export const target: FuzzTarget = {
  files: ['gateway/protocol/handshake.ts', 'gateway/protocol/bytes.ts'],
  samples: [
    sample('certificateRequest'),
    ...splitHandshakes(sample('authenticator')).map(({ bytes }) => bytes),
    encodeCertificateRequest({
      context: new Uint8Array(32),
      signatureSchemes: [0x0503],
      extensions: [
        { type: 47, data: new Uint8Array(4) },
        { type: 0xffff, data: new Uint8Array(0) },
      ],
    }),
    encodeCertificate({ context: new Uint8Array(3), entries: [] }),
  ],
  maxBytes: 9_000,
  run(input) {
    const same = (encoded: Uint8Array) =>
      insist(Buffer.from(input).equals(encoded), 'what was decoded encodes to the same bytes');
    const split = tryParse(CODES, () => splitHandshakes(input));
    if (split) same(Buffer.concat(split.map(({ bytes }) => bytes)));
    const certificate = tryParse(CODES, () => decodeCertificate(input));
    if (certificate) same(encodeCertificate(certificate));
    const verify = tryParse(CODES, () => decodeCertificateVerify(input));
    if (verify) same(encodeCertificateVerify(verify));
    const finished = tryParse(CODES, () => decodeFinished(input));
    if (finished) same(encodeFinished(finished.verifyData));
    const request = tryParse(CODES, () => decodeCertificateRequest(input));
    if (request) same(encodeRequest(request));
    for (const { extensions } of [...(certificate?.entries ?? []), ...(request ? [request] : [])]) {
      const types = extensions.map(({ type }) => type);
      insist(new Set(types).size === types.length, 'no extension twice (RFC 8446 §4.2)');
    }
  },
};

/** The encoder puts signature_algorithms first; a peer may put it anywhere. */
function encodeRequest(request: ReturnType<typeof decodeCertificateRequest>): Uint8Array {
  const { context, signatureSchemes, extensions } = request;
  const [first, ...others] = extensions;
  if (first?.type === SIGNATURE_ALGORITHMS) {
    return encodeCertificateRequest({ context, signatureSchemes, extensions: others });
  }
  const blocks = extensions.map(({ type, data }) => Buffer.concat([uint16(type), vector16(data)]));
  const body = [Uint8Array.of(context.length), context, vector16(Buffer.concat(blocks))];
  return encodeHandshake(SIGNATURE_ALGORITHMS, Buffer.concat(body));
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function vector16(content: Uint8Array): Buffer {
  return Buffer.concat([uint16(content.length), content]);
}
