/**
 * Cards for the tests of the card itself: contents of a test person, and commands in hexadecimal. TEST ONLY.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CardApplet, findPerson } from '../persons.ts';
import type { CardForgery } from '../pki/card-issuer.ts';
import { personalise } from '../pki/personalise.ts';
import { openTestPki } from '../pki/test-pki.ts';
import type { CardContents } from './card-contents.ts';
import type { VirtualCard } from './virtual-card.ts';

const NOW = new Date('2026-11-22T12:00:00Z');

/** A card to be made: of that person, of another applet than theirs, with something wrong in its data. */
export interface WantedCard {
  readonly name: string;
  readonly applet?: CardApplet;
  readonly forgery?: CardForgery;
}

/** Makes the contents of that person's card under a new PKI, of which nothing is left on disk. */
export async function createTestContents(
  name: string,
  options: Omit<WantedCard, 'name'> = {},
): Promise<CardContents> {
  const [contents] = await createTestCards([{ name, ...options }]);
  if (contents === undefined) throw new Error('one card wanted, none made');
  return contents;
}

/** Makes the contents of several cards under one new PKI: RSA authorities take long to make. */
export async function createTestCards(wanted: readonly WantedCard[]): Promise<CardContents[]> {
  const dir = await mkdtemp(join(tmpdir(), 'kids-id-card-'));
  try {
    const pki = await openTestPki({ dir, now: NOW });
    const made: CardContents[] = [];
    for (const { name, ...options } of wanted) {
      const person = findPerson(name);
      if (person === undefined) throw new RangeError('no test person of that name');
      made.push(await personalise({ person, pki, now: NOW, ...options }));
    }
    return made;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Sends commands in hexadecimal, spaces allowed; returns the last response in hexadecimal. */
export function send(card: VirtualCard, ...commands: string[]): string {
  let response = new Uint8Array(0);
  for (const command of commands) response = Uint8Array.from(card.transmit(fromHex(command)));
  return toHex(response);
}

/** Bytes of hexadecimal digits, spaces allowed. */
export function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
}

/** Lower-case hexadecimal digits of bytes. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Reads a file as middleware does: SELECT by path, READ BINARY in blocks, 6Cxx for the last one. */
export function readFile(card: VirtualCard, path: string): Uint8Array {
  const length = (path.length / 2).toString(16).padStart(2, '0');
  if (send(card, `00a4080c${length}${path}`) !== '9000') throw new Error('file not selected');
  let content = '';
  for (;;) {
    const offset = (content.length / 2).toString(16).padStart(4, '0');
    const response = send(card, `00b0${offset}00`);
    if (response.startsWith('6c') && response.length === 4) {
      return fromHex(content + send(card, `00b0${offset}${response.slice(2)}`).slice(0, -4));
    }
    if (response === '6b00') return fromHex(content);
    if (!response.endsWith('9000')) throw new Error('file not read');
    content += response.slice(0, -4);
  }
}
