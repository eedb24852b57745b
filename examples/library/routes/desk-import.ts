/**
 * Importing at the desk. With scripts the file comes in pieces and the page shows how far its reading is (public/
 * import.js); without, it comes as one form. Either way it is checked first and written only when the librarian says so.
 */
import express, { type Express, type Request, type Response } from 'express';
import { createImportJobs, type ImportJob, type ImportJobs } from '../import/import-jobs.ts';
import { IMPORT_KINDS, type ImportKind, MAX_IMPORT_BYTES } from '../import/importer.ts';
import { fill } from '../pages/format.ts';
import { importJobPage, importPage, type UploadRefusal } from '../pages/import.ts';
import { dataTextsFor } from '../texts/data-texts.ts';
import { readUpload } from './read-upload.ts';
import {
  contextOf,
  fieldOf,
  findStaff,
  guardOrigin,
  guardPost,
  languageOf,
  type Site,
  sendPage,
} from './site.ts';

/** How much a script sends at once, at most. */
const MAX_PIECE_BYTES = 512 * 1024;

/** How much of a file that came whole is read at once; in between, others have their turn. */
const PIECE_BYTES = 256 * 1024;

/**
 * Adds `/desk/import` and what is under it; before all other routes, because forms wait here while an import is being
 * written. Pages do not wait.
 */
export function addImportRoutes(app: Express, site: Site): void {
  const jobs = createImportJobs({ file: site.library.file, now: site.now });

  app.use(async (req, _res, next) => {
    if (req.method === 'POST' && !req.path.startsWith('/desk/import/')) await jobs.whenWritten();
    next();
  });

  app.get('/desk/import', (req, res) => {
    if (!findStaff(site, req, res)) return;
    sendPage(res, importPage(contextOf(site, req)));
  });
  app.post('/desk/import', guardOrigin(site), async (req, res) => {
    const staff = findStaff(site, req, res);
    if (staff) await receiveForm({ site, jobs, staffId: staff.staffId }, req, res);
  });
  app.post('/desk/import/start', guardPost(site), (req: Request, res: Response) => {
    const staff = findStaff(site, req, res);
    if (!staff) return;
    const job = startJob(jobs, {
      kind: fieldOf(req, 'kind'),
      bytes: Number(fieldOf(req, 'bytes')),
      staffId: staff.staffId,
    });
    if (typeof job === 'string') return sendRefusal(req, res, job);
    res.status(201).json({ url: `/desk/import/${job.id}` });
  });
  addJobRoutes(app, site, jobs);
}

/** `/desk/import/:id` and what can be asked of one import. */
function addJobRoutes(app: Express, site: Site, jobs: ImportJobs): void {
  const findJob = (req: Request, res: Response): ImportJob | undefined => {
    const staff = findStaff(site, req, res);
    if (!staff) return undefined;
    const job = jobs.find({ id: String(req.params['id']), staffId: staff.staffId });
    if (!job) sendPage(res.status(404), importPage(contextOf(site, req), 'gone'));
    return job;
  };

  app.get('/desk/import/:id', (req, res) => {
    const job = findJob(req, res);
    if (job) sendPage(res, importJobPage(contextOf(site, req), job));
  });
  app.get('/desk/import/:id/state', (req, res) => {
    const job = findJob(req, res);
    if (job) sendState(res, job);
  });
  app.post(
    '/desk/import/:id/bytes',
    guardOrigin(site),
    express.raw({ type: 'application/octet-stream', limit: MAX_PIECE_BYTES }),
    async (req, res) => {
      const job = findJob(req, res);
      if (!job) return;
      const bytes: unknown = req.body;
      const isNext =
        bytes instanceof Uint8Array && (await job.write(Number(req.query['from']), bytes));
      sendState(res.status(isNext ? 200 : 409), job);
    },
  );
  app.post('/desk/import/:id/apply', guardPost(site), async (req: Request, res: Response) => {
    const job = findJob(req, res);
    if (!job) return;
    const applied = job.apply();
    // A script looks how far it is; a plain form waits.
    if (req.accepts(['html', 'json']) === 'json') return sendState(res.status(202), job);
    await applied;
    res.redirect(303, `/desk/import/${job.id}`);
  });
  app.post('/desk/import/:id/cancel', guardPost(site), async (req: Request, res: Response) => {
    const job = findJob(req, res);
    if (!job) return;
    await job.cancel();
    res.redirect(303, `/desk/import/${job.id}`);
  });
}

/** The form of a browser without scripts: the whole file at once. */
async function receiveForm(
  {
    site,
    jobs,
    staffId,
  }: { readonly site: Site; readonly jobs: ImportJobs; readonly staffId: number },
  req: Request,
  res: Response,
): Promise<void> {
  const refuse = (status: number, refusal: UploadRefusal) =>
    sendPage(res.status(status), importPage(contextOf(site, req), refusal));
  const upload = await readUpload(req, MAX_IMPORT_BYTES);
  if (upload.kind === 'too-big') return refuse(413, 'tooBig');
  if (upload.kind === 'malformed') return refuse(400, 'connectionLost');
  const file = upload.form.get('file');
  if (!(file instanceof File) || file.name === '') return refuse(400, 'chooseFile');
  const job = startJob(jobs, { kind: upload.form.get('kind'), bytes: file.size, staffId });
  if (typeof job === 'string') return refuse(statusOf(job), job);
  let offset = 0;
  do {
    const piece = await file.slice(offset, offset + PIECE_BYTES).bytes();
    if (!(await job.write(offset, piece))) break;
    offset += piece.length;
  } while (offset < file.size);
  res.redirect(303, `/desk/import/${job.id}`);
}

function startJob(
  jobs: ImportJobs,
  {
    kind,
    bytes,
    staffId,
  }: { readonly kind: unknown; readonly bytes: number; readonly staffId: number },
): ImportJob | Exclude<UploadRefusal, 'gone' | 'connectionLost'> {
  const fileKind: ImportKind | undefined = IMPORT_KINDS.find((known) => known === kind);
  if (!fileKind || !Number.isInteger(bytes) || bytes < 0) return 'chooseFile';
  if (bytes > MAX_IMPORT_BYTES) return 'tooBig';
  return jobs.start({ fileKind, totalBytes: bytes, staffId }) ?? 'busy';
}

function statusOf(refusal: UploadRefusal): number {
  if (refusal === 'busy') return 409;
  return refusal === 'tooBig' ? 413 : 400;
}

/** For the script: the sentence to show. */
function sendRefusal(req: Request, res: Response, refusal: UploadRefusal): void {
  const sentence = dataTextsFor(languageOf(req))[refusal];
  const size = MAX_IMPORT_BYTES / 1024 / 1024;
  res.status(statusOf(refusal)).json({ problem: fill(sentence, { size }) });
}

/** For the script: where the import is, in numbers. What was found, the page says. */
function sendState(res: Response, { state, totalBytes }: ImportJob): void {
  res.set('Cache-Control', 'no-store');
  switch (state.kind) {
    case 'reading': {
      const { kind, bytes, rows, problemCount: problems } = state;
      res.json({ kind, share: totalBytes === 0 ? 1 : bytes / totalBytes, rows, problems });
      return;
    }
    case 'applying': {
      const { kind, done, total } = state;
      res.json({ kind, share: total === 0 ? 0 : done / total });
      return;
    }
    case 'checked':
    case 'applied':
    case 'cancelled':
    case 'failed':
      res.json({ kind: state.kind, share: 1 });
  }
}
