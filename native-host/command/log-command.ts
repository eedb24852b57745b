/** `log on`, `log off` and `log`: the host's log, which is written where its file is. */
import { chmod, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hostLogPath } from '../log.ts';
import { type CommandContext, CommandError, EXIT_OK } from './command-context.ts';

/**
 * Puts an empty log where the host writes it, keeps it where it is there already, or removes it; `show` prints it.
 * @throws {CommandError} when the file system does not let it
 */
export async function switchLog(
  wanted: 'on' | 'off' | 'show',
  context: CommandContext,
): Promise<number> {
  const path = hostLogPath(context.env, context.platform);
  try {
    if (wanted === 'on') {
      await createLog(path);
      context.out(`The log is on: ${path}\n`);
      context.out('It holds no PIN, name or number. Log in once more, then: kids-id-host log\n');
    } else if (wanted === 'off') {
      await rm(path, { force: true });
      context.out('The log is off, and removed.\n');
    } else {
      await printLog(path, context);
    }
  } catch (cause) {
    throw new CommandError(`The log cannot be used: ${path}`, { cause });
  }
  return EXIT_OK;
}

/** For its owner alone, whatever it was before. */
async function createLog(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a', 0o600);
  await file.close();
  await chmod(path, 0o600);
}

async function printLog(path: string, context: CommandContext): Promise<void> {
  try {
    context.out(`The log is on: ${path}\n`.concat((await readFile(path)).toString('latin1')));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    context.out('The log is off. To switch it on: kids-id-host log on\n');
  }
}
