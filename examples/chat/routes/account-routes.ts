/** What a child can change about its own account, and a parent's agreement. Signing the parent in is sign-in-routes.ts. */
import type { Express, Request } from 'express';
import type { Chat } from '../chat.ts';
import { nicknameOf } from '../nickname.ts';
import { formatMoment } from '../pages/dates.ts';
import { mePage, resetPage } from '../pages/me.ts';
import { parentDonePage, parentPage, parentRefusedPage } from '../pages/parent.ts';
import { sendPage } from '../request.ts';
import { DAY_MS } from '../rules/limits.ts';
import { fillIn, textsFor } from '../texts/texts.ts';
import { type ChildRequest, checkOwnForm, fieldOf, findChild } from './context.ts';

/** `/me` and `/parent`. */
export function addAccountRoutes(app: Express, chat: Chat): void {
  app.get('/me', (req, res) => {
    const child = findChild(chat, req, res);
    if (!child) return;
    const { account, context, visit } = child;
    const nickname = nicknameOf(account.nickname, context.language);
    const muted = chat.store.mutes.list(account.id).map((other) => ({
      accountId: other.handle,
      nickname: nicknameOf(other.nickname, context.language),
    }));
    const page = mePage(context, {
      nickname,
      agreedOn: account.parentAgreedOn,
      muted,
      token: visit.forms.issue(),
      notice: describeDone(child, req.query['done']),
    });
    sendPage(res, page);
  });
  app.get('/me/reset', (req, res) => {
    const child = findChild(chat, req, res);
    if (child) sendPage(res, resetPage(child.context, { token: child.visit.forms.issue() }));
  });

  addForm(app, chat, '/me/nickname', ({ account }) =>
    chat.children.drawNickname(account.id) ? 'nickname' : 'nickname-wait',
  );
  addForm(app, chat, '/me/unmute', ({ account }, req) => {
    chat.conversation.unmute(account, fieldOf(req, 'account'));
    return 'unmuted';
  });
  addForm(app, chat, '/me/take-back', ({ account }) => {
    chat.children.takeBack(account.id);
    return 'taken-back';
  });
  addForm(app, chat, '/me/reset', ({ account }) =>
    chat.children.reset(account.id) ? 'reset' : 'reset-wait',
  );

  app.get('/parent', (req, res) => {
    const child = findChild(chat, req, res);
    if (!child) return;
    sendPage(res, parentPage(child.context, { agreedOn: child.account.parentAgreedOn }));
  });
  app.get('/parent/done', (req, res) => {
    const child = findChild(chat, req, res);
    if (!child) return;
    const { account, context } = child;
    // Somebody typed the address: there is nothing to thank for.
    if (account.parentAgreedOn === undefined) return res.redirect(303, '/parent');
    const nickname = nicknameOf(account.nickname, context.language);
    sendPage(res, parentDonePage(context, { nickname }));
  });
  app.get('/parent/refused', (req, res) => {
    const child = findChild(chat, req, res);
    if (child) sendPage(res, parentRefusedPage(child.context));
  });
}

/** A form of the child's page. Whatever it did, `/me` says it; sent twice, it does nothing more. */
function addForm(
  app: Express,
  chat: Chat,
  path: string,
  act: (child: ChildRequest, req: Request) => string,
): void {
  app.post(path, (req, res) => {
    if (!checkOwnForm(chat, req, res)) return;
    const child = findChild(chat, req, res);
    if (!child) return;
    if (!child.visit.forms.take(fieldOf(req, 'form'))) return res.redirect(303, '/me');
    res.redirect(303, `/me?done=${act(child, req)}`);
  });
}

function describeDone({ account, context }: ChildRequest, done: unknown): string | undefined {
  const t = textsFor(context.language);
  switch (done) {
    case 'nickname': {
      const nickname = nicknameOf(account.nickname, context.language);
      return fillIn(t.newNicknameDone, { nickname });
    }
    case 'nickname-wait': {
      const againAt = new Date(account.drawsSince.getTime() + DAY_MS);
      return fillIn(t.newNicknameWait, { date: formatMoment(againAt, context.language) });
    }
    case 'taken-back':
      return account.parentAgreedOn === undefined ? t.takenBack : undefined;
    case 'reset':
      return t.resetDone;
    case 'reset-wait':
      return t.resetWait;
    default:
      return undefined;
  }
}
