/** English. The keys of this table are the keys of every language. */
import type { HostStage } from '../protocol/host-messages.ts';
import { enDiagnosis } from './en-diagnosis.ts';
import { enErrors } from './en-errors.ts';
import { listWords } from './list-words.ts';

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
    /** What a person agreed to tell, to follow the heading too. */
    told: {
      profile: 'your first names, your last name and whether your card says boy or girl',
      birthdate: 'the day, the month and the year you were born',
      address: 'where you live: street, number, postcode and town',
      'address:postcode': 'your postcode',
      picture: 'the photo on your card',
    },
    reverify: 'from which month on it should ask for your card again',
    not: (...things: readonly string[]) => `It will not learn ${listWords(things, ', ', ' or ')}.`,
    /** What `not` lists. */
    secret: {
      name: 'your name',
      birthday: 'your birthday',
      home: 'where you live',
      street: 'your street',
      photo: 'what you look like',
    },
  },
  agreement: {
    title: (site: string) => `What may ${site} know?`,
    heading: (site: string) => `${site} wants to know more about you`,
    intro: 'Tick only what you want to tell. You may leave every box empty.',
    choices: {
      profile: {
        name: 'My name',
        hint: 'Your first names, your last name and whether your card says boy or girl.',
      },
      birthdate: { name: 'My birthday', hint: 'The day, the month and the year you were born.' },
      address: { name: 'Where I live', hint: 'Your street, number, postcode and town.' },
      'address:postcode': { name: 'My postcode', hint: 'The number of your town.' },
      picture: { name: 'My photo', hint: 'The photo on your card.' },
    },
    go: 'Go on',
    change: 'Choose again what I tell',
    underAge: 'Not 13 yet? Then leave every box empty: this site may not ask you for this.',
    adult:
      'The site gets what is ticked once, right after this login. Nothing is ticked in advance and nothing is remembered: next time the question comes again. You can log in without ticks too; it is up to the site what it offers then.',
    basis:
      'For children under 13 the site needs another legal basis than the child’s own consent. It has stated one. Ask the site which it is.',
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
    computer: 'You need a computer for this',
    wellDone: 'You did everything right',
    restart: 'Let us start again',
    stopped: 'You stopped',
    otherCard: 'Use another card',
    diagnosis: 'Does something not work?',
    answered: {
      title: 'Already done',
      child: 'This login is finished.',
      adult: 'Go back to the site. To log in again, start there.',
    },
    cookies: 'If this keeps happening, allow cookies for this page in your browser.',
    forMakers: (name: string) => `For the people who make the site: ${name}`,
  },
  logout: {
    title: 'You are logged out',
    card: 'Do not forget your card.',
    adult:
      'Nothing of this login stays here. If the website still shows your child as logged in, log out there too.',
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
  diagnosis: enDiagnosis,
  errors: enErrors,
};
