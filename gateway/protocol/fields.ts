/** The fields that messages are made of, as strict valibot schemas with size limits. */
import * as v from 'valibot';
import { decodeBase64url } from './bytes.ts';
import { ERROR_CODES } from './errors.ts';

/** The version of everything in this folder. A host or extension of another version is refused by name. */
export const PROTOCOL_VERSION = 1;

/** The version that one side says it speaks. */
export const protocolVersion = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999));

/** The languages of every text. */
export const LANGUAGES = ['nl', 'fr', 'de', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

export const language = v.picklist(LANGUAGES);
export const errorCode = v.picklist(ERROR_CODES);

/** Pairs a reply with its request: chosen by whoever asks, unique while the channel is open. */
export const messageId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));

/** 256 random bits in base64url: login ticket, completion code. */
export const secret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/), v.check(isBase64url));

/** SHA-256 value in base64url. */
export const digest = secret;

/** An exact web origin: https, host, and port where it is not 443; nothing after it. */
export const origin = v.pipe(
  v.string(),
  v.maxLength(261),
  v.check(isOrigin, 'not an https origin'),
);

/** `major.minor.patch` of a part. */
export const softwareVersion = v.pipe(v.string(), v.regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/));

/** 4 to 12 digits, as numbers so that they can be overwritten after use (card facts §1.5). */
export const pinDigits = v.pipe(
  v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9))),
  v.minLength(4),
  v.maxLength(12),
);

/** One of several cards, for the person to recognise: unverified, from the card itself. */
export const cardLabel = v.strictObject({
  firstName: v.pipe(v.string(), v.maxLength(40)),
  reader: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
});
export type CardLabel = v.InferOutput<typeof cardLabel>;

/** Binary data in base64url, at most `maxBytes` once decoded. */
export function binary(maxBytes: number) {
  return v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(Math.ceil((maxBytes * 4) / 3)),
    v.check(isBase64url),
  );
}

/** A whole number of years from 0 to 120. */
export const years = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(120));

/** What of a card's identity file a site may ask for, each a scope of its own (design §5). */
export const IDENTITY_SCOPES = [
  'profile',
  'birthdate',
  'address',
  'address:postcode',
  'picture',
] as const;
export const identityScope = v.picklist(IDENTITY_SCOPES);
export type IdentityScope = (typeof IDENTITY_SCOPES)[number];

/** What a site will learn, in the terms of design §5: the person reads this before the PIN is typed. */
export const disclosure = v.strictObject({
  ageOver: v.pipe(v.array(years), v.maxLength(8)),
  requireAge: v.optional(v.strictObject({ min: years, below: v.optional(years) })),
  pseudonym: v.boolean(),
  /** What the person agreed to tell beside that; left out where it is nothing. */
  identity: v.optional(
    v.pipe(v.array(identityScope), v.minLength(1), v.maxLength(IDENTITY_SCOPES.length)),
  ),
  /** The month from which the site should ask again. */
  reverifyAfter: v.optional(v.literal(true)),
});
export type Disclosure = v.InferOutput<typeof disclosure>;

/** The relying party as its operator registered it. `picture` is a small data URL of an image. */
export const site = v.strictObject({
  /** Nothing that turns or hides what stands beside it: a person decides by this name. */
  name: v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(80),
    v.regex(/^[^\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]*$/u),
  ),
  picture: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(8_192),
      v.regex(/^data:image\/(png|svg\+xml);base64,[A-Za-z0-9+/]+=*$/),
    ),
  ),
});
export type Site = v.InferOutput<typeof site>;

function isBase64url(text: string): boolean {
  try {
    decodeBase64url(text);
    return true;
  } catch {
    return false;
  }
}

/** A URL's host may contain `*`, which would look like a pattern; no host name has one. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text) || text.includes('*')) return false;
  return text.startsWith('https://') && new URL(text).origin === text;
}
