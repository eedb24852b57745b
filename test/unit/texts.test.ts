import assert from 'node:assert/strict';
import test from 'node:test';
import { ERROR_CODES } from '../../gateway/protocol/errors.ts';
import { IDENTITY_SCOPES, LANGUAGES } from '../../gateway/protocol/fields.ts';
import { disclosureLines, notLearntLine } from '../../gateway/texts/disclosure-lines.ts';
import { pickLanguage, textsFor } from '../../gateway/texts/texts.ts';

/** The one that is the same word in every language. */
const SAME_AS_ENGLISH = new Set(['pin.ok']);

/** Every sentence with its path; functions are called with a number and with a word. */
function listSentences(table: object, path = ''): [string, string][] {
  return Object.entries(table).flatMap(([key, value]: [string, unknown]) => {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') return [[here, value]];
    if (typeof value === 'function') {
      return [1, 2, 13, 'Site'].map((argument) => [`${here}(${argument})`, value(argument)]);
    }
    return listSentences(value as object, here);
  });
}

const english = new Map(listSentences(textsFor('en')));

for (const language of LANGUAGES) {
  const sentences = listSentences(textsFor(language));

  test(`${language}: no sentence is empty, and none has a stray space`, () => {
    for (const [path, sentence] of sentences) {
      assert.notEqual(sentence, '', path);
      assert.equal(sentence.trim(), sentence, path);
      assert.doesNotMatch(sentence, / {2}|undefined|NaN|\[object/, path);
    }
  });

  test(`${language}: has exactly the keys of English`, () => {
    assert.deepEqual(
      sentences.map(([path]) => path),
      [...english.keys()],
    );
  });

  test(`${language}: every error code has a child's sentence and an adult's next step (design §6)`, () => {
    const { errors } = textsFor(language);
    assert.deepEqual(Object.keys(errors), [...ERROR_CODES]);
    for (const code of ERROR_CODES) {
      const { child, adult } = errors[code];
      assert.match(child, /[.!?]$/, code);
      assert.match(adult, /[.!?]$/, code);
      assert.notEqual(child, adult, code);
      assert.ok(child.length <= 90, `${code}: too long for a child of 7`);
    }
  });

  test(`${language}: the extension's name and description fit a browser's limits`, () => {
    const { name, description } = textsFor(language).extension;
    assert.ok(name.length <= 45);
    assert.ok(description.length <= 132);
  });

  if (language !== 'en') {
    test(`${language}: no sentence was left in English`, () => {
      for (const [path, sentence] of sentences) {
        if (!SAME_AS_ENGLISH.has(path)) assert.notEqual(sentence, english.get(path), path);
      }
    });
  }
}

test('fr: no line begins with : ? ! or », and none ends with «', () => {
  for (const [path, sentence] of listSentences(textsFor('fr'))) {
    assert.doesNotMatch(sentence, / [:?!»]|« /, path);
  }
});

test('says a count of one in the singular', () => {
  assert.equal(textsFor('en').pin.triesLeft(1), '1 try left');
  assert.equal(textsFor('en').pin.triesLeft(2), '2 tries left');
  assert.equal(textsFor('nl').pin.triesLeft(2), 'Nog 2 pogingen');
});

test('picks the first preference that there are sentences for, whatever its region', () => {
  assert.equal(pickLanguage(['it-IT', 'FR-be', 'nl']), 'fr');
  assert.equal(pickLanguage(['de']), 'de');
});

test('falls back to Dutch', () => {
  assert.equal(pickLanguage([]), 'nl');
  assert.equal(pickLanguage(['it', 'frr']), 'nl');
});

test('tells what a site learns, each thing once (design §5)', () => {
  const lines = disclosureLines(textsFor('en'), {
    ageOver: [13, 9, 6, 9],
    requireAge: { min: 6, below: 13 },
    pseudonym: true,
  });
  assert.deepEqual(lines, [
    'that you are at least 6',
    'that you are not yet 13',
    'whether you are already 9: yes or no',
    'a made-up name for you, on this site only',
  ]);
});

test('tells that a site learns nothing when it asks for nothing', () => {
  const lines = disclosureLines(textsFor('en'), { ageOver: [], pseudonym: false });
  assert.deepEqual(lines, ['only that you have a card']);
});

test('tells first what the person agreed to, and last when the site asks again', () => {
  const lines = disclosureLines(textsFor('en'), {
    ageOver: [18],
    pseudonym: true,
    identity: ['profile', 'address', 'address:postcode'],
    reverifyAfter: true,
  });
  assert.deepEqual(lines, [
    'your first names, your last name and whether your card says boy or girl',
    'where you live: street, number, postcode and town',
    'whether you are already 18: yes or no',
    'a made-up name for you, on this site only',
    'from which month on it should ask for your card again',
  ]);
});

/** What each scope takes out of the sentence about what stays secret. */
const SECRETS = {
  profile: 'name',
  birthdate: 'birthday',
  address: 'home',
  picture: 'photo',
} as const;

for (const language of LANGUAGES) {
  test(`${language}: what it will not learn is true for every set of scopes`, () => {
    const texts = textsFor(language);
    const { secret } = texts.learn;
    for (let set = 0; set < 2 ** IDENTITY_SCOPES.length; set += 1) {
      const identity = IDENTITY_SCOPES.filter((_, index) => set & (2 ** index));
      const line = notLearntLine(texts, { ageOver: [], pseudonym: true, identity }) ?? '';
      const says = (thing: keyof typeof secret) => line.includes(secret[thing]);
      for (const [scope, thing] of Object.entries(SECRETS)) {
        if (identity.some((told) => told === scope)) assert.ok(!says(thing), line);
      }
      const isTownTold = identity.includes('address:postcode');
      const isHomeTold = identity.includes('address');
      assert.equal(says('home'), !isTownTold && !isHomeTold, line);
      assert.equal(says('street'), isTownTold && !isHomeTold, line);
      assert.equal(says('name'), !identity.includes('profile'), line);
      assert.equal(says('birthday'), !identity.includes('birthdate'), line);
      assert.equal(line, line.trim());
    }
  });

  test(`${language}: where all is told, there is no sentence about what is not`, () => {
    const all = { ageOver: [], pseudonym: true, identity: [...IDENTITY_SCOPES] };
    assert.equal(notLearntLine(textsFor(language), all), undefined);
  });
}

test('for an age alone it is the sentence about name, birthday and home', () => {
  const lineOf = (language: 'en' | 'nl' | 'fr' | 'de') =>
    notLearntLine(textsFor(language), { ageOver: [6], pseudonym: false });
  assert.equal(lineOf('en'), 'It will not learn your name, your birthday or where you live.');
  assert.equal(lineOf('nl'), 'Niet je naam, niet wanneer je jarig bent en niet waar je woont.');
  assert.equal(lineOf('fr'), 'Il ne saura ni ton nom, ni ta date de naissance, ni où tu habites.');
  assert.equal(
    lineOf('de'),
    'Nicht deinen Namen, nicht deinen Geburtstag und nicht deine Adresse.',
  );
});
