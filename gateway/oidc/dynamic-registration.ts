/**
 * Registration by sites themselves (RFC 7591, OpenID Connect Dynamic Client Registration 1.0), of a
 * gateway in development only: from this machine, for addresses on this machine. What is registered
 * becomes a client file like any other, and is judged like any other.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Provider, { type Configuration, errors } from 'oidc-provider';
import * as v from 'valibot';
import { writeClientFile } from './client-files.ts';
import type { ClientFolder } from './client-folder.ts';
import { ClientFileError, createRegistry, parseClientFile } from './clients.ts';

export const REGISTRATION_PATH = '/reg';

/** In front of every identifier that is given out here: it marks client and file. */
const PREFIX = 'development-';
/** The oldest goes when another comes. */
const MAX_REGISTERED = 50;

type Guard = Parameters<Provider['use']>[0];

/** Takes registrations into the folder of client files. */
export interface ClientRegistration {
  /**
   * Registers a client. `metadata` is the request as it came, `secret` what the library made for it.
   * @throws {errors.InvalidClientMetadata} naming the field, never its value
   */
  register(clientId: string, metadata: unknown, secret: string | undefined): void;
}

const text = v.string();

/**
 * RFC 7591 §2 as far as it means something here, and our own fields by the names that they have in a
 * client file, in snake case. Values are judged as those of a file.
 */
