/**
 * The library's site. Readers go `/` → `/login` → the gateway → `/callback` → `/my`; librarians `/desk` → `/desk/login` →
 * the gateway → `/desk/callback` → `/desk`. The routes are in routes/, what they show in pages/.
 */
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import { errorPage, notFoundPage } from './pages/messages.ts';
import { addCatalogueRoutes } from './routes/catalogue.ts';
import { addDeskRoutes } from './routes/desk.ts';
import { addImportRoutes } from './routes/desk-import.ts';
import { addListRoutes } from './routes/desk-lists.ts';
import { addFamilyRoutes } from './routes/family.ts';
import { addLinkRoutes } from './routes/link.ts';
import { addMemberRoutes } from './routes/member.ts';
import { addMemberCardRoutes } from './routes/member-card.ts';
import { addShelfRoutes } from './routes/shelf.ts';
import { addSignInRoutes } from './routes/sign-in.ts';
import { contextOf, keepLanguage, type Site, sendPage } from './routes/site.ts';
import { describeProblem } from './sign-in.ts';

/** Builds the site; it listens nowhere yet. */
export function createApp(site: Site): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(setSecurityHeaders);
  app.use(express.static(join(import.meta.dirname, 'public'), { maxAge: '1h' }));
  app.use(keepLanguage);
  // Before the others: it has forms wait while an import is being written.
  addImportRoutes(app, site);
  addSignInRoutes(app, site);
  addCatalogueRoutes(app, site);
  addLinkRoutes(app, site);
  addShelfRoutes(app, site);
  addFamilyRoutes(app, site);
  addDeskRoutes(app, site);
  addMemberRoutes(app, site);
  addMemberCardRoutes(app, site);
  addListRoutes(app, site);
  app.use((req, res) => sendPage(res.status(404), notFoundPage(contextOf(site, req))));
  app.use((error: unknown, req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error);
    const status = statusOf(error);
    if (status === 500) console.error(`A page failed: ${describeProblem(error)}`);
    sendPage(res.status(status), errorPage(contextOf(site, req)));
  });
  return app;
}

/** No script but our own, nothing loaded from elsewhere, and nobody can frame the site. */
function setSecurityHeaders(_req: Request, res: Response, next: NextFunction): void {
  res.set({
    'Content-Security-Policy':
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'Strict-Transport-Security': 'max-age=31536000',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
}

/** What body-parser and the router say about a request that is too big or cannot be read; everything else is ours. */
function statusOf(error: unknown): number {
  const status: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'status') : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
