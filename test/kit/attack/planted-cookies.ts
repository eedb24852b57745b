/** Cookies moved between raw browsers, as one who can plant or who has read them would. TEST ONLY. */
import type { OpenLogin } from '../gateway/login-steps.ts';
import type { RawBrowser } from '../gateway/raw-browser.ts';

/** The name of the cookie that ties an interaction to a browser. */
export const BROWSER_COOKIE = '__Host-kids-id';

/** The library's interaction and resume cookies: all but our own. */
export function libraryCookiesOf(browser: RawBrowser): Map<string, string> {
  return new Map([...browser.cookies].filter(([name]) => name !== BROWSER_COOKIE));
}

/** Puts cookies into a browser, over those of the same name. */
export function plantCookies(browser: RawBrowser, cookies: ReadonlyMap<string, string>): void {
  for (const [name, value] of cookies) browser.cookies.set(name, value);
}

/** The path at which the library would give the code of a login. */
export function resumePathOf({ page }: Pick<OpenLogin, 'page'>): string {
  return page.replace('/login/', '/auth/');
}
