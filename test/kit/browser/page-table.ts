/**
 * Every page of the gateway and every scene of its login page, each with the way that leads there: for
 * whoever has to look at all of them. TEST ONLY.
 */
import { devices, type Page } from 'playwright';
import { ERROR_CODES, type ErrorCode } from '../../../gateway/protocol/errors.ts';
import { LANGUAGES, type Language } from '../../../gateway/protocol/fields.ts';
import type { PageStage } from './page-stage.ts';
import { giveExtensionNow, type LoginPart } from './scripted-extension.ts';

/** A page to look at. `open` resolves when it shows what its name says. */
export interface ShownPage {
  readonly name: string;
  readonly open: (stage: PageStage, language: Language) => Promise<Page>;
  /** The languages that it has, if not all. */
  readonly languages?: readonly Language[];
}

const TEN_MINUTES_MS = 600_000;
const forever = () => new Promise<never>(() => undefined);

/** What the login page shows, with the scenes that look different from the others. */
export const LOGIN_PAGES: readonly ShownPage[] = [
  { name: 'login', open: (stage, language) => openReady(stage, { language }) },
  {
    name: 'login-look-at-window',
    open: async (stage, language) => {
      const page = await openReady(stage, { language, extension: forever });
      await page.click('#log-in');
      await page.locator('#status img[src$="window.svg"]').waitFor();
      return page;
    },
  },
  {
    name: 'login-done',
    open: async (stage, language) => {
      const page = await openReady(stage, { language, extension: stage.cardOf('emma') });
      // Without content there is nowhere to go: the page stays with its last words.
      await page.route('**/auth/**', (route) => route.fulfill({ status: 204 }));
      await page.click('#log-in');
      await page.locator('#status img[src$="done.svg"]').waitFor();
      return page;
    },
  },
  {
    name: 'login-leaving',
    open: async (stage, language) => {
      const page = await openReady(stage, { language });
      await page.route('**/cancel', forever);
      await page.click('#back');
      await page.locator('#status img[src$="working.svg"]').waitFor();
      return page;
    },
  },
  { name: 'login-no-extension', open: openWithoutExtension },
  {
    name: 'login-extension-found',
    open: async (stage, language) => {
      const page = await openWithoutExtension(stage, language);
      await giveExtensionNow(page, forever);
      await page.locator('.notice').waitFor();
      return page;
    },
  },
  {
    name: 'login-on-a-phone',
    open: async (stage, language) => {
      const browser = await stage.openBrowser({ ...devices['Pixel 7'] });
      const page = await stage.openLoginPage({ browser, language });
      await page.locator('[data-code="DEVICE_UNSUPPORTED"]').waitFor();
      return page;
    },
  },
  { name: 'login-age-outside', open: problem('AGE_OUTSIDE') },
  { name: 'login-card-removed', open: problem('CARD_REMOVED') },
];

/** The pages around it: agreement, wrong turns, diagnosis, log-out, playground. */
export const OTHER_PAGES: readonly ShownPage[] = [
  { name: 'agreement', open: (stage, language) => stage.openLoginPage({ site: 'club', language }) },
  {
    name: 'agreement-given',
    open: async (stage, language) => {
      const page = await stage.openLoginPage({ site: 'club', language, extension: forever });
      for (const box of await page.locator('input[type="checkbox"]').all()) await box.check();
      await page.locator('form button[type="submit"]').click();
      await page.locator('#log-in').waitFor();
      return page;
    },
  },
  {
    name: 'answered',
    open: async (stage, language) => {
      const page = await openReady(stage, { language });
      const address = page.url();
      await page.click('#back');
      await page.waitForURL(/callback/);
      await page.goto(address);
      return page;
    },
  },
  {
    name: 'expired',
    open: async (stage, language) => {
      const page = await openReady(stage, { language });
      stage.letTimePass(TEN_MINUTES_MS);
      await page.reload();
      // What comes after it is judged by a browser's clock as well.
      stage.letTimePass(-TEN_MINUTES_MS);
      return page;
    },
  },
  {
    name: 'other-browser',
    open: async (stage, language) => {
      const page = await openReady(stage, { language });
      const other = await (await stage.openBrowser()).newPage();
      await other.goto(page.url());
      await page.close();
      return other;
    },
  },
  {
    name: 'site-unknown',
    open: async (stage, language) => {
      const page = await stage.openPage();
      const query = `client_id=nobody&ui_locales=${language}`;
      await page.goto(`${stage.gateway.origin}/auth?${query}`);
      return page;
    },
  },
  { name: 'diagnosis', open: (stage, language) => openDiagnosis(stage, language) },
  {
    name: 'diagnosis-no-extension',
    open: async (stage, language) => {
      const page = await openDiagnosis(stage, language);
      await page.click('#start');
      await page.locator('[data-code="EXTENSION_ABSENT"]').waitFor();
      return page;
    },
  },
  {
    name: 'diagnosis-all-there',
    open: async (stage, language) => {
      const page = await openDiagnosis(stage, language, forever);
      await page.click('#start');
      await page.locator('[data-hop="card"][data-outcome="ready"]').waitFor();
      return page;
    },
  },
  {
    name: 'logged-out',
    open: async (stage, language) => {
      const browser = await stage.openBrowser({ locale: language });
      const page = await browser.newPage();
      await page.goto(`${stage.gateway.origin}/logout`);
      return page;
    },
  },
  { name: 'playground', languages: ['en'], open: openPlayground },
  {
    name: 'playground-told',
    languages: ['en'],
    open: async (stage) => {
      const page = await openPlayground(stage);
      await page.click('#start');
      await page.locator('#log-in:enabled').click();
      await page.locator('#steps li').first().waitFor();
      await page.locator('#outcome:not([hidden])').waitFor();
      return page;
    },
  },
];

