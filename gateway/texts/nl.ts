/** Dutch, as spoken in Belgium. */

import { listWords } from './list-words.ts';
import { nlDiagnosis } from './nl-diagnosis.ts';
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
    told: {
      profile: 'je voornamen, je familienaam en of er jongen of meisje op je kaart staat',
      birthdate: 'de dag, de maand en het jaar waarin je geboren bent',
      address: 'waar je woont: straat, nummer, postcode en gemeente',
      'address:postcode': 'je postcode',
      picture: 'de foto op je kaart',
    },
    reverify: 'vanaf welke maand ze je kaart opnieuw moet vragen',
    not: (...things) => `Niet ${listWords(things, ', niet ', ' en niet ')}.`,
    secret: {
      name: 'je naam',
      birthday: 'wanneer je jarig bent',
      home: 'waar je woont',
      street: 'in welke straat je woont',
      photo: 'hoe je eruitziet',
    },
  },
  agreement: {
    title: (site) => `Wat mag ${site} weten?`,
    heading: (site) => `${site} wil meer over je weten`,
    intro: 'Vink alleen aan wat je wil vertellen. Je mag alles leeg laten.',
    choices: {
      profile: {
        name: 'Mijn naam',
        hint: 'Je voornamen, je familienaam en of er jongen of meisje op je kaart staat.',
      },
      birthdate: {
        name: 'Mijn verjaardag',
        hint: 'De dag, de maand en het jaar waarin je geboren bent.',
      },
      address: { name: 'Waar ik woon', hint: 'Je straat, nummer, postcode en gemeente.' },
      'address:postcode': { name: 'Mijn postcode', hint: 'Het nummer van je gemeente.' },
      picture: { name: 'Mijn foto', hint: 'De foto op je kaart.' },
    },
    go: 'Verder',
    change: 'Opnieuw kiezen wat ik vertel',
    underAge: 'Nog geen 13? Laat dan alles leeg: deze site mag je dit niet vragen.',
    adult:
      'De site krijgt één keer wat aangevinkt is, meteen na deze aanmelding. Er is niets vooraf aangevinkt en er wordt niets onthouden: de volgende keer komt de vraag opnieuw. Aanmelden kan ook zonder vinkjes; de site beslist zelf wat ze dan aanbiedt.',
    basis:
      'Voor kinderen onder 13 heeft de site een andere wettelijke basis nodig dan de toestemming van het kind. Ze heeft er een opgegeven. Vraag aan de site welke.',
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
    computer: 'Hier heb je een computer voor nodig',
    wellDone: 'Je hebt alles goed gedaan',
    restart: 'We beginnen opnieuw',
    stopped: 'Je bent gestopt',
    otherCard: 'Een andere kaart gebruiken',
    diagnosis: 'Werkt er iets niet?',
    answered: {
      title: 'Al klaar',
      child: 'Deze aanmelding is afgelopen.',
      adult: 'Ga terug naar de site. Begin daar als je je opnieuw wil aanmelden.',
    },
    cookies: 'Gebeurt dit telkens weer, sta dan cookies toe voor deze pagina in je browser.',
    forMakers: (name) => `Voor wie de site maakt: ${name}`,
  },
  logout: {
    title: 'Je bent uitgelogd',
    card: 'Vergeet je kaart niet.',
    adult:
      'Van deze login blijft hier niets over. Toont de website je kind nog als ingelogd, log dan ook daar uit.',
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
  diagnosis: nlDiagnosis,
  errors: nlErrors,
};
