/** Dutch: what went wrong, by code. */
import type { ErrorCode } from '../protocol/errors.ts';
import type { ErrorText } from './texts.ts';

const unreadable = 'Ik begrijp deze kaart niet.';
const notYourFault = 'Er ging iets mis. Het is niet jouw schuld.';

export const nlErrors: Readonly<Record<ErrorCode, ErrorText>> = {
  DEVICE_UNSUPPORTED: {
    child: 'Dit lukt niet op een telefoon of tablet.',
    adult: 'Gebruik een computer met een kaartlezer. Open de site daar en begin opnieuw.',
  },
  EXTENSION_ABSENT: {
    child: 'Je browser kan nog niet met je kaart praten. Vraag hulp aan een volwassene.',
    adult: 'Voeg de Kids-ID-extensie toe aan deze browser.',
  },
  HOST_ABSENT: {
    child: 'Er ontbreekt een hulpprogramma op deze computer. Vraag hulp aan een volwassene.',
    adult: 'Installeer het Kids-ID-programma op deze computer en probeer opnieuw.',
  },
  HOST_TOO_OLD: {
    child: 'Het hulpprogramma op deze computer is te oud. Vraag hulp aan een volwassene.',
    adult: 'Installeer het nieuwste Kids-ID-programma en werk de browserextensie bij.',
  },
  EXTENSION_TOO_OLD: {
    child: 'De hulp in je browser is te oud. Vraag hulp aan een volwassene.',
    adult: 'Werk de Kids-ID-extensie in deze browser bij en probeer opnieuw.',
  },
  READER_ABSENT: {
    child: 'Ik zie geen kaartlezer.',
    adult: 'Steek de kaartlezer in een USB-poort. Helpt dat niet, probeer dan een andere poort.',
  },
  CARD_ABSENT: {
    child: 'Ik zie je kaart niet.',
    adult: 'Steek de kaart helemaal in de lezer, de chip eerst.',
  },
  CARD_UNSUPPORTED: {
    child: 'Dit is niet de juiste kaart.',
    adult: 'Gebruik een Belgische kids-ID, eID of vreemdelingenkaart. Andere kaarten werken niet.',
  },
  CARD_REMOVED: {
    child: 'Je kaart is te vroeg uit de lezer gehaald.',
    adult: 'Laat de kaart in de lezer tot het venster sluit.',
  },
  CARD_CHANGED: {
    child: 'Dat is nu een andere kaart.',
    adult: 'Laat dezelfde kaart van begin tot einde in de lezer en begin opnieuw.',
  },
  CARD_BUSY: {
    child: 'Je kaart is met iets anders bezig.',
    adult:
      'Sluit andere programma’s die de kaart gebruiken, of steek de kaart opnieuw in de lezer.',
  },
  CARD_ERROR: {
    child: 'Ik kan je kaart niet lezen.',
    adult:
      'Veeg de chip schoon met een zachte, droge doek en probeer opnieuw. Lukt het nog niet, ga dan langs bij de gemeente.',
  },
  APPLET_TOO_OLD: {
    child: 'Je kaart is hier te oud voor.',
    adult: 'De chip op deze kaart is van een ouder type. Vraag de gemeente om een nieuwe kaart.',
  },
  CERTIFICATE_ABSENT: {
    child: 'Met je kaart kan je je nog niet aanmelden.',
    adult:
      'Deze kaart is gemaakt vóór de zesde verjaardag, of ze is nooit geactiveerd. Vraag het aan de gemeente.',
  },
  PIN_WRONG: {
    child: 'Dat was niet de juiste pincode.',
    adult: 'De pincode staat in de brief die bij de kaart hoort. Probeer het samen opnieuw.',
  },
  PIN_LAST_TRY: {
    child: 'Je hebt nog 1 poging. Doe die samen.',
    adult:
      'Is de pincode nog één keer fout, dan wordt de kaart geblokkeerd en kan alleen de gemeente ze deblokkeren. De pincode staat in de brief die bij de kaart hoort.',
  },
  PIN_BLOCKED: {
    child: 'Je kaart is geblokkeerd. Dat kan iedereen overkomen.',
    adult: 'De pincode was drie keer fout. Alleen de gemeente kan de kaart deblokkeren.',
  },
  USER_CANCELLED: {
    child: 'Je bent gestopt. Dat is prima.',
    adult: 'De site is niets te weten gekomen. Je kan altijd opnieuw proberen.',
  },
  TIMED_OUT: {
    child: 'Dat duurde een beetje te lang.',
    adult: 'Hou de kaart en de pincode klaar en probeer opnieuw.',
  },
  GATEWAY_UNREACHABLE: {
    child: 'Ik krijg nu geen verbinding.',
    adult:
      'Controleer de internetverbinding, wacht even en probeer opnieuw. Op school of op het werk: vraag het aan wie het netwerk beheert.',
  },
  GATEWAY_UNTRUSTED: {
    child: 'Ik ken deze pagina niet, dus ben ik gestopt. Zeg het aan een volwassene.',
    adult:
      'Deze aanmeldpagina staat niet op de lijst van vertrouwde pagina’s. Ga niet verder en verwittig de site.',
  },
  CONNECTION_INTERCEPTED: {
    child: 'Misschien luistert er iemand mee, dus ben ik gestopt. Zeg het aan een volwassene.',
    adult:
      'Een virusscanner of netwerkfilter opent de beveiligde verbinding. Gebruik een ander netwerk of vraag een uitzondering.',
  },
  AUTHENTICATOR_INVALID: {
    child: 'Het antwoord van je kaart klopte niet.',
    adult: 'Probeer opnieuw. Blijft het mislukken, verwittig dan de beheerders van deze site.',
  },
  CERTIFICATE_MALFORMED: {
    child: unreadable,
    adult: 'Het certificaat op de kaart is onleesbaar. Laat de kaart nakijken bij de gemeente.',
  },
  CERTIFICATE_KEY: {
    child: unreadable,
    adult:
      'De sleutel op deze kaart is niet veilig genoeg meer. Vraag de gemeente om een nieuwe kaart.',
  },
  CERTIFICATE_PROFILE: {
    child: unreadable,
    adult: 'Het certificaat op de kaart dient niet om aan te melden. Gebruik een andere kaart.',
  },
  CERTIFICATE_POLICY: {
    child: unreadable,
    adult: 'Dit soort kaart wordt hier niet aanvaard. Gebruik een Belgische kids-ID of eID.',
  },
  CERTIFICATE_EXPIRED: {
    child: 'Je kaart is niet meer geldig.',
    adult: 'Het certificaat op de kaart is vervallen. Laat het vernieuwen bij de gemeente.',
  },
  CERTIFICATE_ISSUER_UNKNOWN: {
    child: 'Ik weet niet wie deze kaart gemaakt heeft.',
    adult:
      'De kaart komt niet van een Belgische overheid die hier bekend is. Gebruik een andere kaart.',
  },
  CERTIFICATE_PATH: {
    child: 'Ik weet niet wie deze kaart gemaakt heeft.',
    adult: 'De keten van certificaten achter deze kaart klopt niet. Gebruik een andere kaart.',
  },
  CERTIFICATE_REVOKED: {
    child: 'Deze kaart is uitgeschakeld.',
    adult: 'De kaart is als verloren, gestolen of ongeldig gemeld. Vraag het aan de gemeente.',
  },
  REVOCATION_UNKNOWN: {
    child: 'Ik kan je kaart nu even niet nakijken.',
    adult:
      'De dienst die Belgische kaarten nakijkt, antwoordt niet. Probeer over enkele minuten opnieuw.',
  },
  IDENTITY_INVALID: {
    child: 'Ik vind je verjaardag niet op deze kaart.',
    adult: 'De gegevens op de kaart zijn niet volledig. Laat ze nakijken bij de gemeente.',
  },
  AGE_OUTSIDE: {
    child: 'Deze site is voor mensen van een andere leeftijd.',
    adult: 'De kaart werkt, maar de leeftijd past hier niet. De site is niets te weten gekomen.',
  },
  CONSENT_UNDER_AGE: {
    child: 'Deze site mag dat niet aan jou vragen.',
    adult:
      'De site vraagt een naam, geboortedatum, adres of foto, en de houder van de kaart is jonger dan 13. Dat mogen alleen sites met een eigen wettelijke basis. De site is niets te weten gekomen.',
  },
  LOGIN_EXPIRED: {
    child: 'Deze pagina heeft te lang gewacht.',
    adult: 'Ga terug naar de site en begin opnieuw.',
  },
  LOGIN_OTHER_BROWSER: {
    child: 'Deze aanmelding is ergens anders begonnen.',
    adult: 'Ga terug naar de site en begin opnieuw in deze browser.',
  },
  SITE_UNKNOWN: {
    child: 'Ik ken de site niet die je hierheen stuurde.',
    adult:
      'De site is hier niet of niet meer geregistreerd. Ga terug en meld het aan de mensen van de site.',
  },
  SITE_REQUEST_INVALID: {
    child: 'De site heeft iets verkeerd gevraagd. Het is niet jouw schuld.',
    adult: 'De aanvraag van de site klopt niet. Ga terug en laat het aan de site weten.',
  },
  LOGIN_BUSY: {
    child: 'Je bent je al aan het aanmelden.',
    adult: 'Er staat nog een aanmeldvenster open. Werk het af of sluit het en probeer opnieuw.',
  },
  CLICK_REQUIRED: {
    child: 'Druk zelf op de grote knop.',
    adult: 'Voor de veiligheid begint aanmelden alleen met een echte klik of toetsaanslag.',
  },
  MESSAGE_MALFORMED: {
    child: notYourFault,
    adult: 'De onderdelen begrijpen elkaar niet. Werk de extensie en het programma bij.',
  },
  MESSAGE_TOO_LARGE: {
    child: notYourFault,
    adult:
      'Een bericht was te groot. Probeer opnieuw. Blijft het mislukken, verwittig dan de beheerders van deze site.',
  },
  INTERNAL: {
    child: notYourFault,
    adult:
      'Probeer zo meteen opnieuw. Blijft het mislukken, verwittig dan de beheerders van deze site.',
  },
};
