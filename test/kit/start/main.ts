/**
 * `npm start`: the whole product on one machine, with virtual cards, ready to log in. `--login` does one
 * login by itself and prints the ID token. TEST ONLY: test PKI, synthetic persons.
 */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findPerson, PERSONS, type Person } from '../persons.ts';
import { openCardControl } from './card-control.ts';
import { introduce } from './introduction.ts';
import { JourneyError, logInAtChat } from './journey.ts';
import { findMissing, installPackages, START_PACKAGES } from './system-packages.ts';
import { type Ports, startWorld, type World } from './world.ts';

const PORTS = { gateway: 8443, chat: 8444, ocsp: 8445, library: 8446 };

const HELP = `Usage: npm start -- [options]

  --login         one login by itself in a headless browser; prints the ID token and ends
  --person NAME   whose card is in the reader (default emma; npm run card -- --list names them)
  --save DIR      with --login: a screenshot of each screen
  --ports A,B,C,D ports of gateway, chat, OCSP responder and library (default ${Object.values(PORTS).join()});
                  of three, the library's is any free one
  --data DIR      where everything is kept (default .data; removing it removes everything)
  --no-apt        install no Debian packages
  --help          this text
`;

const progress = (line: string) => process.stderr.write(`${line}\n`);

const options = readOptions();
if (options) {
  try {
    process.exitCode = await run(options);
  } catch (error) {
    progress(error instanceof Error ? error.message : String(error));
    // Who asked for a login reads its outcome on the last line, whatever failed
    if (options.login) process.stdout.write(`${JSON.stringify({ code: 'INTERNAL' })}\n`);
    process.exitCode = 1;
  }
}

type Options = Exclude<ReturnType<typeof readOptions>, undefined>;

async function run({ login, person, save, ports, data, apt }: Options): Promise<number> {
  sayWhatChanges(data);
  const missing = apt ? installPackages(START_PACKAGES, progress) : findMissing(START_PACKAGES);
  const world = await startWorld({ dir: data, ports, say: progress });
  const interrupted = waitForInterrupt();
  try {
    await world.insertCardOf(person);
    if (login) return await logIn(world, person, save);
    await offer(world, { person, missing, data });
    const control = await openCardControl({ dataFolder: data, world, say: progress });
    await interrupted;
    await control.close();
    return 0;
  } finally {
    progress('Stopping …');
    await world.stop();
    rmSync(join(data, 'home'), { recursive: true, force: true });
  }
}

/** Does one login and prints the payload of the ID token that the chat received. */
async function logIn(world: World, person: Person, save: string | undefined): Promise<number> {
  if (!person.pin) progress(`${person.name} has no PIN: this login is going to fail.`);
  const idTokens: unknown[] = [];
  world.chat.onMessage((message) => idTokens.push(message));
  const browser = await world.openBrowser({ headless: true });
  progress('One login:');
  try {
    await logInAtChat({
      browser,
      chatOrigin: world.chatOrigin,
      pin: person.pin ?? '0000',
      say: progress,
      ...(save && { saveDir: resolve(save) }),
    });
  } catch (error) {
    const code = error instanceof JourneyError ? error.code : 'INTERNAL';
    if (code === 'INTERNAL') progress(String(error));
    process.stdout.write(`${JSON.stringify({ code })}\n`);
    return 1;
  }
  const [received] = idTokens as { idToken?: object }[];
  process.stdout.write(`${JSON.stringify(received?.idToken)}\n`);
  return received?.idToken ? 0 : 1;
}

/** Tells a person where to go, and opens a browser where there is a display. */
async function offer(
  world: World,
  options: { person: Person; missing: readonly { name: string }[]; data: string },
): Promise<void> {
  const { person, missing, data } = options;
  if (world.slot.kind === 'socket') {
    progress(`\nNo virtual card reader here (${world.slot.problems.join('; ')}).`);
    progress('The card is reached over a local socket instead; everything else is the same.');
  }
  const display =
    process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  progress(introduce(world, { person, data }));
  if (!display || missing.some(({ name }) => name === 'chromium')) {
    progress(`There is no ${display ? 'Chromium' : 'display'} here, so no browser was opened. Either
  npm start -- --login --save DIR     does one login by itself, with a screenshot of each screen, or
  npm start, on a machine with a display and Chromium, opens a browser that is ready to log in.
`);
  } else {
    const browser = await world.openBrowser({ headless: false });
    const page = browser.pages()[0] ?? (await browser.newPage());
    await page.goto(world.chatOrigin);
    progress('A browser with the extension is open, in a throw-away profile.');
  }
  progress('Ctrl-C stops everything.');
}

function sayWhatChanges(data: string): void {
  progress(`Kids-ID Gateway, TEST ONLY: test certificates, synthetic persons.
  Data: ${data} (remove the folder to remove everything)
  System: as root on Debian, missing packages are installed with apt (named first; --no-apt forbids);
          the card reader is a pcscd of its own in private namespaces; your system's is not touched.
`);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      login: { type: 'boolean', default: false },
      person: { type: 'string', default: 'emma' },
      save: { type: 'string' },
      ports: { type: 'string', default: Object.values(PORTS).join() },
      data: {
        type: 'string',
        default: process.env['KIDS_ID_DATA'] ?? join(import.meta.dirname, '../../../.data'),
      },
      'no-apt': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return undefined;
  }
  const person = findPerson(values.person);
  if (!person) {
    progress(
      `No person ${values.person}. There are: ${PERSONS.map(({ name }) => name).join(', ')}`,
    );
    process.exitCode = 1;
    return undefined;
  }
  const ports = parsePorts(values.ports);
  if (!ports) {
    progress('--ports takes three or four ports, such as 8443,8444,8445,8446');
    process.exitCode = 1;
    return undefined;
  }
  return {
    login: values.login,
    person,
    save: values.save,
    ports,
    data: resolve(values.data),
    apt: !values['no-apt'],
  };
}

/** Undefined when it is not three or four ports; 0 is any free one. */
function parsePorts(text: string): Ports | undefined {
  const parts = text.split(',');
  if (!parts.every((part) => /^\d{1,5}$/.test(part) && Number(part) <= 65_535)) return undefined;
  const [gateway, chat, ocsp, library = 0, ...rest] = parts.map(Number);
  if (gateway === undefined || chat === undefined || ocsp === undefined) return undefined;
  return rest.length > 0 ? undefined : { gateway, chat, ocsp, library };
}

function waitForInterrupt(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
