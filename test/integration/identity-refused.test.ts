/** Files of a card that are missing, unasked, forged or somebody else's (design §5, card facts §3.6). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { encodeBase64url } from '../../gateway/protocol/bytes.ts';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createPortrait } from '../kit/pki/portrait.ts';
import { serialOf } from '../kit/pki/test-pki.ts';
import {
  agree,
  filesOf,
  type IdentityScene,
  type SentFiles,
  startIdentityScene,
} from './identity-setup.ts';

const ASKED = 'openid profile birthdate address picture age_over_18';
const MALFORMED = [400, { code: 'MESSAGE_MALFORMED' }];
const INVALID = [403, { code: 'IDENTITY_INVALID' }];

let scene: IdentityScene;
let karel: CardContents;
let piotr: CardContents;

before(async () => {
  scene = await startIdentityScene();
  karel = await scene.cardOf('karel');
  piotr = await scene.cardOf('piotr');
});

after(() => scene.gateway.stop());

/** A login with this agreement, Karel's card, and whatever a host makes of its files. */
async function send(
  agreed: readonly string[],
  change: (files: SentFiles) => SentFiles | undefined,
): Promise<unknown[]> {
  const login = await scene.open(scene.parties.club, ASKED);
  await agree(login, agreed);
  const { status, body } = await scene.prove(login, karel, (asked) =>
    change(filesOf(karel, asked) ?? {}),
  );
  return [status, body];
}

const all = (card: CardContents): SentFiles =>
  filesOf(card, ['identity', 'address', 'photo']) ?? {};
const without = (files: SentFiles, name: string): SentFiles =>
  Object.fromEntries(Object.entries(files).filter(([key]) => key !== name));
const flipped = (text: unknown): string => {
  const bytes = Buffer.from(String(text), 'base64url');
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  return encodeBase64url(bytes);
};

test('files that were asked for and are missing are IDENTITY_INVALID', async () => {
  assert.deepEqual(await send(['profile'], () => undefined), INVALID);
  assert.deepEqual(await send(['address'], (files) => without(files, 'address')), INVALID);
});

test('files that nobody asked for are MESSAGE_MALFORMED: the gateway does not want to know', async () => {
  assert.deepEqual(await send(['profile'], () => all(karel)), MALFORMED);
  assert.deepEqual(await send(['address'], () => all(karel)), MALFORMED);
  const { photo } = all(karel);
  assert.deepEqual(await send(['profile'], (files) => ({ ...files, photo })), MALFORMED);
  const { address } = all(karel);
  assert.deepEqual(await send([], () => ({ ...all(karel), address })), MALFORMED);
});

test('a half of what goes together is no message at all', async () => {
  for (const name of ['identity', 'identitySignature', 'registerCertificate']) {
    assert.deepEqual(await send(['profile'], (files) => without(files, name)), MALFORMED);
  }
});

for (const name of ['identity', 'identitySignature', 'registerCertificate', 'photo']) {
  test(`one bit of ${name} changed is IDENTITY_INVALID`, async () => {
    const answer = await send(['picture'], (files) => ({ ...files, [name]: flipped(files[name]) }));
    assert.deepEqual(answer, INVALID);
  });
}

test('one bit of the address or of its signature changed is IDENTITY_INVALID', async () => {
  for (const part of ['file', 'signature']) {
    const answer = await send(['address'], (files) => {
      const address = files['address'] as Record<string, string>;
      return { ...files, address: { ...address, [part]: flipped(address[part]) } };
    });
    assert.deepEqual(answer, INVALID);
  }
});

test('files of another card, whole or in part, are IDENTITY_INVALID', async () => {
  assert.deepEqual(await send(['profile'], () => filesOf(piotr, ['identity'])), INVALID);
  for (const name of ['address', 'photo']) {
    const answer = await send(['address', 'picture'], (files) => ({
      ...files,
      [name]: all(piotr)[name],
    }));
    assert.deepEqual(answer, INVALID, name);
  }
});

test('another photo than the one that was signed is IDENTITY_INVALID', async () => {
  const photo = encodeBase64url(createPortrait(30));
  assert.deepEqual(await send(['picture'], (files) => ({ ...files, photo })), INVALID);
});

test('a citizen’s certificate in the place of the Register’s is IDENTITY_INVALID (card facts §3.6)', async () => {
  const { authenticationCertificate, signatureCertificate } = karel;
  for (const certificate of [authenticationCertificate, signatureCertificate]) {
    assert.ok(certificate);
    const registerCertificate = encodeBase64url(certificate);
    const answer = await send(['profile'], (files) => ({ ...files, registerCertificate }));
    assert.deepEqual(answer, INVALID);
  }
});

test('a wrong file is found before an age or a name is decided, and the ticket is spent by it', async () => {
  const login = await scene.open(scene.parties.club, ASKED);
  await agree(login, ['profile']);
  const emma = await scene.cardOf('emma');
  const { body } = await scene.prove(login, emma, () => filesOf(karel, ['identity']));
  assert.deepEqual(body, { code: 'IDENTITY_INVALID' });
  await agree(login, []);
  assert.equal((await scene.prove(login, emma)).status, 200);
});

test('a card that the Register says is not valid today is CERTIFICATE_EXPIRED', async () => {
  const expired = await scene.cardOf('karel', { issuedDaysAgo: 400, validityYears: 1 });
  const login = await scene.open(scene.parties.club, ASKED);
  await agree(login, ['profile']);
  // His certificate is the other card's, which is valid: only the files tell.
  const { body } = await scene.prove(login, karel, () => filesOf(expired, ['identity']));
  assert.deepEqual(body, { code: 'CERTIFICATE_EXPIRED' satisfies ErrorCode });
});

test('a revoked certificate of the Register is IDENTITY_INVALID: it is not the holder’s', async () => {
  const revoked = await startIdentityScene();
  try {
    const { pki, ocsp } = revoked.gateway;
    ocsp.revoke(serialOf(pki.nationalRegister.certificate), pki.root);
    const login = await revoked.open(revoked.parties.club, ASKED);
    await agree(login, ['profile']);
    const { status, body } = await revoked.prove(login, await revoked.cardOf('karel'));
    assert.deepEqual([status, body], INVALID);
  } finally {
    await revoked.gateway.stop();
  }
});
