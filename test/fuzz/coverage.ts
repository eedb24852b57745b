/**
 * Which blocks of source files have run, by V8's own block coverage (Chrome DevTools Protocol, Profiler), read
 * through node:inspector in this very thread. TEST ONLY.
 */
import { readFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';

/** What has run of the watched files. */
export interface Coverage {
  /** Names the files, from the root. Called once, before anything else. */
  watch(files: readonly string[]): void;
  /** Characters of source that ran since the last look, as one value per file. */
  look(): BlockMap;
  /** Whether there is something in it that was never merged. */
  isNew(seen: BlockMap): boolean;
  merge(seen: BlockMap): void;
  /** Characters of source that have run so far, of all that there are. */
  readonly reached: { readonly characters: number; readonly of: number };
}

/** One byte for each character of a file: 1 where its block ran. */
export type BlockMap = ReadonlyMap<string, Uint8Array>;

/**
 * Starts counting, in modules that are loaded from now on.
 * @param root URL of the folder that files are named from.
 */
export function startCoverage(root: string): Coverage {
  const session = new Session();
  session.connect();
  call(session, 'Profiler.enable');
  call(session, 'Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const all = new Map<string, Uint8Array>();
  return {
    watch(files) {
      for (const file of files) {
        const { href } = new URL(file, root);
        all.set(href, new Uint8Array(sizeOf(href)));
      }
    },
    look() {
      const { result } = call(session, 'Profiler.takePreciseCoverage');
      const scripts = result.filter(({ url }) => all.has(url));
      return new Map(scripts.map((script) => [script.url, paint(script, all.get(script.url))]));
    },
    isNew: (seen) => [...seen].some(([file, map]) => hasNew(map, all.get(file))),
    merge(seen) {
      for (const [file, map] of seen) mergeInto(all.get(file), map);
    },
    get reached() {
      const maps = [...all.values()];
      const characters = maps.reduce((sum, map) => sum + map.filter((ran) => ran === 1).length, 0);
      return { characters, of: maps.reduce((sum, map) => sum + map.length, 0) };
    },
  };
}

function hasNew(map: Uint8Array, known: Uint8Array | undefined): boolean {
  if (!known) return false;
  for (let at = 0; at < map.length; at += 1) if (map[at] === 1 && known[at] === 0) return true;
  return false;
}

function mergeInto(known: Uint8Array | undefined, map: Uint8Array): void {
  if (!known) return;
  for (let at = 0; at < map.length; at += 1) if (map[at] === 1) known[at] = 1;
}

/** Ranges come from the outside in: what lies inside another says it better. */
function paint(script: Profiler.ScriptCoverage, size: Uint8Array | undefined): Uint8Array {
  const map = new Uint8Array(size?.length ?? 0);
  for (const { ranges } of script.functions) {
    for (const { startOffset, endOffset, count } of ranges) {
      map.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    }
  }
  return map;
}

/** Type stripping puts blanks in place of types, so offsets are those of the file. */
function sizeOf(file: string): number {
  return readFileSync(new URL(file), 'utf8').length;
}

/** A session on its own thread answers before `post` returns. */
function call(session: Session, method: 'Profiler.enable'): undefined;
function call(
  session: Session,
  method: 'Profiler.startPreciseCoverage',
  parameters: Profiler.StartPreciseCoverageParameterType,
): undefined;
function call(
  session: Session,
  method: 'Profiler.takePreciseCoverage',
): Profiler.TakePreciseCoverageReturnType;
function call(session: Session, method: string, parameters?: object): unknown {
  let answer: { error: Error | null; result: unknown } | undefined;
  session.post(method, parameters, (error: Error | null, result: unknown) => {
    answer = { error, result };
  });
  if (!answer) throw new Error('the inspector did not answer at once');
  if (answer.error) throw answer.error;
  return answer.result;
}
