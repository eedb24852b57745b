/** What docs/RELYING-PARTIES.md says of kinds of sites and of virtual children is so. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createRegistry, parseClientFile } from '../../gateway/oidc/clients.ts';
import { readGuideBlock } from '../kit/interop/guide-block.ts';
import { PERSONS } from '../kit/persons.ts';
import { introduce } from '../kit/start/introduction.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/RELYING-PARTIES.md'), 'utf8');

/** The registrations of each kind of site, by the headings of the guide. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  'A chat for children': ['chat-asks.json'],
  'A library': ['library-asks.json'],
  'A swimming pool': ['swimming-pool-asks.json'],
  'A sports club or a school': ['club-day-asks.json', 'club-enrolment-asks.json'],
  'A platform, under the Digital Services Act': ['platform-asks.json'],
};

const REST = {
  organisation: 'TEST ONLY',
  sector: 'site.example',
  redirectUris: ['https://site.example/callback'],
  authentication: { method: 'client_secret', secretHashes: ['A'.repeat(43)] },
};

describe('the guide for relying parties', () => {
  const kinds = sectionOf(GUIDE, '## What your kind of site asks');

  it('has a section for each kind of site, and no other', () => {
    const headings = [...kinds.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings, Object.keys(KINDS));
  });

  for (const [heading, blocks] of Object.entries(KINDS)) {
    it(`gives ${heading.toLowerCase()} a registration that a gateway takes`, async () => {
      const section = sectionOf(kinds, `### ${heading}`);
      const clients = await Promise.all(
        blocks.map(async (name) => {
          assert.ok(section.includes(name), name);
          const clientId = name.replace('.json', '');
          const asked: object = JSON.parse(await readGuideBlock(name));
          return parseClientFile({ ...REST, clientId, site: { name: heading }, ...asked });
        }),
      );
      createRegistry(clients);
    });

    it(`tells ${heading.toLowerCase()} why, and of those under 13 or without a card`, () => {
      const section = sectionOf(kinds, `### ${heading}`);
      assert.match(section, /\| because +\| not asked, because +\|/);
      assert.match(section, /\*\*Without\s+a card:\*\*/);
      assert.match(section, /\*\*Under 13/);
    });
  }

  it('has a table of all virtual persons, as they are', () => {
    const section = sectionOf(GUIDE, '## Test with virtual children');
    const rows = section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .split('|')
          .map((cell) => cell.trim())
          .slice(1, -1),
      );
    assert.deepEqual(
      rows,
      PERSONS.map(({ name, pin, description, goodFor }) => [
        `\`${name}\``,
        pin ?? 'none',
        description,
        goodFor,
      ]),
    );
  });

  it('is not alone: npm start says the same of each person, and how to add a moderator', () => {
    const [person] = PERSONS;
    assert.ok(person);
    const text = introduce(
      {
        gatewayOrigin: 'https://gateway.localhost:1',
        chatOrigin: 'https://chat.localhost:2',
        libraryOrigin: 'https://library.localhost:3',
        databases: { chat: "/it's/chat.sqlite", library: '/data/library.sqlite' },
        members: [{ person: 'emma', number: '2000000014', birthYear: 2018 }],
      },
      { person, data: '/data' },
    );
    for (const { name, pin, description, goodFor } of PERSONS) {
      for (const part of [name, pin ?? 'no PIN', description, goodFor]) {
        assert.ok(text.includes(part), part);
      }
    }
    assert.match(text, /https:\/\/library\.localhost:3\n/);
    assert.match(text, /2000000014 {2}year of birth 2018 {2}emma/);
    assert.ok(text.includes(String.raw`CHAT_DB='/it'\''s/chat.sqlite' npx node examples/chat/`));
    assert.ok(text.includes('LIBRARY_DB=/data/library.sqlite npx node examples/library/'));
  });
});

/** From this heading to the next of its level or a higher one. */
function sectionOf(text: string, heading: string): string {
  const start = text.indexOf(`\n${heading}\n`);
  assert.ok(start >= 0, heading);
  const level = heading.indexOf(' ');
  const rest = text.slice(start + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}
