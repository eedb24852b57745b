/** One member at the desk: lend, take back, renew, cancel, pay, end a parent, forget. */
import type { Express, Request, Response } from 'express';
import { fill, formatDate, formatMoney } from '../pages/format.ts';
import { memberPage } from '../pages/member.ts';
import { leavePage } from '../pages/member-card.ts';
import { notFoundPage } from '../pages/messages.ts';
import type { Loans } from '../store/loans.ts';
import type { Member } from '../store/members.ts';
import { deskTextsFor, type Language } from '../texts/texts.ts';
import type { Visit } from '../visit.ts';
import { takeBack } from './desk.ts';
import {
  contextOf,
  doOnce,
  fieldOf,
  findStaff,
  guardPost,
  idOf,
  languageOf,
  type Site,
  sendPage,
  setNotice,
} from './site.ts';

/** A librarian, and the member whose page it is. */
export interface DeskVisit {
  readonly visit: Visit;
  readonly staffId: number;
  readonly member: Member;
  /** Path of the member's page. */
  readonly backTo: string;
}

/** Adds the members' pages. */
export function addMemberRoutes(app: Express, site: Site): void {
  app.get('/desk/members/:id', (req, res) => showMember(site, req, res));
  const post = (path: string, handle: Handler) =>
    app.post(`/desk/members/:id/${path}`, guardPost(site), (req: Request, res: Response) => {
      const desk = findMemberAtDesk(site, req, res);
      if (desk) handle(site, desk, req, res);
    });
  post('lend', lend);
  post('return', takeBack);
  post('renew', renew);
  post('cancel', cancel);
  post('pay', pay);
  post('pay-all', payAll);
  post('end-parent', endParent);
  post('leave', leave);
  app.get('/desk/members/:id/leave', (req, res) => {
    const desk = findMemberAtDesk(site, req, res);
    if (desk) sendPage(res, leavePage(contextOf(site, req), desk.member));
  });
}

type Handler = (site: Site, desk: DeskVisit, req: Request, res: Response) => void;

/** Whose page is asked for, by somebody of the staff; undefined: a page or a redirect was sent. */
export function findMemberAtDesk(site: Site, req: Request, res: Response): DeskVisit | undefined {
  const staff = findStaff(site, req, res);
  if (!staff) return undefined;
  const member = site.library.members.find(idOf(req.params['id']));
  if (member) return { ...staff, member, backTo: `/desk/members/${member.id}` };
  sendPage(res.status(404), notFoundPage(contextOf(site, req)));
  return undefined;
}

function showMember(site: Site, req: Request, res: Response): void {
  const desk = findMemberAtDesk(site, req, res);
  if (!desk) return;
  const { library } = site;
  const { member } = desk;
  const page = memberPage(contextOf(site, req), {
    member,
    links: library.links.list(member.id),
    guardians: library.guardians.listFor(member.id),
    loans: library.loans.listOpen(member.id),
    reservations: library.reservations.listFor(member.id),
    fines: library.fines.listFor(member.id),
    owedCents: library.fines.owedBy(member.id),
  });
  sendPage(res, page);
}

function lend(site: Site, desk: DeskVisit, req: Request, res: Response): void {
  const { library } = site;
  const { visit, staffId, member, backTo } = desk;
  const barcode = fieldOf(req, 'copy');
  const done = doOnce(site, req, res, { form: `lend ${barcode} ${member.id}`, backTo }, () =>
    library.loans.lend({ barcode, memberId: member.id, staffId }),
  );
  if (!done) return;
  const { result } = done;
  const language = languageOf(req);
  if (result.kind === 'refused') {
    setNotice(visit, 'wrong', whyNotLent(site, { language, barcode, reason: result.reason }));
  } else {
    const title = library.catalogue.findCopy(barcode)?.title ?? '';
    const date = formatDate(language, result.dueOn);
    setNotice(visit, 'done', fill(deskTextsFor(language).doneLent, { title, date }));
  }
  res.redirect(303, backTo);
}

function whyNotLent(
  { library }: Site,
  refused: {
    readonly language: Language;
    readonly barcode: string;
    readonly reason: Extract<ReturnType<Loans['lend']>, { kind: 'refused' }>['reason'];
  },
): string {
  const { language, barcode, reason } = refused;
  const d = deskTextsFor(language);
  const state = library.catalogue.findCopy(barcode)?.state;
  const holder =
    state && state.kind !== 'on-shelf' ? library.members.find(state.memberId) : undefined;
  const name = holder?.name ?? '';
  switch (reason) {
    case 'on-loan':
      return fill(d.onLoan, { name });
    case 'held': {
      const date = state?.kind === 'held' ? formatDate(language, state.until) : '';
      return fill(d.held, { name, date });
    }
    case 'limit':
      return d.limit;
    case 'unknown-copy':
      return d.badCopy;
    case 'unknown-member':
      return d.gone;
  }
}

