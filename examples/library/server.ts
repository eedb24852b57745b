/**
 * Starts the library: reads the settings, opens the database, finds the gateway, listens; and ends in order when it is
 * told to. The site itself is in app.ts, and what makes it a relying party in sign-in.ts.
 */
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { type Config, loadConfig } from './config.ts';
import { createSessions, SESSION_IDLE_MS } from './session.ts';
import { connectToGateway, describeProblem } from './sign-in.ts';
import { openStore, type Store } from './store/store.ts';
import type { Visit } from './visit.ts';

/** How often holds that are over are passed on and old rows forgotten. */
const TIDY_INTERVAL_MS = 3_600_000;

/** How long requests under way may take to end, once the library is told to stop. */
const CLOSE_TIMEOUT_MS = 5_000;

const now = () => new Date();

try {
  const config = loadConfig(process.env);
  const library = openStore({ file: config.databaseFile, now });
  library.tidy();
  const server = await listen(config, library);
  const tidying = setInterval(() => tidy(library), TIDY_INTERVAL_MS);
  const stop = () => {
    clearInterval(tidying);
    close(server, library);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** A tidying that fails (the disk is full, another program writes) is tried again in an hour; the site goes on. */
function tidy(library: Store): void {
  try {
    library.tidy();
  } catch (error) {
    console.error(`Tidying up failed: ${describeProblem(error)}`);
  }
}

async function listen(config: Config, library: Store): Promise<Server> {
  const app = createApp({
    publicUrl: config.publicUrl,
    signIns: await connectToGateway(config),
    sessions: createSessions<Visit>({
      idleMs: SESSION_IDLE_MS,
      maxSessions: 10_000,
      isSpare: ({ readerSub, staffSub }) => readerSub === undefined && staffSub === undefined,
      now,
    }),
    library,
    now,
  });
  const server = config.tls ? createHttpsServer(config.tls, app) : createHttpServer(app);
  server.listen(config.port, config.host, () => {
    const { port } = server.address() as AddressInfo;
    console.log(`The library is at ${config.publicUrl.origin} (listening on port ${port})`);
  });
  return server;
}

/** Takes no new request, lets those under way end, then closes the database; the process ends by itself. */
function close(server: Server, library: Store): void {
  const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
  server.close(() => {
    clearTimeout(deadline);
    library.close();
  });
}
