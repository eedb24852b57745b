/** What somebody chose in the playground, and what a site with that choice registers and asks. */
import type { Disclosure, IdentityScope } from '../protocol/fields.ts';

export const CLIENT_TYPES = ['client_secret', 'private_key_jwt', 'none'] as const;
export type ClientType = (typeof CLIENT_TYPES)[number];

/** A choice. JSON: it is kept while the browser is at the login page. */
export interface Choice {
  readonly ages: readonly number[];
  readonly requireAge?: { readonly min: number; readonly below?: number };
  readonly identity: readonly IdentityScope[];
  readonly hasChildBasis: boolean;
  readonly subjectMode: 'transient' | 'pairwise';
  readonly clientType: ClientType;
}

const CHILD_BASIS = 'Playground: a legal basis other than the consent of the child';

/** The scope of the request. */
export function scopeOf({ ages, identity }: Choice): string {
  return ['openid', ...ages.map((age) => `age_over_${age}`), ...identity].join(' ');
}

/** What the login page will say about this choice. */
export function disclosureOf(choice: Choice): Disclosure {
  const { ages, requireAge, identity, subjectMode } = choice;
  return {
    ageOver: [...ages],
    ...(requireAge && { requireAge: { ...requireAge } }),
    pseudonym: subjectMode === 'pairwise',
    ...(identity.length > 0 && { identity: [...identity] }),
  };
}

/**
 * The registration without the client's own keys and addresses (OpenID Connect Dynamic Client Registration
 * §2, and the gateway's own fields).
 */
export function registrationOf(choice: Choice): Readonly<Record<string, unknown>> {
  const { ages, requireAge, identity, hasChildBasis, subjectMode, clientType } = choice;
  return {
    token_endpoint_auth_method: clientType === 'client_secret' ? 'client_secret_basic' : clientType,
    subject_mode: subjectMode,
    age_thresholds: ages,
    ...(requireAge && { require_age: requireAge }),
    ...(identity.length > 0 && {
      identity: { scopes: identity, ...(hasChildBasis && { childBasis: CHILD_BASIS }) },
    }),
  };
}
