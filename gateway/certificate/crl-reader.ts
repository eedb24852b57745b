/**
 * Reads a CRL (RFC 5280 §5.1) as it arrives: strict DER, bounded memory, the signature verified over
 * the bytes that came. What a CRL covers and until when is judged elsewhere.
 */
import { KidsIdError } from '../protocol/errors.ts';
import {
  type AlgorithmIdentifier,
  type Certificate,
  decodeAlgorithm,
  decodeBitString,
} from './certificate.ts';
import type { CertificateExtension } from './certificate-extensions.ts';
import { readEntries } from './crl-entries.ts';
import { createSerialSet, type SerialSet } from './crl-serials.ts';
import { createStreamedSignature, type StreamedSignature } from './crl-signature.ts';
import {
  type ByteWindow,
  createByteWindow,
  malformedCrl,
  moveOn,
  type Parsing,
  peekTag,
  placeOf,
  setSink,
  takeElement,
  takeHeader,
} from './crl-window.ts';
import {
  DER_TAG,
  type DerNode,
  DerReader,
  decodeObjectIdentifier,
  decodeTime,
  parseDer,
} from './der.ts';
import { type ComparableName, decodeName, isSameName } from './distinguished-name.ts';

/** A CRL whose signature was verified. */
export interface Crl {
  readonly issuerName: ComparableName;
  /** The authority, of those given, whose key made the signature. */
  readonly signer: Certificate;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  readonly extensions: readonly CertificateExtension[];
  /** Serial numbers that stand in it, but for removals. */
  readonly revoked: SerialSet;
  /** Whether it has entries that remove, which belong to delta CRLs (§5.3.1). */
  readonly hasRemovals: boolean;
}

/** Takes the pieces of one CRL. Both throw REVOCATION_UNKNOWN, and are of no use after that. */
export interface CrlReader {
  write(chunk: Uint8Array): void;
  /** No more comes: the CRL must be whole, and nothing behind it. */
  end(): Crl;
}

/** 64 MiB: more than twice what 1.5 million entries take. */
export const MAX_CRL_BYTES = 67_108_864;
/** A name, an algorithm, all extensions, a signature: each is far smaller. */
const MAX_PART_BYTES = 16_384;
const MAX_EXTENSIONS = 32;

/**
 * Begins to read a CRL that one of these authorities must have signed; they all have the name that
 * it must name. Their right to sign CRLs is the caller's to check.
 */
export function createCrlReader(options: {
  authorities: readonly [Certificate, ...Certificate[]];
  maxBytes?: number;
}): CrlReader {
  const window = createByteWindow();
  const maxBytes = options.maxBytes ?? MAX_CRL_BYTES;
  const parsing = parseCrl(window, options.authorities, maxBytes);
  let received = 0;
  let step: IteratorResult<undefined, Crl> = guard(() => parsing.next());
  const goOn = (chunk: Uint8Array): void => {
    if (chunk.length === 0 && !window.isOver) return;
    if (step.done && chunk.length > 0) throw malformedCrl('bytes after the CRL');
    moveOn(window, chunk);
    if (!step.done) step = guard(() => parsing.next());
    if (step.done && window.at < window.bytes.length) throw malformedCrl('bytes after the CRL');
  };
  return {
    write(chunk) {
      received += chunk.length;
      if (received > maxBytes) throw malformedCrl('CRL too large');
      goOn(chunk);
    },
    end() {
      window.isOver = true;
      goOn(new Uint8Array(0));
      if (!step.done) throw malformedCrl('CRL ends early');
      return step.value;
    },
  };
}

function guard<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof KidsIdError && error.code === 'REVOCATION_UNKNOWN') throw error;
    throw new KidsIdError('REVOCATION_UNKNOWN', 'CRL malformed', { cause: error });
  }
}

