/**
 * Signing in through the gateway: an OpenID Connect authorization code flow (OpenID Connect Core 1.0 §3.1) with pushed
 * authorization requests, PKCE and a private key instead of a shared secret. openid-client does the protocol; this file
 * says what this site asks for and which answer it accepts.
 *
 * The library is two clients of the gateway. Readers (children and parents) sign in as `library`, which learns one thing:
 * that it is the same card as last time. Librarians sign in as `library-desk`, which lets adults in and nobody else.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as openid from 'openid-client';
import type { Client, ClientKey, Config } from './config.ts';
import type { Language } from './texts/texts.ts';

/** What must be remembered, for this browser only, between leaving for the gateway and coming back. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/**
 * How a sign-in ended. `sub` is a name for this card at this client only. It says nothing, but is stable: keep it on the
 * server. Refused `by: 'gateway'` has no reason: the gateway tells none, and looks the same for a wrong age and for
 * somebody who stopped. `by: 'site'` should never happen: it means that our registration there is wrong.
 */
export type SignInOutcome =
  | { readonly kind: 'admitted'; readonly sub: string }
  | { readonly kind: 'refused'; readonly by: 'gateway' | 'site' };

/** The two halves of a sign-in. */
export interface SignIn {
  /** Prepares a sign-in. Remember `pending` in the visitor's session, then send the browser to `url`. */
  start(language: Language): Promise<{ url: URL; pending: PendingSignIn }>;
  /**
   * Finishes a sign-in with the parameters with which the gateway sent the browser back. Each `pending` may be given
   * once only. Throws when the answer is not the gateway's answer to this very sign-in, or the gateway is not reached.
   */
  finish(parameters: URLSearchParams, pending: PendingSignIn): Promise<SignInOutcome>;
}

/** One sign-in for each client. */
export interface SignIns {
  /** Comes back to `/callback`. Also for a child's card that has to be present in somebody else's session. */
  readonly readers: SignIn;
  /** Comes back to `/desk/callback`. */
  readonly desk: SignIn;
}

/** Nothing but `sub`. The desk's age claim comes by itself: 18 is its admission rule at the gateway. */
const SCOPE = 'openid';

/** A card whose PIN was typed. A gateway may know weaker ways of signing in; this site takes no other. */
const CARD_AND_PIN = 'urn:kids-id:acr:card-pin';

const REQUEST_TIMEOUT_SECONDS = 10;

/** Decides on the claims of a verified ID token. */
type Admission = (claims: Readonly<Record<string, unknown>>) => SignInOutcome;

/** Reads the gateway's metadata (OpenID Connect Discovery 1.0) and returns the sign-ins. Waits while the gateway is starting. */
export async function connectToGateway(config: Config): Promise<SignIns> {
  const { publicUrl, readers, desk } = config;
  return {
    readers: createSignIn(await discover(config.issuer, readers), {
      redirectUri: new URL('/callback', publicUrl),
      admit: admitReader,
    }),
    desk: createSignIn(await discover(config.issuer, desk), {
      redirectUri: new URL('/desk/callback', publicUrl),
      admit: admitLibrarian,
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

function createSignIn(
  gateway: openid.Configuration,
  { redirectUri, admit }: { readonly redirectUri: URL; readonly admit: Admission },
): SignIn {
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
        scope: SCOPE,
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

/** Admits whoever proved a card with its PIN: who they are to the library, its own data say. */
export const admitReader: Admission = ({ sub, acr }) => {
  if (typeof sub !== 'string' || sub === '') return { kind: 'refused', by: 'site' };
  if (acr !== CARD_AND_PIN) return { kind: 'refused', by: 'site' };
  return { kind: 'admitted', sub };
};

/**
 * Admits an adult. The gateway applies the desk's admission rule (18 and over) before it lets anybody through; it is
 * checked here again, so that a mistake in our registration there opens no door here.
 *
 * `false` is "verified: not reached". An absent claim is "not known", which is never a yes: hence `=== true`, and no
 * truthiness. Being an adult makes nobody a librarian: the desk looks into its own list as well.
 */
export const admitLibrarian: Admission = (claims) => {
  if (claims['age_over_18'] !== true) return { kind: 'refused', by: 'site' };
  return admitReader(claims);
};

/** Says for the log what went wrong: codes and constant texts on one line, nothing about a person. */
export function describeProblem(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown problem';
  const { code, error: oauthError }: { code?: unknown; error?: unknown } = error as object;
  const codes = [code, oauthError].filter((value) => typeof value === 'string');
  const cause = error.cause instanceof Error ? [describeProblem(error.cause)] : [];
  return [...codes, error.message, ...cause].join(': ').replaceAll(/\p{Cc}+/gu, ' ');
}

/** Too young, cancelled and refused all come back as this one error, without a reason (RFC 6749 §4.1.2.1). */
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
