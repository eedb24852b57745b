/**
 * Fuzzes the parsers of untrusted bytes: `npm run fuzz`. Blind cases as told, a tenth as many under guidance, for
 * every target or one; each target in a process of its own. Says the seed, and for a finding how to see it again.
 * TEST ONLY.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { listTargets, targetModule } from './targets.ts';
import { type CampaignResult, watchCampaign, watchInput } from './watch.ts';

const USAGE = `node test/fuzz/main.ts [--cases N] [--guided N] [--seed TEXT] [--target NAME] [--input HEX] [--jobs N]

  --cases   blind cases for each target (20000)
  --guided  coverage-guided cases for each target (a tenth of the blind ones)
  --seed    any text; the same seed makes the same cases (a new one)
  --target  one target only: ${listTargets().join(' ')}
  --input   runs this input alone, in hexadecimal; needs --target
  --jobs    targets at a time (as many as there are processors)
`;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '20000' },
    guided: { type: 'string' },
    seed: { type: 'string' },
    target: { type: 'string' },
    input: { type: 'string' },
    jobs: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help || (values.input !== undefined && values.target === undefined)) {
  process.stdout.write(USAGE);
  process.exit(values.help ? 0 : 2);
}
const seed = values.seed ?? Date.now().toString(36);
const plan = {
  seed,
  blindCases: Number(values.cases),
  guidedCases: Number(values.guided ?? Math.floor(Number(values.cases) / 10)),
};
const isFine = values.target === undefined ? await runAll() : await runOne(values.target);
process.exitCode = isFine ? 0 : 1;

async function runOne(name: string): Promise<boolean> {
  const startedAt = performance.now();
  const options = { module: targetModule(name), plan };
  const result =
    values.input === undefined
      ? await watchCampaign(options)
      : await watchInput(options, Buffer.from(values.input, 'hex'));
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  process.stdout.write(`${name}: ${describe(name, result)} (${seconds} s)\n`);
  return result.finding === undefined;
}

function describe(name: string, { finding, blind, guided }: CampaignResult): string {
  if (finding) {
    const { kind, phase, caseNumber, detail, input } = finding;
    const again = `--target ${name} --input ${Buffer.from(input).toString('hex')}`;
    return (
      `${kind} in ${phase} case ${caseNumber} of seed ${seed}\n${detail}\n` +
      `  again: node test/fuzz/main.ts ${again}\n `
    );
  }
  if (!blind) return 'the input passes';
  const heap = `heap ${blind.grownBytes >= 0 ? '+' : ''}${blind.grownBytes} bytes`;
  if (!guided) return `${plan.blindCases} blind cases, ${heap}`;
  const { corpus, reached } = guided;
  const share = ((100 * reached.characters) / reached.of).toFixed(1);
  return (
    `${plan.blindCases} blind and ${plan.guidedCases} guided cases, ${heap}, ` +
    `${corpus} inputs kept, ${share} % of the source reached`
  );
}

/** A process each, because processor time is counted by process. */
async function runAll(): Promise<boolean> {
  process.stdout.write(`seed ${seed}\n`);
  const waiting = listTargets();
  let isFine = true;
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      isFine = (await runApart(name)) && isFine;
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs ?? availableParallelism()) }, work));
  return isFine;
}

async function runApart(name: string): Promise<boolean> {
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(import.meta.url),
      ...['--target', name, '--seed', seed],
      ...['--cases', String(plan.blindCases), '--guided', String(plan.guidedCases)],
    ],
    { stdio: 'inherit' },
  );
  const [code] = await once(child, 'exit');
  if (code !== 0 && code !== 1) {
    // Not even the watching thread outlived it: the seed is the reproducer.
    process.stdout.write(`${name}: the process ended with ${code} (seed ${seed})\n`);
  }
  return code === 0;
}
