import assert from 'node:assert/strict';
import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCertificate } from '../../gateway/certificate/certificate.ts';
import { verifyRegisterCertificate } from '../../gateway/certificate/register-profile.ts';
import { loadTrust } from '../../gateway/certificate/trust.ts';
import type { RegisterCertificate } from '../../gateway/identity/register-signature.ts';
import {
  type IdentityFiles,
  verifyIdentityFiles,
} from '../../gateway/identity/verify-identity-files.ts';
import { findPerson, nationalNumberOf, type Person } from '../kit/persons.ts';
import { createEcKey } from '../kit/pki/authorities.ts';
import { buildCertificate } from '../kit/pki/build-certificate.ts';
import {
  authenticationOptions,
  cardSubject,
  validityAround,
} from '../kit/pki/certificate-profiles.ts';
import { forgeIdentity } from '../kit/pki/forge-identity.ts';
import { type CardFieldContent, encodeCardFields } from '../kit/pki/identity-file.ts';
import { personalise } from '../kit/pki/personalise.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { throwsWithCode } from '../kit/rejects.ts';

const now = new Date('2026-11-22T12:00:00Z');
const dir = mkdtempSync(join(tmpdir(), 'kids-id-identity-'));
after(() => rmSync(dir, { recursive: true }));
const pki = await openTestPki({ dir, now });
const rsa = pki.rsa();
const trust = loadTrust({
  anchors: [pki.root.certificate, rsa.root.certificate],
  intermediates: [pki.citizenCa.certificate, rsa.citizenCa.certificate],
  mode: 'test',
});
const registerOf = (der: Uint8Array) => verifyRegisterCertificate({ der, trust, now });
const register = registerOf(pki.nationalRegister.certificate);
const emma = personNamed('emma');

/** What a test changes; by default everything is right, and Emma's. */
interface Scene {
  person?: Person;
  changed?: Iterable<readonly [number, CardFieldContent | undefined]>;
  files?: (files: ReturnType<typeof forgeIdentity>) => Partial<IdentityFiles>;
  holder?: Person;
  key?: KeyObject;
  register?: RegisterCertificate;
  at?: Date;
  address?: Uint8Array;
}

function verifyScene(scene: Scene = {}) {
  const person = scene.person ?? emma;
  const files = forgeIdentity({
    person,
    now,
    key: scene.key ?? pki.nationalRegister.privateKey,
    changed: new Map(scene.changed ?? []),
    ...(scene.address && { address: scene.address }),
  });
  return verifyIdentityFiles({
    files: { ...files, ...scene.files?.(files) },
    register: scene.register ?? register,
    holder: holderOf(scene.holder ?? person),
    now: scene.at ?? now,
  });
}

test('reads who the holder is from files that the National Register signed (card facts §3.6)', () => {
  const identity = verifyScene();
  assert.deepEqual(identity, {
    surname: 'Proefkind',
    givenNames: 'Emma Louise',
    birth: { earliest: '2018-08-14', latest: '2018-08-14' },
    sex: 'F',
    documentType: 6,
    isKidsCard: true,
    address: { street: 'Teststraat 1', postalCode: '1000', municipality: 'Brussel' },
    photo: Buffer.from('TEST ONLY photo'),
  });
  assert.equal(JSON.stringify(identity).includes(nationalNumberOf(emma, now)), false);
});

