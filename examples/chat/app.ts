/**
 * The chat's pages and addresses. A visitor goes `/` → `/login` → the gateway → `/callback` → `/welcome` → `/room`.
 */
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { Chat } from './chat.ts';
import { errorPage, notFoundPage } from './pages/door.ts';
import { sendPage } from './request.ts';
import { addAccountRoutes } from './routes/account-routes.ts';
import { contextOf } from './routes/context.ts';
import { addDoorRoutes } from './routes/door-routes.ts';
import { addModerationRoutes } from './routes/moderation-routes.ts';
import { addRoomRoutes } from './routes/room-routes.ts';
import { addSignInRoutes } from './routes/sign-in-routes.ts';
import { describeProblem } from './sign-in.ts';

/** Builds the site; it listens nowhere yet. The WebSocket of the room is live/live-server.ts. */
export function createApp(chat: Chat): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders(chat.publicUrl));
  app.use(express.static(join(import.meta.dirname, 'public')));
  app.use(express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 10 }));
  addSignInRoutes(app, chat);
  addDoorRoutes(app, chat);
  addRoomRoutes(app, chat);
  addAccountRoutes(app, chat);
  addModerationRoutes(app, chat);
  app.use((req, res) => sendPage(res.status(404), notFoundPage(contextOf(chat, req, res))));
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const status = statusOf(error);
    if (status === 500) console.error(`A page failed: ${describeProblem(error)}`);
    sendPage(res.status(status), errorPage(contextOf(chat, req, res)));
  });
  return app;
}

/**
 * Only our own scripts run, and they cannot turn a text into HTML or into a script (Trusted Types). Nothing is loaded
 * from elsewhere, and nobody can frame the site.
 */
function securityHeaders(publicUrl: URL) {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    // For older browsers 'self' is no WebSocket.
    `connect-src 'self' wss://${publicUrl.host}`,
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const headers = {
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'Strict-Transport-Security': 'max-age=31536000',
    'X-Content-Type-Options': 'nosniff',
  };
  return (_req: Request, res: Response, next: NextFunction): void => {
    res.set(headers);
    next();
  };
}

/** A form that is too long, or no form at all, is the sender's mistake (400 to 499); all else is ours. */
function statusOf(error: unknown): number {
  const { status }: { status?: unknown } = Object(error);
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
