/**
 * A PC/SC reader with a keypad (part 10) and a virtual card in it: takes structures apart byte by byte, builds the PIN
 * blocks from what a person types, and sends the command to the card. It shares no code with the host. TEST ONLY.
 */
import assert from 'node:assert/strict';
import type { PcscReader } from '../../../native-host/pcsc/connect-card.ts';
import type { VirtualCard } from '../card/virtual-card.ts';
import { FEATURE_REQUEST } from './pcsc-double.ts';

/** What a person does at the keys: types a PIN at each prompt, or makes the reader end with a status of its own. */
export type Fingers = () => readonly string[] | 0x6400 | 0x6401;

/** What the reader was told, for assertions. */
export interface KeypadReader {
  readonly reader: PcscReader;
  /** Languages of prompts, wLangId as it stood in the structures, in hexadecimal. */
  readonly languages: string[];
  /** Commands that came over the wire from the computer, in hexadecimal. */
  readonly commands: string[];
}

const VERIFY_CODE = 0x42330006;
const MODIFY_CODE = 0x42330007;
const FEATURES = '060442330006070442330007';
const EMPTY_BLOCK = '20ffffffffffffff';
const NEW_PINS_DIFFER = 0x6402;
const WRONG_LENGTH = 0x6403;
const BAD_STRUCTURE = 0x6b80;

/** Puts a powered card into a reader at whose keys these fingers are. */
export function createKeypadReader(card: VirtualCard, fingers: Fingers): KeypadReader {
  const languages: string[] = [];
  const commands: string[] = [];
  const type = (structure: Uint8Array, layout: Layout): Uint8Array => {
    const found = findFields(structure, layout);
    if (!found) return status(BAD_STRUCTURE);
    languages.push(found.language);
    const typed = fingers();
    if (typeof typed === 'number') return status(typed);
    const [first = '', second = '', third = ''] = typed;
    if (typed.some((pin) => pin.length < 4 || pin.length > 12)) return status(WRONG_LENGTH);
    if (layout.pins === 2 && second !== third) return status(NEW_PINS_DIFFER);
    const blocks = [first, second].slice(0, layout.pins).map(blockOf).join('');
    return card.transmit(Buffer.from(layout.header + blocks, 'hex'));
  };
  const reader: PcscReader = {
    name: () => 'Reader with keys 00 00',
    connect: async () => ({
      async transmit(command) {
        commands.push(Buffer.from(command).toString('hex'));
        return card.transmit(command);
      },
      async control(code, command) {
        if (code === Number.parseInt(FEATURE_REQUEST, 16)) return Buffer.from(FEATURES, 'hex');
        if (code === VERIFY_CODE && command) return type(command, VERIFY_LAYOUT);
        assert.ok(code === MODIFY_CODE && command, 'a control code that the reader did not name');
        return type(command, MODIFY_LAYOUT);
      },
      async transaction() {
        return {
          async end(then) {
            if (then === 1) card.reset();
          },
        };
      },
      reconnect: async () => 1,
      attributeGet: () => assert.fail('an attribute of a reader without quirks'),
      disconnect: async () => undefined,
    }),
  };
  return { reader, languages, commands };
}

interface Layout {
  /** Everything in front of wLangId, between it and abData, and abData, in hexadecimal. */
  readonly before: string;
  readonly after: string;
  readonly header: string;
  readonly pins: 1 | 2;
}

const VERIFY_LAYOUT: Layout = {
  // Two timeouts, format, block, length format, max and min digits, OK key, one prompt.
  before: '1e1e8947040c040201',
  // Prompt 0, no prologue, 13 bytes.
  after: '000000000d000000',
  header: '0020000108',
  pins: 1,
};

const MODIFY_LAYOUT: Layout = {
  // As above, with the offsets of the old and the new block, confirmation and current PIN, three prompts.
  before: '1e1e89470400080c04030203',
  // Prompts 0, 1, 2, no prologue, 21 bytes.
  after: '00010200000015000000',
  header: '0024000110',
  pins: 2,
};

function findFields(structure: Uint8Array, layout: Layout): { language: string } | undefined {
  const { before, after, header, pins } = layout;
  const hex = Buffer.from(structure).toString('hex');
  const data = header + EMPTY_BLOCK.repeat(pins);
  const language = hex.slice(before.length, before.length + 4);
  return hex === before + language + after + data ? { language } : undefined;
}

function blockOf(pin: string): string {
  return `2${pin.length.toString(16)}${pin}`.padEnd(16, 'f');
}

function status(word: number): Uint8Array {
  return Uint8Array.of(word >> 8, word & 0xff);
}
