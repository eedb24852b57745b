/**
 * Signing in through the gateway: an OpenID Connect authorization code flow (OpenID Connect Core 1.0 §3.1) with pushed
 * authorization requests, PKCE and a private key instead of a shared secret. openid-client does the protocol; this file
 * says what this site asks for and which answer it accepts.
 *
 * The chat is two clients of the gateway. Children sign in as `chat`, which learns that they are 6 to 12 and which room is
 * theirs. Grown-ups sign in as `chat-moderators`, which lets adults in and nobody else: moderators, and a parent who
 * agrees once, in the child's browser.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as openid from 'openid-client';
import type { Client, ClientKey, Config } from './config.ts';
import type { Language } from './language.ts';

/** A child: everything that this site needs, and all that it ever learns. */
export interface Child {
  /** A name for this child at this site only. It says nothing, but is stable: keep it on the server. */
  readonly sub: string;
  /** `nest` for 6 to 8 years, `treetop` for 9 to 12. */
  readonly room: 'nest' | 'treetop';
}

/** A grown-up. Of a parent who agrees, not even this is kept. */
export interface Adult {
  /** Another name than the same card would have as a child's: each client gets its own. */
  readonly sub: string;
}

/** What must be remembered, for this browser only, between leaving for the gateway and coming back. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/**
 * How a sign-in ended. Refused `by: 'gateway'` has no reason: the gateway tells none, and looks the same for a wrong age
 * and for somebody who stopped. `by: 'site'` should never happen: it means that our registration there is wrong.
 */
export type SignInOutcome<T> =
  | { readonly kind: 'admitted'; readonly visitor: T }
  | { readonly kind: 'refused'; readonly by: 'gateway' | 'site' };

/** The two halves of a sign-in. */
export interface SignIn<T> {
  /** Prepares a sign-in. Remember `pending` in the visitor's session, then send the browser to `url`. */
  start(language: Language): Promise<{ url: URL; pending: PendingSignIn }>;
  /**
   * Finishes a sign-in with the parameters with which the gateway sent the browser back. Each `pending` may be given
   * once only. Throws when the answer is not the gateway's answer to this very sign-in, or the gateway is not reached.
   */
  finish(parameters: URLSearchParams, pending: PendingSignIn): Promise<SignInOutcome<T>>;
}

/** One sign-in for each client. */
export interface SignIns {
  readonly children: SignIn<Child>;
  readonly adults: SignIn<Adult>;
}

/** Where the gateway sends the browser back: what is registered there, after the site's origin. */
export const CALLBACK_PATHS = { children: '/callback', adults: '/moderate/callback' } as const;

/** A card whose PIN was typed. A gateway may know weaker ways of signing in; this site takes no other. */
const CARD_AND_PIN = 'urn:kids-id:acr:card-pin';

const REQUEST_TIMEOUT_SECONDS = 10;

/** Reads the gateway's metadata (OpenID Connect Discovery 1.0) and returns the sign-ins. Waits while the gateway is starting. */
export async function connectToGateway(config: Config): Promise<SignIns> {
  const { publicUrl, children, adults } = config;
  return {
    children: createSignIn(await discover(config.issuer, children), {
      redirectUri: new URL(CALLBACK_PATHS.children, publicUrl),
      // Age claims have no leading zero. Only the rooms' border is asked for: 6 and 13 are our admission rule at the
      // gateway, and come by themselves.
      scope: 'openid age_over_9',
      admit: admitChild,
    }),
    adults: createSignIn(await discover(config.issuer, adults), {
      redirectUri: new URL(CALLBACK_PATHS.adults, publicUrl),
      scope: 'openid',
      admit: admitAdult,
    }),
  };
}

async function discover(issuer: URL, { id, key }: Client): Promise<openid.Configuration> {
  const privateKey = await importClientKey(key);
  return withRetries(issuer, () =>
    openid.discovery(
      issuer,
      id,
      { id_token_signed_response_alg: 'ES256' },
      openid.PrivateKeyJwt({ key: privateKey, kid: key.kid }),
      // TLS to the token endpoint already says who made the ID token. Its signature is checked as well.
      { execute: [openid.enableNonRepudiationChecks], timeout: REQUEST_TIMEOUT_SECONDS },
    ),
  );
}

