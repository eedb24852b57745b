/**
 * What a person is told when oidc-provider has an error that it cannot send back to the site: one code of
 * ours for each of the library's classes, and the protocol's own name for the people who make the site.
 */
import { errors } from 'oidc-provider';
import { type ErrorCode, KidsIdError } from '../protocol/errors.ts';

/**
 * Every class of the library's `errors`, by name. Most are the site's mistakes; those that time makes are
 * an expired login, and what nobody of the two can mend is ours.
 */
export const PROTOCOL_ERROR_CODES: Readonly<Record<string, ErrorCode>> = {
  AccessDenied: 'USER_CANCELLED',
  AuthorizationPending: 'SITE_REQUEST_INVALID',
  ConsentRequired: 'SITE_REQUEST_INVALID',
  CredentialRequestDenied: 'SITE_REQUEST_INVALID',
  CustomOIDCProviderError: 'SITE_REQUEST_INVALID',
  ExpiredLoginHintToken: 'SITE_REQUEST_INVALID',
  ExpiredToken: 'LOGIN_EXPIRED',
  InsufficientScope: 'SITE_REQUEST_INVALID',
  InteractionRequired: 'SITE_REQUEST_INVALID',
  InvalidAuthorizationDetails: 'SITE_REQUEST_INVALID',
  InvalidBindingMessage: 'SITE_REQUEST_INVALID',
  InvalidClient: 'SITE_UNKNOWN',
  InvalidClientAttestation: 'SITE_UNKNOWN',
  InvalidClientAuth: 'SITE_UNKNOWN',
  InvalidClientMetadata: 'SITE_REQUEST_INVALID',
  InvalidCredentialRequest: 'SITE_REQUEST_INVALID',
  InvalidDpopProof: 'SITE_REQUEST_INVALID',
  InvalidGrant: 'LOGIN_EXPIRED',
  InvalidNonce: 'SITE_REQUEST_INVALID',
  InvalidProof: 'SITE_REQUEST_INVALID',
  InvalidRedirectUri: 'SITE_REQUEST_INVALID',
  InvalidRequest: 'SITE_REQUEST_INVALID',
  InvalidRequestObject: 'SITE_REQUEST_INVALID',
  // A pushed request that was used or has waited (RFC 9126 §2.2): a tab that is opened again.
  InvalidRequestUri: 'LOGIN_EXPIRED',
  InvalidScope: 'SITE_REQUEST_INVALID',
  InvalidSoftwareStatement: 'SITE_REQUEST_INVALID',
  InvalidTarget: 'SITE_REQUEST_INVALID',
  InvalidToken: 'SITE_REQUEST_INVALID',
  InvalidUserCode: 'SITE_REQUEST_INVALID',
  LoginRequired: 'SITE_REQUEST_INVALID',
  MissingUserCode: 'SITE_REQUEST_INVALID',
  OIDCProviderError: 'INTERNAL',
  RegistrationNotSupported: 'SITE_REQUEST_INVALID',
  RequestNotSupported: 'SITE_REQUEST_INVALID',
  RequestUriNotSupported: 'SITE_REQUEST_INVALID',
  SessionNotFound: 'LOGIN_EXPIRED',
  SlowDown: 'SITE_REQUEST_INVALID',
  TemporarilyUnavailable: 'INTERNAL',
  TransactionFailed: 'INTERNAL',
  UnapprovedSoftwareStatement: 'SITE_REQUEST_INVALID',
  UnauthorizedClient: 'SITE_REQUEST_INVALID',
  UnknownCredentialConfiguration: 'SITE_REQUEST_INVALID',
  UnknownCredentialIdentifier: 'SITE_REQUEST_INVALID',
  UnknownUserId: 'SITE_REQUEST_INVALID',
  UnmetAuthenticationRequirements: 'SITE_REQUEST_INVALID',
  UnsupportedGrantType: 'SITE_REQUEST_INVALID',
  UnsupportedResponseMode: 'SITE_REQUEST_INVALID',
  UnsupportedResponseType: 'SITE_REQUEST_INVALID',
  UnsupportedTokenType: 'SITE_REQUEST_INVALID',
  UseAttestationChallenge: 'SITE_REQUEST_INVALID',
  UseDpopNonce: 'SITE_REQUEST_INVALID',
  UseFreshAttestation: 'SITE_REQUEST_INVALID',
};

/** What a page says of an error: our code, and the name that the protocol has for it. */
export interface ProtocolError {
  readonly code: ErrorCode;
  /** As in RFC 6749 §4.1.2.1, such as `invalid_request`. Never text that came with the request. */
  readonly protocolName?: string;
}

const LIBRARY_CLASSES = new Map<unknown, string>(
  Object.entries(errors).map(([name, LibraryError]) => [LibraryError, name]),
);

/** These two take whatever name they are made with. */
const NAMELESS = new Set(['CustomOIDCProviderError', 'OIDCProviderError']);

/**
 * Judges an error of the library, or of ours thrown inside it. Whatever nobody foresaw is INTERNAL and,
 * as the library tells the site, `server_error`.
 */
export function describeProtocolError(error: unknown): ProtocolError {
  if (error instanceof KidsIdError) return { code: error.code };
  const name = findClassName(error);
  const code = name === undefined ? undefined : PROTOCOL_ERROR_CODES[name];
  if (name === undefined || code === undefined) {
    return { code: 'INTERNAL', protocolName: 'server_error' };
  }
  if (NAMELESS.has(name)) return { code };
  return { code, protocolName: (error as errors.OIDCProviderError).error };
}

/** The nearest of the library's classes: one that is derived from `InvalidRequest` counts as that. */
function findClassName(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  let prototype: object | null = Object.getPrototypeOf(error);
  while (prototype !== null) {
    const name = LIBRARY_CLASSES.get(prototype.constructor);
    if (name !== undefined) return name;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}
