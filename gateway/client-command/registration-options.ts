/** `client add`: its options, and the registration that they say, not yet judged. */
import { readFileSync, statSync } from 'node:fs';
import { CommandError } from './command-context.ts';
import { type OptionForms, parseNumber, type Words } from './command-words.ts';

export const REGISTRATION_OPTIONS = {
  file: 'text',
  name: 'text',
  picture: 'text',
  organisation: 'text',
  sector: 'text',
  'redirect-uri': 'many',
  ages: 'text',
  'require-age': 'text',
  subject: 'text',
  'cut-points-reason': 'text',
  identity: 'text',
  'child-basis': 'text',
  'reverify-after': 'text',
  par: 'text',
  dpop: 'text',
  profile: 'text',
  'logout-uri': 'many',
  'backchannel-logout-uri': 'text',
} as const satisfies OptionForms;

export const REGISTRATION_USAGE = `  --name NAME          what the person reads before typing the PIN (needed)
  --organisation NAME  who answers for the site; ages are counted for each organisation (needed)
  --redirect-uri URI   where answers go, in full; may be given several times (needed)
  --sector HOST        a host name; sites of one sector get the same sub. Default: the host of the redirect URI
  --ages 6,13          ages that it may ask about: age_over_6, age_over_13
  --require-age 6-13   lets in people from 6, not yet 13; --require-age 18 from 18
  --subject MODE       pairwise: the same sub at each login; transient (default): another one
  --picture FILE       a small PNG or SVG beside the name
  --cut-points-reason TEXT    why it may ask more finely than the rule on ages
  --identity LIST      profile,birthdate,address,address:postcode,picture: what it may ask for
  --child-basis TEXT   why it may ask that of children under 13 too
  --reverify-after N   tells from which month to ask again: in N months, or sooner
  --par optional       requests may pass through the browser; required by default
  --dpop required      its access tokens are bound to a key (RFC 9449)
  --profile fapi2      holds it to the FAPI 2.0 Security Profile
  --logout-uri URI     where browsers may go after log-out; may be given several times
  --backchannel-logout-uri URI   told of log-outs and of revoked cards
  --file FILE          the registration as JSON (docs/RELYING-PARTIES.md); options add to it
`;

const MAX_FILE_BYTES = 64 * 1_024;

/** What an option sets: the path in the file, and the value as the file has it. */
type Read = (words: Words, option: string) => unknown;
const text: Read = (words, option) => words.text(option);
const list: Read = (words, option) => {
  const value = words.text(option);
  return value?.split(',').map((part) => part.trim());
};

const FIELDS: readonly (readonly [option: string, path: readonly string[], read: Read])[] = [
  ['name', ['site', 'name'], text],
  ['picture', ['site', 'picture'], readPicture],
  ['organisation', ['organisation'], text],
  ['sector', ['sector'], text],
  ['subject', ['subjectMode'], text],
  ['ages', ['ageThresholds'], readAges],
  ['require-age', ['requireAge'], readAgeRule],
  ['cut-points-reason', ['cutPointsReason'], text],
  ['redirect-uri', ['redirectUris'], (words, option) => words.many(option)],
  ['identity', ['identity', 'scopes'], list],
  ['child-basis', ['identity', 'childBasis'], text],
  ['reverify-after', ['reverifyAfterMonths'], readNumber],
  ['par', ['par'], text],
  ['dpop', ['dpop'], text],
  ['profile', ['profile'], text],
  ['logout-uri', ['postLogoutRedirectUris'], (words, option) => words.many(option)],
  ['backchannel-logout-uri', ['backchannelLogoutUri'], text],
];

/**
 * The registration that the words say: `--file` first, options over it. How it authenticates is
 * somebody else's question, unless the file says.
 * @throws {CommandError} for a file that cannot be read and a number that is none
 */
export function readRegistration(words: Words): Record<string, unknown> {
  const file = words.text('file');
  const registration = file === undefined ? {} : readJsonObject(file);
  const [clientId] = words.operands;
  if (clientId !== undefined) registration['clientId'] = clientId;
  for (const [option, path, read] of FIELDS) {
    if (words.has(option)) setAt(registration, path, read(words, option));
  }
  registration['sector'] ??= findHost(registration['redirectUris']);
  if (registration['sector'] === undefined) delete registration['sector'];
  return registration;
}

/** Reads a file of JSON as an object. @throws {CommandError} */
export function readJsonObject(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readSmallFile(file).toString('utf8'));
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(`${file} cannot be read as JSON.`, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new CommandError(`${file} does not hold a JSON object.`);
}

/** @throws {CommandError} */
function readSmallFile(file: string): Buffer {
  try {
    const stat = statSync(file);
    if (stat.isFile() && stat.size <= MAX_FILE_BYTES) return readFileSync(file);
  } catch (cause) {
    throw new CommandError(`${file} cannot be read.`, { cause });
  }
  throw new CommandError(`${file} is no file, or larger than 64 KiB.`);
}

function setAt(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, second] = path;
  if (first === undefined) return;
  if (second === undefined) {
    target[first] = value;
    return;
  }
  const inner = target[first];
  target[first] = { ...(typeof inner === 'object' ? inner : {}), [second]: value };
}

function readNumber(words: Words, option: string): number | undefined {
  const value = words.text(option);
  return value === undefined ? undefined : parseNumber(value, `--${option}`);
}

function readAges(words: Words, option: string): number[] {
  const parts = (words.text(option) ?? '').split(',');
  return parts.map((part) => parseNumber(part.trim(), `--${option}, between its commas,`));
}

function readAgeRule(words: Words, option: string): { min: number; below?: number } {
  const [, min, below] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(words.text(option) ?? '') ?? [];
  if (min === undefined) {
    throw new CommandError('--require-age takes 6-13 (from 6, not yet 13) or 18 (from 18).');
  }
  return { min: Number(min), ...(below !== undefined && { below: Number(below) }) };
}

/** The picture as a data: URL. @throws {CommandError} for what is neither PNG nor SVG */
function readPicture(words: Words, option: string): string {
  const file = words.text(option) ?? '';
  const bytes = readSmallFile(file);
  const type = findPictureType(bytes);
  if (!type) throw new CommandError(`${file} is neither a PNG nor an SVG.`);
  const url = `data:image/${type};base64,${bytes.toString('base64')}`;
  if (url.length > 8_192) {
    throw new CommandError(`${file} is too large: ${bytes.length} bytes, where 6000 fit.`);
  }
  return url;
}

function findPictureType(bytes: Buffer): 'png' | 'svg+xml' | undefined {
  if (bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n') return 'png';
  return /^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE[^>]*>\s*)?<svg[\s>]/s.test(
    bytes.toString('utf8'),
  )
    ? 'svg+xml'
    : undefined;
}

function findHost(uris: unknown): string | undefined {
  const [first]: unknown[] = Array.isArray(uris) ? uris : [];
  return typeof first === 'string' ? URL.parse(first)?.hostname : undefined;
}
