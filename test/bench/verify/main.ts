/**
 * `node test/bench/verify/main.ts`: what a whole verification costs beside the bare signature checks
 * in it, in the same process and run. `--rounds 500`; `--json` for figures alone. TEST ONLY.
 */
import { parseArgs } from 'node:util';
import { type Comparison, type Measure, measure } from './measure.ts';

/** What the project wants of itself, for the cards of children and a cached OCSP answer. */
const TARGET_RATIO = 1.5;

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, rounds: { type: 'string', default: '500' } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds is a whole number');

const measures: Measure[] = [];
for (const kind of ['ec', 'rsa'] as const) {
  for (const ocsp of ['cached', 'prefetched'] as const) {
    measures.push(await measure({ kind, ocsp, rounds }));
  }
}
const report = { target: TARGET_RATIO, node: process.version, measures };
process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : asText());

function asText(): string {
  const lines = measures.flatMap(({ median, quiet, parts, ...rest }) => [
    `${describeCard(rest.kind)}, OCSP answer ${rest.ocsp}, ${rest.signatures} signatures`,
    `  median         ${describe(median)}${describeTarget(rest)}`,
    `  fastest tenth  ${describe(quiet)}`,
    ...parts.map(
      ({ name, overheadMs, signatures }) =>
        `    ${round(overheadMs).padStart(6)} ms beside signatures: ${name}` +
        `${signatures > 0 ? ` (has ${signatures})` : ''}`,
    ),
  ]);
  return `${rounds} rounds each, Node ${process.version}\n${lines.join('\n')}\n`;
}

function describe({ wholeMs, bareMs, ratio }: Comparison): string {
  return `whole ${round(wholeMs)} ms, bare ${round(bareMs)} ms, ratio ${ratio.toFixed(2)}`;
}

function describeCard(kind: Measure['kind']): string {
  return kind === 'ec' ? 'EC P-384 (applet 1.8)' : 'RSA-2048 (applet 1.7)';
}

function describeTarget({ kind, ocsp }: Pick<Measure, 'kind' | 'ocsp'>): string {
  return kind === 'ec' && ocsp === 'cached' ? `; wanted: under ${TARGET_RATIO}` : '';
}

function round(milliseconds: number): string {
  return milliseconds.toFixed(3);
}
