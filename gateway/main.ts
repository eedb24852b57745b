/**
 * The gateway's command line: `--config FILE` runs it, `keys FILE` makes its keys, `client` registers
 * sites (client-command/).
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { createGateway } from './app.ts';
import { loadTrust, type Trust } from './certificate/trust.ts';
import { ConfigError, type GatewayConfig, readConfig } from './config.ts';
import { createKeysFile, readKeys } from './keys.ts';
import { buildPageScripts } from './login/build-page-scripts.ts';
import { judgeClientFiles, readClientFiles } from './oidc/client-files.ts';
import { openClientFolder } from './oidc/client-folder.ts';
import { ClientFileError } from './oidc/clients.ts';
import { createClientRegistration } from './oidc/dynamic-registration.ts';
import { checkClient } from './oidc/provider.ts';
import { createOperations } from './operations.ts';
import { KidsIdError } from './protocol/errors.ts';
import { createRevocation } from './revocation.ts';
import { openSqliteStore } from './store/sqlite-store.ts';

/**
 * How long one of a name's addresses may take before the next is tried: Node's own 250 ms give up a responder's good
 * address where the network is slow, and the next may be one that cannot be reached from here.
 */
const ADDRESS_TIMEOUT_MS = 1_000;

const USAGE = `Usage:
  node gateway/main.ts --config FILE           run the gateway
  node gateway/main.ts --config FILE --check   say what is wrong with its files, and end
  node gateway/main.ts keys FILE               make a new keys file (docs/DESIGN.md, Configuration)
  node gateway/main.ts client --help           register sites, see and check what is registered
`;

try {
  await run();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  if (process.argv[2] === 'client') {
    // Who reads the output may have seen enough.
    process.stdout.on('error', () => process.exit(1));
    const { runClientCommand } = await import('./client-command/run-client-command.ts');
    process.exitCode = await runClientCommand(process.argv.slice(3), {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
    });
    return;
  }
  const { values, positionals } = parseArgs({
    options: {
      config: { type: 'string' },
      check: { type: 'boolean' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const [command, file] = positionals;
  if (command === 'keys' && file && positionals.length === 2) return createKeysFile(file);
  if (values.config && !command) {
    const config = readConfig(values.config);
    return values.check ? check(config) : serve(config);
  }
  process.stderr.write(USAGE);
  process.exitCode = values.help ? 0 : 2;
}

async function serve(config: GatewayConfig): Promise<void> {
  setDefaultAutoSelectFamilyAttemptTimeout(ADDRESS_TIMEOUT_MS);
  const now = () => new Date();
  const logger = pino();
  const store = openSqliteStore({ path: config.storeFile, now });
  const trust = readTrust(config);
  const revocation = createRevocation({ config, trust, now });
  const { clientsFolder: folder, development } = config;
  const clients = openClientFolder({ folder, development, checkClient, logger });
  const server = createGateway({
    config,
    keys: await readKeys(config.keysFile),
    clients,
    registration: development ? createClientRegistration({ folder, clients }) : undefined,
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
    clients.close();
    operations.close();
    operations.closeAllConnections();
    server.close(() => void store.close());
    server.closeAllConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** Opens every file that a start opens, and every client's, and serves nothing. */
async function check(config: GatewayConfig): Promise<void> {
  await readKeys(config.keysFile);
  readTrust(config);
  const { clientsFolder: folder, development } = config;
  const { faults, accepted } = judgeClientFiles(
    readClientFiles(folder, { development, checkClient }),
  );
  for (const [name, { message }] of faults) process.stderr.write(`BAD  ${name}: ${message}\n`);
  process.stdout.write(`${accepted.size} clients registered, ${faults.size} files bad\n`);
  if (faults.size > 0) process.exitCode = 1;
}

function readTrust({ mode, trust }: GatewayConfig): Trust {
  const { anchorFiles, anchorPins, intermediates } = trust;
  return loadTrust({
    mode,
    anchors: anchorFiles.map(readPem),
    intermediates: intermediates.map(({ file }) => readPem(file)),
    ...(anchorPins && { anchorPins }),
  });
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
  if (error instanceof ConfigError || error instanceof ClientFileError) return error.message;
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
