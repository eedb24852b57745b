/** What the diagnosis page shows: the way to the card with its marks, and under it one thing at a time to do. */
import { type DiagnosisReport, HOPS, type Hop } from '../protocol/diagnosis.ts';
import { type ErrorCode, isErrorCode } from '../protocol/errors.ts';
import { problemScene } from '../texts/problem-scene.ts';
import type { Texts } from '../texts/texts.ts';
import { createButton, createElement, createPicture } from './elements.ts';

/** One walk from the device to the card. `isLastTry`: the card is ready and has one PIN try left. */
export interface Walk {
  readonly report: DiagnosisReport;
  readonly isLastTry: boolean;
}

export interface DiagnosisView {
  /** Lets the button be pressed that the server rendered. */
  enable(): void;
  show(walk: Walk): void;
  /** The person stopped: a button looks again. */
  showStopped(): void;
  showReference(reference: string): void;
  showReportProblem(code: ErrorCode): void;
}

type Mark = 'ready' | 'waiting' | 'wrong';

const MARK_PICTURES: Readonly<Record<Mark, string>> = {
  ready: 'tick',
  waiting: 'dots',
  wrong: 'cross',
};

const HOP_PICTURES: Readonly<Record<Hop, string>> = {
  device: 'hop-device',
  extension: 'hop-extension',
  host: 'hop-host',
  reader: 'hop-reader',
  card: 'card',
};

/** What is shown under the way: a picture with words, and a step for the grown-up where there is one. */
interface Scene {
  readonly picture: string;
  readonly title: string;
  readonly hint?: string | undefined;
  readonly adult?: string | undefined;
  /** Why it is shown, the same in every language. */
  readonly code?: string;
}

/** Creates the view over the page that the server rendered. */
export function createDiagnosisView(options: {
  main: HTMLElement;
  texts: Texts;
  onStart: () => void;
  onStop: () => void;
  onReport: () => void;
  /** Where the person came from, if from anywhere. */
  onBack?: () => void;
}): DiagnosisView {
  const { main, texts, onStart, onStop, onReport, onBack } = options;
  const words = texts.diagnosis;
  const way = createElement('ol', 'hops');
  const scene = createElement('section', 'stack');
  const actions = createElement('div', 'actions');
  const reference = createElement('section', 'reference');
  // Said once by a screen reader for each change, and not again at every look.
  for (const region of [scene, reference]) region.setAttribute('aria-live', 'polite');
  let shown = '';
  let offered: Offer | undefined;

  /** Buttons that stay what they are keep the focus. */
  function offer(wanted: Offer): void {
    if (wanted === offered) return;
    offered = wanted;
    const kindOfBack = wanted === 'ready' ? 'button-main' : 'button-quiet';
    const back = onBack ? [createButton(kindOfBack, words.back, onBack)] : [];
    const ask = createButton('button-quiet', words.report.ask, onReport);
    const stop = createButton('button-quiet', words.stop, onStop);
    const buttons: Readonly<Record<Offer, readonly HTMLElement[]>> = {
      look: [stop, ask, ...back],
      ready: [...back, ask, stop],
      again: [createButton('button-main', words.again, onStart), ask, ...back],
      over: [ask, ...back],
    };
    actions.replaceChildren(...buttons[wanted]);
  }

  return {
    enable() {
      const button = main.querySelector<HTMLButtonElement>('#start');
      if (button === null) throw new TypeError('the page has another shape');
      button.addEventListener('click', onStart);
      button.disabled = false;
    },
    show(walk) {
      const found = JSON.stringify(walk);
      if (found === shown) return;
      shown = found;
      way.replaceChildren(...HOPS.map((hop) => createHop(texts, hop, walk.report[hop])));
      scene.replaceChildren(createScene(texts, describeWalk(texts, walk)));
      const wanted = offerFor(walk.report);
      if (wanted === 'look') scene.append(createElement('p', 'live', words.live));
      offer(wanted);
      if (way.isConnected) return;
      main.replaceChildren(createElement('div', 'stack', way, scene, reference, actions));
      // The button that was pressed is gone: who cannot see goes on reading here.
      const heading = scene.querySelector('h1');
      if (heading) heading.tabIndex = -1;
      heading?.focus();
    },
    showStopped() {
      shown = '';
      scene.querySelector('.live')?.remove();
      offer('again');
    },
    showReference(text) {
      const { title, hint } = words.report;
      reference.replaceChildren(
        createElement('h2', '', title),
        createElement('p', 'reference-code', text),
        createAdvice(texts, hint),
      );
    },
    showReportProblem(code) {
      reference.replaceChildren(createAdvice(texts, texts.errors[code].adult));
    },
  };
}

