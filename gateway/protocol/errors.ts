/**
 * Every failure that a caller may handle by name, in one closed union, and the one class that carries it.
 * On every wire only the code travels (design §6); texts for people are looked up by code.
 */

/** Adding a code is a protocol change: tables keyed by it do not compile until it is classified. */
export const ERROR_CODES = [
  // What is missing on the computer
  'DEVICE_UNSUPPORTED',
  'EXTENSION_ABSENT',
  'HOST_ABSENT',
  'HOST_TOO_OLD',
  'EXTENSION_TOO_OLD',
  'READER_ABSENT',
  // The card
  'CARD_ABSENT',
  'CARD_UNSUPPORTED',
  'CARD_REMOVED',
  'CARD_CHANGED',
  'CARD_BUSY',
  'CARD_ERROR',
  'APPLET_TOO_OLD',
  'CERTIFICATE_ABSENT',
  // The PIN and the person
  'PIN_WRONG',
  'PIN_LAST_TRY',
  'PIN_BLOCKED',
  'USER_CANCELLED',
  'TIMED_OUT',
  // The way to the gateway
  'GATEWAY_UNREACHABLE',
  'GATEWAY_UNTRUSTED',
  'CONNECTION_INTERCEPTED',
  // What the gateway refuses
  'AUTHENTICATOR_INVALID',
  'CERTIFICATE_MALFORMED',
  'CERTIFICATE_KEY',
  'CERTIFICATE_PROFILE',
  'CERTIFICATE_POLICY',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_ISSUER_UNKNOWN',
  'CERTIFICATE_PATH',
  'CERTIFICATE_REVOKED',
  'REVOCATION_UNKNOWN',
  'IDENTITY_INVALID',
  'AGE_OUTSIDE',
  'CONSENT_UNDER_AGE',
  // The login itself
  'LOGIN_EXPIRED',
  'LOGIN_OTHER_BROWSER',
  'SITE_UNKNOWN',
  'SITE_REQUEST_INVALID',
  'LOGIN_BUSY',
  'CLICK_REQUIRED',
  // Bytes and configuration
  'MESSAGE_MALFORMED',
  'MESSAGE_TOO_LARGE',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** After these the same login cannot be tried again: it must start anew at the site, or not at all. */
const FINAL_CODES: ReadonlySet<ErrorCode> = new Set([
  'DEVICE_UNSUPPORTED',
  'GATEWAY_UNTRUSTED',
  'LOGIN_EXPIRED',
  'LOGIN_OTHER_BROWSER',
  'SITE_UNKNOWN',
  'SITE_REQUEST_INVALID',
]);

/** Tells whether trying again, after what the text for this code asks, can help. */
export function canTryAgain(code: ErrorCode): boolean {
  return !FINAL_CODES.has(code);
}

/** Tells whether a value is one of {@link ERROR_CODES}. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return (ERROR_CODES as readonly unknown[]).includes(value);
}

/**
 * A failure with a name. `message` is English, constant and for logs: it never holds a PIN, a name,
 * a national number, a token or bytes of a certificate. `cause` keeps what was wrapped.
 */
export class KidsIdError extends Error {
  override readonly name = 'KidsIdError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The code to send for any thrown value: its own, or INTERNAL for what nobody foresaw. */
export function errorCodeOf(error: unknown): ErrorCode {
  return error instanceof KidsIdError ? error.code : 'INTERNAL';
}
