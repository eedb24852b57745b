/** The desk: its door, finding members, taking back, the shelf of books that are kept ready. */
import type { Express, Request, Response } from 'express';
import { deskDoorPage, deskPage, heldPage, staffCodePage } from '../pages/desk.ts';
import { count, fill, formatMoney } from '../pages/format.ts';
import type { Loans } from '../store/loans.ts';
import { deskTextsFor, type Language } from '../texts/texts.ts';
import type { Visit } from '../visit.ts';
import {
  contextOf,
  doOnce,
  fieldOf,
  findStaff,
  guardPost,
  languageOf,
  type Site,
  sendPage,
  setNotice,
  tokenOf,
} from './site.ts';

const MAX_FOUND = 25;

/** Adds the desk. */
export function addDeskRoutes(app: Express, site: Site): void {
  const { library } = site;
  app.get('/desk', (req, res) => {
    const sub = site.sessions.find(tokenOf(req))?.staffSub;
    if (sub === undefined) {
      sendPage(res, deskDoorPage(contextOf(site, req)));
      return;
    }
    if (!library.staff.find(sub)) {
      const code = library.staff.requestCode(sub);
      sendPage(res, staffCodePage(contextOf(site, req), code));
      return;
    }
    showDesk(site, req, res);
  });

  app.post('/desk/return', guardPost(site), (req: Request, res: Response) => {
    const staff = findStaff(site, req, res);
    if (!staff) return;
    takeBack(site, { ...staff, backTo: '/desk' }, req, res);
  });

  app.get('/desk/held', (req, res) => {
    if (!findStaff(site, req, res)) return;
    sendPage(res, heldPage(contextOf(site, req), library.reservations.listHeld()));
  });
}

/** Takes a book back and says what is to be done with it: the fine, and who waits for it. */
export function takeBack(
  site: Site,
  staff: { readonly visit: Visit; readonly staffId: number; readonly backTo: string },
  req: Request,
  res: Response,
): void {
  const { library } = site;
  const { visit, staffId, backTo } = staff;
  const barcode = fieldOf(req, 'copy');
  const title = library.catalogue.findCopy(barcode)?.title ?? '';
  const done = doOnce(site, req, res, { form: `return ${barcode}`, backTo }, () =>
    library.loans.takeBack({ barcode, staffId }),
  );
  if (!done) return;
  tellReturned(site, { visit, language: languageOf(req), title }, done.result);
  res.redirect(303, backTo);
}

function showDesk(site: Site, req: Request, res: Response): void {
  const { members } = site.library;
  const text = typeof req.query['q'] === 'string' ? req.query['q'].slice(0, 100) : '';
  if (text.trim() === '') {
    sendPage(res, deskPage(contextOf(site, req)));
    return;
  }
  // A library card that was scanned: straight to its member.
  const scanned = members.findByNumber(text);
  if (scanned) {
    res.redirect(303, `/desk/members/${scanned.id}`);
    return;
  }
  const found = members.search(text, MAX_FOUND + 1);
  const search = {
    text,
    members: found.slice(0, MAX_FOUND),
    hasMore: found.length > MAX_FOUND,
  };
  sendPage(res, deskPage(contextOf(site, req), search));
}

function tellReturned(
  { library }: Site,
  told: { readonly visit: Visit; readonly language: Language; readonly title: string },
  result: ReturnType<Loans['takeBack']>,
): void {
  const { visit, language, title } = told;
  const d = deskTextsFor(language);
  if (result.kind === 'refused') {
    const text = result.reason === 'unknown-copy' ? d.badCopy : d.notOnLoan;
    setNotice(visit, result.reason === 'unknown-copy' ? 'wrong' : 'look', text);
    return;
  }
  const late = fill(count(language, d.doneReturnedLate, result.daysLate), {
    title,
    amount: formatMoney(language, result.fineCents),
  });
  const back = result.daysLate > 0 ? late : fill(d.doneReturned, { title });
  const next = result.heldFor === null ? undefined : library.members.find(result.heldFor);
  if (!next) {
    setNotice(visit, result.daysLate > 0 ? 'look' : 'done', back);
    return;
  }
  setNotice(visit, 'look', back, fill(d.doneHeld, { name: next.name, number: next.number }));
}
