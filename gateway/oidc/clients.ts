/**
 * The relying parties, one JSON file each, written by the operator. A client does not register itself,
 * and what it may learn stands in its file, not in its requests.
 */
import { createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import {
  digest,
  IDENTITY_SCOPES,
  identityScope,
  origin,
  secret,
  site,
  years,
} from '../protocol/fields.ts';
import { AGE_THRESHOLDS } from './age-claims.ts';
import { cutPointsOf, findCutPointFaults, normaliseOrganisation } from './cut-points.ts';

const shortText = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200));

/** A host name in lower case. It is pinned here, so that no change of redirect URI changes a `sub`. */
const sector = v.pipe(
  v.string(),
  v.maxLength(253),
  v.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/),
);

/** Compared character by character at every request, hence its one canonical spelling only. */
const redirectUri = v.pipe(v.string(), v.maxLength(1_024), v.check(isRedirectUri));

const publicKey = v.pipe(
  v.strictObject({
    kty: v.literal('EC'),
    crv: v.literal('P-256'),
    x: secret,
    y: secret,
    kid: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,64}$/)),
    use: v.optional(v.literal('sig')),
    alg: v.optional(v.literal('ES256')),
  }),
  v.check((key) => isPointOnCurve(key)),
);

const publicKeys = v.pipe(
  v.array(publicKey),
  v.minLength(1),
  v.maxLength(8),
  v.check((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length),
);

const authentication = v.variant('method', [
  v.strictObject({
    method: v.literal('private_key_jwt'),
    jwks: v.strictObject({ keys: publicKeys }),
  }),
  v.strictObject({
    method: v.literal('client_secret'),
    /** SHA-256 of each secret, base64url; two while it is changed. `client add` makes them. */
    secretHashes: v.pipe(v.array(digest), v.minLength(1), v.maxLength(2)),
  }),
  v.strictObject({
    method: v.literal('none'),
    /** The one origin whose pages may ask for tokens themselves (CORS); none for an app. */
    origin: v.optional(origin),
  }),
]);

/** Name, birth date, address, picture: what may be asked, and of whom (design §5). */
const identity = v.strictObject({
  scopes: v.pipe(
    v.array(identityScope),
    v.minLength(1),
    v.maxLength(IDENTITY_SCOPES.length),
    v.check((scopes) => new Set(scopes).size === scopes.length),
  ),
  /**
   * The basis, other than the child's consent, on which people under 13 are asked too; a sentence, for
   * the auditor. Without it they are refused.
   */
  childBasis: v.optional(v.pipe(shortText, v.minLength(20))),
});

const requireAge = v.pipe(
  v.strictObject({ min: years, below: v.optional(years) }),
  v.check(({ min, below }) => below === undefined || below > min),
);

const ageThresholds = v.pipe(
  v.array(years),
  v.maxLength(8),
  v.check((thresholds) => new Set(thresholds).size === thresholds.length),
);

const clientFields = v.strictObject({
  clientId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)),
  site,
  /** Who answers for the site. Cut points are counted per organisation. */
  organisation: shortText,
  sector,
  /** `transient` gives another `sub` at every login; it is what a file that says nothing gets. */
  subjectMode: v.optional(v.picklist(['pairwise', 'transient']), 'transient'),
  ageThresholds: v.optional(ageThresholds, []),
  requireAge: v.optional(requireAge),
  /** Why this client may ask more finely than the rule on cut points; a sentence, for the auditor. */
  cutPointsReason: v.optional(v.pipe(shortText, v.minLength(20))),
  redirectUris: v.pipe(v.array(redirectUri), v.minLength(1), v.maxLength(16)),
  authentication,
  par: v.optional(v.picklist(['required', 'optional']), 'required'),
  /** Whether access tokens are bound to a key of the client's (RFC 9449). */
  dpop: v.optional(v.picklist(['optional', 'required']), 'optional'),
  /** `fapi2` holds the client to the FAPI 2.0 Security Profile. */
  profile: v.optional(v.picklist(['default', 'fapi2']), 'default'),
  identity: v.optional(identity),
  /** Tells the month from which the site should ask again: this many months ahead, or sooner. */
  reverifyAfterMonths: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(36))),
  postLogoutRedirectUris: v.optional(v.pipe(v.array(redirectUri), v.maxLength(16)), []),
  /** Told when a card that signed in here is found to be revoked, and at log-out. */
  backchannelLogoutUri: v.optional(redirectUri),
});

