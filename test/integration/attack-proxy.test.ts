/**
 * Proxies whose certificate this machine trusts, with the real host (design §7): on the host's
 * connection, on the browser's, on both. "The network leads the host to the proxy" is, here, the
 * proxy's port in the host's list: the connection check knows no port.
 */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { decodeBase64url, encodeBase64url } from '../../gateway/protocol/bytes.ts';
import {
  CONNECTION_CHECK_BYTES,
  CONNECTION_CHECK_LABEL,
  sha256,
  signConnectionCheck,
} from '../../gateway/protocol/connection-check.ts';
import {
  decodeCertificateRequest,
  encodeCertificateRequest,
} from '../../gateway/protocol/handshake.ts';
import { type HostOutcome, logInWithHost } from '../kit/attack/host-login.ts';
import { libraryCookiesOf, resumePathOf } from '../kit/attack/planted-cookies.ts';
import { chatOf, openSite } from '../kit/attack/site.ts';
import { startTlsProxy, type TlsProxy, type TlsProxyOptions } from '../kit/attack/tls-proxy.ts';
import { createLoginSteps, type LoginSteps } from '../kit/gateway/login-steps.ts';
import { openRawBrowser } from '../kit/gateway/raw-browser.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';

let gateway: TestGateway;
let steps: LoginSteps;

before(async () => {
  gateway = await startTestGateway();
  steps = await createLoginSteps(gateway);
});

after(() => gateway.stop());

test('without a proxy the host logs in: what the tests below compare with (design §2)', async () => {
  const login = await steps.openLogin();
  const outcome = await logInWithHost({
    gateway,
    ticket: await steps.ticketOf(login),
    person: 'emma',
  });
  assert.deepEqual(outcome.events, [
    ...['connecting', 'site', 'reading', 'pin', 'signing', 'verifying'],
  ]);
  const claims = await steps.finish(login, outcome.completionCode ?? '');
  assert.equal(claims['age_over_6'], true);
});

const assertForwardingEnds = async (
  context: TestContext,
  options: Parameters<typeof startProxy>[1],
) => {
  const proxy = await startProxy(context, options);
  const { outcome, ticket } = await logInThrough(proxy);
  assertNothingGiven({ outcome, ticket, proxy, code: 'CONNECTION_INTERCEPTED' });
  assert.deepEqual(
    proxy.requests.map(({ alpn, path }) => [alpn, path]),
    [['kids-id-card/1', '/card/start']],
  );
};

test('a proxy that forwards everything on both channels is CONNECTION_INTERCEPTED, before ticket, site, card and PIN (design §2 step 5)', (context) =>
  assertForwardingEnds(context, {}));

test('a proxy that forwards everything on the card channel alone is CONNECTION_INTERCEPTED too (design §2 step 5)', (context) =>
  assertForwardingEnds(context, { passesAlpn: 'http/1.1' }));

test('a proxy that signs a connection check of its own is GATEWAY_UNTRUSTED: its key is not on the list (design §2, who is a gateway)', async (context) => {
  const proxy = await startProxy(context, { passesAlpn: 'http/1.1', answer: signOwnCheck });
  const { outcome, ticket } = await logInThrough(proxy);
  assertNothingGiven({ outcome, ticket, proxy, code: 'GATEWAY_UNTRUSTED' });
});

test('a proxy that signs with a key of its own under the gateway’s key is CONNECTION_INTERCEPTED (rfc9261, connection check)', async (context) => {
  const proxy = await startProxy(context, {
    passesAlpn: 'http/1.1',
    async answer(read, forward, near) {
      const theirs = await forward();
      const own = await signOwnCheck(read, async () => theirs, near);
      const check = {
        ...JSON.parse(own.body).check,
        key: JSON.parse(theirs.body).check.key,
      };
      return { ...own, body: JSON.stringify({ ...JSON.parse(own.body), check }) };
    },
  });
  const { outcome, ticket } = await logInThrough(proxy);
  assertNothingGiven({ outcome, ticket, proxy, code: 'CONNECTION_INTERCEPTED' });
});

