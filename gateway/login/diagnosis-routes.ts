/**
 * The diagnosis page, and what it reports when somebody asks for a code: outcomes and versions go to the log under a
 * random reference, and nothing else is kept. No cookie, no address, no login.
 */
import { randomInt } from 'node:crypto';
import { type Request, Router } from 'express';
import {
  DIAGNOSIS_REPORT_MAX_BYTES,
  type DiagnosisReport,
  diagnosisReport,
} from '../protocol/diagnosis.ts';
import { errorCodeOf, KidsIdError } from '../protocol/errors.ts';
import { renderDiagnosisPage } from './diagnosis-page.ts';
import { languageOf } from './error-pages.ts';
import { readJson, sendError, sendJson } from './json-exchange.ts';
import { logRefusal, type RefusalLogger } from './log-refusal.ts';
import { createTokenBucket } from './token-bucket.ts';

/** Letters and digits that no two people take for each other, and that make no words. */
const ALPHABET = '23456789CDFHJKMNPQRTVWXY';
const GROUP_CHARACTERS = 4;

/** So many reports at once, and one more every so many seconds: people press a button for each. */
const REPORT_BURST = 30;
const REPORT_SECONDS = 2;

export interface DiagnosisRoutesDeps {
  readonly origin: string;
  readonly logger: RefusalLogger;
  readonly now: () => Date;
}

/** Creates the router for `/diagnosis` and `/diagnosis/report`. */
export function createDiagnosisRoutes(deps: DiagnosisRoutesDeps): Router {
  const { origin, logger, now } = deps;
  const router = Router({ strict: true, caseSensitive: true });
  const bucket = createTokenBucket({ burst: REPORT_BURST, refillSeconds: REPORT_SECONDS, now });

  router.get('/diagnosis', (request, response) => {
    response
      .set('cache-control', 'no-store')
      .type('html')
      .send(renderDiagnosisPage({ language: languageOf(request, undefined) }));
  });

  async function takeReport(request: Request): Promise<{ reference: string }> {
    if (request.headers.origin !== origin) {
      throw new KidsIdError('MESSAGE_MALFORMED', 'request of another origin');
    }
    if (!bucket.take()) throw new KidsIdError('GATEWAY_UNREACHABLE', 'too many reports just now');
    const report: DiagnosisReport = await readJson(
      request,
      diagnosisReport,
      DIAGNOSIS_REPORT_MAX_BYTES,
    );
    const reference = createReference();
    logger.info({ reference, ...report }, 'diagnosis');
    return { reference };
  }

  router.post('/diagnosis/report', (request, response) => {
    takeReport(request).then(
      (body) => sendJson(response, body),
      (error: unknown) => {
        logRefusal(logger, error, { path: '/diagnosis/report', message: 'diagnosis refused' });
        sendError(response, errorCodeOf(error));
      },
    );
  });

  return router;
}

/** 8 random characters, 36 bits: as in K7F3-9QXM. */
function createReference(): string {
  const group = () =>
    Array.from({ length: GROUP_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${group()}-${group()}`;
}
