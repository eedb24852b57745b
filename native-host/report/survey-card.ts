/**
 * Looks at a card in every way that needs no PIN and changes nothing, and keeps what may be told: it settles what
 * the manuals leave open. Never VERIFY without data before the applet is known: 1.1 counts it as a wrong PIN.
 */
import { errorCodeOf, KidsIdError } from '../../gateway/protocol/errors.ts';
import {
  APPLET_AID,
  FILE,
  getCardData,
  getCardDataWithTries,
  queryPinTries,
  readRecord,
  selectApplication,
  selectPath,
} from '../apdu/command-apdu.ts';
import { exchange } from '../card/exchange.ts';
import type { CardChannel } from '../card/readers.ts';
import { type CertificateFacts, readCertificateFacts } from './certificate-facts.ts';
import { type IdentityFacts, personalValues, readIdentityFacts } from './identity-facts.ts';
import { type CardStep, hexOf, type RecordingChannel, recordSteps } from './record-steps.ts';
import { CARD_FILES, type FileFact, readStoredFiles, type StoredFiles } from './stored-file.ts';

/** A way to select, and how the card answered. */
export interface SelectForm {
  readonly form: string;
  readonly status: string;
}

/** What may be told of a card. */
export interface CardSurvey {
  readonly steps: readonly CardStep[];
  readonly applet: AppletFacts;
  readonly selectForms: readonly SelectForm[];
  /** VERIFY without data; absent where the applet would count it, or is not known. */
  readonly pinQuestion: string | undefined;
  /** READ RECORD of the document type, 80 B2 0F 0F 00. */
  readonly readRecord: string;
  readonly files: readonly FileFact[];
  readonly certificate: CertificateFacts | 'malformed' | undefined;
  readonly identity: IdentityFacts;
  /** Bytes of the PKCS#15 files, without anything that belongs to this one card. */
  readonly structures: Readonly<Record<string, string>>;
}

/** GET CARD DATA, without the chip's serial. */
export interface AppletFacts {
  /** `1.8`; absent where the card gave no card data. */
  readonly version: string | undefined;
  /** Bytes 16 to 27, in hexadecimal. */
  readonly cardDataTail: string;
  /** `0F`: personalised. */
  readonly lifeCycle: string;
  /** Status words of the long form (with tries) and of the short one. */
  readonly longForm: string;
  readonly shortForm: string;
  readonly triesLeft: number | undefined;
}

const OK = '9000';
const NOT_FOUND = '6A82';
const SERIAL_BYTES = 16;
const VERSION_OFFSET = 21;
const LIFE_CYCLE_OFFSET = 27;
const TRIES_OFFSET = 28;
const CARD_DATA_BYTES = 28;
/** The first applet that answers VERIFY without data instead of counting it. */
const ANSWERS_QUESTIONS = 0x17;
const DOCUMENT_TYPE = 0x0f;
/** Shorter values stand everywhere by chance. */
const MIN_MASKED_BYTES = 4;

/**
 * Looks at the card behind this channel. Never throws for what a Belgian card answers.
 * @throws {KidsIdError} CARD_UNSUPPORTED for any other card: what its files hold, nobody here can mask
 */
export async function surveyCard(channel: CardChannel): Promise<CardSurvey> {
  const recording = recordSteps(channel);
  const send = createSender(recording);
  const selected = (await send(selectApplication(APPLET_AID))).status;
  if (selected === NOT_FOUND) {
    throw new KidsIdError('CARD_UNSUPPORTED', 'card without the Belgian applet');
  }
  const { applet, serial, version } = await readApplet(send);
  const pinQuestion =
    version !== undefined && version >= ANSWERS_QUESTIONS
      ? (await send(queryPinTries())).status
      : undefined;
  const selectForms = await trySelectForms(send);
  await send(selectPath(CARD_FILES.identity));
  const record = await send(readRecord(DOCUMENT_TYPE));
  const files = await readStoredFiles(recording);
  return {
    steps: recording.steps,
    applet,
    selectForms,
    pinQuestion,
    readRecord: record.status,
    files: Object.values(files).map(({ fact }) => fact),
    certificate: readCertificateFacts(files),
    identity: readIdentityFacts(files, serial),
    // Without the applet or its serial nobody knows what would have to be masked.
    structures:
      selected === OK && serial.length === SERIAL_BYTES ? showStructures(files, serial) : {},
  };
}

