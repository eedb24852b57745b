/** Answers that come to the callback: right, wrong, of somebody else, twice, not at all. */
import { randomBytes } from 'node:crypto';
import { type Arrival, MARKUP, rightAnswer, type SiteCase, type Stage } from './site-case.ts';

const OTHER_ISSUER = 'https://gateway.evil.example';

/** The cases of the front channel, the right answer first. */
export const ANSWER_CASES: readonly SiteCase[] = [
  {
    name: 'right-answer',
    says: 'the right answer',
    clause: 'OpenID Connect Core §3.1.2.5',
    expected: 'let in',
    isEveryday: true,
  },
  {
    name: 'state-other',
    says: 'another state',
    clause: 'RFC 6749 §10.12',
    expected: 'refuse',
    isToldBefore: true,
    answer: (parameters) => parameters.set('state', random()),
  },
  {
    name: 'state-missing',
    says: 'no state',
    clause: 'RFC 6749 §10.12',
    expected: 'refuse',
    isToldBefore: true,
    answer: (parameters) => parameters.delete('state'),
  },
  {
    name: 'other-browser',
    says: 'an answer that another browser began (login CSRF)',
    clause: 'RFC 9700 §4.7.1',
    expected: 'refuse',
    isToldBefore: true,
    course: (stage) => answerElsewhere(stage, { hasBegun: false }),
  },
  {
    name: 'other-browser-begun',
    says: 'the same, in a browser that began a sign-in too',
    clause: 'RFC 9700 §4.7.1',
    expected: 'refuse',
    isToldBefore: true,
    course: (stage) => answerElsewhere(stage, { hasBegun: true }),
  },
  {
    name: 'answer-twice',
    says: 'the same answer a second time',
    clause: 'RFC 6749 §4.1.2',
    expected: 'refuse',
    isEveryday: true,
    course: (stage) => answerAgain(stage, { withNewCode: false }),
  },
  {
    name: 'state-twice-used',
    says: 'a state that was used, with a new code',
    clause: 'RFC 9700 §4.7.1',
    expected: 'refuse',
    weight: 'should',
    isToldBefore: true,
    course: (stage) => answerAgain(stage, { withNewCode: true }),
  },
  {
    name: 'session-planted',
    says: 'somebody who has the cookies from before the sign-in (session fixation)',
    clause: 'RFC 6265 §8.4',
    expected: 'refuse',
    weight: 'should',
    course: lookWithOldCookies,
  },
  {
    name: 'code-unknown',
    says: 'a code that the gateway does not know',
    clause: 'RFC 6749 §5.2',
    expected: 'refuse',
    answer: (parameters) => parameters.set('code', random()),
  },
  {
    name: 'code-injected',
    says: "a code of somebody else's sign-in",
    clause: 'RFC 9700 §4.5',
    expected: 'refuse',
    course: injectCode,
  },
  {
    name: 'code-missing',
    says: 'neither code nor error',
    clause: 'RFC 6749 §4.1.2',
    expected: 'refuse',
    answer: (parameters) => parameters.delete('code'),
  },
  ...(['code', 'state', 'iss'] as const).map(
    (name): SiteCase => ({
      name: `${name}-doubled`,
      says: `two values of "${name}", the right one first`,
      clause: 'RFC 6749 §3.1',
      expected: 'refuse',
      weight: 'should',
      answer: (parameters) => parameters.append(name, random()),
    }),
  ),
  {
    name: 'iss-other',
    says: 'the iss of another gateway (mix-up)',
    clause: 'RFC 9207 §2.4',
    expected: 'refuse',
    isToldBefore: true,
    answer: (parameters) => parameters.set('iss', OTHER_ISSUER),
  },
  {
    name: 'iss-missing',
    says: 'no iss, though the gateway announces it',
    clause: 'RFC 9207 §2.4',
    expected: 'refuse',
    isToldBefore: true,
    answer: (parameters) => parameters.delete('iss'),
  },
  {
    name: 'token-in-address',
    says: 'an ID token in the address instead of a code',
    clause: 'RFC 9700 §2.1.2',
    expected: 'refuse',
    answer(parameters, { issuer, request }) {
      parameters.delete('code');
      parameters.set('id_token', issuer.createIdToken(request));
    },
  },
  {
    name: 'error-beside-code',
    says: 'an error beside a code',
    clause: 'RFC 6749 §4.1.2.1',
    expected: 'refuse',
    weight: 'should',
    answer: (parameters) => parameters.set('error', 'access_denied'),
  },
  ...['access_denied', 'login_required', 'server_error', 'an_error_of_tomorrow'].map(
    (error): SiteCase => ({
      name: `error-${error.replaceAll('_', '-')}`,
      says: `the error ${error}`,
      clause: 'OpenID Connect Core §3.1.2.6',
      expected: 'refuse',
      isEveryday: true,
      answer: (parameters) => becomeError(parameters, error),
    }),
  ),
  {
    name: 'error-markup',
    says: 'markup in an error and its description',
    clause: 'RFC 6749 §4.1.2.1',
    expected: 'refuse',
    isEveryday: true,
    answer(parameters) {
      becomeError(parameters, MARKUP);
      parameters.set('error_description', MARKUP);
      parameters.set('error_uri', `javascript:${MARKUP}`);
    },
  },
  {
    name: 'error-stateless',
    says: 'an error without a state',
    clause: 'RFC 6749 §4.1.2.1',
    expected: 'refuse',
    isEveryday: true,
    answer(parameters) {
      becomeError(parameters, 'access_denied');
      parameters.delete('state');
    },
  },
];

