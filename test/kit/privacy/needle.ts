/**
 * How one secret looks in the bytes of another program: as text, in hexadecimal, and in base64 at each
 * of the three places where it can begin in a group of three bytes. TEST ONLY.
 */

/** Bytes that must not be found somewhere. `what` names secret and form, and never holds the secret. */
export interface Needle {
  readonly what: string;
  readonly bytes: Uint8Array;
  /** ASCII letters match in either case. */
  readonly anyCase: boolean;
}

/** Shorter ones would be met by chance in a few megabytes. */
const MIN_BYTES = 5;
const MIN_CHARACTERS = 6;

/** Characters at the start of base64 that also hold bits of what stands before the value. */
const FOREIGN_CHARACTERS = [0, 2, 3] as const;

/** Bytes as they are, and every way to write them as text. */
export function needlesOfBytes(what: string, bytes: Uint8Array): Needle[] {
  const value = Buffer.from(bytes);
  if (value.length < MIN_BYTES) throw new RangeError(`${what} is too short to look for`);
  const pairs = value.toString('hex').match(/../g) ?? [];
  return [
    { what: `${what}, bytes`, bytes: value, anyCase: false },
    ...textNeedle(`${what}, hex`, pairs.join(''), { anyCase: true }),
    ...textNeedle(`${what}, hex with colons`, pairs.join(':'), { anyCase: true }),
    ...textNeedle(`${what}, hex with spaces`, pairs.join(' '), { anyCase: true }),
    ...textNeedle(`${what}, numbers in JSON`, [...value].join(','), { anyCase: false }),
    ...base64Needles(what, value),
  ];
}

/** A text in UTF-8 and UTF-16, in either case, in a URL, and every form of its bytes. */
export function needlesOfText(what: string, text: string): Needle[] {
  const writings = new Set([text, text.toUpperCase(), text.toLowerCase()]);
  return [...writings].flatMap((writing) => [
    { what: `${what}, text`, bytes: Buffer.from(writing), anyCase: true },
    { what: `${what}, UTF-16`, bytes: Buffer.from(writing, 'utf16le'), anyCase: true },
    { what: `${what}, Latin-1`, bytes: Buffer.from(writing, 'latin1'), anyCase: true },
    ...textNeedle(`${what}, in a URL`, encodeURIComponent(writing), { anyCase: true }),
    ...needlesOfBytes(what, Buffer.from(writing)),
  ]);
}

/** A text that is looked for exactly as it is. */
export function textNeedle(what: string, text: string, options: { anyCase: boolean }): Needle[] {
  if (text.length < MIN_CHARACTERS) throw new RangeError(`${what} is too short to look for`);
  return [{ what, bytes: Buffer.from(text), ...options }];
}

function base64Needles(what: string, value: Uint8Array): Needle[] {
  return FOREIGN_CHARACTERS.flatMap((foreign, offset) => {
    const bits = 8 * (offset + value.length);
    const text = Buffer.concat([new Uint8Array(offset), value]).toString('base64');
    // The last character counts only where all of its six bits are the value's.
    const core = text.slice(foreign, Math.floor(bits / 6));
    const place = `offset ${offset}`;
    return [
      ...textNeedle(`${what}, base64, ${place}`, core, { anyCase: false }),
      ...textNeedle(
        `${what}, base64url, ${place}`,
        core.replaceAll('+', '-').replaceAll('/', '_'),
        { anyCase: false },
      ),
    ];
  });
}
