/**
 * What a row of the list of RFC 9700 (Best Current Practice for OAuth 2.0 Security, BCP 240) is, and
 * the tests that more than one row names. TEST ONLY.
 */
import { type TestContext, test } from 'node:test';

export interface Requirement {
  readonly section: string;
  readonly level:
    | 'MUST'
    | 'MUST NOT'
    | 'SHOULD'
    | 'SHOULD NOT'
    | 'RECOMMENDED'
    | 'REQUIRED'
    | 'encouraged';
  readonly says: string;
  /** Names of tests, each of which begins with its own section. */
  readonly shownBy?: readonly string[];
  /** Why there is nothing to show. */
  readonly doesNotApply?: string;
}

export const NO_REFRESH = 'no refresh token is issued: every login is card and PIN (design §4)';
export const REFRESH_TEST = '§4.14.2: gives no refresh token, whatever is asked, and takes none';
export const EXACT_TEST =
  '§4.1.3: takes a redirect URI only when it equals a registered one, character by character';
export const DOWNGRADE_TEST =
  '§4.8.2: gives no code without a challenge, so that no verifier can be left out or made up';
export const VERIFIER_TEST =
  '§2.1.1: gives tokens for the verifier of the challenge and for no other, and for none without';
export const METADATA_PKCE_TEST =
  '§4.7.1: announces S256 and nothing else, in both metadata documents';
export const BOUND_TEST =
  '§4.10.1: binds an access token to the key of the proof, and takes it with no other';
export const AUDIENCE_TEST =
  '§4.10.2: an access token is good for userinfo and says nothing to anybody else';
export const REPLAY_TEST =
  '§4.2.4: takes a code once, and takes back what it gave when it comes again';
export const REDIRECT_TEST = '§4.12: redirects with 303, wherever it redirects';
export const STRANGER_TEST =
  '§4.11.2: redirects nobody to an address that is not the client’s own, whatever else is wrong';

/** A test that shows a requirement, under the name of its section. */
export function shows(
  name: `§${string}: ${string}`,
  work: (context: TestContext) => Promise<void>,
): void {
  test(`RFC 9700 ${name}`, work);
}
