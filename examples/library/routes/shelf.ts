/** A reader's shelves: the own one and those of the children. */
import type { Express, Request, Response } from 'express';
import { fill, formatDate } from '../pages/format.ts';
import { notYoursPage } from '../pages/messages.ts';
import { shelfPage } from '../pages/shelf.ts';
import type { Loans } from '../store/loans.ts';
import { type Language, textsFor } from '../texts/texts.ts';
import type { Visit } from '../visit.ts';
import { peopleOf } from './catalogue.ts';
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

const MAX_PAST = 20;

/** Adds the shelves. */
export function addShelfRoutes(app: Express, site: Site): void {
  const { library } = site;
  app.get('/my', (req, res) => {
    const reader = findReader(site, req, res);
    if (!reader) return;
    const [first] = peopleOf(site, reader.sub);
    res.redirect(303, first ? `/my/${first.memberId}` : '/link');
  });

  app.get('/my/:member', (req, res) => {
    const access = findShelf(site, req, res);
    const member = access && library.members.find(access.memberId);
    if (!access || !member) return;
    const { sub, memberId } = access;
    const page = shelfPage(contextOf(site, req), {
      member,
      isOwn: library.links.findMember(sub)?.id === memberId,
      people: peopleOf(site, sub),
      loans: library.loans.listOpen(memberId),
      reservations: library.reservations.listFor(memberId),
      fines: library.fines.listFor(memberId),
      owedCents: library.fines.owedBy(memberId),
      past: library.loans.listPast(memberId, MAX_PAST),
    });
    sendPage(res, page);
  });

  app.post('/my/:member/renew', guardPost(site), (req: Request, res: Response) => {
    const access = findShelf(site, req, res);
    if (!access) return;
    const { visit, memberId } = access;
    const loanId = idOf(fieldOf(req, 'loan'));
    const backTo = `/my/${memberId}`;
    const done = doOnce(site, req, res, { form: `renew ${loanId}`, backTo }, () =>
      library.loans.renew({ loanId, memberId }),
    );
    if (!done) return;
    tellRenewed(visit, languageOf(req), done.result);
    res.redirect(303, backTo);
  });

  app.post('/my/:member/cancel', guardPost(site), (req: Request, res: Response) => {
    const access = findShelf(site, req, res);
    if (!access) return;
    const { visit, memberId } = access;
    const reservationId = idOf(fieldOf(req, 'reservation'));
    const backTo = `/my/${memberId}`;
    const done = doOnce(site, req, res, { form: `cancel ${reservationId}`, backTo }, () =>
      library.reservations.cancel({ reservationId, memberId }),
    );
    if (!done) return;
    setNotice(visit, 'done', textsFor(languageOf(req)).doneCancelled);
    res.redirect(303, backTo);
  });
}

/** Whose shelf is asked for, by somebody who may; undefined: a page or a redirect was sent. */
function findShelf(
  site: Site,
  req: Request,
  res: Response,
): { readonly visit: Visit; readonly sub: string; readonly memberId: number } | undefined {
  const reader = findReader(site, req, res);
  if (!reader) return undefined;
  const memberId = idOf(req.params['member']);
  if (site.library.guardians.mayActFor(reader.sub, memberId)) return { ...reader, memberId };
  sendPage(res.status(403), notYoursPage(contextOf(site, req)));
  return undefined;
}

function tellRenewed(visit: Visit, language: Language, result: ReturnType<Loans['renew']>): void {
  const t = textsFor(language);
  if (result.kind === 'renewed') {
    const date = formatDate(language, result.dueOn);
    setNotice(visit, 'done', fill(t.doneRenewed, { date }));
    return;
  }
  const reasons = {
    'renewed-twice': t.renewedTwice,
    reserved: t.renewReserved,
    late: t.renewLate,
    'unknown-loan': t.notRenewedGone,
  };
  setNotice(visit, 'wrong', reasons[result.reason]);
}