const clientFile = v.pipe(
  clientFields,
  v.forward(
    v.check(
      ({ profile, par, authentication }) =>
        profile === 'default' ||
        (par === 'required' && authentication.method === 'private_key_jwt'),
    ),
    ['profile'],
  ),
  v.forward(
    v.check(
      ({ backchannelLogoutUri, subjectMode }) =>
        backchannelLogoutUri === undefined || subjectMode === 'pairwise',
    ),
    ['backchannelLogoutUri'],
  ),
);

/** A relying party as the operator registered it. */
export type RegisteredClient = Readonly<v.InferOutput<typeof clientFile>>;

export interface ClientRegistry {
  find(clientId: string): RegisteredClient | undefined;
  all(): readonly RegisteredClient[];
}

/** Says which client file is wrong and where; for the operator who wrote it. */
export class ClientFileError extends Error {
  override readonly name = 'ClientFileError';
}

/**
 * Reads one client's registration. Unknown fields are refused.
 * @throws {ClientFileError} naming the first field that is wrong, never its value.
 */
export function parseClientFile(raw: unknown): RegisteredClient {
  const result = v.safeParse(clientFile, raw, { abortEarly: true });
  if (result.success) return result.output;
  const field = v.getDotPath(result.issues[0]) ?? 'the whole file';
  throw new ClientFileError(`${field} is missing, unknown or not right`);
}

/**
 * Reads every `*.json` of a folder. `ageThresholds` are the ages that may be registered at all.
 * @throws {ClientFileError} with the file's name, or naming the clients or the organisation that do
 * not go together: the same client twice, a sector of two organisations, cut points too fine (design §5).
 */
export function loadClients(
  folder: string,
  ageThresholds: readonly number[] = AGE_THRESHOLDS,
): ClientRegistry {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return createRegistry(
    names.sort().map((name) => readClientFile(join(folder, name))),
    ageThresholds,
  );
}

/**
 * Puts clients together, and judges what only shows between them.
 * @throws {ClientFileError} see {@link loadClients}.
 */
export function createRegistry(
  clients: readonly RegisteredClient[],
  ageThresholds: readonly number[] = AGE_THRESHOLDS,
): ClientRegistry {
  const byId = new Map<string, RegisteredClient>();
  const organisationOfSector = new Map<string, string>();
  for (const client of clients) {
    const { clientId, organisation } = client;
    if (byId.has(clientId)) throw new ClientFileError(`client "${clientId}" is registered twice`);
    byId.set(clientId, client);
    const unknown = cutPointsOf(client).find((point) => !ageThresholds.includes(point));
    if (unknown !== undefined) {
      throw new ClientFileError(`client "${clientId}": ${unknown} is not an age that can be asked`);
    }
    const owner = normaliseOrganisation(organisation);
    if ((organisationOfSector.get(client.sector) ?? owner) !== owner) {
      throw new ClientFileError(`client "${clientId}": sector belongs to another organisation`);
    }
    organisationOfSector.set(client.sector, owner);
  }
  const [fault] = findCutPointFaults(clients);
  if (fault) throw new ClientFileError(fault);
  const all = [...byId.values()];
  return { find: (clientId) => byId.get(clientId), all: () => all };
}

function readClientFile(path: string): RegisteredClient {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ClientFileError(`${path}: cannot be read as JSON`, { cause });
  }
  try {
    return parseClientFile(raw);
  } catch (cause) {
    if (!(cause instanceof ClientFileError)) throw cause;
    throw new ClientFileError(`${path}: ${cause.message}`, { cause });
  }
}

function isRedirectUri(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { href, protocol, username, password } = new URL(text);
  return href === text && protocol === 'https:' && !username && !password && !/[#*]/.test(text);
}

function isPointOnCurve(key: { kty: string; crv: string; x: string; y: string }): boolean {
  try {
    createPublicKey({ format: 'jwk', key });
    return true;
  } catch {
    return false;
  }
}
