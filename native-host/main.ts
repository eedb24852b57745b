#!/usr/bin/env node
/** The native host as browsers start it: standard streams, PC/SC and the lists of this computer. */
import { gatewayListPaths, loadGateways } from './gateways.ts';
import { runHost } from './host.ts';

/** A PC/SC call that waits for another program's transaction cannot be ended, and would keep the process. */
const EXIT_TIMEOUT_MS = 200;

await runHost({
  stdin: process.stdin,
  stdout: process.stdout,
  loadGateways: () => loadGateways(gatewayListPaths(process.env)),
  openReaders: async (onChange) => {
    const { openPcscReaders } = await import('./pcsc/pcsc-readers.ts');
    return openPcscReaders(onChange);
  },
  log: (code) => process.stderr.write(`${code}\n`),
});
setTimeout(() => process.kill(process.pid, 'SIGKILL'), EXIT_TIMEOUT_MS).unref();