test('a proxy that names its own web key in the gateway’s check, or other schemes, breaks the signature (rfc9261, connection check)', async (context) => {
  const changes: ((reply: { request: string; check: object }) => object)[] = [
    ({ request, check }) => ({ request, check: { ...check, webKeys: ['A'.repeat(43)] } }),
    ({ request, check }) => {
      const { context, signatureSchemes } = decodeCertificateRequest(decodeBase64url(request));
      const schemes = { context, signatureSchemes: [...signatureSchemes, 0x0401] };
      return { request: encodeBase64url(encodeCertificateRequest(schemes)), check };
    },
  ];
  for (const change of changes) {
    const proxy = await startProxy(context, {
      passesAlpn: 'http/1.1',
      async answer(_read, forward) {
        const reply = await forward();
        const { 'content-length': _, ...headers } = reply.headers;
        return { ...reply, headers, body: JSON.stringify(change(JSON.parse(reply.body))) };
      },
    });
    const { outcome, ticket } = await logInThrough(proxy);
    assertNothingGiven({ outcome, ticket, proxy, code: 'CONNECTION_INTERCEPTED' });
  }
});

/*
 * The thief has the ticket (from the browser's connection, or a screen) and proves a card of its own
 * with it. To log the victim's browser in as that person, the completion code would have to be posted
 * with the victim's cookie: by the victim's page, which takes a code only from the extension, which
 * takes it only from the host that it started for this page, which ended at the connection check and
 * has none. The proxy cannot put one in there; only one on the browser's own connection could, and
 * that one needs no ticket (the last test).
 */
test('a stolen ticket used with another person’s card leaves the victim’s browser without a login, and the thief’s too (design §2 step 12, §7)', async (context) => {
  const proxy = await startProxy(context);
  const thief = await steps.openLogin();
  const victim = await steps.openLogin();
  const ticket = await steps.ticketOf(victim);
  const stolen = await steps.proveCard(ticket, await steps.cardOf('noah'));

  const own = await thief.browser.postJson(`${thief.page}/complete`, { completionCode: stolen });
  assert.deepEqual([own.status, own.text], [410, '{"code":"LOGIN_EXPIRED"}']);
  const victims = await steps.proveCard(await steps.ticketOf(victim), await steps.cardOf('noah'));
  const library = [...libraryCookiesOf(victim.browser)].map(([name, value]) => `${name}=${value}`);
  const ours = [...thief.browser.cookies].filter(([name]) => name.startsWith('__Host-'));
  const cookie = [...library, ...ours.map(([name, value]) => `${name}=${value}`)].join('; ');
  const posted = await thief.browser.postJson(
    `${victim.page}/complete`,
    { completionCode: victims },
    { cookie },
  );
  assert.deepEqual([posted.status, posted.text], [403, '{"code":"LOGIN_OTHER_BROWSER"}']);

  // The victim's own host, with or without the proxy, finds the ticket spent and brings no code.
  for (const port of [proxy.port, gateway.port]) {
    const { code, completionCode } = await logInWithHost({ gateway, ticket, person: 'emma', port });
    assert.equal(code, port === proxy.port ? 'CONNECTION_INTERCEPTED' : 'LOGIN_EXPIRED');
    assert.equal(completionCode, undefined);
  }
  const resumed = await victim.browser.get(resumePathOf(victim));
  assert.doesNotMatch(String(resumed.headers['location']), /[?&]code=/);
});

test('an authenticator made for the proxy’s connection is AUTHENTICATOR_INVALID on the gateway’s: relaying a host that checks nothing gains nothing (RFC 9261 §5.2)', async (context) => {
  const proxy = await startProxy(context);
  const ticket = await steps.ticketOf(await steps.openLogin());
  // A host of another making, which skips the connection check.
  const careless = await createLoginSteps({ ...gateway, port: proxy.port });
  const { status, body } = await careless.prove(ticket, await steps.cardOf('emma'));
  assert.deepEqual([status, body], [403, { code: 'AUTHENTICATOR_INVALID' }]);
  assert.ok(proxy.requests.some(({ path }) => path === '/card/authenticator'));
});

