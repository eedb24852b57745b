/**
 * Kill -9 under load, for the tests of the examples: how often, when, and how the people at work are told apart from
 * their server's end. TEST ONLY.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom, type Random } from '../../fuzz/random.ts';
import type { ExampleProcess, ExampleStage } from './example-stage.ts';

/** How often the server is killed: 3, or `KILLS`. */
export const KILLS = Number(process.env['KILLS'] ?? 3);

/** Numbers by chance, of the seed `SEED` or a new one; the test's report says which. */
export function drawSeed(t: TestContext): Random {
  const seed = process.env['SEED'] ?? randomUUID().slice(0, 8);
  t.diagnostic(`SEED=${seed} KILLS=${KILLS}`);
  return createRandom(seed);
}

/** One run of the server, from its start to its end. */
export interface Round {
  /** True from the moment at which it is ended: what fails from then on is no failure. */
  readonly isOver: boolean;
  /** Counts a write that is about to be sent. */
  attempt(): void;
  /** Counts a write that the server acknowledged. */
  acknowledge(): void;
  /** Resolves when so many were sent, or when somebody failed. */
  attempted(count: number): Promise<void>;
  /** Resolves when so many were acknowledged, or when somebody failed. */
  acknowledged(count: number): Promise<void>;
  /** Has somebody work until the round is over, or the work is done. */
  employ(work: () => Promise<void>): void;
  /** Kills the server and waits until everybody has noticed. Rejects with the first failure that came before. */
  kill(server: ExampleProcess): Promise<void>;
  /** Has everybody finish what they are at. Rejects with the first failure. */
  finish(): Promise<void>;
}

/** How long a loaded machine may take for what a person would wait a second for. */
const PATIENCE_MS = 60_000;

export function createRound(): Round {
  const workers: Promise<void>[] = [];
  const failures: unknown[] = [];
  const attempts = createCounter(() => failures.length > 0);
  const acknowledgements = createCounter(() => failures.length > 0);
  let isOver = false;
  const end = async () => {
    isOver = true;
    await Promise.all(workers);
    if (failures.length > 0) throw failures[0];
  };
  return {
    get isOver() {
      return isOver;
    },
    attempt: attempts.add,
    attempted: attempts.reaches,
    acknowledge: acknowledgements.add,
    acknowledged: acknowledgements.reaches,
    employ(work) {
      workers.push(
        work().catch((error: unknown) => {
          if (isOver) return;
          failures.push(error);
          attempts.look();
          acknowledgements.look();
        }),
      );
    },
    async kill(server) {
      isOver = true;
      await server.kill();
      await end();
    },
    finish: end,
  };
}

/** Counts, and tells who waits for a number; who waits is told as well when `isVain`. */
function createCounter(isVain: () => boolean) {
  const waiting = new Set<() => void>();
  let count = 0;
  const look = () => {
    for (const check of [...waiting]) check();
  };
  return {
    look,
    add() {
      count += 1;
      look();
    },
    reaches: (number: number) =>
      new Promise<void>((resolve, reject) => {
        const settle = (act: () => void) => {
          clearTimeout(timer);
          waiting.delete(check);
          act();
        };
        const check = () => {
          if (count >= number || isVain()) settle(resolve);
        };
        const late = new Error(`only ${count} of ${number} writes came`);
        const timer = setTimeout(() => settle(() => reject(late)), PATIENCE_MS);
        waiting.add(check);
        check();
      }),
  };
}

/** Kills a server that starts for the first time: as soon as its database is there, or a moment later. */
export async function killDuringFirstStart(
  server: ExampleProcess,
  { file, random }: { readonly file: string; readonly random: Random },
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  while (!existsSync(file)) {
    assert.ok(performance.now() < deadline, 'it made no database');
    await turn();
  }
  const until = performance.now() + random.below(20);
  while (performance.now() < until) await turn();
  await server.kill();
}

/** People who use an example all at once, and who remember what it acknowledged. */
export interface Crowd {
  /** How many of them settle. */
  readonly size: number;
  /** Has them all work until the round is over. */
  work(round: Round): void;
  /** Has them send again what had no answer, and nothing else. */
  settle(round: Round): void;
}

/** The campaign: so many kills at bad moments, then a last start in which all that is open is sent again. */
export async function killUnderLoad(
  stage: ExampleStage,
  crowd: Crowd,
  options: {
    readonly kills: number;
    /** Writes before a kill. */
    readonly least?: number;
    readonly spread: number;
    readonly random: Random;
    /** Done to the database while no server runs. */
    readonly afterKill?: (db: DatabaseSync) => void;
  },
): Promise<void> {
  const { kills, least = 0, spread, random, afterKill } = options;
  for (let kill = 0; kill < kills; kill += 1) {
    const server = await stage.start();
    const round = createRound();
    crowd.work(round);
    await waitForBadMoment(round, random, { least, most: least + spread });
    await round.kill(server);
    if (afterKill) withDatabase(stage.databaseFile, afterKill);
  }
  const server = await stage.start();
  const round = createRound();
  crowd.settle(round);
  await round.acknowledged(crowd.size);
  await round.finish();
  await server.kill();
}

/** Waits for a moment nobody can foresee: when the last of some writes is on its way, or being done. */
async function waitForBadMoment(
  round: Round,
  random: Random,
  { least, most }: { readonly least: number; readonly most: number },
): Promise<void> {
  await round.attempted(least + random.below(most - least));
  await delay(random.below(7));
}

/** What SQLite itself finds wrong with a file; empty when it is whole. */
export function findDamage(db: DatabaseSync): string[] {
  const integrity = db.prepare('PRAGMA integrity_check').all();
  const keys = db.prepare('PRAGMA foreign_key_check').all();
  return [
    ...integrity.map((row) => String(row['integrity_check'])).filter((line) => line !== 'ok'),
    ...keys.map((row) => `foreign key: ${JSON.stringify(row)}`),
  ];
}

/** Opens a database that no server uses, and closes it after the work. */
export function withDatabase<T>(file: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** The single number that a query answers. */
export function countIn(db: DatabaseSync, sql: string, ...values: (string | number)[]): number {
  const row = db.prepare(sql).get(...values);
  assert.ok(row);
  return Number(Object.values(row)[0] ?? 0);
}
