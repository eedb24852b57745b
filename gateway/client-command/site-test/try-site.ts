/** Tries the cases on a site, one after the other, and judges what the site made of each. */
import type { RegisteredClient } from '../../oidc/clients.ts';
import { ANSWER_CASES, LAST_ANSWER, UNINVITED_ANSWERS } from './answer-cases.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { judgeRequests } from './request-findings.ts';
import { type Arrival, rightAnswer, type SiteCase, type Stage } from './site-case.ts';
import { openVisitor, type Visit, VisitError, type Visitor } from './site-visitor.ts';
import type { TestIssuer } from './test-issuer.ts';
import { listAgeCases, TOKEN_CASES } from './token-cases.ts';

/** How the site is reached, and how a session shows. */
export interface SiteUnderTest {
  /** Begins a sign-in when it is visited. */
  readonly start: URL;
  /** Answers 200 to who is signed in, and to nobody else. */
  readonly signedIn: URL;
  /** Stands in that page too. */
  readonly shows?: string;
  /** PEM of an authority that its certificate is of. */
  readonly ca?: string;
}

export interface Finding {
  readonly name: string;
  readonly says: string;
  readonly clause: string;
  /** `wrong` fails the test; `careless` is told of. */
  readonly verdict: 'ok' | 'careless' | 'wrong';
  /** What the site did. */
  readonly did: string;
}

/** The site is not as the command needs it: nothing can be concluded. */
export class SiteUnfit extends Error {
  override readonly name = 'SiteUnfit';
}

/** Every case for a client, with its name. */
export function listSiteCases(client: RegisteredClient): readonly SiteCase[] {
  return [...ANSWER_CASES, ...TOKEN_CASES, ...listAgeCases(client)];
}

/**
 * Looks whether the site can be judged at all: a stranger is not signed in, and the right answer signs in.
 * @returns the request that the site made
 * @throws {SiteUnfit} with what to do, {RequestRefused}, {VisitError}
 */
export async function calibrate(
  site: SiteUnderTest,
  issuer: TestIssuer,
): Promise<AuthorizationRequest> {
  const stage = createStage(site, issuer);
  if (await isSignedIn(site, stage.openVisitor())) {
    throw new SiteUnfit(
      'A stranger gets the --signed-in page too, so that it tells nothing. Name a page for signed-in visitors only, or a text in it: --shows TEXT',
    );
  }
  const signIn = await stage.begin(stage.openVisitor());
  const code = issuer.issueCode(signIn.request);
  const visit = await stage.bring(signIn.visitor, rightAnswer(signIn, code));
  if (await isSignedIn(site, signIn.visitor)) return signIn.request;
  const complaint = issuer.complaints.at(-1);
  const redeemed = issuer.countRedemptions(code) > 0;
  throw new SiteUnfit(
    [
      `The site did not take the right answer: ${describeVisit(visit)}.`,
      complaint === undefined ? undefined : `The test issuer complained: ${complaint}.`,
      redeemed
        ? 'It redeemed the code. Does it want somebody of another age (--age), or does --signed-in show something else?'
        : 'It did not redeem the code.',
    ]
      .filter((line) => line !== undefined)
      .join('\n'),
  );
}

/**
 * Tries these cases, and the right answer before and after them: a site that lets nobody in, from the start or since
 * a wrong answer, would look careful.
 * @throws {SiteUnfit}, {RequestRefused}, {VisitError} as {@link calibrate}
 */
export async function trySite(options: {
  client: RegisteredClient;
  site: SiteUnderTest;
  issuer: TestIssuer;
  cases: readonly SiteCase[];
}): Promise<Finding[]> {
  const { client, site, issuer, cases } = options;
  const request = await calibrate(site, issuer);
  const findings = judgeRequests(request, await calibrate(site, issuer));
  for (const siteCase of [...cases, LAST_ANSWER]) {
    if (siteCase.appliesTo?.(client, request) === false) continue;
    findings.push(await tryCase(siteCase, site, issuer));
  }
  return findings;
}

/** Tries one case. */
async function tryCase(
  siteCase: SiteCase,
  site: SiteUnderTest,
  issuer: TestIssuer,
): Promise<Finding> {
  const stage = createStage(site, issuer);
  const { name, says, clause } = siteCase;
  try {
    const arrival = await (siteCase.course ?? ((on) => answerOnce(on, siteCase)))(stage);
    const isIn = await isSignedIn(site, arrival.visitor);
    const signedIn = isIn && arrival.wasSignedIn !== true;
    const redeemed = issuer.countRedemptions(arrival.code) > 0;
    return { name, says, clause, ...judge(siteCase, { arrival, signedIn, redeemed }) };
  } catch (error) {
    if (!(error instanceof VisitError)) throw error;
    return { name, says, clause, verdict: 'wrong', did: `gave no answer: ${error.message}` };
  }
}

