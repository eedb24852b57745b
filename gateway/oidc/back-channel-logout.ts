/**
 * Tells a site that a person's login is over (OpenID Connect Back-Channel Logout 1.0): at log-out, and
 * when the card that signed in is found to be revoked. Sessions are the sites' own; of them we keep no
 * more than, per card and site, which `sub` to name, sealed under the card's index: without the
 * certificate's serial nobody can find a row or read one (design §4).
 */
import type Provider from 'oidc-provider';
import type { Client } from 'oidc-provider';
import { describeFault } from '../protocol/fault.ts';
import type { ClientRegistry } from './clients.ts';
import type { Logger } from './events.ts';
import type { SealedClaims } from './sealed-claims.ts';

/** Longest that a site can be told of a card (design §4). */
const INDEX_SECONDS = 24 * 3_600;
const ATTEMPTS = 2;

export interface BackChannelLogout {
  /** Remembers a login, for sites that want to be told. */
  remember(login: { cardIndex: string; clientId: string; sub: string }): Promise<void>;
  /** Tells every site that the card signed in to within the last 24 hours. Never rejects. */
  endSessionsOfCard(cardIndex: string): Promise<void>;
  /** Tells one site of one person, where it wants to be told. Never rejects. */
  tell(clientId: string, sub: string): Promise<void>;
}

/** Creates the sender. Deadlines are those of the provider's `fetch`. */
export function createBackChannelLogout(deps: {
  provider: Provider;
  clients: ClientRegistry;
  sealed: SealedClaims;
  logger: Logger;
}): BackChannelLogout {
  const { provider, clients, sealed, logger } = deps;
  const secretOf = (cardIndex: string, clientId: string) => `${cardIndex}.${clientId}`;
  const wantsIt = (clientId: string) => clients.find(clientId)?.backchannelLogoutUri !== undefined;

  async function tell(clientId: string, sub: string): Promise<void> {
    if (!wantsIt(clientId)) return;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        await sendLogoutToken(provider, clientId, sub);
        logger.info({ event: 'backchannel.success', clientId }, 'openid step');
        return;
      } catch (error) {
        const fault = describeFault(error);
        logger.warn({ event: 'backchannel.error', clientId, attempt, fault }, 'site was not told');
      }
    }
  }

  return {
    async remember({ cardIndex, clientId, sub }) {
      if (wantsIt(clientId))
        await sealed.put(secretOf(cardIndex, clientId), { sub }, INDEX_SECONDS);
    },
    async endSessionsOfCard(cardIndex) {
      const told = clients.all().map(async ({ clientId }) => {
        if (!wantsIt(clientId)) return;
        const row = await sealed.take(secretOf(cardIndex, clientId));
        const sub = row?.['sub'];
        if (typeof sub === 'string') await tell(clientId, sub);
      });
      for (const result of await Promise.allSettled(told)) {
        if (result.status === 'fulfilled') continue;
        const fault = describeFault(result.reason);
        logger.error({ event: 'backchannel.error', fault }, 'log-out index failed');
      }
    },
    tell,
  };
}

async function sendLogoutToken(provider: Provider, clientId: string, sub: string): Promise<void> {
  const client = await provider.Client.find(clientId);
  // The published types leave the method out.
  const sender = client as (Client & { backchannelLogout(sub: string): Promise<void> }) | undefined;
  await sender?.backchannelLogout(sub);
}