const ownFields = {
  age_thresholds: v.optional(v.unknown()),
  require_age: v.optional(v.unknown()),
  subject_mode: v.optional(v.unknown()),
  identity: v.optional(v.unknown()),
  reverify_after_months: v.optional(v.unknown()),
  cut_points_reason: v.optional(v.unknown()),
  organisation: v.optional(v.unknown()),
  sector: v.optional(v.unknown()),
  picture: v.optional(v.unknown()),
  profile: v.optional(v.unknown()),
  cors_origin: v.optional(v.unknown()),
};
const request = v.strictObject({
  ...ownFields,
  client_name: v.optional(v.unknown()),
  redirect_uris: v.pipe(v.array(v.pipe(text, v.check(isLocal))), v.minLength(1)),
  post_logout_redirect_uris: v.optional(v.array(v.pipe(text, v.check(isLocal)))),
  backchannel_logout_uri: v.optional(v.pipe(text, v.check(isLocal))),
  token_endpoint_auth_method: v.optional(
    v.picklist(['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'none']),
    'private_key_jwt',
  ),
  token_endpoint_auth_signing_alg: v.optional(v.literal('ES256')),
  jwks: v.optional(v.unknown()),
  require_pushed_authorization_requests: v.optional(v.boolean(), true),
  dpop_bound_access_tokens: v.optional(v.boolean(), false),
  application_type: v.optional(v.picklist(['web', 'native'])),
  grant_types: v.optional(v.tuple([v.literal('authorization_code')])),
  response_types: v.optional(v.tuple([v.literal('code')])),
  id_token_signed_response_alg: v.optional(v.literal('ES256')),
  subject_type: v.optional(v.literal('pairwise')),
});
type Request = v.InferOutput<typeof request>;

/** The library's part: reads and answers the request, makes identifier and secret, announces the endpoint. */
export function registrationConfiguration(): {
  features: NonNullable<Configuration['features']>;
  extraClientMetadata: NonNullable<Configuration['extraClientMetadata']>;
} {
  return {
    features: {
      registration: {
        enabled: true,
        initialAccessToken: false,
        issueRegistrationAccessToken: false,
        idFactory: () => `${PREFIX}${randomBytes(8).toString('hex')}`,
        secretFactory: () => randomBytes(32).toString('base64url'),
      },
    },
    extraClientMetadata: { properties: Object.keys(ownFields), validator: nameSector },
  };
}

/** The library wants a name for the sector where addresses are of several ports; it is never fetched. */
function nameSector(
  _context: unknown,
  _key: string,
  _value: unknown,
  metadata: Record<string, unknown>,
): void {
  metadata['sector_identifier_uri'] ??= `https://${String(metadata['client_id'])}.localhost/`;
}

/** Creates the way into a folder, which has to be a gateway's in development. */
export function createClientRegistration(options: {
  folder: string;
  clients: ClientFolder;
}): ClientRegistration {
  const { folder, clients } = options;
  return {
    register(clientId, metadata, secret) {
      const fields = parseRequest(metadata);
      try {
        const raw = toClientFile(clientId, fields, secret);
        const client = parseClientFile(raw, { development: true });
        removeOldest(folder);
        clients.reload();
        createRegistry([...clients.all(), client]);
        writeClientFile(folder, client);
      } catch (cause) {
        if (!(cause instanceof ClientFileError)) throw cause;
        throw new errors.InvalidClientMetadata(`in a client file, ${cause.message}`);
      }
      clients.reload();
    },
  };
}

/** The request at hand as it was sent: the library hands on only what it knows. */
export function currentRegistration(): unknown {
  return Provider.ctx?.oidc.body;
}

/**
 * Lets in who is on this machine, and no web page of elsewhere: a page could ask the browser of somebody
 * on this machine (RFC 7591 §5).
 */
export function createRegistrationGuard(issuer: string): Guard {
  return async (context, next) => {
    if (context.path !== REGISTRATION_PATH) return next();
    const origin = context.get('origin');
    const isOwn = origin === '' || origin === issuer;
    if (isOwn && isLoopbackAddress(context.req.socket.remoteAddress)) return next();
    context.status = 403;
    context.body = { error: 'access_denied', error_description: 'from this machine only' };
  };
}

function parseRequest(metadata: unknown): Request {
  const result = v.safeParse(request, metadata, { abortEarly: true });
  if (result.success) return result.output;
  const field = v.getDotPath(result.issues[0]) ?? 'the whole request';
  throw /^redirect_uris/.test(field)
    ? new errors.InvalidRedirectUri(`${field} is not an address of this machine`)
    : new errors.InvalidClientMetadata(`${field} is unknown here, or not right`);
}

function toClientFile(clientId: string, fields: Request, secret: string | undefined): object {
  const file = {
    clientId,
    site: { name: fields.client_name ?? clientId, picture: fields.picture },
    // One of its own each: so that the cut points of one trial are not counted for the next.
    organisation: fields.organisation ?? `Development ${clientId}`,
    sector: fields.sector ?? `${clientId}.localhost`,
    subjectMode: fields.subject_mode,
    ageThresholds: fields.age_thresholds,
    requireAge: fields.require_age,
    cutPointsReason: fields.cut_points_reason,
    redirectUris: fields.redirect_uris,
    authentication: toAuthentication(fields, secret),
    par: fields.require_pushed_authorization_requests ? 'required' : 'optional',
    dpop: fields.dpop_bound_access_tokens ? 'required' : 'optional',
    profile: fields.profile,
    identity: fields.identity,
    reverifyAfterMonths: fields.reverify_after_months,
    postLogoutRedirectUris: fields.post_logout_redirect_uris,
    backchannelLogoutUri: fields.backchannel_logout_uri,
  };
  // What was not sent is not there; `undefined` would be a value.
  return JSON.parse(JSON.stringify(file)) as object;
}

function toAuthentication(fields: Request, secret: string | undefined): object {
  const { token_endpoint_auth_method: method, jwks, cors_origin: origin } = fields;
  switch (method) {
    case 'private_key_jwt':
      return { method, jwks };
    case 'client_secret_basic':
    case 'client_secret_post': {
      const hash = createHash('sha256').update(secret ?? randomBytes(32));
      return { method: 'client_secret', secretHashes: [hash.digest('base64url')] };
    }
    case 'none':
      return { method, origin };
  }
}

function removeOldest(folder: string): void {
  const registered = readdirSync(folder)
    .filter((name) => name.startsWith(PREFIX) && name.endsWith('.json'))
    .map((name) => ({ name, writtenAt: statSync(join(folder, name)).mtimeMs }))
    .sort((left, right) => right.writtenAt - left.writtenAt);
  for (const { name } of registered.slice(MAX_REGISTERED - 1)) rmSync(join(folder, name));
}

/** RFC 8252 §7.3, and the names that RFC 6761 §6.3 keeps on the machine itself. */
function isLocal(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { hostname, protocol } = new URL(uri);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  return /^(127\.0\.0\.1|\[::1\]|(.+\.)?localhost)$/.test(hostname);
}

function isLoopbackAddress(address: string | undefined): boolean {
  return /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/.test(address ?? '');
}
