/**
 * When a person is asked for the card, and what a request may ask for (oidc-provider's interaction
 * policy): at every request, whatever went before in this browser.
 */
import { decodeJwt } from 'jose';
import {
  type ClientMetadata,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { isAgeScope } from './age-claims.ts';
import { DISPLAY_VALUES } from './discovery.ts';
import { chooseAcr, readRequestedClaims } from './request-claims.ts';

/** The one level of assurance: a card and its PIN (design §5). */
export const CARD_PIN_ACR = 'urn:kids-id:acr:card-pin';

/** Smart card, PIN, hardware key (RFC 8176 §2). */
export const CARD_PIN_AMR: readonly string[] = ['sc', 'pin', 'hwk'];

const { Check, Prompt } = interactionPolicy;

/**
 * The prompts, in order. Consent needs no page: the grant is made when the login is completed. Nor does
 * the choice of an account: whoever puts in a card has made it. `acrs` are what a login can give.
 */
export function createLoginPolicy(acrs: readonly string[]): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.remove('login');
  policy.add(new Prompt({ name: 'login', requestable: true }, ...createLoginChecks(acrs)), 0);
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 1);
  return policy;
}

/**
 * Judges the `scope` of a request, pushed or not: `openid` has to be there, and an age that is not
 * registered for the client is refused instead of ignored, so that nobody believes it was asked.
 * @throws {errors.InvalidScope} (OpenID Connect Core §3.1.2.1, design §5)
 */
export function checkScope(
  context: KoaContextWithOIDC,
  scope: string | undefined,
  client: Pick<ClientMetadata, 'scope'>,
): void {
  const registered = new Set(client.scope?.split(' '));
  if (!scope?.split(' ').includes('openid')) {
    throw new errors.InvalidScope('openid is missing', 'openid');
  }
  // By now the library has dropped the scopes that it does not know from `scope`.
  const { scope: sent } = context.oidc.body ?? context.query;
  const asked = typeof sent === 'string' ? sent.split(' ') : [];
  const stray = asked.find((name) => isAgeScope(name) && !registered.has(name));
  if (stray) throw new errors.InvalidScope('requested scope is not allowed', stray);
}

/**
 * Judges `display` (OpenID Connect Core §3.1.2.1): the four values that there are are taken.
 * @throws {errors.InvalidRequest}
 */
export function checkDisplay(_context: KoaContextWithOIDC, display: string | undefined): void {
  if (display === undefined || DISPLAY_VALUES.includes(display)) return;
  throw new errors.InvalidRequest('unsupported display value requested');
}

function createLoginChecks(acrs: readonly string[]): interactionPolicy.Check[] {
  return [
    new Check('card_required', 'the card is asked for at every login', ({ oidc }) => {
      if (oidc.result?.login) return false;
      // A resume that nobody answered would start an interaction that no browser was tied to.
      if (oidc.route === 'resume') throw new errors.LoginRequired('the login was not answered');
      return true;
    }),
    // Voluntary or essential (OpenID Connect Core §5.5.1.1): a client that names only others is told
    // so at once (RFC 9470 §5), before anybody gets out a card.
    new Check('acr_unmet', 'requested authentication cannot be given', ({ oidc }) => {
      if (chooseAcr(oidc.params ?? {}, acrs) === undefined) {
        throw new errors.UnmetAuthenticationRequirements('requested acr cannot be given');
      }
      return false;
    }),
    // The library would take anybody then, having asked for the card because of the hint.
    new Check('other_subject', 'the request names somebody else', ({ oidc }) => {
      const loggedIn = oidc.result?.login?.accountId;
      if (loggedIn && !namesSubject(oidc.params ?? {}, loggedIn)) {
        throw new errors.LoginRequired('the request names somebody else');
      }
      return false;
    }),
  ];
}

/** Whether `id_token_hint` and `claims`, where they name a person, name this one. */
function namesSubject(params: Readonly<Record<string, unknown>>, sub: string): boolean {
  const { id_token_hint: hint } = params;
  // Its signature was verified when the request came in.
  if (typeof hint === 'string' && decodeJwt(hint).sub !== sub) return false;
  return readRequestedClaims(params).subLists.every((list) => list.includes(sub));
}
