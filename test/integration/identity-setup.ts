/**
 * A gateway with sites that ask for name, birth date, address and picture, and hosts that send files of
 * a card, right or wrong. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { exportJWK, generateKeyPair } from 'jose';
import type { GatewayConfig } from '../../gateway/config.ts';
import { encodeBase64url } from '../../gateway/protocol/bytes.ts';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createLoginSteps, type LoginSteps, type OpenLogin } from '../kit/gateway/login-steps.ts';
import {
  openRawBrowser,
  openRawRelyingParty,
  type RawBrowser,
  type RawLogin,
  type RawRelyingParty,
} from '../kit/gateway/raw-browser.ts';
import { makeAuthenticator } from '../kit/gateway/raw-host.ts';
import { startTestGateway, type TestGateway } from '../kit/gateway/test-gateway.ts';
import { findPerson, type Person } from '../kit/persons.ts';
import { personalise } from '../kit/pki/personalise.ts';

/** Files in the form of the card channel. */
export type SentFiles = Readonly<Record<string, unknown>>;

/** What a host got as answer to its ticket, and to its authenticator. */
export interface Proof {
  readonly told: {
    readonly files: readonly string[];
    readonly disclosure: Readonly<Record<string, unknown>>;
  };
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface IdentityScene {
  readonly gateway: TestGateway;
  readonly steps: LoginSteps;
  /** `club`: everything, no basis for children; `library`: the same with one; `pool`: an age alone. */
  readonly parties: Readonly<Record<'club' | 'library' | 'pool', RawRelyingParty>>;
  /** A card of a synthetic person, with whatever was changed in them. */
  cardOf(name: string, changed?: Partial<Person>): Promise<CardContents>;
  /** A browser at `/login/<uid>`, which was not opened yet. */
  open(party: RawRelyingParty, scope: string, browser?: RawBrowser): Promise<OpenLogin>;
  /** Proves a card, with the files that its gateway asks for or with others. */
  prove(
    login: OpenLogin,
    card: CardContents,
    files?: (asked: readonly string[]) => SentFiles | undefined,
  ): Promise<Proof>;
  /** From agreement to userinfo. */
  logIn(options: {
    party: RawRelyingParty;
    scope: string;
    agreed: readonly string[];
    card: CardContents;
  }): Promise<RawLogin & { readonly proof: Proof }>;
  /** Completes and resumes; returns the callback's URL. */
  finish(login: OpenLogin, proof: Proof): Promise<string>;
}

const ALL = ['profile', 'birthdate', 'address', 'address:postcode', 'picture'];

/** Starts it. */
export async function startIdentityScene(
  options: { config?: Partial<GatewayConfig> } = {},
): Promise<IdentityScene> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const kid = 'site-1';
  const keys = [{ ...(await exportJWK(pair.publicKey)), kid }];
  const jwk = Object.entries({ ...(await exportJWK(pair.privateKey)), kid });
  const key = Object.fromEntries(jwk.map(([name, value]) => [name, String(value)]));
  const siteOf = (clientId: string, more: object) => ({
    clientId,
    site: { name: clientId },
    organisation: clientId,
    sector: `${clientId}.example`,
    redirectUris: ['https://chat.localhost/callback'],
    authentication: { method: 'private_key_jwt', jwks: { keys } },
    ...more,
  });
  const childBasis = 'TEST ONLY: a decree lets this library register its young readers.';
  const gateway = await startTestGateway({
    clients: [
      siteOf('club', {
        subjectMode: 'pairwise',
        ageThresholds: [18],
        identity: { scopes: ALL },
        reverifyAfterMonths: 12,
      }),
      siteOf('library', { subjectMode: 'pairwise', identity: { scopes: ALL, childBasis } }),
      siteOf('pool', { ageThresholds: [13] }),
    ],
    ...options,
  });
  const steps = await createLoginSteps(gateway);
  const open = (clientId: string) => openRawRelyingParty(gateway, { clientId, key });
  const parties = {
    club: await open('club'),
    library: await open('library'),
    pool: await open('pool'),
  };
  return { gateway, steps, parties, ...createSceneSteps(gateway, steps) };
}