for (const [name, applet, bytes] of [
  ['yara', '1.8', 104],
  ['piotr', '1.8', 104],
  ['lotte', '1.7', 256],
  ['hugo', '1.7', 256],
] as const) {
  test(`verifies the whole card of ${name}, applet ${applet}, as it is stored`, async () => {
    const person = personNamed(name);
    const card = await personalise({ person, pki, now });
    assert.ok(card.authenticationCertificate);
    const identity = verifyIdentityFiles({
      files: {
        identity: card.identity,
        identitySignature: pad(card.identitySignature, bytes),
        address: { file: pad(card.address, 121), signature: pad(card.addressSignature, bytes) },
        photo: card.photo,
        basicKey:
          card.basicKey && createPublicKey(card.basicKey).export({ type: 'spki', format: 'der' }),
      },
      register: registerOf(card.nationalRegisterCertificate),
      holder: parseCertificate(card.authenticationCertificate),
      now,
    });
    assert.equal(identity.surname, person.surname);
    assert.equal(identity.isKidsCard, name === 'yara');
    assert.deepEqual(identity.photo, card.photo);
    assert.equal(identity.address?.municipality, 'Brussel');
  });
}

test('leaves out what was not given', () => {
  const { address, photo } = verifyScene({
    files: () => ({ address: undefined, photo: undefined, basicKey: undefined }),
  });
  assert.deepEqual([address, photo], [undefined, undefined]);
});

test('narrows a number of which only the year is known by the file (design §5)', () => {
  const amal = personNamed('amal');
  const written = '14 AUG 2013';
  const { birth } = verifyScene({ person: amal, changed: [[0x0c, written]] });
  assert.deepEqual(birth, { earliest: '2013-08-14', latest: '2013-08-14' });
  const year = verifyScene({ person: amal }).birth;
  assert.deepEqual(year, { earliest: '2013-01-01', latest: '2013-12-31' });
});

test('takes a card on its first and on its last day, in Brussels (card facts §3.2)', () => {
  const at = (instant: string) => verifyScene({ at: new Date(instant) }).surname;
  assert.equal(at('2026-05-05T22:00:00Z'), 'Proefkind');
  assert.equal(at('2029-05-06T21:59:59Z'), 'Proefkind');
});

for (const [why, instant] of [
  ['before its first day', '2026-05-05T21:59:59Z'],
  ['after its last day', '2029-05-06T22:00:00Z'],
] as const) {
  test(`rejects a card ${why}, in Brussels (card facts §3.2)`, () => {
    throwsWithCode('CERTIFICATE_EXPIRED', () => verifyScene({ at: new Date(instant) }));
  });
}

const lotte = personNamed('lotte');
const zeroed = (bytes: Uint8Array) => new Uint8Array(bytes.length);
const otherFiles = forgeIdentity({
  person: personNamed('yara'),
  now,
  key: pki.nationalRegister.privateKey,
});

const REFUSED: readonly [why: string, scene: Scene][] = [
  ['files signed by another key', { key: createEcKey('P-384') }],
  [
    'an identity file changed after it was signed',
    { files: ({ identity }) => ({ identity: flip(identity, 40) }) },
  ],
  [
    'a zero behind the identity file that was not signed',
    { files: ({ identity }) => ({ identity: pad(identity, identity.length + 1) }) },
  ],
  [
    'no identity signature',
    { files: ({ identitySignature }) => ({ identitySignature: zeroed(identitySignature) }) },
  ],
  ['an empty identity signature', { files: () => ({ identitySignature: new Uint8Array(0) }) }],
  [
    'an identity signature of another card',
    { files: () => ({ identitySignature: otherFiles.identitySignature }) },
  ],
  [
    'an address changed after it was signed',
    { files: ({ address }) => ({ address: { ...address, file: flip(address.file, 8) } }) },
  ],
  ['the address of another card', { files: () => ({ address: otherFiles.address }) }],
  [
    'no address signature',
    { files: ({ address }) => ({ address: { ...address, signature: zeroed(address.signature) } }) },
  ],
  [
    'the identity signature over the address',
    {
      files: ({ address, identitySignature }) => ({
        address: { ...address, signature: identitySignature },
      }),
    },
  ],
  [
    'an address without a municipality',
    {
      address: encodeCardFields([
        [1, 'Teststraat 1'],
        [2, '1000'],
      ]),
    },
  ],
  ['another photo', { files: () => ({ photo: Buffer.from('TEST ONLY other photo') }) }],
  ['an empty photo', { files: () => ({ photo: new Uint8Array(0) }) }],
  [
    'a photo under SHA-1 (applet 1.1)',
    { changed: [[0x11, createHash('sha1').update('TEST ONLY photo').digest()]] },
  ],
  ['another basic key', { files: () => ({ basicKey: Buffer.from('TEST ONLY other key') }) }],
  ['a basic key without a hash', { changed: [[0x1a, undefined]] }],
  ['the right files of another person', { holder: personNamed('yara') }],
  ["a number that is not the certificate's", { changed: [[0x06, nationalNumberOf(lotte, now)]] }],
  ['a birth date that contradicts the number', { changed: [[0x0c, '15 AUG 2018']] }],
  ['a birth date a century before', { changed: [[0x0c, '14 AUG 1918']] }],
];

