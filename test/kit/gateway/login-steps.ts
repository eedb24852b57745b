/** The steps of a login at the gateway's own protocols, for tests to take one by one or in one go. TEST ONLY. */
import assert from 'node:assert/strict';
import { decodeBase64url } from '../../../gateway/protocol/bytes.ts';
import type { ErrorCode } from '../../../gateway/protocol/errors.ts';
import { findPerson } from '../persons.ts';
import { personalise } from '../pki/personalise.ts';
import {
  openRawBrowser,
  openRawRelyingParty,
  type RawBrowser,
  type RawRelyingParty,
} from './raw-browser.ts';
import { connectRawHost, makeAuthenticator, type RawCard, type RawHost } from './raw-host.ts';
import type { TestGateway } from './test-gateway.ts';

/** A browser on the login page of one interaction. */
export interface OpenLogin {
  readonly browser: RawBrowser;
  /** `/login/<uid>` */
  readonly page: string;
}

export interface LoginSteps {
  readonly relyingParty: RawRelyingParty;
  openLogin(browser?: RawBrowser): Promise<OpenLogin>;
  ticketOf(login: OpenLogin): Promise<string>;
  connect(): Promise<RawHost>;
  /** Posts /card/start and returns the reply's body. */
  start(host: RawHost): Promise<Record<string, unknown>>;
  /** Starts and spends a ticket; returns the request's octets. */
  claim(host: RawHost, ticket: string): Promise<Uint8Array>;
  /** A connection of its own for a ticket, up to the authenticator's reply. */
  prove(ticket: string, card: RawCard): Promise<{ status: number; body: Record<string, unknown> }>;
  /** The same, for a card that must be taken: returns the completion code. */
  proveCard(ticket: string, card: RawCard): Promise<string>;
  /** Completes, resumes and redeems; returns the ID token's claims. */
  finish(login: OpenLogin, completionCode: string): Promise<Record<string, unknown>>;
  /** A fresh card of a synthetic person. */
  cardOf(name: string): Promise<RawCard>;
}

/** Prepares the steps against a gateway. */
export async function createLoginSteps(gateway: TestGateway): Promise<LoginSteps> {
  const relyingParty = await openRawRelyingParty(gateway);
  const connect = () => connectRawHost({ port: gateway.port, webCa: gateway.webCa });

  async function start(host: RawHost) {
    const reply = await host.post('/card/start', { protocol: 1, hostVersion: '0.1.0' });
    assert.equal(reply.status, 200);
    return reply.body;
  }

  async function claim(host: RawHost, ticket: string) {
    const { request } = await start(host);
    assert.equal((await host.post('/card/ticket', { ticket })).status, 200);
    return decodeBase64url(String(request));
  }

  async function prove(ticket: string, card: RawCard) {
    const host = await connect();
    const request = await claim(host, ticket);
    const authenticator = await makeAuthenticator({ keys: host.keys(), request, card });
    const reply = await host.post('/card/authenticator', { authenticator });
    host.close();
    return reply;
  }

  return {
    relyingParty,
    connect,
    start,
    claim,
    prove,
    async openLogin(browser = openRawBrowser(gateway)) {
      const started = await browser.get(await relyingParty.start());
      const page = String(started.headers['location']);
      assert.match(page, /^\/login\/[A-Za-z0-9_-]+$/);
      assert.equal((await browser.get(page)).status, 200);
      return { browser, page };
    },
    async ticketOf({ browser, page }) {
      const reply = await browser.postJson(`${page}/ticket`, {});
      assert.equal(reply.status, 200, reply.text);
      return String(JSON.parse(reply.text).ticket);
    },
    async proveCard(ticket, card) {
      const { status, body } = await prove(ticket, card);
      assert.equal(status, 200, JSON.stringify(body));
      return String(body['completionCode']);
    },
    async finish({ browser, page }, completionCode) {
      const reply = await browser.postJson(`${page}/complete`, { completionCode });
      assert.equal(reply.status, 200, reply.text);
      const { location } = JSON.parse(reply.text) as { location: string };
      const resumed = await browser.get(location);
      return relyingParty.finish(String(resumed.headers['location']));
    },
    async cardOf(name) {
      const person = findPerson(name);
      assert.ok(person);
      const contents = await personalise({ person, pki: gateway.pki, now: new Date() });
      assert.ok(contents.authenticationCertificate && contents.authenticationKey);
      return { certificate: contents.authenticationCertificate, key: contents.authenticationKey };
    },
  };
}

/** Asserts that the card channel answers a post with this status and `{ code }`. */
export async function assertRefused(
  host: RawHost,
  post: { path: string; body: unknown },
  expected: { status: number; code: ErrorCode },
): Promise<void> {
  const { status, code } = expected;
  assert.deepEqual(await host.post(post.path, post.body), { status, body: { code } });
}
