/** `client test`: plays the gateway for one site and says which wrong answers the site let pass. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RegisteredClient } from '../oidc/clients.ts';
import { getStoredFile, readStoredClients } from './client-store.ts';
import {
  type CommandContext,
  CommandError,
  EXIT_FAILED,
  EXIT_OK,
  UsageError,
} from './command-context.ts';
import {
  FOLDER_OPTIONS,
  FOLDER_USAGE,
  parseNumber,
  readPlace,
  takeOperand,
  type Words,
} from './command-words.ts';
import { explainFault } from './field-hints.ts';
import { RequestRefused } from './site-test/authorization-request.ts';
import { openIssuerFolder } from './site-test/issuer-folder.ts';
import type { SiteCase } from './site-test/site-case.ts';
import { openVisitor, VisitError } from './site-test/site-visitor.ts';
import { startTestIssuer, type TestIssuer } from './site-test/test-issuer.ts';
import {
  type Finding,
  listSiteCases,
  type SiteUnderTest,
  SiteUnfit,
  trySite,
  tryUninvited,
} from './site-test/try-site.ts';

const DEFAULT_AGE = 30;
const SITE_POLL_MS = 500;

export const TEST_OPTIONS = {
  ...FOLDER_OPTIONS,
  start: 'text',
  'signed-in': 'text',
  shows: 'text',
  callback: 'text',
  ca: 'text',
  port: 'text',
  'issuer-folder': 'text',
  age: 'text',
  wait: 'text',
  only: 'text',
  'list-cases': 'switch',
} as const;

export const TEST_USAGE = `client test ID --start URL --signed-in URL [options]
client test ID --callback URL [--ca FILE]

Plays the gateway for a site, on this machine, and gives it right and wrong answers: wrong states, codes and issuers, tokens
of other keys, sites and times. Says what the site let pass; the exit code is 1 when that was something it must not.

The site has to run with the test issuer as its issuer, and trust its certificate; the command waits for that and says
which. It is registered as always, and proves itself with its own key or secret.

With --callback alone only what anybody can send to a callback is sent: for a site that uses its real gateway.

${FOLDER_USAGE}  --start URL          begins a sign-in at the site, as its button does (GET)
  --signed-in URL      a page of the site that answers 200 to signed-in visitors, and to nobody else
  --shows TEXT         stands in that page, when the status is not enough to tell
  --ca FILE            the authority of the site's certificate, in PEM
  --port N             the test issuer's port on 127.0.0.1 (default 8446)
  --issuer-folder DIR  where its key and certificate are kept (default .data/test-issuer)
  --age N              how old the person is who signs in (default: one that the age rule lets in)
  --wait N             how many seconds to wait for the site (default 60)
  --only NAME,NAME     these cases only; --list-cases names them
`;

/** Runs the command. */
export async function testClient(words: Words, context: CommandContext): Promise<number> {
  const clientId = takeOperand(words, 'a client');
  const file = getStoredFile(readStoredClients(readPlace(words)), clientId);
  if (!file.client) throw new CommandError(`${file.name}: ${explainFault(file.fault)}`);
  if (words.has('list-cases')) return listCases(file.client, context);
  const ca = words.text('ca');
  const trust = ca === undefined ? {} : { ca: readText(ca) };
  try {
    const callback = words.text('callback');
    if (callback !== undefined) {
      return report(await tryUninvited(readUrl(callback, '--callback'), trust), context);
    }
    return report(await playGateway({ client: file.client, words, trust, context }), context);
  } catch (cause) {
    if (cause instanceof RequestRefused) {
      const says = `The gateway would refuse the site's request: ${cause.message}.`;
      throw new CommandError(says, { cause });
    }
    if (!(cause instanceof SiteUnfit || cause instanceof VisitError)) throw cause;
    throw new CommandError(cause.message, { cause });
  }
}

function listCases(client: RegisteredClient, context: CommandContext): number {
  for (const { name, says, clause } of listSiteCases(client)) {
    context.out(`${name.padEnd(28)}${says} (${clause})\n`);
  }
  return EXIT_OK;
}

