import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { checkCertificate } from '../../gateway/certificate/check-certificate.ts';
import { parseDer } from '../../gateway/certificate/der.ts';
import { decodeGeneralName, type GeneralName } from '../../gateway/certificate/general-name.ts';
import { checkNames, decodeNameConstraints } from '../../gateway/certificate/name-constraints.ts';
import { loadTrust } from '../../gateway/certificate/trust.ts';
import { buildCertificate } from '../kit/pki/build-certificate.ts';
import { extension, withExtensions } from '../kit/pki/certificate-extensions.ts';
import { citizenCaOptions, validityAround } from '../kit/pki/certificate-profiles.ts';
import { forgeCertificate } from '../kit/pki/forge-certificate.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';
import { type Attribute, nameOf, tlv } from '../kit/suites/tlv.ts';

const NAME_CONSTRAINTS = '2.5.29.30';
const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-names-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });

const dns = (text: string) => tlv(0x82, text);
const mail = (text: string) => tlv(0x81, text);
const uri = (text: string) => tlv(0x86, text);
const ip = (...octets: number[]) => tlv(0x87, Uint8Array.from(octets));
const directory = (...parts: Attribute[]) => tlv(0xa4, nameOf(...parts));
const other = tlv(0xa0, Uint8Array.of(6, 1, 0x55), tlv(0xa0, tlv(0x0c, 'a')));
const CN = 3;
const COUNTRY = 6;
const UTF8 = 0x0c;

const permitted = (...bases: Uint8Array[]) => tlv(0xa0, ...bases.map((base) => tlv(0x30, base)));
const excluded = (...bases: Uint8Array[]) => tlv(0xa1, ...bases.map((base) => tlv(0x30, base)));
const decode = (...parts: Uint8Array[]) => decodeNameConstraints(parseDer(tlv(0x30, ...parts)));
const read = (name: Uint8Array): GeneralName => decodeGeneralName(parseDer(name));

const LIES_IN: readonly [what: string, name: Uint8Array, base: Uint8Array][] = [
  ['a host is its own subtree', dns('example.com'), dns('example.com')],
  ['labels are added on the left', dns('a.b.example.com'), dns('example.com')],
  ['case does not count in hosts', dns('A.EXAMPLE.com'), dns('example.COM')],
  ['an empty base holds every host', dns('example.com'), dns('')],
  ['a wildcard lies below its parent', dns('*.example.com'), dns('example.com')],
  ['a mailbox is itself', mail('foo@example.com'), mail('foo@EXAMPLE.com')],
  ['a mailbox is at its host', mail('foo@example.com'), mail('example.com')],
  ['a mailbox is below a domain', mail('foo@a.example.com'), mail('.example.com')],
  ['a URI is at its host', uri('https://u@example.com:8443/a'), uri('example.com')],
  ['a URI is below a domain', uri('ldap://a.example.com'), uri('.example.com')],
  ['an address is in its network', ip(192, 0, 2, 9), ip(192, 0, 2, 0, 255, 255, 255, 0)],
  [
    'a directory name is below its base',
    directory([COUNTRY, 0x13, 'BE'], [CN, UTF8, 'A']),
    directory([COUNTRY, UTF8, 'be']),
  ],
];

for (const [what, name, base] of LIES_IN) {
  test(`${what}: permitted by that base, excluded by it (RFC 5280 §4.2.1.10)`, () => {
    checkNames([read(name)], decode(permitted(base)));
    throwsWithCode('CERTIFICATE_PATH', () => checkNames([read(name)], decode(excluded(base))));
  });
}

const LIES_OUTSIDE: readonly [what: string, name: Uint8Array, base: Uint8Array][] = [
  ['another host', dns('example.org'), dns('example.com')],
  ['a host that ends alike', dns('badexample.com'), dns('example.com')],
  ['the parent of the base', dns('example.com'), dns('a.example.com')],
  ['another mailbox', mail('Foo@example.com'), mail('foo@example.com')],
  ['an asterisk is a letter', mail('user@example.com'), mail('*@example.com')],
  ['a mailbox below a host', mail('foo@a.example.com'), mail('example.com')],
  ['a mailbox at the domain itself', mail('foo@example.com'), mail('.example.com')],
  ['a URI of another host', uri('https://example.org/example.com'), uri('example.com')],
  ['a URI with the host as a user', uri('https://example.com@evil.org/'), uri('example.com')],
  ['an address outside', ip(192, 0, 3, 9), ip(192, 0, 2, 0, 255, 255, 255, 0)],
  ['an address of the other kind', ip(...new Array(16).fill(0)), ip(0, 0, 0, 0, 0, 0, 0, 0)],
  ['another directory name', directory([CN, UTF8, 'A']), directory([CN, UTF8, 'B'])],
];

for (const [what, name, base] of LIES_OUTSIDE) {
  test(`${what}: not permitted, not excluded (RFC 5280 §4.2.1.10)`, () => {
    checkNames([read(name)], decode(excluded(base)));
    throwsWithCode('CERTIFICATE_PATH', () => checkNames([read(name)], decode(permitted(base))));
  });
}