test('a proxy on web traffic alone, the host’s look at the web origin included, is CONNECTION_INTERCEPTED, before ticket, site, card and PIN (design §7)', async (context) => {
  const proxy = await startProxy(context, { passesAlpn: 'kids-id-card/1' });
  const browser = openRawBrowser({ ...gateway, port: proxy.port });
  const login = await steps.openLogin(browser);
  const ticket = await steps.ticketOf(login);
  const outcome = await logInWithHost({ gateway, ticket, person: 'emma', port: proxy.port });
  assert.ok(proxy.requests.length > 0);
  assert.ok(proxy.requests.every(({ alpn }) => alpn === 'http/1.1'));
  assert.deepEqual(nothingGiven(outcome), nothingGiven({ code: 'CONNECTION_INTERCEPTED' }));
  // The proxy read the ticket on its way to the page; the host did not spend it.
  assert.ok((await steps.proveCard(ticket, await steps.cardOf('noah'))).length > 0);
});

test('LIMIT: a proxy on the browser’s connection that lets the host’s look through takes the login over (design §7, not defended in Chromium)', async (context) => {
  const site = await openSite(gateway, chatOf(gateway));
  const { path, checks } = await site.start();
  let callback = '';
  const proxy = await startProxy(context, {
    async answer(read, forward) {
      if (!read.path.endsWith('/complete')) return forward();
      // With the cookies that it saw, the proxy is the browser: it completes and resumes by itself.
      const thief = openRawBrowser(gateway);
      for (const pair of read.cookie.split('; ')) {
        const [name = '', value = ''] = pair.split(/=(.*)/);
        thief.cookies.set(name, value);
      }
      const taken = await thief.postJson(read.path, JSON.parse(read.body));
      const { location } = JSON.parse(taken.text) as { location: string };
      callback = String((await thief.get(location)).headers['location']);
      return { status: 410, headers: {}, body: '{"code":"LOGIN_EXPIRED"}' };
    },
  });
  const browser = openRawBrowser({ ...gateway, port: proxy.port });
  const page = String((await browser.get(path)).headers['location']);
  const ticket = await steps.ticketOf({ browser, page });
  // The host's connections, both of them, are not touched: it cannot notice.
  const { completionCode } = await logInWithHost({ gateway, ticket, person: 'emma' });
  assert.ok(completionCode);
  const victims = await browser.postJson(`${page}/complete`, { completionCode });
  assert.equal(victims.status, 410);
  const claims = await site.redeem(callback, checks);
  assert.equal(claims['age_over_6'], true);
});

async function startProxy(
  context: TestContext,
  options: Omit<TlsProxyOptions, 'gateway'> = {},
): Promise<TlsProxy> {
  const proxy = await startTlsProxy({ gateway, ...options });
  context.after(() => proxy.stop());
  return proxy;
}

/** A login at the gateway whose host is led to the proxy. */
async function logInThrough({ port }: TlsProxy) {
  const ticket = await steps.ticketOf(await steps.openLogin());
  return { ticket, outcome: await logInWithHost({ gateway, ticket, person: 'emma', port }) };
}

/** What a host that stops in time has shown, asked and sent: nothing. */
function nothingGiven({ code }: Pick<HostOutcome, 'code'>): HostOutcome {
  return { ...(code && { code }), events: ['connecting'], commands: [] };
}

function assertNothingGiven(end: {
  outcome: HostOutcome;
  ticket: string;
  proxy: TlsProxy;
  code: NonNullable<HostOutcome['code']>;
}): void {
  const { outcome, ticket, proxy, code } = end;
  assert.deepEqual(outcome, nothingGiven({ code }));
  assert.ok(proxy.requests.length > 0, 'the proxy was in the way');
  assert.ok(proxy.requests.every(({ body }) => !body.includes(ticket)));
}

/** A connection check of the proxy's own for the connection to the host, with its own key. */
const signOwnCheck: NonNullable<TlsProxyOptions['answer']> = async (_read, forward, near) => {
  const { request, check } = JSON.parse((await forward()).body) as {
    request: string;
    check: { webKeys: string[] };
  };
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const octets = decodeBase64url(request);
  const context = Buffer.from(await sha256(octets));
  const signature = await signConnectionCheck(pair.privateKey, {
    exporterValue: near.exportKeyingMaterial(
      CONNECTION_CHECK_BYTES,
      CONNECTION_CHECK_LABEL,
      context,
    ),
    request: octets,
    webKeys: check.webKeys.map(decodeBase64url),
  });
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const own = { key: { x, y }, signature: encodeBase64url(signature), webKeys: check.webKeys };
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ request, check: own }),
  };
};
