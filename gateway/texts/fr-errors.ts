/** French: what went wrong, by code. */
import type { ErrorCode } from '../protocol/errors.ts';
import type { ErrorText } from './texts.ts';

const unreadable = 'Je ne comprends pas cette carte.';
const notYourFault = 'Quelque chose n’a pas marché. Ce n’est pas ta faute.';

export const frErrors: Readonly<Record<ErrorCode, ErrorText>> = {
  DEVICE_UNSUPPORTED: {
    child: 'Cela ne marche pas sur un téléphone ou une tablette.',
    adult: 'Utilisez un ordinateur avec un lecteur de cartes. Ouvrez-y le site et recommencez.',
  },
  EXTENSION_ABSENT: {
    child: 'Ton navigateur ne sait pas encore parler à ta carte. Demande à un adulte.',
    adult: 'Ajoutez l’extension Kids-ID à ce navigateur.',
  },
  HOST_ABSENT: {
    child: 'Il manque un petit programme sur cet ordinateur. Demande à un adulte.',
    adult: 'Installez le programme Kids-ID sur cet ordinateur, puis réessayez.',
  },
  HOST_TOO_OLD: {
    child: 'Le petit programme sur cet ordinateur est trop vieux. Demande à un adulte.',
    adult: 'Installez la dernière version du programme Kids-ID et mettez l’extension à jour.',
  },
  EXTENSION_TOO_OLD: {
    child: 'L’aide de ton navigateur est trop vieille. Demande à un adulte.',
    adult: 'Mettez à jour l’extension Kids-ID de ce navigateur, puis réessayez.',
  },
  READER_ABSENT: {
    child: 'Je ne vois pas de lecteur de cartes.',
    adult: 'Branchez le lecteur sur un port USB. Si cela n’aide pas, essayez un autre port.',
  },
  CARD_ABSENT: {
    child: 'Je ne vois pas ta carte.',
    adult: 'Glissez la carte dans le lecteur, la puce en premier, jusqu’au bout.',
  },
  CARD_UNSUPPORTED: {
    child: 'Ce n’est pas la bonne carte.',
    adult:
      'Utilisez une Kids-ID, une eID ou une carte d’étranger délivrée en Belgique. Les autres cartes ne fonctionnent pas ici.',
  },
  CARD_REMOVED: {
    child: 'Ta carte est sortie trop tôt.',
    adult: 'Laissez la carte dans le lecteur jusqu’à ce que la fenêtre se ferme.',
  },
  CARD_CHANGED: {
    child: 'C’est une autre carte maintenant.',
    adult: 'Gardez la même carte dans le lecteur du début à la fin, et recommencez.',
  },
  CARD_BUSY: {
    child: 'Ta carte est occupée à autre chose.',
    adult: 'Fermez les autres programmes qui utilisent la carte, ou retirez-la et remettez-la.',
  },
  CARD_ERROR: {
    child: 'Je n’arrive pas à lire ta carte.',
    adult:
      'Essuyez la puce avec un chiffon doux et sec, puis réessayez. Si cela continue, adressez-vous à la commune.',
  },
  APPLET_TOO_OLD: {
    child: 'Ta carte est trop vieille pour te connecter.',
    adult: 'La puce de cette carte est d’un ancien type. Demandez une nouvelle carte à la commune.',
  },
  CERTIFICATE_ABSENT: {
    child: 'Tu ne peux pas encore te connecter avec ta carte.',
    adult:
      'Cette carte a été faite avant le sixième anniversaire, ou n’a jamais été activée. Renseignez-vous à la commune.',
  },
  PIN_WRONG: {
    child: 'Ce n’était pas le bon code PIN.',
    adult: 'Le code PIN se trouve dans la lettre reçue avec la carte. Réessayez ensemble.',
  },
  PIN_LAST_TRY: {
    child: 'Il te reste 1 essai. Faites-le ensemble.',
    adult:
      'Si le code PIN est encore une fois faux, la carte sera bloquée et seule la commune pourra la débloquer. Le code PIN se trouve dans la lettre reçue avec la carte.',
  },
  PIN_BLOCKED: {
    child: 'Ta carte est bloquée. Ça peut arriver à tout le monde.',
    adult: 'Le code PIN a été faux trois fois. Seule la commune peut débloquer la carte.',
  },
  USER_CANCELLED: {
    child: 'Tu as arrêté. Ce n’est pas grave.',
    adult: 'Le site n’a rien appris. Vous pouvez réessayer quand vous voulez.',
  },
  TIMED_OUT: {
    child: 'Ça a duré un peu trop longtemps.',
    adult: 'Préparez la carte et son code PIN, puis réessayez.',
  },
  GATEWAY_UNREACHABLE: {
    child: 'La connexion ne marche pas pour le moment.',
    adult:
      'Vérifiez la connexion à internet, attendez un peu et réessayez. À l’école ou au travail, demandez au responsable du réseau.',
  },
  GATEWAY_UNTRUSTED: {
    child: 'Je ne connais pas cette page, alors j’ai arrêté. Dis-le à un adulte.',
    adult:
      'Cette page n’est pas sur la liste de confiance. N’allez pas plus loin et prévenez le site.',
  },
  CONNECTION_INTERCEPTED: {
    child: 'Quelqu’un écoute peut-être, alors j’ai arrêté. Dis-le à un adulte.',
    adult:
      'Un antivirus ou un filtre du réseau ouvre la connexion sécurisée. Changez de réseau ou demandez une exception.',
  },
  AUTHENTICATOR_INVALID: {
    child: 'La réponse de ta carte n’était pas juste.',
    adult: 'Réessayez. Si cela continue, prévenez les responsables de ce site.',
  },
  CERTIFICATE_MALFORMED: {
    child: unreadable,
    adult: 'Le certificat de la carte est illisible. Faites vérifier la carte à la commune.',
  },
  CERTIFICATE_KEY: {
    child: unreadable,
    adult: 'La clé de cette carte n’est plus assez sûre. Demandez une nouvelle carte à la commune.',
  },
  CERTIFICATE_PROFILE: {
    child: unreadable,
    adult: 'Le certificat de la carte ne sert pas à se connecter. Utilisez une autre carte.',
  },
  CERTIFICATE_POLICY: {
    child: unreadable,
    adult: 'Ce type de carte n’est pas accepté ici. Utilisez une Kids-ID ou une eID belge.',
  },
  CERTIFICATE_EXPIRED: {
    child: 'Ta carte n’est plus valable.',
    adult: 'Le certificat de la carte a expiré. Faites-le renouveler à la commune.',
  },
  CERTIFICATE_ISSUER_UNKNOWN: {
    child: 'Je ne sais pas qui a fait cette carte.',
    adult: 'La carte ne vient pas d’une autorité belge connue ici. Utilisez une autre carte.',
  },
  CERTIFICATE_PATH: {
    child: 'Je ne sais pas qui a fait cette carte.',
    adult: 'La chaîne de certificats de cette carte n’est pas correcte. Utilisez une autre carte.',
  },
  CERTIFICATE_REVOKED: {
    child: 'Cette carte a été désactivée.',
    adult: 'La carte a été déclarée perdue, volée ou annulée. Renseignez-vous à la commune.',
  },
  REVOCATION_UNKNOWN: {
    child: 'Je ne peux pas vérifier ta carte pour le moment.',
    adult:
      'Le service qui vérifie les cartes belges ne répond pas. Réessayez dans quelques minutes.',
  },
  IDENTITY_INVALID: {
    child: 'Je ne trouve pas ton anniversaire sur cette carte.',
    adult: 'Les données de la carte sont incomplètes. Faites-les vérifier à la commune.',
  },
  AGE_OUTSIDE: {
    child: 'Ce site est pour des personnes d’un autre âge.',
    adult: 'La carte fonctionne, mais l’âge ne convient pas ici. Le site n’a rien appris.',
  },
  CONSENT_UNDER_AGE: {
    child: 'Ce site ne peut pas te demander cela.',
    adult:
      'Le site demande un nom, une date de naissance, une adresse ou une photo, et le titulaire de la carte a moins de 13 ans. Seuls les sites qui ont leur propre base légale le peuvent. Le site n’a rien appris.',
  },
  LOGIN_EXPIRED: {
    child: 'Cette page a attendu trop longtemps.',
    adult: 'Retournez sur le site et recommencez.',
  },
  LOGIN_OTHER_BROWSER: {
    child: 'Cette connexion a commencé ailleurs.',
    adult: 'Retournez sur le site et recommencez dans ce navigateur.',
  },
  SITE_UNKNOWN: {
    child: 'Je ne connais pas le site qui t’envoie.',
    adult:
      'Le site n’est pas enregistré ici, ou ne l’est plus. Retournez-y et prévenez les responsables du site.',
  },
  SITE_REQUEST_INVALID: {
    child: 'Le site a mal posé sa question. Ce n’est pas ta faute.',
    adult: 'La demande du site n’est pas correcte. Revenez en arrière et prévenez le site.',
  },
  LOGIN_BUSY: {
    child: 'Tu es déjà en train de te connecter.',
    adult: 'Une autre fenêtre de connexion est ouverte. Terminez-la ou fermez-la, puis réessayez.',
  },
  CLICK_REQUIRED: {
    child: 'Appuie toi-même sur le grand bouton.',
    adult: 'Par sécurité, la connexion ne démarre qu’avec un vrai clic ou une vraie touche.',
  },
  MESSAGE_MALFORMED: {
    child: notYourFault,
    adult: 'Les programmes ne se comprennent pas. Mettez à jour l’extension et le programme.',
  },
  MESSAGE_TOO_LARGE: {
    child: notYourFault,
    adult:
      'Un message était trop volumineux. Réessayez. Si cela continue, prévenez les responsables de ce site.',
  },
  INTERNAL: {
    child: notYourFault,
    adult: 'Réessayez dans un instant. Si cela continue, prévenez les responsables de ce site.',
  },
};