function renew(site: Site, desk: DeskVisit, req: Request, res: Response): void {
  const { visit, staffId, member, backTo } = desk;
  const loanId = idOf(fieldOf(req, 'loan'));
  const done = doOnce(site, req, res, { form: `desk renew ${loanId}`, backTo }, () =>
    site.library.loans.renew({ loanId, memberId: member.id, staffId }),
  );
  if (!done) return;
  const language = languageOf(req);
  const d = deskTextsFor(language);
  const { result } = done;
  if (result.kind === 'renewed') {
    const date = formatDate(language, result.dueOn);
    setNotice(visit, 'done', fill(d.doneRenewed, { date }));
  } else {
    const reasons = {
      'renewed-twice': d.notRenewedTwice,
      reserved: d.notRenewedReserved,
      late: d.notRenewedLate,
      'unknown-loan': d.gone,
    };
    setNotice(visit, 'wrong', reasons[result.reason]);
  }
  res.redirect(303, backTo);
}

function cancel(site: Site, desk: DeskVisit, req: Request, res: Response): void {
  const { visit, staffId, member, backTo } = desk;
  const reservationId = idOf(fieldOf(req, 'reservation'));
  const done = doOnce(site, req, res, { form: `desk cancel ${reservationId}`, backTo }, () =>
    site.library.reservations.cancel({ reservationId, memberId: member.id, staffId }),
  );
  if (!done) return;
  const d = deskTextsFor(languageOf(req));
  setNotice(visit, done.result ? 'done' : 'look', done.result ? d.doneCancelled : d.gone);
  res.redirect(303, backTo);
}

function pay(site: Site, desk: DeskVisit, req: Request, res: Response): void {
  const { visit, staffId, member, backTo } = desk;
  const fineId = idOf(fieldOf(req, 'fine'));
  const done = doOnce(site, req, res, { form: `pay ${fineId}`, backTo }, () =>
    site.library.fines.pay({ fineId, memberId: member.id, staffId }),
  );
  if (!done) return;
  tellPaid(visit, languageOf(req), done.result.kind === 'paid' ? done.result.cents : 0);
  res.redirect(303, backTo);
}

function payAll(site: Site, desk: DeskVisit, req: Request, res: Response): void {
  const { fines } = site.library;
  const { visit, staffId, member, backTo } = desk;
  const done = doOnce(site, req, res, { form: `pay all ${member.id}`, backTo }, () => {
    let cents = 0;
    for (const { id, paidOn } of fines.listFor(member.id)) {
      if (paidOn !== null) continue;
      const paid = fines.pay({ fineId: id, memberId: member.id, staffId });
      if (paid.kind === 'paid') cents += paid.cents;
    }
    return cents;
  });
  if (!done) return;
  tellPaid(visit, languageOf(req), done.result);
  res.redirect(303, backTo);
}

function tellPaid(visit: Visit, language: Language, cents: number): void {
  const d = deskTextsFor(language);
  if (cents === 0) {
    setNotice(visit, 'look', d.gone);
    return;
  }
  setNotice(visit, 'done', fill(d.donePaid, { amount: formatMoney(language, cents) }));
}

function endParent(site: Site, desk: DeskVisit, req: Request, res: Response): void {
  const { visit, staffId, member, backTo } = desk;
  const guardianId = idOf(fieldOf(req, 'guardian'));
  const done = doOnce(site, req, res, { form: `end parent ${guardianId}`, backTo }, () =>
    site.library.guardians.endAtDesk({ guardianId, memberId: member.id, staffId }),
  );
  if (!done) return;
  const d = deskTextsFor(languageOf(req));
  setNotice(visit, done.result ? 'done' : 'look', done.result ? d.doneParentEnded : d.gone);
  res.redirect(303, backTo);
}

function leave(site: Site, desk: DeskVisit, req: Request, res: Response): void {
  const { visit, staffId, member, backTo } = desk;
  const done = doOnce(site, req, res, { form: `leave ${member.id}`, backTo }, () =>
    site.library.members.remove({ memberId: member.id, staffId }),
  );
  if (!done) return;
  const d = deskTextsFor(languageOf(req));
  if (done.result.kind === 'removed') {
    setNotice(visit, 'done', d.doneLeft);
    res.redirect(303, '/desk');
    return;
  }
  const reasons = { 'on-loan': d.leaveOnLoan, owes: d.leaveOwes, 'unknown-member': d.gone };
  setNotice(visit, 'wrong', reasons[done.result.reason]);
  res.redirect(303, backTo);
}
