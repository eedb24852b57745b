/** Logins that tell name, birth date, address or picture: from agreement to userinfo (design §5, §8). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { birthDateOf, findPerson } from '../kit/persons.ts';
import { agree, filesOf, type IdentityScene, startIdentityScene } from './identity-setup.ts';

const ALL = ['profile', 'birthdate', 'address', 'address:postcode', 'picture'];
const ASKED = `openid ${ALL.join(' ')}`;

let scene: IdentityScene;
let karel: CardContents;
let emma: CardContents;

before(async () => {
  scene = await startIdentityScene();
  karel = await scene.cardOf('karel');
  emma = await scene.cardOf('emma');
});

after(() => scene.gateway.stop());

function birthdateOf(name: string): string {
  const person = findPerson(name);
  assert.ok(person);
  const { year, month, day } = birthDateOf(person, new Date());
  return [year, ...[month, day].map((part) => String(part).padStart(2, '0'))].join('-');
}

test('an adult who agrees to everything: userinfo says it, once, and the ID token says none of it', async () => {
  const { club } = scene.parties;
  const login = await scene.logIn({
    party: club,
    scope: `${ASKED} age_over_18`,
    agreed: ALL,
    card: karel,
  });
  const { sub, ...told } = login.userInfo;
  assert.equal(sub, login.claims['sub']);
  assert.deepEqual(told, {
    given_name: 'Karel Jan',
    family_name: 'Voorbeeld',
    gender: 'male',
    birthdate: birthdateOf('karel'),
    address: {
      formatted: 'Teststraat 1\n1000 Brussel',
      street_address: 'Teststraat 1',
      postal_code: '1000',
      locality: 'Brussel',
    },
    picture: `data:image/jpeg;base64,${Buffer.from(karel.photo).toString('base64')}`,
  });
  assert.deepEqual(Object.keys(login.claims).sort(), [
    ...['acr', 'age_over_18', 'amr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce'],
    ...['reverify_after', 'sub'],
  ]);
  assert.match(String(login.claims['reverify_after']), /^\d{4}-(0[1-9]|1[0-2])$/);
  assert.doesNotMatch(JSON.stringify(login.tokens), /Karel|Voorbeeld|Teststraat/);
  assert.deepEqual(Object.keys(await club.userInfo(login)), ['sub']);
});

test('boxes that were not ticked are not asked of the card, not granted and not told', async () => {
  const { club } = scene.parties;
  const login = await scene.logIn({
    party: club,
    scope: ASKED,
    agreed: ['address:postcode'],
    card: karel,
  });
  assert.deepEqual(login.proof.told.files, ['identity', 'address']);
  assert.deepEqual(login.proof.told.disclosure['identity'], ['address:postcode']);
  const { sub: _, ...told } = login.userInfo;
  assert.deepEqual(told, { address: { postal_code: '1000' } });
  assert.equal(login.tokens['scope'], 'openid address:postcode');
});

test('an agreement of nothing is an answer: the login goes on with pseudonym and age alone', async () => {
  const { club } = scene.parties;
  const scope = `${ASKED} age_over_18`;
  const login = await scene.logIn({ party: club, scope, agreed: [], card: emma });
  assert.equal(login.claims['age_over_18'], false);
  assert.deepEqual(Object.keys(login.userInfo), ['sub']);
  assert.equal('identity' in login.proof.told.disclosure, false);
});

test('a child tells a site that has a basis, and the card is asked for nothing more than was agreed', async () => {
  const { library } = scene.parties;
  const login = await scene.logIn({
    party: library,
    scope: ASKED,
    agreed: ['profile', 'picture'],
    card: emma,
  });
  const { given_name, family_name, gender, picture } = login.userInfo;
  assert.deepEqual([given_name, family_name, gender], ['Emma Louise', 'Proefkind', 'female']);
  assert.equal(picture, `data:image/jpeg;base64,${Buffer.from(emma.photo).toString('base64')}`);
  assert.deepEqual(login.proof.told.files, ['identity', 'photo']);
  assert.equal(login.userInfo['birthdate'], undefined);
});

test('a child is refused at a site without a basis, which is told access_denied and nothing else', async () => {
  for (const name of ['emma', 'lina', 'amal']) {
    const login = await scene.open(scene.parties.club, ASKED);
    await agree(login, ['profile']);
    const { status, body } = await scene.prove(login, await scene.cardOf(name));
    assert.deepEqual([status, body], [403, { code: 'CONSENT_UNDER_AGE' }], name);
    const reply = await login.browser.postJson(`${login.page}/cancel`, {});
    const { location } = JSON.parse(reply.text) as { location: string };
    const resumed = await login.browser.get(location);
    const answer = new URL(String(resumed.headers['location'])).searchParams;
    assert.deepEqual([...answer.keys()].sort(), ['error', 'iss', 'state']);
    assert.equal(answer.get('error'), 'access_denied');
  }
});

test('a card of which only the year of birth is known: the year is told, and the age is not guessed', async () => {
  const amal = await scene.cardOf('amal');
  const { library } = scene.parties;
  const scope = 'openid birthdate';
  const login = await scene.logIn({ party: library, scope, agreed: ['birthdate'], card: amal });
  assert.equal(login.userInfo['birthdate'], birthdateOf('amal').slice(0, 4));
});

test('an age alone asks for the birth date, which a host sends of a partial number only', async () => {
  const { pool } = scene.parties;
  const ageOf = async (card: CardContents, isSent: boolean) => {
    const login = await scene.open(pool, 'openid age_over_13');
    const proof = await scene.prove(login, card, isSent ? undefined : () => undefined);
    assert.deepEqual(proof.told.files, ['birth-date']);
    return pool.finish(await scene.finish(login, proof));
  };
  // The test PKI knows no more of Amal's birthday than her number does.
  const amal = await scene.cardOf('amal');
  assert.equal((await ageOf(amal, false))['age_over_13'], undefined);
  assert.equal((await ageOf(amal, true))['age_over_13'], undefined);
  assert.equal((await ageOf(emma, false))['age_over_13'], false);
  // A file that is not needed is not looked at either.
  assert.equal((await ageOf({ ...emma, identity: karel.identity }, true))['age_over_13'], false);
});

test('a person of one name and a card without a photo: what is not there is not told', async () => {
  const card = await scene.cardOf('piotr', { givenNames: '', surname: 'Przyklad' });
  const login = await scene.open(scene.parties.club, ASKED);
  await agree(login, ['profile', 'picture']);
  const proof = await scene.prove(login, card, () => filesOf(card, ['identity']));
  const callback = await scene.finish(login, proof);
  const { userInfo } = await scene.parties.club.finishWithUserInfo(callback);
  const { sub: _, ...told } = userInfo;
  assert.deepEqual(told, { family_name: 'Przyklad', gender: 'male' });
});

test('with the operator’s legal basis two cards of a person have one pseudonym, and it is not their number', async () => {
  const legalBasis = 'TEST ONLY: a law that lets this operator use the national number.';
  const account = { from: 'national-number', legalBasis } as const;
  const other = await startIdentityScene({ config: { account } });
  try {
    const party = other.parties.club;
    const cards = [await other.cardOf('karel'), await other.cardOf('karel')];
    const subs: unknown[] = [];
    for (const card of cards) {
      const login = await other.logIn({ party, scope: ASKED, agreed: [], card });
      subs.push(login.claims['sub']);
    }
    assert.equal(subs[0], subs[1]);
  } finally {
    await other.gateway.stop();
  }
});
