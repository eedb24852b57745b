/**
 * Starts the chat: reads the settings, finds the gateway, listens. The site itself is in app.ts, and what makes it a
 * relying party in sign-in.ts.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createApp, type Visit } from './app.ts';
import { loadConfig } from './config.ts';
import { createSessions, SESSION_IDLE_MS } from './session.ts';
import { connectToGateway } from './sign-in.ts';

try {
  const config = loadConfig(process.env);
  const app = createApp({
    publicUrl: config.publicUrl,
    signIn: await connectToGateway(config),
    sessions: createSessions<Visit>({
      idleMs: SESSION_IDLE_MS,
      maxSessions: 10_000,
      now: () => new Date(),
    }),
  });
  const server = config.tls ? createHttpsServer(config.tls, app) : createHttpServer(app);
  server.listen(config.port, config.host, () => {
    const { port } = server.address() as AddressInfo;
    console.log(`The chat is at ${config.publicUrl.origin} (listening on port ${port})`);
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
