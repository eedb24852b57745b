/** French, as spoken in Belgium. */

import { frErrors } from './fr-errors.ts';
import type { Texts } from './texts.ts';

export const fr: Texts = {
  languageName: 'Français',
  languages: 'Langue',
  brand: 'Se connecter avec sa carte',
  extension: {
    name: 'Kids-ID : se connecter avec sa carte',
    description: 'Connectez-vous à des sites avec une Kids-ID ou eID belge et son code PIN.',
  },
  learn: {
    heading: (site) => `Ce que ${site} va savoir :`,
    atLeast: (years) => `que tu as au moins ${years} ans`,
    notYet: (years) => `que tu n’as pas encore ${years} ans`,
    whether: (years) => `si tu as déjà ${years} ans : oui ou non`,
    pseudonym: 'un nom inventé pour toi, sur ce site seulement',
    nothing: 'seulement que tu as une carte',
    not: 'Il ne saura ni ton nom, ni ta date de naissance, ni où tu habites.',
  },
  page: {
    title: (site) => `Se connecter à ${site}`,
    heading: (site) => `Tu veux aller sur ${site} ?`,
    login: 'Me connecter avec ma carte',
    back: (site) => `Retour à ${site}`,
    preparing: 'Un instant …',
    lookAtWindow: 'Regarde la petite fenêtre',
    lookAtWindowHint: 'Tape ton code PIN dans cette fenêtre, jamais sur une page web.',
    stop: 'Arrêter',
    done: 'C’est réussi !',
    doneHint: (site) => `En route vers ${site}.`,
    leaving: (site) => `Retour à ${site} …`,
    again: 'Réessayer',
    adult: 'Pour l’adulte',
    absent: 'Il manque encore quelque chose',
    absentHow:
      'Ouvrez la boutique d’extensions de ce navigateur, cherchez « Kids-ID » et choisissez « Ajouter ». Installez ensuite le programme Kids-ID pour le lecteur de cartes.',
    absentWaiting: 'Cette page continue à chercher. Dès que c’est prêt, tu peux continuer.',
    found: 'Trouvé ! Tu peux continuer.',
    checkingHard:
      'La vérification des cartes est difficile en ce moment. Cela peut durer plus longtemps. Si cela ne marche pas, réessayez dans quelques minutes.',
    noScript:
      'Cette page a besoin de JavaScript. Activez-le dans votre navigateur, puis rechargez la page.',
    errorTitle: 'Ça n’a pas marché',
    errorBack: 'Retour au site',
  },
  window: {
    title: 'Ta carte',
    forSite: (site) => `Pour ${site}`,
    cancel: 'Arrêter',
    close: 'Fermer',
    done: 'C’est réussi !',
    doneHint: 'Tu peux retirer ta carte. Cette fenêtre se ferme toute seule.',
    problem: 'Ça n’a pas marché',
  },
  stages: {
    connecting: { title: 'Un instant …', hint: 'Je vérifie que tout est sûr.' },
    'reader-absent': {
      title: 'Branche le lecteur de cartes',
      hint: 'Mets la fiche dans l’ordinateur.',
    },
    'card-absent': { title: 'Insère ta carte', hint: 'La puce entre en premier.' },
    reading: { title: 'Je vois ta carte !', hint: 'Laisse-la dans le lecteur.' },
    signing: { title: 'Ta carte travaille', hint: 'Laisse-la dans le lecteur.' },
    verifying: { title: 'Presque fini', hint: 'Je vérifie ta carte.' },
  },
  pin: {
    heading: 'Tape ton code PIN',
    hint: 'Vérifie que personne ne regarde.',
    typed: (count) => (count === 1 ? '1 chiffre tapé' : `${count} chiffres tapés`),
    keypad: 'Touches des chiffres',
    erase: 'Effacer',
    ok: 'OK',
    triesLeft: (count) => (count === 1 ? 'Encore 1 essai' : `Encore ${count} essais`),
    tooShort: 'Ton code PIN a au moins 4 chiffres.',
  },
  pinOnReader: {
    title: 'Tape ton code PIN sur le lecteur',
    hint: 'Appuie ensuite sur la touche verte du lecteur.',
  },
  cardChoice: {
    title: 'Quelle carte est la tienne ?',
    unnamed: 'Carte sans nom',
  },
  lastTry: {
    title: 'Stop. Appelle un adulte.',
    confirm: 'Je suis adulte et je connais le code PIN',
    go: 'Taper le code PIN',
  },
  errors: frErrors,
};
