/**
 * The playground, of a gateway in development only: a page that is a relying party itself and shows every
 * message of a login. It has no rights of its own; what it does, any registered site can do.
 */
import { type RequestHandler, Router } from 'express';
import { AGE_THRESHOLDS } from '../oidc/age-claims.ts';
import { renderPlaygroundPage } from './playground-page.ts';

/** Where the gateway sends the browser back to; the page registers it for itself. */
export const PLAYGROUND_CALLBACK = '/playground/callback';

/**
 * Creates the router for `/playground` and its callback.
 * @param options.origin the gateway's own, which the page asks for tokens
 */
export function createPlaygroundRoutes({ origin }: { origin: string }): Router {
  const router = Router({ strict: true, caseSensitive: true });
  const page = renderPlaygroundPage({ origin, ageThresholds: AGE_THRESHOLDS });
  const sendPage: RequestHandler = (_request, response) => {
    response.set('cache-control', 'no-store').type('html').send(page);
  };
  router.get(['/playground', PLAYGROUND_CALLBACK], sendPage);
  router.post(['/par', '/token', '/userinfo'], (request, _response, next) => {
    // The library takes any Origin for that of another site, and lets none but a public client's pass.
    if (request.headers.origin === origin) delete request.headers.origin;
    next();
  });
  return router;
}
