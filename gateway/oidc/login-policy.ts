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

/** The one level of assurance: a card and its PIN (design §5). */
export const CARD_PIN_ACR = 'urn:kids-id:acr:card-pin';

/** Smart card, PIN, hardware key (RFC 8176 §2). */
export const CARD_PIN_AMR: readonly string[] = ['sc', 'pin', 'hwk'];

const { Check, Prompt } = interactionPolicy;

/** The prompts, in order. Consent needs no page: the grant is made when the login is completed. */
export function createLoginPolicy(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.remove('login');
  policy.add(new Prompt({ name: 'login', requestable: true }, ...createLoginChecks()), 0);
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

function createLoginChecks(): interactionPolicy.Check[] {
  return [
    new Check('card_required', 'the card is asked for at every login', ({ oidc }) => {
      if (oidc.result?.login) return false;
      // A resume that nobody answered would start an interaction that no browser was tied to.
      if (oidc.route === 'resume') throw new errors.LoginRequired('the login was not answered');
      return true;
    }),
    // acr_values are voluntary in OpenID Connect Core §5.5.1.1; a client that names only others
    // is told so at once (RFC 9470 §5), before anybody gets out a card.
    new Check('acr_unmet', 'requested authentication cannot be given', ({ oidc }) => {
      const { acr_values: values } = oidc.params ?? {};
      if (typeof values === 'string' && !values.split(' ').includes(CARD_PIN_ACR)) {
        throw new errors.UnmetAuthenticationRequirements('none of the acr_values can be given');
      }
      return false;
    }),
    // The library would take anybody then, having asked for the card because of the hint.
    new Check('other_subject', 'id_token_hint names somebody else', ({ oidc }) => {
      const { id_token_hint: hint } = oidc.params ?? {};
      const loggedIn = oidc.result?.login?.accountId;
      // Its signature was verified when the request came in.
      if (typeof hint === 'string' && loggedIn && decodeJwt(hint).sub !== loggedIn) {
        throw new errors.LoginRequired('id_token_hint names somebody else');
      }
      return false;
    }),
  ];
}
