/** Dutch, as spoken in Belgium. */

import { nlErrors } from './nl-errors.ts';
import type { Texts } from './texts.ts';

export const nl: Texts = {
  languageName: 'Nederlands',
  languages: 'Taal',
  brand: 'Aanmelden met je kaart',
  extension: {
    name: 'Kids-ID: aanmelden met je kaart',
    description: 'Meld je aan op websites met een Belgische kids-ID of eID en de pincode.',
  },
  learn: {
    heading: (site) => `${site} komt dit te weten:`,
    atLeast: (years) => `dat je minstens ${years} jaar bent`,
    notYet: (years) => `dat je nog geen ${years} jaar bent`,
    whether: (years) => `of je al ${years} jaar bent: ja of nee`,
    pseudonym: 'een verzonnen naam voor jou, alleen op deze site',
    nothing: 'alleen dat je een kaart hebt',
    not: 'Niet je naam, niet wanneer je jarig bent en niet waar je woont.',
  },
  page: {
    title: (site) => `Aanmelden bij ${site}`,
    heading: (site) => `Wil je naar ${site}?`,
    login: 'Aanmelden met mijn kaart',
    back: (site) => `Terug naar ${site}`,
    preparing: 'Even wachten …',
    lookAtWindow: 'Kijk naar het kleine venster',
    lookAtWindowHint: 'Typ je pincode daar, nooit op een webpagina.',
    stop: 'Stoppen',
    done: 'Gelukt!',
    doneHint: (site) => `Je gaat nu naar ${site}.`,
    leaving: (site) => `We gaan terug naar ${site} …`,
    again: 'Probeer opnieuw',
    adult: 'Voor de volwassene',
    absent: 'Er ontbreekt nog iets',
    absentHow:
      'Open de extensiewinkel van deze browser, zoek “Kids-ID” en kies “Toevoegen”. Installeer daarna het Kids-ID-programma voor de kaartlezer.',
    absentWaiting: 'Deze pagina blijft zoeken. Zodra het er is, kan je verder.',
    found: 'Gevonden! Je kan verder.',
    checkingHard:
      'Kaarten nakijken gaat nu moeilijk. Het kan langer duren. Lukt het niet, probeer het dan over enkele minuten opnieuw.',
    noScript:
      'Deze pagina heeft JavaScript nodig. Zet het aan in je browser en laad de pagina opnieuw.',
    errorTitle: 'Dat is niet gelukt',
    errorBack: 'Terug naar de site',
  },
  window: {
    title: 'Je kaart',
    forSite: (site) => `Voor ${site}`,
    cancel: 'Stoppen',
    close: 'Sluiten',
    done: 'Gelukt!',
    doneHint: 'Je mag je kaart uit de lezer halen. Dit venster sluit vanzelf.',
    problem: 'Dat is niet gelukt',
  },
  stages: {
    connecting: { title: 'Even wachten …', hint: 'Ik kijk of alles veilig is.' },
    'reader-absent': {
      title: 'Sluit de kaartlezer aan',
      hint: 'Steek de stekker in de computer.',
    },
    'card-absent': { title: 'Steek je kaart erin', hint: 'De chip gaat eerst naar binnen.' },
    reading: { title: 'Ik zie je kaart!', hint: 'Laat ze in de lezer zitten.' },
    signing: { title: 'Je kaart is bezig', hint: 'Laat ze in de lezer zitten.' },
    verifying: { title: 'Bijna klaar', hint: 'Ik kijk je kaart na.' },
  },
  pin: {
    heading: 'Typ je pincode',
    hint: 'Zorg dat niemand meekijkt.',
    typed: (count) => (count === 1 ? '1 cijfer getypt' : `${count} cijfers getypt`),
    keypad: 'Cijfertoetsen',
    erase: 'Wissen',
    ok: 'OK',
    triesLeft: (count) => (count === 1 ? 'Nog 1 poging' : `Nog ${count} pogingen`),
    tooShort: 'Je pincode heeft minstens 4 cijfers.',
  },
  pinOnReader: {
    title: 'Typ je pincode op de kaartlezer',
    hint: 'Druk daarna op de groene toets van de lezer.',
  },
  cardChoice: {
    title: 'Welke kaart is van jou?',
    unnamed: 'Kaart zonder naam',
  },
  lastTry: {
    title: 'Stop. Roep een volwassene.',
    confirm: 'Ik ben volwassen en ik ken de pincode',
    go: 'Pincode typen',
  },
  errors: nlErrors,
};
