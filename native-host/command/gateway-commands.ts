/** `trust`, `untrust` and `list`: the user's own list of gateways changed, all lists shown. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { isThumbprint } from '../../gateway/protocol/connection-check.ts';
import { errorCodeOf } from '../../gateway/protocol/errors.ts';
import {
  FIXED_GATEWAYS,
  GATEWAY_LIST_MAX_ENTRIES,
  type Gateway,
  type GatewayListPaths,
  gatewayListPaths,
  type ListedGateway,
  listedOrigin,
  listGateways,
} from '../gateways.ts';
import { type CommandContext, CommandError, EXIT_OK } from './command-context.ts';
import { editGatewayList } from './edit-gateway-list.ts';

/** How people are told where an entry comes from. */
export const SOURCE_WORDS: Readonly<Record<ListedGateway['source'], string>> = {
  'built-in': 'built in',
  machine: "this computer's list",
  user: 'your own list',
};

const STANDING_WORDS: Readonly<Record<ListedGateway['standing'], string>> = {
  'in-force': '',
  overruled: ', not used: a list that comes first names the same origin',
  removed: ', not used: its key was removed by an update',
};

/**
 * Puts a gateway on the user's list, in place of an entry of the same origin. What is built in or on the machine's list
 * cannot be changed here, and a key on the removal list is not taken.
 * @throws {CommandError} with the reason
 */
export async function trustGateway(
  wanted: { origin: string; key: string; ca: string | undefined },
  context: CommandContext,
): Promise<number> {
  const { removedKeys } = context.fixed ?? FIXED_GATEWAYS;
  checkOrigin(wanted.origin);
  if (!isThumbprint(wanted.key)) {
    throw new CommandError(
      'The key is not a thumbprint: 43 letters, digits, "-" and "_" (RFC 7638, SHA-256, base64url).',
    );
  }
  if (removedKeys.includes(wanted.key)) {
    throw new CommandError('This key was removed by an update: no gateway with it is trusted.');
  }
  const gateway: Gateway = {
    origin: wanted.origin,
    connectionKey: wanted.key,
    ...(wanted.ca === undefined ? {} : { certificateAuthority: await checkCa(wanted.ca) }),
  };
  const { paths, listed } = await readLists(context);
  checkNotPinned(listed, wanted.origin);
  const old = findOwn(listed, wanted.origin);
  const others = listed.filter(({ source }) => source === 'user').length - (old ? 1 : 0);
  if (others >= GATEWAY_LIST_MAX_ENTRIES) {
    throw new CommandError(`Your list is full: ${GATEWAY_LIST_MAX_ENTRIES} gateways.`);
  }
  await editGatewayList(paths[1], (list) => [...without(list, gateway.origin), gateway]);
  context.out(`Trusted: ${gateway.origin}, key ${gateway.connectionKey}\n`);
  if (old && old.connectionKey !== gateway.connectionKey) {
    context.out(`The key before was ${old.connectionKey}\n`);
  }
  context.out(`Written: ${paths[1]}\n`);
  return EXIT_OK;
}

/**
 * Takes a gateway off the user's list.
 * @throws {CommandError} when it is not there
 */
export async function untrustGateway(origin: string, context: CommandContext): Promise<number> {
  const { paths, listed } = await readLists(context);
  if (!findOwn(listed, origin)) {
    checkNotPinned(listed, origin);
    throw new CommandError('This origin is not on your list. "kids-id-host list" shows what is.');
  }
  await editGatewayList(paths[1], (list) => without(list, origin));
  context.out(`Not trusted any more: ${origin}\nWritten: ${paths[1]}\n`);
  const rest = listed.find(({ gateway, source }) => gateway.origin === origin && source !== 'user');
  if (rest) context.out(`It is still trusted: ${SOURCE_WORDS[rest.source]}.\n`);
  return EXIT_OK;
}

/** Prints every entry: origin, thumbprint, where it comes from. */
export async function printGateways(context: CommandContext): Promise<number> {
  const { listed } = await readLists(context);
  if (listed.length === 0) context.out('No gateway is trusted on this computer.\n');
  for (const { gateway, source, standing } of listed) {
    const { origin, connectionKey, certificateAuthority } = gateway;
    context.out(`${origin}\n`);
    context.out(`  key   ${connectionKey}\n`);
    context.out(`  from  ${SOURCE_WORDS[source]}${STANDING_WORDS[standing]}\n`);
    if (certificateAuthority !== undefined) context.out(`  CA    ${certificateAuthority}\n`);
  }
  return EXIT_OK;
}

async function readLists(
  context: CommandContext,
): Promise<{ paths: GatewayListPaths; listed: readonly ListedGateway[] }> {
  const paths = context.gatewayPaths ?? gatewayListPaths(context.env, context.platform);
  try {
    return { paths, listed: await listGateways(paths, context.fixed) };
  } catch (cause) {
    if (errorCodeOf(cause) === 'INTERNAL') throw cause;
    const places = paths.join('\n  ');
    throw new CommandError(`A list cannot be read, or is damaged. One of:\n  ${places}`, { cause });
  }
}

/** @throws {CommandError} */
function checkOrigin(text: string): void {
  if (v.safeParse(listedOrigin, text).success) return;
  const url = URL.parse(text);
  if (text.includes('*')) {
    throw new CommandError('Wildcards are not taken: name one exact origin.');
  }
  if (url?.protocol === 'http:') throw new CommandError('Only https origins are trusted.');
  const meant = url?.protocol === 'https:' && url.hostname !== '' ? ` Write ${url.origin}` : '';
  throw new CommandError(
    `This is not an exact origin: https://, host, and port where it is not 443.${meant}`,
  );
}

/** @throws {CommandError} for an origin that is not the user's to change */
function checkNotPinned(listed: readonly ListedGateway[], wanted: string): void {
  const pinned = listed.find(
    ({ gateway, source }) => gateway.origin === wanted && source !== 'user',
  );
  if (!pinned) return;
  throw new CommandError(
    pinned.source === 'built-in'
      ? 'This origin is built in: only an update changes it.'
      : "This origin is on this computer's list: only an administrator changes it.",
  );
}

/** Returns the absolute path. @throws {CommandError} */
async function checkCa(file: string): Promise<string> {
  const path = resolve(file);
  try {
    return new X509Certificate(await readFile(path)).ca ? path : refuseCa();
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError('The CA file cannot be read as a certificate in PEM.', { cause });
  }
}

function refuseCa(): never {
  throw new CommandError("The CA file holds a certificate that is not a CA's.");
}

function findOwn(listed: readonly ListedGateway[], wanted: string): Gateway | undefined {
  const own = listed.find(({ gateway, source }) => gateway.origin === wanted && source === 'user');
  return own?.gateway;
}

function without(list: readonly Gateway[], unwanted: string): readonly Gateway[] {
  return list.filter((entry) => entry.origin !== unwanted);
}
