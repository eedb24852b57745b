/** Changing a PIN, when the card answers as it likes: what happens to the PINs. TEST ONLY. */
import { getApplet } from '../../../native-host/card/applets.ts';
import { changePin } from '../../../native-host/card/change-pin.ts';
import { createFaultyCard } from '../faulty-card.ts';
import { insistOnPinRules } from '../pin-rules.ts';
import { hex } from '../samples.ts';
import { type FuzzTarget, insist, tryWork } from '../target.ts';

const serial = hex('534c4790000102030405060708090a0b');

/** The first byte: bit 0 applet 1.7, bit 1 a reader with a keypad. */
export const target: FuzzTarget = {
  files: [
    'native-host/card/change-pin.ts',
    'native-host/card/present-pin.ts',
    'native-host/card/select-applet.ts',
    'native-host/card/card-data.ts',
    'native-host/card/exchange.ts',
    'native-host/apdu/status-word.ts',
  ],
  samples: ['00', '01', '02', '03', '00 0000 08 63c2', '00 0000 0d', '02 0000 08 6402']
    .map(hex)
    .concat(hex('00 08 6a82'), hex('01 0000 08 6983'), hex('02 0000 08 6403')),
  dictionary: ['0863c0', '086983', '086982', '086400', '086401', '086a80', '0d', '0a00'].map(hex),
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
    const pins = hasKeypad
      ? ({ keypad: 'fr' } as const)
      : { pin: Uint8Array.of(1, 2, 3, 4), newPin: Uint8Array.of(9, 8, 7, 6, 5) };
    const outcome = await tryWork(
      [
        'CARD_CHANGED',
        'PIN_BLOCKED',
        'CARD_REMOVED',
        'CARD_ERROR',
        ...(hasKeypad ? (['USER_CANCELLED', 'TIMED_OUT'] as const) : []),
      ],
      () => changePin(transaction, { card, pins }),
    );
    insistOnPinRules(transaction, serial);
    const isKeypadsOwn = outcome?.kind === 'pins-different' || outcome?.kind === 'pin-length';
    insist(hasKeypad || !isKeypadsOwn, 'only a keypad compares and counts digits');
  },
};
