/** German, as spoken in Belgium. */

import { deErrors } from './de-errors.ts';
import type { Texts } from './texts.ts';

export const de: Texts = {
  languageName: 'Deutsch',
  languages: 'Sprache',
  brand: 'Anmelden mit deiner Karte',
  extension: {
    name: 'Kids-ID: Anmelden mit der Karte',
    description: 'Auf Websites anmelden mit einer belgischen Kids-ID oder eID und ihrer PIN.',
  },
  learn: {
    heading: (site) => `Das erfährt ${site}:`,
    atLeast: (years) => `dass du mindestens ${years} Jahre alt bist`,
    notYet: (years) => `dass du noch nicht ${years} Jahre alt bist`,
    whether: (years) => `ob du schon ${years} Jahre alt bist: ja oder nein`,
    pseudonym: 'einen erfundenen Namen für dich, nur auf dieser Website',
    nothing: 'nur, dass du eine Karte hast',
    not: 'Nicht deinen Namen, nicht deinen Geburtstag und nicht, wo du wohnst.',
  },
  page: {
    title: (site) => `Anmelden bei ${site}`,
    heading: (site) => `Möchtest du zu ${site}?`,
    login: 'Mit meiner Karte anmelden',
    back: (site) => `Zurück zu ${site}`,
    preparing: 'Einen Moment …',
    lookAtWindow: 'Schau auf das kleine Fenster',
    lookAtWindowHint: 'Tippe deine PIN dort ein, nie auf einer Webseite.',
    stop: 'Aufhören',
    done: 'Geschafft!',
    doneHint: (site) => `Du bist auf dem Weg zu ${site}.`,
    leaving: (site) => `Es geht zurück zu ${site} …`,
    again: 'Noch einmal versuchen',
    adult: 'Für den Erwachsenen',
    absent: 'Es fehlt noch etwas',
    absentHow:
      'Öffnen Sie den Erweiterungs-Shop dieses Browsers, suchen Sie „Kids-ID“ und wählen Sie „Hinzufügen“. Installieren Sie danach das Kids-ID-Programm für den Kartenleser.',
    absentWaiting: 'Diese Seite sucht weiter. Sobald es da ist, kannst du weitermachen.',
    found: 'Gefunden! Du kannst weitermachen.',
    checkingHard:
      'Karten lassen sich gerade schwer prüfen. Es kann länger dauern. Wenn es nicht klappt, versuchen Sie es in ein paar Minuten noch einmal.',
    noScript:
      'Diese Seite braucht JavaScript. Schalten Sie es im Browser ein und laden Sie die Seite neu.',
    errorTitle: 'Das hat nicht geklappt',
    errorBack: 'Zurück zur Website',
  },
  window: {
    title: 'Deine Karte',
    forSite: (site) => `Für ${site}`,
    cancel: 'Aufhören',
    close: 'Schließen',
    done: 'Geschafft!',
    doneHint: 'Du kannst deine Karte herausnehmen. Dieses Fenster schließt sich von selbst.',
    problem: 'Das hat nicht geklappt',
  },
  stages: {
    connecting: { title: 'Einen Moment …', hint: 'Ich prüfe, ob alles sicher ist.' },
    'reader-absent': {
      title: 'Schließ den Kartenleser an',
      hint: 'Steck den Stecker in den Computer.',
    },
    'card-absent': { title: 'Steck deine Karte ein', hint: 'Der Chip geht zuerst hinein.' },
    reading: { title: 'Ich sehe deine Karte!', hint: 'Lass sie im Leser stecken.' },
    signing: { title: 'Deine Karte arbeitet', hint: 'Lass sie im Leser stecken.' },
    verifying: { title: 'Fast fertig', hint: 'Ich prüfe deine Karte.' },
  },
  pin: {
    heading: 'Tippe deine PIN ein',
    hint: 'Pass auf, dass niemand zuschaut.',
    typed: (count) => (count === 1 ? '1 Ziffer getippt' : `${count} Ziffern getippt`),
    keypad: 'Zifferntasten',
    erase: 'Löschen',
    ok: 'OK',
    triesLeft: (count) => (count === 1 ? 'Noch 1 Versuch' : `Noch ${count} Versuche`),
    tooShort: 'Deine PIN hat mindestens 4 Ziffern.',
  },
  pinOnReader: {
    title: 'Tippe deine PIN am Kartenleser ein',
    hint: 'Drück danach die grüne Taste am Leser.',
  },
  cardChoice: {
    title: 'Welche Karte gehört dir?',
    unnamed: 'Karte ohne Namen',
  },
  lastTry: {
    title: 'Stopp. Ruf einen Erwachsenen.',
    confirm: 'Ich bin erwachsen und kenne die PIN',
    go: 'PIN eintippen',
  },
  errors: deErrors,
};
