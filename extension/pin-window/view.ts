/** What the window shows, one screen at a time; the site above it, and a way out below it. */
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import type { CardLabel, Disclosure, Site } from '../../gateway/protocol/fields.ts';
import type { HostStage } from '../../gateway/protocol/host-messages.ts';
import { disclosureLines } from '../../gateway/texts/disclosure-lines.ts';
import { problemScene } from '../../gateway/texts/problem-scene.ts';
import type { Texts } from '../../gateway/texts/texts.ts';
import {
  createButton,
  createElement,
  createPicture,
  getElement,
  pictureAddress,
} from './elements.ts';
import { createPinMessage, createPinScreen, type PinScreen } from './pin-screen.ts';

const STAGE_PICTURES: Readonly<Record<HostStage, string>> = {
  connecting: 'working',
  'reader-absent': 'plug-reader',
  'card-absent': 'insert-card',
  reading: 'reading',
  signing: 'reading',
  verifying: 'working',
};

export interface View {
  showStage(stage: HostStage): void;
  /** Who asks and what it learns, as the gateway told the host. */
  showSite(site: Site, disclosure: Disclosure): void;
  /** Asks which of several cards; `onChoice` gets its place in the list. */
  askCard(cards: readonly CardLabel[], onChoice: (index: number) => void): void;
  /** Says that the PIN is typed on the reader's own keypad. */
  showPinOnReader(options: { triesLeft: number | undefined; wrong: boolean }): void;
  /** Before the last try: a step that only an adult should take. */
  askLastTry(onAllowed: () => void): void;
  askPin(options: {
    triesLeft: number | undefined;
    wrong: boolean;
    onPin: (digits: readonly number[]) => void;
  }): void;
  showDone(): void;
  showProblem(code: ErrorCode): void;
}

/** Creates the view. `onLeave` is called by the button below, by Escape and by the close button. */
export function createView(texts: Texts, onLeave: () => void): View {
  const screen = getElement('screen');
  const siteHeader = getElement('site');
  const leave = getElement('leave');
  const live = getElement('live');
  let pinScreen: PinScreen | undefined;
  let shownStage: HostStage | undefined;

  leave.textContent = texts.window.cancel;
  leave.hidden = false;
  leave.addEventListener('click', onLeave);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') onLeave();
  });

  function announce(sentence: string): void {
    live.textContent = sentence;
  }

  function show(content: HTMLElement): void {
    pinScreen?.close();
    pinScreen = undefined;
    shownStage = undefined;
    announce('');
    screen.replaceChildren(content);
    // With the focus on the heading a screen reader reads the new screen from its start.
    const heading = content.querySelector('h1');
    if (heading === null) return;
    heading.tabIndex = -1;
    heading.focus();
  }

  return {
    showStage(stage) {
      // Said twice, it would start its picture anew and be read out again.
      if (stage === shownStage) return;
      const { title, hint } = texts.stages[stage];
      show(createScene({ picture: STAGE_PICTURES[stage], title, hint }));
      shownStage = stage;
    },
    showSite(site, disclosure) {
      siteHeader.replaceChildren(...createSiteHeader(texts, site, disclosure));
      siteHeader.hidden = false;
      document.title = `${texts.window.title} – ${site.name}`;
    },
    askCard: (cards, onChoice) => show(createCardChoice(texts, cards, onChoice)),
    showPinOnReader(options) {
      const { title, hint } = texts.pinOnReader;
      const scene = createScene({ picture: 'keypad-reader', title, hint });
      scene.append(createPinMessage({ ...options, texts }));
      show(scene);
    },
    askLastTry: (onAllowed) => show(createLastTry(texts, onAllowed)),
    askPin(options) {
      const created = createPinScreen({ ...options, texts, announce });
      show(created.element);
      pinScreen = created;
    },
    showDone() {
      leave.hidden = true;
      const { done: title, doneHint: hint } = texts.window;
      show(createScene({ picture: 'done', title, hint }));
    },
    showProblem(code) {
      leave.hidden = true;
      siteHeader.hidden = true;
      const { picture, title } = problemScene(texts, code);
      const scene = createScene({ picture, title, hint: texts.errors[code].child });
      // For whoever helps from afar, and for tests: the code is the same in every language.
      scene.dataset['code'] = code;
      const close = createButton('button button-main', texts.window.close, onLeave);
      scene.append(createAdvice(texts, texts.errors[code].adult), close);
      show(scene);
    },
  };
}

function createScene(scene: { picture: string; title: string; hint: string }): HTMLElement {
  return createElement(
    'div',
    'scene',
    createPicture('scene-picture', pictureAddress(scene.picture)),
    createElement('h1', '', scene.title),
    createElement('p', '', scene.hint),
  );
}

function createAdvice(texts: Texts, advice: string): HTMLElement {
  return createElement('p', 'adult', createElement('strong', '', texts.page.adult), advice);
}

function createSiteHeader(texts: Texts, site: Site, disclosure: Disclosure): readonly Node[] {
  const lines = disclosureLines(texts, disclosure).map((line) => createElement('li', '', line));
  const words = createElement(
    'div',
    '',
    createElement('p', 'site-name', texts.window.forSite(site.name)),
    createElement('p', 'site-learns', texts.learn.heading(site.name)),
    createElement('ul', 'site-claims', ...lines),
  );
  return [createPicture('site-picture', site.picture ?? pictureAddress('site')), words];
}

/** A button for each card, with the first name on it; the reader's name tells two of one name apart. */
function createCardChoice(
  texts: Texts,
  cards: readonly CardLabel[],
  onChoice: (index: number) => void,
): HTMLElement {
  const { title, unnamed } = texts.cardChoice;
  const buttons = cards.map(({ firstName, reader }, index) => {
    const name = createElement('span', 'card-name', firstName || unnamed);
    const button = createButton('card-button', name, () => onChoice(index));
    button.prepend(createPicture('card-picture', pictureAddress('card')));
    button.append(createElement('span', 'card-reader', reader));
    return button;
  });
  return createElement('div', 'scene', createElement('h1', '', title), ...buttons);
}

/** The last try: a box to tick and a button, so that nobody comes past it by typing on. */
function createLastTry(texts: Texts, onContinue: () => void): HTMLElement {
  const { title, confirm, go } = texts.lastTry;
  const { child, adult } = texts.errors.PIN_LAST_TRY;
  const box = createElement('input', '');
  box.type = 'checkbox';
  const goButton = createButton('button button-main', go, () => {
    goButton.disabled = true;
    onContinue();
  });
  goButton.disabled = true;
  box.addEventListener('change', () => {
    goButton.disabled = !box.checked;
  });
  const scene = createScene({ picture: 'grown-up', title, hint: child });
  scene.dataset['code'] = 'PIN_LAST_TRY' satisfies ErrorCode;
  scene.append(
    createAdvice(texts, adult),
    createElement('label', 'confirm', box, createElement('span', '', confirm)),
    goButton,
  );
  return scene;
}
