/** What axe-core finds wrong with a page: WCAG 2.2 A and AA, and best practice. TEST ONLY. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/** In forced colours axe-core sees the page's own letters on the system's ground, which nobody does. */
export interface AxeOptions {
  readonly areColoursForced?: boolean;
}

/**
 * Runs axe-core in a page and returns a line per violation. The driver puts it in past the page's own
 * policy, which stays in force for everything else.
 */
export async function findViolations(
  page: Page,
  { areColoursForced = false }: AxeOptions = {},
): Promise<readonly string[]> {
  await page.evaluate(`${SOURCE}; 0`);
  const rules = { 'color-contrast': { enabled: !areColoursForced } };
  const options = { runOnly: TAGS, rules, resultTypes: ['violations'] };
  const run = `axe.run(document, ${JSON.stringify(options)})`;
  const { violations } = (await page.evaluate(run)) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} — ${failureSummary}`),
  );
}
