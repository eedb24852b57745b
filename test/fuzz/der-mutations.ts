/**
 * Changes to the tree that DER is, written again with lengths that fit: what a hostile but careful encoder sends.
 * Bytes that are no DER are wrapped in some. TEST ONLY.
 */
import type { Random } from './random.ts';

interface Node {
  tag: number;
  /** Of a constructed element. */
  children: Node[] | undefined;
  content: Uint8Array;
  /** Written with a length of more bytes than it needs. */
  hasLongLength?: boolean;
}

const CONSTRUCTED = 0x20;
const TAGS = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18];
const WRAPPERS = [0x30, 0x31, 0xa0, 0xa1, 0xa3];
const MAX_SHAPED_BYTES = 40;
/** Numbers, flags and bit strings at their ends. */
const EDGES = ['', '00', '01', '7f', '80', 'ff', '0000', '0080', '00ff', 'ff80', '0700', '08ff'];

/** Makes one change; `dictionary` is for the middle of contents. */
export function mutateDer(
  input: Uint8Array,
  options: { random: Random; dictionary: readonly Uint8Array[]; maxBytes: number },
): Uint8Array {
  const { random, dictionary, maxBytes } = options;
  const roots = parse(input) ?? [{ tag: 0x04, children: undefined, content: input }];
  const nodes = collect(roots);
  // What a structure begins with decides the most.
  const node = random.pick(random.below(2) === 0 ? nodes : nodes.slice(0, 16));
  const siblings = siblingsOf(node, roots, nodes);
  const at = siblings.indexOf(node);
  switch (random.below(11)) {
    case 0:
      siblings.splice(at, 1);
      break;
    case 1:
      siblings.splice(at, 0, node);
      break;
    case 2:
      siblings.splice(at, 1, copyOf(random.pick(nodes)));
      break;
    case 3:
      node.tag = random.pick(random.below(2) === 0 ? TAGS : WRAPPERS);
      break;
    case 4:
      setContent(node, Buffer.from(random.pick(EDGES), 'hex'));
      break;
    case 5:
      setContent(node, random.bytes(random.below(MAX_SHAPED_BYTES)));
      break;
    case 6:
      setContent(node, Uint8Array.of(...node.content, ...random.bytes(1 + random.below(8))));
      break;
    case 7:
      siblings.splice(at, 1, ...Array.from({ length: 2 + random.below(40) }, () => node));
      break;
    case 8:
      setContent(node, insertToken(node.content, random, dictionary));
      break;
    case 9:
      node.hasLongLength = true;
      break;
    default:
      return bury(roots, random, maxBytes);
  }
  return write(roots);
}

function insertToken(
  content: Uint8Array,
  random: Random,
  dictionary: readonly Uint8Array[],
): Uint8Array {
  const token = dictionary.length === 0 ? random.bytes(2) : random.pick(dictionary);
  const at = random.below(content.length + 1);
  return Uint8Array.of(...content.subarray(0, at), ...token, ...content.subarray(at));
}

/** Thousands of elements around it. */
function bury(roots: readonly Node[], random: Random, maxBytes: number): Uint8Array {
  const most = Math.max(1, Math.floor(maxBytes / 5));
  const depth = 1 + random.below(random.below(4) === 0 ? most : 40);
  const tag = random.pick(WRAPPERS);
  // From the inside out, into one buffer from its end: no recursion here.
  const inner = write(roots);
  const headers: Uint8Array[] = [];
  let length = inner.length;
  for (let level = 0; level < depth && length < maxBytes; level += 1) {
    const header = headerOf(tag, length);
    headers.push(header);
    length += header.length;
  }
  return Buffer.concat([...headers.reverse(), inner]);
}

/** As it was parsed: a node put below itself would have no end. */
function copyOf({ tag, content }: Node): Node {
  return { tag, children: undefined, content };
}

function setContent(node: Node, content: Uint8Array): void {
  node.children = undefined;
  node.content = content;
}

function siblingsOf(node: Node, roots: Node[], nodes: readonly Node[]): Node[] {
  return nodes.find(({ children }) => children?.includes(node))?.children ?? roots;
}

function collect(roots: readonly Node[]): Node[] {
  return roots.flatMap((node) => [node, ...collect(node.children ?? [])]);
}

/** Lenient: `undefined` for what has lengths that do not fit. Samples are not deep. */
function parse(bytes: Uint8Array, depth = 0): Node[] | undefined {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    const form = bytes[at + 1] ?? 0;
    const width = form > 0x80 && form <= 0x83 ? form - 0x80 : 0;
    if (form === 0x80 || form > 0x83 || depth > 40) return undefined;
    const start = at + 2 + width;
    const digits = bytes.subarray(at + 2, start);
    const length = width === 0 ? form : digits.reduce((value, byte) => value * 256 + byte, 0);
    const end = start + length;
    if (end > bytes.length) return undefined;
    const content = bytes.subarray(start, end);
    const children = (tag & CONSTRUCTED) === 0 ? undefined : parse(content, depth + 1);
    nodes.push({ tag, children, content });
    at = end;
  }
  return nodes.length === 0 ? undefined : nodes;
}

function write(nodes: readonly Node[]): Uint8Array {
  return Buffer.concat(
    nodes.flatMap(({ tag, children, content, hasLongLength }) => {
      const body = children ? write(children) : content;
      const header = hasLongLength ? longHeaderOf(tag, body.length) : headerOf(tag, body.length);
      return [header, body];
    }),
  );
}

function longHeaderOf(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, 0x81, length);
  if (length < 0x100) return Uint8Array.of(tag, 0x82, 0, length);
  return Uint8Array.of(tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff);
}

function headerOf(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length);
  if (length < 0x100) return Uint8Array.of(tag, 0x81, length);
  if (length < 0x1_0000) return Uint8Array.of(tag, 0x82, length >> 8, length & 0xff);
  return Uint8Array.of(tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff);
}
