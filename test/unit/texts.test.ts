import assert from 'node:assert/strict';
import test from 'node:test';
import { ERROR_CODES } from '../../gateway/protocol/errors.ts';
import { LANGUAGES } from '../../gateway/protocol/fields.ts';
import { disclosureLines } from '../../gateway/texts/disclosure-lines.ts';
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
