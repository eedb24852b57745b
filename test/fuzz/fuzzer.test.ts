/** The fuzzer finds what it is there to find: targets that are broken on purpose, one way each. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { CampaignPlan } from './campaign.ts';
import { mutateDer } from './der-mutations.ts';
import { mutate } from './mutate.ts';
import { createRandom } from './random.ts';
import { shrink } from './shrink.ts';
import { type CampaignResult, type Finding, watchCampaign, watchInput } from './watch.ts';

const PLAN: CampaignPlan = { seed: 'fuzzer', blindCases: 20_000, guidedCases: 0 };
const broken = (name: string) => new URL(`./broken/${name}.ts`, import.meta.url).href;

function findingOf({ finding }: CampaignResult): Finding {
  assert.ok(finding, 'nothing was found');
  return finding;
}

// One after the other: processor time is counted by process.
describe('a target that is broken on purpose', () => {
  for (const [name, kind, detail] of [
    ['reads-past-the-end', 'throws', /TypeError/],
    ['other-code', 'throws', /KidsIdError: refused/],
    ['two-spellings', 'throws', /one value has one spelling/],
    ['takes-buffers', 'throws', /bytes of buffers/],
    ['never-settles', 'never-settles', /ended inside the case/],
    ['fills-the-heap', 'out-of-memory', /memory/],
    ['never-ends', 'hangs', /processor time/],
  ] as const) {
    test(`${name} is found as "${kind}", and its input shows it again`, async () => {
      const hangCpuMs = kind === 'hangs' ? 1_500 : 60_000;
      const options = { module: broken(name), plan: PLAN, hangCpuMs };
      const finding = findingOf(await watchCampaign(options));
      assert.equal(finding.kind, kind);
      assert.equal(finding.phase, 'blind');
      assert.match(finding.detail, detail);
      const again = findingOf(await watchInput(options, finding.input));
      assert.equal(again.kind, kind);
    });
  }

  test('keeps-everything is found as "grows": half a kilobyte for each case', async () => {
    const finding = findingOf(
      await watchCampaign({ module: broken('keeps-everything'), plan: PLAN }),
    );
    assert.equal(finding.kind, 'grows');
    assert.match(finding.detail, /the heap grew by \d{7} bytes in 10000 cases/);
  });

  test('hidden-deep is found where coverage guides, and not blindly in ten times as many cases', async () => {
    const module = broken('hidden-deep');
    const blind = await watchCampaign({ module, plan: { ...PLAN, blindCases: 100_000 } });
    assert.equal(blind.finding, undefined);
    const guided = { ...PLAN, blindCases: 0, guidedCases: 10_000 };
    const finding = findingOf(await watchCampaign({ module, plan: guided }));
    assert.equal(finding.phase, 'guided');
    assert.match(finding.detail, /deep inside/);
    assert.equal(finding.input.length, 6, 'its input is made short');
  });

  test('the same seed finds the same input in the same case, blind and guided', async () => {
    const found = async (name: string, plan: Partial<CampaignPlan>) => {
      const options = { module: broken(name), plan: { ...PLAN, ...plan } };
      const { caseNumber, input } = findingOf(await watchCampaign(options));
      return { caseNumber, input };
    };
    const guided = { blindCases: 0, guidedCases: 10_000 };
    for (const [name, plan] of [
      ['two-spellings', {}],
      ['hidden-deep', guided],
    ] as const) {
      const first = await found(name, plan);
      assert.deepEqual(await found(name, plan), first);
      assert.notDeepEqual(await found(name, { ...plan, seed: 'another' }), first);
    }
  });
});

test('a target that is sound passes, and its report says what was reached', async () => {
  const module = new URL('./targets/frames.ts', import.meta.url).href;
  const plan = { seed: 'sound', blindCases: 500, guidedCases: 200 };
  const { finding, guided } = await watchCampaign({ module, plan });
  assert.equal(finding, undefined);
  assert.ok(guided && guided.reached.characters > guided.reached.of / 4);
});

test('mutations stay within the limit, differ, and are the seed’s', () => {
  const make = (seed: string) => {
    const source = {
      random: createRandom(seed),
      others: [Uint8Array.of(9, 9, 9)],
      isDer: false,
      dictionary: [Uint8Array.of(0xca, 0xfe)],
      maxBytes: 100,
    };
    return Array.from({ length: 2_000 }, () => mutate(new Uint8Array(32), source));
  };
  const made = make('a');
  assert.ok(made.every(({ length }) => length <= 100));
  assert.ok(made.some(({ length }) => length === 100));
  assert.ok(made.some(({ length }) => length < 4));
  assert.ok(made.some((input) => Buffer.from(input).includes('cafe', 0, 'hex')));
  assert.ok(new Set(made.map((input) => Buffer.from(input).toString('hex'))).size > 1_500);
  assert.deepEqual(make('a'), made);
  assert.notDeepEqual(make('b'), made);
});

test('a sample stays as it is, though it be a Buffer, and an input has memory of its own', () => {
  const sample = Buffer.alloc(32);
  const others = [sample];
  const source = { random: createRandom('a'), others, isDer: true, dictionary: [], maxBytes: 100 };
  const made = Array.from({ length: 500 }, () => mutate(sample, source));
  assert.deepEqual(sample, Buffer.alloc(32));
  assert.ok(made.every(({ buffer, length }) => buffer.byteLength === length));
});

test('changes to DER keep its lengths right, and some bury it deep', () => {
  const random = createRandom('der');
  const input = Uint8Array.from(Buffer.from('300a0201053005040301ff00', 'hex'));
  const made = Array.from({ length: 500 }, () =>
    mutateDer(input, { random, dictionary: [], maxBytes: 70_000 }),
  );
  assert.deepEqual(Buffer.from(input).toString('hex'), '300a0201053005040301ff00');
  const whole = made.filter((der) => {
    const [, form = 0] = der;
    const width = form > 0x80 ? form - 0x80 : 0;
    const digits = der.subarray(2, 2 + width);
    const length = width === 0 ? form : digits.reduce((value, byte) => value * 256 + byte, 0);
    return der.length === 2 + width + length;
  });
  // Repeating or removing the root itself leaves more or less than one element.
  assert.ok(whole.length > 300);
  assert.ok(made.some(({ length }) => length > 10_000));
});

test('an input is made shorter only while it fails in the same way', async () => {
  const trial = async (input: Uint8Array) => {
    if (!input.includes(7)) return undefined;
    return input.includes(8) ? 'both' : 'seven';
  };
  const found = Uint8Array.of(1, 2, 7, 3, 4, 8, 5, 6);
  assert.deepEqual(await shrink(found, trial), Uint8Array.of(7, 8));
});

test('the command line says the seed, replays an input, and refuses what it does not know', () => {
  const run = (...args: string[]) => {
    const main = join(import.meta.dirname, 'main.ts');
    return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  };
  const replay = run('--target', 'der', '--input', '3003020105');
  assert.equal(replay.status, 0);
  assert.match(replay.stdout, /^der: the input passes/);
  assert.equal(run('--input', '30').status, 2);
  assert.notEqual(run('--target', 'nothing').status, 0);
});
