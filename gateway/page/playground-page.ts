/**
 * The playground's script: registers a client for what was chosen, sends the browser to the login, and
 * tells on its return what every message said. Development only.
 */
import { LANGUAGES } from '../protocol/fields.ts';
import { disclosureLines } from '../texts/disclosure-lines.ts';
import { textsFor } from '../texts/texts.ts';
import { createElement, createPicture } from './elements.ts';
import { type Choice, disclosureOf } from './playground-choice.ts';
import { writeProgram } from './playground-code.ts';
import {
  askUserinfo,
  type Checks,
  type Description,
  discover,
  type Exchange,
  ExchangeError,
  type PlaygroundClient,
  push,
  randomText,
  redeem,
  register,
  verifyIdToken,
} from './playground-exchange.ts';
import { readChoice, showChoice } from './playground-form.ts';
import { STEPS } from './playground-steps.ts';
import { createStep, type Step } from './playground-view.ts';

/** What outlives the way to the login page and back; in this tab only. */
interface Visit {
  readonly choice: Choice;
  readonly client: PlaygroundClient;
  readonly description: Description;
  readonly checks: Checks;
  readonly steps: readonly Step[];
}

const VISIT = 'kids-id-playground';
const CALLBACK = '/playground/callback';

const texts = textsFor(LANGUAGES.find((language) => language === 'en') ?? 'en');
const { origin } = location;
const redirectUri = `${origin}${CALLBACK}`;
const form = getElement('choice', HTMLFormElement);

start();

function start(): void {
  const visit = readVisit();
  if (visit) showChoice(form, visit.choice);
  form.addEventListener('input', showPreview);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void logIn();
  });
  getElement('start', HTMLButtonElement).disabled = false;
  const copy = getElement('copy', HTMLButtonElement);
  copy.disabled = false;
  copy.addEventListener('click', () => void copyProgram());
  // The Back button may bring back a page that was about to leave.
  window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
  showPreview();
  if (location.pathname === CALLBACK) void finish(new URLSearchParams(location.search), visit);
}

/** Says what the login page is going to say, and writes the program anew. */
function showPreview(): void {
  const choice = readChoice(form);
  const lines = disclosureLines(texts, disclosureOf(choice)).map((line) =>
    createElement('li', '', createPicture('', 'tick'), createElement('span', '', line)),
  );
  getElement('preview', HTMLElement).replaceChildren(
    createElement('h2', '', 'The child will read: the site learns …'),
    createElement('ul', 'ticks', ...lines),
  );
  getElement('code', HTMLElement).replaceChildren(
    createElement('code', '', writeProgram(choice, origin)),
  );
}

/** Up to the login page. A client that was registered for the same choice is used again: `sub` shows it. */
async function logIn(): Promise<void> {
  const choice = readChoice(form);
  const steps: Step[] = [];
  getElement('start', HTMLButtonElement).disabled = true;
  try {
    const [description, described] = await discover(origin);
    steps.push({ ...STEPS.discovery, exchange: described });
    const client = await findOrRegister(description, choice, steps);
    const checks = { verifier: randomText(), state: randomText(), nonce: randomText() };
    const request = { choice, checks, redirectUri };
    const [url, pushed] = await push(description, client, request);
    steps.push({ ...STEPS.request, exchange: pushed });
    steps.push({ ...STEPS.login, fields: Object.fromEntries(url.searchParams) });
    keepVisit({ choice, client, description, checks, steps });
    location.assign(url);
  } catch (error) {
    sessionStorage.removeItem(VISIT);
    showStory([...steps, problemStep(error)]);
    getElement('start', HTMLButtonElement).disabled = false;
  }
}

async function findOrRegister(
  description: Description,
  choice: Choice,
  steps: Step[],
): Promise<PlaygroundClient> {
  const before = readVisit();
  if (before && JSON.stringify(before.choice) === JSON.stringify(choice)) {
    const fields = { client_id: before.client.clientId };
    steps.push({ ...STEPS.registeredBefore, fields });
    return before.client;
  }
  const [client, registered] = await register(description, choice, redirectUri);
  steps.push({ ...STEPS.registration, exchange: registered });
  return client;
}

