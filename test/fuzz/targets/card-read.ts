/** What the host reads of a card, when the card answers as it likes. TEST ONLY. */
import { readBelgianCard } from '../../../native-host/card/belgian-card.ts';
import { CERTIFICATE_MAX_BYTES } from '../../../native-host/card/card-certificate.ts';
import { createFaultyCard } from '../faulty-card.ts';
import { hex, sample } from '../samples.ts';
import { type FuzzTarget, insist, tryWork } from '../target.ts';

const VERIFY = 0x20;
const serial = hex('534c4790000102030405060708090a0b');
const certificate = Buffer.concat([sample('certificateLeaf'), new Uint8Array(1_100)]);

/** Cards by the lowest bits of the first byte. */
const CARDS = [
  { appletVersion: 0x18, files: { '5038': certificate } },
  { appletVersion: 0x17, files: { '5038': sample('certificateRsaLeaf') } },
  { appletVersion: 0x18, files: { '5038': new Uint8Array(2_500) } },
  { appletVersion: 0x11, files: { '5038': certificate } },
  // Longer than any, and of the longest length that two bytes can say.
  { appletVersion: 0x18, files: { '5038': hex(`3082 1400 ${'00'.repeat(0x1400)}`) } },
  { appletVersion: 0x18, files: { '5038': hex(`3082 ffff ${'00'.repeat(0x1400)}`) } },
] as const;

export const target: FuzzTarget = {
  files: [
    'native-host/card/belgian-card.ts',
    'native-host/card/card-data.ts',
    'native-host/card/card-certificate.ts',
    'native-host/card/close-pin.ts',
    'native-host/card/exchange.ts',
    'native-host/card/file-reader.ts',
    'native-host/apdu/status-word.ts',
  ],
  samples: [
    '00',
    '01',
    '02',
    '03',
    '0000 08 6d00',
    '0000 09 6110',
    '00000008 6c20',
    '000000000f0290 00',
  ]
    .map(hex)
    .concat(hex('00 00 08 63c0'), hex('01 000000000000 08 9000')),
  dictionary: ['086700', '086b00', '0863c1', '086983', '086283', '086985', '0f026110', '0d'].map(
    hex,
  ),
  maxBytes: 2_000,
  async run(input) {
    const held = CARDS[(input[0] ?? 0) & 7] ?? CARDS[0];
    const card = createFaultyCard(input.subarray(1), { ...held, serial });
    let isTooOld = false;
    const read = await tryWork(
      [
        'CARD_UNSUPPORTED',
        'CERTIFICATE_ABSENT',
        'CERTIFICATE_MALFORMED',
        'PIN_BLOCKED',
        'CARD_REMOVED',
        'CARD_ERROR',
      ],
      () =>
        readBelgianCard(card).catch((error) => {
          isTooOld = error.code === 'APPLET_TOO_OLD';
          if (!isTooOld) throw error;
          return undefined;
        }),
    );
    const presented = card.exchanges.filter(({ instruction }) => instruction === VERIFY);
    insist(
      presented.every(({ length }) => length <= 5),
      'no PIN is presented while a card is read',
    );
    insist(!isTooOld || presented.length === 0, 'applet 1.1 is never asked: it would count that');
    if (!read) return;
    const { length } = read.unverifiedCertificate;
    insist(length > 0 && length <= CERTIFICATE_MAX_BYTES, 'a certificate of at most 4 KiB');
    insist(read.serial.length === 16, 'a serial of 16 bytes');
    insist(read.triesLeft === undefined || read.triesLeft > 0, 'tries, or PIN_BLOCKED');
    insist(read.triesLeft === undefined || read.triesLeft <= 15, 'at most 15 tries');
  },
};
