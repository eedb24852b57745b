/**
 * The gateway put together: one TLS listener, two channels told apart by ALPN, and what each of them
 * needs. Everything ambient (files, clock, keys, log) comes in from main.ts or a test.
 */
import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import express, { type NextFunction, type Request, type Response } from 'express';
import { createCardAdmission, getClient } from './admit-card.ts';
import { createAssets } from './assets.ts';
import type { Deps } from './deps.ts';
import { createAgreements } from './login/agreement.ts';
import { createAgreementRoutes } from './login/agreement-routes.ts';
import {
  bindInteraction,
  browserSecretOf,
  checkBrowser,
  ensureBrowserCookie,
} from './login/browser-cookie.ts';
import { createCardChannel } from './login/card-channel.ts';
import { createDiagnosisRoutes } from './login/diagnosis-routes.ts';
import { createErrorPages } from './login/error-pages.ts';
import { logRefusal } from './login/log-refusal.ts';
import { createLoginChain, type LoginChain } from './login/login-chain.ts';
import { createLoginRoutes } from './login/login-routes.ts';
import { createLogoutPage } from './login/logout-page.ts';
import { createProtocolErrorPage } from './login/protocol-error-page.ts';
import { createWrongTurns, type WrongTurns } from './login/wrong-turns.ts';
import { disclosureOf, filesFor } from './oidc/admission.ts';
import { createOpenId, type OpenId } from './oidc/provider.ts';
import { createSubjectKey, type SubjectKey } from './oidc/subject.ts';
import { createPlaygroundRoutes } from './playground/playground-routes.ts';
import { CARD_CHANNEL_ALPN, CARD_CHANNEL_HEARTBEAT_MS } from './protocol/card-channel.ts';
import { securityHeaders } from './security-headers.ts';
import { readWebKeys } from './web-keys.ts';

/** No request of ours is long: a slow one is somebody holding a socket, and so is a slow handshake. */
const REQUEST_LIMIT_MS = 15_000;
/** How often connections are held against that limit; Node's own 30 s would treble it. */
const LIMIT_CHECK_MS = 1_000;

/** Creates the gateway's server; the caller lets it listen. */
export function createGateway(deps: Deps): Server {
  const { config, store, now } = deps;
  const chain = createLoginChain({ store, now });
  const wrongTurns = createWrongTurns({ store, clients: deps.clients, now });
  const openId = openProvider(deps, wrongTurns);
  const cardChannel = createCardListener(deps, { chain, openId });
  const webChannel = createWebListener(deps, { chain, openId, wrongTurns });
  const server = createServer(
    {
      key: readFileSync(config.tls.keyFile),
      cert: readFileSync(config.tls.certificateFile),
      ALPNProtocols: [CARD_CHANNEL_ALPN, 'http/1.1'],
      minVersion: 'TLSv1.3',
      // A resumed session would skip the certificate that both ends look at (design §2).
      secureOptions: constants.SSL_OP_NO_TICKET,
      // A host is silent between two heartbeats, while a PIN is typed: its socket must outlive that.
      keepAliveTimeout: 3 * CARD_CHANNEL_HEARTBEAT_MS,
      requestTimeout: REQUEST_LIMIT_MS,
      headersTimeout: REQUEST_LIMIT_MS,
      connectionsCheckingInterval: LIMIT_CHECK_MS,
      handshakeTimeout: REQUEST_LIMIT_MS,
    },
    (request, response) => {
      const { alpnProtocol } = request.socket as TLSSocket;
      const listener = alpnProtocol === CARD_CHANNEL_ALPN ? cardChannel : webChannel;
      listener(request, response);
    },
  );
  return server;
}

function createCardListener(
  deps: Deps,
  { chain, openId }: { chain: LoginChain; openId: OpenId },
): RequestListener {
  const { config, keys, clients, trust, revocation, now, logger } = deps;
  const { tls } = config;
  const webCertificates = [tls.certificateFile, tls.nextCertificateFile ?? []].flat();
  return createCardChannel({
    now,
    chain,
    connectionKey: keys.connectionKey,
    webKeys: () => readWebKeys(webCertificates),
    describe: ({ clientId, scopes }) => {
      const client = getClient(clients, clientId);
      const granted = new Set(scopes);
      const disclosure = disclosureOf(client, granted);
      return { site: client.site, disclosure, files: filesFor(client, granted) };
    },
    prefetch: (issuer, serial) => revocation.prefetch(issuer, serial),
    admitCard: createCardAdmission({
      trust,
      revocation,
      clients,
      subjectKey: subjectKeyOf(deps),
      accountSource: config.account?.from ?? 'card-key',
      now,
      onRevoked: (cardIndex) => void openId.endSessionsOfCard(cardIndex),
    }),
    logger,
  });
}

function openProvider(deps: Deps, wrongTurns: WrongTurns): OpenId {
  const { config, store, clients, keys, now, logger } = deps;
  return createOpenId({
    issuer: config.origin,
    clients,
    store,
    signingKeys: { keys: keys.signingKeys },
    cookieKeys: keys.cookieKeys,
    now,
    logger,
    onInteraction: (request, uid) => bindInteraction({ store, request, uid, now: now() }),
    renderError: createProtocolErrorPage({ wrongTurns, clients }),
    renderLoggedOut: createLogoutPage(clients),
    browserSecretOf,
    eidasAcr: config.eidasAcr,
    backchannelHosts: config.backchannelHosts,
    registration: deps.registration,
  });
}

function createWebListener(
  deps: Deps,
  parts: { chain: LoginChain; openId: OpenId; wrongTurns: WrongTurns },
): RequestListener {
  const { config, store, now, logger } = deps;
  const { chain, openId, wrongTurns } = parts;
  const sendErrorPage = createErrorPages(wrongTurns);
  const agreements = createAgreements({ store, now });
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders({ mode: config.mode }));
  app.use(createAssets(deps.pageScripts));
  app.use(createDiagnosisRoutes({ origin: config.origin, logger, now }));
  const isCheckingHard = () => deps.revocation.health().sources.some(({ isUp }) => !isUp);
  app.use(
    createLoginRoutes({
      origin: config.origin,
      store,
      chain,
      openId,
      logger,
      isCheckingHard,
      wrongTurns,
      sendErrorPage,
      agreements,
    }),
  );
  app.use(
    createAgreementRoutes({
      origin: config.origin,
      store,
      agreements,
      chain,
      openId,
      logger,
      sendErrorPage,
    }),
  );
  if (config.development) app.use(createPlaygroundRoutes({ origin: config.origin }));
  app.get('/auth', (request, response, next) => {
    ensureBrowserCookie(request, response);
    next();
  });
  app.get('/auth/:uid', async (request: Request<{ uid: string }>, _response, next) => {
    await checkBrowser({ store, request, uid: request.params.uid });
    next();
  });
  app.use((request, response) => openId.handler(request, response));
  app.use(async (error: unknown, request: Request, response: Response, _next: NextFunction) => {
    logRefusal(logger, error, { path: undefined, message: 'web request refused' });
    await sendErrorPage(request, response, error);
  });
  return app;
}

function subjectKeyOf({ keys }: Deps): SubjectKey {
  return createSubjectKey({ version: 'v1', secret: keys.subjectKey });
}
