/** What the server remembers about one browser, in memory and for 15 minutes without a click. */
import type { PendingSignIn } from './sign-in.ts';

/** Its name and the path are checked by browsers (see session.ts). */
export const SESSION_COOKIE = '__Host-library';

/** What a sign-in is for. The last two read a child's card in the session of a grown-up, who stays signed in. */
export type Purpose =
  | { readonly for: 'reader' /** A path of ours. */; readonly returnTo: string }
  | { readonly for: 'desk' }
  | { readonly for: 'child' }
  | { readonly for: 'member-card'; readonly memberId: number };

/** A sign-in under way. */
export interface WaitingSignIn {
  readonly pending: PendingSignIn;
  readonly purpose: Purpose;
}

/** A card that was just read in somebody else's session; nothing is written until that person says yes. */
export interface CardInHand {
  readonly sub: string;
  readonly purpose: Extract<Purpose, { for: 'child' | 'member-card' }>;
  readonly readAt: Date;
}

/** What was just done, or why not. It is told once, on the next page. */
export interface Notice {
  readonly tone: 'done' | 'look' | 'wrong';
  readonly lines: readonly string[];
}

/** One browser. */
export interface Visit {
  /** By their `state`: a visitor may have two tabs. */
  readonly waiting: Map<string, WaitingSignIn>;
  /** The gateway's name for the card of the reader or parent who signed in. */
  readonly readerSub?: string;
  /** The same for somebody at the desk, who may or may not be on the staff list. Never both. */
  readonly staffSub?: string;
  cardInHand?: CardInHand;
  notice?: Notice;
}

const MAX_WAITING = 5;

/** Remembers a sign-in; of too many the oldest is forgotten. */
export function rememberSignIn(visit: Visit, signIn: WaitingSignIn): void {
  for (const state of visit.waiting.keys()) {
    if (visit.waiting.size < MAX_WAITING) break;
    visit.waiting.delete(state);
  }
  visit.waiting.set(signIn.pending.state, signIn);
}

/** Finds and forgets in one step, before anything is awaited: of two answers at once one is looked at. */
export function takeSignIn(
  visit: Visit | undefined,
  state: string | null,
): WaitingSignIn | undefined {
  const signIn = state === null ? undefined : visit?.waiting.get(state);
  if (signIn) visit?.waiting.delete(signIn.pending.state);
  return signIn;
}

/** A card that was read longer ago may be in another hand. */
const CARD_IN_HAND_MS = 5 * 60_000;

/** The card that was just read for this purpose, if it is not too long ago. */
export function findCardInHand(
  visit: Visit,
  { purpose, now }: { readonly purpose: CardInHand['purpose']; readonly now: Date },
): CardInHand | undefined {
  const card = visit.cardInHand;
  if (!card || now.getTime() - card.readAt.getTime() >= CARD_IN_HAND_MS) return undefined;
  return isSamePurpose(card.purpose, purpose) ? card : undefined;
}

function isSamePurpose(a: CardInHand['purpose'], b: CardInHand['purpose']): boolean {
  if (a.for === 'member-card') return b.for === 'member-card' && a.memberId === b.memberId;
  return b.for === 'child';
}
