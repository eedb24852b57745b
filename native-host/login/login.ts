/**
 * One login from the host's side (design §2, steps 4 to 11): prove the gateway, spend the ticket, find the card,
 * ask for the PIN, sign, send. What the person sees is the window's; what a card says is the card model's.
 */
import { encodeBase64url } from '../../gateway/protocol/bytes.ts';
import type { IdentityFilesMessage } from '../../gateway/protocol/card-channel.ts';
import { type ErrorCode, errorCodeOf, KidsIdError } from '../../gateway/protocol/errors.ts';
import type { AuthenticatorKeys } from '../../gateway/protocol/exported-authenticator.ts';
import type { Language } from '../../gateway/protocol/fields.ts';
import type { CertificateRequest } from '../../gateway/protocol/handshake.ts';
import type { OpenCardReaders } from '../card/readers.ts';
import type { Gateway } from '../gateways.ts';
import type { LogEvent } from '../log.ts';
import { abortable } from './abortable.ts';
import {
  createAuthenticator,
  createEmptyAuthenticator,
  exportAuthenticatorKeys,
} from './authenticator.ts';
import { type CardChannelClient, openCardChannel } from './card-channel-client.ts';
import { parseCertificateFields } from './certificate-fields.ts';
import { proveConnection, verifyWebKey } from './connection-proof.ts';
import { type WatchedReaders, watchReaders } from './find-card.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { PersonWindow } from './person-window.ts';
import { pickCard } from './pick-card.ts';
import { readWantedFiles, type WantedFiles } from './send-files.ts';
import { signOnCard } from './sign-on-card.ts';
import { loadRoots } from './tls-connection.ts';

/** How long things may take. */
export interface LoginTiming {
  readonly heartbeatMs: number;
  /** Without a card. */
  readonly cardTimeoutMs: number;
}

/** What a login needs. */
export interface LoginOptions {
  readonly gateway: Gateway;
  readonly ticket: string;
  readonly hostVersion: string;
  /** Told each step, for a log that somebody asked for. */
  readonly note: (event: LogEvent) => void;
  readonly openReaders: OpenCardReaders;
  readonly window: PersonWindow;
  /** Of a keypad's own prompts. */
  readonly language: Language;
  readonly timing: LoginTiming;
  /** Aborted, with a KidsIdError, when the person cancels or the window is gone. */
  readonly signal: AbortSignal;
}

const AUTHENTICATOR_TIMEOUT_MS = 30_000;
/** The authenticated "no" is a courtesy: nobody waits long for it. */
const REFUSAL_TIMEOUT_MS = 2_000;

/** What the person or the card said no with; the gateway's own refusals are not told back to it. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...([
    'USER_CANCELLED',
    'TIMED_OUT',
    'READER_ABSENT',
    'CARD_ABSENT',
    'PIN_BLOCKED',
    'CARD_UNSUPPORTED',
  ] as const),
  'CARD_REMOVED',
  ...(['CARD_CHANGED', 'CARD_BUSY', 'CARD_ERROR', 'APPLET_TOO_OLD', 'CERTIFICATE_ABSENT'] as const),
  'CERTIFICATE_MALFORMED',
  'IDENTITY_INVALID',
]);

/**
 * Runs one login; everything it opened is closed when it ends.
 * @returns the completion code
 * @throws {KidsIdError} every code of a login; the signal's reason
 */
export async function runLogin(options: LoginOptions): Promise<string> {
  const { gateway, signal, window } = options;
  window.showStage('connecting');
  // The reader service starts while the gateway is asked; a failure of it surfaces where it is awaited.
  const opening = watchReaders(options.openReaders);
  opening.catch(() => undefined);
  let channel: CardChannelClient | undefined;
  try {
    const roots = loadRoots(gateway);
    channel = await openCardChannel({ origin: gateway.origin, roots, signal });
    options.note({ event: 'gateway-connected' });
    const login = await abortable(openLogin({ ...options, channel, roots }), signal);
    return await proveCard({ ...options, channel, login, readers: await opening });
  } finally {
    channel?.close();
    await opening.then((readers) => readers.close()).catch(() => undefined);
  }
}

