/**
 * `npm run card -- --person NAME`: puts the card of one test person into a virtual reader until it is stopped.
 * TEST ONLY: names, numbers and PINs are invented.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type CardApplet, findPerson, PERSONS, type Person } from '../persons.ts';
import { openHolderKeys } from '../pki/holder-keys.ts';
import { personalise } from '../pki/personalise.ts';
import { openTestPki } from '../pki/test-pki.ts';
import type { InsertedCard } from './answer-reader.ts';
import { APPLETS } from './applets.ts';
import { FAULTS, type Fault, findFault } from './faults.ts';
import { findPcscdProblems, type Pcscd, startPcscd } from './pcscd.ts';
import { askRunningStart } from './running-start.ts';
import { createVirtualCard, type VirtualCard } from './virtual-card.ts';
import { connectVpcd, VPCD_PORT } from './vpcd-client.ts';

const HELP = `Usage: npm run card -- --person NAME [--applet VERSION] [--fault NAME] [--renewed] [--port N]
       npm run card -- --list

Puts the virtual card of a test person into a virtual card reader: that of \`npm start\` while it runs,
else one of its own until Ctrl-C.

  --person NAME  whose card (see --list)
  --applet V     1.1, 1.7 or 1.8, instead of the person's own
  --fault NAME   what is wrong with the card (see --list)
  --renewed      a new card in place of the one that this person had: no site knows it
  --port N       port of the virtual reader on 127.0.0.1 (default ${VPCD_PORT}). If nothing listens there, a
                 reader of our own is started: as root, on Linux, with pcscd and vsmartcard-vpcd
  --list         name the test persons and the faults
  --help         this text

A person's card is the same one each time. Environment: KIDS_ID_DATA, the folder where its keys and the test PKI
are kept (default .data in the project)
`;

interface Arguments {
  readonly person: string | undefined;
  readonly applet: string | undefined;
  readonly fault: string | undefined;
  readonly renewed: boolean;
  readonly port: string | undefined;
  readonly list: boolean;
  readonly help: boolean;
}

try {
  await run(readArguments(process.argv.slice(2)));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

async function run(args: Arguments): Promise<void> {
  if (args.help) {
    process.stdout.write(HELP);
    return;
  }
  if (args.list) {
    printNames('Persons', PERSONS);
    printNames('Faults', FAULTS);
    return;
  }
  const person = readPerson(args.person);
  const applet = readApplet(args.applet);
  const fault = readFault(args.fault);
  const port = readPort(args.port);
  const dataFolder = process.env['KIDS_ID_DATA'] ?? defaultDataFolder();
  if (args.port === undefined) {
    const wish = {
      person: person.name,
      ...(applet && { applet }),
      ...(fault && { fault: fault.name }),
      ...(args.renewed && { isRenewed: true }),
    };
    if (await askRunningStart(dataFolder, wish)) {
      print(`The card of ${person.name} is in the reader of npm start.`);
      print(describe(person, { applet, fault }));
      return;
    }
  }
  const stopped = waitForSignal();
  const now = new Date();
  const pki = await openTestPki({ dir: join(dataFolder, 'pki'), now });
  const contents = await personalise({
    person,
    pki,
    now,
    keys: openHolderKeys({
      dir: join(dataFolder, 'cards'),
      person,
      applet: applet ?? person.applet ?? '1.8',
      isRenewed: args.renewed,
    }),
    ...(applet && { applet }),
    ...(fault?.forgery && { forgery: fault.forgery }),
  });
  const card = createVirtualCard(contents, fault?.card);
  const announce = `The card of ${person.name} is in the reader (${describe(person, { applet, fault })}).`;
  const inserted = await findReader(card, port);
  if (inserted !== undefined) {
    await holdCard(inserted, { announce, fault, stopped });
    return;
  }
  await withOwnReader({ dataFolder, port: args.port === undefined ? 0 : port }, async (pcscd) => {
    print('For programs that use this reader:');
    print(`export PCSCLITE_CSOCK_NAME=${pcscd.env.PCSCLITE_CSOCK_NAME}`);
    const own = await connectVpcd({ card, port: pcscd.port });
    await holdCard(own, { announce, fault, stopped });
  });
}

function readArguments(argv: string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        person: { type: 'string' },
        applet: { type: 'string' },
        fault: { type: 'string' },
        renewed: { type: 'boolean', default: false },
        port: { type: 'string' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { person, applet, fault, renewed, port, list, help } = values;
    return { person, applet, fault, renewed, port, list, help };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown argument';
    throw new Error(`${reason}\n\n${HELP}`, { cause: error });
  }
}

function readPerson(name: string | undefined): Person {
  if (name === undefined) throw new Error(`--person is missing\n\n${HELP}`);
  const person = findPerson(name);
  if (person !== undefined) return person;
  const names = PERSONS.map((known) => known.name).join(', ');
  throw new Error(`There is no test person of that name. Known: ${names}`);
}

function readApplet(text: string | undefined): CardApplet | undefined {
  if (text === undefined) return undefined;
  const applet = APPLETS.find(({ version }) => version === text);
  if (applet !== undefined) return applet.version;
  throw new Error('--applet takes 1.1, 1.7 or 1.8');
}

function readFault(name: string | undefined): Fault | undefined {
  if (name === undefined) return undefined;
  const fault = findFault(name);
  if (fault !== undefined) return fault;
  const names = FAULTS.map((known) => known.name).join(', ');
  throw new Error(`There is no fault of that name. Known: ${names}`);
}

function readPort(text: string | undefined): number {
  const port = text === undefined ? VPCD_PORT : Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error('--port takes a number from 1 to 65535');
}

/** Inserts the card where somebody's vpcd listens; `undefined` when nothing does. */
async function findReader(card: VirtualCard, port: number): Promise<InsertedCard | undefined> {
  try {
    return await connectVpcd({ card, port });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') {
      return undefined;
    }
    throw error;
  }
}

