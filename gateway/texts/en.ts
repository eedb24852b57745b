/** English. The keys of this table are the keys of every language. */
import type { HostStage } from '../protocol/host-messages.ts';
import { enErrors } from './en-errors.ts';

export const en = {
  languageName: 'English',
  languages: 'Language',
  brand: 'Log in with your card',
  extension: {
    name: 'Kids-ID: log in with your card',
    description: 'Log in to websites with a Belgian kids-ID or eID card and its PIN.',
  },
  learn: {
    heading: (site: string) => `${site} will learn:`,
    atLeast: (years: number) => `that you are at least ${years}`,
    notYet: (years: number) => `that you are not yet ${years}`,
    whether: (years: number) => `whether you are already ${years}: yes or no`,
    pseudonym: 'a made-up name for you, on this site only',
    nothing: 'only that you have a card',
    not: 'It will not learn your name, your birthday or where you live.',
  },
  page: {
    title: (site: string) => `Log in to ${site}`,
    heading: (site: string) => `Do you want to go to ${site}?`,
    login: 'Log in with my card',
    back: (site: string) => `Back to ${site}`,
    preparing: 'One moment …',
    lookAtWindow: 'Look at the small window',
    lookAtWindowHint: 'Type your PIN there, never on a web page.',
    stop: 'Stop',
    done: 'It worked!',
    doneHint: (site: string) => `You are on your way to ${site}.`,
    leaving: (site: string) => `Going back to ${site} …`,
    again: 'Try again',
    adult: 'For the grown-up',
    absent: 'One thing is missing',
    absentHow:
      'Open the extension shop of this browser, look for “Kids-ID” and choose “Add”. Then install the Kids-ID program for the card reader.',
    absentWaiting: 'This page keeps looking. You can go on as soon as it is there.',
    found: 'Found it! You can go on.',
    checkingHard:
      'Cards are hard to check just now. It may take longer. If it does not work, try again in a few minutes.',
    noScript: 'This page needs JavaScript. Switch it on in your browser, then load the page again.',
    errorTitle: 'That did not work',
    errorBack: 'Back to the site',
  },
  window: {
    title: 'Your card',
    forSite: (site: string) => `For ${site}`,
    cancel: 'Stop',
    close: 'Close',
    done: 'It worked!',
    doneHint: 'You can take your card out. This window closes by itself.',
    problem: 'That did not work',
  },
  stages: {
    connecting: { title: 'One moment …', hint: 'I am checking that everything is safe.' },
    'reader-absent': {
      title: 'Plug in the card reader',
      hint: 'Put the plug into the computer.',
    },
    'card-absent': { title: 'Put your card in', hint: 'Push it in with the chip first.' },
    reading: { title: 'I see your card!', hint: 'Leave it in the reader.' },
    signing: { title: 'Your card is working', hint: 'Leave it in the reader.' },
    verifying: { title: 'Almost there', hint: 'I am checking your card.' },
  } satisfies Record<HostStage, { title: string; hint: string }>,
  pin: {
    heading: 'Type your PIN',
    hint: 'Make sure that nobody is looking.',
    typed: (count: number) => (count === 1 ? '1 digit typed' : `${count} digits typed`),
    keypad: 'Number keys',
    erase: 'Erase',
    ok: 'OK',
    triesLeft: (count: number) => (count === 1 ? '1 try left' : `${count} tries left`),
    tooShort: 'Your PIN has at least 4 digits.',
  },
  pinOnReader: {
    title: 'Type your PIN on the card reader',
    hint: 'Then press the green key on the reader.',
  },
  cardChoice: {
    title: 'Which card is yours?',
    unnamed: 'Card without a name',
  },
  lastTry: {
    title: 'Stop. Call a grown-up.',
    confirm: 'I am a grown-up and I know the PIN',
    go: 'Type the PIN',
  },
  errors: enErrors,
};