/** All that look different from each other. */
export const MAIN_PAGES: readonly ShownPage[] = [...LOGIN_PAGES, ...OTHER_PAGES];

/** Whether there is time to look at every page in every language. */
const isNightly = process.env['NIGHTLY'] === '1';

/** One code for each way in which a problem is shown; the others differ in their words alone. */
const DIFFERENT_CODES: readonly ErrorCode[] = [
  'DEVICE_UNSUPPORTED',
  'EXTENSION_ABSENT',
  'READER_ABSENT',
  'CARD_ABSENT',
  'CARD_UNSUPPORTED',
  'CERTIFICATE_REVOKED',
  'AGE_OUTSIDE',
  'LOGIN_EXPIRED',
  'SITE_UNKNOWN',
  'USER_CANCELLED',
  'INTERNAL',
];

/** What children see most: looked at in four languages each time. */
const MAIN_NAMES: readonly string[] = ['login', 'agreement', 'diagnosis'];

/** The languages in which a page is looked at: all of them at night, else in turn but for the main pages. */
export function languagesOf({ name, languages = LANGUAGES }: ShownPage): readonly Language[] {
  if (isNightly || MAIN_NAMES.includes(name)) return languages;
  const turn = MAIN_PAGES.findIndex((page) => page.name === name) % languages.length;
  return languages.slice(turn, turn + 1);
}

/** The scene of the login page, and the page without a script, for every code at night, else for each kind. */
export const CODE_PAGES: readonly ShownPage[] = (isNightly ? ERROR_CODES : DIFFERENT_CODES).flatMap(
  (code) => [
    { name: `problem-${code}`, open: problem(code) },
    { name: `message-${code}`, open: (stage, language) => stage.openMessagePage(code, language) },
  ],
);

async function openDiagnosis(
  stage: PageStage,
  language: Language,
  extension?: LoginPart,
): Promise<Page> {
  const page = await stage.openPage({ ...(extension && { extension }) });
  await page.goto(`${stage.gateway.origin}/diagnosis?lang=${language}`);
  await page.locator('#start:enabled').waitFor();
  return page;
}

async function openPlayground(stage: PageStage): Promise<Page> {
  const page = await stage.openPage({ extension: stage.cardOf('emma') });
  await page.goto(`${stage.gateway.origin}/playground`);
  await page.locator('#start:enabled').waitFor();
  return page;
}

/** The question with its buttons ready, and with an extension that has its part. */
async function openReady(
  stage: PageStage,
  options: NonNullable<Parameters<PageStage['openLoginPage']>[0]>,
): Promise<Page> {
  const page = await stage.openLoginPage({ extension: forever, ...options });
  await page.locator('#log-in:enabled').waitFor();
  return page;
}

async function openWithoutExtension(stage: PageStage, language: Language): Promise<Page> {
  const page = await stage.openLoginPage({ language });
  await page.locator('[data-code="EXTENSION_ABSENT"]').waitFor();
  return page;
}

function problem(code: ErrorCode): ShownPage['open'] {
  return async (stage, language) => {
    const page = await openReady(stage, { language, extension: async () => code });
    await page.click('#log-in');
    await page.locator(`[data-code="${code}"]`).waitFor();
    return page;
  };
}