test('what cannot be judged is neither permitted nor free of exclusion: another name, a URI without a host (RFC 5280 §4.2.1.10)', () => {
  for (const [name, base] of [
    [other, other],
    [uri('urn:example:a'), uri('example.com')],
    [uri('https://192.0.2.1/'), uri('example.com')],
  ] as const) {
    for (const limit of [permitted(base), excluded(base)]) {
      throwsWithCode('CERTIFICATE_PATH', () => checkNames([read(name)], decode(limit)));
    }
  }
});

test('an address that is no mailbox is in no permitted domain, and may be in every excluded one', () => {
  for (const text of ['x@ok.be@evil.com', 'ok.be', '@ok.be', 'x@']) {
    const subject = { kind: 'email', value: text } as GeneralName;
    for (const limit of [permitted(mail('ok.be')), excluded(mail('evil.com'))]) {
      throwsWithCode('CERTIFICATE_PATH', () => checkNames([subject], decode(limit)));
    }
  }
});

test('a wildcard that reaches into an excluded host is excluded', () => {
  const limits = decode(excluded(dns('bar.example.com')));
  throwsWithCode('CERTIFICATE_PATH', () => checkNames([read(dns('*.example.com'))], limits));
  checkNames([read(dns('*.example.org'))], limits);
});

test('a constraint says nothing of other forms, and all of one form must hold', () => {
  checkNames([read(dns('example.com'))], decode(permitted(mail('example.org'), other)));
  const limits = decode(permitted(dns('a.example.com'), dns('b.example.com')));
  checkNames([read(dns('b.example.com')), read(dns('a.example.com'))], limits);
  throwsWithCode('CERTIFICATE_PATH', () =>
    checkNames([read(dns('a.example.com')), read(dns('c.example.com'))], limits),
  );
  throwsWithCode('CERTIFICATE_PATH', () =>
    checkNames([read(dns('a.example.com'))], decode(permitted(dns('')), excluded(dns('')))),
  );
});

const MALFORMED: readonly [what: string, ...parts: Uint8Array[]][] = [
  ['nothing'],
  ['no permitted subtree', tlv(0xa0)],
  ['no excluded subtree', tlv(0xa1)],
  ['a minimum (§4.2.1.10)', tlv(0xa0, tlv(0x30, dns('example.com'), tlv(0x80, '\u0001')))],
  ['a maximum (§4.2.1.10)', tlv(0xa0, tlv(0x30, dns('example.com'), tlv(0x81, '\u0001')))],
  [
    'the default minimum written out (X.690 §11.5)',
    tlv(0xa0, tlv(0x30, dns('a.b'), tlv(0x80, '\u0000'))),
  ],
  ['a wildcard', permitted(dns('*.example.com'))],
  ['a host with a leading period', permitted(dns('.example.com'))],
  ['a mailbox with two @', permitted(mail('a@b@example.com'))],
  ['a domain of nothing', permitted(mail(''))],
  ['an address without a mask', excluded(ip(192, 0, 2, 0))],
  ['a mask with a hole', excluded(ip(192, 0, 2, 0, 255, 0, 255, 0))],
  ['bytes after it', permitted(dns('example.com')), tlv(0x05)],
];

for (const [what, ...parts] of MALFORMED) {
  test(`rejects name constraints with ${what}`, () => {
    throwsWithCode('CERTIFICATE_MALFORMED', () => decode(...parts));
  });
}

test('refuses more comparisons than 100,000, and quickly', () => {
  const limits = decode(excluded(...Array.from({ length: 400 }, (_, i) => dns(`h${i}.example`))));
  const names = Array.from({ length: 400 }, (_, i) => read(dns(`n${i}.example`)));
  checkNames(names.slice(0, 200), limits);
  throwsWithCode('CERTIFICATE_PATH', () => checkNames(names, limits));
});

test('a Citizen CA issues only for names that it and the CAs above may (RFC 5280 §6.1.3 (b), (c))', () => {
  const belgian = directory([COUNTRY, 0x13, 'BE']);
  const french = directory([COUNTRY, 0x13, 'FR']);
  for (const critical of [true, false]) {
    assert.equal(judge(permitted(belgian), critical), 'accepted');
    assert.equal(judge(excluded(french), critical), 'accepted');
    assert.equal(judge(permitted(french), critical), 'CERTIFICATE_PATH');
    assert.equal(judge(excluded(belgian), critical), 'CERTIFICATE_PATH');
    assert.equal(judge(permitted(dns('example.com')), critical), 'accepted');
  }
});

/** What becomes of a card's certificate whose Citizen CA has this name constraint. */
function judge(constraint: Uint8Array, critical: boolean): unknown {
  const options = citizenCaOptions(pki.citizenCa, pki.root, validityAround(now, 100, 100));
  const constraints = extension(NAME_CONSTRAINTS, tlv(0x30, constraint), { critical });
  const trust = loadTrust({
    anchors: [pki.root.certificate],
    intermediates: [
      buildCertificate({ ...options, extensions: withExtensions(options.extensions, constraints) }),
    ],
    mode: 'test',
  });
  const certificate = parseCertificate(forgeCertificate(pki).certificate);
  try {
    checkCertificate({ certificate, trust, now });
    return 'accepted';
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}
