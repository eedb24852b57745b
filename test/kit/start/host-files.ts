/** The native host in a throw-away home: a launcher that the browser starts, and its list of gateways. TEST ONLY. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CardSlot } from './card-slot.ts';

const root = join(import.meta.dirname, '../../..');

/** Writes both and returns the launcher's path. */
export function writeHostFiles(options: {
  home: string;
  slot: Pick<CardSlot, 'kind' | 'env'>;
  gateways: readonly { origin: string; connectionKey: string; certificateAuthority: string }[];
}): string {
  const configFolder = join(options.home, '.config', 'kids-id');
  mkdirSync(configFolder, { recursive: true });
  writeFileSync(join(configFolder, 'gateways.json'), JSON.stringify(options.gateways));
  const script =
    options.slot.kind === 'pcsc'
      ? join(root, 'native-host/main.ts')
      : join(import.meta.dirname, 'development-host.ts');
  const environment = {
    HOME: options.home,
    XDG_CONFIG_HOME: join(options.home, '.config'),
    ...options.slot.env,
  };
  return process.platform === 'win32'
    ? writeWindowsLauncher(options.home, script, environment)
    : writeLauncher(options.home, script, environment);
}

function writeLauncher(home: string, script: string, environment: object): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${quote(value)}`);
  const command = [process.execPath, script].map(quote).join(' ');
  const launcher = join(home, 'kids-id-host');
  // NODE_EXTRA_CA_CERTS would cost 100 ms at each start; the list names the CA of each gateway.
  const lines = [
    '#!/bin/sh',
    `exec env -u NODE_EXTRA_CA_CERTS ${settings.join(' ')} ${command} "$@"`,
  ];
  writeFileSync(launcher, `${lines.join('\n')}\n`);
  chmodSync(launcher, 0o755);
  return launcher;
}

function writeWindowsLauncher(home: string, script: string, environment: object): string {
  const settings = Object.entries(environment).map(([name, value]) => `@set "${name}=${value}"`);
  const launcher = join(home, 'kids-id-host.cmd');
  const lines = [...settings, `@"${process.execPath}" "${script}" %*`];
  writeFileSync(launcher, `${lines.join('\r\n')}\r\n`);
  return launcher;
}
