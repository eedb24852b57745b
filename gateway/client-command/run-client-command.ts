/** `node gateway/main.ts client …`: registers sites and says what is registered. One command, told by its first word. */
import { ConfigError } from '../config.ts';
import { ADD_OPTIONS, ADD_USAGE, addClient } from './add-client.ts';
import { CHECK_OPTIONS, CHECK_USAGE, checkClients } from './check-clients.ts';
import {
  type CommandContext,
  CommandError,
  EXIT_FAILED,
  EXIT_OK,
  EXIT_USAGE,
  toPrintable,
  UsageError,
} from './command-context.ts';
import { type OptionForms, readWords, type Words } from './command-words.ts';
import {
  LIST_OPTIONS,
  LIST_USAGE,
  listClients,
  REMOVE_OPTIONS,
  REMOVE_USAGE,
  removeClient,
  SHOW_OPTIONS,
  SHOW_USAGE,
  showClient,
} from './stored-commands.ts';
import { TEST_OPTIONS, TEST_USAGE, testClient } from './test-client.ts';

interface Command {
  /** Its form and what it does; the first line is its form. */
  readonly usage: string;
  readonly summary: string;
  readonly options: OptionForms;
  readonly run: (words: Words, context: CommandContext) => number | Promise<number>;
}

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['add', { usage: ADD_USAGE, summary: 'register a site', options: ADD_OPTIONS, run: addClient }],
  [
    'list',
    { usage: LIST_USAGE, summary: 'the registered sites', options: LIST_OPTIONS, run: listClients },
  ],
  [
    'show',
    {
      usage: SHOW_USAGE,
      summary: 'one of them, and what it means',
      options: SHOW_OPTIONS,
      run: showClient,
    },
  ],
  [
    'remove',
    { usage: REMOVE_USAGE, summary: 'take one away', options: REMOVE_OPTIONS, run: removeClient },
  ],
  [
    'check',
    {
      usage: CHECK_USAGE,
      summary: 'what sites will and will not learn; bad files',
      options: CHECK_OPTIONS,
      run: checkClients,
    },
  ],
  [
    'test',
    {
      usage: TEST_USAGE,
      summary: "try a site's callback with right and wrong answers",
      options: TEST_OPTIONS,
      run: testClient,
    },
  ],
]);

/**
 * Runs one command and returns the exit code: 0 done and well, 1 not (said in words), 2 not a command (the usage is
 * printed on the standard error).
 */
export async function runClientCommand(
  args: readonly string[],
  { out, err }: CommandContext,
): Promise<number> {
  const context: CommandContext = {
    out: (text) => out(toPrintable(text)),
    err: (text) => err(toPrintable(text)),
  };
  const [name, ...rest] = args;
  const command = COMMANDS.get(name ?? '');
  if (!command) {
    const wantsHelp = name === '--help' || name === 'help';
    (wantsHelp ? context.out : context.err)(listCommands());
    return wantsHelp ? EXIT_OK : EXIT_USAGE;
  }
  try {
    const words = readWords(rest, { ...command.options, help: 'switch' });
    if (!words.has('help')) return await command.run(words, context);
    context.out(command.usage);
    return EXIT_OK;
  } catch (error) {
    if (error instanceof UsageError) {
      context.err(`${error.message}\n\n${command.usage}`);
      return EXIT_USAGE;
    }
    if (!(error instanceof CommandError || error instanceof ConfigError)) throw error;
    context.err(`${error.message}\n`);
    return EXIT_FAILED;
  }
}

function listCommands(): string {
  const lines = [...COMMANDS].map(([name, { summary }]) => `  client ${name.padEnd(8)} ${summary}`);
  return `The sites that may use this gateway (npm run client -- …):\n\n${lines.join('\n')}\n\n"client COMMAND --help" says more.\n`;
}
