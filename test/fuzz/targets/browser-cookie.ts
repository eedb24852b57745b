/** The cookie header of whoever asks. TEST ONLY. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  checkBrowser,
  ensureBrowserCookie,
  hashSecret,
} from '../../../gateway/login/browser-cookie.ts';
import type { Store } from '../../../gateway/store/store.ts';
import { text } from '../samples.ts';
import { type FuzzTarget, insist, tryWork } from '../target.ts';

const value = `${'C'.repeat(42)}A`;
const store = {
  find: async () => ({ cookie: hashSecret(value) }),
} as unknown as Store;

export const target: FuzzTarget = {
  files: ['gateway/login/browser-cookie.ts'],
  samples: [
    `__Host-kids-id=${value}`,
    `a=b; __Host-kids-id=${value}; c="d"`,
    `__Host-kids-id=${value}; __Host-kids-id=${value}`,
    `\u00a0__Host-kids-id=${value}`,
  ].map(text),
  dictionary: ['; ', ';', '=', '__Host-kids-id=', '\t', '\r\n', '\u00a0', value].map(text),
  maxBytes: 17_000,
  async run(input) {
    // HTTP header values are bytes, and Node reads them as Latin-1.
    const cookie = Buffer.from(input).toString('latin1');
    const request = { headers: { cookie } } as IncomingMessage;
    const isTaken = await tryWork(['LOGIN_OTHER_BROWSER', 'LOGIN_EXPIRED'], () =>
      checkBrowser({ store, request, uid: 'u' }),
    );
    const ours = cookie.split(';').map((pair) => pair.replace(/^[ \t]+/, ''));
    const count = ours.filter((pair) => pair.startsWith('__Host-kids-id=')).length;
    insist(!isTaken || (count === 1 && cookie.includes(value)), 'one cookie, and the right one');
    let set = '';
    const response = { appendHeader: (_: string, header: string) => (set = header) };
    ensureBrowserCookie(request, response as unknown as ServerResponse);
    insist(
      /^__Host-kids-id=[A-Za-z0-9_-]{43}; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/.test(
        set,
      ),
      'what is set is one cookie of our form',
    );
  },
};
