/** The example sites of `npm start`: registered as their READMEs say, and filled once. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openStore as openChatStore } from '../../examples/chat/store/store.ts';
import { openStore as openLibraryStore } from '../../examples/library/store/store.ts';
import { createRegistry, parseClientFile } from '../../gateway/oidc/clients.ts';
import { openTestPki } from '../kit/pki/test-pki.ts';
import { writeChatFiles, writeLibraryFiles } from '../kit/start/example-sites.ts';
import { fillChat, fillLibrary } from '../kit/start/fill-sites.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const NOW = new Date('2026-03-02T09:00:00Z');
const DAY_MS = 86_400_000;

describe('the example sites of npm start', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kids-id-sites-'));
  after(() => rmSync(dir, { recursive: true }));
  let clients: Readonly<Record<string, unknown>>[] = [];

  before(async () => {
    const pki = await openTestPki({ dir: join(dir, 'pki'), now: new Date() });
    const chat = await writeChatFiles({
      ...{ dir: join(dir, 'chat'), pki, origin: 'https://chat.localhost' },
    });
    const library = await writeLibraryFiles({
      ...{ dir: join(dir, 'library'), pki, origin: 'https://library.localhost' },
    });
    clients = [chat.children, chat.adults, library.readers, library.desk];
  });

  it('are registered as their READMEs show, but for keys and pictures', () => {
    const shown = ['chat', 'library'].flatMap((name) => {
      const text = readFileSync(join(EXAMPLES, name, 'README.md'), 'utf8');
      const blocks = [...text.matchAll(/^```json[^\n]*\n(.*?)^```$/gms)];
      return blocks.map(([, block = '']) => comparable(JSON.parse(block)));
    });
    assert.equal(shown.length, 4);
    assert.deepEqual(
      clients.map((client) =>
        comparable(JSON.parse(JSON.stringify(client).replaceAll('.localhost', '.example'))),
      ),
      shown,
    );
  });

  it('are clients that a gateway takes together: the fourth cut point has its reason', () => {
    const parsed = clients.map((client) => parseClientFile(client));
    createRegistry(parsed);
    const { cutPointsReason: _reason, ...withoutReason } = clients[1] ?? {};
    assert.throws(() => {
      createRegistry([...parsed.slice(0, 1), parseClientFile(withoutReason), ...parsed.slice(2)]);
    }, /cut points/);
  });

  it('have a moderator, however often they start', () => {
    const file = join(dir, 'chat.sqlite');
    for (let start = 0; start < 2; start += 1) fillChat({ file, moderatorSub: 'm', now: NOW });
    const store = openChatStore(file);
    assert.ok(store.moderators.findAdded('m'));
    assert.equal(store.moderators.list().length, 1);
    store.close();
  });

  it('have a library with a librarian, books, members, and books at home, filled once', async () => {
    const file = join(dir, 'library.sqlite');
    const members = await fillLibrary({ file, librarianSub: 'l', now: NOW });
    assert.deepEqual(
      members.find(({ person }) => person === 'emma'),
      { person: 'emma', number: '2000000014', birthYear: 2017 },
    );
    const store = openLibraryStore({ file, now: () => NOW });
    const emma = store.members.findByNumber('2000000014')?.id ?? 0;
    assert.ok(store.staff.find('l'));
    assert.ok(store.catalogue.search({ page: 1, pageSize: 1 }).total >= 290);
    const atHome = store.loans.listOpen(emma);
    assert.deepEqual(
      atHome.map(({ daysLate, renewal }) => [
        daysLate,
        renewal.kind === 'refused' && renewal.reason,
      ]),
      [
        [10, 'late'],
        [0, 'reserved'],
      ],
    );
    const months = store.loans.countByMonth(12).map(({ loans }) => loans);
    // The last month has only begun.
    assert.ok(
      months.slice(0, -1).every((loans) => loans > 0),
      months.join(),
    );
    assert.ok(members.some(({ number }) => hasFine(store, number)));

    store.loans.takeBack({ barcode: atHome[0]?.barcode ?? '', staffId: 1 });
    const later = new Date(NOW.getTime() + 400 * DAY_MS);
    assert.deepEqual(await fillLibrary({ file, librarianSub: 'l', now: later }), members);
    assert.equal(store.loans.listOpen(emma).length, 1, 'what people did stays');
    assert.equal(store.staff.list().length, 1);
    store.close();
  });
});

function hasFine(store: ReturnType<typeof openLibraryStore>, number: string): boolean {
  const member = store.members.findByNumber(number)?.id ?? 0;
  return store.fines.owedBy(member) > 0;
}

/** What a README need not show. */
function comparable(client: Record<string, unknown>): Record<string, unknown> {
  const { authentication, par: _par, site, ...rest } = client;
  const { method } = authentication as { method: string };
  return { ...rest, method, site: { ...(site as object), picture: undefined } };
}
