/** A parent's children: adding one with the child's card in the reader, once for each, and letting go. */
import type { Express, Request, Response } from 'express';
import {
  addChildPage,
  childRefusedPage,
  confirmChildPage,
  familyPage,
  removeChildPage,
} from '../pages/family.ts';
import { fill } from '../pages/format.ts';
import { childLinkPage, linkRefusedPage } from '../pages/link.ts';
import { notYoursPage } from '../pages/messages.ts';
import type { Person } from '../pages/shelf.ts';
import { refuse } from '../store/context.ts';
import { textsFor } from '../texts/texts.ts';
import { findCardInHand, type Visit } from '../visit.ts';
import {
  contextOf,
  doOnce,
  fieldOf,
  findReader,
  guardPost,
  idOf,
  languageOf,
  type Site,
  sendPage,
  setNotice,
} from './site.ts';

/** Adds the parents' pages. */
export function addFamilyRoutes(app: Express, site: Site): void {
  const { guardians, links } = site.library;
  app.get('/family', (req, res) => {
    const reader = findReader(site, req, res);
    if (!reader) return;
    const { sub } = reader;
    const hasOwnShelf = links.findMember(sub) !== undefined;
    const children = childrenOf(site, sub);
    sendPage(res, familyPage(contextOf(site, req), { children, hasOwnShelf }));
  });

  app.get('/family/add', (req, res) => {
    if (!findReader(site, req, res)) return;
    sendPage(res, addChildPage(contextOf(site, req)));
  });
  app.get('/family/add/confirm', (req, res) => confirm(site, req, res));
  app.post('/family/add/link', guardPost(site), (req: Request, res: Response) =>
    linkChild(site, req, res),
  );
  app.post('/family/add', guardPost(site), (req: Request, res: Response) =>
    addChild(site, req, res),
  );

  app.get('/family/:member/remove', (req, res) => {
    const reader = findReader(site, req, res);
    if (!reader) return;
    const context = contextOf(site, req);
    const child = findChild(site, reader.sub, req);
    if (!child) {
      sendPage(res.status(403), notYoursPage(context));
      return;
    }
    sendPage(res, removeChildPage(context, child));
  });

  app.post('/family/:member/remove', guardPost(site), (req: Request, res: Response) => {
    const reader = findReader(site, req, res);
    if (!reader) return;
    const { sub, visit } = reader;
    const child = findChild(site, sub, req);
    const memberId = idOf(req.params['member']);
    const form = { form: `remove ${memberId}`, backTo: '/family' };
    const done = doOnce(site, req, res, form, () =>
      guardians.endByParent({ parentSub: sub, memberId }),
    );
    if (!done) return;
    const t = textsFor(languageOf(req));
    if (child) setNotice(visit, 'done', fill(t.doneChildRemoved, { name: child.name }));
    res.redirect(303, '/family');
  });
}

/** After the child's card was read: the question, or what stands in the way. */
function confirm(site: Site, req: Request, res: Response): void {
  const reader = findReader(site, req, res);
  if (!reader) return;
  const { links } = site.library;
  const childSub = childInHand(site, reader.visit);
  const context = contextOf(site, req);
  if (childSub === undefined) {
    sendPage(res, childRefusedPage(context, 'gone'));
    return;
  }
  if (childSub === reader.sub) {
    sendPage(res, childRefusedPage(context, 'own-card'));
    return;
  }
  const child = links.findMember(childSub);
  if (child) {
    sendPage(res, confirmChildPage(context, { name: child.name }));
    return;
  }
  const triesLeft = links.triesLeft(childSub);
  const page =
    triesLeft === 0 ? linkRefusedPage(context, 'too-many') : childLinkPage(context, { triesLeft });
  sendPage(res, page);
}

/** Links the child's library card, as the child could do alone. */
function linkChild(site: Site, req: Request, res: Response): void {
  const reader = findReader(site, req, res);
  if (!reader) return;
  const { links } = site.library;
  const sub = childInHand(site, reader.visit);
  if (sub === undefined || sub === reader.sub) {
    res.redirect(303, '/family/add/confirm');
    return;
  }
  const typed = { number: fieldOf(req, 'number'), birthYear: fieldOf(req, 'birthYear') };
  const form = { form: 'link child', backTo: '/family/add/confirm' };
  const done = doOnce(site, req, res, form, () => links.linkByNumber({ sub, ...typed }));
  if (!done) return;
  if (done.result.kind === 'linked') {
    res.redirect(303, '/family/add/confirm');
    return;
  }
  const { reason } = done.result;
  const context = contextOf(site, req);
  const triesLeft = links.triesLeft(sub);
  if ((reason === 'mistyped' || reason === 'wrong') && triesLeft > 0) {
    const attempt = { ...typed, reason };
    sendPage(res.status(422), childLinkPage(context, { triesLeft, attempt }));
    return;
  }
  const why = reason === 'mistyped' || reason === 'wrong' ? 'too-many' : reason;
  sendPage(res.status(why === 'too-many' ? 429 : 409), linkRefusedPage(context, why));
}

function addChild(site: Site, req: Request, res: Response): void {
  const reader = findReader(site, req, res);
  if (!reader) return;
  const { visit, sub: parentSub } = reader;
  const childSub = childInHand(site, visit);
  const form = { form: 'add child', backTo: '/family/add' };
  const done = doOnce(site, req, res, form, () =>
    childSub === undefined ? refuse('gone') : site.library.guardians.add({ parentSub, childSub }),
  );
  if (!done) return;
  const { result } = done;
  delete visit.cardInHand;
  if (result.kind === 'refused') {
    const reason = result.reason === 'child-not-linked' ? 'gone' : result.reason;
    sendPage(res.status(409), childRefusedPage(contextOf(site, req), reason));
    return;
  }
  const name = site.library.members.find(result.memberId)?.name ?? '';
  setNotice(visit, 'done', fill(textsFor(languageOf(req)).doneChildAdded, { name }));
  res.redirect(303, `/my/${result.memberId}`);
}

function childInHand({ now }: Site, visit: Visit): string | undefined {
  return findCardInHand(visit, { purpose: { for: 'child' }, now: now() })?.sub;
}

function childrenOf({ library }: Site, sub: string): Person[] {
  return library.guardians.listChildren(sub).map(({ id, name }) => ({ memberId: id, name }));
}

function findChild(site: Site, sub: string, req: Request): Person | undefined {
  const memberId = idOf(req.params['member']);
  return childrenOf(site, sub).find((child) => child.memberId === memberId);
}
