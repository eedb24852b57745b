/** What a message of the example chat may hold: the word filter with its real lists, links, addresses and numbers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadWords } from '../../examples/chat/load-words.ts';
import {
  hasLink,
  hasMailAddress,
  hasPhoneNumber,
} from '../../examples/chat/rules/contact-details.ts';
import { foldText } from '../../examples/chat/rules/fold.ts';
import { findTextProblem, tidyText } from '../../examples/chat/rules/message-text.ts';
import { createWordFilter } from '../../examples/chat/rules/word-filter.ts';

const hasBadWord = createWordFilter(loadWords());

/** Asserts the answer for each text, and names the one that is wrong. */
function assertEach(rule: (text: string) => boolean, expected: boolean, texts: readonly string[]) {
  assert.deepEqual(
    texts.filter((text) => rule(text) !== expected),
    [],
  );
}

describe('chat word filter', () => {
  it('finds every word of its lists, as it stands there, in capitals and inside a sentence', () => {
    for (const word of loadWords()) {
      assertEach(hasBadWord, true, [word, word.toUpperCase(), `Jij, ${word}, altijd`, `¡${word}?`]);
    }
  });

  it('finds a word however it is dressed up', () => {
    assertEach(hasBadWord, true, [
      'KÜT',
      'kùt!',
      'kuuuuut',
      'KuT',
      'k.u.t',
      'k-u-t',
      'k u t',
      'een k u t ding',
      'kut1',
      '1kut',
      'kutkut',
      'a k u t',
      'k*t',
      'f**k',
      'k\u200bu\u200bt',
      'ku\u00adt',
      '$hit',
      'sh1t',
      '5h!t',
      'a55hole',
      'a$$hole',
      'b1tch',
      'ＦＵＣＫ',
      '𝓯𝓾𝓬𝓴',
      'ⓕⓤⓒⓚ',
      'fuсk', // Cyrillic с
      'kυt', // Greek υ
      'hoer.',
      '«putain»',
      'PUTAIN!!!',
      "j'encule",
      'encule',
      'scheisse',
      'SCHEIẞE',
      'Arschlocher',
      'nique ta mere',
      'Nique  TA\tmère',
      'nique, ta-mère',
      'rot op!',
      'kutwijf',
      '🖕🏽',
    ]);
  });

  it('leaves towns, names and everyday words of the four languages alone', () => {
    const words = [
      // The words inside words that gave the Scunthorpe problem its name.
      'Scunthorpe Penistone Lightwater Clitheroe Sussex Essex Middlesex Cockermouth Arsenal',
      'Dickens Hancock Hitchcock cocktail peacock cockpit shuttlecock weathercock',
      'assassin assess class classic grass pass bass compass embassy assignment',
      'analysis analyse canal banal manuscript document cucumber circumference',
      'therapist shiitake Matsushita Nigeria Niger niggle snigger swanky titanic',
      // Dutch: a rude word inside, or a word that is rude in another language.
      'hoera lullaby flikkeren eikel pijpen pikken huren hoe dik kanker mongolië Mongolen aftrekken',
      'slethoek kutikula lulletje hoest sletvrij trutje boten',
      // French.
      'dispute disputer député réputé computer amputer reculer écueil concombre consonne',
      'pique-nique retard bite chatte pédale tapette connaître connexion conseil retardataire',
      // German.
      'Mutter wichtig wichteln Schwanz dick Ass hell Nuss nutzen Spaß spasshaft Marsch Fickmühle',
    ].flatMap((line) => line.split(' '));
    assertEach(hasBadWord, false, words);
    assertEach(hasBadWord, false, [
      'un pique nique au bord de la mer',
      'je suis en retard',
      "l'as de pique, d'accord !",
      'on râpe le fromage',
      'ich bin dick und du bist bitte still',
      'das ist Spaß',
      // Digits and signs are letters only beside letters.
      '455 + 8008 = 8463',
      '5318008',
      '4 + 4 = 8!',
      'a b c d e f g h i j k',
      'x y z',
      'o k',
      't-shirt',
    ]);
  });

  it('asks for a letter at least as often as the list has it', () => {
    const filter = createWordFilter(['boot']);
    assertEach(filter, true, ['boot', 'booot', 'bbooott', 'b00t']);
    assertEach(filter, false, ['bot', 'bott', 'boter']);
  });

  it('has no entry that an everyday word of another language is', () => {
    const words = new Set(loadWords().map(foldText));
    for (const everyday of 'bite retard dick ass hoe huren rape cock chatte tapette con nique as die hell bitte kip'.split(
      ' ',
    )) {
      assert.ok(!words.has(everyday), everyday);
    }
  });

  it('takes a long text of stars and letters quickly', () => {
    const startedAt = process.hrtime.bigint();
    for (const text of [
      'a*'.repeat(150),
      `${'a'.repeat(299)}*`,
      'k '.repeat(150),
      '*'.repeat(300),
    ]) {
      hasBadWord(text);
      hasLink(text);
      hasMailAddress(text);
      hasPhoneNumber(text.replaceAll('a', '1'));
    }
    assert.ok(process.hrtime.bigint() - startedAt < 2_000_000_000n);
  });
});

