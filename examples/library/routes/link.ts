/** Linking one's own library card, with what stands on it. */
import type { Express, Request, Response } from 'express';
import { linkPage, linkRefusedPage } from '../pages/link.ts';
import { textsFor } from '../texts/texts.ts';
import {
  contextOf,
  doOnce,
  fieldOf,
  findReader,
  guardPost,
  languageOf,
  type Site,
  sendPage,
  setNotice,
} from './site.ts';

/** Adds linking. */
export function addLinkRoutes(app: Express, site: Site): void {
  const { links } = site.library;
  app.get('/link', (req, res) => {
    const reader = findReader(site, req, res);
    if (!reader) return;
    if (links.findMember(reader.sub)) {
      res.redirect(303, '/my');
      return;
    }
    const context = contextOf(site, req);
    const triesLeft = links.triesLeft(reader.sub);
    const page =
      triesLeft === 0 ? linkRefusedPage(context, 'too-many') : linkPage(context, { triesLeft });
    sendPage(res, page);
  });

  app.post('/link', guardPost(site), (req: Request, res: Response) => {
    const reader = findReader(site, req, res);
    if (!reader) return;
    const { sub, visit } = reader;
    const typed = { number: fieldOf(req, 'number'), birthYear: fieldOf(req, 'birthYear') };
    const done = doOnce(site, req, res, { form: 'link', backTo: '/link' }, () =>
      links.linkByNumber({ sub, ...typed }),
    );
    if (!done) return;
    if (done.result.kind === 'linked') {
      setNotice(visit, 'done', textsFor(languageOf(req)).doneLinked);
      res.redirect(303, '/my');
      return;
    }
    const { reason } = done.result;
    const context = contextOf(site, req);
    if (reason === 'mistyped' || reason === 'wrong') {
      const triesLeft = links.triesLeft(sub);
      // The last wrong try: no form any more.
      if (triesLeft === 0) {
        sendPage(res.status(429), linkRefusedPage(context, 'too-many'));
        return;
      }
      sendPage(res.status(422), linkPage(context, { triesLeft, attempt: { ...typed, reason } }));
      return;
    }
    sendPage(res.status(reason === 'too-many' ? 429 : 409), linkRefusedPage(context, reason));
  });
}
