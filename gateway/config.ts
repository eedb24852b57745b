/** The gateway's configuration: one JSON file, judged strictly; paths in it are relative to its folder. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { origin } from './protocol/fields.ts';

const path = v.pipe(v.string(), v.minLength(1), v.maxLength(1_024));

const httpUrl = v.pipe(v.string(), v.maxLength(1_024), v.url(), v.regex(/^https?:/));
const listener = v.strictObject({
  host: v.pipe(v.string(), v.minLength(1), v.maxLength(253)),
  port: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
});
const EARLY_REQUESTS_PER_MINUTE = 20;

/** Commission Implementing Regulation (EU) 2015/1502, as URIs. */
export const EIDAS_ACRS = [
  'http://eidas.europa.eu/LoA/low',
  'http://eidas.europa.eu/LoA/substantial',
  'http://eidas.europa.eu/LoA/high',
] as const;

const schema = v.strictObject({
  /** `test` takes anchors whose subject says TEST ONLY and no others; `production` the reverse. */
  mode: v.picklist(['production', 'test']),
  /** Public origin, which is also the OpenID issuer. */
  origin,
  listen: listener,
  tls: v.strictObject({
    keyFile: path,
    certificateFile: path,
    /** The certificate that will follow, so that its key is named before it is used (design §8). */
    nextCertificateFile: v.optional(path),
  }),
  /** Made by `node gateway/main.ts keys FILE`. */
  keysFile: path,
  /** A JSON file per relying party. */
  clientsFolder: path,
  /** SQLite file. */
  storeFile: path,
  /** Playground, registration by sites themselves, plain http on loopback: in test mode only. */
  development: v.optional(v.boolean(), false),
  /** The eIDAS level that the operator vouches for, given to sites that ask for it. */
  eidasAcr: v.optional(v.picklist(EIDAS_ACRS)),
  /** Hosts told of log-outs that may have addresses of this machine or its networks: exact names. */
  backchannelHosts: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])$/))),
      v.maxLength(64),
    ),
    [],
  ),
  /** Pseudonyms that outlive a card: only with a legal basis to use the national number (design §5). */
  account: v.optional(
    v.strictObject({
      from: v.literal('national-number'),
      /** Which law or authorisation; a sentence, for the auditor. */
      legalBasis: v.pipe(v.string(), v.trim(), v.minLength(20), v.maxLength(500)),
    }),
  ),
  trust: v.strictObject({
    anchorFiles: v.pipe(v.array(path), v.minLength(1), v.maxLength(16)),
    /** SHA-256 of an anchor's SubjectPublicKeyInfo: for roots that are not known by fingerprint. */
    anchorPins: v.optional(
      v.pipe(v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i))), v.maxLength(16)),
    ),
    /** `ocspUrl` as its certificates name it: the status is then asked while the PIN is typed. */
    intermediates: v.pipe(
      v.array(v.strictObject({ file: path, ocspUrl: v.optional(httpUrl) })),
      v.minLength(1),
      v.maxLength(64),
    ),
  }),
  /** The OCSP hosts that may be asked, and where each is reached. */
  ocspResponders: v.record(v.pipe(v.string(), v.regex(/^[a-z0-9.-]{1,253}$/)), httpUrl),
  revocation: v.optional(
    v.strictObject({
      /** Asked when the responder that a certificate names does not answer; its host is one of `ocspResponders`. */
      fallbackOcspUrl: v.optional(httpUrl),
      /** Where the CRLs of a CA are, asked after the responders. `caFile` is one of `trust`'s files. */
      crls: v.optional(
        v.pipe(
          v.array(
            v.strictObject({
              caFile: path,
              urls: v.pipe(v.array(httpUrl), v.minLength(1), v.maxLength(8)),
            }),
          ),
          v.maxLength(80),
        ),
        [],
      ),
      /** OCSP requests that may start while a PIN is typed; the others start after it. */
      earlyRequestsPerMinute: v.optional(
        v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)),
        EARLY_REQUESTS_PER_MINUTE,
      ),
    }),
    {},
  ),
  /** `/readyz` and `/metrics` over plain http, for machines of the operator's alone. */
  operations: v.optional(listener),
});

export type GatewayConfig = v.InferOutput<typeof schema>;

/** Says which field of the configuration is wrong; for the operator who wrote it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and judges a configuration file, and makes its paths absolute.
 * @throws {ConfigError} naming the file and the field.
 */
export function readConfig(file: string): GatewayConfig {
  const config = judge(file, schema);
  const at = (relative: string) => resolve(dirname(file), relative);
  const resolved = resolvePaths(config, at);
  checkReferences(file, resolved);
  return resolved;
}

function resolvePaths(config: GatewayConfig, at: (relative: string) => string): GatewayConfig {
  const { nextCertificateFile } = config.tls;
  return {
    ...config,
    tls: {
      keyFile: at(config.tls.keyFile),
      certificateFile: at(config.tls.certificateFile),
      ...(nextCertificateFile && { nextCertificateFile: at(nextCertificateFile) }),
    },
    keysFile: at(config.keysFile),
    clientsFolder: at(config.clientsFolder),
    storeFile: at(config.storeFile),
    trust: {
      ...config.trust,
      anchorFiles: config.trust.anchorFiles.map(at),
      intermediates: config.trust.intermediates.map((ca) => ({ ...ca, file: at(ca.file) })),
    },
    revocation: {
      ...config.revocation,
      crls: config.revocation.crls.map((crl) => ({ ...crl, caFile: at(crl.caFile) })),
    },
  };
}

/** What one field says of another. */
function checkReferences(file: string, config: GatewayConfig): void {
  const { mode, development, trust, revocation, ocspResponders } = config;
  if (development && mode !== 'test') {
    throw new ConfigError(`${file}: development is for mode test only`);
  }
  const caFiles = [...trust.anchorFiles, ...trust.intermediates.map((ca) => ca.file)];
  if (revocation.crls.some(({ caFile }) => !caFiles.includes(caFile))) {
    throw new ConfigError(`${file}: revocation.crls names a caFile that trust does not have`);
  }
  if (new Set(revocation.crls.map(({ caFile }) => caFile)).size < revocation.crls.length) {
    throw new ConfigError(`${file}: revocation.crls names a caFile twice`);
  }
  const isResponder = (url: string) => Object.hasOwn(ocspResponders, new URL(url).hostname);
  if (trust.intermediates.some(({ ocspUrl }) => ocspUrl && !isResponder(ocspUrl))) {
    throw new ConfigError(
      `${file}: the host of a trust.intermediates.ocspUrl is no ocspResponders`,
    );
  }
  const { fallbackOcspUrl } = revocation;
  if (fallbackOcspUrl && !isResponder(fallbackOcspUrl)) {
    throw new ConfigError(`${file}: the host of revocation.fallbackOcspUrl is no ocspResponders`);
  }
}

/**
 * Reads a JSON file of the operator's and judges it.
 * @throws {ConfigError} naming the file and the first field that is wrong, never its value.
 */
export function judge<Schema extends v.GenericSchema>(
  file: string,
  shape: Schema,
): v.InferOutput<Schema> {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigError(`${file}: cannot be read as JSON`, { cause });
  }
  const result = v.safeParse(shape, raw, { abortEarly: true });
  if (result.success) return result.output;
  const field = v.getDotPath(result.issues[0]) ?? 'the whole file';
  throw new ConfigError(`${file}: ${field} is missing, unknown or not right`);
}
