/**
 * How identity claims go from a login to userinfo (design §8): sealed under what only the next holder
 * has. The browser's cookie until the code is made, the code until it is redeemed, the access token
 * until userinfo gives them, once. They are in no token and in no other row.
 */
import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { KidsIdError } from '../protocol/errors.ts';
import type { JsonObject } from '../store/store.ts';
import type { IdentityClaims } from './identity-claims.ts';
import type { SealedClaims } from './sealed-claims.ts';

type Guard = Parameters<Provider['use']>[0];

export interface IdentityHandOver {
  /**
   * From the verified card to the browser that brought it.
   * @throws {KidsIdError} LOGIN_OTHER_BROWSER when it shows no cookie of ours.
   */
  seal(request: IncomingMessage, uid: string, identity: IdentityClaims): Promise<void>;
  /** Moves them on when a code was made, and when it was redeemed. */
  readonly guard: Guard;
  /** Gives what belongs to an access token; a second time it is nothing. */
  take(accessToken: string): Promise<JsonObject>;
}

/** `seconds`: how long they wait in each hand. */
export function createIdentityHandOver(deps: {
  sealed: SealedClaims;
  browserSecretOf: (request: IncomingMessage) => string | undefined;
  seconds: { browser: number; code: number; accessToken: number };
}): IdentityHandOver {
  const { sealed, seconds } = deps;
  const browserSecret = (request: IncomingMessage, uid: string) => {
    const cookie = deps.browserSecretOf(request);
    return cookie && `${cookie}.${uid}`;
  };

  async function moveOn({ req, status, oidc }: KoaContextWithOIDC): Promise<void> {
    const { Interaction, AuthorizationCode, AccessToken } = oidc.entities;
    const code = AuthorizationCode?.jti;
    // Without a result it is a resume that came too late: what is sealed belongs to the one that won.
    if (oidc.route === 'resume' && Interaction && oidc.result) {
      const secret = browserSecret(req, Interaction.uid);
      if (secret && code) await sealed.move(secret, code, seconds.code);
      // A login that ended without a code leaves nothing behind.
      else if (secret) await sealed.take(secret);
    }
    if (oidc.route === 'token' && code && AccessToken && status === 200) {
      await sealed.move(code, AccessToken.jti, seconds.accessToken);
    }
  }

  return {
    async seal(request, uid, identity) {
      const secret = browserSecret(request, uid);
      if (!secret) throw new KidsIdError('LOGIN_OTHER_BROWSER', 'no cookie of this browser');
      await sealed.put(secret, identity as JsonObject, seconds.browser);
    },
    guard: async (context, next) => {
      await next();
      // Present once one of the library's routes has been entered.
      const { oidc } = context as Partial<KoaContextWithOIDC>;
      if (oidc) await moveOn(context as KoaContextWithOIDC);
    },
    take: async (accessToken) => (await sealed.take(accessToken)) ?? {},
  };
}
