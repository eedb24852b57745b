#!/usr/bin/env node
/**
 * The native host as browsers and people start it: standard streams, PC/SC and the lists of this computer. What a
 * browser waits for comes first; the commands are loaded when one is asked for.
 */
import type { OpenCardReaders } from './card/readers.ts';
import { parseStart } from './command/start.ts';
import { endProcess } from './end-process.ts';
import { gatewayListPaths, loadGateways } from './gateways.ts';
import { runHost } from './host.ts';
import type { HostLog, LogEvent } from './log.ts';

const openReaders: OpenCardReaders = async (onChange) => {
  const { openPcscReaders } = await import('./pcsc/pcsc-readers.ts');
  return openPcscReaders(onChange);
};

let openingLog: Promise<HostLog | undefined> | undefined;

/** Not before something happens: the window waits for the answer to its `hello`. */
function openLog(): Promise<HostLog | undefined> {
  openingLog ??= import('./log.ts').then((log) => log.openHostLog(log.hostLogPath(process.env)));
  return openingLog;
}

function note(event: LogEvent): void {
  void openLog().then((log) => log?.write(event));
}

async function serve(): Promise<void> {
  await runHost({
    stdin: process.stdin,
    stdout: process.stdout,
    async loadGateways() {
      const gateways = await loadGateways(gatewayListPaths(process.env));
      (await openLog())?.write({ event: 'gateways', count: gateways.length });
      return gateways;
    },
    async openReaders(onChange) {
      const log = await openLog();
      if (!log) return openReaders(onChange);
      const { logCommands } = await import('./log-commands.ts');
      return logCommands(openReaders, log)(onChange);
    },
    log(code) {
      process.stderr.write(`${code}\n`);
      note({ event: 'failed', code });
    },
    note,
  });
  (await openingLog)?.close();
}

const words = process.argv.slice(2);
switch (parseStart(words)) {
  case 'browser':
    await serve();
    break;
  case 'unknown-caller':
    process.stderr.write('CALLER_UNKNOWN\n');
    process.exitCode = 1;
    break;
  case 'command': {
    const { runCommand } = await import('./command/run-command.ts');
    process.exitCode = await runCommand(words, {
      env: process.env,
      platform: process.platform,
      openReaders,
      out: (text) => void process.stdout.write(text),
      err: (text) => void process.stderr.write(text),
      isTerminal: process.stderr.isTTY === true,
    });
  }
}
await endProcess();
