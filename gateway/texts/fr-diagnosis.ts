/** French: the page that looks for what is missing between the browser and the card. */
import type { Texts } from './texts.ts';

export const frDiagnosis: Texts['diagnosis'] = {
  title: 'Est-ce que tout marche ?',
  intro: 'Je regarde l’ordinateur, le lecteur et ta carte. Tu n’as pas besoin de ton code PIN.',
  start: 'Regarde',
  again: 'Regarde encore',
  stop: 'Ne plus regarder',
  back: 'Retour',
  looking: 'Je regarde …',
  /** With soft hyphens, since they stand side by side. */
  hops: {
    device: 'L’ordi\u00adnateur',
    extension: 'Le navigateur',
    host: 'Le petit programme',
    reader: 'Le lecteur',
    card: 'La carte',
  },
  marks: { ready: 'marche', waiting: 'pas encore regardé', wrong: 'ne marche pas encore' },
  ready: { title: 'Tout marche !', hint: 'Tu peux te connecter avec cette carte.' },
  lastTry:
    'Il reste un seul essai pour le code PIN de cette carte. S’il est faux, la carte est bloquée et seule la commune peut la débloquer.',
  serviceAway: {
    child: 'L’ordinateur ne peut pas encore parler au lecteur.',
    adult:
      'Le service de cartes à puce de cet ordinateur ne tourne pas. Installez et démarrez le paquet « pcscd », ou demandez à qui gère cet ordinateur.',
  },
  goOn: {
    title: 'Ton navigateur est prêt',
    hint: 'Appuie sur le grand bouton. Je regarde alors la suite.',
  },
  live: 'Cette page continue à regarder. Elle avance toute seule quand quelque chose change.',
  report: {
    ask: 'Demander un code pour qui m’aide',
    title: 'Dis ce code à la personne qui t’aide',
    hint: 'Avec ce code, les responsables de cette page voient quelles étapes ont marché. Il ne dit rien de toi ni de ta carte.',
  },
};