/** A whole answer; a failure of the reader is a status like any other. */
type Sender = (command: Uint8Array<ArrayBuffer>) => Promise<{ status: string; data: Uint8Array }>;

function createSender(channel: RecordingChannel): Sender {
  return async (command) => {
    try {
      const { data } = await exchange(channel, command);
      return { status: channel.steps.at(-1)?.status ?? '', data };
    } catch (error) {
      return { status: errorCodeOf(error), data: new Uint8Array(0) };
    }
  };
}

async function readApplet(
  send: Sender,
): Promise<{ applet: AppletFacts; serial: Uint8Array; version: number | undefined }> {
  const short = await send(getCardData());
  const long = await send(getCardDataWithTries());
  const { data } = short.data.length >= CARD_DATA_BYTES ? short : long;
  const version = data[VERSION_OFFSET];
  return {
    version,
    serial: data.slice(0, SERIAL_BYTES),
    applet: {
      version: version === undefined ? undefined : `${version >> 4}.${version & 0x0f}`,
      cardDataTail: hexOf(data.subarray(SERIAL_BYTES, CARD_DATA_BYTES)),
      lifeCycle: hexOf(data.subarray(LIFE_CYCLE_OFFSET, LIFE_CYCLE_OFFSET + 1)),
      longForm: long.status,
      shortForm: short.status,
      triesLeft: long.data[TRIES_OFFSET],
    },
  };
}

/** Each form that some middleware uses, from the applet's start on. */
async function trySelectForms(send: Sender): Promise<SelectForm[]> {
  const forms: SelectForm[] = [];
  const attempt = async (form: string, command: Uint8Array<ArrayBuffer>) => {
    forms.push({ form, status: (await send(command)).status });
  };
  const certificate = FILE.authenticationCertificate;
  await attempt('application, P2 = 00', select(0x04, 0x00, APPLET_AID));
  await attempt('application, P2 = 0C', selectApplication(APPLET_AID));
  await attempt('path with 3F00 (P1 = 08)', selectPath([FILE.master, FILE.belpic, certificate]));
  await attempt('path without 3F00 (P1 = 08)', selectPath([FILE.belpic, certificate]));
  await attempt('3F00 alone (P1 = 02)', selectChild(FILE.master));
  await attempt('directory below it (P1 = 02)', selectChild(FILE.belpic));
  await attempt('file below that (P1 = 02)', selectChild(certificate));
  await attempt('file of another directory (P1 = 02)', selectChild(FILE.identity));
  return forms;
}

/**
 * SELECT of a file under the current directory, as the Belgian middleware does.
 *
 * | CLA | INS | P1 | P2          | Lc | Data            | Le |
 * | --- | --- | -- | ----------- | -- | --------------- | -- |
 * | 00  | A4  | 02 | 0C, no data | 02 | file identifier | –  |
 *
 * @see ISO/IEC 7816-4, SELECT
 */
function selectChild(file: number): Uint8Array<ArrayBuffer> {
  return select(0x02, 0x0c, Uint8Array.of(file >> 8, file & 0xff));
}

function select(p1: number, p2: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0x00, 0xa4, p1, p2, data.length, ...data);
}

/** EF(TokenInfo) holds the chip's serial, and other files should hold nothing of the kind; all are searched. */
function showStructures(files: StoredFiles, serial: Uint8Array): Record<string, string> {
  const secrets = [serial, ...personalValues(files)].filter(
    ({ length }) => length >= MIN_MASKED_BYTES,
  );
  const names = [
    'EF(DIR)',
    'EF(ODF)',
    'EF(TokenInfo)',
    'EF(AODF)',
    'EF(PrKDF)',
    'EF(CDF)',
  ] as const;
  return Object.fromEntries(
    names.map((name) => [name, secrets.reduce(mask, hexOf(files[name].bytes))]),
  );
}

function mask(digits: string, secret: Uint8Array): string {
  return digits.replaceAll(hexOf(secret), '··'.repeat(secret.length));
}
