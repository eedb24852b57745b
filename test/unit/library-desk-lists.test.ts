/** The example library's overdue list and chart of loans, and the sentences of the desk's lists and import. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chartPage } from '../../examples/library/pages/chart.ts';
import type { PageContext } from '../../examples/library/pages/layout.ts';
import {
  overdueCsv,
  overduePage,
  parseOverdueSorting,
} from '../../examples/library/pages/overdue.ts';
import type { OverdueLoan } from '../../examples/library/store/loans.ts';
import { dataTextsFor } from '../../examples/library/texts/data-texts.ts';
import { LANGUAGES } from '../../examples/library/texts/texts.ts';

const CONTEXT: PageContext = {
  language: 'en',
  path: '/desk/overdue',
  query: {},
  today: '2026-03-02',
  visitor: 'staff',
  createToken: () => 'token',
};

const loan = (id: number, memberName: string, title: string, daysLate: number): OverdueLoan => ({
  id,
  memberId: id,
  memberName,
  memberNumber: '2000000016',
  titleId: id,
  title,
  author: 'Auteur',
  barcode: '3000000015',
  lentOn: '2026-01-01',
  dueOn: new Date(Date.parse('2026-03-02') - daysLate * 86_400_000).toISOString().slice(0, 10),
  renewals: 0,
  renewal: { kind: 'refused', reason: 'late' },
  daysLate,
  fineCents: daysLate * 10,
});

const LOANS = [
  loan(1, 'Élodie', 'Zomer', 3),
  loan(2, 'Bram', 'Winter', 12),
  loan(3, 'Zoë <b>', '=1+1', 5),
];

/** The members in the order in which the page has them. */
const membersOf = (page: string) =>
  [...page.matchAll(/\/desk\/members\/(\d+)/g)].map(([, id]) => Number(id));

describe('library overdue list', () => {
  it('is sorted by the day that they were due, the longest late first, and as asked', () => {
    const orders = {
      '': [2, 3, 1],
      due: [2, 3, 1],
      '-due': [1, 3, 2],
      member: [2, 1, 3],
      '-member': [3, 1, 2],
      book: [3, 2, 1],
      nonsense: [2, 3, 1],
    };
    for (const [raw, ids] of Object.entries(orders)) {
      const page = overduePage(CONTEXT, { loans: LOANS, sorting: parseOverdueSorting(raw) });
      assert.deepEqual(membersOf(page), ids, raw);
    }
    assert.deepEqual(parseOverdueSorting(['member']), { by: 'due', isDescending: false });
  });

  it('tells how it is sorted, and the link turns it around', () => {
    const page = overduePage(CONTEXT, { loans: LOANS, sorting: parseOverdueSorting('member') });
    assert.match(
      page,
      /<th scope="col" aria-sort="ascending"><a href="\/desk\/overdue\?sort=-member"/,
    );
    assert.equal(page.match(/aria-sort/g)?.length, 1);
  });

  it('escapes names and titles', () => {
    const page = overduePage(CONTEXT, { loans: LOANS, sorting: parseOverdueSorting('') });
    assert.ok(!page.includes('<b>') && page.includes('Zoë &#60;b&#62;'));
  });

  it('is a table for a spreadsheet that runs nothing in it', () => {
    const lines = overdueCsv('en', { loans: LOANS, sorting: parseOverdueSorting('book') }).split(
      '\r\n',
    );
    assert.equal(
      lines[0],
      '\uFEFF"Member";"Library card";"Book";"Number of the book";"Due";"Days late";"Fine so far"',
    );
    assert.match(
      lines[1] ?? '',
      /^"Zoë <b>";"2000000016";"'=1\+1";"3000000015";"2026-02-25";"5";"€/,
    );
    assert.equal(lines.length, 5);
  });

  it('says that nothing is late', () => {
    const page = overduePage(CONTEXT, { loans: [], sorting: parseOverdueSorting('') });
    assert.ok(page.includes('No book is late.') && !page.includes('<table'));
  });
});

describe('library chart of loans', () => {
  const months = ['2025-12', '2026-01', '2026-02', '2026-03'].map((month, index) => ({
    month,
    loans: [0, 40, 7, 2][index] ?? 0,
  }));

  it('has a bar for each month, as high as its number, and the same in a table', () => {
    const page = chartPage(CONTEXT, months);
    const heights = [...page.matchAll(/<rect class="bar[^>]* height="([\d.]+)"/g)].map(
      ([, height]) => Number(height),
    );
    assert.equal(heights.length, 4);
    // The scale goes to 40: what the highest bar has.
    assert.deepEqual(
      heights.map((height) => Math.round((40 * height) / (heights[1] ?? 1))),
      [0, 40, 7, 2],
    );
    const rows = [
      ...page.matchAll(/<tr><th scope="row">([^<]+)<\/th><td class="amount">(\d+)</g),
    ].map(([, month, n]) => `${month} ${n}`);
    assert.deepEqual(rows, [
      'March 2026 (so far) 2',
      'February 2026 7',
      'January 2026 40',
      'December 2025 0',
    ]);
  });

  it('is one picture with a sentence for screen readers', () => {
    const page = chartPage(CONTEXT, months);
    assert.match(
      page,
      /<svg [^>]*role="img" aria-label="Most were lent in January 2026: 40\. All together: 49\."/,
    );
    assert.ok(!/ style="/.test(page));
  });

  it('draws every scale with whole numbers', () => {
    for (const most of [1, 3, 9, 11, 999, 1_000, 123_456]) {
      const page = chartPage(CONTEXT, [{ month: '2026-03', loans: most }]);
      const scale = [...page.matchAll(/class="scale"[^>]*>([^<]+)</g)].map(([, n]) =>
        Number(n?.replaceAll(/\D/g, '')),
      );
      assert.equal(scale.length, 3);
      assert.ok(Number(scale[2]) >= most && scale[1] === Number(scale[2]) / 2, String(most));
    }
  });

  it('says that nothing was lent', () => {
    assert.ok(!chartPage(CONTEXT, [{ month: '2026-03', loans: 0 }]).includes('<svg'));
  });
});

describe('library data texts', () => {
  it('have the same words to be replaced in every language', () => {
    const wordsOf = (value: unknown): string =>
      JSON.stringify(value)
        .match(/\{\w+\}/g)
        ?.toSorted()
        .join() ?? '';
    const english = dataTextsFor('en');
    for (const language of LANGUAGES) {
      const texts = dataTextsFor(language);
      for (const key of Object.keys(english) as (keyof typeof english)[]) {
        if (key === 'wrong') continue;
        assert.equal(wordsOf(texts[key]), wordsOf(english[key]), `${language} ${key}`);
      }
      for (const key of Object.keys(english.wrong) as (keyof typeof english.wrong)[]) {
        assert.equal(wordsOf(texts.wrong[key]), wordsOf(english.wrong[key]), `${language} ${key}`);
      }
    }
  });

  it('have no straight apostrophes', () => {
    for (const language of LANGUAGES)
      assert.ok(!JSON.stringify(dataTextsFor(language)).includes("'"));
  });
});
