/** Looks for many needles at once in what a program wrote, as it stands and unfolded. TEST ONLY. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Needle } from './needle.ts';

/** Unfolding is for messages; a file of this size is searched as it stands. */
const UNFOLD_MAX_BYTES = 4_000_000;

/** Where something was written, by a name for the reader of the test. */
export type Places = Readonly<Record<string, Uint8Array | string>>;

/** Returns what was found, each form once; an empty list when nothing was. */
export function searchHaystack(bytes: Uint8Array, needles: readonly Needle[]): string[] {
  const found = new Set<string>();
  const exact = indexNeedles(needles.filter(({ anyCase }) => !anyCase));
  const folded = indexNeedles(
    needles.filter(({ anyCase }) => anyCase).map((needle) => lowered(needle)),
  );
  for (const view of [bytes, ...unfold(bytes)]) {
    scan(view, exact, found);
    scan(lowerAscii(view), folded, found);
  }
  return [...found].sort();
}

/** Contents in which a list of needles was looked for in vain: the same bytes need no second look. */
const clean = new WeakMap<readonly Needle[], Set<string>>();

/** Fails with the names of places and forms, never with the values. */
export function assertNothingIn(places: Places, needles: readonly Needle[]): void {
  const known = clean.get(needles) ?? new Set();
  clean.set(needles, known);
  const findings = Object.entries(places).flatMap(([place, content]) => {
    const hash = createHash('sha256').update(content).digest('hex');
    if (known.has(hash)) return [];
    const found = searchHaystack(Buffer.from(content), needles);
    if (found.length === 0) known.add(hash);
    return found.map((what) => `${place}: ${what}`);
  });
  assert.deepEqual(findings, []);
}

interface NeedleIndex {
  /** By the first four bytes. */
  readonly byStart: ReadonlyMap<number, readonly Needle[]>;
  /** Which first two bytes there are. */
  readonly starts: Uint8Array;
}

function indexNeedles(needles: readonly Needle[]): NeedleIndex {
  const byStart = new Map<number, Needle[]>();
  const starts = new Uint8Array(0x1_0000);
  for (const needle of needles) {
    const start = Buffer.from(needle.bytes).readUInt32BE(0);
    byStart.set(start, [...(byStart.get(start) ?? []), needle]);
    starts[start >>> 16] = 1;
  }
  return { byStart, starts };
}

function scan(view: Uint8Array, { byStart, starts }: NeedleIndex, found: Set<string>): void {
  const hay = Buffer.from(view.buffer, view.byteOffset, view.length);
  for (let at = 0; at + 4 <= hay.length; at += 1) {
    const two = ((hay[at] ?? 0) << 8) | (hay[at + 1] ?? 0);
    if (starts[two] !== 1) continue;
    for (const { what, bytes } of byStart.get(hay.readUInt32BE(at)) ?? []) {
      if (hay.subarray(at, at + bytes.length).equals(bytes)) found.add(what);
    }
  }
}

function lowered(needle: Needle): Needle {
  return { ...needle, bytes: lowerAscii(needle.bytes) };
}

function lowerAscii(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));
}

/** What stands in it in another form: tokens decoded, URLs and JSON without their escapes, no line ends. */
function unfold(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length > UNFOLD_MAX_BYTES) return [];
  const text = Buffer.from(bytes).toString();
  const tokens = [...text.matchAll(/[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{8,})+/g)].flatMap(
    ([token]) => token.split('.').map((part) => Buffer.from(part, 'base64url')),
  );
  const unescaped = text
    .replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) => `\\u00${digits}`)
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    );
  return [
    ...tokens,
    ...(unescaped === text ? [] : [Buffer.from(unescaped), Buffer.from(unescaped, 'latin1')]),
    Buffer.from(text.replaceAll(/\s|\\[rn]/g, '')),
  ];
}
