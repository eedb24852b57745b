/**
 * Wrong turns that the gateway decides on (design §5, §6): certificates that are revoked, expired or of
 * an unknown CA, a responder that is dead, and people of another age. The site learns the same of all of
 * them. Real reader service where there is one, host, browser, gateway and chat.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ErrorCode } from '../../gateway/protocol/errors.ts';
import { findChromiumProblems } from '../kit/browser/chromium.ts';
import type { Person } from '../kit/persons.ts';
import { getPerson, openScene, type Scene, typePin } from '../kit/start/wrong-turns.ts';

const skip = (await findChromiumProblems()).join('; ') || false;
const emma = getPerson('emma');

let scene: Scene;

before(async () => {
  if (!skip) scene = await openScene({ language: 'de' });
});

after(() => scene?.stop());

const REFUSED = [
  ['milan', 'CERTIFICATE_REVOKED'],
  ['julie', 'CERTIFICATE_EXPIRED'],
  ['wout', 'CERTIFICATE_ISSUER_UNKNOWN'],
  ['arthur', 'CERTIFICATE_ABSENT'],
  ['karel', 'AGE_OUTSIDE'],
  ['amal', 'AGE_OUTSIDE'],
] as const;

for (const [name, code] of REFUSED) {
  const person = getPerson(name);
  test(`${name} (${person.description}): ${code}, and the site learns access_denied alone`, {
    skip,
  }, async () => {
    await scene.world.insertCardOf(person);
    const page = await endWith(person, code);
    const { state, ...told } = await scene.goBack(page);
    assert.ok(state);
    assert.deepEqual(told, { error: 'access_denied', iss: scene.world.gatewayOrigin });
    await page.close();
  });
}

test('the OCSP responder is dead: REVOCATION_UNKNOWN; when it is back, trying again works', {
  skip,
}, async () => {
  const { ocsp } = scene.world;
  await scene.world.insertCardOf(emma);
  ocsp.setMode('dead');
  const page = await endWith(emma, 'REVOCATION_UNKNOWN');
  ocsp.setMode('normal');
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
});

test('after a refusal the next child at the same page gets in with another card', {
  skip,
}, async () => {
  const karel = getPerson('karel');
  await scene.world.insertCardOf(karel);
  const page = await endWith(karel, 'AGE_OUTSIDE');
  await scene.world.insertCardOf(emma);
  await scene.finish({ page, pinWindow: await scene.pressAgain(page) }, emma.pin);
  assert.ok(scene.callbacks.at(-1)?.has('code'));
});

/** A login that ends with this code in the window and on the page. */
async function endWith(person: Person, code: ErrorCode) {
  const { page, pinWindow } = await scene.startLogin();
  if (person.pin) await typePin(pinWindow, person.pin);
  await scene.expectProblem(pinWindow, code);
  await scene.expectProblem(page, code);
  return page;
}
