/** The card channel's judge: whose account it is, and who is told of a revoked card (design §4, §5). */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createCardAdmission } from '../../gateway/admit-card.ts';
import { createOcspFetch } from '../../gateway/certificate/ocsp-fetch.ts';
import { createRevocationChecker } from '../../gateway/certificate/revocation-checker.ts';
import { loadTrust } from '../../gateway/certificate/trust.ts';
import type { AccountSource } from '../../gateway/identity/person.ts';
import { createRequest } from '../../gateway/login/card-connection.ts';
import { createRegistry, parseClientFile } from '../../gateway/oidc/clients.ts';
import { createSubjectKey } from '../../gateway/oidc/subject.ts';
import { decodeBase64url } from '../../gateway/protocol/bytes.ts';
import { makeAuthenticator, type RawCard } from '../kit/gateway/raw-host.ts';
import { findPerson } from '../kit/persons.ts';
import { startOcspResponder } from '../kit/pki/ocsp-responder.ts';
import { personalise } from '../kit/pki/personalise.ts';
import { openTestPki, serialOf } from '../kit/pki/test-pki.ts';
import { rejectsWithCode } from '../kit/rejects.ts';

const instant = new Date('2026-11-22T12:00:00Z');
const now = () => instant;
const dir = mkdtempSync(join(tmpdir(), 'kids-id-admit-'));
const pki = await openTestPki({ dir, now: instant });
const ocsp = await startOcspResponder({ pki, now });
after(async () => {
  await ocsp.stop();
  rmSync(dir, { recursive: true });
});
const trust = loadTrust({
  mode: 'test',
  anchors: [pki.root.certificate],
  intermediates: [pki.citizenCa.certificate],
});
const client = {
  clientId: 'club',
  site: { name: 'Club' },
  organisation: 'Club',
  sector: 'club.example',
  subjectMode: 'pairwise',
  redirectUris: ['https://club.example/callback'],
  authentication: { method: 'none' },
};
const grant = { uid: 'uid', cookie: 'cookie', clientId: 'club', scopes: ['openid'] };

async function cardOf(name: string): Promise<RawCard> {
  const person = findPerson(name);
  assert.ok(person);
  const card = await personalise({ person, pki, now: instant });
  assert.ok(card.authenticationCertificate && card.authenticationKey);
  return { certificate: card.authenticationCertificate, key: card.authenticationKey };
}

/** A judge with an empty revocation cache, and whom it told of. */
function createJudge(accountSource: AccountSource = 'card-key') {
  const revoked: string[] = [];
  const admitCard = createCardAdmission({
    trust,
    revocation: createRevocationChecker({
      trust,
      now,
      fetchOcsp: createOcspFetch({ responders: { 'ocsp.kids-id.test': ocsp.url } }),
    }),
    clients: createRegistry([parseClientFile(client)]),
    subjectKey: createSubjectKey({ version: 'v1', secret: new Uint8Array(32).fill(5) }),
    accountSource,
    now,
    onRevoked: (cardIndex) => void revoked.push(cardIndex),
  });
  /** `shown`: the certificate, where it is not the card's own. */
  const judge = async (card: RawCard, shown = card.certificate) => {
    const request = createRequest();
    const keys = {
      hash: 'SHA-256',
      handshakeContext: randomBytes(32),
      finishedKey: randomBytes(32),
    } as const;
    const authenticator = await makeAuthenticator({
      keys,
      request: request.bytes,
      card: { ...card, certificate: shown },
    });
    const bytes = decodeBase64url(authenticator);
    return admitCard({ bytes, request, keys, grant, files: undefined });
  };
  return { judge, revoked };
}

test('a proved card that is revoked is told of by the index of its earlier logins', async () => {
  const emma = await cardOf('emma');
  const before = await createJudge().judge(emma);
  ocsp.revoke(serialOf(emma.certificate));
  const { judge, revoked } = createJudge();
  await rejectsWithCode('CERTIFICATE_REVOKED', judge(emma));
  assert.deepEqual(revoked, [before.cardIndex]);
});

test('nobody is told of a card that was shown and not proved: its certificate is no secret', async () => {
  const [noah, milan] = [await cardOf('noah'), await cardOf('milan')];
  const { judge, revoked } = createJudge();
  await rejectsWithCode('AUTHENTICATOR_INVALID', judge(noah, milan.certificate));
  await judge(noah);
  assert.deepEqual(revoked, []);
});

test('the index names the certificate, not the person or the card', async () => {
  const { judge } = createJudge();
  const [first, second] = [await cardOf('karel'), await cardOf('karel')];
  const outcomes = [await judge(first), await judge(first), await judge(second)];
  const [index, again, other] = outcomes.map(({ cardIndex }) => cardIndex);
  assert.equal(index, again);
  assert.notEqual(index, other);
  assert.ok(!outcomes.some(({ cardIndex, sub }) => cardIndex === sub));
});

test('a new card is a new pseudonym, unless the operator’s account is the national number (design §5)', async () => {
  const subsOf = async (source: AccountSource) => {
    const { judge } = createJudge(source);
    const cards = [await cardOf('karel'), await cardOf('karel'), await cardOf('noah')];
    return (await Promise.all(cards.map((card) => judge(card)))).map(({ sub }) => sub);
  };
  const [byCard, byCardAgain] = await subsOf('card-key');
  assert.notEqual(byCard, byCardAgain);
  const [byNumber, byNumberAgain, ofNoah] = await subsOf('national-number');
  assert.equal(byNumber, byNumberAgain);
  assert.notEqual(byNumber, ofNoah);
});
