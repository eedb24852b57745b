/** What a registration means, in plain words: for the operator who signs it off, and for an auditor. */
import { ageClaim } from '../oidc/age-claims.ts';
import type { RegisteredClient } from '../oidc/clients.ts';
import type { IdentityScope } from '../protocol/fields.ts';
import { listNotices } from './client-notices.ts';

/** What an identity scope tells, as it would be said to a parent. */
export const IDENTITY_WORDS: Readonly<Record<IdentityScope, string>> = {
  profile: 'first names, family name and gender',
  birthdate: 'the date of birth',
  address: 'the whole address',
  'address:postcode': 'the postcode of the address',
  picture: 'the photograph on the card',
};

/**
 * The whole text, line by line. `others` are the clients beside it: who shares a `sub` shows only there.
 */
export function describeClient(
  client: RegisteredClient,
  others: readonly RegisteredClient[] = [],
): string[] {
  const { clientId, site, organisation } = client;
  return [
    `${clientId}: ${site.name} (${organisation})`,
    ...section('It learns', listLearnt(client)),
    ...section('It does not learn', listNotLearnt(client)),
    ...section('Its name for a person (sub)', describeSubject(client, others)),
    ...section('Turned away', listTurnedAway(client)),
    ...section('How it proves itself', describeAuthentication(client)),
    ...section('Where answers go', listAddresses(client)),
    ...section('What stands out', listNotices(client, others)),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return [
    `  ${title}:`,
    ...(lines.length > 0 ? lines : ['nothing']).map((line) => `    - ${line}`),
  ];
}

function listLearnt(client: RegisteredClient): string[] {
  const { requireAge, ageThresholds, identity, reverifyAfterMonths } = client;
  const lines = ['that a Belgian card and its PIN were used just now (acr, amr, auth_time)'];
  if (requireAge) {
    const { min, below } = requireAge;
    lines.push(`of everybody who gets in: at least ${min} years old (${ageClaim(min)}: true)`);
    if (below !== undefined) {
      lines.push(`of everybody who gets in: not yet ${below} (${ageClaim(below)}: false)`);
    }
  }
  for (const age of ageThresholds) {
    lines.push(`when it asks: whether the person is at least ${age} (${ageClaim(age)})`);
  }
  for (const scope of identity?.scopes ?? []) {
    lines.push(`when it asks and the person ticks it: ${IDENTITY_WORDS[scope]} (${scope})`);
  }
  if (reverifyAfterMonths !== undefined) {
    const months = reverifyAfterMonths === 1 ? 'a month' : `${reverifyAfterMonths} months`;
    lines.push(`the month from which to ask again, in ${months} or sooner (reverify_after)`);
  }
  return lines;
}

function listNotLearnt({ identity, subjectMode }: RegisteredClient): string[] {
  const scopes: readonly string[] = identity?.scopes ?? [];
  const hidden = Object.entries(IDENTITY_WORDS)
    .filter(([scope]) => !scopes.includes(scope))
    // Who may ask the whole address may learn the postcode.
    .filter(([scope]) => scope !== 'address:postcode' || !scopes.includes('address'))
    .map(([, words]) => words);
  return [
    ...hidden,
    'the national number, the card number, the certificate',
    'why somebody did not get in: every refusal looks the same (access_denied)',
    ...(subjectMode === 'transient' ? ['whether the same person was there before'] : []),
    'what the person does at other sites',
  ];
}

function describeSubject(client: RegisteredClient, others: readonly RegisteredClient[]): string[] {
  const { sector, subjectMode, clientId } = client;
  if (subjectMode === 'transient') return ['transient: another one at every login'];
  const sharing = others
    .filter((other) => other.sector === sector && other.clientId !== clientId)
    .filter((other) => other.subjectMode === 'pairwise')
    .map((other) => other.clientId);
  return [
    'pairwise: the same at every login with the same card; a new card brings a new one',
    sharing.length > 0
      ? `counted for ${sector}: the same as at ${sharing.join(', ')}`
      : `counted for ${sector}: no other site here has the same`,
  ];
}

function listTurnedAway({ requireAge, identity }: RegisteredClient): string[] {
  const lines: string[] = [];
  if (requireAge) {
    const { min, below } = requireAge;
    const above = below === undefined ? '' : ` or ${below} and older`;
    lines.push(`everybody under ${min}${above}, and whose age is not known for certain`);
  }
  if (identity && identity.childBasis === undefined) {
    lines.push('everybody under 13, when it asks for name, birth date, address or picture');
  }
  if (lines.length === 0) lines.push('nobody for their age');
  return [...lines, 'cards that are expired, revoked or not Belgian, and wrong PINs'];
}

function describeAuthentication(client: RegisteredClient): string[] {
  const { authentication, par, dpop, profile } = client;
  return [
    describeMethod(authentication),
    par === 'required'
      ? 'it pushes its requests (PAR): nobody can change them in the browser'
      : 'it may send its requests through the browser (PAR is optional)',
    dpop === 'required' ? 'its access tokens are bound to a key of its own (DPoP)' : undefined,
    profile === 'fapi2' ? 'it is held to the FAPI 2.0 Security Profile' : undefined,
  ].filter((line) => line !== undefined);
}

function describeMethod(authentication: RegisteredClient['authentication']): string {
  switch (authentication.method) {
    case 'private_key_jwt':
      return `it signs with its own key (private_key_jwt); keys: ${authentication.jwks.keys
        .map(({ kid }) => kid)
        .join(', ')}`;
    case 'client_secret':
      return `it shows a secret (client_secret); in force: ${authentication.secretHashes.length}`;
    case 'none':
      return authentication.origin === undefined
        ? 'it cannot prove itself: an app, held by PKCE and its redirect addresses only'
        : `it cannot prove itself: pages of ${authentication.origin}, held by PKCE and its redirect addresses only`;
  }
}

function listAddresses(client: RegisteredClient): string[] {
  const { redirectUris, postLogoutRedirectUris, backchannelLogoutUri } = client;
  return [
    ...redirectUris,
    ...postLogoutRedirectUris.map((uri) => `${uri} (after log-out)`),
    ...(backchannelLogoutUri === undefined ? [] : [`${backchannelLogoutUri} (told of log-outs)`]),
  ];
}