function createSignIn<T>(
  gateway: openid.Configuration,
  options: {
    readonly redirectUri: URL;
    readonly scope: string;
    readonly admit: (claims: Readonly<Record<string, unknown>>) => SignInOutcome<T>;
  },
): SignIn<T> {
  const { redirectUri, scope, admit } = options;
  return {
    async start(language) {
      const pending: PendingSignIn = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        codeVerifier: openid.randomPKCECodeVerifier(),
      };
      // PAR (RFC 9126): the request goes straight to the gateway; the browser carries a reference that it cannot change.
      const url = await openid.buildAuthorizationUrlWithPAR(gateway, {
        redirect_uri: redirectUri.href,
        scope,
        acr_values: CARD_AND_PIN,
        ui_locales: language,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url, pending };
    },

    async finish(parameters, pending) {
      const currentUrl = new URL(redirectUri);
      currentUrl.search = parameters.toString();
      try {
        // Checks state and iss of the answer (RFC 9207), and iss, aud, exp, nonce and signature of the ID token.
        const tokens = await openid.authorizationCodeGrant(gateway, currentUrl, {
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          pkceCodeVerifier: pending.codeVerifier,
          idTokenExpected: true,
        });
        return admit(tokens.claims() ?? {});
      } catch (error) {
        if (isAccessDenied(error)) return { kind: 'refused', by: 'gateway' };
        throw error;
      }
    },
  };
}

/**
 * Decides on a verified ID token of a child. The gateway applies our admission rule (6 to 12 years) before it lets anybody
 * through; it is checked here again, so that a mistake in our registration there opens no door here.
 *
 * `false` is "verified: not reached". An absent claim is "not known", which is never a yes: hence `=== true` and
 * `=== false`, and no truthiness.
 */
export function admitChild(claims: Readonly<Record<string, unknown>>): SignInOutcome<Child> {
  const { sub, acr, age_over_6, age_over_9, age_over_13 } = claims;
  if (typeof sub !== 'string' || sub === '') return REFUSED;
  if (acr !== CARD_AND_PIN) return REFUSED;
  if (age_over_6 !== true || age_over_13 !== false) return REFUSED;
  // A child whose room is not known cannot be put into one: mixing the ages is what the rooms are there to prevent.
  if (typeof age_over_9 !== 'boolean') return REFUSED;
  return { kind: 'admitted', visitor: { sub, room: age_over_9 ? 'treetop' : 'nest' } };
}

/**
 * Decides on a verified ID token of a grown-up: 18 or older, for certain. That makes nobody a moderator (the chat has its
 * own list), and does not prove that somebody is the parent of the child whose browser it is.
 */
export function admitAdult(claims: Readonly<Record<string, unknown>>): SignInOutcome<Adult> {
  const { sub, acr, age_over_18 } = claims;
  if (typeof sub !== 'string' || sub === '') return REFUSED;
  if (acr !== CARD_AND_PIN || age_over_18 !== true) return REFUSED;
  return { kind: 'admitted', visitor: { sub } };
}

const REFUSED = { kind: 'refused', by: 'site' } as const;

/** Says for the log what went wrong: codes and constant texts on one line, nothing about a person. */
export function describeProblem(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown problem';
  const { code, error: oauthError }: { code?: unknown; error?: unknown } = error as object;
  const codes = [code, oauthError].filter((value) => typeof value === 'string');
  const cause = error.cause instanceof Error ? [describeProblem(error.cause)] : [];
  return [...codes, error.message, ...cause].join(': ').replaceAll(/\p{Cc}+/gu, ' ');
}

/** Too young, too old, cancelled and refused all come back as this one error, without a reason (RFC 6749 §4.1.2.1). */
function isAccessDenied(error: unknown): boolean {
  return error instanceof openid.AuthorizationResponseError && error.error === 'access_denied';
}

function importClientKey(jwk: ClientKey): Promise<openid.CryptoKey> {
  return crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
  ]);
}

/** Tries for a minute: a gateway that starts together with this site may need a moment. */
async function withRetries<T>(issuer: URL, connect: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 60_000;
  let lastReason = '';
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      const reason = describeProblem(error);
      if (Date.now() > deadline) {
        throw new Error(`The gateway at ${issuer.origin} did not answer: ${reason}`, {
          cause: error,
        });
      }
      if (reason !== lastReason) {
        console.log(`Waiting for the gateway at ${issuer.origin} (${reason})`);
      }
      lastReason = reason;
    }
    await sleep(1_000);
  }
}
