/**
 * What the National Register signed about a person, as OpenID Connect Core §5.1 names it: of the
 * granted scopes and nothing else. What a card does not say is absent, never empty or guessed.
 */
import type { Address } from '../identity/address-file.ts';
import type { BirthDate } from '../identity/age.ts';
import type { Identity } from '../identity/verify-identity-files.ts';
import type { IdentityScope } from '../protocol/fields.ts';

/** What userinfo says of a person, once. JSON. */
export type IdentityClaims = {
  /** The first two, as on the card; absent for a person who has a single name. */
  readonly given_name?: string;
  readonly family_name?: string;
  /** What the Register has: it knows these two. */
  readonly gender?: 'male' | 'female';
  /** `YYYY-MM-DD`, or `YYYY` where day or month is not known. */
  readonly birthdate?: string;
  readonly address?: AddressClaim;
  /** JPEG as a `data:` URL. */
  readonly picture?: string;
};

/** OpenID Connect Core §5.1.1. */
export type AddressClaim = {
  /** Two lines, as on an envelope. */
  readonly formatted?: string;
  /** Street, number and box. */
  readonly street_address?: string;
  readonly postal_code?: string;
  readonly locality?: string;
};

/** The claims of these scopes. A member is there only when it has something to say. */
export function identityClaims(
  identity: Identity,
  scopes: readonly IdentityScope[],
): IdentityClaims {
  const { surname, givenNames, sex, birth, photo } = identity;
  const has = (scope: IdentityScope) => scopes.includes(scope);
  const birthdate = has('birthdate') ? writeBirthDate(birth) : undefined;
  const address = addressClaim(identity.address, scopes);
  return {
    ...(has('profile') && {
      ...(givenNames !== '' && { given_name: givenNames }),
      family_name: surname,
      gender: sex === 'M' ? ('male' as const) : ('female' as const),
    }),
    ...(birthdate !== undefined && { birthdate }),
    ...(address && { address }),
    ...(has('picture') &&
      photo && { picture: `data:image/jpeg;base64,${Buffer.from(photo).toString('base64')}` }),
  };
}

/**
 * A whole date, or the year alone: §5.1 has no form for a year and a month. A date whose year is not
 * known is not said at all.
 */
function writeBirthDate({ earliest, latest }: BirthDate): string | undefined {
  if (earliest === latest) return earliest;
  const year = earliest.slice(0, 4);
  return latest.startsWith(year) ? year : undefined;
}

function addressClaim(
  address: Address | undefined,
  scopes: readonly IdentityScope[],
): AddressClaim | undefined {
  if (!address) return undefined;
  const { street, postalCode, municipality } = address;
  const postcode = { ...(postalCode !== '' && { postal_code: postalCode }) };
  if (!scopes.includes('address')) {
    return scopes.includes('address:postcode') && postalCode !== '' ? postcode : undefined;
  }
  const town = [postalCode, municipality].filter((part) => part !== '').join(' ');
  const formatted = [street, town].filter((line) => line !== '').join('\n');
  if (formatted === '') return undefined;
  return {
    formatted,
    ...(street !== '' && { street_address: street }),
    ...postcode,
    ...(municipality !== '' && { locality: municipality }),
  };
}
