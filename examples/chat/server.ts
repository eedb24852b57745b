/**
 * Starts the chat: reads the settings, opens the database, finds the gateway, listens; and ends in order when it is told
 * to. The site itself is in app.ts, and what makes it a relying party in sign-in.ts.
 */
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { createChat } from './chat.ts';
import { type Config, loadConfig } from './config.ts';
import { createLiveServer, type LiveServer } from './live/live-server.ts';
import { loadWords } from './load-words.ts';
import { createSessions, SESSION_IDLE_MS } from './session.ts';
import { connectToGateway, describeProblem } from './sign-in.ts';
import { deleteOld } from './store/keep.ts';
import { openStore, type Store } from './store/store.ts';
import type { Visit } from './visit.ts';

/** How often what is too old is deleted. */
const KEEP_INTERVAL_MS = 3_600_000;

/** How often connections are looked after. */
const TICK_INTERVAL_MS = 1_000;

/** How long requests under way may take to end, once the chat is told to stop. */
const CLOSE_TIMEOUT_MS = 5_000;

const now = () => new Date();

try {
  const config = loadConfig(process.env);
  const store = openStore(config.databaseFile);
  deleteOld(store, now());
  const { server, live } = await listen(config, store);
  const timers = [
    setInterval(
      () => attempt('Deleting what is old', () => deleteOld(store, now())),
      KEEP_INTERVAL_MS,
    ),
    setInterval(() => attempt('Looking after connections', live.tick), TICK_INTERVAL_MS),
  ];
  const stop = () => {
    for (const timer of timers) clearInterval(timer);
    close(server, { live, store });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** What fails (the disk is full, another program writes) is tried again at its next time; the site goes on. */
function attempt(what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    console.error(`${what} failed: ${describeProblem(error)}`);
  }
}

async function listen(config: Config, store: Store): Promise<{ server: Server; live: LiveServer }> {
  const { publicUrl, newAccountsPerHour } = config;
  const chat = createChat({
    publicUrl,
    signIns: await connectToGateway(config),
    sessions: createSessions<Visit>({
      idleMs: SESSION_IDLE_MS,
      maxSessions: 10_000,
      isSpare: ({ child, adult }) => !child && !adult,
      now,
    }),
    store,
    newAccountsPerHour,
    words: loadWords(),
    now,
  });
  const app = createApp(chat);
  const live = createLiveServer(chat);
  const server = config.tls ? createHttpsServer(config.tls, app) : createHttpServer(app);
  server.on('upgrade', live.handleUpgrade);
  server.listen(config.port, config.host, () => {
    const { port } = server.address() as AddressInfo;
    console.log(`The chat is at ${publicUrl.origin} (listening on port ${port})`);
  });
  return { server, live };
}

/** Takes nothing new, lets what is under way end, then closes the database; the process ends by itself. */
function close(server: Server, { live, store }: { live: LiveServer; store: Store }): void {
  live.close();
  const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
  server.close(() => {
    clearTimeout(deadline);
    store.close();
  });
}
