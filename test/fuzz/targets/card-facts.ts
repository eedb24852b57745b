/** What the card report says of files, whatever is in them: it never throws. TEST ONLY. */
import { readCertificateFacts } from '../../../native-host/report/certificate-facts.ts';
import { personalValues, readIdentityFacts } from '../../../native-host/report/identity-facts.ts';
import {
  CARD_FILES,
  type CardFileName,
  type StoredFiles,
} from '../../../native-host/report/stored-file.ts';
import { hex, sample } from '../samples.ts';
import { type FuzzTarget, insist } from '../target.ts';

const serial = hex('534c4790000102030405060708090a0b');
const identity = hex(
  '00020005 010c363135303030303030303030 0210534c4790000102030405060708090a0b 0803416c6f 0f0136 1a30' +
    'ab'.repeat(48),
);
const web = sample('certificateWeb');
const whole: Partial<Record<CardFileName, Uint8Array>> = {
  authenticationCertificate: sample('certificateLeaf'),
  caCertificate: web,
  identity,
  identitySignature: hex('3006 020101 020101 0000'),
  address: hex('00020005 0103416161 0204313030'),
  addressSignature: hex('3006 020101 020102 0000'),
};
/** The files that are replaced, by the first byte. */
const REPLACED = [
  'authenticationCertificate',
  'identity',
  'identitySignature',
  'caCertificate',
] as const;

export const target: FuzzTarget = {
  files: ['native-host/report/certificate-facts.ts', 'native-host/report/identity-facts.ts'],
  samples: REPLACED.map((name, index) => Uint8Array.of(index, ...(whole[name] ?? []))),
  dictionary: ['0603551d20', '0603551d25', '1a30', '1114', '0000'].map(hex),
  maxBytes: 4_000,
  run(input) {
    const replaced = REPLACED[(input[0] ?? 0) & 3] ?? REPLACED[0];
    if (replaced === 'authenticationCertificate' || replaced === 'caCertificate') {
      readCertificateFacts(storedFiles({ ...whole, [replaced]: input.slice(1) }));
      return;
    }
    // Looking at signatures costs more than all the rest.
    const registerCertificate = input.length % 8 === 0 ? web : undefined;
    const files = storedFiles({ ...whole, [replaced]: input.slice(1), registerCertificate });
    const facts = readIdentityFacts(files, serial);
    insist(
      replaced !== 'identity' || facts.identity.fields.length <= input.length,
      'a field has two bytes at the least',
    );
    insist(facts.isIdentitySigned !== true, 'nothing here was signed');
    personalValues(files);
  },
};

function storedFiles(contents: Partial<Record<CardFileName, Uint8Array | undefined>>): StoredFiles {
  const entries = Object.keys(CARD_FILES).map((name) => {
    const bytes = contents[name as CardFileName] ?? new Uint8Array(0);
    const contentBytes = bytes.findLastIndex((byte) => byte !== 0) + 1;
    const state = contentBytes > 0 ? 'content' : 'empty';
    const fact = { name, path: '', state, status: '9000', sizeBytes: bytes.length, contentBytes };
    return [name, { fact, bytes }] as const;
  });
  return Object.fromEntries(entries) as unknown as StoredFiles;
}
