/** How the playground shows a login: one step after the other, each with its messages. */
import { createElement } from './elements.ts';
import type { Exchange } from './playground-exchange.ts';
import { explainClaim, explainError } from './playground-words.ts';

/** One step of the story. JSON: the first ones are kept while the browser is at the login page. */
export interface Step {
  readonly title: string;
  readonly about: string;
  readonly exchange?: Exchange;
  /** False for a reply that repeats what is known: it is folded up. */
  readonly isReplyShort?: boolean;
  /** Fields that went in an address. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Claims, each explained. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** OAuth error code, or what else went wrong. */
  readonly problem?: string;
}

/** Makes the element of a step. */
export function createStep(step: Step): HTMLLIElement {
  const { title, about, exchange, fields, claims, problem } = step;
  const item = createElement('li', problem === undefined ? 'step' : 'step step-problem');
  item.append(createElement('h3', '', title), createElement('p', '', about));
  if (problem !== undefined) {
    item.dataset['problem'] = problem;
    const words = explainError(problem) ?? 'The login ends here.';
    item.append(createElement('p', 'problem', createElement('strong', '', problem), ` ${words}`));
  }
  if (fields) item.append(createMessage('In the address', fields, true));
  if (exchange) {
    const { method, url, sent, status, received } = exchange;
    const line = createElement('p', 'wire', createElement('code', '', `${method} ${url}`));
    item.append(line);
    if (Object.keys(sent).length > 0) item.append(createMessage('Sent', sent, true));
    item.append(createMessage(`Received: ${status}`, received, step.isReplyShort ?? true));
  }
  if (claims) item.append(createClaims(claims));
  return item;
}

function createMessage(summary: string, content: unknown, open: boolean): HTMLDetailsElement {
  const details = createElement('details', 'message', createElement('summary', '', summary));
  const code = createElement('code', '', JSON.stringify(content, undefined, 2));
  const pre = createElement('pre', 'code', code);
  pre.tabIndex = 0;
  details.append(pre);
  details.open = open;
  return details;
}

function createClaims(claims: Readonly<Record<string, unknown>>): HTMLElement {
  const isAge = ([name]: readonly [string, unknown]) => name.startsWith('age_over_');
  const entries = Object.entries(claims);
  // What was asked comes first; the rest is in every token.
  const ordered = [...entries.filter(isAge), ...entries.filter((entry) => !isAge(entry))];
  const rows = ordered.map(([name, value]) => {
    const row = createElement('tr', '');
    const head = createElement('th', '', createElement('code', '', name));
    head.scope = 'row';
    row.dataset['claim'] = name;
    row.append(
      head,
      createElement('td', '', createValue(name, value)),
      createElement('td', '', explainClaim(name, value) ?? ''),
    );
    return row;
  });
  const titles = ['Claim', 'Value', 'In words'].map((title) => {
    const head = createElement('th', '', title);
    head.scope = 'col';
    return head;
  });
  const table = createElement(
    'table',
    'claims',
    createElement('thead', '', createElement('tr', '', ...titles)),
    createElement('tbody', '', ...rows),
  );
  return createElement('div', 'claims-frame', table);
}

function createValue(name: string, value: unknown): HTMLElement {
  if (name === 'picture' && typeof value === 'string' && value.startsWith('data:image/')) {
    const picture = createElement('img', 'photo');
    picture.src = value;
    picture.alt = 'the photo of the card';
    return picture;
  }
  const isInstant = ['iat', 'exp', 'auth_time'].includes(name) && typeof value === 'number';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const code = createElement('code', '', text);
  if (!isInstant) return code;
  const time = new Date(value * 1_000).toLocaleTimeString('en-GB');
  return createElement('span', '', code, ` (${time})`);
}
