/**
 * The card channel's server side: five paths in one order, a login per connection (design §2, 4–10).
 * It knows connections and the chain; what a card proves is judged by functions passed in.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { LoginOutcome } from '../oidc/admission.ts';
import { decodeBase64url, encodeBase64url } from '../protocol/bytes.ts';
import {
  CARD_CHANNEL,
  CARD_CHANNEL_MAX_BYTES,
  type CardPath,
  type CardReply,
  type CardRequest,
} from '../protocol/card-channel.ts';
import {
  type ConnectionKey,
  type ConnectionPrivateKey,
  signConnectionCheck,
} from '../protocol/connection-check.ts';
import { errorCodeOf, KidsIdError } from '../protocol/errors.ts';
import type { AuthenticatorKeys } from '../protocol/exported-authenticator.ts';
import { PROTOCOL_VERSION } from '../protocol/fields.ts';
import type { CertificateRequest } from '../protocol/handshake.ts';
import { hashSecret } from './browser-cookie.ts';
import {
  type CardConnection,
  createRequest,
  exportAuthenticatorKeys,
  exportCheckValue,
  openCardConnection,
  type ShownSite,
} from './card-connection.ts';
import { type CardFiles, readCardFiles } from './card-files.ts';
import { readJson, sendError, sendJson } from './json-exchange.ts';
import { logRefusal, type RefusalLogger } from './log-refusal.ts';
import type { LoginChain, TicketGrant } from './login-chain.ts';

/** A connection that has not brought its card by then is closed. */
const CONNECTION_LIMIT_MS = 300_000;

export interface CardChannelDeps {
  readonly now: () => Date;
  readonly chain: LoginChain;
  readonly connectionKey: {
    readonly publicKey: ConnectionKey;
    readonly privateKey: ConnectionPrivateKey;
  };
  /** SHA-256 of the SPKI of each key that the web listener may show, in its present state. */
  readonly webKeys: () => readonly Uint8Array[];
  /** What the person is shown about the site that the ticket was issued for, and what that needs. */
  readonly describe: (grant: TicketGrant) => ShownSite;
  /** Starts the revocation check of a certificate that was only named so far. */
  readonly prefetch: (issuer: Uint8Array, serial: Uint8Array) => void;
  /** Judges an authenticator, the files beside it and the person behind them for the ticket's client. */
  readonly admitCard: (proof: {
    bytes: Uint8Array;
    request: CertificateRequest;
    keys: AuthenticatorKeys;
    grant: TicketGrant;
    files: CardFiles | undefined;
  }) => Promise<LoginOutcome>;
  readonly logger: RefusalLogger;
}

type Handler<Path extends CardPath> = (
  connection: CardConnection,
  request: CardRequest<Path>,
) => Promise<CardReply<Path>>;
type Handlers = { readonly [Path in CardPath]: Handler<Path> };

/** Creates the listener for requests on sockets that negotiated the card channel's ALPN. */
export function createCardChannel(
  deps: CardChannelDeps,
): (request: IncomingMessage, response: ServerResponse) => void {
  const connections = new WeakMap<TLSSocket, CardConnection>();
  const handlers = createHandlers(deps);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const socket = request.socket as TLSSocket;
    const connection = connections.get(socket) ?? openCardConnection(socket, deps.now());
    if (!connections.has(socket)) {
      connections.set(socket, connection);
      closeInTime(socket);
    }
    const path = request.url ?? '';
    if (request.method !== 'POST' || !isCardPath(path)) {
      throw new KidsIdError('MESSAGE_MALFORMED', 'no such path on the card channel');
    }
    sendJson(response, await handle(path, connection, request));
  }

  function handle<Path extends CardPath>(
    path: Path,
    connection: CardConnection,
    request: IncomingMessage,
  ): Promise<object> {
    return readJson(request, CARD_CHANNEL[path].request, CARD_CHANNEL_MAX_BYTES).then((body) =>
      handlers[path](connection, body as CardRequest<Path>),
    );
  }

  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A path of the caller's making could be anybody's name or number.
      const path = isCardPath(request.url ?? '') ? request.url : undefined;
      logRefusal(deps.logger, error, { path, message: 'card channel refused' });
      sendError(response, errorCodeOf(error));
    });
  };
}