/** What the gateway wants of the card, once it has proved itself. */
interface OpenLogin {
  readonly request: CertificateRequest;
  readonly files: WantedFiles;
}

/** Nothing is sent, shown or asked before both proofs hold. */
async function openLogin(
  options: LoginOptions & { channel: CardChannelClient; roots: string[] },
): Promise<OpenLogin> {
  const { channel, gateway, roots, signal } = options;
  const { request, webKeys } = await proveConnection(options);
  options.note({ event: 'gateway-proven' });
  await verifyWebKey({ origin: gateway.origin, roots, webKeys, signal });
  options.note({ event: 'web-key-verified' });
  const reply = await channel.post('/card/ticket', { ticket: options.ticket });
  options.window.showSite(reply.site, reply.disclosure);
  return { request, files: reply.files };
}

type Proof = LoginOptions & {
  readonly channel: CardChannelClient;
  readonly login: OpenLogin;
  readonly readers: WatchedReaders;
};

async function proveCard(options: Proof): Promise<string> {
  const { channel, login, window, timing } = options;
  const keys = exportAuthenticatorKeys(channel.socket);
  const heartbeat = { channel, intervalMs: timing.heartbeatMs, signal: options.signal };
  let proof: CardProof;
  try {
    proof = await withHeartbeat(heartbeat, (signal) => makeProof({ ...options, signal }, keys));
  } catch (error) {
    const { request } = login;
    if (REFUSALS.has(errorCodeOf(error))) await sendRefusal({ channel, keys, request });
    throw error;
  }
  window.showStage('verifying');
  const { authenticator, files } = proof;
  const body = { authenticator: encodeBase64url(authenticator), ...(files && { files }) };
  const reply = channel.post('/card/authenticator', body, { timeoutMs: AUTHENTICATOR_TIMEOUT_MS });
  const { completionCode } = await abortable(reply, options.signal);
  options.note({ event: 'authenticated' });
  return completionCode;
}

/** What the gateway gets of the card. */
interface CardProof {
  readonly authenticator: Uint8Array;
  readonly files: IdentityFilesMessage | undefined;
}

async function makeProof(options: Proof, keys: AuthenticatorKeys): Promise<CardProof> {
  const { channel, login, readers, window, timing, signal } = options;
  const { request } = login;
  const timeoutMs = timing.cardTimeoutMs;
  const found = await pickCard({ readers, window, timeoutMs, signal });
  try {
    const { card } = found;
    if (!request.signatureSchemes.includes(card.applet.scheme)) {
      throw new KidsIdError('CARD_UNSUPPORTED', 'gateway does not take signatures of this card');
    }
    const { issuer, serial } = parseCertificateFields(card.unverifiedCertificate);
    const named = { issuer: encodeBase64url(issuer), serial: encodeBase64url(serial) };
    await abortable(channel.post('/card/certificate', named), signal);
    const files = await readWantedFiles(found, login.files);
    const unsigned = await createAuthenticator({ keys, request, card });
    const signature = await signOnCard({ ...options, found, hash: unsigned.hash });
    return { authenticator: await unsigned.finish(signature), files };
  } finally {
    await found.connection.close();
  }
}

async function sendRefusal(options: {
  channel: CardChannelClient;
  keys: AuthenticatorKeys;
  request: CertificateRequest;
}): Promise<void> {
  const { channel, keys, request } = options;
  const empty = await createEmptyAuthenticator(keys, request);
  const body = { authenticator: encodeBase64url(empty) };
  const sent = channel.post('/card/authenticator', body, { timeoutMs: REFUSAL_TIMEOUT_MS });
  await abortable(sent, AbortSignal.timeout(REFUSAL_TIMEOUT_MS)).catch(() => undefined);
}
