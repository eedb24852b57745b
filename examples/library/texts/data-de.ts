/** Lists, chart and import of the desk in German. */
import type { DataTexts } from './data-en.ts';

export const DATA_DE: DataTexts = {
  overdueTitle: 'Überfällig',
  overdueCount: { one: '{n} Buch ist überfällig.', other: '{n} Bücher sind überfällig.' },
  overdueNone: 'Kein Buch ist überfällig.',
  overdueAsOf: 'Stand: {date}.',
  print: 'Drucken',
  downloadTable: 'Als Tabelle herunterladen (CSV)',
  sortBy: 'Sortieren nach {column}',
  member: 'Mitglied',
  libraryCard: 'Bibliotheksausweis',
  book: 'Buch',
  bookNumber: 'Nummer des Buches',
  due: 'Zurück am',
  daysLate: 'Tage zu spät',
  fineSoFar: 'Gebühr bisher',

  chartTitle: 'Ausleihen pro Monat',
  chartLead: 'Wie viele Bücher in jedem der letzten zwölf Monate ausgeliehen wurden.',
  chartNone: 'In den letzten zwölf Monaten wurde kein Buch ausgeliehen.',
  chartMost: 'Die meisten im {month}: {n}. Insgesamt: {total}.',
  chartTable: 'Dasselbe in Zahlen',
  month: 'Monat',
  loans: 'Ausleihen',
  soFar: '{month} (bisher)',

  importTitle: 'Einlesen',
  importLead: 'Titel oder Mitglieder aus einer Tabelle einlesen.',
  importFirst: 'Die Datei wird zuerst geprüft. Es ändert sich nichts, bevor Sie es sagen.',
  importKind: 'Was steht in der Datei?',
  titles: 'Titel',
  members: 'Mitglieder',
  file: 'Datei',
  fileHint:
    'CSV in UTF-8, höchstens {size} MB. In einer Tabellenkalkulation: Speichern unter, „CSV UTF-8“.',
  check: 'Datei prüfen',
  columnsTitle: 'Welche Spalten?',
  columnsLead:
    'Die erste Zeile nennt die Spalten, in beliebiger Reihenfolge. Eine Nummer, die die Bibliothek kennt, wird aktualisiert, jede andere hinzugefügt. Gelöscht wird nichts.',
  titleColumns: 'Spalten für Titel',
  memberColumns: 'Spalten für Mitglieder',
  column: 'Spalte',
  meaning: 'Was darin steht',
  mayBeMissing: 'darf fehlen',
  titleNumber: 'Ihre Nummer für diesen Titel: Buchstaben, Ziffern und . _ / -',
  titleTitle: 'Titel',
  titleAuthor: 'Autor',
  titleYear: 'Jahr der Erstveröffentlichung',
  titleLanguage: 'nl, fr, de oder en',
  titleAudience: 'children (Kinder), youth (Jugend) oder adults (Erwachsene)',
  titleShelf: 'wo das Buch steht',
  titleCopies: 'wie viele Exemplare es mindestens gibt; sonst 1',
  memberNumber: 'Nummer des Bibliotheksausweises: 10 Ziffern',
  memberName: 'Name',
  memberBirthYear: 'Geburtsjahr, 4 Ziffern',

  reading: 'Die Datei wird geprüft',
  readSoFar: 'Gelesene Zeilen: {rows}. Probleme: {problems}.',
  cancel: 'Abbrechen',
  lookAgain: 'Noch einmal nachsehen',
  connectionLost:
    'Die Verbindung ist abgebrochen. Es wurde nichts geändert. Lassen Sie die Datei erneut prüfen.',
  checkedTitle: 'Die Datei ist in Ordnung',
  checkedLead: 'Noch hat sich nichts geändert. Das geschieht beim Einlesen:',
  rows: 'Zeilen in der Datei',
  toAdd: 'Neu hinzu',
  toUpdate: 'Zu aktualisieren',
  unchanged: 'Schon gleich',
  copiesToAdd: 'Neue Exemplare',
  importNow: 'Jetzt einlesen',
  otherFile: 'Eine andere Datei',
  ignoredColumns: 'Diese Spalten werden nicht verwendet: {columns}',
  problemsTitle: 'Die Datei kann noch nicht eingelesen werden',
  problemsCount: {
    one: 'Es gibt {n} Problem. Es wurde nichts geändert.',
    other: 'Es gibt {n} Probleme. Es wurde nichts geändert.',
  },
  problemsNext: 'Berichtigen Sie die Datei und lassen Sie sie erneut prüfen.',
  problemsRows:
    'Die Zeilen zählen wie in einer Tabellenkalkulation: Die Namen der Spalten sind Zeile 1.',
  problemsMore: 'Das sind die ersten {n}.',
  row: 'Zeile',
  whatIsWrong: 'Was falsch ist und was zu tun ist',
  applyingTitle: 'Die Datei wird eingelesen',
  writtenSoFar: 'Geschrieben: {percent} %',
  appliedTitle: 'Eingelesen',
  added: 'Hinzugefügt',
  updated: 'Aktualisiert',
  copiesAdded: 'Neue Exemplare',
  cancelledTitle: 'Abgebrochen',
  cancelledLead: 'Es wurde nichts geändert.',
  failedTitle: 'Das Einlesen ist fehlgeschlagen',
  failedLead:
    'Es wurde nichts geändert. Versuchen Sie es erneut. Schlägt es weiter fehl, fragen Sie, wer diese Website betreibt.',
  chooseFile: 'Wählen Sie eine Datei.',
  tooBig: 'Die Datei ist größer als {size} MB. Teilen Sie sie auf mehrere Dateien auf.',
  busy: 'Andere Dateien werden gerade eingelesen. Versuchen Sie es in einigen Minuten erneut.',
  gone: 'Das ist vorbei. Lassen Sie die Datei erneut prüfen.',

  wrong: {
    'not-utf8': 'Diese Zeile ist nicht in UTF-8. Speichern Sie die Datei als „CSV UTF-8“.',
    'utf-16': 'Die Datei ist in UTF-16. Speichern Sie sie als „CSV UTF-8“.',
    'stray-quote':
      'In einem Wert, der nicht mit einem geraden Anführungszeichen (") beginnt, steht eines. Setzen Sie den ganzen Wert in Anführungszeichen und verdoppeln Sie die darin.',
    'text-after-quote':
      'Zwischen einem schließenden Anführungszeichen (") und dem nächsten Trennzeichen steht noch etwas. Verdoppeln Sie Anführungszeichen innerhalb eines Wertes.',
    'unclosed-quote':
      'Hier beginnt ein Wert mit einem Anführungszeichen ("), und keines schließt ihn. Ergänzen Sie es. Was folgt, wurde nicht gelesen.',
    'lone-cr':
      'Diese Zeile hat ein Zeilenende einer alten Art. Speichern Sie die Datei als „CSV UTF-8“.',
    'field-too-long': 'Ein Wert ist viel zu lang. Kürzen Sie ihn.',
    'row-too-long':
      'Diese Zeile endet nicht. Vielleicht fehlt ein schließendes Anführungszeichen. Was folgt, wurde nicht gelesen.',
    'too-many-fields': 'Diese Zeile hat viel zu viele Werte. Prüfen Sie die Trennzeichen.',
    'empty-file':
      'In der Datei steht nichts. Sie braucht eine Zeile mit den Namen der Spalten und dann eine Zeile je Titel oder Mitglied.',
    'missing-column':
      'Diese Spalte fehlt. Fügen Sie sie in der ersten und in allen anderen Zeilen hinzu.',
    'double-column': 'Diese Spalte gibt es zweimal. Behalten Sie eine.',
    'too-many-rows':
      'Die Datei hat mehr als {limit} Zeilen. Teilen Sie sie auf mehrere Dateien auf.',
    'field-count':
      'Zahl der Werte hier: {value}. In der ersten Zeile: {limit}. Ein Trennzeichen fehlt oder ist zu viel.',
    missing: 'Hier steht nichts. Füllen Sie es aus.',
    'too-long': 'Das ist länger als {limit} Zeichen. Kürzen Sie es.',
    'control-character': 'Darin steht ein unsichtbares Zeichen. Tippen Sie den Wert neu.',
    'title-number':
      '„{value}“ kann keine Nummer eines Titels sein. Nehmen Sie höchstens 20 Buchstaben, Ziffern und . _ / -',
    'card-number':
      '„{value}“ ist keine Nummer eines Bibliotheksausweises. Sie hat 10 Ziffern und beginnt mit 2; suchen Sie den Tippfehler anhand des Ausweises.',
    year: '„{value}“ ist kein Jahr bis {limit}. Berichtigen Sie es oder lassen Sie es leer.',
    'birth-year': '„{value}“ ist kein Geburtsjahr von 1900 bis {limit}. Schreiben Sie 4 Ziffern.',
    language: '„{value}“ ist keine unserer Sprachen. Schreiben Sie nl, fr, de oder en.',
    audience: '„{value}“ ist hier nicht bekannt. Schreiben Sie children, youth oder adults.',
    copies: '„{value}“ ist keine Zahl von 0 bis {limit}.',
    duplicate:
      'Die Nummer {value} steht schon in Zeile {firstRow}. Behalten Sie eine der beiden Zeilen.',
  },
};
