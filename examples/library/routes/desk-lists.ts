/** What the desk looks at from time to time: the books that are late, and the loans by month. */
import type { Express } from 'express';
import { chartPage } from '../pages/chart.ts';
import { overdueCsv, overduePage, parseOverdueSorting } from '../pages/overdue.ts';
import { contextOf, findStaff, languageOf, type Site, sendPage } from './site.ts';

const CHART_MONTHS = 12;

/** Adds `/desk/overdue`, the same as a table for a spreadsheet, and `/desk/chart`. */
export function addListRoutes(app: Express, site: Site): void {
  const { loans } = site.library;

  app.get('/desk/overdue', (req, res) => {
    if (!findStaff(site, req, res)) return;
    const sorting = parseOverdueSorting(req.query['sort']);
    sendPage(res, overduePage(contextOf(site, req), { loans: loans.listOverdue(), sorting }));
  });
  app.get('/desk/overdue.csv', (req, res) => {
    if (!findStaff(site, req, res)) return;
    const sorting = parseOverdueSorting(req.query['sort']);
    res.set('Cache-Control', 'no-store').type('text/csv').attachment('overdue.csv');
    res.send(overdueCsv(languageOf(req), { loans: loans.listOverdue(), sorting }));
  });
  app.get('/desk/chart', (req, res) => {
    if (!findStaff(site, req, res)) return;
    sendPage(res, chartPage(contextOf(site, req), loans.countByMonth(CHART_MONTHS)));
  });
}
