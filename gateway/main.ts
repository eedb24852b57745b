/**
 * The gateway's command line: `--config FILE` runs it, `keys FILE` makes its keys.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { createGateway } from './app.ts';
import { loadTrust } from './certificate/trust.ts';
import { ConfigError, type GatewayConfig, readConfig } from './config.ts';
import { createKeysFile, readKeys } from './keys.ts';
import { buildPageScripts } from './login/build-page-scripts.ts';
import { loadClients } from './oidc/clients.ts';
import { createOperations } from './operations.ts';
import { KidsIdError } from './protocol/errors.ts';
import { createRevocation } from './revocation.ts';
import { openSqliteStore } from './store/sqlite-store.ts';

const USAGE = `Usage:
  node gateway/main.ts --config FILE   run the gateway
  node gateway/main.ts keys FILE       make a new keys file (docs/DESIGN.md, Configuration)
`;

try {
  await run();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { config: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [command, file] = positionals;
  if (command === 'keys' && file && positionals.length === 2) return createKeysFile(file);
  if (values.config && !command) return serve(readConfig(values.config));
  process.stderr.write(USAGE);
  process.exitCode = values.help ? 0 : 2;
}

async function serve(config: GatewayConfig): Promise<void> {
  const now = () => new Date();
  const logger = pino();
  const store = openSqliteStore({ path: config.storeFile, now });
  const { anchorFiles, anchorPins, intermediates } = config.trust;
  const trust = loadTrust({
    mode: config.mode,
    anchors: anchorFiles.map(readPem),
    intermediates: intermediates.map(({ file }) => readPem(file)),
    ...(anchorPins && { anchorPins }),
  });
  const revocation = createRevocation({ config, trust, now });
  const server = createGateway({
    config,
    keys: await readKeys(config.keysFile),
    clients: loadClients(config.clientsFolder),
    trust,
    revocation,
    store,
    pageScripts: await buildPageScripts(),
    now,
    logger,
  });
  await once(server.listen(config.listen), 'listening');
  logger.info({ origin: config.origin, mode: config.mode }, 'listening');

  const operations = createOperations({ store, health: revocation.health });
  if (config.operations) await once(operations.listen(config.operations), 'listening');

  const stop = () => {
    operations.close();
    operations.closeAllConnections();
    server.close(() => void store.close());
    server.closeAllConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** The one certificate of a PEM file, as DER. @throws {ConfigError} */
function readPem(file: string): Uint8Array {
  const pem = readFileSync(file, 'utf8');
  const blocks = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)];
  const [block] = blocks;
  if (blocks.length !== 1 || !block?.[1]) {
    throw new ConfigError(`${file}: holds ${blocks.length} PEM certificates, not one`);
  }
  return Buffer.from(block[1], 'base64');
}

/** What an operator needs to mend it; a stack trace only for what nobody foresaw. */
function explain(error: unknown): string {
  if (error instanceof KidsIdError) return `${error.code}: ${error.message}`;
  if (error instanceof ConfigError) return error.message;
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
