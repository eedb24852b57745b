/** The samples that mutations start from: recorded bytes, and JSON as it is sent. TEST ONLY. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'samples.json'), 'utf8'),
) as Record<string, string>;

/** A recorded sample. @throws {RangeError} when there is none of that name */
export function sample(name: string): Uint8Array {
  const base64 = recorded[name];
  if (base64 === undefined) throw new RangeError('no sample of that name');
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}

/** Every recorded sample whose name begins like this. */
export function samplesOf(prefix: string): Uint8Array[] {
  return Object.keys(recorded)
    .filter((name) => name.startsWith(prefix))
    .map(sample);
}

/** The UTF-8 of a value's JSON. */
export function json(value: unknown): Uint8Array {
  return text(JSON.stringify(value));
}

/** The UTF-8 of a text. */
export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** Bytes of hexadecimal digits, spaces allowed. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
}
