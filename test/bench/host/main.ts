/**
 * `npm run bench:host`: how fast the host starts, what it holds in memory, and what a login costs a card, beside
 * BeIDConnect's on the same virtual card. A table, and with `--json` the same as JSON. TEST ONLY.
 */
import { parseArgs } from 'node:util';
import { openBuiltHost } from '../../kit/host/built-host.ts';
import { findReason } from './command-reasons.ts';
import { compareLogins, type LoginComparison, type LoginRow, ratioOf } from './compare-logins.ts';
import { measureStarts, type StartMeasure } from './host-start.ts';
import { CARD_MS, READER_CLOCK_HZ, READER_MS } from './t0-model.ts';

/** What the project wants of itself. */
const TARGET = { startMs: 80, idleMemoryMb: 90, apdus: 15, ratio: 0.5 } as const;

/** What signing takes is the greatest assumption, and equal for both: the ratio at its ends. */
const SIGNATURE_MS = [50, 500] as const;

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, starts: { type: 'string', default: '25' } },
});
const starts = Number(values.starts);
const built = await openBuiltHost();
const measured = {
  fromSource: await measureStarts({ starts }),
  bundled: await measureStarts({ starts, entry: built.entry }),
};
await built.remove();
const logins = await compareLogins();
process.stdout.write(values.json ? `${JSON.stringify(asJson(logins), null, 2)}\n` : asText(logins));

function asText(compared: LoginComparison): string {
  const { certificateBytes, ours, skipped } = compared;
  const lines = [
    `Start to the first reply (wanted: under ${TARGET.startMs} ms), memory while idle (wanted: under ${TARGET.idleMemoryMb} MB)`,
    `  from TypeScript: ${describeStart(measured.fromSource)}`,
    `  as it is installed, bundled: ${describeStart(measured.bundled)}`,
    '',
    `Login, applet 1.8, certificate of ${certificateBytes} bytes; modelled, see t0-model.ts`,
    ...table(rowsOf(compared)),
    ...(skipped === undefined ? [] : [`  ${skipped}`]),
    ...ratios(compared),
    '',
    `Commands of this host (${ours.exchanges.length}; wanted: at most ${TARGET.apdus})`,
    ...ours.exchanges.map(({ command, answer }) => {
      const reason = findReason(command);
      const sizes = `${command.length} bytes out, ${answer.length} in`;
      return `  ${reason?.name ?? 'unknown'} (${sizes}): ${reason?.why ?? 'no reason'}`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

function describeStart(start: StartMeasure): string {
  const { medianMs, fastestMs, slowestMs, emptyMedianMs, idleMemoryMb } = start;
  const memory = idleMemoryMb === undefined ? 'memory not known here' : `${round(idleMemoryMb)} MB`;
  return (
    `${round(medianMs)} ms, median of ${start.starts} (${round(fastestMs)} to ${round(slowestMs)}; ` +
    `an empty Node program ${round(emptyMedianMs)} ms); ${memory}`
  );
}

function rowsOf({ ours, peerAsRecorded, peerOnThisCard }: LoginComparison): LoginRow[] {
  return [ours, peerAsRecorded, peerOnThisCard].filter((row) => row !== undefined);
}

function table(rows: readonly LoginRow[]): string[] {
  const cells = [
    ['', 'APDUs', 'to card', 'from card', 'line', 'card', 'reader', 'sleeps', 'sum', 'without PPS'],
    ...rows.map(({ who, negotiated, unnegotiated }) => [
      who,
      String(negotiated.apdus),
      `${negotiated.toCardBytes} B`,
      `${negotiated.fromCardBytes} B`,
      ...[negotiated.lineMs, negotiated.cardMs, negotiated.readerMs, negotiated.sleepMs],
      negotiated.totalMs,
      unnegotiated.totalMs,
    ]),
  ].map((row) => row.map((cell) => (typeof cell === 'number' ? `${round(cell)} ms` : cell)));
  const widths = cells[0]?.map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  return cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? `  ${cell.padEnd(widths?.[0] ?? 0)}` : cell.padStart(widths?.[column] ?? 0),
      )
      .join('  '),
  );
}

function ratios({ ours, peerAsRecorded, peerOnThisCard }: LoginComparison): string[] {
  return [peerAsRecorded, peerOnThisCard]
    .filter((row) => row !== undefined)
    .map((peer) => {
      const { total, withoutSleeps } = ratioOf(ours.negotiated, peer.negotiated);
      const slow = ratioOf(ours.unnegotiated, peer.unnegotiated);
      const signing = SIGNATURE_MS.map((signatureMs) => {
        const assumed = ratioOf(ours.negotiated, peer.negotiated, { signatureMs });
        return `${percent(assumed.total)} if the card signs in ${signatureMs} ms`;
      });
      return (
        `  ours to ${peer.who}: ${percent(total)}; wanted: under ${percent(TARGET.ratio)} ` +
        `(without PPS ${percent(slow.total)}; no sleeps counted ${percent(withoutSleeps)}; ${signing.join(', ')})`
      );
    });
}

function asJson(compared: LoginComparison) {
  const { certificateBytes, ours, peerAsRecorded, peerOnThisCard, skipped } = compared;
  const row = ({ who, negotiated, unnegotiated }: LoginRow) => ({ who, negotiated, unnegotiated });
  const beside = (peer: LoginRow | undefined) =>
    peer && {
      ...row(peer),
      ratio: ratioOf(ours.negotiated, peer.negotiated),
      ratioWithoutPps: ratioOf(ours.unnegotiated, peer.unnegotiated),
    };
  return {
    target: TARGET,
    start: measured,
    certificateBytes,
    ours: {
      ...row(ours),
      commands: ours.exchanges.map(({ command, answer }) => ({
        ...findReason(command),
        toCardBytes: command.length,
        fromCardBytes: answer.length,
      })),
    },
    peerAsRecorded: beside(peerAsRecorded),
    peerOnThisCard: beside(peerOnThisCard),
    skipped,
    assumed: { readerClockHz: READER_CLOCK_HZ, readerMs: READER_MS, cardMsByInstruction: CARD_MS },
  };
}

function round(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
