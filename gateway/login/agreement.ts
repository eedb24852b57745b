/**
 * What a person agreed to tell in one interaction: kept for that interaction alone and gone with it.
 * No row is "not answered yet", an empty one is "nothing", which is an answer.
 */
import * as v from 'valibot';
import { identityScopesOf, type LoginOutcome, permittedClaims } from '../oidc/admission.ts';
import type { PendingLogin } from '../oidc/provider.ts';
import { KidsIdError } from '../protocol/errors.ts';
import { IDENTITY_SCOPES, type IdentityScope, identityScope } from '../protocol/fields.ts';
import type { Store } from '../store/store.ts';

const TABLE = 'agreement';
/** As long as an interaction. */
const LIFETIME_SECONDS = 600;

const row = v.strictObject({ scopes: v.array(identityScope) });

export interface Agreements {
  /** The answer to an interaction; undefined before there is one. */
  find(uid: string): Promise<readonly IdentityScope[] | undefined>;
  /** Replaces an earlier answer. */
  put(uid: string, scopes: readonly IdentityScope[]): Promise<void>;
  remove(uid: string): Promise<void>;
}

/** Opens them over a store. */
export function createAgreements(deps: { store: Store; now: () => Date }): Agreements {
  const { store, now } = deps;
  return {
    async find(uid) {
      const found = await store.find(TABLE, uid);
      return found && v.parse(row, found).scopes;
    },
    put: (uid, scopes) =>
      store.put(
        TABLE,
        uid,
        { scopes: [...scopes] },
        new Date(now().getTime() + LIFETIME_SECONDS * 1_000),
      ),
    remove: (uid) => store.remove(TABLE, uid),
  };
}

/** The identity scopes that a login asks for and its client may; none needs no agreement. */
export function askedIdentity({ client, scopes }: PendingLogin): IdentityScope[] {
  return identityScopesOf(client, scopes);
}

/**
 * The scopes that a login may have: those that need no agreement, and those agreed to. Undefined while
 * the question is open.
 */
export async function findAgreedScopes(
  agreements: Agreements,
  pending: PendingLogin,
): Promise<ReadonlySet<string> | undefined> {
  const asked = askedIdentity(pending);
  const agreed = asked.length > 0 ? await agreements.find(pending.uid) : [];
  if (!agreed) return undefined;
  const names: readonly string[] = IDENTITY_SCOPES;
  const plain = [...pending.scopes].filter((scope) => !names.includes(scope));
  return new Set([...plain, ...asked.filter((scope) => agreed.includes(scope))]);
}

/**
 * Checks, when a login ends, that all it says is still agreed to and registered: the answer may have
 * been changed beside it, in another tab, and so may the client's file.
 * @throws {KidsIdError} LOGIN_EXPIRED
 */
export function checkAgreed(
  { scopes, claims }: LoginOutcome,
  agreed: ReadonlySet<string> | undefined,
  { client, scopes: asked }: PendingLogin,
): void {
  const permitted = permittedClaims(client, asked);
  const isAgreed = agreed && scopes.every((scope) => agreed.has(scope));
  if (isAgreed && Object.keys(claims).every((claim) => permitted.has(claim))) return;
  throw new KidsIdError('LOGIN_EXPIRED', 'more was granted than is agreed to now');
}
