/** What an auditor would put a finger on in a registration that is allowed. */
import type { RegisteredClient } from '../oidc/clients.ts';

/** The age below which identity data needs a basis other than the child's consent (design §5). */
const CHILD_BELOW = 13;

/** One sentence for each thing that stands out; empty when nothing does. */
export function listNotices(
  client: RegisteredClient,
  others: readonly RegisteredClient[] = [],
): string[] {
  return NOTICES.flatMap((findNotice) => findNotice(client, others) ?? []);
}

type FindNotice = (
  client: RegisteredClient,
  others: readonly RegisteredClient[],
) => string | readonly string[] | undefined;

const NOTICES: readonly FindNotice[] = [
  ({ subjectMode, ageThresholds, requireAge }) => {
    if (subjectMode !== 'pairwise' || (ageThresholds.length === 0 && !requireAge)) return undefined;
    return 'ages beside a stable sub are personal data: a birthday shows when an answer changes';
  },
  ({ subjectMode, identity }) => {
    if (subjectMode !== 'transient' || !identity) return undefined;
    return 'the sub changes at every login, yet what it may ask recognises a person anyway';
  },
  ({ identity, requireAge }) => {
    if (!identity || identity.childBasis !== undefined) return undefined;
    const under = `under ${CHILD_BELOW}`;
    return requireAge?.below !== undefined && requireAge.below <= CHILD_BELOW
      ? `it lets in only people ${under}, who are refused as soon as it asks for its identity scopes: write down the basis (childBasis) or take the scopes out`
      : `people ${under} are refused as soon as it asks for its identity scopes: no childBasis is written down`;
  },
  ({ identity }) =>
    identity?.childBasis &&
    `it may ask children under ${CHILD_BELOW} too; basis: ${identity.childBasis}`,
  ({ cutPointsReason }) =>
    cutPointsReason &&
    `it may ask more finely than the rule on cut points; reason: ${cutPointsReason}`,
  ({ ageThresholds, requireAge }) => {
    const { min = 0, below = Number.POSITIVE_INFINITY } = requireAge ?? {};
    const idle = ageThresholds.filter((age) => requireAge && (age <= min || age >= below));
    if (idle.length === 0) return undefined;
    return `its age rule answers these ages for everybody who gets in: ${idle.join(', ')}`;
  },
  ({ authentication }) => noticeOf(authentication),
  ({ par, authentication }) => {
    if (par === 'required') return undefined;
    const advice = authentication.method === 'none' ? '' : '; a server can push its requests';
    return `PAR is optional: its requests pass through the browser, where they can be seen and changed${advice}`;
  },
  ({ sector, redirectUris, subjectMode }) => {
    const isOfSector = (uri: string) => {
      const { hostname } = new URL(uri);
      return hostname === sector || hostname.endsWith(`.${sector}`);
    };
    if (subjectMode !== 'pairwise' || redirectUris.some(isOfSector)) return undefined;
    return `no redirect address is of the sector ${sector}; is that meant?`;
  },
  ({ redirectUris, postLogoutRedirectUris }) => {
    const isPlain = (uri: string) => uri.startsWith('http:');
    if (![...redirectUris, ...postLogoutRedirectUris].some(isPlain)) return undefined;
    return 'it is reached over plain http on this machine: for development only';
  },
  ({ ageThresholds, requireAge, identity, subjectMode }) => {
    const asksSomething = ageThresholds.length > 0 || requireAge || identity;
    if (asksSomething || subjectMode === 'pairwise') return undefined;
    return 'it learns nothing about a person but that they have a card: is that meant?';
  },
];

function noticeOf(authentication: RegisteredClient['authentication']): string | undefined {
  switch (authentication.method) {
    case 'private_key_jwt':
      return authentication.jwks.keys.length > 1
        ? 'several keys are in force: take the old ones out when the site has changed over'
        : undefined;
    case 'client_secret':
      return authentication.secretHashes.length > 1
        ? 'two secrets are in force: take the old one out when the site has changed over'
        : 'a secret travels at every login; a key of its own (private_key_jwt) never leaves the site';
    case 'none':
      return 'anybody can ask in its name: it has neither key nor secret';
  }
}
