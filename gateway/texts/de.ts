/** German, as spoken in Belgium. */

import { deDiagnosis } from './de-diagnosis.ts';
import { deErrors } from './de-errors.ts';
import { listWords } from './list-words.ts';
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
    told: {
      profile: 'deine Vornamen, deinen Nachnamen und ob auf deiner Karte Junge oder Mädchen steht',
      birthdate: 'an welchem Tag, in welchem Monat und Jahr du geboren bist',
      address: 'wo du wohnst: Straße, Nummer, Postleitzahl und Gemeinde',
      'address:postcode': 'deine Postleitzahl',
      picture: 'das Foto auf deiner Karte',
    },
    reverify: 'ab welchem Monat sie wieder nach deiner Karte fragen soll',
    not: (...things) => `Nicht ${listWords(things, ', nicht ', ' und nicht ')}.`,
    secret: {
      name: 'deinen Namen',
      birthday: 'deinen Geburtstag',
      home: 'deine Adresse',
      street: 'deine Straße',
      photo: 'dein Aussehen',
    },
  },
  agreement: {
    title: (site) => `Was darf ${site} wissen?`,
    heading: (site) => `${site} möchte mehr über dich wissen`,
    intro: 'Kreuze nur an, was du sagen willst. Du darfst alles leer lassen.',
    choices: {
      profile: {
        name: 'Mein Name',
        hint: 'Deine Vornamen, dein Nachname und ob auf deiner Karte Junge oder Mädchen steht.',
      },
      birthdate: {
        name: 'Mein Geburtstag',
        hint: 'An welchem Tag, in welchem Monat und Jahr du geboren bist.',
      },
      address: { name: 'Wo ich wohne', hint: 'Straße, Nummer, Postleitzahl und Gemeinde.' },
      'address:postcode': { name: 'Meine Postleitzahl', hint: 'Die Nummer deiner Gemeinde.' },
      picture: { name: 'Mein Foto', hint: 'Das Foto auf deiner Karte.' },
    },
    go: 'Weiter',
    change: 'Neu wählen, was ich sage',
    underAge: 'Noch keine 13? Dann lass alles leer: Diese Website darf dich danach nicht fragen.',
    adult:
      'Die Website bekommt einmal, was angekreuzt ist, gleich nach dieser Anmeldung. Nichts ist vorab angekreuzt und nichts wird gemerkt: Beim nächsten Mal kommt die Frage wieder. Anmelden geht auch ohne Kreuze; was die Website dann anbietet, entscheidet sie selbst.',
    basis:
      'Für Kinder unter 13 braucht die Website eine andere Rechtsgrundlage als die Einwilligung des Kindes. Sie hat eine angegeben. Fragen Sie die Website, welche.',
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
    computer: 'Dafür brauchst du einen Computer',
    wellDone: 'Du hast alles richtig gemacht',
    restart: 'Wir fangen neu an',
    stopped: 'Du hast aufgehört',
    otherCard: 'Eine andere Karte nehmen',
    diagnosis: 'Geht etwas nicht?',
    answered: {
      title: 'Schon fertig',
      child: 'Diese Anmeldung ist vorbei.',
      adult: 'Gehen Sie zurück zur Website. Wenn Sie sich neu anmelden möchten, beginnen Sie dort.',
    },
    cookies: 'Passiert das immer wieder, erlauben Sie in Ihrem Browser Cookies für diese Seite.',
    forMakers: (name) => `Für die Leute, die die Website machen: ${name}`,
  },
  logout: {
    title: 'Du bist abgemeldet',
    card: 'Vergiss deine Karte nicht.',
    adult:
      'Von dieser Anmeldung bleibt hier nichts zurück. Zeigt die Website Ihr Kind noch als angemeldet, melden Sie es auch dort ab.',
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
  diagnosis: deDiagnosis,
  errors: deErrors,
};
