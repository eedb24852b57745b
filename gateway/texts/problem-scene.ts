/** How a problem is shown: its picture and the words over it. What went wrong stands in the errors' table. */
import type { ErrorCode } from '../protocol/errors.ts';
import type { Texts } from './texts.ts';

/** A picture of `design/`, by name, and a heading. */
export interface ProblemScene {
  readonly picture: string;
  readonly title: string;
}

/** A child whom nothing can be held against is not told that something failed. */
export function problemScene({ page }: Texts, code: ErrorCode): ProblemScene {
  switch (code) {
    case 'AGE_OUTSIDE':
    case 'CONSENT_UNDER_AGE':
      return { picture: 'signpost', title: page.wellDone };
    case 'LOGIN_EXPIRED':
    case 'LOGIN_OTHER_BROWSER':
      return { picture: 'start-again', title: page.restart };
    case 'USER_CANCELLED':
      return { picture: 'start-again', title: page.stopped };
    case 'DEVICE_UNSUPPORTED':
      return { picture: 'plug-reader', title: page.computer };
    case 'EXTENSION_ABSENT':
    case 'HOST_ABSENT':
      return { picture: 'missing', title: page.absent };
    case 'READER_ABSENT':
      return { picture: 'plug-reader', title: page.errorTitle };
    case 'CARD_ABSENT':
      return { picture: 'insert-card', title: page.errorTitle };
    default:
      return { picture: 'problem', title: page.errorTitle };
  }
}

const OTHER_CARD_CODES: ReadonlySet<ErrorCode> = new Set([
  'AGE_OUTSIDE',
  'CONSENT_UNDER_AGE',
  'CARD_UNSUPPORTED',
  'APPLET_TOO_OLD',
  'CERTIFICATE_ABSENT',
  'CERTIFICATE_MALFORMED',
  'CERTIFICATE_KEY',
  'CERTIFICATE_PROFILE',
  'CERTIFICATE_POLICY',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_ISSUER_UNKNOWN',
  'CERTIFICATE_PATH',
  'CERTIFICATE_REVOKED',
  'IDENTITY_INVALID',
  'PIN_BLOCKED',
]);

/** Tells whether the same card would end the same way: what to try is another one. */
export function needsOtherCard(code: ErrorCode): boolean {
  return OTHER_CARD_CODES.has(code);
}

/** Tells whether the site is simply not for this person: the way is back, and nothing has to be mended. */
export function isNotForPerson(code: ErrorCode): boolean {
  return code === 'AGE_OUTSIDE' || code === 'CONSENT_UNDER_AGE';
}

const COMPUTER_CODES = /^(?:EXTENSION|HOST|READER|CARD)_/;

/** Tells whether the page that looks at extension, host, reader and card can help. */
export function helpsToDiagnose(code: ErrorCode): boolean {
  return COMPUTER_CODES.test(code);
}
