/**
 * The native host with a virtual card on a local socket in place of PC/SC; everything else is the
 * release host's. Started only where no virtual reader can be had. TEST ONLY.
 */
import { gatewayListPaths, loadGateways } from '../../../native-host/gateways.ts';
import { runHost } from '../../../native-host/host.ts';
import { openSocketReaders } from './socket-readers.ts';

const path = process.env['KIDS_ID_CARD_SOCKET'];
if (!path) throw new Error('KIDS_ID_CARD_SOCKET names no socket');

await runHost({
  stdin: process.stdin,
  stdout: process.stdout,
  loadGateways: () => loadGateways(gatewayListPaths(process.env)),
  openReaders: openSocketReaders(path),
  log: (code) => process.stderr.write(`${code}\n`),
});
process.exit();