/** Tries what anybody can send to a callback: for a site that cannot be pointed at a test issuer. */
export async function tryUninvited(
  callback: URL,
  site: { readonly ca?: string },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, says, parameters] of UNINVITED_ANSWERS) {
    const visitor = openVisitor(site);
    const url = new URL(callback);
    for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
    const siteCase = { name, says, clause: 'RFC 6749 §10.12', expected: 'refuse' } as const;
    try {
      const visit = await visitor.follow(url, ({ origin }) => origin !== callback.origin);
      const facts = { arrival: { visit, visitor, code: '' }, signedIn: false, redeemed: false };
      findings.push({ ...siteCase, ...judge({ ...siteCase, isEveryday: true }, facts) });
    } catch (error) {
      if (!(error instanceof VisitError)) throw error;
      findings.push({ ...siteCase, verdict: 'wrong', did: `gave no answer: ${error.message}` });
    }
  }
  return findings;
}

function createStage(site: SiteUnderTest, issuer: TestIssuer): Stage {
  return {
    issuer,
    openVisitor: () => openVisitor(site),
    async begin(visitor) {
      const visit = await visitor.follow(site.start, (url) => issuer.isAuthorizationUrl(url));
      if (!issuer.isAuthorizationUrl(visit.url)) {
        const complaint = issuer.complaints.at(-1);
        throw new SiteUnfit(
          `--start does not lead to the test issuer: ${describeVisit(visit)}.\n${
            complaint === undefined
              ? `Is the site started with ${issuer.origin} as its issuer, and does it trust its certificate?`
              : `The test issuer complained: ${complaint}.`
          }`,
        );
      }
      return { visitor, issuer, request: issuer.takeRequest(visit.url) };
    },
    isSignedIn: (visitor) => isSignedIn(site, visitor),
    // A site that refuses may send the browser off to sign in anew.
    bring: (visitor, callback) => visitor.follow(callback, (url) => url.origin !== callback.origin),
  };
}

async function answerOnce(stage: Stage, siteCase: SiteCase): Promise<Arrival> {
  const signIn = await stage.begin(stage.openVisitor());
  const code = stage.issuer.issueCode(signIn.request, siteCase.token);
  const callback = rightAnswer(signIn, code);
  siteCase.answer?.(callback.searchParams, signIn);
  const { visitor } = signIn;
  return { visitor, code, visit: await stage.bring(visitor, callback) };
}

async function isSignedIn(site: SiteUnderTest, visitor: Visitor): Promise<boolean> {
  const { status, text } = await visitor.get(site.signedIn);
  return status === 200 && text.includes(site.shows ?? '');
}

function judge(
  { expected, weight, isToldBefore, isEveryday }: SiteCase,
  facts: { arrival: Arrival; signedIn: boolean; redeemed: boolean },
): Pick<Finding, 'verdict' | 'did'> {
  const { signedIn, redeemed, arrival } = facts;
  const { visit } = arrival;
  const at = describeVisit(visit);
  const fault = weight === 'should' ? 'careless' : 'wrong';
  if (visit.text.includes('<script>kidsIdProbe()')) {
    return { verdict: 'wrong', did: `put markup of the address into its page (${at})` };
  }
  if (expected === 'refuse' && signedIn) return { verdict: fault, did: `let it in (${at})` };
  if (expected === 'let in' && !signedIn) return { verdict: 'wrong', did: `refused it (${at})` };
  if (isEveryday && visit.worstStatus >= 500) {
    return { verdict: 'wrong', did: `broke down (${at})` };
  }
  if (isToldBefore && redeemed) {
    return { verdict: 'careless', did: `redeemed the code before it looked (${at})` };
  }
  if (visit.worstStatus >= 500)
    return { verdict: 'careless', did: `refused by breaking down (${at})` };
  return { verdict: 'ok', did: `${signedIn ? 'let it in' : 'refused it'} (${at})` };
}

function describeVisit({ url, status, location }: Visit): string {
  return location ? `went to ${url.origin}${url.pathname}` : `${status} at ${url.pathname}`;
}
