/** Signing with a PIN, when the card answers as it likes: what happens to the PIN. TEST ONLY. */
import { getApplet } from '../../../native-host/card/applets.ts';
import { signWithPin } from '../../../native-host/card/sign-with-pin.ts';
import { createFaultyCard } from '../faulty-card.ts';
import { insistOnPinRules } from '../pin-rules.ts';
import { hex } from '../samples.ts';
import { type FuzzTarget, insist, tryWork } from '../target.ts';

const serial = hex('534c4790000102030405060708090a0b');

/** The first byte: bit 0 applet 1.7, bit 1 a reader with a keypad. */
export const target: FuzzTarget = {
  files: [
    'native-host/card/sign-with-pin.ts',
    'native-host/card/card-data.ts',
    'native-host/card/close-pin.ts',
    'native-host/card/present-pin.ts',
    'native-host/card/exchange.ts',
    'native-host/apdu/status-word.ts',
  ],
  samples: ['00', '01', '02', '03', '00 0000 08 63c2', '00 000000 0d', '02 000000 08 6401']
    .map(hex)
    .concat(hex('00 00 0c 05 01'), hex('01 00000000 08 6983'), hex('00 0000000000 0d')),
  dictionary: ['0863c0', '086983', '086982', '086400', '086403', '086a82', '0d', '0a00'].map(hex),
  maxBytes: 2_000,
  async run(input) {
    const mode = input[0] ?? 0;
    const applet = getApplet((mode & 1) === 1 ? 0x17 : 0x18);
    const hasKeypad = (mode & 2) === 2;
    const transaction = createFaultyCard(input.subarray(1), {
      appletVersion: applet.version,
      serial,
      files: {},
      hasKeypad,
    });
    const unverifiedCertificate = new Uint8Array(0);
    const card = { serial, applet, triesLeft: 3, unverifiedCertificate };
    const pin = hasKeypad ? ({ keypad: 'nl' } as const) : Uint8Array.of(1, 2, 3, 4);
    const hash = new Uint8Array(applet.hashBytes);
    const outcome = await tryWork(
      [
        'CARD_CHANGED',
        'PIN_BLOCKED',
        'CARD_REMOVED',
        'CARD_ERROR',
        ...(hasKeypad ? (['USER_CANCELLED', 'TIMED_OUT'] as const) : []),
      ],
      () => signWithPin(transaction, { card, pin, hash }),
    );
    insistOnPinRules(transaction, serial);
    if (outcome?.kind !== 'signed') return;
    insist(outcome.signature.length === applet.signatureBytes, 'a signature of its length');
  },
};
