/**
 * The chain of single-use values of one login (design §2): ticket → connection → request context →
 * card → completion code → interaction → cookie. Each link is a row that names the one before it,
 * single use is the store's own conditional write, and the last step compares the whole chain.
 */
import * as v from 'valibot';
import { type IdentityClaims, type LoginOutcome, REVERIFY_CLAIM } from '../oidc/admission.ts';
import { createSealedClaims } from '../oidc/sealed-claims.ts';
import { KidsIdError } from '../protocol/errors.ts';
import type { Store } from '../store/store.ts';
import { createSecret, hashSecret } from './browser-cookie.ts';

const TICKET_SECONDS = 120;
const COMPLETION_SECONDS = 60;
const INTERACTION_SECONDS = 600;

const ticketRow = v.strictObject({
  uid: v.string(),
  cookie: v.string(),
  clientId: v.string(),
  scopes: v.array(v.string()),
});

const completionRow = v.strictObject({
  uid: v.string(),
  cookie: v.string(),
  ticket: v.string(),
  connection: v.string(),
  context: v.string(),
  /** Whatever a row says more than this never reaches a token. */
  outcome: v.strictObject({
    sub: v.string(),
    claims: v.custom<LoginOutcome['claims']>(isTokenClaims),
    scopes: v.array(v.string()),
    cardIndex: v.string(),
  }),
  /** Name, birth date, address, picture: never here, but sealed under the completion code (design §8). */
  hasIdentity: v.boolean(),
});

const ageClaims = v.record(v.pipe(v.string(), v.regex(/^age_over_\d{1,3}$/)), v.boolean());
const reverifyClaim = v.optional(v.pipe(v.string(), v.regex(/^\d{4}-\d{2}$/)));

/** Ages, and the month to ask again; nothing else. */
function isTokenClaims(value: unknown): boolean {
  if (!v.is(v.looseObject({}), value)) return false;
  const { [REVERIFY_CLAIM]: month, ...ages } = value;
  return v.is(reverifyClaim, month) && v.is(ageClaims, ages);
}

/** What a ticket was issued for: an interaction in one browser, for one client and its scopes. */
export type TicketGrant = v.InferOutput<typeof ticketRow>;

/** A spent ticket on the connection that spent it. Hashes, base64url. */
export interface Claim {
  readonly grant: TicketGrant;
  readonly ticket: string;
  readonly connection: string;
}

export interface LoginChain {
  /** Issues a ticket; an earlier one of the same interaction can no longer complete it. */
  issueTicket(grant: TicketGrant): Promise<string>;
  /** Spends a ticket on a connection. @throws {KidsIdError} LOGIN_EXPIRED when unknown or spent. */
  claimTicket(ticket: string, connection: string): Promise<Claim>;
  /**
   * Spends a CertificateRequest's context: one authenticator per request (RFC 9261 §4).
   * @throws {KidsIdError} AUTHENTICATOR_INVALID the second time, LOGIN_EXPIRED when a newer ticket
   * replaced the claim's.
   */
  spendContext(claim: Claim, context: string): Promise<void>;
  /** Records a verified card and returns the completion code for the page. */
  recordCard(claim: Claim, context: string, outcome: LoginOutcome): Promise<string>;
  /**
   * Spends a completion code for the interaction and browser at hand.
   * @throws {KidsIdError} LOGIN_EXPIRED unless every link of the chain is this interaction's own.
   */
  redeemCompletion(code: string, at: { uid: string; cookie: string }): Promise<LoginOutcome>;
  /** Makes whatever was issued for an interaction so far worthless: ticket, card, completion code. */
  dropTicket(uid: string): Promise<void>;
}

/** Creates the chain over a store. */
export function createLoginChain(deps: { store: Store; now: () => Date }): LoginChain {
  const { store } = deps;
  const sealedClaims = createSealedClaims(deps);
  const after = (seconds: number) => new Date(deps.now().getTime() + seconds * 1_000);
  const link = (uid: string, links: Record<string, string>) =>
    store.put('login', uid, links, after(INTERACTION_SECONDS));

  return {
    async issueTicket(grant) {
      const secret = createSecret();
      const ticket = hashSecret(secret);
      await store.put('ticket', ticket, { ...grant }, after(TICKET_SECONDS));
      await link(grant.uid, { ticket });
      return secret;
    },

    async claimTicket(secret, connection) {
      const ticket = hashSecret(secret);
      const row = await store.take('ticket', ticket);
      if (!row) throw new KidsIdError('LOGIN_EXPIRED', 'ticket unknown, spent or too old');
      const grant = v.parse(ticketRow, row);
      const login = await store.find('login', grant.uid);
      if (login?.['ticket'] !== ticket) {
        throw new KidsIdError('LOGIN_EXPIRED', 'a newer ticket replaced this one');
      }
      await link(grant.uid, { ticket, connection });
      return { grant, ticket, connection };
    },

    async spendContext({ grant, ticket, connection }, context) {
      if (!(await store.insert('context', context, {}, after(INTERACTION_SECONDS)))) {
        throw new KidsIdError('AUTHENTICATOR_INVALID', 'request context already used');
      }
      const login = await store.find('login', grant.uid);
      if (login?.['ticket'] !== ticket || login['connection'] !== connection) {
        throw new KidsIdError('LOGIN_EXPIRED', 'a newer ticket replaced this one');
      }
      await link(grant.uid, { ticket, connection, context });
    },

    async recordCard({ grant, ticket, connection }, context, outcome) {
      const secret = createSecret();
      const { uid, cookie } = grant;
      const { identity, sub, claims, scopes, cardIndex } = outcome;
      const kept = { sub, claims: { ...claims }, scopes: [...scopes], cardIndex };
      const hasIdentity = identity !== undefined;
      const row = { uid, cookie, ticket, connection, context, outcome: kept, hasIdentity };
      if (identity) await sealedClaims.put(secret, { ...identity }, COMPLETION_SECONDS);
      await store.put('completion', hashSecret(secret), row, after(COMPLETION_SECONDS));
      return secret;
    },

    async redeemCompletion(code, at) {
      const row = await store.take('completion', hashSecret(code));
      // Out of the store before anything is compared: it goes to this interaction or to nobody.
      const identity: IdentityClaims | undefined = await sealedClaims.take(code);
      const login = await store.find('login', at.uid);
      if (!row || !login)
        throw new KidsIdError('LOGIN_EXPIRED', 'completion code unknown or spent');
      const completion = v.parse(completionRow, row);
      const whole =
        completion.uid === at.uid &&
        completion.cookie === at.cookie &&
        (['ticket', 'connection', 'context'] as const).every(
          (name) => completion[name] === login[name],
        );
      if (!whole) throw new KidsIdError('LOGIN_EXPIRED', 'completion code of another login');
      if (completion.hasIdentity !== (identity !== undefined)) {
        throw new KidsIdError('LOGIN_EXPIRED', 'what was sealed with the card is gone');
      }
      await store.remove('login', at.uid);
      return { ...completion.outcome, ...(identity && { identity }) };
    },

    dropTicket: (uid) => store.remove('login', uid),
  };
}