for (const [why, scene] of REFUSED) {
  test(`rejects ${why} (card facts §3.6)`, () => {
    throwsWithCode('IDENTITY_INVALID', () => verifyScene(scene));
  });
}

test('rejects an address signed with the signature file unpadded (card facts §3.6)', () => {
  const files = ({ address, identity }: ReturnType<typeof forgeIdentity>) => {
    const unpadded = sign('sha384', identity, pki.nationalRegister.privateKey);
    const signature = signFile(Buffer.concat([address.file, unpadded]));
    return { identitySignature: pad(unpadded, 256), address: { ...address, signature } };
  };
  throwsWithCode('IDENTITY_INVALID', () => verifyScene({ files }));
});

test('rejects an identity file that does not parse, though the Register signed it', () => {
  const identity = encodeCardFields([[7, 'Proefkind']]);
  const files = () => ({ identity, identitySignature: signFile(identity), address: undefined });
  throwsWithCode('IDENTITY_INVALID', () => verifyScene({ files }));
});

for (const forgery of ['other-number', 'photo-hash', 'other-data'] as const) {
  test(`rejects a card personalised with the forgery "${forgery}"`, async () => {
    const card = await personalise({ person: emma, pki, now, forgery });
    const { identity, identitySignature, photo } = card;
    throwsWithCode('IDENTITY_INVALID', () =>
      verifyIdentityFiles({
        files: { identity, identitySignature, photo },
        register: registerOf(card.nationalRegisterCertificate),
        holder: holderOf(emma),
        now,
      }),
    );
  });
}

test('says nothing personal in any error', () => {
  const personal = [nationalNumberOf(emma, now), 'Proefkind', 'Emma', 'Teststraat', '2018', 'AUG'];
  for (const [, scene] of REFUSED) {
    assert.throws(
      () => verifyScene(scene),
      (error: unknown) => {
        const said = JSON.stringify([String(error), String((error as Error).cause)]);
        return personal.every((text) => !said.includes(text));
      },
    );
  }
});

function holderOf(person: Person) {
  const { givenNames, surname } = person;
  const nationalNumber = nationalNumberOf(person, now);
  return parseCertificate(
    buildCertificate(
      authenticationOptions(
        cardSubject({ givenNames, surname, nationalNumber }, 'Authentication'),
        createPublicKey(createEcKey('P-384')),
        pki.citizenCa,
        validityAround(now, 10, 10),
      ),
    ),
  );
}

function signFile(bytes: Uint8Array): Uint8Array {
  return pad(sign('sha384', bytes, pki.nationalRegister.privateKey), 104);
}

function pad(bytes: Uint8Array, length: number): Uint8Array {
  const padded = new Uint8Array(Math.max(length, bytes.length));
  padded.set(bytes);
  return padded;
}

/** Changes one byte; behind a signature shorter than its file it makes a zero something else. */
function flip(bytes: Uint8Array, index: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[index] = (changed[index] ?? 0) ^ 1;
  return changed;
}

function personNamed(name: string): Person {
  const person = findPerson(name);
  assert.ok(person);
  return person;
}