/** What can be pressed: while it looks, when all is well, when it waits for a click, when nothing more can be done. */
type Offer = 'look' | 'ready' | 'again' | 'over';

function offerFor(report: DiagnosisReport): Offer {
  if (report.extension === 'CLICK_REQUIRED') return 'again';
  if (report.device === 'DEVICE_UNSUPPORTED') return 'over';
  return HOPS.every((hop) => report[hop] === 'ready') ? 'ready' : 'look';
}

/** Picture, mark and name of one hop. */
function createHop(texts: Texts, hop: Hop, outcome: string): HTMLElement {
  const { hops, marks } = texts.diagnosis;
  // An extension that waits for a click is there.
  const mark: Mark =
    outcome === 'ready' || outcome === 'CLICK_REQUIRED'
      ? 'ready'
      : outcome === 'waiting'
        ? 'waiting'
        : 'wrong';
  const sign = createPicture('hop-mark', MARK_PICTURES[mark]);
  sign.alt = marks[mark];
  const item = createElement(
    'li',
    `hop hop-${mark}`,
    createElement('span', 'hop-sign', createPicture('hop-picture', HOP_PICTURES[hop]), sign),
    createElement('span', 'hop-name', hops[hop]),
  );
  item.dataset['hop'] = hop;
  item.dataset['outcome'] = outcome;
  return item;
}

/** The first thing on the way that is not as it should be, or that all is well. */
function describeWalk(texts: Texts, { report, isLastTry }: Walk): Scene {
  const { diagnosis, stages } = texts;
  const hop = HOPS.find((name) => report[name] !== 'ready');
  if (hop === undefined) {
    const adult = isLastTry ? diagnosis.lastTry : undefined;
    return { picture: 'done', ...diagnosis.ready, adult };
  }
  const outcome = report[hop];
  switch (outcome) {
    case 'waiting':
      return hop === 'card'
        ? { picture: 'reading', ...stages.reading }
        : { picture: 'working', title: diagnosis.looking };
    case 'CLICK_REQUIRED':
      return { picture: 'done', code: outcome, ...diagnosis.goOn };
    case 'READER_SERVICE_ABSENT': {
      const { child: title, adult } = diagnosis.serviceAway;
      return { picture: 'plug-reader', code: outcome, title, adult };
    }
    default:
      return describeProblem(texts, outcome);
  }
}

function describeProblem(texts: Texts, outcome: string): Scene {
  const code: ErrorCode = isErrorCode(outcome) ? outcome : 'INTERNAL';
  const { picture } = problemScene(texts, code);
  const { child, adult } = texts.errors[code];
  const { stages, page } = texts;
  switch (code) {
    // Here something can be done at once, so that is said and not what is missing.
    case 'READER_ABSENT':
      return { picture, code, ...stages['reader-absent'], adult };
    case 'CARD_ABSENT':
      return { picture, code, ...stages['card-absent'], adult };
    case 'EXTENSION_ABSENT':
      return { picture, code, title: child, adult: page.absentHow };
    default:
      return { picture, code, title: child, adult };
  }
}

function createScene(texts: Texts, { picture, title, hint, adult, code }: Scene): HTMLElement {
  const scene = createElement(
    'div',
    'scene',
    createPicture('scene-picture', picture),
    createElement('h1', '', title),
  );
  if (hint !== undefined) scene.append(createElement('p', '', hint));
  if (adult !== undefined) scene.append(createAdvice(texts, adult));
  if (code !== undefined) scene.dataset['code'] = code;
  return scene;
}

function createAdvice(texts: Texts, advice: string): HTMLElement {
  return createElement('p', 'adult', createElement('strong', '', texts.page.adult), advice);
}
