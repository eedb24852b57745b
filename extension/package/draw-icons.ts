/**
 * Draws the extension's icons from the fox, since Chromium takes no SVG there. Run by hand when the
 * picture changes: `node extension/package/draw-icons.ts <path of a Chromium>`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { ICON_SIZES } from '../manifest/manifest.ts';

const FOX = join(import.meta.dirname, '../../gateway/design/fox.svg');
const ICONS = join(import.meta.dirname, '../manifest/icons');

const executablePath = process.argv[2] ?? '/usr/bin/chromium';
const browser = await chromium.launch({
  executablePath,
  chromiumSandbox: process.getuid?.() !== 0,
});
const page = await browser.newPage();
const picture = (await readFile(FOX)).toString('base64');
for (const size of ICON_SIZES) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>*{margin:0}img{display:block;width:${size}px;height:${size}px}</style>
     <img src="data:image/svg+xml;base64,${picture}">`,
  );
  await page.screenshot({ path: join(ICONS, `icon-${size}.png`), omitBackground: true });
}
await browser.close();
