/** Dutch: the page that looks for what is missing between the browser and the card. */
import type { Texts } from './texts.ts';

export const nlDiagnosis: Texts['diagnosis'] = {
  title: 'Werkt alles?',
  intro: 'Ik kijk naar de computer, de kaartlezer en je kaart. Je pincode heb je niet nodig.',
  start: 'Kijk maar',
  again: 'Kijk opnieuw',
  stop: 'Stop met kijken',
  back: 'Terug',
  looking: 'Ik ben aan het kijken …',
  /** With soft hyphens, since they stand side by side. */
  hops: {
    device: 'De computer',
    extension: 'De browser',
    host: 'Het hulp\u00adprogramma',
    reader: 'De kaartlezer',
    card: 'De kaart',
  },
  marks: { ready: 'werkt', waiting: 'nog niet bekeken', wrong: 'werkt nog niet' },
  ready: { title: 'Alles werkt!', hint: 'Met deze kaart kan je je aanmelden.' },
  lastTry:
    'Deze kaart heeft nog één poging voor de pincode. Is die fout, dan wordt de kaart geblokkeerd en kan alleen de gemeente ze deblokkeren.',
  serviceAway: {
    child: 'De computer kan nog niet met de kaartlezer praten.',
    adult:
      'De dienst voor smartcards van deze computer draait niet. Installeer en start het pakket “pcscd”, of vraag het aan wie deze computer beheert.',
  },
  goOn: { title: 'Je browser is klaar', hint: 'Druk op de grote knop. Dan kijk ik verder.' },
  live: 'Deze pagina blijft kijken. Ze gaat vanzelf verder als er iets verandert.',
  report: {
    ask: 'Vraag een code voor wie mij helpt',
    title: 'Zeg deze code aan wie je helpt',
    hint: 'Met de code zien de mensen achter deze aanmeldpagina welke stappen lukten. Er staat niets in over jou of je kaart.',
  },
};
