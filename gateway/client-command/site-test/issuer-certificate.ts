/**
 * A certificate for the test issuer on this machine: self-signed, for loopback names, TEST ONLY in its
 * subject (RFC 5280 §4.1). It judges nothing and is trusted by nobody who is not told to.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import * as asn1js from 'asn1js';

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const SUBJECT_ALT_NAME = '2.5.29.17';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const DAY_MS = 86_400_000;

/** Makes key and certificate for `localhost` and 127.0.0.1, both in PEM, for 90 days from `now`. */
export function createIssuerCertificate(now: Date): { keyPem: string; certificatePem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = encodeBody(publicKey, now);
  const signature = sign('sha256', new Uint8Array(body.toBER()), privateKey);
  const certificate = sequence(
    body,
    sequence(oid(ECDSA_WITH_SHA256)),
    new asn1js.BitString({ valueHex: toArrayBuffer(signature) }),
  );
  const base64 = Buffer.from(certificate.toBER()).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return {
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}

function encodeBody(publicKey: KeyObject, now: Date): asn1js.Sequence {
  const name = sequence(
    new asn1js.Set({
      value: [
        sequence(oid(COMMON_NAME), new asn1js.Utf8String({ value: 'TEST ONLY kids-ID issuer' })),
      ],
    }),
  );
  const time = (offsetMs: number) =>
    new asn1js.UTCTime({ valueDate: new Date(now.getTime() + offsetMs) });
  const spki = asn1js.fromBER(toArrayBuffer(publicKey.export({ type: 'spki', format: 'der' })));
  return sequence(
    tagged(0, new asn1js.Integer({ value: 2 })),
    // The high bit clear and the next set: positive, and 16 bytes long.
    new asn1js.Integer({ valueHex: toArrayBuffer(Uint8Array.of(0x40, ...randomBytes(15))) }),
    sequence(oid(ECDSA_WITH_SHA256)),
    name,
    sequence(time(-DAY_MS), time(90 * DAY_MS)),
    name,
    spki.result,
    tagged(
      3,
      sequence(
        extension(
          SUBJECT_ALT_NAME,
          sequence(
            implicit(2, new TextEncoder().encode('localhost')),
            implicit(7, Uint8Array.of(127, 0, 0, 1)),
          ),
        ),
        extension(EXTENDED_KEY_USAGE, sequence(oid(SERVER_AUTH))),
      ),
    ),
  );
}

function sequence(...value: asn1js.BaseBlock[]): asn1js.Sequence {
  return new asn1js.Sequence({ value });
}

function oid(value: string): asn1js.ObjectIdentifier {
  return new asn1js.ObjectIdentifier({ value });
}

function extension(id: string, value: asn1js.BaseBlock): asn1js.Sequence {
  return sequence(oid(id), new asn1js.OctetString({ valueHex: value.toBER() }));
}

function tagged(tagNumber: number, inner: asn1js.BaseBlock): asn1js.Constructed {
  return new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [inner] });
}

function implicit(tagNumber: number, bytes: Uint8Array): asn1js.Primitive {
  return new asn1js.Primitive({
    idBlock: { tagClass: 3, tagNumber },
    valueHex: toArrayBuffer(bytes),
  });
}

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
