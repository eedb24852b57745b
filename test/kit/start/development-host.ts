/**
 * The native host with a virtual card on a local socket in place of PC/SC; everything else is the
 * release host's. Started only where no virtual reader can be had, and by tests that need what a real
 * reader cannot do: KIDS_ID_CARD_TIMEOUT_MS shortens the wait for a card, and with
 * KIDS_ID_READER_LEAVES the reader itself is unplugged with its card. TEST ONLY.
 */
import { gatewayListPaths, loadGateways } from '../../../native-host/gateways.ts';
import { runHost } from '../../../native-host/host.ts';
import { openSocketReaders } from './socket-readers.ts';

const path = process.env['KIDS_ID_CARD_SOCKET'];
const cardTimeout = process.env['KIDS_ID_CARD_TIMEOUT_MS'];
if (!path) throw new Error('KIDS_ID_CARD_SOCKET names no socket');

await runHost({
  stdin: process.stdin,
  stdout: process.stdout,
  loadGateways: () => loadGateways(gatewayListPaths(process.env)),
  openReaders: openSocketReaders(path, { leavesWithCard: 'KIDS_ID_READER_LEAVES' in process.env }),
  log: (code) => process.stderr.write(`${code}\n`),
  ...(cardTimeout && { timing: { heartbeatMs: 10_000, cardTimeoutMs: Number(cardTimeout) } }),
});
process.exit();
