/** French, as spoken in Belgium. */

import { frDiagnosis } from './fr-diagnosis.ts';
import { frErrors } from './fr-errors.ts';
import { listWords } from './list-words.ts';
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
    told: {
      profile: 'tes prénoms, ton nom de famille et si ta carte dit garçon ou fille',
      birthdate: 'le jour, le mois et l’année de ta naissance',
      address: 'où tu habites : rue, numéro, code postal et commune',
      'address:postcode': 'ton code postal',
      picture: 'la photo de ta carte',
    },
    reverify: 'à partir de quel mois il devra redemander ta carte',
    not: (...things) =>
      things.length === 1
        ? `Il ne saura pas ${things[0]}.`
        : `Il ne saura ni ${listWords(things, ', ni ', ', ni ')}.`,
    secret: {
      name: 'ton nom',
      birthday: 'ta date de naissance',
      home: 'où tu habites',
      street: 'dans quelle rue tu habites',
      photo: 'à quoi tu ressembles',
    },
  },
  agreement: {
    title: (site) => `Que peut savoir ${site} ?`,
    heading: (site) => `${site} veut en savoir plus sur toi`,
    intro: 'Coche seulement ce que tu veux dire. Tu peux tout laisser vide.',
    choices: {
      profile: {
        name: 'Mon nom',
        hint: 'Tes prénoms, ton nom de famille et si ta carte dit garçon ou fille.',
      },
      birthdate: {
        name: 'Mon anniversaire',
        hint: 'Le jour, le mois et l’année de ta naissance.',
      },
      address: { name: 'Où j’habite', hint: 'Ta rue, ton numéro, ton code postal et ta commune.' },
      'address:postcode': { name: 'Mon code postal', hint: 'Le numéro de ta commune.' },
      picture: { name: 'Ma photo', hint: 'La photo de ta carte.' },
    },
    go: 'Continuer',
    change: 'Choisir à nouveau ce que je dis',
    underAge:
      'Tu n’as pas encore 13 ans ? Alors laisse tout vide : ce site ne peut pas te demander cela.',
    adult:
      'Le site reçoit ce qui est coché une seule fois, juste après cette connexion. Rien n’est coché d’avance et rien n’est retenu : la prochaine fois, la question revient. On peut aussi se connecter sans rien cocher ; le site décide de ce qu’il propose alors.',
    basis:
      'Pour les enfants de moins de 13 ans, le site doit avoir une autre base légale que le consentement de l’enfant. Il en a indiqué une. Demandez au site laquelle.',
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
    computer: 'Pour cela, il te faut un ordinateur',
    wellDone: 'Tu as tout bien fait',
    restart: 'On recommence',
    stopped: 'Tu as arrêté',
    otherCard: 'Utiliser une autre carte',
    diagnosis: 'Quelque chose ne marche pas ?',
    answered: {
      title: 'C’est déjà fini',
      child: 'Cette connexion est terminée.',
      adult: 'Retournez sur le site. Pour vous reconnecter, commencez là-bas.',
    },
    cookies: 'Si cela se répète, autorisez les cookies pour cette page dans votre navigateur.',
    forMakers: (name) => `Pour les personnes qui font le site : ${name}`,
  },
  logout: {
    title: 'Tu es déconnecté',
    card: 'N’oublie pas ta carte.',
    adult:
      'Il ne reste rien ici de cette connexion. Si le site montre encore votre enfant comme connecté, déconnectez-le là aussi.',
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
  diagnosis: frDiagnosis,
  errors: frErrors,
};
