/** What the login page shows instead of its question while something happens or went wrong. */
import { canTryAgain, type ErrorCode } from '../protocol/errors.ts';
import type { Language } from '../protocol/fields.ts';
import {
  helpsToDiagnose,
  isNotForPerson,
  needsOtherCard,
  problemScene,
} from '../texts/problem-scene.ts';
import { textsFor } from '../texts/texts.ts';
import { createButton, createElement, createPicture } from './elements.ts';

export interface StatusView {
  /** The question again, with a notice above it if there is news. */
  showQuestion(notice?: string): void;
  /** A picture with words; `onStop` gives it a way out. */
  showProgress(scene: Scene, onStop?: () => void): void;
  /** What went wrong, with every way on that this code has. */
  showProblem(code: ErrorCode, actions: { onAgain: () => void; onBack: () => void }): void;
  /** The page goes on looking: there is nothing to press but the way back. */
  showExtensionAbsent(onBack: () => void): void;
}

interface Scene {
  readonly picture: string;
  readonly title: string;
  readonly hint?: string;
}

/** Creates the view over the two sections that the server rendered. */
export function createStatusView(options: {
  question: HTMLElement;
  status: HTMLElement;
  language: Language;
  siteName: string;
}): StatusView {
  const { question, status, language, siteName } = options;
  const texts = textsFor(language);
  const backText = texts.page.back(siteName);
  // Loaded before it is needed: when the gateway is gone, it cannot be had any more.
  const problemPicture = createPicture('scene-picture', 'problem');

  function show(content: Element): void {
    question.hidden = true;
    status.hidden = false;
    status.replaceChildren(content);
    const heading = status.querySelector('h1');
    if (heading) {
      heading.tabIndex = -1;
      heading.focus();
    }
  }

  function createProblem(code: ErrorCode, advice: string): HTMLElement {
    const { picture, title } = problemScene(texts, code);
    const isUsual = picture === 'problem';
    const image = isUsual ? problemPicture : createPicture('scene-picture', picture);
    const scene = createScene(image, title);
    scene.dataset['code'] = code;
    scene.append(
      createElement('p', '', texts.errors[code].child),
      createElement('p', 'adult', createElement('strong', '', texts.page.adult), advice),
    );
    return scene;
  }

  function createDiagnosisLink(): HTMLElement {
    const link = createElement('a', 'scene-link', texts.page.diagnosis);
    link.href = `/diagnosis?lang=${language}`;
    return link;
  }

  return {
    showQuestion(notice) {
      status.hidden = notice === undefined;
      status.replaceChildren(
        ...(notice === undefined ? [] : [createElement('p', 'notice', notice)]),
      );
      question.before(status);
      question.hidden = false;
      question.querySelector('button')?.focus();
    },
    showProgress({ picture, title, hint }, onStop) {
      const scene = createScene(createPicture('scene-picture', picture), title);
      if (hint !== undefined) scene.append(createElement('p', 'scene-hint', hint));
      if (onStop) scene.append(createButton('button-quiet', texts.page.stop, onStop));
      show(scene);
    },
    showProblem(code, { onAgain, onBack }) {
      const scene = createProblem(code, texts.errors[code].adult);
      const againText = needsOtherCard(code) ? texts.page.otherCard : texts.page.again;
      const again = (kind: string) => markAction('again', createButton(kind, againText, onAgain));
      const back = (kind: string) => markAction('back', createButton(kind, backText, onBack));
      if (!canTryAgain(code)) scene.append(back('button-main'));
      else if (isNotForPerson(code)) scene.append(back('button-main'), again('button-quiet'));
      else scene.append(again('button-main'), back('button-quiet'));
      if (helpsToDiagnose(code)) scene.append(createDiagnosisLink());
      show(scene);
    },
    showExtensionAbsent(onBack) {
      const scene = createProblem('EXTENSION_ABSENT', texts.page.absentHow);
      scene.append(
        createElement('p', 'scene-hint', texts.page.absentWaiting),
        markAction('back', createButton('button-quiet', backText, onBack)),
        createDiagnosisLink(),
      );
      show(scene);
    },
  };
}

function createScene(picture: HTMLImageElement, title: string): HTMLElement {
  return createElement('div', 'scene', picture, createElement('h1', '', title));
}

/** For tests, and for whoever helps from afar: the same in every language and order. */
function markAction(action: 'again' | 'back', button: HTMLButtonElement): HTMLButtonElement {
  button.dataset['action'] = action;
  return button;
}
