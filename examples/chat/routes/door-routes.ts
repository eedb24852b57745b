/** The pages outside, the hall behind the door, and the way out. */
import type { Express } from 'express';
import type { Chat } from '../chat.ts';
import { nicknameOf } from '../nickname.ts';
import {
  asleepPage,
  bannedPage,
  errorPage,
  fullPage,
  goodbyePage,
  homePage,
  refusedPage,
} from '../pages/door.ts';
import { welcomePage } from '../pages/welcome.ts';
import { clearSession, sendPage, tokenOf } from '../request.ts';
import { checkOwnForm, contextOf, fieldOf, findChild } from './context.ts';

/** `/`, `/welcome`, `/logout`, `/still-here`, and what says why somebody is outside. */
export function addDoorRoutes(app: Express, chat: Chat): void {
  const { sessions } = chat;

  app.get('/', (req, res) => {
    if (sessions.find(tokenOf(req))?.child) return res.redirect(303, '/welcome');
    sendPage(res, homePage(contextOf(chat, req, res)));
  });

  app.get('/welcome', (req, res) => {
    const child = findChild(chat, req, res);
    if (!child) return;
    const { account, context } = child;
    const nickname = nicknameOf(account.nickname, context.language);
    const mayWrite = account.parentAgreedOn !== undefined;
    sendPage(res, welcomePage(context, { nickname, room: account.band, mayWrite }));
  });

  app.post('/logout', (req, res) => {
    if (!checkOwnForm(chat, req, res)) return;
    sessions.close(tokenOf(req));
    clearSession(res);
    res.redirect(303, fieldOf(req, 'idle') === '1' ? '/asleep' : '/goodbye');
  });

  // The page asks whether its session is still there, which is no use of it; and says that somebody is, which is one.
  app.get('/still-here', (req, res) => {
    const visit = sessions.peek(tokenOf(req));
    res.set('Cache-Control', 'no-store').sendStatus(visit?.child || visit?.adult ? 204 : 401);
  });
  app.post('/still-here', (req, res) => {
    if (!checkOwnForm(chat, req, res)) return;
    const visit = sessions.find(tokenOf(req));
    res.set('Cache-Control', 'no-store').sendStatus(visit?.child || visit?.adult ? 204 : 401);
  });

  app.get('/banned', (req, res) => {
    const outside = sessions.find(tokenOf(req))?.outside;
    const ban = outside?.kind === 'banned' ? outside : undefined;
    sendPage(res, bannedPage(contextOf(chat, req, res), ban));
  });
  app.get('/full', (req, res) => sendPage(res, fullPage(contextOf(chat, req, res))));
  app.get('/refused', (req, res) => sendPage(res, refusedPage(contextOf(chat, req, res))));
  app.get('/error', (req, res) => sendPage(res, errorPage(contextOf(chat, req, res))));
  app.get('/goodbye', (req, res) => sendPage(res, goodbyePage(contextOf(chat, req, res))));
  app.get('/asleep', (req, res) => sendPage(res, asleepPage(contextOf(chat, req, res))));
}
