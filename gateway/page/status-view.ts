/** What the login page shows instead of its question while something happens or went wrong. */
import { canTryAgain, type ErrorCode } from '../protocol/errors.ts';
import type { Texts } from '../texts/texts.ts';
import { createButton, createElement, createPicture } from './elements.ts';

export interface StatusView {
  /** The question again, with a notice above it if there is news. */
  showQuestion(notice?: string): void;
  /** A picture with words; `onStop` gives it a way out. */
  showProgress(scene: Scene, onStop?: () => void): void;
  showProblem(code: ErrorCode, actions: { onAgain: () => void; onBack: () => void }): void;
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
  texts: Texts;
  siteName: string;
}): StatusView {
  const { question, status, texts, siteName } = options;
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
      const scene = createScene(problemPicture, texts.page.errorTitle);
      scene.dataset['code'] = code;
      scene.append(
        createElement('p', '', texts.errors[code].child),
        createAdvice(texts, texts.errors[code].adult),
      );
      if (!canTryAgain(code)) {
        scene.append(createButton('button-main', backText, onBack));
      } else {
        scene.append(
          createButton('button-main', texts.page.again, onAgain),
          createButton('button-quiet', backText, onBack),
        );
      }
      show(scene);
    },
    showExtensionAbsent(onBack) {
      const scene = createScene(createPicture('scene-picture', 'missing'), texts.page.absent);
      scene.dataset['code'] = 'EXTENSION_ABSENT';
      scene.append(
        createElement('p', '', texts.errors.EXTENSION_ABSENT.child),
        createAdvice(texts, texts.page.absentHow),
        createElement('p', 'scene-hint', texts.page.absentWaiting),
        createButton('button-quiet', backText, onBack),
      );
      show(scene);
    },
  };
}

function createScene(picture: HTMLImageElement, title: string): HTMLElement {
  return createElement('div', 'scene', picture, createElement('h1', '', title));
}

function createAdvice(texts: Texts, advice: string): HTMLElement {
  return createElement('p', 'adult', createElement('strong', '', texts.page.adult), advice);
}
