/** English: the page that looks for what is missing between the browser and the card. */

export const enDiagnosis = {
  title: 'Does everything work?',
  intro: 'I look at the computer, the card reader and your card. You do not need your PIN.',
  start: 'Have a look',
  again: 'Look again',
  stop: 'Stop looking',
  back: 'Back',
  looking: 'I am looking …',
  /** Under the picture of each hop, side by side: soft hyphens where a word is long. */
  hops: {
    device: 'Computer',
    extension: 'Browser',
    host: 'Helper program',
    reader: 'Card reader',
    card: 'Card',
  },
  /** Read out with the name of a hop. */
  marks: { ready: 'works', waiting: 'not looked at yet', wrong: 'does not work yet' },
  ready: { title: 'Everything works!', hint: 'You can log in with this card.' },
  lastTry:
    'This card has one PIN try left. If it is wrong, the card is locked and only the municipality can unlock it.',
  serviceAway: {
    child: 'The computer cannot talk to the card reader yet.',
    adult:
      'The smart card service of this computer does not run. Install the package “pcscd” and start it, or ask who looks after this computer.',
  },
  /** The extension answers, and waits for a click. */
  goOn: { title: 'Your browser is ready', hint: 'Press the big button. Then I look further.' },
  live: 'This page keeps looking. It goes on by itself when something changes.',
  report: {
    ask: 'Get a code for whoever helps me',
    title: 'Tell this code to whoever helps you',
    hint: 'With the code, the people who run this login page see which steps worked. It says nothing about you or your card.',
  },
};
