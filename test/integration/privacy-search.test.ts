import assert from 'node:assert/strict';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { nationalNumberOf } from '../kit/persons.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { type CardHolder, createCardHolder } from '../kit/privacy/card-holder.ts';
import { searchHaystack } from '../kit/privacy/search-haystack.ts';

const dir = mkdtempSync(join(tmpdir(), 'kids-id-search-'));
let emma: CardHolder;
let milan: CardHolder;

before(async () => {
  const pki = await openTestPki({ dir, now: new Date() });
  emma = await createCardHolder('emma', pki);
  milan = await createCardHolder('milan', pki);
});

after(() => rmSync(dir, { recursive: true, force: true }));

/** Random bytes with something in the middle, at every place within a group of three. */
function* hide(...planted: readonly (Uint8Array | string)[]): Generator<Buffer> {
  for (const bytes of planted) {
    for (const before of [300, 301, 302]) {
      yield Buffer.concat([randomBytes(before), Buffer.from(bytes), randomBytes(301)]);
    }
  }
}

/** Each value must be found in all the forms that people and programs give to bytes. */
function assertFound(what: string, value: Uint8Array): void {
  const encode: Record<string, (bytes: Buffer) => Buffer | string> = {
    'as it is': (bytes) => bytes,
    'upper-case hex': (bytes) => bytes.toString('hex').toUpperCase(),
    'lower-case hex': (bytes) => bytes.toString('hex'),
    base64: (bytes) => bytes.toString('base64'),
    base64url: (bytes) => bytes.toString('base64url'),
    'base64 in lines': (bytes) => bytes.toString('base64').replaceAll(/.{64}/g, '$&\n'),
    'a token of two parts': (bytes) =>
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${bytes.toString('base64url')}`,
    'a JSON array': (bytes) => JSON.stringify([...bytes]),
  };
  for (const [form, write] of Object.entries(encode)) {
    for (const bytes of hide(value)) {
      const written = Buffer.from(write(bytes));
      assert.notDeepEqual(searchHaystack(written, emma.needles), [], `${what} ${form}`);
    }
  }
}

describe('the search finds, in every encoding and at every offset of base64 (design §5),', () => {
  test('the national number: plain, dotted, DER, BCD', () => {
    const number = nationalNumberOf(emma.person, new Date());
    const dotted = number.replace(/(..)(..)(..)(...)(..)/, '$1.$2.$3-$4.$5');
    assertFound('number', Buffer.from(number));
    assertFound('dotted', Buffer.from(dotted));
    assertFound('DER', Buffer.concat([Uint8Array.of(0x13, 11), Buffer.from(number)]));
    assertFound('BCD, filled at the end', Buffer.from(`${number}f`, 'hex'));
    assertFound('BCD, filled at the start', Buffer.from(`0${number}`, 'hex'));
  });

  test('names, in either case, in UTF-8, UTF-16, URLs and JSON escapes', () => {
    for (const name of ['Emmalotta', 'QUIRINËLLE', 'quirinëlle', 'pRoEfKiNdSzOoN']) {
      for (const bytes of hide(
        name,
        Buffer.from(name, 'utf16le'),
        encodeURIComponent(name),
        name.replace('ë', '\\u00eb').replace('Ë', '\\u00CB'),
      )) {
        assert.notDeepEqual(searchHaystack(bytes, emma.needles), [], name);
      }
    }
    for (const name of ['Emmalotta', 'Quirinëlle', 'QUIRINËLLE', 'Proefkindszoon']) {
      assertFound(name, Buffer.from(name));
    }
  });

  test('the PIN: digits, PIN block, array of digits', () => {
    const digits = [...emma.pin].map(Number);
    assertFound('PIN', Buffer.from(emma.pin));
    assertFound('PIN block', Buffer.from(`2c${emma.pin}ff`, 'hex'));
    assertFound('a byte for each digit', Uint8Array.from(digits));
    const written = [
      JSON.stringify({ type: 'pin', digits }),
      JSON.stringify({ digits }, undefined, 1),
      JSON.stringify(Uint8Array.from(digits)),
      `[ ${digits.join(', ')} ]`,
    ];
    for (const bytes of hide(...written)) {
      assert.notDeepEqual(searchHaystack(bytes, emma.needles), []);
    }
  });

  test('card number, chip serial and birth date', () => {
    const { identity, chipSerial } = emma.contents;
    const text = Buffer.from(identity).toString('latin1');
    const number = /615\d{9}/.exec(text)?.[0] ?? '';
    assertFound('card number', Buffer.from(number));
    assertFound('dashed', Buffer.from(number.replace(/(...)(.{7})(..)/, '$1-$2-$3')));
    assertFound('chip serial', chipSerial);
    assertFound('identity file', identity);
    const [, year, month, day] =
      /^(..)(..)(..)/.exec(nationalNumberOf(emma.person, new Date())) ?? [];
    assertFound('ISO 8601', Buffer.from(`20${year}-${month}-${day}`));
  });

  test('the certificate, its serial, its key, and hashes of these', () => {
    const { authenticationCertificate: certificate } = emma.contents;
    assert.ok(certificate);
    const x509 = new X509Certificate(certificate);
    const spki = x509.publicKey.export({ type: 'spki', format: 'der' });
    const serial = Buffer.from(x509.serialNumber, 'hex');
    assertFound('certificate', certificate);
    assertFound('cut off after 40 bytes', certificate.subarray(0, 40));
    assertFound('key', spki);
    assertFound('serial', serial);
    for (const hash of ['sha1', 'sha256', 'sha384']) {
      assertFound(`${hash} of key`, createHash(hash).update(spki).digest());
      assertFound(`${hash} of certificate`, createHash(hash).update(certificate).digest());
    }
    for (const bytes of hide(String(BigInt(`0x${x509.serialNumber}`)), x509.fingerprint256)) {
      assert.notDeepEqual(searchHaystack(bytes, emma.needles), []);
    }
  });

  test('each needle itself, under its own name', () => {
    for (const { what, bytes } of emma.needles) {
      assert.ok(
        searchHaystack(Buffer.concat([randomBytes(7), bytes]), emma.needles).includes(what),
      );
    }
  });

  test('and nothing of one person in what another person’s card holds', () => {
    const { identity, authenticationCertificate: certificate, chipSerial } = milan.contents;
    assert.ok(certificate);
    const bytes = Buffer.concat([identity, certificate, chipSerial, randomBytes(1_000_000)]);
    assert.deepEqual(searchHaystack(bytes, emma.needles), []);
  });
});
