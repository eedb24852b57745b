/** English: what went wrong, by code. */
import type { ErrorCode } from '../protocol/errors.ts';
import type { ErrorText } from './texts.ts';

const unreadable = 'I do not understand this card.';
const notYourFault = 'Something went wrong. It is not your fault.';

export const enErrors: Readonly<Record<ErrorCode, ErrorText>> = {
  DEVICE_UNSUPPORTED: {
    child: 'This does not work on a phone or tablet.',
    adult: 'Use a computer with a card reader. Open the site there and start again.',
  },
  EXTENSION_ABSENT: {
    child: 'Your browser cannot talk to your card yet. Ask a grown-up to help.',
    adult: 'Add the Kids-ID extension to this browser.',
  },
  HOST_ABSENT: {
    child: 'A helper program is missing on this computer. Ask a grown-up.',
    adult: 'Install the Kids-ID program on this computer, then try again.',
  },
  HOST_TOO_OLD: {
    child: 'The helper program on this computer is too old. Ask a grown-up.',
    adult: 'Install the newest Kids-ID program and update the browser extension.',
  },
  EXTENSION_TOO_OLD: {
    child: 'The helper in your browser is too old. Ask a grown-up.',
    adult: 'Update the Kids-ID extension in this browser, then try again.',
  },
  READER_ABSENT: {
    child: 'I do not see a card reader.',
    adult: 'Plug the card reader into a USB port. If that does not help, try another port.',
  },
  CARD_ABSENT: {
    child: 'I do not see your card.',
    adult: 'Put the card into the reader, chip first, all the way in.',
  },
  CARD_UNSUPPORTED: {
    child: 'This is not the right card.',
    adult: 'Use a Belgian kids-ID, eID or foreigner’s card. Other cards do not work here.',
  },
  CARD_REMOVED: {
    child: 'Your card came out too soon.',
    adult: 'Leave the card in the reader until the window closes.',
  },
  CARD_CHANGED: {
    child: 'That is a different card now.',
    adult: 'Keep the same card in the reader from start to finish, and start again.',
  },
  CARD_BUSY: {
    child: 'Your card is busy with something else.',
    adult: 'Close other programs that use the card, or take it out and put it in again.',
  },
  CARD_ERROR: {
    child: 'I cannot read your card.',
    adult:
      'Wipe the chip with a soft, dry cloth and try again. If it keeps happening, ask the municipality.',
  },
  APPLET_TOO_OLD: {
    child: 'Your card is too old for this.',
    adult: 'The chip on this card is of an older kind. Ask the municipality for a new card.',
  },
  CERTIFICATE_ABSENT: {
    child: 'Your card cannot log in yet.',
    adult:
      'This card was made before the sixth birthday, or it was never activated. Ask the municipality.',
  },
  PIN_WRONG: {
    child: 'That was not the right PIN.',
    adult: 'The PIN is in the letter that came with the card. Try again together.',
  },
  PIN_LAST_TRY: {
    child: 'You have 1 try left. Do this one together.',
    adult:
      'If the PIN is wrong once more, the card is locked and only the municipality can unlock it. The PIN is in the letter that came with the card.',
  },
  PIN_BLOCKED: {
    child: 'Your card is locked. That can happen to anyone.',
    adult: 'The PIN was wrong three times. Only the municipality can unlock the card.',
  },
  USER_CANCELLED: {
    child: 'You stopped. That is fine.',
    adult: 'The site has learned nothing. You can try again whenever you like.',
  },
  TIMED_OUT: {
    child: 'That took a bit too long.',
    adult: 'Have the card and its PIN ready, and try again.',
  },
  GATEWAY_UNREACHABLE: {
    child: 'I cannot get through right now.',
    adult:
      'Check the internet connection, wait a moment and try again. On a school or company network, ask who looks after it.',
  },
  GATEWAY_UNTRUSTED: {
    child: 'I do not know this page, so I stopped. Tell a grown-up.',
    adult: 'This login page is not on the trusted list. Do not go on, and tell the site.',
  },
  CONNECTION_INTERCEPTED: {
    child: 'Somebody may be listening in, so I stopped. Tell a grown-up.',
    adult:
      'A virus scanner or network filter opens the secure connection. Use another network or ask for an exception.',
  },
  AUTHENTICATOR_INVALID: {
    child: 'Your card’s answer was not right.',
    adult: 'Try again. If it keeps happening, tell the people who run this site.',
  },
  CERTIFICATE_MALFORMED: {
    child: unreadable,
    adult: 'The certificate on the card cannot be read. Ask the municipality to check the card.',
  },
  CERTIFICATE_KEY: {
    child: unreadable,
    adult: 'The key on this card is no longer safe enough. Ask the municipality for a new card.',
  },
  CERTIFICATE_PROFILE: {
    child: unreadable,
    adult: 'The certificate on the card is not one to log in with. Use another card.',
  },
  CERTIFICATE_POLICY: {
    child: unreadable,
    adult: 'This kind of card is not accepted here. Use a Belgian kids-ID or eID.',
  },
  CERTIFICATE_EXPIRED: {
    child: 'Your card is not valid any more.',
    adult: 'The certificate on the card has expired. Ask the municipality to renew it.',
  },
  CERTIFICATE_ISSUER_UNKNOWN: {
    child: 'I do not know who made this card.',
    adult: 'The card was not issued by a Belgian authority known here. Use another card.',
  },
  CERTIFICATE_PATH: {
    child: 'I do not know who made this card.',
    adult: 'The chain of certificates behind this card is not right. Use another card.',
  },
  CERTIFICATE_REVOKED: {
    child: 'This card was switched off.',
    adult: 'The card was reported lost, stolen or cancelled. Ask the municipality.',
  },
  REVOCATION_UNKNOWN: {
    child: 'I cannot check your card right now.',
    adult: 'The service that checks Belgian cards does not answer. Try again in a few minutes.',
  },
  IDENTITY_INVALID: {
    child: 'I cannot find your birthday on this card.',
    adult: 'The data on the card is not complete. Ask the municipality to check it.',
  },
  AGE_OUTSIDE: {
    child: 'This site is for people of another age.',
    adult: 'The card works, but its holder’s age does not fit here. The site has learned nothing.',
  },
  CONSENT_UNDER_AGE: {
    child: 'This site may not ask that of you.',
    adult:
      'The site asks for a name, birth date, address or photo, and its holder is under 13. Only sites with a legal basis of their own may do that. The site has learned nothing.',
  },
  LOGIN_EXPIRED: {
    child: 'This page has waited too long.',
    adult: 'Go back to the site and start again.',
  },
  LOGIN_OTHER_BROWSER: {
    child: 'This login started somewhere else.',
    adult: 'Go back to the site and start again in this browser.',
  },
  SITE_UNKNOWN: {
    child: 'I do not know the site that sent you.',
    adult:
      'The site is not registered here, or not any more. Go back, and tell the people who run the site.',
  },
  SITE_REQUEST_INVALID: {
    child: 'The site asked in the wrong way. It is not your fault.',
    adult: 'The site’s request is not right. Go back, and tell the people who run the site.',
  },
  LOGIN_BUSY: {
    child: 'You are already logging in.',
    adult: 'Another login window is open. Finish it or close it, then try again.',
  },
  CLICK_REQUIRED: {
    child: 'Press the big button yourself.',
    adult: 'For safety a login only starts with a real click or key press.',
  },
  MESSAGE_MALFORMED: {
    child: notYourFault,
    adult: 'The parts do not understand each other. Update the extension and the program.',
  },
  MESSAGE_TOO_LARGE: {
    child: notYourFault,
    adult:
      'A message was too large. Try again; if it keeps happening, tell the people who run this site.',
  },
  INTERNAL: {
    child: notYourFault,
    adult: 'Try again in a moment. If it keeps happening, tell the people who run this site.',
  },
};