describe('chat contact details', () => {
  it('finds links and names of sites', () => {
    assertEach(hasLink, true, [
      'https://x',
      'HTTP://X.Y',
      'ftp://a',
      'www.iets',
      'WWW . iets',
      'youtube.com',
      'kijk op Coucou.BE!',
      'discord.gg/abc',
      'bit.ly/x',
      'youtu.be/abc',
      't.me/jan',
      'jan.example/x',
      'coucou dot com',
      'coucou punt be',
      'coucou (point) be',
      'ｗｗｗ.x',
      'insta．com',
      'Discord.Gg/abc',
      'kijk op Youtube.Com',
      'Iets.Example/x',
      'youtube .com',
      'youtube. com',
    ]);
  });

  it('leaves sentences alone, also where the space after the full stop is forgotten', () => {
    assertEach(hasLink, false, [
      'Ja.De hond blaft',
      'Leuk. gg!',
      'Nee.Net niet',
      'ok. de bal',
      'wow.leuk',
      'hallo...de',
      'mon point de vue',
      'een punt de lucht in',
      '3.5 kg of 12.30 uur',
      'e.g. this',
      'a/b/c en/of',
      'http is een woord',
    ]);
  });

  it('finds e-mail addresses, and leaves other signs alone', () => {
    assertEach(hasMailAddress, true, [
      'a@b.be',
      'Jan.Jansen @ school.be',
      'jan at gmail',
      'jan@hotmail',
      'jan (at) gmail com',
      'jan apenstaartje telenet',
    ]);
    assertEach(hasMailAddress, false, ['look at me', '@jan hoi', 'a@b', 'at home', ':@)']);
  });

  it('finds digits like those of a telephone number, in any script or in words', () => {
    assertEach(hasPhoneNumber, true, [
      '0470123456',
      '0470 12 34 56',
      '0470/12.34.56',
      '+32 (0)470-12-34-56',
      '02 123 45 67',
      'bel 0470 - 12 - 34 - 56 !',
      '0470,12,34,56',
      '0470–12–34–56',
      '0470:12 * 34;56',
      '٠٤٧٠١٢٣٤٥٦',
      '०४७०१२३४५६',
      '0️⃣4️⃣7️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣',
      '⓪④⑦⓪①②③④⑤⑥',
      'nul vier zeven nul een twee drie vier vijf zes',
      'zéro quatre sept zéro un deux trois quatre',
      'Null Vier SIEBEN null fünf zwei drei vier',
      'zero four 7 zero one 2 three four',
      '01/02/2015',
    ]);
  });

  it('leaves counting, years, sums and big round numbers alone', () => {
    assertEach(hasPhoneNumber, false, [
      '1 2 3 4 5 6 7 8 9 10',
      '12345678910',
      '10 9 8 7 6 5 4 3 2 1 0',
      'een twee drie vier vijf zes zeven acht negen',
      '2 4 6 8 10 12 14',
      '50 40 30 20 10 0',
      '10000000 keer',
      '1 000 000 000',
      '99999999',
      'in 2026 en 2027',
      '12 x 12 = 144',
      'van 7:30 tot 8:15',
      '1234567',
    ]);
  });
});

describe('chat message texts', () => {
  it('are one line without control characters, turned directions or towers of accents', () => {
    assert.equal(tidyText('  a\n\tb\u0000c \u2028 d '), 'a b c d');
    assert.equal(tidyText('abc\u202edef\u2066\u200f'), 'abcdef');
    assert.equal(tidyText(`e${'\u0301'.repeat(40)}`), 'é\u0301\u0301\u0301');
    assert.equal(tidyText('a\ud800b'), 'ab');
    assert.equal(tidyText('e\u0301'), 'é');
  });

  it('keep emoji whole, and what looks like HTML as it is', () => {
    for (const text of ['👨‍👩‍👧‍👦', '👍🏽', '❤️', '1️⃣', '<b>&amp;</b>']) {
      assert.equal(tidyText(text), text);
    }
  });

  it('say which rule a text breaks', () => {
    const problems: readonly (readonly [string, string | undefined])[] = [
      ['', 'empty'],
      [' \u200b\u3164 ', 'empty'],
      ['\ufe0f', 'empty'],
      ['a'.repeat(300), undefined],
      ['a'.repeat(301), 'long'],
      ['😀'.repeat(300), undefined],
      ['😀'.repeat(301), 'long'],
      ['a@b.be', 'mail'],
      ['www.x.be', 'link'],
      ['0470 12 34 56', 'digits'],
      ['kut', 'word'],
      ['?', undefined],
      ['👍', undefined],
      ['Hallo iedereen!', undefined],
    ];
    for (const [text, problem] of problems) {
      assert.equal(findTextProblem(tidyText(text), hasBadWord), problem, text.slice(0, 20));
    }
  });
});
