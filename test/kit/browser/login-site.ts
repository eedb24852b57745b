/**
 * A site that shows the gateway's real login page, with its real script and its strict policy, and
 * answers the page's three requests itself: for tests of page and extension without a gateway.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildPageScripts } from '../../../gateway/login/build-page-scripts.ts';
import { renderLoginPage } from '../../../gateway/login/login-page.ts';
import type { Disclosure, Site } from '../../../gateway/protocol/fields.ts';
import { LANGUAGES } from '../../../gateway/protocol/fields.ts';

const DESIGN = join(import.meta.dirname, '../../../gateway/design');
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const BARE = '<!doctype html><title>bare</title><button id="press">press</button>';

const run = promisify(execFile);

export interface WebCertificate {
  readonly caFile: string;
  readonly key: string;
  readonly certificate: string;
}

/** Makes a throw-away authority and a certificate for these names, with the openssl command. */
export async function makeWebCertificate(
  dir: string,
  names: readonly string[],
): Promise<WebCertificate> {
  const path = (name: string) => join(dir, name);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3'];
  const authority = ['-keyout', path('ca.key'), '-out', path('ca.pem')];
  const leaf = ['-keyout', path('web.key'), '-out', path('web.pem')];
  const from = ['-CA', path('ca.pem'), '-CAkey', path('ca.key')];
  const altNames = names.map((name) => `DNS:${name}`).join();
  const options = { timeout: 20_000 };
  const caUse = ['-addext', 'keyUsage=critical,keyCertSign'];
  const subject = ['-subj', '/CN=TEST ONLY web authority'];
  await run('openssl', ['req', '-x509', ...curve, ...authority, ...subject, ...caUse], options);
  const leafUse = ['-addext', 'basicConstraints=critical,CA:FALSE', '-addext'];
  const leafNames = [`subjectAltName=${altNames}`, '-subj', '/CN=TEST ONLY web'];
  await run(
    'openssl',
    ['req', '-x509', ...curve, ...leaf, ...from, ...leafUse, ...leafNames],
    options,
  );
  return {
    caFile: path('ca.pem'),
    key: await readFile(path('web.key'), 'utf8'),
    certificate: await readFile(path('web.pem'), 'utf8'),
  };
}

export interface LoginSite {
  readonly port: number;
  /** Completion codes that the page handed in. */
  readonly completed: readonly string[];
  stop(): Promise<void>;
}

/** Serves `/login/<uid>` and its requests, `/assets`, and `/bare` and `/framed` without a policy. */
export async function startLoginSite(options: {
  certificate: WebCertificate;
  site: Site;
  disclosure: Disclosure;
}): Promise<LoginSite> {
  const scripts = await buildPageScripts();
  const completed: string[] = [];

  async function respond(method: string, url: URL, body: string): Promise<Answer> {
    const [, first, second = '', third] = url.pathname.split('/');
    if (first === 'assets') return findAsset(second, scripts);
    if (first === 'framed') return page(`<iframe src="/bare"></iframe>`, undefined);
    if (first !== 'login') return page(BARE, undefined);
    if (method === 'GET') {
      const wanted = url.searchParams.get('lang');
      const language = LANGUAGES.find((known) => known === wanted) ?? 'en';
      const { site, disclosure } = options;
      return page(renderLoginPage({ language, site, disclosure, uid: second }), POLICY);
    }
    if (third === 'ticket') return json({ ticket: randomBytes(32).toString('base64url') });
    if (third === 'cancel') return json({ location: '/left' });
    completed.push(JSON.parse(body).completionCode);
    return json({ location: '/finished' });
  }

  const { key, certificate } = options.certificate;
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'https://site.invalid');
      const body = Buffer.concat(chunks).toString('utf8');
      respond(request.method ?? 'GET', url, body).then(
        ({ status, headers, body: content }) => response.writeHead(status, headers).end(content),
        () => response.writeHead(500).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, completed, stop: () => stop(server) };
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
}

function page(body: string, policy: string | undefined): Answer {
  const headers: Record<string, string> = { 'content-type': 'text/html; charset=utf-8' };
  if (policy !== undefined) headers['content-security-policy'] = policy;
  return { status: 200, headers, body };
}

function json(value: object): Answer {
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify(value) };
}

async function findAsset(name: string, scripts: ReadonlyMap<string, string>): Promise<Answer> {
  const types: Record<string, string> = { '.css': 'text/css', '.svg': 'image/svg+xml' };
  const script = scripts.get(name);
  if (script !== undefined) {
    return { status: 200, headers: { 'content-type': 'text/javascript' }, body: script };
  }
  const type = types[extname(name)];
  if (type === undefined) return { status: 404, headers: {}, body: '' };
  const body = await readFile(join(DESIGN, name));
  return { status: 200, headers: { 'content-type': type }, body };
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
