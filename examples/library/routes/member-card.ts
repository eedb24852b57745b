/** The desk links an identity card to a member, with the card in the reader: the first, or a new one for an old one. */
import type { Express, Request, Response } from 'express';
import {
  cardGonePage,
  cardTakenPage,
  confirmCardPage,
  endCardPage,
  startCardPage,
} from '../pages/member-card.ts';
import { refuse } from '../store/context.ts';
import { deskTextsFor } from '../texts/texts.ts';
import { findCardInHand } from '../visit.ts';
import { type DeskVisit, findMemberAtDesk } from './member.ts';
import {
  contextOf,
  doOnce,
  guardPost,
  languageOf,
  type Site,
  sendPage,
  setNotice,
} from './site.ts';

/** Adds the pages around a member's identity card. */
export function addMemberCardRoutes(app: Express, site: Site): void {
  const path = '/desk/members/:id/card';
  app.get(path, (req, res) => {
    const desk = findMemberAtDesk(site, req, res);
    if (!desk) return;
    const { member } = desk;
    const isLinked = hasLiveLink(site, desk);
    sendPage(res, startCardPage(contextOf(site, req), { member, isLinked }));
  });
  app.get(`${path}/confirm`, (req, res) => {
    const desk = findMemberAtDesk(site, req, res);
    if (desk) confirm(site, desk, req, res);
  });
  app.post(path, guardPost(site), (req: Request, res: Response) => {
    const desk = findMemberAtDesk(site, req, res);
    if (desk) link(site, desk, req, res);
  });
  app.get(`${path}/end`, (req, res) => {
    const desk = findMemberAtDesk(site, req, res);
    if (desk) sendPage(res, endCardPage(contextOf(site, req), desk.member));
  });
  app.post(`${path}/end`, guardPost(site), (req: Request, res: Response) => {
    const desk = findMemberAtDesk(site, req, res);
    if (desk) end(site, desk, req, res);
  });
}

/** After the card was read: the question, or what stands in the way. */
function confirm(site: Site, desk: DeskVisit, req: Request, res: Response): void {
  const { member, visit, backTo } = desk;
  const sub = cardOf(site, desk);
  const language = languageOf(req);
  if (sub === undefined) {
    sendPage(res, cardGonePage(contextOf(site, req), member));
    return;
  }
  const holder = site.library.links.findMember(sub);
  if (holder?.id === member.id) {
    setNotice(visit, 'look', deskTextsFor(language).linkNow);
    res.redirect(303, backTo);
    return;
  }
  const context = contextOf(site, req);
  if (holder) {
    sendPage(res, cardTakenPage(context, holder));
    return;
  }
  sendPage(res, confirmCardPage(context, { member, isLinked: hasLiveLink(site, desk) }));
}

function link(site: Site, desk: DeskVisit, req: Request, res: Response): void {
  const { links } = site.library;
  const { visit, staffId, member, backTo } = desk;
  const sub = cardOf(site, desk);
  const done = doOnce(site, req, res, { form: `link card ${member.id}`, backTo }, () =>
    sub === undefined ? refuse('gone') : links.linkAtDesk({ sub, memberId: member.id, staffId }),
  );
  if (!done) return;
  const { result } = done;
  if (result.kind === 'refused') {
    const context = contextOf(site, req);
    const holder = sub === undefined ? undefined : links.findMember(sub);
    const page = holder ? cardTakenPage(context, holder) : cardGonePage(context, member);
    sendPage(res.status(409), page);
    return;
  }
  delete visit.cardInHand;
  const d = deskTextsFor(languageOf(req));
  const told = { linked: d.doneLinked, replaced: d.doneRelinked, unchanged: d.linkNow };
  setNotice(visit, 'done', told[result.kind]);
  res.redirect(303, backTo);
}

function end(site: Site, desk: DeskVisit, req: Request, res: Response): void {
  const { visit, staffId, member, backTo } = desk;
  const done = doOnce(site, req, res, { form: `end card ${member.id}`, backTo }, () =>
    site.library.links.end({ memberId: member.id, staffId }),
  );
  if (!done) return;
  const d = deskTextsFor(languageOf(req));
  setNotice(visit, done.result ? 'done' : 'look', done.result ? d.doneEnded : d.gone);
  res.redirect(303, backTo);
}

function cardOf({ now }: Site, { visit, member }: DeskVisit): string | undefined {
  const purpose = { for: 'member-card', memberId: member.id } as const;
  return findCardInHand(visit, { purpose, now: now() })?.sub;
}

function hasLiveLink({ library }: Site, { member }: DeskVisit): boolean {
  return library.links.list(member.id).some(({ endedAt }) => endedAt === undefined);
}
