/** Where "back to the site" leads. */
import type { RegisteredClient } from '../oidc/clients.ts';

/** A site's start page: the origin of the first address that its registration names. */
export function siteOriginOf({ redirectUris: [first] }: RegisteredClient): string {
  if (first === undefined) throw new TypeError('client without a redirect URI');
  return new URL(first).origin;
}
