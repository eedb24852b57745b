/** The report as text: what was open in the card's manuals, point by point, then everything that was seen. */
import type { CertificateFacts } from './certificate-facts.ts';
import type { FieldFileFacts } from './identity-facts.ts';
import type { CardSurvey } from './survey-card.ts';

/** A survey with the way to the card. */
export interface CardReport {
  /** Maker and model, without serial numbers. */
  readonly reader: string;
  readonly hasKeypad: boolean;
  readonly connectMs: number;
  readonly survey: CardSurvey;
}

/** Formats the report; every line ends with a line feed. */
export function formatReport(report: CardReport): string {
  const { survey } = report;
  const sections: readonly (readonly [heading: string, lines: readonly string[]])[] = [
    ['The card', theCard(report)],
    ['1. Authentication certificate, and who signed it', theCertificate(survey.certificate)],
    ['2. Identity and address files, and their signatures', theIdentity(survey)],
    ['3. Forms of SELECT', survey.selectForms.map(({ form, status }) => `${form}: ${status}`)],
    ['4. PIN questions', thePin(survey)],
    ['5. Timing', theTiming(report)],
    ['6. Fields beyond the official list', theUnknown(survey)],
    ['7. PKCS#15 files', Object.entries(survey.structures).map(([name, hex]) => `${name}: ${hex}`)],
    ['Files', theFiles(survey)],
    ['Steps', theSteps(survey)],
  ];
  return sections
    .map(([heading, lines]) => `${heading}\n${lines.map((line) => `  ${line}\n`).join('')}`)
    .join('\n');
}

function theCard({ reader, hasKeypad, survey }: CardReport): string[] {
  const { applet } = survey;
  return [
    `reader: ${reader}${hasKeypad ? ', with a keypad' : ''}`,
    `applet: ${applet.version ?? 'not known'}`,
    `card data after the chip's serial: ${applet.cardDataTail || 'none'}`,
    `life cycle: ${applet.lifeCycle || 'not known'}${applet.lifeCycle === '0F' ? ', personalised' : ''}`,
    `GET CARD DATA: ${applet.shortForm}, with tries: ${applet.longForm}`,
  ];
}

function theCertificate(certificate: CertificateFacts | 'malformed' | undefined): string[] {
  if (certificate === undefined) return ['none: the file is absent, empty or all zeros'];
  if (certificate === 'malformed') return ['there, but it could not be read'];
  const { policies, key, caKey, rootKey } = certificate;
  return [
    `there: ${certificate.derBytes} bytes`,
    `policies: ${policies.join(', ') || 'none'}`,
    `key: ${key}; signed by a CA with a key of ${caKey}, algorithm ${certificate.signatureAlgorithm}`,
    `key usage: ${certificate.keyUsage || 'none'}; extended key usage: ${certificate.extendedKeyUsage}`,
    `signature by the CA on the card: ${holds(certificate.isSignedByCa)}`,
    `the CA's by the root on the card (${rootKey}): ${holds(certificate.isCaSignedByRoot)}`,
    `the root on the card is ${certificate.root === 'BRCA6' ? 'Belgium Root CA6' : 'another than Belgium Root CA6'}`,
  ];
}

function theIdentity({ identity: facts, readRecord }: CardSurvey): string[] {
  return [
    `identity: ${describeFields(facts.identity)}`,
    `identity signature: ${facts.identitySignatureBytes} bytes; over the file as stored: ${holds(facts.isIdentitySigned)}`,
    `address: ${describeFields(facts.address)}`,
    `address signature: ${facts.addressSignatureBytes} bytes; over the address without zeros and: ${facts.addressCovers ?? 'not tried'}`,
    `National Register's key: ${facts.registerKey}; its certificate by the root: ${holds(facts.isRegisterSignedByRoot)}`,
    `photo bound by tag 11: ${holds(facts.isPhotoBound)}`,
    `chip bound by tag 02: ${holds(facts.isChipBound)}`,
    `basic key bound by tag 1A: ${holds(facts.isBasicKeyBound)}`,
    `READ RECORD: ${readRecord}`,
  ];
}

function describeFields({ fields, format, paddingBytes, isCutShort }: FieldFileFacts): string {
  if (fields.length === 0) return 'no fields';
  const list = fields.map(({ tag, bytes }) => `${tag}(${bytes})`).join(' ');
  const start = format === undefined ? 'no leading tag 00' : `leading tag 00 = ${format}`;
  const end = isCutShort ? 'something else behind' : `${paddingBytes} zeros behind`;
  return `${start}; ${list}; ${end}`;
}

function thePin({ applet, pinQuestion }: CardSurvey): string[] {
  return [
    `VERIFY without data: ${pinQuestion ?? 'not asked, since this applet would count it'}`,
    `tries left in the card data: ${applet.triesLeft ?? 'not told'}`,
    'status word of the try that exhausts the counter: not settled here, no PIN is asked',
  ];
}

function theTiming({ connectMs, survey }: CardReport): string[] {
  const { steps } = survey;
  const failed = steps.filter(({ status }) => status === '6D00' || status.startsWith('CARD_'));
  const times = steps.map(({ durationMs }) => durationMs).toSorted((left, right) => left - right);
  const first = steps[0];
  return [
    `connection: ${connectMs} ms; first command: ${first?.durationMs ?? 0} ms, ${first?.status ?? 'none'}`,
    `${steps.length} commands without a pause between them: ${failed.length} were answered 6D00 or not at all`,
    `median ${times[times.length >> 1] ?? 0} ms, slowest ${times.at(-1) ?? 0} ms`,
  ];
}

function theUnknown({ identity: { identity, address } }: CardSurvey): string[] {
  const list = ({ unknownTags }: FieldFileFacts) =>
    unknownTags.map(({ tag, bytes }) => `${tag}(${bytes})`).join(' ') || 'none';
  return [`identity: ${list(identity)}`, `address: ${list(address)}`];
}

function theFiles({ files }: CardSurvey): string[] {
  return files.map(
    ({ name, path, state, status, sizeBytes, contentBytes }) =>
      `${path} ${name}: ${state} (${status}), ${sizeBytes} bytes, ${contentBytes} without the zeros behind`,
  );
}

function theSteps({ steps }: CardSurvey): string[] {
  return steps.map(
    ({ header, status, dataBytes, durationMs }) =>
      `${header}: ${status}, ${dataBytes} bytes, ${durationMs} ms`,
  );
}

function holds(value: boolean | undefined): string {
  if (value === undefined) return 'not tried';
  return value ? 'holds' : 'does not hold';
}
