/**
 * Everything that can be wrong with a card, by name: for `npm run card -- --fault NAME` and for tests (card facts
 * §6.3 point 9). Certificates that are expired, revoked or of an unknown CA are also persons of their own. TEST ONLY.
 */
import type { CardForgery } from '../pki/card-issuer.ts';
import type { VirtualCardOptions } from './virtual-card.ts';

export interface Fault {
  readonly name: string;
  /** One line for `--list`. */
  readonly description: string;
  /** What the card does wrong. */
  readonly card?: VirtualCardOptions;
  /** What is wrong in its data. */
  readonly forgery?: CardForgery;
}

const READ_BINARY = 0xb0;
const VERIFY = 0x20;
const COMPUTE_SIGNATURE = 0x2a;

/** Every fault. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'pulled-reading',
    description: 'pulled out in the middle of READ BINARY',
    card: { pulledAtInstruction: READ_BINARY },
  },
  {
    name: 'pulled-verifying',
    description: 'pulled out after VERIFY counted the PIN, before it was answered',
    card: { pulledAtInstruction: VERIFY },
  },
  {
    name: 'pulled-signing',
    description: 'pulled out in the middle of a signature',
    card: { pulledAtInstruction: COMPUTE_SIGNATURE },
  },
  {
    name: 'too-soon',
    description: '6D00 to the first 3 commands after each power-on (§1.8)',
    card: { tooSoonCommands: 3 },
  },
  {
    name: 'silent',
    description: 'a communication error for the first 2 commands (§1.8)',
    card: { silentCommands: 2 },
  },
  {
    name: 'not-activated',
    description: 'the holder has not had the card activated (§7)',
    card: { activated: false },
  },
  { name: 'blocked', description: 'PIN blocked', card: { pinTriesLeft: 0 } },
  {
    name: 'last-try',
    description: 'one PIN try left; 6983 when it is wrong (§1.5)',
    card: { pinTriesLeft: 1, exhaustedStatus: 0x6983 },
  },
  {
    name: 'last-try-63c0',
    description: 'one PIN try left; 63C0 when it is wrong (§1.5)',
    card: { pinTriesLeft: 1, exhaustedStatus: 0x63c0 },
  },
  {
    name: 'other-number',
    description: 'the identity file has the national number of somebody else (§3.6)',
    forgery: 'other-number',
  },
  {
    name: 'photo-hash',
    description: 'the identity file has the hash of another photo (§3.2)',
    forgery: 'photo-hash',
  },
  {
    name: 'other-data',
    description: 'the identity signature is over other data (§3.6)',
    forgery: 'other-data',
  },
  {
    name: 'expired-ca',
    description: 'the CA of the certificates has expired',
    forgery: 'expired-ca',
  },
  {
    name: 'unknown-ca',
    description: 'certificates of a CA and a root that no gateway knows',
    forgery: 'unknown-ca',
  },
];

/** The fault of that name. */
export function findFault(name: string): Fault | undefined {
  return FAULTS.find((fault) => fault.name === name);
}
