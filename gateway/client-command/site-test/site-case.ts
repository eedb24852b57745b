/** One case of `client test`: an answer, right or wrong, and what a careful site does with it. */
import type { RegisteredClient } from '../../oidc/clients.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { TokenChange } from './id-token.ts';
import type { Visit, Visitor } from './site-visitor.ts';
import type { TestIssuer } from './test-issuer.ts';

export interface SiteCase {
  /** For `--only`; never changes. */
  readonly name: string;
  /** What comes to the callback, in words. */
  readonly says: string;
  /** Where it is written. */
  readonly clause: string;
  /** `either` where both are sound, and only the page counts. */
  readonly expected: 'let in' | 'refuse' | 'either';
  /** A fault against a `should` is told of and does not fail the test. */
  readonly weight?: 'should';
  /** The code may not even be redeemed: the answer is not the gateway's, or not this browser's. */
  readonly isToldBefore?: boolean;
  /** People come this way in earnest: there has to be a page, not a crash. */
  readonly isEveryday?: boolean;
  /** Left out where it says false. */
  readonly appliesTo?: (client: RegisteredClient, request: AuthorizationRequest) => boolean;
  /** Changes the right answer's parameters. */
  readonly answer?: (parameters: URLSearchParams, scene: SignIn) => void;
  readonly token?: TokenChange;
  /** Takes the place of "begin, answer once". */
  readonly course?: (stage: Stage) => Promise<Arrival>;
}

/** A sign-in that was begun at the site and waits for its answer. */
export interface SignIn {
  readonly visitor: Visitor;
  readonly request: AuthorizationRequest;
  readonly issuer: TestIssuer;
}

/** What a course can do. */
export interface Stage {
  readonly issuer: TestIssuer;
  readonly openVisitor: () => Visitor;
  /** Goes to the site's start until it sends the browser to the issuer. */
  begin(visitor: Visitor): Promise<SignIn>;
  /** Brings an answer to the callback and follows the site from there. */
  bring(visitor: Visitor, callback: URL): Promise<Visit>;
  isSignedIn(visitor: Visitor): Promise<boolean>;
}

/** Where a case ended. */
export interface Arrival {
  /** Whose session is looked at. */
  readonly visitor: Visitor;
  readonly visit: Visit;
  /** The code of the answer, to see whether it was redeemed. */
  readonly code: string;
  /** Signed in before the answer came: then a session says nothing about this answer. */
  readonly wasSignedIn?: boolean;
}

/** In every answer that carries markup; a page that shows it as it is runs whatever comes. */
export const MARKUP = '"><script>kidsIdProbe()</script>';

/** The right answer to a request (OpenID Connect Core §3.1.2.5, RFC 9207 §2). */
export function rightAnswer({ request, issuer }: SignIn, code: string): URL {
  const callback = new URL(request.redirectUri);
  callback.searchParams.set('code', code);
  if (request.state !== undefined) callback.searchParams.set('state', request.state);
  callback.searchParams.set('iss', issuer.origin);
  return callback;
}
