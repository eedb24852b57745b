/**
 * The host's own list of gateways: exact origins, each with the thumbprint of its connection key. No origin
 * outside the list is ever spoken to, whatever the browser says.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, posix, win32 } from 'node:path';
import * as v from 'valibot';
import { isThumbprint } from '../gateway/protocol/connection-check.ts';
import { KidsIdError } from '../gateway/protocol/errors.ts';
import { origin } from '../gateway/protocol/fields.ts';

/** Gateways in a list. */
export const GATEWAY_LIST_MAX_ENTRIES = 64;

/** Bytes of a list. */
export const GATEWAY_LIST_MAX_BYTES = 65_536;

/** An exact origin. A `*` may stand in a URL's host name, and would look as if it meant something. */
export const listedOrigin = v.pipe(
  origin,
  v.check((text) => !text.includes('*')),
);

const gateway = v.strictObject({
  origin: listedOrigin,
  /** Thumbprint of the gateway's connection key (RFC 7638, SHA-256, base64url). */
  connectionKey: v.pipe(v.string(), v.check(isThumbprint)),
  /** Absolute path of a PEM file, added to the system's roots for this gateway only. */
  certificateAuthority: v.optional(v.pipe(v.string(), v.maxLength(4_096), v.check(isAbsolute))),
});

const gatewayList = v.pipe(
  v.array(gateway),
  v.maxLength(GATEWAY_LIST_MAX_ENTRIES),
  v.check((list) => new Set(list.map((entry) => entry.origin)).size === list.length),
);

/** One gateway that this host may speak to. */
export type Gateway = v.InferOutput<typeof gateway>;

/** What comes with the host and its updates, and no file can change. */
export interface FixedGateways {
  /** What every installation trusts. */
  readonly builtIn: readonly Gateway[];
  /** Thumbprints of connection keys that no list makes good: lost, stolen or given up. */
  readonly removedKeys: readonly string[];
}

/** No public gateway exists yet, and none has lost its key. */
export const FIXED_GATEWAYS: FixedGateways = { builtIn: [], removedKeys: [] };

/** Where an entry comes from. */
export type GatewaySource = 'built-in' | 'machine' | 'user';

/** An entry as people are shown it. */
export interface ListedGateway {
  readonly gateway: Gateway;
  readonly source: GatewaySource;
  /**
   * `in-force`: spoken to. `overruled`: an entry of a list that comes first names the same origin. `removed`: its
   * key is on the removal list, wherever the entry stands.
   */
  readonly standing: 'in-force' | 'overruled' | 'removed';
}

/** Paths of the lists, the one that decides first. */
export type GatewayListPaths = readonly [machine: string, user: string];

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

/**
 * Where lists are on this computer: machine-wide, then the user's own.
 *
 * | system | machine-wide | user |
 * | --- | --- | --- |
 * | Linux | `/etc/kids-id/gateways.json` | `$XDG_CONFIG_HOME/kids-id/gateways.json` (`~/.config`) |
 * | macOS | `/Library/Application Support/kids-id/gateways.json` | the same below the home folder |
 * | Windows | `%ProgramFiles%\kids-id\gateways.json` | `%APPDATA%\kids-id\gateways.json` |
 *
 * On Windows a file and not the registry, and not below `%ProgramData%`, where every user may make folders: who made
 * the first one would pin keys for all others.
 */
export function gatewayListPaths(
  env: NodeJS.ProcessEnv,
  platform = process.platform,
): GatewayListPaths {
  const home = homedir();
  const name = ['kids-id', 'gateways.json'];
  if (platform === 'win32') {
    const machine = env['ProgramFiles'] ?? 'C:\\Program Files';
    const user = env['APPDATA'] ?? win32.join(home, 'AppData', 'Roaming');
    return [win32.join(machine, ...name), win32.join(user, ...name)];
  }
  if (platform === 'darwin') {
    const folder = '/Library/Application Support';
    return [posix.join(folder, ...name), posix.join(home, folder, ...name)];
  }
  const configured = env['XDG_CONFIG_HOME'];
  const isUsable = configured !== undefined && posix.isAbsolute(configured);
  const user = isUsable ? configured : posix.join(home, '.config');
  return [posix.join('/etc', ...name), posix.join(user, ...name)];
}

/**
 * Reads every list that is there and says what each entry counts for. Where two name one origin, the built-in list
 * wins over the machine's and that over the user's, so that a user's file cannot change a key that an administrator
 * pinned; an origin whose first entry has a removed key has no gateway at all.
 * @throws {KidsIdError} GATEWAY_UNTRUSTED when a list is there and cannot be read or is malformed: nothing
 * of it is used then, and nothing of the others
 */
export async function listGateways(
  [machine, user]: GatewayListPaths,
  fixed = FIXED_GATEWAYS,
): Promise<readonly ListedGateway[]> {
  const lists: readonly (readonly [GatewaySource, readonly Gateway[]])[] = [
    ['built-in', fixed.builtIn],
    ['machine', await readGatewayList(machine)],
    ['user', await readGatewayList(user)],
  ];
  const origins = new Set<string>();
  const standingOf = (gateway: Gateway): ListedGateway['standing'] => {
    if (fixed.removedKeys.includes(gateway.connectionKey)) return 'removed';
    return origins.has(gateway.origin) ? 'overruled' : 'in-force';
  };
  return lists.flatMap(([source, list]) =>
    list.map((gateway) => {
      const standing = standingOf(gateway);
      origins.add(gateway.origin);
      return { gateway, source, standing };
    }),
  );
}

/**
 * The gateways that this host may speak to.
 * @throws {KidsIdError} GATEWAY_UNTRUSTED, see {@link listGateways}
 */
export async function loadGateways(
  paths: GatewayListPaths,
  fixed = FIXED_GATEWAYS,
): Promise<readonly Gateway[]> {
  const listed = await listGateways(paths, fixed);
  return listed.flatMap(({ gateway, standing }) => (standing === 'in-force' ? [gateway] : []));
}

/** The gateway of exactly that origin. */
export function findGateway(
  gateways: readonly Gateway[],
  wantedOrigin: string,
): Gateway | undefined {
  return gateways.find((entry) => entry.origin === wantedOrigin);
}

/**
 * Reads one list; one that is not there is empty.
 * @throws {KidsIdError} GATEWAY_UNTRUSTED when it cannot be read or is malformed
 */
export async function readGatewayList(path: string): Promise<readonly Gateway[]> {
  try {
    return parseGatewayList(await readFile(path));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new KidsIdError('GATEWAY_UNTRUSTED', 'list of gateways cannot be read', { cause });
  }
}
