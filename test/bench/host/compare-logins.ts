/** Our login and the peer's on the same virtual card, counted and modelled. TEST ONLY. */
import { createVirtualCard } from '../../kit/card/virtual-card.ts';
import { openHostPki } from '../../kit/host/host-bench.ts';
import { recordOwnLogin } from './own-login.ts';
import { fitToCertificate, readPeerLogin, replayPeerLogin } from './peer-login.ts';
import {
  CARD_MS,
  type Conversation,
  DEFAULT_RATE,
  modelConversation,
  offeredRate,
  type RecordedExchange,
} from './t0-model.ts';

/** One login at both rates. */
export interface LoginRow {
  readonly who: string;
  readonly exchanges: readonly RecordedExchange[];
  /** At the rate that the card offers, which readers negotiate. */
  readonly negotiated: Conversation;
  /** At the rate that every card begins with. */
  readonly unnegotiated: Conversation;
}

/** The comparison; the peer's rows are absent where its recording is. */
export interface LoginComparison {
  readonly certificateBytes: number;
  readonly ours: LoginRow;
  /** Exactly as recorded: a certificate of 562 bytes. */
  readonly peerAsRecorded: LoginRow | undefined;
  /** The same program reading the certificate that we read. */
  readonly peerOnThisCard: LoginRow | undefined;
  /** Why the peer is absent. */
  readonly skipped: string | undefined;
}

/** Our modelled time as a share of theirs, and the same without what either sleeps. */
export interface Ratio {
  readonly total: number;
  readonly withoutSleeps: number;
}

const PERSON = 'emma';
const COMPUTE_SIGNATURE = 0x2a;

/** Logs in with both. */
export async function compareLogins(): Promise<LoginComparison> {
  const bench = await openHostPki();
  try {
    const contents = await bench.contentsOf(PERSON);
    const { pin = '', authenticationCertificate } = contents;
    const certificateBytes = authenticationCertificate?.length ?? 0;
    const card = createVirtualCard(contents);
    const row = (who: string, exchanges: readonly RecordedExchange[]): LoginRow => ({
      who,
      exchanges,
      negotiated: modelConversation(exchanges, offeredRate(card.atr)),
      unnegotiated: modelConversation(exchanges, DEFAULT_RATE),
    });
    const ours = row('this host', await recordOwnLogin({ bench, card, pin }));
    const peer = readPeerLogin();
    const replay = (who: string, commands: Parameters<typeof fitToCertificate>[0]) => {
      card.reset();
      return row(who, replayPeerLogin({ card, commands, pin }));
    };
    const isThere = 'commands' in peer;
    return {
      certificateBytes,
      ours,
      peerAsRecorded: isThere ? replay('BeIDConnect, as recorded', peer.commands) : undefined,
      peerOnThisCard: isThere
        ? replay('BeIDConnect, this card', fitToCertificate(peer.commands, certificateBytes))
        : undefined,
      skipped: isThere ? undefined : peer.skip,
    };
  } finally {
    await bench.close();
  }
}

/**
 * Sets one login against another.
 * @param assumed.signatureMs What the card takes to sign, in place of what the model assumes.
 */
export function ratioOf(
  ours: Conversation,
  theirs: Conversation,
  assumed: { signatureMs?: number } = {},
): Ratio {
  const signedMs = CARD_MS[COMPUTE_SIGNATURE] ?? 0;
  const changeMs = (assumed.signatureMs ?? signedMs) - signedMs;
  const total = ({ totalMs }: Conversation) => totalMs + changeMs;
  const working = (login: Conversation) => total(login) - login.sleepMs;
  return { total: total(ours) / total(theirs), withoutSleeps: working(ours) / working(theirs) };
}
