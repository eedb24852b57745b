/** German: what went wrong, by code. */
import type { ErrorCode } from '../protocol/errors.ts';
import type { ErrorText } from './texts.ts';

const unreadable = 'Ich verstehe diese Karte nicht.';
const notYourFault = 'Etwas ging schief. Du kannst nichts dafür.';

export const deErrors: Readonly<Record<ErrorCode, ErrorText>> = {
  DEVICE_UNSUPPORTED: {
    child: 'Auf einem Handy oder Tablet geht das nicht.',
    adult:
      'Benutzen Sie einen Computer mit Kartenleser. Öffnen Sie die Website dort und fangen Sie neu an.',
  },
  EXTENSION_ABSENT: {
    child: 'Dein Browser kann noch nicht mit deiner Karte sprechen. Frag einen Erwachsenen.',
    adult: 'Fügen Sie diesem Browser die Kids-ID-Erweiterung hinzu.',
  },
  HOST_ABSENT: {
    child: 'Auf diesem Computer fehlt ein Hilfsprogramm. Frag einen Erwachsenen.',
    adult: 'Installieren Sie das Kids-ID-Programm auf diesem Computer und versuchen Sie es erneut.',
  },
  HOST_TOO_OLD: {
    child: 'Das Hilfsprogramm auf diesem Computer ist zu alt. Frag einen Erwachsenen.',
    adult: 'Installieren Sie das neueste Kids-ID-Programm und aktualisieren Sie die Erweiterung.',
  },
  EXTENSION_TOO_OLD: {
    child: 'Die Hilfe in deinem Browser ist zu alt. Frag einen Erwachsenen.',
    adult:
      'Aktualisieren Sie die Kids-ID-Erweiterung in diesem Browser und versuchen Sie es erneut.',
  },
  READER_ABSENT: {
    child: 'Ich sehe keinen Kartenleser.',
    adult: 'Schließen Sie den Kartenleser an einen USB-Anschluss an, notfalls an einen anderen.',
  },
  CARD_ABSENT: {
    child: 'Ich sehe deine Karte nicht.',
    adult: 'Stecken Sie die Karte mit dem Chip voran ganz in den Leser.',
  },
  CARD_UNSUPPORTED: {
    child: 'Das ist nicht die richtige Karte.',
    adult: 'Nehmen Sie eine belgische Kids-ID, eID oder Ausländerkarte. Andere gehen hier nicht.',
  },
  CARD_REMOVED: {
    child: 'Deine Karte war zu früh draußen.',
    adult: 'Lassen Sie die Karte im Leser, bis sich das Fenster schließt.',
  },
  CARD_CHANGED: {
    child: 'Das ist jetzt eine andere Karte.',
    adult: 'Lassen Sie dieselbe Karte von Anfang bis Ende im Leser und beginnen Sie neu.',
  },
  CARD_BUSY: {
    child: 'Deine Karte ist gerade beschäftigt.',
    adult: 'Schließen Sie andere Programme, die die Karte nutzen, oder stecken Sie sie neu ein.',
  },
  CARD_ERROR: {
    child: 'Ich kann deine Karte nicht lesen.',
    adult:
      'Wischen Sie den Chip mit einem weichen, trockenen Tuch ab und versuchen Sie es noch einmal. Hilft das nicht, fragen Sie die Gemeinde.',
  },
  APPLET_TOO_OLD: {
    child: 'Deine Karte ist dafür zu alt.',
    adult:
      'Der Chip dieser Karte ist von älterer Bauart. Bitten Sie die Gemeinde um eine neue Karte.',
  },
  CERTIFICATE_ABSENT: {
    child: 'Mit deiner Karte kannst du dich noch nicht anmelden.',
    adult:
      'Diese Karte wurde vor dem sechsten Geburtstag ausgestellt oder nie aktiviert. Fragen Sie bei der Gemeinde nach.',
  },
  PIN_WRONG: {
    child: 'Das war nicht die richtige PIN.',
    adult:
      'Die PIN steht in dem Brief, der zur Karte gehört. Versuchen Sie es gemeinsam noch einmal.',
  },
  PIN_LAST_TRY: {
    child: 'Du hast noch 1 Versuch. Macht ihn gemeinsam.',
    adult:
      'Ist die PIN noch einmal falsch, wird die Karte gesperrt und nur die Gemeinde kann sie entsperren. Die PIN steht in dem Brief, der zur Karte gehört.',
  },
  PIN_BLOCKED: {
    child: 'Deine Karte ist gesperrt. Das kann jedem passieren.',
    adult: 'Die PIN war dreimal falsch. Nur die Gemeinde kann die Karte entsperren.',
  },
  USER_CANCELLED: {
    child: 'Du hast aufgehört. Das ist in Ordnung.',
    adult: 'Die Website hat nichts erfahren. Sie können es jederzeit noch einmal versuchen.',
  },
  TIMED_OUT: {
    child: 'Das hat ein bisschen zu lange gedauert.',
    adult: 'Halten Sie Karte und PIN bereit und versuchen Sie es noch einmal.',
  },
  GATEWAY_UNREACHABLE: {
    child: 'Ich bekomme gerade keine Verbindung.',
    adult:
      'Prüfen Sie die Internetverbindung, warten Sie kurz und versuchen Sie es noch einmal. In der Schule oder Firma: Fragen Sie die Person, die das Netz betreut.',
  },
  GATEWAY_UNTRUSTED: {
    child: 'Ich kenne diese Seite nicht, darum habe ich aufgehört. Sag es einem Erwachsenen.',
    adult:
      'Diese Anmeldeseite steht nicht auf der Liste der vertrauenswürdigen Seiten. Machen Sie nicht weiter und melden Sie es der Website.',
  },
  CONNECTION_INTERCEPTED: {
    child: 'Vielleicht hört jemand mit, darum habe ich aufgehört. Sag es einem Erwachsenen.',
    adult:
      'Ein Virenscanner oder Netzfilter öffnet die sichere Verbindung. Nutzen Sie ein anderes Netz oder bitten Sie um eine Ausnahme.',
  },
  AUTHENTICATOR_INVALID: {
    child: 'Die Antwort deiner Karte stimmte nicht.',
    adult: 'Versuchen Sie es noch einmal. Bleibt es so, sagen Sie es den Betreibern der Website.',
  },
  CERTIFICATE_MALFORMED: {
    child: unreadable,
    adult: 'Das Zertifikat der Karte ist unlesbar. Lassen Sie die Karte bei der Gemeinde prüfen.',
  },
  CERTIFICATE_KEY: {
    child: unreadable,
    adult:
      'Der Schlüssel dieser Karte ist nicht mehr sicher. Bitten Sie die Gemeinde um eine neue.',
  },
  CERTIFICATE_PROFILE: {
    child: unreadable,
    adult: 'Das Zertifikat der Karte dient nicht zum Anmelden. Nehmen Sie eine andere Karte.',
  },
  CERTIFICATE_POLICY: {
    child: unreadable,
    adult: 'Diese Art Karte geht hier nicht. Nehmen Sie eine belgische Kids-ID oder eID.',
  },
  CERTIFICATE_EXPIRED: {
    child: 'Deine Karte ist nicht mehr gültig.',
    adult: 'Das Zertifikat der Karte ist abgelaufen. Lassen Sie es bei der Gemeinde erneuern.',
  },
  CERTIFICATE_ISSUER_UNKNOWN: {
    child: 'Ich weiß nicht, wer diese Karte gemacht hat.',
    adult: 'Die Karte kommt von keiner hier bekannten belgischen Behörde. Nehmen Sie eine andere.',
  },
  CERTIFICATE_PATH: {
    child: 'Ich weiß nicht, wer diese Karte gemacht hat.',
    adult: 'Die Zertifikatskette dieser Karte stimmt nicht. Nehmen Sie eine andere Karte.',
  },
  CERTIFICATE_REVOKED: {
    child: 'Diese Karte wurde abgeschaltet.',
    adult:
      'Die Karte wurde als verloren, gestohlen oder ungültig gemeldet. Fragen Sie die Gemeinde.',
  },
  REVOCATION_UNKNOWN: {
    child: 'Ich kann deine Karte gerade nicht prüfen.',
    adult:
      'Der Dienst, der belgische Karten prüft, antwortet nicht. Versuchen Sie es in ein paar Minuten noch einmal.',
  },
  IDENTITY_INVALID: {
    child: 'Ich finde deinen Geburtstag nicht auf dieser Karte.',
    adult: 'Die Daten auf der Karte sind unvollständig. Lassen Sie sie bei der Gemeinde prüfen.',
  },
  AGE_OUTSIDE: {
    child: 'Diese Website ist für Menschen in einem anderen Alter.',
    adult:
      'Die Karte funktioniert, aber das Alter passt hier nicht. Die Website hat nichts erfahren.',
  },
  CONSENT_UNDER_AGE: {
    child: 'Das darf diese Website dich nicht fragen.',
    adult:
      'Die Website fragt nach Name, Geburtsdatum, Adresse oder Foto, und der Karteninhaber ist unter 13. Das dürfen nur Websites mit eigener Rechtsgrundlage. Die Website hat nichts erfahren.',
  },
  LOGIN_EXPIRED: {
    child: 'Diese Seite hat zu lange gewartet.',
    adult: 'Gehen Sie zurück zur Website und beginnen Sie neu.',
  },
  LOGIN_OTHER_BROWSER: {
    child: 'Diese Anmeldung hat woanders angefangen.',
    adult: 'Gehen Sie zurück zur Website und beginnen Sie in diesem Browser neu.',
  },
  SITE_UNKNOWN: {
    child: 'Ich kenne die Website nicht, die dich geschickt hat.',
    adult:
      'Die Website ist hier nicht oder nicht mehr registriert. Gehen Sie zurück und sagen Sie es den Betreibern.',
  },
  SITE_REQUEST_INVALID: {
    child: 'Die Website hat falsch gefragt. Du kannst nichts dafür.',
    adult: 'Die Anfrage der Website stimmt nicht. Gehen Sie zurück und melden Sie es der Website.',
  },
  LOGIN_BUSY: {
    child: 'Du meldest dich gerade schon an.',
    adult:
      'Ein anderes Anmeldefenster ist offen. Beenden oder schließen Sie es und versuchen Sie es dann noch einmal.',
  },
  CLICK_REQUIRED: {
    child: 'Drück selbst auf den großen Knopf.',
    adult: 'Zur Sicherheit beginnt eine Anmeldung nur mit einem echten Klick oder Tastendruck.',
  },
  MESSAGE_MALFORMED: {
    child: notYourFault,
    adult: 'Die Programme verstehen einander nicht. Aktualisieren Sie Erweiterung und Programm.',
  },
  MESSAGE_TOO_LARGE: {
    child: notYourFault,
    adult:
      'Eine Nachricht war zu groß. Versuchen Sie es noch einmal. Bleibt es so, sagen Sie es den Betreibern der Website.',
  },
  INTERNAL: {
    child: notYourFault,
    adult:
      'Versuchen Sie es gleich noch einmal. Bleibt es so, sagen Sie es den Betreibern der Website.',
  },
};
