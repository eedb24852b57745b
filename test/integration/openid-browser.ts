/** A browser for the logins of these tests, and what its user does. TEST ONLY. */
import { type Answer, exchange } from './openid-exchange.ts';
import type { Server } from './openid-setup.ts';

/** A person as the login page of these tests takes one. */
export interface Person {
  readonly card: string;
  readonly age: number;
  /** What the person agreed to tell beside that, and what the card says of it. */
  readonly agreed?: { readonly scopes: readonly string[]; readonly claims: object };
}

/** A browser: a jar of cookies, scoped by path, and no redirects followed by itself. */
export function createBrowser(server: Server) {
  const jar = new Map<string, { name: string; value: string; path: string }>();

  async function send(
    target: string | URL,
    init: { method?: string; body?: object; port?: number; host?: string; cookie?: string } = {},
  ): Promise<Answer> {
    const url = new URL(target, server.issuer);
    const cookies = [...jar.values()]
      .filter(({ path }) => `${url.pathname}/`.startsWith(path === '/' ? path : `${path}/`))
      .map(({ name, value }) => `${name}=${value}`);
    const response = await exchange(server.agent, url, {
      method: init.method ?? 'GET',
      port: init.port ?? server.ports[0],
      headers: {
        host: init.host ?? new URL(server.issuer).host,
        accept: 'text/html',
        cookie: init.cookie ?? cookies.join('; '),
        ...(init.body && { 'content-type': 'application/json' }),
      },
      ...(init.body && { body: JSON.stringify(init.body) }),
    });
    for (const line of response.setCookies) keepCookie(line);
    return response;
  }

  function keepCookie(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    const path = attributes.find((text) => /^path=/i.test(text))?.slice(5) ?? '/';
    const gone = attributes.some((text) => /^expires=Thu, 01 Jan 1970/i.test(text));
    if (gone) jar.delete(`${path} ${name}`);
    else jar.set(`${path} ${name}`, { name, value, path });
  }

  return { jar, send };
}
export type Browser = ReturnType<typeof createBrowser>;

/** Goes from a request to the answer that the relying party's callback gets. */
export async function logIn(
  browser: Browser,
  url: URL,
  person: Person | 'refuse' = { card: 'fox', age: 9 },
): Promise<URL> {
  const resume = await answerLogin(browser, url, person);
  return locationOf(await browser.send(resume));
}

/** Goes from a request to the path that would give the code. */
export async function answerLogin(
  browser: Browser,
  url: URL,
  person: Person | 'refuse' = { card: 'fox', age: 9 },
): Promise<string> {
  const login = locationOf(await browser.send(url)).pathname;
  const answered =
    person === 'refuse'
      ? await browser.send(`${login}/cancel`, { method: 'POST' })
      : await browser.send(`${login}/complete`, { method: 'POST', body: person });
  if (answered.status !== 200) throw new Error(`login page said ${answered.text}`);
  return JSON.parse(answered.text).location;
}

/** The address an answer redirects to. */
export function locationOf(answer: Answer): URL {
  if (!answer.location) throw new Error(`no redirect but ${answer.status}: ${answer.text}`);
  return new URL(answer.location, 'https://relative.invalid');
}
