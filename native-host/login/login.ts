/**
 * One login from the host's side (design §2, steps 4 to 11): prove the gateway, spend the ticket, find the card,
 * ask for the PIN, sign, send. What the person sees is the window's; what a card says is the card model's.
 */
import { encodeBase64url } from '../../gateway/protocol/bytes.ts';
import { type ErrorCode, errorCodeOf, KidsIdError } from '../../gateway/protocol/errors.ts';
import type { AuthenticatorKeys } from '../../gateway/protocol/exported-authenticator.ts';
import type { Disclosure, Site } from '../../gateway/protocol/fields.ts';
import type { CertificateRequest } from '../../gateway/protocol/handshake.ts';
import type { HostStage } from '../../gateway/protocol/host-messages.ts';
import { signWithPin } from '../card/belgian-card.ts';
import type { OpenCardReaders } from '../card/readers.ts';
import type { Gateway } from '../gateways.ts';
import { abortable } from './abortable.ts';
import {
  createAuthenticator,
  createEmptyAuthenticator,
  exportAuthenticatorKeys,
  type UnsignedAuthenticator,
} from './authenticator.ts';
import { type CardChannelClient, openCardChannel } from './card-channel-client.ts';
import { parseCertificateFields } from './certificate-fields.ts';
import { proveConnection, verifyWebKey } from './connection-proof.ts';
import { type FoundCard, findCard, type WatchedReaders, watchReaders } from './find-card.ts';
import { withHeartbeat } from './heartbeat.ts';
import { loadRoots } from './tls-connection.ts';

/** The person's side of a login. */
export interface LoginWindow {
  showStage(stage: HostStage): void;
  showSite(site: Site, disclosure: Disclosure): void;
  /**
   * Asks for a grown-up's explicit yes to the last try.
   * @throws the signal's reason
   */
  askLastTry(signal: AbortSignal): Promise<void>;
  /**
   * Asks for the PIN: 4 to 12 digits as numbers. The caller wipes it.
   * @throws the signal's reason
   */
  askPin(options: {
    triesLeft: number | undefined;
    wrong: boolean;
    signal: AbortSignal;
  }): Promise<Uint8Array>;
}

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
  readonly openReaders: OpenCardReaders;
  readonly window: LoginWindow;
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
    'READER_ABSENT',
    'CARD_ABSENT',
    'PIN_BLOCKED',
    'CARD_UNSUPPORTED',
  ] as const),
  'CARD_REMOVED',
  ...(['CARD_CHANGED', 'CARD_BUSY', 'CARD_ERROR', 'APPLET_TOO_OLD', 'CERTIFICATE_ABSENT'] as const),
  'CERTIFICATE_MALFORMED',
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
    const request = await abortable(openLogin({ ...options, channel, roots }), signal);
    return await proveCard({ ...options, channel, request, readers: await opening });
  } finally {
    channel?.close();
    await opening.then((readers) => readers.close()).catch(() => undefined);
  }
}

/** Nothing is sent, shown or asked before both proofs hold. */
async function openLogin(
  options: LoginOptions & { channel: CardChannelClient; roots: string[] },
): Promise<CertificateRequest> {
  const { channel, gateway, roots, signal } = options;
  const { request, webKeys } = await proveConnection(options);
  await verifyWebKey({ origin: gateway.origin, roots, webKeys, signal });
  const { site, disclosure } = await channel.post('/card/ticket', { ticket: options.ticket });
  options.window.showSite(site, disclosure);
  return request;
}

type Proof = LoginOptions & {
  readonly channel: CardChannelClient;
  readonly request: CertificateRequest;
  readonly readers: WatchedReaders;
};

async function proveCard(options: Proof): Promise<string> {
  const { channel, request, window, timing } = options;
  const keys = exportAuthenticatorKeys(channel.socket);
  const heartbeat = { channel, intervalMs: timing.heartbeatMs, signal: options.signal };
  let authenticator: Uint8Array;
  try {
    authenticator = await withHeartbeat(heartbeat, (signal) =>
      makeAuthenticator({ ...options, signal }, keys),
    );
  } catch (error) {
    if (REFUSALS.has(errorCodeOf(error))) await sendRefusal({ channel, keys, request });
    throw error;
  }
  window.showStage('verifying');
  const body = { authenticator: encodeBase64url(authenticator) };
  const reply = channel.post('/card/authenticator', body, { timeoutMs: AUTHENTICATOR_TIMEOUT_MS });
  return (await abortable(reply, options.signal)).completionCode;
}

async function makeAuthenticator(options: Proof, keys: AuthenticatorKeys): Promise<Uint8Array> {
  const { channel, request, readers, window, timing, signal } = options;
  const found = await findCard({
    readers,
    onStage: (stage) => window.showStage(stage),
    timeoutMs: timing.cardTimeoutMs,
    signal,
  });
  try {
    const { card } = found;
    if (!request.signatureSchemes.includes(card.applet.scheme)) {
      throw new KidsIdError('CARD_UNSUPPORTED', 'gateway does not take signatures of this card');
    }
    const { issuer, serial } = parseCertificateFields(card.unverifiedCertificate);
    const named = { issuer: encodeBase64url(issuer), serial: encodeBase64url(serial) };
    await abortable(channel.post('/card/certificate', named), signal);
    const unsigned = await createAuthenticator({ keys, request, card });
    return await unsigned.finish(await signOnCard({ found, unsigned, window, signal }));
  } finally {
    await found.connection.close();
  }
}

/** Asks for the PIN until the card takes one; each is presented once. Returns r‖s. */
async function signOnCard(options: {
  found: FoundCard;
  unsigned: UnsignedAuthenticator;
  window: LoginWindow;
  signal: AbortSignal;
}): Promise<Uint8Array> {
  const { found, unsigned, window, signal } = options;
  const { card, connection } = found;
  let asked = { triesLeft: card.triesLeft, wrong: false };
  for (;;) {
    const pin = await askPinWhileCardIsIn({
      ...asked,
      window,
      signal,
      removed: connection.removed,
    });
    try {
      window.showStage('signing');
      const outcome = await connection.withTransaction((transaction) =>
        signWithPin(transaction, { card, pin, hash: unsigned.hash }),
      );
      // A person who cancelled while the card was signing said no: the signature is not sent.
      signal.throwIfAborted();
      if (outcome.kind === 'signed') return outcome.signature;
      asked = { triesLeft: outcome.triesLeft, wrong: true };
    } finally {
      pin.fill(0);
    }
  }
}

async function askPinWhileCardIsIn(options: {
  window: LoginWindow;
  triesLeft: number | undefined;
  wrong: boolean;
  signal: AbortSignal;
  removed: AbortSignal;
}): Promise<Uint8Array> {
  const { window, triesLeft, wrong, signal, removed } = options;
  const whileIn = AbortSignal.any([signal, removed]);
  try {
    if (triesLeft === 1) await window.askLastTry(whileIn);
    return await window.askPin({ triesLeft, wrong, signal: whileIn });
  } catch (cause) {
    if (signal.aborted || !removed.aborted) throw cause;
    throw new KidsIdError('CARD_REMOVED', 'card was taken out while its PIN was asked', { cause });
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
