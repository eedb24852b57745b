/** Client files changed under a running gateway: what a site, a person and an operator see of it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { makeAuthenticator, type RawCard } from '../kit/gateway/raw-host.ts';
import { type ChangeableTestGateway, startTestGateway } from '../kit/gateway/test-gateway.ts';
import { startOcspResponder } from '../kit/pki/ocsp-responder.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { startChild } from '../kit/start/child-process.ts';
import { writeGatewayFiles } from '../kit/start/gateway-files.ts';
import { claimPort } from '../kit/start/ports.ts';

const MAIN = join(import.meta.dirname, '../../gateway/main.ts');

describe('a client file changed while the gateway runs', { timeout: 60_000 }, () => {
  let gateway: ChangeableTestGateway;
  let steps: LoginSteps;
  let emma: RawCard;
  let path: string;
  let original: string;

  before(async () => {
    gateway = await startTestGateway();
    steps = await createLoginSteps(gateway);
    emma = await steps.cardOf('emma');
    path = join(gateway.clientsFolder, '0.json');
    original = readFileSync(path, 'utf8');
  });
  after(() => gateway.stop());

  afterEach(() => put(original));

  const change = (changes: object) => put(JSON.stringify({ ...JSON.parse(original), ...changes }));
  const put = (text: string) => {
    writeFileSync(path, text);
    gateway.reloadClients();
  };
  const remove = () => {
    rmSync(path);
    gateway.reloadClients();
  };
  const logIn = async () => {
    const login = await steps.openLogin();
    return steps.finish(login, await steps.proveCard(await steps.ticketOf(login), emma));
  };

  test('shows in the next login, down to the ID token', async () => {
    const { sub } = await logIn();
    change({ site: { name: 'Koekoek' }, requireAge: { min: 6 } });
    const { browser, page } = await steps.openLogin();
    assert.match((await browser.get(page)).text, /Koekoek/);
    const claims = await logIn();
    assert.equal(claims['age_over_13'], undefined);
    assert.equal(claims['sub'], sub);
    put(original);
    assert.equal((await logIn())['age_over_13'], false);
  });

  test('keeps the site going while its file is bad, and is named in the log without a value', async () => {
    const first = gateway.log.length;
    change({ sector: 'https://SECRET' });
    assert.ok((await logIn())['sub']);
    const { fields } = gateway.log.slice(first).find(isRefusal) ?? assert.fail('not in the log');
    assert.deepEqual(fields, {
      file: '0.json',
      fault: 'sector is missing, unknown or not right',
      formerKept: true,
    });
    assert.ok(!JSON.stringify(gateway.log).includes('SECRET'));
  });

  test('ends a login under way as LOGIN_EXPIRED when the file goes, at whichever step', async () => {
    const expired = [410, '{"code":"LOGIN_EXPIRED"}'];
    const atPage = await steps.openLogin();
    const atCard = await steps.openLogin();
    const ticket = await steps.ticketOf(atCard);
    const atEnd = await steps.openLogin();
    const completionCode = await steps.proveCard(await steps.ticketOf(atEnd), emma);
    remove();

    assert.ok((await atPage.browser.get(atPage.page)).status >= 400);
    const reply = await atPage.browser.postJson(`${atPage.page}/ticket`, {});
    assert.deepEqual([reply.status, reply.text], expired);

    const host = await steps.connect();
    await steps.start(host);
    const answer = await host.post('/card/ticket', { ticket });
    assert.deepEqual(answer, { status: 410, body: { code: 'LOGIN_EXPIRED' } });
    host.close();

    const end = await atEnd.browser.postJson(`${atEnd.page}/complete`, { completionCode });
    assert.deepEqual([end.status, end.text], expired);
  });

  test('tells who opens the page of a removed site that it has waited too long, not of cookies', async () => {
    const { browser, page } = await steps.openLogin();
    remove();
    const { status, text } = await browser.get(page);
    assert.equal(status, 410);
    assert.match(text, /LOGIN_EXPIRED/);
  });

  test('ends a login as LOGIN_EXPIRED whose site lost an age between card and completion', async () => {
    const login = await steps.openLogin();
    const completionCode = await steps.proveCard(await steps.ticketOf(login), emma);
    change({ ageThresholds: [], requireAge: undefined });
    const end = await login.browser.postJson(`${login.page}/complete`, { completionCode });
    assert.deepEqual([end.status, end.text], [410, '{"code":"LOGIN_EXPIRED"}']);
  });

  test('takes no card for more than was shown in the PIN window (design §2, step 5)', async () => {
    const login = await steps.openLogin();
    const ticket = await steps.ticketOf(login);
    const host = await steps.connect();
    const request = await steps.claim(host, ticket);
    change({ requireAge: { min: 6, below: 16 }, ageThresholds: [9] });
    const authenticator = await makeAuthenticator({ keys: host.keys(), request, card: emma });
    const reply = await host.post('/card/authenticator', { authenticator });
    host.close();
    assert.deepEqual(reply, { status: 410, body: { code: 'LOGIN_EXPIRED' } });
  });

  test('gives no tokens to a site that went between login and redemption', async () => {
    const login = await steps.openLogin();
    const completionCode = await steps.proveCard(await steps.ticketOf(login), emma);
    const { browser, page } = login;
    const reply = await browser.postJson(`${page}/complete`, { completionCode });
    const resumed = await browser.get(JSON.parse(reply.text).location);
    const callback = String(resumed.headers['location']);
    remove();
    await assert.rejects(steps.relyingParty.finish(callback), { error: 'invalid_client' });
    await assert.rejects(steps.openLogin(), { error: 'invalid_client' });
    put(original);
    assert.ok((await logIn())['sub']);
  });
});

describe('the gateway as a program', { timeout: 60_000 }, () => {
  test('takes up what "client add" writes, by itself, and ends at SIGTERM', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'kids-id-hot-'));
    after(() => rmSync(dir, { recursive: true, force: true }));
    const now = () => new Date();
    const pki = await openTestPki({ dir: join(dir, 'pki'), now: now() });
    const ocsp = await startOcspResponder({ pki, now });
    after(() => ocsp.stop());
    const port = await claimPort(0);
    const origin = `https://gateway.localhost:${port}`;
    const { configFile } = await writeGatewayFiles({
      ...{ dir: join(dir, 'gateway'), pki, origin, port, clients: [] },
      ocspUrl: ocsp.url,
    });
    const gateway = await startChild({
      name: 'The gateway',
      script: MAIN,
      args: ['--config', configFile],
      ready: /"msg":"listening"/,
    });
    after(() => gateway.kill());

    const added = await run(
      ...['client', 'add', 'pool', '--config', configFile, '--name', 'Pool', '--secret'],
      ...['--organisation', 'Pool', '--redirect-uri', 'https://pool.example/callback'],
    );
    assert.equal(added.code, 0, added.text);
    assert.ok(added.text.includes(`issuer          ${origin}`));
    const deadline = AbortSignal.timeout(10_000);
    while (!/"changed":\["pool\.json"\].*"clients":1/.test(gateway.output())) {
      deadline.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }

    assert.equal((await run('--config', configFile, '--check')).code, 0);
    writeFileSync(join(dir, 'gateway/clients/bad.json'), '{"sector":"SECRET"}');
    const checked = await run('--config', configFile, '--check');
    assert.equal(checked.code, 1);
    assert.match(checked.text, /BAD {2}bad\.json: clientId is missing/);

    await gateway.stop();
    assert.doesNotMatch(gateway.output(), /SECRET/);
  });
});

function isRefusal({ message }: { message: string }): boolean {
  return message === 'client file refused';
}

function run(...args: string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, ...args],
      { timeout: 20_000 },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, text: out + err }),
    );
  });
}
