/** What a field of a client file may hold, for the operator who got it wrong. */

const HINTS: Readonly<Record<string, string>> = {
  clientId: '1 to 64 letters, digits, ".", "_" and "-", the first a letter or digit',
  'site.name': 'what the person reads before the PIN: at most 80 characters',
  'site.picture':
    'a PNG or SVG as a data: URL in base64, at most 8192 characters (--picture FILE makes it)',
  site: 'an object with a name and, if you like, a picture',
  organisation: 'who answers for the site: at most 200 characters',
  sector: 'a host name in lower case, without https:// and without a path',
  subjectMode: '"pairwise" (the same sub at each login) or "transient" (another one each time)',
  ageThresholds: 'at most 8 different whole numbers of years',
  requireAge: 'min, and optionally below, which is more than min; whole numbers of years',
  cutPointsReason: 'a sentence of 20 to 200 characters, for the auditor',
  redirectUris:
    '1 to 16 https addresses in full and exactly as browsers write them: lower-case host, a path, no "#", no "*", no password; http only for 127.0.0.1, localhost and [::1] in development',
  postLogoutRedirectUris: 'as redirectUris, at most 16',
  backchannelLogoutUri:
    'an https address as in redirectUris, and only beside subjectMode "pairwise": nobody can be logged out who is not known again',
  'authentication.jwks':
    '1 to 8 public keys, each EC on P-256 with x, y and a kid of its own, and without d',
  'authentication.secretHashes':
    'one or two SHA-256 hashes in base64url; "client add --secret" makes secret and hash',
  'authentication.origin': 'one origin: https://, host, and port where it is not 443',
  authentication:
    '{ "method": "private_key_jwt", "jwks" }, { "method": "client_secret", … } or { "method": "none" }',
  par: '"required" or "optional"',
  dpop: '"required" or "optional"',
  profile:
    '"default" or "fapi2"; FAPI 2.0 asks for par "required" and authentication "private_key_jwt"',
  'identity.scopes': 'different ones of profile, birthdate, address, address:postcode, picture',
  'identity.childBasis':
    'a sentence of 20 to 200 characters: why children under 13 may be asked too',
  identity: 'scopes, and optionally childBasis',
  reverifyAfterMonths: 'a whole number of months from 1 to 36',
};

/** The hint for a field such as `redirectUris.0`; undefined where there is no such field. */
export function findFieldHint(field: string): string | undefined {
  const parts = field.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const hint = HINTS[parts.slice(0, length).join('.')];
    if (hint !== undefined) return hint;
  }
  return undefined;
}

/** A fault in one file as a sentence, with what belongs there. */
export function explainFault(fault: { message: string; field?: string | undefined }): string {
  if (fault.field === undefined) return fault.message;
  const hint = findFieldHint(fault.field);
  if (hint !== undefined) return `${fault.message}.\n  It takes ${hint}.`;
  return `${fault.message}.\n  There is no field of this name; docs/RELYING-PARTIES.md lists them.`;
}
