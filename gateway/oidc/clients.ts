/**
 * The relying parties, one JSON file each, written by the operator. What a client may learn stands in
 * its file, not in its requests. What one file may say and what clients may say together is judged
 * here; reading files is client-files.ts.
 */
import { createPublicKey } from 'node:crypto';
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

/** With `development` a site under construction may be reached over plain http on this machine. */
function createClientFields({ development }: ClientFileOptions) {
  const isAllowedUri = development ? isDevelopmentUri : isRedirectUri;
  /** Compared character by character at every request, hence its one canonical spelling only. */
  const redirectUri = v.pipe(v.string(), v.maxLength(1_024), v.check(isAllowedUri));
  const corsOrigin = development
    ? v.union([origin, v.pipe(v.string(), v.check(isLoopbackOrigin))])
    : origin;
  return v.strictObject({
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
    authentication: v.variant('method', [
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
        origin: v.optional(corsOrigin),
      }),
    ]),
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
}

function createClientFile(options: ClientFileOptions) {
  return v.pipe(
    createClientFields(options),
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
}

const strictFile = createClientFile({ development: false });
const developmentFile = createClientFile({ development: true });

export interface ClientFileOptions {
  /** Takes `http://` on loopback too, for redirects and as an origin. */
  readonly development: boolean;
}

/** A relying party as the operator registered it. */
export type RegisteredClient = Readonly<v.InferOutput<typeof strictFile>>;

export interface ClientRegistry {
  find(clientId: string): RegisteredClient | undefined;
  all(): readonly RegisteredClient[];
}

/** Says which client file is wrong and where; for the operator who wrote it. */
export class ClientFileError extends Error {
  override readonly name = 'ClientFileError';
  /** Where in the file, such as `redirectUris.0`; absent when it is not one field. */
  readonly field: string | undefined;

  constructor(message: string, options: ErrorOptions & { field?: string } = {}) {
    super(message, options);
    this.field = options.field;
  }
}

/**
 * Reads one client's registration. Unknown fields are refused.
 * @throws {ClientFileError} naming the first field that is wrong, never its value.
 */
export function parseClientFile(
  raw: unknown,
  { development }: ClientFileOptions = { development: false },
): RegisteredClient {
  const schema = development ? developmentFile : strictFile;
  const result = v.safeParse(schema, raw, { abortEarly: true });
  if (result.success) return result.output;
  const field = v.getDotPath(result.issues[0]) ?? undefined;
  throw new ClientFileError(`${field ?? 'the whole file'} is missing, unknown or not right`, {
    ...(field !== undefined && { field }),
  });
}

/**
 * Puts clients together, and judges what only shows between them. `ageThresholds` are the ages that may
 * be registered at all.
 * @throws {ClientFileError} naming the clients or the organisation that do not go together: the same
 * client twice, a sector of two organisations, cut points too fine (design §5).
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

function isRedirectUri(text: string): boolean {
  return isExactUri(text) && new URL(text).protocol === 'https:';
}

/** RFC 8252 §7.3: on the machine itself nobody else reads what passes. */
function isDevelopmentUri(text: string): boolean {
  return isRedirectUri(text) || (isExactUri(text) && isLoopback(new URL(text)));
}

function isExactUri(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { href, username, password } = new URL(text);
  return href === text && !username && !password && !/[#*]/.test(text);
}

function isLoopbackOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && isLoopback(new URL(text));
}

function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

function isPointOnCurve(key: { kty: string; crv: string; x: string; y: string }): boolean {
  try {
    createPublicKey({ format: 'jwk', key });
    return true;
  } catch {
    return false;
  }
}
