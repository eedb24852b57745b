/** How long each thing that oidc-provider issues is good for. */

/** Seconds (design §5). Claims wait as long as the grant they belong to. */
export const LIFETIMES = {
  Interaction: 600,
  Session: 600,
  Grant: 120,
  AuthorizationCode: 30,
  IdToken: 120,
  AccessToken: 60,
} as const;
