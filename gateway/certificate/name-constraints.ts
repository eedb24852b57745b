/**
 * Name constraints (RFC 5280 §4.2.1.10, §6.1.4 (g)): which names a CA may issue for. Constraints of
 * a form without a rule here refuse every name of that form.
 */
import { isIP } from 'node:net';
import { KidsIdError } from '../protocol/errors.ts';
import { type DerNode, DerReader } from './der.ts';
import { isNameWithin } from './distinguished-name.ts';
import { decodeGeneralName, type GeneralName, isHostName, isMailbox } from './general-name.ts';

/** Bases of subtrees; a name must lie in none that is excluded, and in one of those permitted. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** A CA that constrains more than this against one certificate is refused, so that time is bounded. */
const MAX_COMPARISONS = 100_000;

/**
 * Decodes the extension's value: subtrees without minimum and maximum, each base well formed.
 * @throws {KidsIdError} CERTIFICATE_MALFORMED
 */
export function decodeNameConstraints(node: DerNode): NameConstraints {
  const reader = new DerReader(node);
  const permitted = decodeSubtrees(reader.optional(0xa0));
  const excluded = decodeSubtrees(reader.optional(0xa1));
  reader.end();
  if (permitted.length + excluded.length === 0) throw malformed('empty name constraints');
  return { permitted, excluded };
}

/**
 * Checks the names of one certificate against the constraints of one CA above it.
 * @throws {KidsIdError} CERTIFICATE_PATH
 */
export function checkNames(names: readonly GeneralName[], constraints: NameConstraints): void {
  const { permitted, excluded } = constraints;
  if (names.length * (permitted.length + excluded.length) > MAX_COMPARISONS) {
    throw broken('too many names and constraints');
  }
  for (const name of names) {
    if (excluded.some((base) => isSameForm(name, base) && mayLieIn(name, base))) {
      throw broken('name that a CA may not issue for');
    }
    const allowed = permitted.filter((base) => isSameForm(name, base));
    if (allowed.length > 0 && !allowed.some((base) => liesIn(name, base))) {
      throw broken('name outside what a CA may issue for');
    }
  }
}

function decodeSubtrees(node: DerNode | undefined): GeneralName[] {
  if (node === undefined) return [];
  if (node.children.length === 0) throw malformed('empty subtrees');
  return node.children.map((subtree) => {
    const reader = new DerReader(subtree);
    const base = decodeGeneralName(reader.next());
    // minimum 0 is the default, which DER leaves out; maximum is never there (§4.2.1.10)
    reader.end();
    if (!isRightBase(base)) throw malformed('constraint that is not well formed');
    return base;
  });
}

function isRightBase(base: GeneralName): boolean {
  switch (base.kind) {
    case 'dns':
      return base.value === '' || isHostName(base.value);
    case 'uri':
      return isDomain(base.value);
    case 'email':
      return base.value.includes('@') ? isMailbox(base.value) : isDomain(base.value);
    case 'ip':
      return isNetwork(base.octets);
    default:
      return true;
  }
}

/** A host, or with a period before it any host below it. */
function isDomain(text: string): boolean {
  return isHostName(text.startsWith('.') ? text.slice(1) : text);
}

/** Address and mask of one length; the mask is ones, then zeros (RFC 4632 §3.1). */
function isNetwork(octets: Uint8Array): boolean {
  if (octets.length !== 8 && octets.length !== 32) return false;
  const mask = [...octets.subarray(octets.length / 2)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(mask);
}

function isSameForm(name: GeneralName, base: GeneralName): boolean {
  return (
    name.kind === base.kind && (name.kind !== 'other' || (base as typeof name).tag === name.tag)
  );
}

/** For permitted subtrees: what cannot be judged does not lie in it. */
function liesIn(name: GeneralName, base: GeneralName): boolean {
  if (name.kind === 'dns' && base.kind === 'dns') return isHostBelow(name.value, base.value);
  if (name.kind === 'email' && base.kind === 'email') return isMailboxIn(name.value, base.value);
  if (name.kind === 'uri' && base.kind === 'uri') {
    const host = hostOf(name.value);
    return host !== undefined && isInDomain(host, base.value);
  }
  if (name.kind === 'ip' && base.kind === 'ip') return isAddressIn(name.octets, base.octets);
  return (
    name.kind === 'directory' && base.kind === 'directory' && isNameWithin(name.name, base.name)
  );
}

/** For excluded subtrees: what cannot be judged, or a wildcard that reaches in, may lie in it. */
function mayLieIn(name: GeneralName, base: GeneralName): boolean {
  if (name.kind === 'other') return true;
  // An emailAddress in a subject may be any text
  if (name.kind === 'email' && !isMailbox(name.value)) return true;
  if (name.kind === 'uri' && hostOf(name.value) === undefined) return true;
  if (name.kind === 'dns' && base.kind === 'dns' && name.value.startsWith('*.')) {
    if (isHostBelow(base.value, name.value.slice(2))) return true;
  }
  return liesIn(name, base);
}

/** §4.2.1.10 for dNSName: labels added on the left; the empty base holds all. */
function isHostBelow(host: string, base: string): boolean {
  return base === '' || host.toLowerCase() === base || host.toLowerCase().endsWith(`.${base}`);
}

/** §4.2.1.10 for URI and e-mail: a host exactly, or with a leading period any host below it. */
function isInDomain(host: string, base: string): boolean {
  const [name, domain] = [host.toLowerCase(), base.toLowerCase()];
  return domain.startsWith('.') ? name.endsWith(domain) : name === domain;
}

/** The local part counts letter by letter, the host does not (RFC 5280 §7.5). */
function isMailboxIn(mailbox: string, base: string): boolean {
  if (!isMailbox(mailbox)) return false;
  const [local, host = ''] = mailbox.split('@');
  const [baseLocal, baseHost] = base.split('@');
  if (baseHost === undefined) return isInDomain(host, base);
  return local === baseLocal && host.toLowerCase() === baseHost.toLowerCase();
}

function isAddressIn(address: Uint8Array, network: Uint8Array): boolean {
  if (network.length !== address.length * 2) return false;
  return address.every((byte, index) => {
    const mask = network[address.length + index] ?? 0xff;
    return (byte & mask) === ((network[index] ?? 0) & mask);
  });
}

/** The host name of a URI; undefined where there is none, or an address (§4.2.1.10: refused). */
function hostOf(uri: string): string | undefined {
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri) ?? [];
  const host = authority?.replace(/^.*@/, '').replace(/:\d*$/, '');
  return host !== undefined && isHostName(host) && isIP(host) === 0 ? host : undefined;
}

function malformed(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_MALFORMED', message);
}

function broken(message: string): KidsIdError {
  return new KidsIdError('CERTIFICATE_PATH', message);
}