/** From the callback to the claims. */
async function finish(answer: URLSearchParams, visit: Visit | undefined): Promise<void> {
  // The code serves once: a reload would only get an error.
  history.replaceState(undefined, '', '/playground');
  if (!visit) return;
  const { client, description, checks, choice } = visit;
  const steps = [...visit.steps, answerStep(answer, visit)];
  try {
    if (steps.at(-1)?.problem !== undefined) return;
    const code = answer.get('code') ?? '';
    const [tokens, redeemed] = await redeem(description, client, { code, checks, redirectUri });
    steps.push({ ...STEPS.token, exchange: redeemed });
    const { nonce } = checks;
    const expected = { clientId: client.clientId, nonce };
    const { claims, faults } = await verifyIdToken(description, tokens.idToken, expected);
    const problem = faults.length > 0 ? { problem: `wrong: ${faults.join(', ')}` } : {};
    steps.push({ ...STEPS.idToken, claims, ...problem });
    if (choice.identity.length === 0) return;
    const exchange = await askUserinfo(description, tokens.accessToken);
    const received = exchange.received as Readonly<Record<string, unknown>>;
    steps.push({ ...STEPS.userinfo, exchange: shorten(exchange), claims: received });
  } catch (error) {
    steps.push(problemStep(error));
  } finally {
    showStory(steps);
  }
}

/** The answer in the address (RFC 6749 §4.1.2), with its state and issuer compared (RFC 9207 §2.4). */
function answerStep(answer: URLSearchParams, { checks, description }: Visit): Step {
  const fields = Object.fromEntries(answer);
  const step = { ...STEPS.answer, fields };
  if (answer.get('state') !== checks.state) return { ...step, problem: 'state of another login' };
  if (answer.get('iss') !== description.issuer)
    return { ...step, problem: 'answer of another issuer' };
  const error = answer.get('error');
  return error === null ? step : { ...step, problem: error };
}

function problemStep(error: unknown): Step {
  if (!(error instanceof ExchangeError)) return { ...STEPS.failure, problem: String(error) };
  const { exchange } = error;
  const { error: code } = Object(exchange.received) as { error?: string };
  return { ...STEPS.failure, exchange, problem: code ?? `status ${exchange.status}` };
}

/** A photo is thousands of letters: the table shows it. */
function shorten(exchange: Exchange): Exchange {
  const received = { ...Object(exchange.received) } as Record<string, unknown>;
  if (typeof received['picture'] === 'string') {
    received['picture'] = `${received['picture'].slice(0, 40)}…`;
  }
  return { ...exchange, received };
}

function showStory(steps: readonly Step[]): void {
  getElement('steps', HTMLElement).replaceChildren(...steps.map(createStep));
  const isIn = steps.every(({ problem }) => problem === undefined);
  const outcome = getElement('outcome', HTMLElement);
  outcome.textContent = isIn ? 'Logged in. What the site knows now stands in the last step.' : '';
  outcome.hidden = !isIn;
  const story = getElement('story', HTMLElement);
  story.hidden = false;
  story.focus({ preventScroll: true });
  story.scrollIntoView();
}

async function copyProgram(): Promise<void> {
  const said = getElement('copied', HTMLElement);
  try {
    await navigator.clipboard.writeText(getElement('code', HTMLElement).textContent ?? '');
    said.textContent = 'Copied.';
  } catch {
    said.textContent = 'The browser did not allow it: select the code and copy it.';
  }
}

function readVisit(): Visit | undefined {
  const kept = sessionStorage.getItem(VISIT);
  return kept === null ? undefined : (JSON.parse(kept) as Visit);
}

function keepVisit(visit: Visit): void {
  sessionStorage.setItem(VISIT, JSON.stringify(visit));
}

function getElement<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError('the page has another shape');
}
