/**
 * Debian's Apache with mod_auth_openidc as a relying party: its own folder, an unprivileged port on loopback,
 * TLS, and an application behind it that shows the headers it gets. TEST ONLY.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebCertificate } from '../pki/test-pki.ts';

const PROGRAM = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';
const MODULE_NAMES = [
  ...['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'ssl', 'proxy', 'proxy_http'],
  'auth_openidc',
];
const START_DEADLINE_MS = 10_000;
const STOP_DEADLINE_MS = 5_000;
const POLL_MS = 20;

export interface Apache {
  readonly port: number;
  /** Everything in the error log. */
  readLog(): Promise<string>;
  stop(): Promise<void>;
}

/** What is missing on this machine to run {@link startApache}; empty when nothing is. */
export function findApacheProblems(): readonly string[] {
  const problems: string[] = [];
  if (!existsSync(PROGRAM)) problems.push(`no ${PROGRAM} (Debian package apache2-bin)`);
  if (!existsSync(`${MODULES}/mod_auth_openidc.so`)) {
    problems.push('no mod_auth_openidc (Debian package libapache2-mod-auth-openidc)');
  }
  return problems;
}

/**
 * Starts it on `port`. What `/app` is asked with goes to an application that answers with its request's
 * headers as JSON.
 * @param options.site the directives of the site itself, as in the guide
 * @throws Error with its log, when it does not listen within 10 s
 */
export async function startApache(options: {
  hostname: string;
  port: number;
  web: WebCertificate;
  /** PEM of the authority of the gateway's certificate. */
  authority: string;
  site: string;
}): Promise<Apache> {
  const { port, web } = options;
  const dir = await mkdtemp(join(tmpdir(), 'kids-id-apache-'));
  // What serves requests is another user than the one who reads the keys.
  await chmod(dir, 0o755);
  await writeFile(join(dir, 'authority.pem'), options.authority);
  await writeFile(join(dir, 'web.pem'), web.certificatePem);
  await writeFile(join(dir, 'web-key.pem'), web.privateKeyPem, { mode: 0o600 });
  const application = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.headers));
  });
  await once(application.listen(0, '127.0.0.1'), 'listening');
  const { port: applicationPort } = application.address() as AddressInfo;
  const configuration = join(dir, 'httpd.conf');
  await writeFile(configuration, renderConfiguration({ ...options, dir, applicationPort }));
  const daemon = spawn(PROGRAM, ['-f', configuration, '-DFOREGROUND'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  daemon.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(0, 2_000);
  });
  const readLog = () => readFile(join(dir, 'error.log'), 'utf8').catch(() => '');
  const stop = async () => {
    await end(daemon);
    application.close();
    application.closeAllConnections();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await waitForPort(port, daemon);
  } catch (cause) {
    const log = await readLog();
    await stop();
    throw new Error(`Apache did not start: ${said}${log}`, { cause });
  }
  return { port, readLog, stop };
}

function renderConfiguration(options: {
  dir: string;
  hostname: string;
  port: number;
  site: string;
  applicationPort: number;
}): string {
  const { dir, hostname, port, site, applicationPort } = options;
  const modules = MODULE_NAMES.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`);
  const user = process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : [];
  return [
    `ServerRoot "${dir}"`,
    `PidFile "${dir}/httpd.pid"`,
    `DefaultRuntimeDir "${dir}"`,
    'LogLevel warn auth_openidc:info',
    `ErrorLog "${dir}/error.log"`,
    ...modules,
    ...user,
    `OIDCCABundlePath "${dir}/authority.pem"`,
    'StartServers 1',
    'ThreadsPerChild 8',
    'MaxRequestWorkers 8',
    `Listen 127.0.0.1:${port}`,
    `<VirtualHost 127.0.0.1:${port}>`,
    `ServerName https://${hostname}:${port}`,
    'SSLEngine on',
    `SSLCertificateFile "${dir}/web.pem"`,
    `SSLCertificateKeyFile "${dir}/web-key.pem"`,
    `ProxyPass /app http://127.0.0.1:${applicationPort}/`,
    site,
    '</VirtualHost>',
    '',
  ].join('\n');
}

async function waitForPort(port: number, daemon: ChildProcess): Promise<void> {
  const deadlineMs = performance.now() + START_DEADLINE_MS;
  while (!(await isListening(port))) {
    if (daemon.exitCode !== null) throw new Error('it ended');
    if (performance.now() > deadlineMs) throw new Error('it was not ready in time');
    await delay(POLL_MS);
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const exited = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  const timer = setTimeout(() => daemon.kill('SIGKILL'), STOP_DEADLINE_MS);
  await exited;
  clearTimeout(timer);
}
