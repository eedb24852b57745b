/** Lists, chart and import of the desk in French. */
import type { DataTexts } from './data-en.ts';

export const DATA_FR: DataTexts = {
  overdueTitle: 'En retard',
  overdueCount: { one: '{n} livre est en retard.', other: '{n} livres sont en retard.' },
  overdueNone: 'Aucun livre n’est en retard.',
  overdueAsOf: 'Au {date}.',
  print: 'Imprimer',
  downloadTable: 'Télécharger le tableau (CSV)',
  sortBy: 'Trier par {column}',
  member: 'Membre',
  libraryCard: 'Carte de bibliothèque',
  book: 'Livre',
  bookNumber: 'Numéro du livre',
  due: 'À rendre le',
  daysLate: 'Jours de retard',
  fineSoFar: 'Amende à ce jour',

  chartTitle: 'Prêts par mois',
  chartLead: 'Combien de livres ont été prêtés au cours de chacun des douze derniers mois.',
  chartNone: 'Aucun livre n’a été prêté au cours des douze derniers mois.',
  chartMost: 'Le mois le plus actif\u00a0: {month} ({n}). En tout\u00a0: {total}.',
  chartTable: 'La même chose en chiffres',
  month: 'Mois',
  loans: 'Prêts',
  soFar: '{month} (à ce jour)',

  importTitle: 'Importer',
  importLead: 'Reprendre des titres ou des membres à partir d’un tableau.',
  importFirst: 'Le fichier est d’abord vérifié. Rien ne change avant votre accord.',
  importKind: 'Que contient le fichier\u00a0?',
  titles: 'Des titres',
  members: 'Des membres',
  file: 'Fichier',
  fileHint:
    'CSV en UTF-8, {size} Mo au plus. Dans un tableur\u00a0: Enregistrer sous, «\u00a0CSV UTF-8\u00a0».',
  check: 'Vérifier le fichier',
  columnsTitle: 'Quelles colonnes\u00a0?',
  columnsLead:
    'La première ligne nomme les colonnes, dans n’importe quel ordre. Un numéro que la bibliothèque connaît est mis à jour, tout autre est ajouté. Rien n’est supprimé.',
  titleColumns: 'Colonnes des titres',
  memberColumns: 'Colonnes des membres',
  column: 'Colonne',
  meaning: 'Ce qu’elle contient',
  mayBeMissing: 'peut manquer',
  titleNumber: 'votre numéro pour ce titre\u00a0: lettres, chiffres et . _ / -',
  titleTitle: 'titre',
  titleAuthor: 'auteur',
  titleYear: 'année de la première publication',
  titleLanguage: 'nl, fr, de ou en',
  titleAudience: 'children (enfants), youth (jeunes) ou adults (adultes)',
  titleShelf: 'où se trouve le livre',
  titleCopies: 'combien d’exemplaires il y a au moins\u00a0; sinon 1',
  memberNumber: 'numéro de la carte de bibliothèque\u00a0: 10 chiffres',
  memberName: 'nom',
  memberBirthYear: 'année de naissance, 4 chiffres',

  reading: 'Le fichier est en cours de vérification',
  readSoFar: 'Lignes lues\u00a0: {rows}. Problèmes\u00a0: {problems}.',
  cancel: 'Annuler',
  lookAgain: 'Regarder de nouveau',
  connectionLost:
    'La connexion a été coupée. Rien n’a été modifié. Faites de nouveau vérifier le fichier.',
  checkedTitle: 'Le fichier est en ordre',
  checkedLead: 'Rien n’a encore changé. Voici ce que fera l’importation\u00a0:',
  rows: 'Lignes du fichier',
  toAdd: 'À ajouter',
  toUpdate: 'À mettre à jour',
  unchanged: 'Déjà identiques',
  copiesToAdd: 'Exemplaires à ajouter',
  importNow: 'Importer maintenant',
  otherFile: 'Un autre fichier',
  ignoredColumns: 'Ces colonnes ne sont pas utilisées\u00a0: {columns}',
  problemsTitle: 'Le fichier ne peut pas encore être importé',
  problemsCount: {
    one: 'Il y a {n} problème. Rien n’a été modifié.',
    other: 'Il y a {n} problèmes. Rien n’a été modifié.',
  },
  problemsNext: 'Corrigez le fichier, puis faites-le de nouveau vérifier.',
  problemsRows:
    'Les lignes se comptent comme dans un tableur\u00a0: les noms des colonnes sont la ligne 1.',
  problemsMore: 'Voici les {n} premiers.',
  row: 'Ligne',
  whatIsWrong: 'Ce qui ne va pas, et ce qu’il faut faire',
  applyingTitle: 'Le fichier est en cours d’importation',
  writtenSoFar: 'Écrit\u00a0: {percent}\u00a0%',
  appliedTitle: 'Importé',
  added: 'Ajoutés',
  updated: 'Mis à jour',
  copiesAdded: 'Exemplaires ajoutés',
  cancelledTitle: 'Annulé',
  cancelledLead: 'Rien n’a été modifié.',
  failedTitle: 'L’importation a échoué',
  failedLead:
    'Rien n’a été modifié. Réessayez. Si le problème continue, adressez-vous à la personne qui gère ce site.',
  chooseFile: 'Choisissez un fichier.',
  tooBig: 'Le fichier dépasse {size} Mo. Répartissez-le en plusieurs fichiers.',
  busy: 'D’autres importations sont en cours. Réessayez dans quelques minutes.',
  gone: 'Cette importation est terminée. Faites de nouveau vérifier le fichier.',

  wrong: {
    'not-utf8':
      'Cette ligne n’est pas en UTF-8. Enregistrez le fichier en «\u00a0CSV UTF-8\u00a0».',
    'utf-16': 'Le fichier est en UTF-16. Enregistrez-le en «\u00a0CSV UTF-8\u00a0».',
    'stray-quote':
      'Il y a un guillemet droit (") dans une valeur qui ne commence pas par un guillemet. Mettez toute la valeur entre guillemets et doublez ceux qu’elle contient.',
    'text-after-quote':
      'Il y a quelque chose entre un guillemet droit (") fermant et le séparateur suivant. Doublez les guillemets à l’intérieur d’une valeur.',
    'unclosed-quote':
      'Un guillemet droit (") ouvre ici une valeur, et aucun ne la ferme. Ajoutez-le. La suite n’a pas été lue.',
    'lone-cr':
      'Cette ligne a une fin de ligne d’un ancien type. Enregistrez le fichier en «\u00a0CSV UTF-8\u00a0».',
    'field-too-long': 'Une valeur est beaucoup trop longue. Raccourcissez-la.',
    'row-too-long':
      'Cette ligne ne finit pas. Il manque peut-être un guillemet fermant. La suite n’a pas été lue.',
    'too-many-fields': 'Cette ligne a beaucoup trop de valeurs. Vérifiez les séparateurs.',
    'empty-file':
      'Le fichier est vide. Il faut une ligne avec les noms des colonnes, puis une ligne par titre ou par membre.',
    'missing-column':
      'Cette colonne manque. Ajoutez-la à la première ligne et à toutes les autres.',
    'double-column': 'Cette colonne figure deux fois. Gardez-en une.',
    'too-many-rows': 'Le fichier a plus de {limit} lignes. Répartissez-le en plusieurs fichiers.',
    'field-count':
      'Nombre de valeurs ici\u00a0: {value}. Dans la première ligne\u00a0: {limit}. Il manque un séparateur, ou il y en a un de trop.',
    missing: 'Il n’y a rien ici. Complétez.',
    'too-long': 'Plus de {limit} caractères. Raccourcissez.',
    'control-character': 'Il contient un caractère invisible. Tapez de nouveau la valeur.',
    'title-number':
      '«\u00a0{value}\u00a0» ne peut pas être un numéro de titre. Utilisez au plus 20 lettres, chiffres et . _ / -',
    'card-number':
      '«\u00a0{value}\u00a0» n’est pas un numéro de carte de bibliothèque. Il a 10 chiffres et commence par 2\u00a0; cherchez la faute de frappe sur la carte.',
    year: '«\u00a0{value}\u00a0» n’est pas une année jusqu’à {limit}. Corrigez, ou laissez vide.',
    'birth-year':
      '«\u00a0{value}\u00a0» n’est pas une année de naissance de 1900 à {limit}. Écrivez 4 chiffres.',
    language: '«\u00a0{value}\u00a0» n’est aucune de nos langues. Écrivez nl, fr, de ou en.',
    audience: '«\u00a0{value}\u00a0» n’est pas connu ici. Écrivez children, youth ou adults.',
    copies: '«\u00a0{value}\u00a0» n’est pas un nombre de 0 à {limit}.',
    duplicate: 'Le numéro {value} figure déjà à la ligne {firstRow}. Gardez l’une des deux lignes.',
  },
};
