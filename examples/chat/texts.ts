/** Every sentence of the chat, in the four languages. Sentences only: no markup, no logic but the choice of language. */

export const LANGUAGES = ['nl', 'fr', 'de', 'en'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The language of this name, or undefined: for values that a visitor or browser sent. */
export function findLanguage(raw: unknown): Language | undefined {
  return LANGUAGES.find((language) => language === raw);
}

/** The sentences in one language. `{nickname}` is replaced. */
export function textsFor(language: Language): Texts {
  return TEXTS[language];
}

const EN = {
  languageName: 'English',
  chooseLanguage: 'Language',
  tagline: 'the chat for 6 to 12',
  homeTitle: 'Chat with children your age',
  homeLead: 'Coucou is only for children. That is why your identity card opens the door.',
  comeIn: 'Come in with my card',
  learnTitle: 'What your card tells us',
  learnAge: 'that you are at least 6, and not yet 13',
  learnRoom: 'which room is yours: 6 to 8, or 9 to 12',
  learnAgain: 'that it is you again next time, so you keep your nickname',
  notLearn: 'We never hear your name, your birthday or where you live.',
  noCardTitle: 'No card?',
  noCard: 'You can come in another way. Ask a grown-up to write to us:',
  welcomeTitle: 'Hello, {nickname}!',
  welcomeLead: 'That is your nickname here. Nobody sees your real name.',
  yourRoom: 'Your room',
  roomNest: 'The Nest',
  roomNestAges: '6 to 8 years',
  roomTreetop: 'The Treetop',
  roomTreetopAges: '9 to 12 years',
  later: 'You are in! Chatting itself comes in a later version of this example.',
  idle: 'Nothing clicked for 15 minutes? Then the door closes by itself.',
  leave: 'Leave the chat',
  refusedTitle: 'You can’t come in with this card',
  refusedLead: 'We are not told why. Did you stop on the way? Then just try again.',
  refusedAdult:
    'For grown-ups: Coucou is for children from 6 to 12. The card told us nothing. Does a child of that age stay outside? Write to us:',
  errorTitle: 'That did not work',
  errorLead: 'It is not your fault. Wait a moment and try again.',
  errorAdult: 'For grown-ups: if it keeps failing, write to us:',
  tryAgain: 'Try again',
  goodbyeTitle: 'Bye! See you soon',
  goodbyeLead: 'You have left the chat. Don’t forget your card in the reader!',
  notFoundTitle: 'There is nothing here',
  notFoundLead: 'This page flew away.',
  home: 'Back to the start',
  exampleNote: 'Coucou does not exist: it is an example of a site that you enter with your card.',
};

export type Texts = Readonly<Record<keyof typeof EN, string>>;

const NL: Texts = {
  languageName: 'Nederlands',
  chooseLanguage: 'Taal',
  tagline: 'de chat voor 6 tot 12',
  homeTitle: 'Chat met kinderen van jouw leeftijd',
  homeLead: 'Coucou is er alleen voor kinderen. Daarom opent je identiteitskaart de deur.',
  comeIn: 'Binnenkomen met mijn kaart',
  learnTitle: 'Wat je kaart ons vertelt',
  learnAge: 'dat je minstens 6 bent, en nog geen 13',
  learnRoom: 'welke kamer de jouwe is: 6 tot 8, of 9 tot 12',
  learnAgain: 'dat jij het weer bent, de volgende keer. Zo hou je je bijnaam',
  notLearn: 'Je naam, je verjaardag en waar je woont, krijgen we nooit te horen.',
  noCardTitle: 'Geen kaart?',
  noCard: 'Je kunt ook anders binnenkomen. Vraag aan een volwassene om ons te schrijven:',
  welcomeTitle: 'Hallo, {nickname}!',
  welcomeLead: 'Dat is je bijnaam hier. Niemand ziet je echte naam.',
  yourRoom: 'Jouw kamer',
  roomNest: 'Het Nest',
  roomNestAges: '6 tot 8 jaar',
  roomTreetop: 'De Boomtop',
  roomTreetopAges: '9 tot 12 jaar',
  later: 'Je bent binnen! Het chatten zelf komt in een latere versie van dit voorbeeld.',
  idle: '15 minuten niets aangeklikt? Dan gaat de deur vanzelf dicht.',
  leave: 'De chat verlaten',
  refusedTitle: 'Met deze kaart kun je niet binnen',
  refusedLead:
    'Waarom krijgen we niet te horen. Ben je onderweg gestopt? Probeer dan gewoon opnieuw.',
  refusedAdult:
    'Voor volwassenen: Coucou is voor kinderen van 6 tot 12. De kaart heeft ons niets verteld. Blijft een kind van die leeftijd buiten? Schrijf ons:',
  errorTitle: 'Dat is niet gelukt',
  errorLead: 'Het is niet jouw schuld. Wacht even en probeer opnieuw.',
  errorAdult: 'Voor volwassenen: blijft het mislukken, schrijf ons dan:',
  tryAgain: 'Opnieuw proberen',
  goodbyeTitle: 'Dag! Tot gauw',
  goodbyeLead: 'Je hebt de chat verlaten. Vergeet je kaart niet in de lezer!',
  notFoundTitle: 'Hier is niets',
  notFoundLead: 'Deze pagina is weggevlogen.',
  home: 'Terug naar het begin',
  exampleNote:
    'Coucou bestaat niet echt: het is een voorbeeld van een site waar je met je kaart binnenkomt.',
};

const FR: Texts = {
  languageName: 'Français',
  chooseLanguage: 'Langue',
  tagline: 'le chat des 6 à 12 ans',
  homeTitle: 'Chatte avec des enfants de ton âge',
  homeLead: 'Coucou est réservé aux enfants. C’est pourquoi ta carte d’identité ouvre la porte.',
  comeIn: 'Entrer avec ma carte',
  learnTitle: 'Ce que ta carte nous dit',
  learnAge: 'que tu as au moins 6 ans, et pas encore 13',
  learnRoom: 'quel est ton salon\u00a0: de 6 à 8 ans, ou de 9 à 12',
  learnAgain: 'que c’est de nouveau toi, la prochaine fois. Tu gardes ainsi ton surnom',
  notLearn: 'Ton nom, ton anniversaire et ton adresse, nous ne les recevons jamais.',
  noCardTitle: 'Pas de carte\u00a0?',
  noCard: 'Tu peux entrer autrement. Demande à un adulte de nous écrire\u00a0:',
  welcomeTitle: 'Bonjour, {nickname}\u00a0!',
  welcomeLead: 'C’est ton surnom ici. Personne ne voit ton vrai nom.',
  yourRoom: 'Ton salon',
  roomNest: 'Le Nid',
  roomNestAges: 'de 6 à 8 ans',
  roomTreetop: 'La Cime',
  roomTreetopAges: 'de 9 à 12 ans',
  later:
    'Te voilà à l’intérieur\u00a0! Le chat lui-même viendra dans une prochaine version de cet exemple.',
  idle: 'Aucun clic pendant 15 minutes\u00a0? Alors la porte se ferme toute seule.',
  leave: 'Quitter le chat',
  refusedTitle: 'Tu ne peux pas entrer avec cette carte',
  refusedLead:
    'On ne nous dit pas pourquoi. Tu t’es arrêté en chemin\u00a0? Alors réessaie, tout simplement.',
  refusedAdult:
    'Pour les adultes\u00a0: Coucou est réservé aux enfants de 6 à 12 ans. La carte ne nous a rien dit. Un enfant de cet âge reste dehors\u00a0? Écrivez-nous\u00a0:',
  errorTitle: 'Ça n’a pas marché',
  errorLead: 'Ce n’est pas ta faute. Attends un instant, puis réessaie.',
  errorAdult: 'Pour les adultes\u00a0: si le problème continue, écrivez-nous\u00a0:',
  tryAgain: 'Réessayer',
  goodbyeTitle: 'Au revoir\u00a0! À bientôt',
  goodbyeLead: 'Tu as quitté le chat. N’oublie pas ta carte dans le lecteur\u00a0!',
  notFoundTitle: 'Il n’y a rien ici',
  notFoundLead: 'Cette page s’est envolée.',
  home: 'Retour au début',
  exampleNote: 'Coucou n’existe pas\u00a0: c’est un exemple de site où l’on entre avec sa carte.',
};

const DE: Texts = {
  languageName: 'Deutsch',
  chooseLanguage: 'Sprache',
  tagline: 'der Chat von 6 bis 12',
  homeTitle: 'Chatte mit Kindern in deinem Alter',
  homeLead: 'Coucou ist nur für Kinder da. Darum öffnet dein Personalausweis die Tür.',
  comeIn: 'Mit meiner Karte eintreten',
  learnTitle: 'Was deine Karte uns sagt',
  learnAge: 'dass du mindestens 6 bist und noch nicht 13',
  learnRoom: 'welcher Raum deiner ist: 6 bis 8 oder 9 bis 12',
  learnAgain: 'dass du es wieder bist, beim nächsten Mal. So behältst du deinen Spitznamen',
  notLearn: 'Deinen Namen, deinen Geburtstag und deine Adresse erfahren wir nie.',
  noCardTitle: 'Keine Karte?',
  noCard: 'Du kannst auch anders hereinkommen. Bitte einen Erwachsenen, uns zu schreiben:',
  welcomeTitle: 'Hallo, {nickname}!',
  welcomeLead: 'Das ist dein Spitzname hier. Niemand sieht deinen richtigen Namen.',
  yourRoom: 'Dein Raum',
  roomNest: 'Das Nest',
  roomNestAges: '6 bis 8 Jahre',
  roomTreetop: 'Der Baumwipfel',
  roomTreetopAges: '9 bis 12 Jahre',
  later: 'Du bist drin! Das Chatten selbst kommt in einer späteren Version dieses Beispiels.',
  idle: '15 Minuten nichts angeklickt? Dann geht die Tür von allein zu.',
  leave: 'Den Chat verlassen',
  refusedTitle: 'Mit dieser Karte kannst du nicht herein',
  refusedLead:
    'Warum, sagt man uns nicht. Hast du unterwegs aufgehört? Dann versuch es einfach noch einmal.',
  refusedAdult:
    'Für Erwachsene: Coucou ist für Kinder von 6 bis 12. Die Karte hat uns nichts gesagt. Ein Kind in diesem Alter bleibt draußen? Schreiben Sie uns:',
  errorTitle: 'Das hat nicht geklappt',
  errorLead: 'Du kannst nichts dafür. Warte kurz und versuch es noch einmal.',
  errorAdult: 'Für Erwachsene: Wenn es weiter nicht klappt, schreiben Sie uns:',
  tryAgain: 'Noch einmal versuchen',
  goodbyeTitle: 'Tschüss! Bis bald',
  goodbyeLead: 'Du hast den Chat verlassen. Vergiss deine Karte nicht im Lesegerät!',
  notFoundTitle: 'Hier ist nichts',
  notFoundLead: 'Diese Seite ist weggeflogen.',
  home: 'Zurück zum Anfang',
  exampleNote:
    'Coucou gibt es nicht: Es ist ein Beispiel für eine Website, bei der man sich mit seiner Karte anmeldet.',
};

const TEXTS: Readonly<Record<Language, Texts>> = { nl: NL, fr: FR, de: DE, en: EN };
