/**
 * The screen that asks for the PIN: dots, keypad, keyboard. The document holds how many digits were
 * typed and never which: no input element, no attribute, no text.
 */
import type { Texts } from '../../gateway/texts/texts.ts';
import { createButton, createElement, createPicture, pictureAddress } from './elements.ts';
import { createPinEntry, PIN_MIN_DIGITS } from './pin-entry.ts';

const KEYS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 'erase', 0, 'ok'] as const;

export interface PinScreen {
  readonly element: HTMLElement;
  /** Forgets what was typed and stops listening to the keyboard. */
  close(): void;
}

/** Creates the screen. `onPin` gets the digits once; they are overwritten when it returns. */
export function createPinScreen(options: {
  texts: Texts;
  triesLeft: number | undefined;
  wrong: boolean;
  announce: (sentence: string) => void;
  onPin: (digits: readonly number[]) => void;
}): PinScreen {
  const { texts, announce, onPin } = options;
  const entry = createPinEntry();
  const listening = new AbortController();
  const dots = createElement('div', options.wrong ? 'dots dots-wrong' : 'dots');
  dots.setAttribute('aria-hidden', 'true');
  const okButton = createButton('key key-ok', texts.pin.ok, submit);

  function close(): void {
    entry.clear();
    listening.abort();
  }

  function submit(): void {
    if (!entry.isComplete()) {
      announce(texts.pin.tooShort);
      return;
    }
    entry.spend(onPin);
    close();
  }

  function change(act: () => void): void {
    act();
    showCount();
    announce(texts.pin.typed(entry.count()));
  }

  function showCount(): void {
    const places = Math.max(PIN_MIN_DIGITS, entry.count());
    dots.replaceChildren(
      ...Array.from({ length: places }, (_, place) =>
        createElement('span', place < entry.count() ? 'dot dot-filled' : 'dot'),
      ),
    );
    okButton.setAttribute('aria-disabled', String(!entry.isComplete()));
  }

  function createKey(key: (typeof KEYS)[number]): HTMLButtonElement {
    if (key === 'ok') return okButton;
    if (key !== 'erase') {
      return createButton('key', String(key), () => change(() => entry.add(key)));
    }
    const picture = createPicture('', pictureAddress('erase'));
    picture.alt = texts.pin.erase;
    return createButton('key key-erase', picture, () => change(entry.erase));
  }

  const keypad = createElement('div', 'keypad', ...KEYS.map(createKey));
  keypad.setAttribute('role', 'group');
  keypad.setAttribute('aria-label', texts.pin.keypad);
  // A key pressed with the mouse keeps no focus: Enter after it means OK, not the same digit again.
  keypad.addEventListener('pointerdown', (event) => event.preventDefault());
  keypad.addEventListener('mousedown', (event) => event.preventDefault());

  document.addEventListener(
    'keydown',
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      if (/^[0-9]$/.test(event.key)) change(() => entry.add(Number(event.key)));
      else if (event.key === 'Backspace') change(entry.erase);
      else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) submit();
    },
    { signal: listening.signal },
  );

  showCount();
  const element = createElement(
    'div',
    'pin-screen',
    createElement('h1', '', texts.pin.heading),
    dots,
    createPinMessage(options),
    keypad,
  );
  return { element, close };
}

/** What was wrong, or a hint, and the tries left where the card tells. */
export function createPinMessage(options: {
  texts: Texts;
  triesLeft: number | undefined;
  wrong: boolean;
}): HTMLElement {
  const { texts, triesLeft, wrong } = options;
  const said = createElement('span', '', wrong ? texts.errors.PIN_WRONG.child : texts.pin.hint);
  const message = createElement('p', wrong ? 'pin-message pin-message-wrong' : 'pin-message', said);
  if (triesLeft !== undefined) {
    message.append(createElement('span', 'pin-tries', texts.pin.triesLeft(triesLeft)));
  }
  return message;
}
