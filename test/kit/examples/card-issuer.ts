/**
 * In a gateway's place, for tests of the examples with several people: an OpenID Provider that is not ours and lets in
 * whose card is "in the reader", which each browser says by a cookie. It knows ages, and holds every client to its
 * admission rule as a gateway does. TEST ONLY.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Configuration, Provider } from 'oidc-provider';
import type { WebCertificate } from '../pki/test-pki.ts';
import { configureStandIn, letIn, type StandInClient } from './stand-in-provider.ts';

/** A site, as it is registered. */
export interface IssuerClient extends StandInClient {
  /** Ages from `min` up, and under `below`. Absent: everybody, and nothing but `sub` is told. */
  readonly requireAge?: { readonly min: number; readonly below?: number };
}

/** The running provider. */
export interface CardIssuer {
  readonly url: string;
  close(): Promise<void>;
}

/** Name of the cookie, for the issuer's host, that says whose card is in this browser's reader. */
export const CARD_COOKIE = 'test-card';

/** The cookie's value: a name of letters, and how old its owner is. */
export function cardOf(name: string, age: number): string {
  return `${name}.${age}`;
}

/** The `sub` of a card's owner at a client: pairwise, so another one at each. */
export function subOf(name: string, clientId: string): string {
  return `${name}-at-${clientId}`;
}

/** Starts it on https, on a port that the system chooses. */
export async function startCardIssuer(options: {
  readonly web: WebCertificate;
  readonly clients: readonly IssuerClient[];
}): Promise<CardIssuer> {
  const { web, clients } = options;
  const server = createServer({ key: web.privateKeyPem, cert: web.certificatePem });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ages: Ages = new Map();
  const provider = new Provider(url, await configurationFor(clients, ages));
  const handle = provider.callback();
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    const card = readCard(req);
    forgetSession(req);
    const answering = req.url?.startsWith('/interaction/')
      ? admit({ provider, clients, ages, card }, req, res)
      : handle(req, res);
    answering.catch((error: unknown) => {
      if (!res.headersSent) res.writeHead(500);
      res.end(String(error));
    });
  });
  return {
    url,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** How old whoever signed in is, by their `sub`. */
type Ages = Map<string, number>;

interface Card {
  readonly name: string;
  readonly age: number;
}

function readCard(req: IncomingMessage): Card | undefined {
  const [, name, age] =
    new RegExp(`(?:^|; )${CARD_COOKIE}=([a-z]+)\\.(\\d{1,3})(?:;|$)`).exec(
      req.headers.cookie ?? '',
    ) ?? [];
  return name === undefined ? undefined : { name, age: Number(age) };
}

/** Each sign-in is a card of its own, as at a gateway: whoever signed in before in this browser counts for nothing. */
function forgetSession(req: IncomingMessage): void {
  const cookies = req.headers.cookie?.split('; ') ?? [];
  req.headers.cookie = cookies.filter((cookie) => !cookie.startsWith('_session')).join('; ');
}

async function admit(
  {
    provider,
    clients,
    ages,
    card,
  }: {
    readonly provider: Provider;
    readonly clients: readonly IssuerClient[];
    readonly ages: Ages;
    readonly card: Card | undefined;
  },
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(req, res);
  const clientId = String(params['client_id']);
  const { min = 0, below = Number.POSITIVE_INFINITY } =
    clients.find(({ id }) => id === clientId)?.requireAge ?? {};
  if (!card || card.age < min || card.age >= below) {
    return provider.interactionFinished(req, res, { error: 'access_denied' });
  }
  const accountId = subOf(card.name, clientId);
  ages.set(accountId, card.age);
  await letIn(provider, [req, res], { accountId });
}

function configurationFor(clients: readonly IssuerClient[], ages: Ages): Promise<Configuration> {
  return configureStandIn(clients, {
    // Else each start of the library itself prints a line of advice for every one of them.
    ttl: {
      AccessToken: 60,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 60,
      Interaction: 600,
      Session: 600,
    },
    findAccount: (ctx, sub) => {
      const clientId = ctx.oidc.client?.clientId;
      const isTold = clients.some(({ id, requireAge }) => id === clientId && requireAge);
      const claims = () => ({ sub, ...(isTold && agesOf(ages.get(sub) ?? 0)) });
      return { accountId: sub, claims };
    },
  });
}

function agesOf(age: number): Record<string, boolean> {
  const reached = [6, 9, 13, 18].map((years) => [`age_over_${years}`, age >= years] as const);
  return Object.fromEntries(reached);
}
