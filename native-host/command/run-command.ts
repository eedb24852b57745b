/** The host's command line: one command, told by its first word. A browser never comes here. */
import { parseArgs } from 'node:util';
import { HOST_VERSION } from '../host-version.ts';
import {
  type CommandContext,
  CommandError,
  EXIT_FAILED,
  EXIT_OK,
  EXIT_USAGE,
  UsageError,
} from './command-context.ts';
import { printGateways, trustGateway, untrustGateway } from './gateway-commands.ts';
import { switchLog } from './log-command.ts';

const USAGE = `kids-id-host: sign in to web sites with the Belgian kids-ID card. Browsers start it by themselves.

  kids-id-host doctor [--json]            check everything that a login needs, from the reader to the gateway
  kids-id-host list                       the gateways that are trusted, and where that is written
  kids-id-host trust ORIGIN --key THUMBPRINT [--ca FILE]
                                          trust a gateway: https://host[:port], the thumbprint of its connection
                                          key, and a CA in PEM where the system does not know it
  kids-id-host untrust ORIGIN             take a gateway off your own list
  kids-id-host log [on | off]             show, switch on or remove the log; it holds no PIN, name or number
  kids-id-host --version | --help
`;

/**
 * Runs one command and returns the exit code: 0 done and well, 1 not (said in words), 2 not a command (the usage is
 * printed on the standard error).
 */
export async function runCommand(
  words: readonly string[],
  context: CommandContext,
): Promise<number> {
  try {
    return await dispatch(words, context);
  } catch (error) {
    if (error instanceof UsageError) {
      context.err(USAGE);
      return EXIT_USAGE;
    }
    context.err(`${error instanceof CommandError ? error.message : describeFailure(error)}\n`);
    return EXIT_FAILED;
  }
}

async function dispatch(words: readonly string[], context: CommandContext): Promise<number> {
  const [command, ...rest] = words;
  switch (command) {
    case 'trust': {
      const { operands, values } = readWords(rest, { key: 'string', ca: 'string' });
      const [origin] = takeOperands(operands, 1);
      const { key, ca } = values;
      if (typeof key !== 'string') throw new UsageError();
      return trustGateway({ origin, key, ca: typeof ca === 'string' ? ca : undefined }, context);
    }
    case 'untrust': {
      const [origin] = takeOperands(readWords(rest, {}).operands, 1);
      return untrustGateway(origin, context);
    }
    case 'list':
      takeOperands(readWords(rest, {}).operands, 0);
      return printGateways(context);
    case 'doctor': {
      const { operands, values } = readWords(rest, { json: 'boolean' });
      takeOperands(operands, 0);
      const { runDoctor } = await import('./doctor.ts');
      const { openMachine } = await import('./machine.ts');
      return runDoctor(openMachine(context), { ...context, json: values['json'] === true });
    }
    case 'log': {
      const { operands } = readWords(rest, {});
      return switchLog(takeSwitch(operands), context);
    }
    case '--version':
      takeOperands(rest, 0);
      context.out(`kids-id-host ${HOST_VERSION}\n`);
      return EXIT_OK;
    case '--help':
      takeOperands(rest, 0);
      context.out(USAGE);
      return EXIT_OK;
    default:
      throw new UsageError();
  }
}

interface Words {
  readonly operands: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** @throws {UsageError} */
function readWords(
  words: readonly string[],
  options: Readonly<Record<string, 'string' | 'boolean'>>,
): Words {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, type]) => [name, { type }] as const),
  );
  try {
    const args = joinValues(words, options);
    const parsed = parseArgs({ args, options: config, allowPositionals: true });
    return { operands: parsed.positionals, values: parsed.values };
  } catch (cause) {
    throw new UsageError('not the form of this command', { cause });
  }
}

/** Writes `--key VALUE` as `--key=VALUE`: one thumbprint in 64 begins with a `-`, and would pass for an option. */
function joinValues(
  words: readonly string[],
  options: Readonly<Record<string, 'string' | 'boolean'>>,
): string[] {
  const args: string[] = [];
  let isValue = false;
  for (const word of words) {
    if (isValue) args.push(`${args.pop()}=${word}`);
    else args.push(word);
    isValue = !isValue && word.startsWith('--') && options[word.slice(2)] === 'string';
  }
  return args;
}

/** @throws {UsageError} for another number of operands */
function takeOperands(operands: readonly string[], count: 0 | 1): readonly [string] {
  if (operands.length !== count) throw new UsageError();
  return [operands[0] ?? ''];
}

/** @throws {UsageError} */
function takeSwitch(operands: readonly string[]): 'on' | 'off' | 'show' {
  const [word = 'show', ...more] = operands;
  if (more.length === 0 && (word === 'on' || word === 'off')) return word;
  if (operands.length === 0) return 'show';
  throw new UsageError();
}

/** What the system said no with, and nothing of what was being read. */
function describeFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL';
  return `This could not be done (${code}).`;
}
