/**
 * `npm run card-report`: reads the card in a real reader and prints nothing personal, so that somebody with a card
 * can settle what its manuals leave open. No PIN is asked, nothing is written to the card.
 */
import { parseArgs } from 'node:util';
import { errorCodeOf, KidsIdError } from '../../gateway/protocol/errors.ts';
import { modelOfReader } from '../card/reader-model.ts';
import type { CardReader, OpenCardReaders } from '../card/readers.ts';
import { endProcess } from '../end-process.ts';
import { type CardReport, formatReport } from './format-report.ts';
import { surveyCard } from './survey-card.ts';

/** How a run ended, and what it says. */
export interface ReportOutcome {
  readonly exitCode: 0 | 1;
  readonly text: string;
}

const USAGE = `card-report [--json] [--reader PART-OF-NAME]

Reads the Belgian eID card in a reader and prints how it is made: nothing of what it says about a person. Several
cards: --reader chooses by a part of the reader's name. No PIN is asked, nothing is written.
`;

/** Readers are told of one after another. */
const APPEAR_MS = 3_000;
const POLL_MS = 50;

/**
 * Reads the first card, or that of the named reader, and reports.
 * @param options.waitMs How long a card is waited for.
 */
export async function reportCard(options: {
  openReaders: OpenCardReaders;
  reader?: string | undefined;
  json?: boolean | undefined;
  waitMs?: number;
}): Promise<ReportOutcome> {
  const { openReaders, reader: wanted = '', json = false, waitMs = APPEAR_MS } = options;
  const readers = await openReaders(() => undefined);
  try {
    const isWanted = ({ hasCard, name }: CardReader) => hasCard && name.includes(wanted);
    const deadline = performance.now() + waitMs;
    let reader = readers.list().find(isWanted);
    while (!reader && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      reader = readers.list().find(isWanted);
    }
    if (!reader) {
      const code = readers.list().length === 0 ? 'READER_ABSENT' : 'CARD_ABSENT';
      throw new KidsIdError(code, 'no card in such a reader');
    }
    const report = await readReport(reader);
    const text = json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report);
    return { exitCode: 0, text };
  } catch (error) {
    return { exitCode: 1, text: `${errorCodeOf(error)}\n` };
  } finally {
    await readers.close();
  }
}

async function readReport(reader: CardReader): Promise<CardReport> {
  const startedAt = performance.now();
  const connection = await reader.connect();
  const connectMs = Math.round(performance.now() - startedAt);
  try {
    const survey = await connection.withTransaction(surveyCard);
    return {
      reader: modelOfReader(reader.name),
      hasKeypad: connection.hasKeypad,
      connectMs,
      survey,
    };
  } finally {
    await connection.close();
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      reader: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
  } else {
    const { openPcscReaders } = await import('../pcsc/pcsc-readers.ts');
    const { reader, json } = values;
    const { exitCode, text } = await reportCard({ openReaders: openPcscReaders, reader, json });
    (exitCode === 0 ? process.stdout : process.stderr).write(text);
    process.exitCode = exitCode;
    await endProcess();
  }
}