/** After all others. */
export const LAST_ANSWER: SiteCase = {
  name: 'right-answer-again',
  says: 'the right answer once more: who refuses it now may have refused all else for the same reason',
  clause: 'OpenID Connect Core §3.1.2.5',
  expected: 'let in',
};

/** What anybody can send to a callback without a sign-in that was begun: name, words, parameters. */
export const UNINVITED_ANSWERS: readonly (readonly [string, string, Record<string, string>])[] = [
  ['uninvited-bare', 'no parameters at all', {}],
  ['uninvited-code', 'a code and a state from nowhere', { code: random(), state: random() }],
  ['uninvited-code-stateless', 'a code without a state', { code: random() }],
  ['uninvited-error', 'access_denied from nowhere', { error: 'access_denied', state: random() }],
  [
    'uninvited-markup',
    'markup everywhere',
    { error: MARKUP, error_description: MARKUP, state: MARKUP, code: MARKUP, iss: MARKUP },
  ],
  ['uninvited-long', 'a state of 6000 characters', { code: random(), state: 'x'.repeat(6_000) }],
];

function becomeError(parameters: URLSearchParams, error: string): void {
  parameters.delete('code');
  parameters.set('error', error);
}

/** The attacker begins, and has the victim's browser bring the answer. */
async function answerElsewhere(
  { issuer, begin, bring, openVisitor }: Stage,
  { hasBegun }: { hasBegun: boolean },
): Promise<Arrival> {
  const attack = await begin(openVisitor());
  const code = issuer.issueCode(attack.request);
  const visitor = openVisitor();
  if (hasBegun) await begin(visitor);
  return { visitor, code, visit: await bring(visitor, rightAnswer(attack, code)) };
}

/** Answers once, then again in a browser that looks as it did before. */
async function answerAgain(
  { issuer, begin, bring, openVisitor, isSignedIn }: Stage,
  { withNewCode }: { withNewCode: boolean },
): Promise<Arrival> {
  const signIn = await begin(openVisitor());
  const visitor = signIn.visitor.copy();
  const first = issuer.issueCode(signIn.request);
  await bring(signIn.visitor, rightAnswer(signIn, first));
  const code = withNewCode ? issuer.issueCode(signIn.request) : first;
  const wasSignedIn = await isSignedIn(visitor);
  return { visitor, code, wasSignedIn, visit: await bring(visitor, rightAnswer(signIn, code)) };
}

/** A right answer, and then the session of whoever planted the cookies that it began with. */
async function lookWithOldCookies({ issuer, begin, bring, openVisitor }: Stage): Promise<Arrival> {
  const signIn = await begin(openVisitor());
  const visitor = signIn.visitor.copy();
  const code = issuer.issueCode(signIn.request);
  return { visitor, code, visit: await bring(signIn.visitor, rightAnswer(signIn, code)) };
}

/** The attacker's own state, with a code that was meant for somebody else's challenge. */
async function injectCode({ issuer, begin, bring, openVisitor }: Stage): Promise<Arrival> {
  const stolen = await begin(openVisitor());
  const code = issuer.issueCode(stolen.request);
  const own = await begin(openVisitor());
  return { visitor: own.visitor, code, visit: await bring(own.visitor, rightAnswer(own, code)) };
}

function random(): string {
  return randomBytes(32).toString('base64url');
}