function createSceneSteps(
  gateway: TestGateway,
  steps: LoginSteps,
): Pick<IdentityScene, 'cardOf' | 'open' | 'prove' | 'logIn' | 'finish'> {
  const open: IdentityScene['open'] = async (party, scope, browser = openRawBrowser(gateway)) => {
    const started = await browser.get(await party.start({ scope }));
    const page = String(started.headers['location']);
    assert.match(page, /^\/login\/[A-Za-z0-9_-]+$/);
    return { browser, page };
  };

  const prove: IdentityScene['prove'] = async (
    login,
    card,
    files = (asked) => filesOf(card, asked),
  ) => {
    const host = await steps.connect();
    try {
      const ticket = await steps.ticketOf(login);
      const { request } = await steps.start(host);
      const reply = await host.post('/card/ticket', { ticket });
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      const told = reply.body as unknown as Proof['told'];
      const sent = files(told.files);
      const authenticator = await makeAuthenticator({
        keys: host.keys(),
        request: Buffer.from(String(request), 'base64url'),
        card: keyCardOf(card),
      });
      const body = { authenticator, ...(sent && { files: sent }) };
      return { told, ...(await host.post('/card/authenticator', body)) };
    } finally {
      host.close();
    }
  };

  const finish: IdentityScene['finish'] = async ({ browser, page }, proof) => {
    assert.equal(proof.status, 200, JSON.stringify(proof.body));
    const { completionCode } = proof.body;
    const reply = await browser.postJson(`${page}/complete`, { completionCode });
    assert.equal(reply.status, 200, reply.text);
    const { location } = JSON.parse(reply.text) as { location: string };
    return String((await browser.get(location)).headers['location']);
  };

  return {
    open,
    prove,
    finish,
    async cardOf(name, changed) {
      const known = findPerson(name);
      assert.ok(known);
      // Portraits are told apart by the person's place in the list.
      const person = changed ? { ...known, ...changed } : known;
      return personalise({ person, pki: gateway.pki, now: new Date() });
    },
    async logIn({ party, scope, agreed, card }) {
      const login = await open(party, scope);
      await agree(login, agreed);
      const proof = await prove(login, card);
      const callback = await finish(login, proof);
      return { ...(await party.finishWithUserInfo(callback)), proof };
    },
  };
}

/** Answers the agreement page with these boxes ticked. */
export async function agree({ browser, page }: OpenLogin, scopes: readonly string[]) {
  const fields = scopes.map((scope) => ['scope', scope] as const);
  const reply = await browser.postForm(`${page}/agreement`, fields);
  assert.deepEqual([reply.status, reply.headers['location']], [303, page], reply.text);
}

/** The files of a card that were asked for, as an honest host sends them. */
export function filesOf(card: CardContents, asked: readonly string[]): SentFiles | undefined {
  if (asked.length === 0) return undefined;
  const padded = (signature: Uint8Array) =>
    Buffer.concat([signature, new Uint8Array(Math.max(0, 104 - signature.length))]);
  return {
    identity: encodeBase64url(card.identity),
    identitySignature: encodeBase64url(padded(card.identitySignature)),
    registerCertificate: encodeBase64url(card.nationalRegisterCertificate),
    ...(asked.includes('address') && {
      address: {
        file: encodeBase64url(card.address),
        signature: encodeBase64url(padded(card.addressSignature)),
      },
    }),
    ...(asked.includes('photo') && { photo: encodeBase64url(card.photo) }),
  };
}

function keyCardOf({ authenticationCertificate, authenticationKey }: CardContents) {
  assert.ok(authenticationCertificate && authenticationKey);
  return { certificate: authenticationCertificate, key: authenticationKey };
}