async function withOwnReader(
  options: { readonly dataFolder: string; readonly port: number },
  use: (pcscd: Pcscd) => Promise<void>,
): Promise<void> {
  const problems = findPcscdProblems();
  if (problems.length > 0) {
    const list = problems.map((problem) => `  - ${problem}`).join('\n');
    throw new Error(`No virtual reader listens, and none can be started here:\n${list}`);
  }
  await mkdir(options.dataFolder, { recursive: true });
  const dir = await mkdtemp(join(options.dataFolder, 'reader-'));
  try {
    const pcscd = await startPcscd({ dir, port: options.port });
    try {
      await use(pcscd);
    } finally {
      await pcscd.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function holdCard(
  inserted: InsertedCard,
  options: { announce: string; fault: Fault | undefined; stopped: Promise<'stopped'> },
): Promise<void> {
  print(`${options.announce} Ctrl-C ends.`);
  const end = await Promise.race([options.stopped, inserted.removed]);
  await inserted.remove();
  if (end === 'stopped') return;
  if (options.fault?.card?.pulledAtInstruction === undefined)
    throw new Error('The reader has gone.');
  print('The card was pulled out.');
}

function describe(
  person: Person,
  options: { applet: CardApplet | undefined; fault: Fault | undefined },
): string {
  const { applet, fault } = options;
  const pin = person.pin === undefined ? 'no PIN' : `PIN ${person.pin}`;
  return [
    person.description,
    ...(applet ? [`applet ${applet}`] : []),
    pin,
    ...(fault ? [`fault: ${fault.description}`] : []),
  ].join('; ');
}

function printNames(
  title: string,
  named: readonly { readonly name: string; readonly description: string }[],
): void {
  const width = Math.max(...named.map(({ name }) => name.length));
  print(`${title}:`);
  for (const { name, description } of named) print(`  ${name.padEnd(width)}  ${description}`);
}

function waitForSignal(): Promise<'stopped'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve('stopped'));
  });
}

function defaultDataFolder(): string {
  return fileURLToPath(new URL('../../../.data', import.meta.url));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
