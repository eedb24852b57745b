/** Importing at the desk of the example library: in pieces and as one form, refused, cancelled, and beside other work. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inventMembers, inventTitles } from '../../examples/library/import/invented.ts';
import { numberFor } from '../../examples/library/rules/numbers.ts';
import {
  type DeskScene,
  fileForm,
  membersFile,
  openDesk,
  sendBytes,
  startImport,
  textOf,
} from './library-import-setup.ts';

const PIECE_BYTES = 256 * 1024;

const BOOK = {
  title: 'Pinokkio',
  author: 'Carlo Collodi',
  year: 1883,
  language: 'nl',
  forChildren: true,
  shelf: '',
} as const;

interface State {
  readonly kind: string;
  readonly share: number;
  readonly rows?: number;
  readonly problems?: number;
}

describe('library import at the desk', { timeout: 120_000 }, () => {
  let scene: DeskScene;
  before(async () => {
    scene = await openDesk();
  });
  after(() => scene.close());

  const stateOf = async (response: Response) => (await response.json()) as State;
  const hasMember = (serial: number) =>
    scene.store.members.findByNumber(numberFor('member', serial)) !== undefined;

  it('takes a file as one form, shows what it would do, and does it when asked', async () => {
    const desk = scene.logIn('Ann');
    const sent = await desk.post('/desk/import', fileForm('members', membersFile([1, 2])));
    assert.equal(sent.status, 303);
    const path = sent.headers.get('location') ?? '';
    const page = await (await desk.get(path)).text();
    assert.match(textOf(page), /The file is in order .* Rows in the file 2 To be added 2 /);
    assert.equal(hasMember(1), false);

    const applied = await desk.post(`${path}/apply`);
    assert.deepEqual([applied.status, applied.headers.get('location')], [303, path]);
    assert.equal(hasMember(1) && hasMember(2), true);
    assert.match(textOf(await (await desk.get(path)).text()), /^Imported .* Added 2 /);
    assert.deepEqual(
      scene.store.events.list(1).map(({ kind, staffId }) => [kind, staffId]),
      [['imported', scene.staffId]],
    );
  });

  it('does it once, however often the button is pressed', async () => {
    const desk = scene.logIn('Ann');
    const events = scene.store.events.list(100).length;
    const path = (
      await desk.post('/desk/import', fileForm('members', membersFile([3])))
    ).headers.get('location');
    await Promise.all([1, 2, 3].map(() => desk.post(`${path}/apply`)));
    await desk.post(`${path}/cancel`);
    assert.match(textOf(await (await desk.get(path ?? '')).text()), /^Imported /);
    assert.equal(scene.store.events.list(100).length, events + 1);
  });

  it('shows problems by row, with what to do, escapes what stands in the file, and does nothing', async () => {
    const desk = scene.logIn('Ann');
    const lines = [
      'number,name,birth_year',
      '<b>1</b>,<i>An</i>,2010',
      `${numberFor('member', 9)},An,1000`,
    ];
    const sent = await desk.post('/desk/import', fileForm('members', lines.join('\n')));
    const path = sent.headers.get('location') ?? '';
    const page = await (await desk.get(path)).text();
    assert.ok(!page.includes('<b>1'));
    assert.match(textOf(page), /There are 2 problems\. Nothing was changed\./);
    assert.match(textOf(page), /2 number “<b>1<\/b>” is no number of a library card/);
    assert.match(textOf(page), /3 birth_year “1000” is no year of birth from 1900 to 2026/);
    await desk.post(`${path}/apply`);
    assert.equal(hasMember(9), false);
  });

  it('tells how far the reading is, piece by piece, and takes each piece once', async () => {
    const desk = scene.logIn('Ann');
    const file = membersFile([20, 21, 22, 23]);
    const path = await startImport(desk, 'members', file.length);
    const middle = 60;
    const first = await stateOf(await sendBytes(desk, path, 0, file.slice(0, middle)));
    assert.deepEqual(
      [first.kind, first.share, first.problems],
      ['reading', middle / file.length, 0],
    );
    assert.equal((await sendBytes(desk, path, 0, file.slice(0, middle))).status, 409);
    assert.equal((await sendBytes(desk, path, middle + 1, file.slice(middle + 1))).status, 409);
    assert.equal((await sendBytes(desk, path, middle, new Uint8Array(file.length))).status, 409);
    assert.match(textOf(await (await desk.get(path)).text()), /^The file is being checked/);
    const last = await stateOf(await sendBytes(desk, path, middle, file.slice(middle)));
    assert.deepEqual(last, { kind: 'checked', share: 1 });
    assert.equal((await sendBytes(desk, path, file.length, file.slice(0, 1))).status, 409);
  });

  it('keeps nothing of an import that was cancelled, begun anew or is somebody else’s', async () => {
    const [ann, ben] = [scene.logIn('Ann'), scene.logIn('Ben')];
    const file = membersFile([30]);
    const cancelled = await startImport(ann, 'members', file.length);
    await sendBytes(ann, cancelled, 0, file);
    await ann.post(`${cancelled}/cancel`);
    await ann.post(`${cancelled}/apply`);
    assert.match(textOf(await (await ann.get(cancelled)).text()), /^Cancelled Nothing was changed/);

    const first = await startImport(ann, 'members', file.length);
    await sendBytes(ann, first, 0, file);
    assert.equal((await ben.post(`${first}/apply`)).status, 404);
    const second = await startImport(ann, 'members', file.length);
    assert.equal((await ann.post(`${first}/apply`)).status, 404);
    assert.equal((await stateOf(await ann.get(`${second}/state`))).kind, 'reading');
    assert.equal(hasMember(30), false);
  });

  it('refuses what is no file, too big, or of no kind, with a sentence', async () => {
    const desk = scene.logIn('Ann');
    const noFile = new FormData();
    noFile.set('kind', 'members');
    const big = new Uint8Array(20 * 1024 * 1024 + 1);
    for (const [form, status, sentence] of [
      [noFile, 400, /Choose a file/],
      [fileForm('loans', 'a'), 400, /Choose a file/],
      [fileForm('members', big), 413, /bigger than 20 MB/],
    ] as const) {
      const refused = await desk.post('/desk/import', form);
      assert.equal(refused.status, status);
      assert.match(textOf(await refused.text()), sentence);
    }
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    assert.equal((await desk.post('/desk/import', '--x\r\nnonsense', headers)).status, 400);
    assert.equal((await desk.post('/desk/import', 'kind=members')).status, 400);
    const start = await desk.post(
      '/desk/import/start',
      new URLSearchParams({ kind: 'members', bytes: String(big.length) }),
    );
    assert.equal(start.status, 413);
    assert.match(((await start.json()) as { problem: string }).problem, /20 MB/);
    const path = await startImport(desk, 'members', big.length - 1);
    assert.equal((await sendBytes(desk, path, 0, new Uint8Array(600 * 1024))).status, 413);
  });

  it('keeps the language that was chosen here, as everywhere', async () => {
    const page = await scene.logIn('Ann').get('/desk/import?lang=fr');
    assert.match(page.headers.getSetCookie().join(), /language=fr/);
  });

  it('checks an empty file and says so', async () => {
    const desk = scene.logIn('Ann');
    const sent = await desk.post('/desk/import', fileForm('titles', ''));
    const page = await (await desk.get(sent.headers.get('location') ?? '')).text();
    assert.match(textOf(page), /There is nothing in the file/);
  });

  it('lets in nobody who is not on the staff list, and no form of another site', async () => {
    const desk = scene.logIn('Ann');
    const stranger = {
      ...desk,
      get: (path: string) =>
        fetch(scene.origin.replace('library.localhost', '127.0.0.1') + path, {
          redirect: 'manual',
        }),
    };
    for (const path of [
      '/desk/import',
      '/desk/import/x',
      '/desk/import/x/state',
      '/desk/overdue',
      '/desk/overdue.csv',
      '/desk/chart',
    ]) {
      assert.equal((await stranger.get(path)).status, 303, path);
    }
    const elsewhere = { 'sec-fetch-site': 'cross-site' };
    const form = fileForm('members', membersFile([40]));
    assert.equal((await desk.post('/desk/import', form, elsewhere)).status, 403);
    for (const path of ['start', 'x/bytes', 'x/apply', 'x/cancel']) {
      assert.equal((await desk.post(`/desk/import/${path}`, '', elsewhere)).status, 403, path);
    }
  });

  it('cancels while it is being written, and nothing of it stays', async () => {
    const desk = scene.logIn('Ann');
    const file = new TextEncoder().encode([...inventMembers(20_000)].join('\n'));
    const path = await startImport(desk, 'members', file.length);
    for (let at = 0; at < file.length; at += PIECE_BYTES) {
      await sendBytes(desk, path, at, file.slice(at, at + PIECE_BYTES));
    }
    const applied = desk.post(`${path}/apply`, '', { accept: 'application/json' });
    assert.equal((await applied).status, 202);
    await desk.post(`${path}/cancel`);
    assert.match(textOf(await (await desk.get(path)).text()), /^Cancelled Nothing was changed/);
    assert.deepEqual(scene.store.members.search('Testlid 20000', 1), []);
  });

  it('does the imports of two librarians one after the other', async () => {
    const desks = ['Ann', 'Ben'].map((name) => scene.logIn(name));
    const paths = await Promise.all(
      desks.map(async (desk, index) => {
        const file = membersFile([100 + index, 200]);
        const sent = await desk.post('/desk/import', fileForm('members', file));
        return sent.headers.get('location') ?? '';
      }),
    );
    await Promise.all(desks.map((desk, index) => desk.post(`${paths[index]}/apply`)));
    const pages = await Promise.all(
      desks.map(async (desk, index) => textOf(await (await desk.get(paths[index] ?? '')).text())),
    );
    assert.match(pages[0] ?? '', /^Imported .* Added 2 /);
    assert.match(pages[1] ?? '', /^Imported .* Added 1 .* The same already 1 /);
    assert.equal(hasMember(100) && hasMember(101) && hasMember(200), true);
  });

  it('answers pages and lends books while 50 000 titles are read and written', async () => {
    const [ann, ben] = [scene.logIn('Ann'), scene.logIn('Ben')];
    const file = new TextEncoder().encode([...inventTitles(50_000)].join('\r\n'));
    const record = { number: numberFor('member', 50), name: 'Testlid 50', birthYear: 2010 };
    const memberId = scene.store.members.save(record).id;
    const titleId = scene.store.catalogue.save({ ...BOOK, number: 'LENT' }).id;
    scene.store.catalogue.ensureCopies(titleId, 1);
    const barcode = scene.store.catalogue.listCopies(titleId)[0]?.barcode ?? '';
    const path = await startImport(ann, 'titles', file.length);
    const during = { reading: 0, applying: 0 };
    let isOver = false;
    const look = async () => {
      while (!isOver) {
        const before = await stateOf(await ann.get(`${path}/state`));
        const page = await ben.get('/books?q=proefboek');
        assert.equal(page.status, 200);
        await page.text();
        const since = await stateOf(await ann.get(`${path}/state`));
        if (before.kind === since.kind && before.kind in during) {
          during[before.kind as keyof typeof during] += 1;
        }
      }
    };
    const looking = look();
    const shares: number[] = [];
    for (let at = 0; at < file.length; at += PIECE_BYTES) {
      const state = await stateOf(await sendBytes(ann, path, at, file.slice(at, at + PIECE_BYTES)));
      shares.push(state.share);
    }
    assert.deepEqual(
      shares,
      shares.toSorted((a, b) => a - b),
    );
    const applied = ann.post(`${path}/apply`);
    while ((await stateOf(await ann.get(`${path}/state`))).kind === 'checked');
    // A form of the desk waits until the import is written, without making pages wait, and is done then.
    const lent = await ben.post(
      `/desk/members/${memberId}/lend`,
      new URLSearchParams({ form: scene.store.forms.createToken(), copy: barcode }),
    );
    assert.equal(lent.status, 303);
    assert.equal((await stateOf(await ann.get(`${path}/state`))).kind, 'applied');
    assert.equal(scene.store.loans.listOpen(memberId).length, 1);
    assert.equal((await applied).status, 303);
    isOver = true;
    await looking;
    assert.ok(during.reading >= 3, `${during.reading} pages while reading`);
    assert.ok(during.applying >= 1, `${during.applying} pages while writing`);
    assert.equal(scene.store.catalogue.search({ page: 1, pageSize: 1 }).total, 50_001);
  });
});
