/**
 * A portrait for a synthetic card: a small grey baseline JPEG (ITU-T T.81) of 140 x 200 pixels,
 * drawn as flat blocks of 8 x 8. Only DC coefficients are coded. TEST ONLY.
 */
const WIDTH = 140;
const HEIGHT = 200;
const COLUMNS = Math.ceil(WIDTH / 8);
const ROWS = Math.ceil(HEIGHT / 8);

/** Quantiser of every coefficient: a DC step of 8 is one grey level of a flat block. */
const QUANTISER = 8;

/** Draws a head and shoulders; the shade (0 to 30) makes each person's file another one. */
export function createPortrait(shade: number): Uint8Array {
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xdb, [0, ...new Array<number>(64).fill(QUANTISER)]),
    ...segment(0xc0, [8, 0, HEIGHT, 0, WIDTH, 1, 1, 0x11, 0]),
    // DC: categories 0 to 6, each a code of 3 bits. AC: only "end of block", the code 0.
    ...segment(0xc4, [0x00, ...counts(3, 7), 0, 1, 2, 3, 4, 5, 6]),
    ...segment(0xc4, [0x10, ...counts(1, 1), 0]),
    ...segment(0xda, [1, 1, 0x00, 0, 63, 0]),
    ...encodeScan(shade),
    ...[0xff, 0xd9],
  ]);
}

function segment(marker: number, content: readonly number[]): number[] {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...content];
}

/** How many Huffman codes have each length from 1 to 16 bits: all of them one length. */
function counts(length: number, codes: number): number[] {
  return Array.from({ length: 16 }, (_, index) => (index + 1 === length ? codes : 0));
}

function encodeScan(shade: number): number[] {
  let bits = '';
  let previous = 0;
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      const level = greyAt(row, column, shade);
      bits += `${encodeDifference(level - previous)}0`;
      previous = level;
    }
  }
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  const bytes = (padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  return bytes.flatMap((byte) => (byte === 0xff ? [0xff, 0x00] : [byte]));
}

/** Grey level of a block, -63 (black) to 63 (white). */
function greyAt(row: number, column: number, shade: number): number {
  const across = (column + 0.5 - COLUMNS / 2) / 4.5;
  const isHead = across ** 2 + ((row - 9) / 6.5) ** 2 < 1;
  const isBody = (across / 1.7) ** 2 + ((row - ROWS) / 8) ** 2 < 1;
  if (isHead) return 8 - shade;
  return isBody ? -30 : 32;
}

/** DC difference (T.81 §F.1.2.1): its category, then its value in that many bits. */
function encodeDifference(difference: number): string {
  const magnitude = Math.abs(difference);
  const category = magnitude === 0 ? 0 : Math.floor(Math.log2(magnitude)) + 1;
  const code = category.toString(2).padStart(3, '0');
  if (category === 0) return code;
  const value = difference > 0 ? difference : difference + 2 ** category - 1;
  return code + value.toString(2).padStart(category, '0');
}
