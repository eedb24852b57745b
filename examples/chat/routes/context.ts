/** What the routes have in common: for whom a page is, and whose form was sent. */
import type { Request, Response } from 'express';
import type { Chat } from '../chat.ts';
import { errorPage } from '../pages/door.ts';
import type { PageContext } from '../pages/layout.ts';
import { isFromOurPages, languageOf, sendPage, tokenOf } from '../request.ts';
import type { Account } from '../store/accounts.ts';
import type { Visit } from '../visit.ts';

/** A request of a child who is in. */
export interface ChildRequest {
  readonly visit: Visit;
  readonly account: Account;
  readonly context: PageContext;
}

/** Who is asking for which page in which language. It counts as a use of the session. */
export function contextOf(chat: Chat, req: Request, res: Response): PageContext {
  const visit = chat.sessions.find(tokenOf(req));
  // One slash only: a link to //elsewhere would leave the site.
  const context = { language: languageOf(req, res), path: req.path.replace(/^\/+/, '/') };
  if (visit?.child) return { ...context, signedIn: 'child' };
  return visit?.adult ? { ...context, signedIn: 'moderator' } : context;
}

/** The child who is in; else the answer is the way to the door, and undefined is returned. */
export function findChild(chat: Chat, req: Request, res: Response): ChildRequest | undefined {
  const visit = chat.sessions.find(tokenOf(req));
  const account = visit?.child && chat.store.accounts.find(visit.child.accountId);
  if (visit && account) return { visit, account, context: contextOf(chat, req, res) };
  res.redirect(303, '/');
  return undefined;
}

/** Whether the form came from our own page; else the answer is an error page. */
export function checkOwnForm(chat: Chat, req: Request, res: Response): boolean {
  if (isFromOurPages(req, chat.publicUrl)) return true;
  sendPage(res.status(403), errorPage(contextOf(chat, req, res)));
  return false;
}

/** A field of a form; an empty text when it is not there or there more than once. */
export function fieldOf(req: Request, name: string): string {
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return '';
  const value: unknown = { ...body }[name as never];
  return typeof value === 'string' ? value : '';
}

/** A field, or a part of the query, that is the number of something. */
export function parseId(text: unknown): number | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}
