/**
 * Saves a picture of every page and scene, for people to look at:
 * `node test/kit/browser/screenshots.ts DIR [LANGUAGE] [PART OF A NAME]`. TEST ONLY.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { LANGUAGES } from '../../../gateway/protocol/fields.ts';
import { openExtensionStage } from './extension-stage.ts';
import { openPageStage } from './page-stage.ts';
import { CODE_PAGES, MAIN_PAGES } from './page-table.ts';
import { PIN_WINDOWS } from './pin-window-table.ts';

const SMALL = { width: 320, height: 640 };

if (import.meta.main) await main(process.argv.slice(2));

async function main([dir, wanted = 'nl', part = '']: readonly string[]): Promise<void> {
  const language = LANGUAGES.find((known) => known === wanted);
  if (!dir || !language) throw new TypeError('screenshots.ts DIR [nl|fr|de|en] [PART OF A NAME]');
  mkdirSync(dir, { recursive: true });
  const save = (page: Page, name: string) =>
    page.screenshot({ path: join(dir, `${name}-${language}.png`), fullPage: true });
  const isWanted = ({ name }: { name: string }) => name.includes(part);

  const pages = [...MAIN_PAGES, ...CODE_PAGES].filter(isWanted);
  if (pages.length > 0) {
    const stage = await openPageStage();
    for (const { name, open } of pages) {
      const page = await open(stage, language);
      await save(page, name);
      const isMain = MAIN_PAGES.some((main) => main.name === name);
      if (isMain && page.viewportSize()?.width !== undefined) {
        await page.setViewportSize(SMALL);
        await save(page, `${name}-small`);
      }
      await page.close();
    }
    await stage.stop();
  }

  const windows = PIN_WINDOWS.filter(isWanted);
  if (windows.length > 0) {
    const stage = await openExtensionStage();
    for (const { name, open } of windows) {
      const { page, pinWindow } = await open(stage, language);
      await save(pinWindow, name);
      await page.close();
    }
    await stage.stop();
  }
}