function* parseCrl(
  window: ByteWindow,
  authorities: readonly [Certificate, ...Certificate[]],
  maxBytes: number,
): Parsing<Crl> {
  const outer = yield* takeHeader(window, maxBytes);
  if (outer.tag !== DER_TAG.sequence) throw malformedCrl('not a CRL');
  // Held back until the algorithm is known
  const early: Uint8Array[] = [];
  setSink(window, (bytes) => void early.push(Uint8Array.from(bytes)));
  const tbs = yield* takeHeader(window, outer.end);
  if (tbs.tag !== DER_TAG.sequence) throw malformedCrl('not a CRL');
  const head = yield* parseHead(window, tbs.end);
  if (!isSameName(head.issuerName, authorities[0].subjectName)) {
    throw malformedCrl('CRL of another issuer');
  }
  const signed = createStreamedSignature(head.algorithm, authorities);
  setSink(window, undefined);
  for (const bytes of early) signed.update(bytes);
  setSink(window, signed.update);
  const revoked = createSerialSet();
  const { extensions, hasRemovals } = yield* parseTail(window, tbs.end, revoked);
  setSink(window, undefined);
  const signer = yield* verifySignature(window, outer.end, { signed, inner: head.algorithm });
  const { issuerName, thisUpdate, nextUpdate } = head;
  return { issuerName, thisUpdate, nextUpdate, signer, extensions, revoked, hasRemovals };
}

interface CrlHead {
  readonly algorithm: AlgorithmIdentifier;
  readonly issuerName: ComparableName;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
}

/** Version 2 (§5.1.2.1), algorithm, issuer and times. */
function* parseHead(window: ByteWindow, end: number): Parsing<CrlHead> {
  const take = () => takeElement(window, end, MAX_PART_BYTES);
  const version = parseDer(yield* take());
  if (version.tag !== DER_TAG.integer || version.content.length !== 1 || version.content[0] !== 1) {
    throw malformedCrl('not a version 2 CRL');
  }
  const algorithm = decodeAlgorithm(parseDer(yield* take()));
  const issuerName = decodeName(parseDer(yield* take())).comparable;
  const thisUpdate = decodeTime(parseDer(yield* take()));
  const tag = placeOf(window) < end ? yield* peekTag(window) : undefined;
  const hasNext = tag === DER_TAG.utcTime || tag === DER_TAG.generalizedTime;
  const nextUpdate = hasNext ? decodeTime(parseDer(yield* take())) : undefined;
  return { algorithm, issuerName, thisUpdate, nextUpdate };
}

/** The entries, if any, and the extensions; the signed part ends there. */
function* parseTail(
  window: ByteWindow,
  end: number,
  revoked: SerialSet,
): Parsing<Pick<Crl, 'extensions' | 'hasRemovals'>> {
  let hasRemovals = false;
  if (placeOf(window) < end && (yield* peekTag(window)) === DER_TAG.sequence) {
    const list = yield* takeHeader(window, end);
    // §5.1.2.6: absent, not empty
    if (list.end === placeOf(window)) throw malformedCrl('empty list of entries');
    ({ hasRemovals } = yield* readEntries(window, list.end, revoked));
  }
  if (placeOf(window) === end) return { extensions: [], hasRemovals };
  const node = parseDer(yield* takeElement(window, end, MAX_PART_BYTES));
  if (placeOf(window) !== end) throw malformedCrl('elements after the extensions');
  return { extensions: decodeCrlExtensions(node), hasRemovals };
}

/** §5.1.1.2: the same algorithm outside as inside the signed bytes. */
function* verifySignature(
  window: ByteWindow,
  end: number,
  options: { signed: StreamedSignature; inner: AlgorithmIdentifier },
): Parsing<Certificate> {
  const algorithm = decodeAlgorithm(parseDer(yield* takeElement(window, end, MAX_PART_BYTES)));
  if (Buffer.compare(algorithm.encoded, options.inner.encoded) !== 0) {
    throw malformedCrl('two signature algorithms');
  }
  const signature = decodeBitString(parseDer(yield* takeElement(window, end, MAX_PART_BYTES)));
  if (placeOf(window) !== end) throw malformedCrl('elements after the signature');
  return options.signed.verify(signature);
}

function decodeCrlExtensions(node: DerNode): CertificateExtension[] {
  const outer = new DerReader(node, 0xa0);
  const list = outer.next(DER_TAG.sequence).children;
  outer.end();
  if (list.length === 0 || list.length > MAX_EXTENSIONS)
    throw malformedCrl('extensions out of range');
  const extensions = list.map((child) => {
    const reader = new DerReader(child);
    const oid = decodeObjectIdentifier(reader.next());
    const critical = reader.optional(DER_TAG.boolean)?.content[0] === 0xff;
    const value = reader.next(DER_TAG.octetString).content;
    reader.end();
    return { oid, critical, value };
  });
  if (new Set(extensions.map(({ oid }) => oid)).size !== extensions.length) {
    throw malformedCrl('an extension stands twice');
  }
  return extensions;
}
