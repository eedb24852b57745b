/** What claims and errors mean, in words, for people who build sites. */

/** A claim's meaning, with its value taken in; undefined for a claim that is not known here. */
export function explainClaim(name: string, value: unknown): string | undefined {
  const age = /^age_over_(\d+)$/.exec(name)?.[1];
  if (age !== undefined) {
    return value === true
      ? `The ${ordinal(age)} birthday has come: verified for today, in Brussels.`
      : `The ${ordinal(age)} birthday has not come yet: verified. There is no other “under ${age}”.`;
  }
  return CLAIMS[name];
}

const CLAIMS: Readonly<Record<string, string>> = {
  sub: 'Who: a name for this card at this site only, or a new one at each login if the site is registered so. Never a card or national number.',
  acr: 'How sure: a card was there, and its PIN was typed. Check it in your code.',
  amr: 'By what: smart card, PIN, and a key that lives in hardware (RFC 8176).',
  auth_time: 'When the card was proved.',
  iss: 'Who says so: this gateway. Your library compares it.',
  aud: 'For whom: this client. Your library compares it.',
  nonce:
    'The number of your request: an answer to another request does not fit. Your library compares it.',
  iat: 'When the token was made.',
  exp: 'Until when it counts: two minutes.',
  at_hash: 'Ties the access token to this token.',
  reverify_after: 'From this month on, ask for the card again: something about it ends.',
  given_name: 'Given names, from the identity file that the National Register signed.',
  family_name: 'Family name, from the same file.',
  gender: 'As the file says it.',
  birthdate: 'The birth date. Where the Register knows less, so does this.',
  address: 'The address, or only the postcode if that was asked.',
  picture: 'The photo of the card.',
};

/** What an error means and what to do about it; undefined for one that is not known here. */
export function explainError(error: string): string | undefined {
  return ERRORS[error];
}

const ERRORS: Readonly<Record<string, string>> = {
  access_denied:
    'No login. Too young, too old, cancelled, a wrong PIN, a card that is revoked: a site cannot tell them apart, on purpose. The person was told what was wrong.',
  invalid_client:
    'The gateway does not know this client, or its proof is wrong or was used before.',
  invalid_client_metadata:
    'The gateway does not take this registration. With ages it is mostly the cut points: three at most for one organisation, and three years apart.',
  invalid_grant: 'The code was used before, is older than 30 s, or belongs to another verifier.',
  invalid_redirect_uri:
    'The callback has to be on this computer, for a client that registers itself.',
  invalid_request: 'Something in the request is missing or wrong; the description says what.',
  invalid_scope: 'A scope that is not registered for this client.',
  invalid_token: 'The access token is used up, older than a minute, or of another login.',
  login_required: 'The gateway keeps no session: every login is card and PIN.',
  unmet_authentication_requirements: 'The gateway cannot give what acr_values or claims ask.',
};

function ordinal(age: string): string {
  const endings: Readonly<Record<string, string>> = { 1: 'st', 2: 'nd', 3: 'rd' };
  const isTeen = age.length === 2 && age.startsWith('1');
  return `${age}${isTeen ? 'th' : (endings[age.at(-1) ?? ''] ?? 'th')}`;
}
