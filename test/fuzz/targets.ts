/** The targets there are: a module each, in the folder beside this file. TEST ONLY. */
import { readdirSync } from 'node:fs';

const FOLDER = new URL('./targets/', import.meta.url);

/** Names of all targets, in order. */
export function listTargets(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3))
    .sort();
}

/** URL of a target's module. @throws {RangeError} when there is none of that name */
export function targetModule(name: string): string {
  if (!listTargets().includes(name)) throw new RangeError(`no target ${name}`);
  return new URL(`${name}.ts`, FOLDER).href;
}
