/** Where a person’s identity is between card and userinfo: nowhere that can be read (design §5, §8). */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { encodeBase64url } from '../../gateway/protocol/bytes.ts';
import type { CardContents } from '../kit/card/card-contents.ts';
import { type CardHolder, createCardHolder } from '../kit/privacy/card-holder.ts';
import { type Needle, needlesOfBytes, needlesOfText } from '../kit/privacy/needle.ts';
import { assertNothingIn, searchHaystack } from '../kit/privacy/search-haystack.ts';
import { agree, filesOf, type IdentityScene, startIdentityScene } from './identity-setup.ts';

const ALL = ['profile', 'birthdate', 'address', 'address:postcode', 'picture'];
const ASKED = `openid ${ALL.join(' ')}`;
const WINDOW_BYTES = 48;

let scene: IdentityScene;
let emma: CardHolder;
let needles: Needle[];

before(async () => {
  scene = await startIdentityScene();
  emma = await createCardHolder('emma', scene.gateway.pki);
  needles = [...emma.needles, ...fileNeedles(emma.contents)];
});

after(() => scene.gateway.stop());

function fileNeedles({ photo, identitySignature }: CardContents): Needle[] {
  const middle = Math.floor(photo.length / 2);
  return [
    ...needlesOfText('street', 'Teststraat 1'),
    ...needlesOfBytes('photo, its start', photo.subarray(-WINDOW_BYTES)),
    ...needlesOfBytes('photo, its middle', photo.subarray(middle, middle + WINDOW_BYTES)),
    ...needlesOfBytes('signature of the Register', identitySignature.subarray(8, 56)),
  ];
}

/** The database and its log as they are on the disk now. */
function disk(when: string): Record<string, Buffer> {
  const { storeFile } = scene.gateway;
  return Object.fromEntries(
    ['', '-wal']
      .filter((suffix) => existsSync(storeFile + suffix))
      .map((suffix) => [`store${suffix}, ${when}`, readFileSync(storeFile + suffix)]),
  );
}

test('a child tells everything: only the host’s files and userinfo’s one answer have any of it', async () => {
  const { library } = scene.parties;
  const { contents } = emma;
  const places: Record<string, Buffer | string> = {};
  const keep = (when: string, answer?: unknown) => {
    Object.assign(places, disk(when));
    if (answer) places[`answer, ${when}`] = JSON.stringify(answer);
  };

  const login = await scene.open(library, ASKED);
  const { browser, page } = login;
  keep('asked', await browser.get(`${page}/agreement`));
  await agree(login, ALL);
  keep('agreed', await browser.get(page));
  const proof = await scene.prove(login, contents);
  keep('card verified', proof);
  const { completionCode } = proof.body;
  const completed = await browser.postJson(`${page}/complete`, { completionCode });
  keep('completed', completed);
  const { location } = JSON.parse(completed.text) as { location: string };
  const resumed = await browser.get(location);
  keep('resumed', resumed);
  const result = await library.finishWithUserInfo(String(resumed.headers['location']));
  keep('userinfo asked', { claims: result.claims, tokens: result.tokens });
  keep('userinfo asked again', await library.userInfo(result));
  places['log'] = JSON.stringify(scene.gateway.log);

  assert.match(places['log'], /card verified/);
  assert.match(String(places['answer, userinfo asked']), /"id_token":"eyJ/);
  assertNothingIn(places, needles);

  // The search finds it where it belongs.
  const sent = JSON.stringify(filesOf(contents, proof.told.files));
  const told = JSON.stringify(result.userInfo);
  const foundIn = (text: string) => searchHaystack(Buffer.from(text), needles).join('\n');
  for (const what of ['given name', 'surname', 'national number', 'street', 'photo, its middle']) {
    assert.match(foundIn(sent), new RegExp(`${what}, base64url`));
  }
  for (const what of ['given name', 'surname', 'birth date, ISO 8601', 'street', 'photo']) {
    assert.match(foundIn(told), new RegExp(what));
  }
  assert.doesNotMatch(
    foundIn(told),
    /national number|card number|chip serial|certificate|signature/,
  );
});

test('identity that nobody fetches is in no file either, and neither is what a refused login brought', async () => {
  const { club, library } = scene.parties;
  const unfinished = await scene.open(library, ASKED);
  await agree(unfinished, ALL);
  await scene.finish(unfinished, await scene.prove(unfinished, emma.contents));
  const tooYoung = await scene.open(club, ASKED);
  await agree(tooYoung, ALL);
  const { body } = await scene.prove(tooYoung, emma.contents);
  assert.deepEqual(body, { code: 'CONSENT_UNDER_AGE' });
  const forged = await scene.open(library, ASKED);
  await agree(forged, ALL);
  const invalid = await scene.prove(forged, emma.contents, (asked) => ({
    ...filesOf(emma.contents, asked),
    photo: encodeBase64url(Buffer.from('TEST ONLY')),
  }));
  assert.deepEqual(invalid.body, { code: 'IDENTITY_INVALID' });
  const log = JSON.stringify(scene.gateway.log);
  assertNothingIn({ ...disk('at the end'), log }, needles);
});
