/** German: the page that looks for what is missing between the browser and the card. */
import type { Texts } from './texts.ts';

export const deDiagnosis: Texts['diagnosis'] = {
  title: 'Funktioniert alles?',
  intro: 'Ich schaue mir Computer, Kartenleser und Karte an. Deine PIN brauchst du nicht.',
  start: 'Schau nach',
  again: 'Schau noch einmal',
  stop: 'Nicht mehr schauen',
  back: 'Zurück',
  looking: 'Ich schaue nach …',
  /** With soft hyphens, since they stand side by side. */
  hops: {
    device: 'Der Computer',
    extension: 'Der Browser',
    host: 'Das Hilfs\u00adprogramm',
    reader: 'Der Kartenleser',
    card: 'Die Karte',
  },
  marks: {
    ready: 'funktioniert',
    waiting: 'noch nicht angeschaut',
    wrong: 'funktioniert noch nicht',
  },
  ready: { title: 'Alles funktioniert!', hint: 'Mit dieser Karte kannst du dich anmelden.' },
  lastTry:
    'Für die PIN dieser Karte gibt es nur noch einen Versuch. Ist sie falsch, wird die Karte gesperrt, und nur die Gemeinde kann sie entsperren.',
  serviceAway: {
    child: 'Der Computer kann noch nicht mit dem Kartenleser sprechen.',
    adult:
      'Der Chipkartendienst dieses Computers läuft nicht. Installieren und starten Sie das Paket „pcscd“, oder fragen Sie, wer den Computer betreut.',
  },
  goOn: {
    title: 'Dein Browser ist bereit',
    hint: 'Drück den großen Knopf. Dann schaue ich weiter.',
  },
  live: 'Diese Seite schaut weiter. Sie macht von selbst weiter, wenn sich etwas ändert.',
  report: {
    ask: 'Einen Code für meine Hilfe holen',
    title: 'Sag diesen Code der Person, die dir hilft',
    hint: 'Mit dem Code sehen die Betreiber dieser Anmeldeseite, welche Schritte geklappt haben. Er sagt nichts über dich oder deine Karte.',
  },
};
