/**
 * Grown-ups at the example chat: a parent who agrees in the child's browser, and a moderator, both through its second
 * client, against an OpenID Provider that is not ours.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openStore, type Store } from '../../examples/chat/store/store.ts';
import {
  type Answer,
  CHAT_ORIGIN,
  type ChatSetup,
  createTestBrowser,
  prepareChat,
  type RunningChat,
  startChat,
  startProvider,
  type TestBrowser,
  type TestProvider,
} from './chat-setup.ts';

const CARD_PIN = 'urn:kids-id:acr:card-pin';
const CHILD: Answer = {
  acr: CARD_PIN,
  sub: 'sub-of-a-child',
  claims: { age_over_6: true, age_over_9: true, age_over_13: false },
};
const ADULT = { acr: CARD_PIN, sub: 'sub-of-an-adult', claims: { age_over_18: true } };

describe('chat and grown-ups', { timeout: 60_000 }, () => {
  let setup: ChatSetup;
  let provider: TestProvider;
  let chat: RunningChat;
  let store: Store;
  let newBrowser: () => TestBrowser;

  before(async () => {
    setup = await prepareChat();
    provider = await startProvider(setup);
    chat = startChat(setup, provider.issuer);
    const port = Number(/listening on port (\d+)/.exec(await chat.lineWith('listening'))?.[1]);
    newBrowser = () => createTestBrowser(port);
    store = openStore(join(setup.chatFolder, 'chat.sqlite'));
  });
  after(async () => {
    store.close();
    await chat.close();
    await provider.close();
    await setup.remove();
  });

  /** The provider remembers who signed in; a gateway does not. */
  function useCard(browser: TestBrowser, answer: Answer): void {
    browser.cookies.delete(provider.issuer);
    provider.answer = answer;
  }

  /** Signs in by this link and returns the path of the page at which it ends. */
  async function signIn(browser: TestBrowser, link: string, answer: Answer): Promise<string> {
    useCard(browser, answer);
    const isAtSite = ({ origin, pathname }: URL) =>
      origin === CHAT_ORIGIN && !pathname.endsWith('callback') && pathname !== link;
    return (await browser.follow(link, isAtSite)).url.pathname;
  }
  const childAccount = () => store.accounts.findBySub(CHILD.sub);

  it('keeps of a parent the date, once the child is in, and nothing that leads back to the parent', async () => {
    const browser = newBrowser();
    assert.equal(await signIn(browser, '/parent/login', ADULT), '/');
    assert.equal(await signIn(browser, '/login', CHILD), '/welcome');
    assert.equal(childAccount()?.parentAgreedOn, undefined);
    assert.equal(await signIn(browser, '/parent/login', ADULT), '/parent/done');
    assert.equal(provider.lastRequest['client_id'], 'chat-moderators');
    assert.equal(provider.lastRequest['scope'], 'openid');
    assert.equal(provider.lastRequest['redirect_uri'], `${CHAT_ORIGIN}/moderate/callback`);
    assert.match(childAccount()?.parentAgreedOn ?? '', /^\d{4}-\d{2}-\d{2}$/);
    assert.deepEqual(store.moderators.list(), []);
    assert.equal(store.accounts.findBySub(ADULT.sub), undefined);
    assert.ok(!chat.lines.some((line) => line.includes(ADULT.sub)));
    // The child is still in, and the parent is not.
    assert.equal((await browser.visit('/welcome')).status, 200);
  });

  const wrong: Readonly<Record<string, Answer>> = {
    'is the child itself': CHILD,
    'has no age_over_18': { ...ADULT, claims: {} },
    'is not 18': { ...ADULT, claims: { age_over_18: false } },
    'showed a card without its PIN': { ...ADULT, acr: 'urn:kids-id:acr:card-present' },
    'is refused by the gateway': { error: 'access_denied' },
  };
  for (const [name, answer] of Object.entries(wrong)) {
    it(`takes no agreement, and no moderator, who ${name}`, async () => {
      const browser = newBrowser();
      await signIn(browser, '/login', { ...CHILD, sub: `child of whom ${name}` });
      assert.equal(await signIn(browser, '/parent/login', answer), '/parent/refused');
      assert.equal(store.accounts.findBySub(`child of whom ${name}`)?.parentAgreedOn, undefined);
      assert.equal(await signIn(newBrowser(), '/moderate/login', answer), '/moderate/refused');
    });
  }

  it('takes an answer only at the callback of its own client, and an agreement in its own browser', async () => {
    const isCallback = (url: URL) => url.pathname.endsWith('callback');
    const browser = newBrowser();
    await signIn(browser, '/login', { ...CHILD, sub: 'mixed up' });
    useCard(browser, ADULT);
    const { url } = await browser.follow('/parent/login', isCallback);
    const other = newBrowser();
    await signIn(other, '/login', { ...CHILD, sub: 'other browser' });
    assert.equal((await other.visit(url)).headers.get('location'), '/error');
    const before = provider.tokenRequests;
    const swapped = new URL(url);
    swapped.pathname = '/callback';
    assert.equal((await browser.visit(swapped)).headers.get('location'), '/welcome');
    // The mistake used it up.
    assert.equal((await browser.visit(url)).headers.get('location'), '/error');
    assert.equal(provider.tokenRequests, before);
    for (const sub of ['mixed up', 'other browser']) {
      assert.equal(store.accounts.findBySub(sub)?.parentAgreedOn, undefined);
    }
  });

  it('gives no child a moderator’s session and no moderator a child’s', async () => {
    const browser = newBrowser();
    await signIn(browser, '/login', CHILD);
    const before = browser.cookies.get(CHAT_ORIGIN)?.get('__Host-chat');
    assert.equal(await signIn(browser, '/moderate/login', ADULT), '/moderate');
    const token = browser.cookies.get(CHAT_ORIGIN)?.get('__Host-chat');
    assert.notEqual(token, before);
    assert.equal((await browser.visit('/welcome')).headers.get('location'), '/');
    const child = newBrowser();
    child.cookies.set(CHAT_ORIGIN, new Map([['__Host-chat', before ?? '']]));
    assert.equal((await child.visit('/welcome')).headers.get('location'), '/');
  });

  it('ends in order when it is told to stop, and finds everything again', async () => {
    const [stopped, file] = [
      startChat(setup, provider.issuer),
      join(setup.chatFolder, 'chat.sqlite'),
    ];
    await stopped.lineWith('listening');
    await stopped.close();
    assert.deepEqual(
      stopped.lines.filter(
        (line) => !/is at|SQLite is an experimental|--trace-warnings/.test(line),
      ),
      [],
    );
    const { status, stdout } = spawnSync(process.execPath, ['commands/moderator.ts', 'list'], {
      cwd: setup.chatFolder,
      env: { CHAT_DB: file },
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout);
    assert.ok(childAccount());
  });
});
