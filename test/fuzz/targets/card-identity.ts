/** The identity files and the first name, when the card answers as it likes. TEST ONLY. */
import { getApplet } from '../../../native-host/card/applets.ts';
import { CERTIFICATE_MAX_BYTES } from '../../../native-host/card/card-certificate.ts';
import { readFirstName } from '../../../native-host/card/first-name.ts';
import {
  IDENTITY_FILE_MAX_BYTES,
  readIdentityFiles,
} from '../../../native-host/card/identity-files.ts';
import { createFaultyCard } from '../faulty-card.ts';
import { presentsPin } from '../pin-rules.ts';
import { hex, sample, text } from '../samples.ts';
import { type FuzzTarget, insist, tryWork } from '../target.ts';

const serial = hex('534c4790000102030405060708090a0b');
const field = (tag: number, value: string) => [tag, text(value).length, ...text(value)];
const identity = Uint8Array.from([
  ...[0, 2, 0, 5],
  ...field(1, '615000000000'),
  ...field(7, 'Proef TEST ONLY'),
  ...field(8, 'Élise Zoë'),
  ...field(12, '01 JAN 2018'),
  ...field(15, '6'),
  ...new Uint8Array(32),
]);
/** A name that would turn the sentence around it, hide, or break its line. */
const oddIdentity = Uint8Array.from([
  ...[0, 2, 0, 5],
  ...field(8, '\u202e\u200bAn\u0000na\n\ufeff Zoë'),
  ...field(15, '6'),
]);
const signature = new Uint8Array(104).fill(0x5a);
/** Longer than any file may be. */
const endless = new Uint8Array(9_000).fill(0x31);

/**
 * The first byte: bit 0 applet 1.7, bits 1 and 2 address and photo wanted, bit 3 the name instead, bit 4 an odd name, bits 5 to 7 a file
 * without end. */
export const target: FuzzTarget = {
  files: [
    'native-host/card/identity-files.ts',
    'native-host/card/first-name.ts',
    'native-host/card/file-reader.ts',
    'native-host/card/card-certificate.ts',
    'native-host/card/exchange.ts',
    'native-host/card/select-applet.ts',
  ],
  samples: ['00', '06', '07', '08', '09', '08 0000 09 6108', '08 0000 0c 02 ff', '06 0000 08 6700']
    .map(hex)
    .concat(
      hex('18'),
      hex('19'),
      hex('0f 00 0e 20'),
      hex('00 0000 0b 02'),
      hex('08 0000 0e 04 20f09f91'),
    ),
  dictionary: ['0c0001', '0c0080', '0c03ff', '0e08', '086700', '086b00', '0f029000', '0d'].map(hex),
  maxBytes: 2_000,
  async run(input) {
    const mode = input[0] ?? 0;
    const applet = getApplet((mode & 1) === 1 ? 0x17 : 0x18);
    const channel = createFaultyCard(input.subarray(1), {
      appletVersion: applet.version,
      serial,
      files: {
        '4031': chooseIdentity(mode),
        '4032': (mode & 64) === 64 ? endless : signature,
        '4033': identity.subarray(4, 60),
        '4034': signature,
        '4035': (mode & 128) === 128 ? endless : new Uint8Array(3_000).fill(0xd8),
        '503c': Buffer.concat([sample('certificateRegister'), new Uint8Array(1_100)]),
      },
    });
    if ((mode & 8) === 8) {
      const unverifiedCertificate = new Uint8Array(0);
      const card = { serial, applet, triesLeft: 3, unverifiedCertificate };
      const name = await tryWork(['CARD_CHANGED', 'CARD_ERROR', 'CARD_REMOVED'], () =>
        readFirstName(channel, card),
      );
      insist([...(name ?? '')].length <= 40, 'a name of at most 40 characters');
      insist(!/[\p{Cc}\p{Cf}\s]/u.test(name ?? ''), 'a name without invisible characters');
    } else {
      await readFiles(channel, { address: (mode & 2) === 2, photo: (mode & 4) === 4 });
    }
    insist(!channel.exchanges.some(presentsPin), 'no PIN is presented while files are read');
  },
};

function chooseIdentity(mode: number): Uint8Array {
  if ((mode & 32) === 32) return endless;
  return (mode & 16) === 16 ? oddIdentity : identity;
}

async function readFiles(
  channel: ReturnType<typeof createFaultyCard>,
  wanted: { address: boolean; photo: boolean },
): Promise<void> {
  const files = await tryWork(
    ['IDENTITY_INVALID', 'CERTIFICATE_MALFORMED', 'CARD_CHANGED', 'CARD_ERROR', 'CARD_REMOVED'],
    () => readIdentityFiles(channel, wanted),
  );
  if (!files) return;
  const max = IDENTITY_FILE_MAX_BYTES;
  insist(files.identity.length <= max.identity, 'an identity file of its size');
  insist(files.identitySignature.length <= max.signature, 'a signature of its size');
  insist(files.registerCertificate.length <= CERTIFICATE_MAX_BYTES, 'a certificate of its size');
  insist((files.address?.length ?? 0) <= max.address, 'an address file of its size');
  insist((files.photo?.length ?? 0) <= max.photo, 'a photo of its size');
  insist(wanted.address || !files.address, 'no address that was not wanted');
  insist(wanted.photo || !files.photo, 'no photo that was not wanted');
}