function createHandlers(deps: CardChannelDeps): Handlers {
  return {
    async '/card/start'(connection, { protocol }) {
      if (protocol !== PROTOCOL_VERSION) {
        throw new KidsIdError('HOST_TOO_OLD', 'host speaks another protocol version');
      }
      if (connection.state.at !== 'fresh') throw outOfOrder();
      const request = createRequest();
      connection.state = { at: 'started', request };
      const webKeys = deps.webKeys();
      const exporterValue = await exportCheckValue(connection.socket, request);
      const { publicKey, privateKey } = deps.connectionKey;
      const statement = { exporterValue, request: request.bytes, webKeys };
      const signature = await signConnectionCheck(privateKey, statement);
      return {
        request: encodeBase64url(request.bytes),
        check: {
          key: { ...publicKey },
          signature: encodeBase64url(signature),
          webKeys: webKeys.map(encodeBase64url),
        },
      };
    },

    async '/card/ticket'(connection, { ticket }) {
      const { state } = connection;
      if (state.at !== 'started') throw outOfOrder();
      connection.state = { at: 'over' };
      const claim = await deps.chain.claimTicket(ticket, connection.id);
      const shown = deps.describe(claim.grant);
      const { request } = state;
      connection.state = { at: 'claimed', request, claim, shown, named: false };
      return { ...shown };
    },

    async '/card/certificate'(connection, { issuer, serial }) {
      const { state } = connection;
      if (state.at !== 'claimed' || state.named) throw outOfOrder();
      connection.state = { ...state, named: true };
      deps.prefetch(decodeBase64url(issuer), decodeBase64url(serial));
      return {};
    },

    async '/card/wait'(connection) {
      if (connection.state.at !== 'claimed') throw outOfOrder();
      return {};
    },

    async '/card/authenticator'(connection, { authenticator, files }) {
      const { state } = connection;
      if (state.at !== 'claimed') throw outOfOrder();
      connection.state = { at: 'over' };
      const { request, claim, shown } = state;
      const cardFiles = readCardFiles(shown.files, files);
      const context = hashSecret(encodeBase64url(request.context));
      await deps.chain.spendContext(claim, context);
      const outcome = await deps.admitCard({
        bytes: decodeBase64url(authenticator),
        request,
        keys: exportAuthenticatorKeys(connection.socket),
        grant: claim.grant,
        files: cardFiles,
      });
      checkShown(shown, deps.describe(claim.grant));
      deps.logger.info({ clientId: claim.grant.clientId }, 'card verified');
      return { completionCode: await deps.chain.recordCard(claim, context, outcome) };
    },
  };
}

/**
 * Whoever types a PIN was told what the site learns: a registration that was changed meanwhile could
 * make it learn something else.
 */
function checkShown(shown: ShownSite, now: ShownSite): void {
  if (isDeepStrictEqual(shown.disclosure, now.disclosure)) return;
  throw new KidsIdError('LOGIN_EXPIRED', 'what the site learns was changed meanwhile');
}

function outOfOrder(): KidsIdError {
  return new KidsIdError('MESSAGE_MALFORMED', 'out of order on the card channel');
}

function isCardPath(path: string): path is CardPath {
  return Object.hasOwn(CARD_CHANNEL, path);
}

function closeInTime(socket: TLSSocket): void {
  const timer = setTimeout(() => socket.destroy(), CONNECTION_LIMIT_MS);
  once(socket, 'close').then(
    () => clearTimeout(timer),
    () => clearTimeout(timer),
  );
}
