/**
 * The host's own list of gateways: exact origins, each with the thumbprint of its connection key. No origin
 * outside the list is ever spoken to, whatever the browser says.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { isThumbprint } from '../gateway/protocol/connection-check.ts';
import { KidsIdError } from '../gateway/protocol/errors.ts';
import { origin } from '../gateway/protocol/fields.ts';

const gateway = v.strictObject({
  origin,
  /** Thumbprint of the gateway's connection key (RFC 7638, SHA-256, base64url). */
  connectionKey: v.pipe(v.string(), v.check(isThumbprint)),
  /** Absolute path of a PEM file, added to the system's roots for this gateway only. */
  certificateAuthority: v.optional(v.pipe(v.string(), v.maxLength(4_096), v.check(isAbsolute))),
});

const gatewayList = v.pipe(
  v.array(gateway),
  v.maxLength(64),
  v.check((list) => new Set(list.map((entry) => entry.origin)).size === list.length),
);

/** One gateway that this host may speak to. */
export type Gateway = v.InferOutput<typeof gateway>;

/** Bytes of a list. */
export const GATEWAY_LIST_MAX_BYTES = 65_536;

/** What every installation trusts: no public gateway exists yet. */
const BUILT_IN: readonly Gateway[] = [];

/**
 * Parses one list. An origin may stand in it once.
 * @throws {KidsIdError} MESSAGE_MALFORMED, MESSAGE_TOO_LARGE
 */
export function parseGatewayList(json: Uint8Array): readonly Gateway[] {
  if (json.length > GATEWAY_LIST_MAX_BYTES) {
    throw new KidsIdError('MESSAGE_TOO_LARGE', 'list of gateways over its limit');
  }
  let raw: unknown;
  try {
    raw = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'list of gateways is not JSON', { cause });
  }
  const result = v.safeParse(gatewayList, raw, { abortEarly: true });
  if (!result.success) throw new KidsIdError('MESSAGE_MALFORMED', 'list of another shape');
  return result.output;
}

/** Where lists are on this computer, the one that decides first: machine-wide, then the user's own. */
export function gatewayListPaths(env: NodeJS.ProcessEnv): readonly string[] {
  const configured = env['XDG_CONFIG_HOME'];
  const base =
    configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.config');
  return ['/etc/kids-id/gateways.json', join(base, 'kids-id', 'gateways.json')];
}

/**
 * Reads every list that is there. Where two name one origin, the built-in list wins over the machine's and
 * that over the user's, so that a user's file cannot change a key that an administrator pinned.
 * @throws {KidsIdError} GATEWAY_UNTRUSTED when a list is there and cannot be read or is malformed: nothing
 * of it is used then, and nothing of the others
 */
export async function loadGateways(paths: readonly string[]): Promise<readonly Gateway[]> {
  const lists = [BUILT_IN];
  for (const path of paths) lists.push(await loadList(path));
  const gateways: Gateway[] = [];
  for (const entry of lists.flat()) {
    if (!findGateway(gateways, entry.origin)) gateways.push(entry);
  }
  return gateways;
}

/** The gateway of exactly that origin. */
export function findGateway(
  gateways: readonly Gateway[],
  wantedOrigin: string,
): Gateway | undefined {
  return gateways.find((entry) => entry.origin === wantedOrigin);
}

async function loadList(path: string): Promise<readonly Gateway[]> {
  try {
    return parseGatewayList(await readFile(path));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new KidsIdError('GATEWAY_UNTRUSTED', 'list of gateways cannot be read', { cause });
  }
}
