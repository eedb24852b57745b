import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { parseCertificateFields } from '../../native-host/login/certificate-fields.ts';
import type { OpenLogin } from '../kit/gateway/login-steps.ts';
import { nationalNumberOf } from '../kit/persons.ts';
import { type CardHolder, createCardHolder } from '../kit/privacy/card-holder.ts';
import type { Needle } from '../kit/privacy/needle.ts';
import { assertNothingIn, searchHaystack } from '../kit/privacy/search-haystack.ts';
import { startWatchedGateway, type WatchedGateway } from '../kit/privacy/watched-gateway.ts';

const OUTCOMES: Readonly<Record<string, string | undefined>> = {
  emma: undefined,
  noah: undefined,
  karel: 'AGE_OUTSIDE',
  milan: 'CERTIFICATE_REVOKED',
  julie: 'CERTIFICATE_EXPIRED',
  wout: 'CERTIFICATE_ISSUER_UNKNOWN',
};

let gateway: WatchedGateway;
const holders = new Map<string, CardHolder>();
let needles: Needle[] = [];
/** What was on the disk at each moment that could hold a person. */
const onDisk: Record<string, Buffer> = {};
const subs: string[] = [];

before(async () => {
  gateway = await startWatchedGateway();
  for (const name of Object.keys(OUTCOMES)) {
    holders.set(name, await createCardHolder(name, gateway.pki));
  }
  needles = [...holders.values()].flatMap((holder) => holder.needles);
});

after(() => gateway.stop());

function holderOf(name: string): CardHolder {
  const holder = holders.get(name);
  assert.ok(holder);
  return holder;
}

function keepDisk(when: string): void {
  for (const [file, bytes] of Object.entries(gateway.disk())) onDisk[`${file}, ${when}`] = bytes;
}

async function cancelOnPage({ browser, page }: OpenLogin): Promise<void> {
  const reply = await browser.postJson(`${page}/cancel`, {});
  const { location } = JSON.parse(reply.text) as { location: string };
  await browser.get(location);
}

/** Everything that left the process by a way that is not the card channel's requests. */
function written(): Record<string, Buffer | string> {
  return {
    'log and other output': gateway.output(),
    'web channel, requests': gateway.web.sent(),
    'web channel, answers': gateway.web.answered(),
    'card channel, answers': gateway.cardChannel.answered.join('\n'),
    ...onDisk,
  };
}

/** A fault in the middle: the database refuses to write rows of one table. */
function breakTable(table: string): () => void {
  const database = new DatabaseSync(gateway.storeFile);
  database.exec(`CREATE TRIGGER fault BEFORE INSERT ON entries
    WHEN NEW.table_name = '${table}' BEGIN SELECT RAISE(FAIL, 'fault on purpose'); END`);
  return () => {
    database.exec('DROP TRIGGER fault');
    database.close();
  };
}

test('logins of six persons: taken, too old, revoked, expired, of an unknown CA, cancelled', async () => {
  for (const [name, code] of Object.entries(OUTCOMES)) {
    const login = await gateway.steps.openLogin();
    const body = await gateway.prove(login, holderOf(name));
    keepDisk(`${name} proved`);
    assert.equal(body['code'], code, name);
    if (code) {
      await cancelOnPage(login);
      continue;
    }
    const claims = await gateway.steps.finish(login, String(body['completionCode']));
    subs.push(String(claims['sub']));
    keepDisk(`${name} logged in`);
  }
  const cancelled = await gateway.steps.openLogin();
  assert.equal((await gateway.refuse(cancelled))['code'], 'USER_CANCELLED');
  await cancelOnPage(cancelled);
});

test('the card channel’s requests carry the certificate, so the search finds number, name and serial there', () => {
  const sent = gateway.cardChannel.sent.join('\n');
  for (const { person, needles: own } of holders.values()) {
    const found = searchHaystack(Buffer.from(sent), own).join('\n');
    for (const what of ['national number', 'given name', 'surname', 'certificate serial']) {
      assert.match(found, new RegExp(`${person.name}: ${what}, base64url`));
    }
    assert.doesNotMatch(found, /PIN|card number|chip serial/);
  }
});

test('the OCSP request carries the certificate’s serial and nothing else of a person', () => {
  const asked = gateway.ocsp.sent();
  const { authenticationCertificate } = holderOf('emma').contents;
  assert.ok(authenticationCertificate);
  const { serial } = parseCertificateFields(authenticationCertificate);
  assert.ok(asked.includes(Buffer.from(serial)));
  const found = searchHaystack(asked, needles);
  assert.ok(found.length > 0);
  for (const what of found) assert.match(what, /: certificate serial(,|$)/);
});

