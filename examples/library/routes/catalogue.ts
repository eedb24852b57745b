/** The start, the search and the titles: open to everybody. Reserving: for who linked a library card. */
import type { Express, Request, Response } from 'express';
import { type Borrower, booksPage, homePage, titlePage } from '../pages/catalogue.ts';
import { notYoursPage } from '../pages/messages.ts';
import type { Person } from '../pages/shelf.ts';
import type { Reservations } from '../store/reservations.ts';
import { findLanguage, type Texts, textsFor } from '../texts/texts.ts';
import type { Visit } from '../visit.ts';
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
  tokenOf,
} from './site.ts';

const PAGE_SIZE = 20;

/** Deeper than anybody reads; SQLite walks over every row before the page. */
const MAX_PAGE = 5_000;

/** Adds the catalogue. */
export function addCatalogueRoutes(app: Express, site: Site): void {
  const { catalogue } = site.library;
  app.get('/', (req, res) => sendPage(res, homePage(contextOf(site, req))));

  app.get('/books', (req, res) => {
    const { q, in: language, children, page } = req.query;
    const search = {
      text: typeof q === 'string' ? q.slice(0, 200) : '',
      language: findLanguage(language),
      childrenOnly: children === '1',
      page: Math.min(idOf(page) || 1, MAX_PAGE),
    };
    const { titles, total } = catalogue.search({
      ...search,
      forChildren: search.childrenOnly,
      pageSize: PAGE_SIZE,
    });
    const pages = Math.ceil(total / PAGE_SIZE);
    sendPage(res, booksPage(contextOf(site, req), { search, titles, total, pages }));
  });

  app.get('/titles/:id', (req, res, next) => {
    const title = catalogue.find(idOf(req.params.id));
    if (!title) return next();
    const sub = site.sessions.find(tokenOf(req))?.readerSub;
    const people = sub === undefined ? [] : peopleOf(site, sub);
    const borrowers = people.map((person) => borrowerOf(site, title.id, person));
    sendPage(res, titlePage(contextOf(site, req), { title, borrowers }));
  });

  app.post('/titles/:id/reserve', guardPost(site), (req: Request, res: Response) => {
    const reader = findReader(site, req, res);
    if (!reader) return;
    const titleId = idOf(req.params['id']);
    const memberId = idOf(fieldOf(req, 'member'));
    if (!site.library.guardians.mayActFor(reader.sub, memberId)) {
      sendPage(res.status(403), notYoursPage(contextOf(site, req)));
      return;
    }
    const backTo = `/titles/${titleId}`;
    const done = doOnce(site, req, res, { form: `reserve ${titleId} ${memberId}`, backTo }, () =>
      site.library.reservations.reserve({ titleId, memberId }),
    );
    if (!done) return;
    tellReserved(reader.visit, textsFor(languageOf(req)), done.result);
    res.redirect(303, done.result.kind === 'reserved' ? `/my/${memberId}` : backTo);
  });
}

/** Everybody for whom this card may act: its own member first, then the children. */
export function peopleOf({ library }: Site, sub: string): Person[] {
  const own = library.links.findMember(sub);
  const children = library.guardians.listChildren(sub);
  return [...(own ? [own] : []), ...children].map(({ id, name }) => ({ memberId: id, name }));
}

function borrowerOf({ library }: Site, titleId: number, person: Person): Borrower {
  const hasIt = library.loans.listOpen(person.memberId).some((loan) => loan.titleId === titleId);
  if (hasIt) return { ...person, state: { kind: 'at-home' } };
  const reservation = library.reservations
    .listFor(person.memberId)
    .find((candidate) => candidate.titleId === titleId);
  if (!reservation) return { ...person, state: { kind: 'may-reserve' } };
  const { state } = reservation;
  if (state.kind === 'waiting') return { ...person, state: { kind: 'waiting' } };
  return { ...person, state: { kind: 'ready', until: state.until } };
}

function tellReserved(visit: Visit, t: Texts, result: ReturnType<Reservations['reserve']>): void {
  if (result.kind === 'reserved') {
    setNotice(visit, 'done', t.doneReserved);
    return;
  }
  switch (result.reason) {
    case 'on-shelf': {
      setNotice(visit, 'look', t.notReservedOnShelf);
      return;
    }
    case 'already': {
      setNotice(visit, 'look', t.notReservedAlready);
      return;
    }
    case 'at-home': {
      setNotice(visit, 'look', t.notReservedAtHome);
      return;
    }
    case 'limit': {
      setNotice(visit, 'wrong', t.notReservedLimit);
      return;
    }
    case 'no-copies':
    case 'unknown-title':
    case 'unknown-member': {
      setNotice(visit, 'wrong', t.notReservedNoCopies);
      return;
    }
  }
}