async function playGateway(options: {
  client: RegisteredClient;
  words: Words;
  trust: { ca?: string };
  context: CommandContext;
}): Promise<Finding[]> {
  const { client, words, trust, context } = options;
  const [start, signedIn, shows] = ['start', 'signed-in', 'shows'].map((name) => words.text(name));
  if (start === undefined || signedIn === undefined) {
    throw new UsageError('Give --start and --signed-in, or --callback.');
  }
  const site: SiteUnderTest = {
    start: readUrl(start, '--start'),
    signedIn: readUrl(signedIn, '--signed-in'),
    ...(shows !== undefined && { shows }),
    ...trust,
  };
  const cases = chooseCases(client, words.text('only'));
  const waitMs = parseNumber(words.text('wait') ?? '60', '--wait') * 1_000;
  const folder = words.text('issuer-folder') ?? join('.data', 'test-issuer');
  const { certificateFile, ...keys } = openIssuerFolder(folder, new Date());
  const issuer = await startTestIssuer({
    ...{ client, ...keys, now: () => new Date() },
    port: parseNumber(words.text('port') ?? '8446', '--port'),
    age: readAge(words, client),
  }).catch((cause: unknown) => {
    throw new CommandError('The test issuer cannot listen there. Name another --port.', { cause });
  });
  try {
    context.err(
      `Test issuer: ${issuer.origin}\nStart the site with it, so that it trusts its certificate:\n  ISSUER=${issuer.origin} NODE_EXTRA_CA_CERTS=${certificateFile}\n`,
    );
    await waitForSite(site, issuer, waitMs);
    return await trySite({ client, site, issuer, cases });
  } finally {
    await issuer.close();
  }
}

/** Returns when the site sends people to the test issuer, or when the time is up: the next step says why not. */
async function waitForSite(site: SiteUnderTest, issuer: TestIssuer, waitMs: number): Promise<void> {
  const endsAt = performance.now() + waitMs;
  while (performance.now() < endsAt) {
    try {
      const visit = await openVisitor(site).follow(site.start, issuer.isAuthorizationUrl);
      if (issuer.isAuthorizationUrl(visit.url)) return;
    } catch (error) {
      if (!(error instanceof VisitError)) throw error;
    }
    await delay(SITE_POLL_MS);
  }
}

const MARKS: Readonly<Record<Finding['verdict'], string>> = {
  ok: 'ok      ',
  careless: 'careless',
  wrong: 'WRONG   ',
};

/** A line for each case, then how many were what. @returns the exit code */
function report(findings: readonly Finding[], context: CommandContext): number {
  for (const { verdict, name, says, did, clause } of findings) {
    context.out(`${MARKS[verdict]}  ${name}: ${says}: ${did} [${clause}]\n`);
  }
  const count = (wanted: Finding['verdict']) =>
    findings.filter(({ verdict }) => verdict === wanted).length;
  context.out(
    `\n${findings.length} cases: ${count('ok')} ok, ${count('careless')} careless, ${count('wrong')} wrong\n`,
  );
  return count('wrong') > 0 ? EXIT_FAILED : EXIT_OK;
}

/** @throws {CommandError} for a name that no case has */
function chooseCases(client: RegisteredClient, only: string | undefined): readonly SiteCase[] {
  const all = listSiteCases(client);
  if (only === undefined) return all;
  const wanted = only.split(',');
  const unknown = wanted.find((name) => !all.some((siteCase) => siteCase.name === name));
  if (unknown !== undefined) {
    throw new CommandError(`No case is called "${unknown}"; --list-cases names them.`);
  }
  return all.filter(({ name }) => wanted.includes(name));
}

/** Somebody whom the age rule lets in. */
function readAge(words: Words, { requireAge }: RegisteredClient): number {
  const age = words.text('age');
  if (age !== undefined) return parseNumber(age, '--age');
  if (!requireAge) return DEFAULT_AGE;
  return Math.floor((requireAge.min + (requireAge.below ?? requireAge.min + DEFAULT_AGE) - 1) / 2);
}

/** @throws {CommandError} */
function readUrl(text: string, option: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new CommandError(`${option} takes a whole address: https://…`);
}

/** @throws {CommandError} */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CommandError(`${file} cannot be read.`, { cause });
  }
}