test('log, web channel, card channel’s answers and database hold nothing of a person (design §5)', () => {
  const places = written();
  assert.match(String(places['log and other output']), /card verified/);
  assert.match(String(places['web channel, answers']), /"id_token":"eyJ/);
  assertNothingIn(places, needles);
});

test('the log names neither pseudonym nor token, and has no other fields than these', () => {
  assert.equal(subs.length, 2);
  const lines = gateway.output().trim().split('\n');
  const fields = new Set(
    lines.flatMap((line) => Object.keys(JSON.parse(line) as Record<string, unknown>)),
  );
  const known = ['level', 'time', 'pid', 'hostname', 'msg', 'origin', 'mode', 'event', 'clientId'];
  assert.deepEqual(
    [...fields].sort(),
    [...known, 'code', 'path', 'error', 'changed', 'clients', 'removed'].sort(),
  );
  for (const sub of subs) assert.ok(!gateway.output().includes(sub));
  assert.doesNotMatch(gateway.output(), /eyJ|[A-Za-z0-9_-]{43}/);
});

test('what a stranger writes into paths, parameters, headers and bodies comes into no log', async () => {
  const lina = await createCardHolder('lina', gateway.pki);
  const number = nationalNumberOf(lina.person, new Date());
  const name = lina.person.surname;
  const { browser, page } = await gateway.steps.openLogin();
  const query = `client_id=${name}&scope=openid+${name}&state=${number}&login_hint=${number}`;
  for (const path of ['/x', '/auth', `/auth/${number}`, `/login/${number}`, `/${name}`]) {
    await browser.get(`${path}?${query}`);
  }
  for (const path of [`${page}/ticket`, `${page}/complete`, '/token', '/par', `/${number}`]) {
    await browser.postJson(path, { name, completionCode: number }, { 'x-name': name });
  }
  for (const parameter of ['scope', 'acr_values', 'login_hint', 'ui_locales', 'prompt', name]) {
    await gateway.steps.relyingParty.start({ [parameter]: `openid ${name} ${number}` }).then(
      (path) => browser.get(path),
      () => undefined,
    );
  }
  for (const path of [`/card/${number}`, `/${name}`, '/card/start']) {
    const host = await gateway.connect();
    await host.post(path, { name, number });
    host.close();
  }
  await gateway.waitForOutput(/MESSAGE_MALFORMED","path":"\/card\/start/);
  assertNothingIn({ 'log and other output': gateway.output() }, lina.needles);
});

test('a fault of the store, before and after the card is taken, is logged without the person', async () => {
  for (const table of ['completion', 'claims', 'openid:AuthorizationCode']) {
    const mend = breakTable(table);
    try {
      const login = await gateway.steps.openLogin();
      const body = await gateway.prove(login, holderOf('emma'));
      if (table === 'completion') assert.deepEqual(body, { code: 'INTERNAL' });
      else await assert.rejects(gateway.steps.finish(login, String(body['completionCode'])));
      keepDisk(`${table} at fault`);
    } finally {
      mend();
    }
  }
  await gateway.waitForOutput(/"code":"INTERNAL","path":"\/card\/authenticator","fault":\{"name"/);
  await gateway.waitForOutput(/"event":"server_error".*"fault":\{"name"/);
  assert.doesNotMatch(gateway.output(), /fault on purpose/);
  assertNothingIn(written(), needles);
});

test('a crash at the moment a person is read leaves nothing of them in output or files', async () => {
  const login = await gateway.steps.openLogin();
  gateway.crashAtNextPerson();
  await assert.rejects(gateway.prove(login, holderOf('noah')));
  keepDisk('crashed');
  await gateway.waitForOutput(/Error: crash on purpose[\s\S]*Node\.js v/);
  assertNothingIn(written(), needles);
});

test('after a sweep no pseudonym and no claim is left on the disk either: secure_delete, log emptied', async () => {
  const isThere = (text: string, files: Record<string, Buffer>) =>
    Object.values(files).some((bytes) => bytes.includes(text));
  for (const text of [...subs, '"age_over_6":true']) assert.ok(isThere(text, onDisk), text);
  await gateway.endAndSweep();
  const files = gateway.disk();
  assert.ok(Object.keys(files).length > 0);
  for (const text of [...subs, 'age_over_']) assert.ok(!isThere(text, files), text);
  assertNothingIn(files, needles);
});
