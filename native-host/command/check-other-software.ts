/**
 * Other software that signs any digest with the card's authentication key, and whether the host's log is on. Nobody
 * defends against such software once the PIN is known to it (SECURITY.md): it is named, and no more.
 */
import { BROWSERS, hideHome, listManifestPaths } from './check-browsers.ts';
import type { Finding, Step } from './finding.ts';
import type { Machine } from './machine.ts';

const BEIDCONNECT = 'be.bosa.beidconnect';

interface Library {
  readonly name: string;
  readonly linux: readonly string[];
  readonly darwin: readonly string[];
  readonly win32: readonly string[];
}

const LINUX_LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
  '/usr/local/lib64',
];

/** PKCS#11 libraries by their installers' usual places. */
const LIBRARIES: readonly Library[] = [
  {
    name: "Fedict's Belgian eID middleware (PKCS#11)",
    linux: LINUX_LIBRARY_FOLDERS.map((folder) => `${folder}/libbeidpkcs11.so.0`),
    darwin: [
      '/Library/Belgium Identity Card/Pkcs11/libbeidpkcs11.dylib',
      '/Library/Belgium Identity Card/Pkcs11/beid-pkcs11.bundle/Contents/MacOS/libbeidpkcs11.dylib',
    ],
    win32: ['C:\\Windows\\System32\\beidpkcs11.dll', 'C:\\Windows\\SysWOW64\\beidpkcs11.dll'],
  },
  {
    name: 'OpenSC (PKCS#11)',
    linux: LINUX_LIBRARY_FOLDERS.flatMap((folder) => [
      `${folder}/opensc-pkcs11.so`,
      `${folder}/pkcs11/opensc-pkcs11.so`,
    ]),
    darwin: ['/Library/OpenSC/lib/opensc-pkcs11.so', '/usr/local/lib/opensc-pkcs11.so'],
    win32: [
      'C:\\Program Files\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll',
      'C:\\Program Files (x86)\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll',
    ],
  },
];

/** Looks for it by well-known places, then for the log. */
export async function* checkOtherSoftware(machine: Machine): AsyncGenerator<Step> {
  yield {
    check: 'other-software',
    title: 'Looking for other software that signs with the card',
    run: () => findOtherSoftware(machine),
  };
  yield {
    check: 'log',
    title: 'Looking for the log',
    run: () => findLog(machine),
  };
}

async function findOtherSoftware(machine: Machine): Promise<readonly Finding[]> {
  const names: string[] = [];
  if (await hasBeIdConnect(machine)) names.push('BeIDConnect');
  for (const library of LIBRARIES) {
    if (await isAnyThere(pathsOf(library, machine.platform), machine)) names.push(library.name);
  }
  if (names.length === 0) {
    const says = 'No other software that signs with the card was found in its usual place.';
    return [{ check: 'other-software', state: 'ok', says, details: {} }];
  }
  return names.map((name) => ({
    check: 'other-software',
    state: 'notice',
    says: `${name} is installed: with the PIN, it can have the card sign anything.`,
    details: { name },
  }));
}

async function hasBeIdConnect(machine: Machine): Promise<boolean> {
  for (const browser of BROWSERS) {
    const paths = await listManifestPaths(browser, BEIDCONNECT, machine);
    if (await isAnyThere(paths, machine)) return true;
  }
  return false;
}

function pathsOf(library: Library, platform: NodeJS.Platform): readonly string[] {
  if (platform === 'darwin' || platform === 'win32') return library[platform];
  return library.linux;
}

async function isAnyThere(paths: readonly string[], machine: Machine): Promise<boolean> {
  for (const path of paths) if ((await machine.findFile(path)) !== 'absent') return true;
  return false;
}

async function findLog(machine: Machine): Promise<readonly Finding[]> {
  const path = hideHome(machine.logPath, machine.home);
  if ((await machine.findFile(machine.logPath)) === 'absent') {
    return [{ check: 'log', state: 'ok', says: 'The log is off.', details: { path: null } }];
  }
  const says = `The log is on: ${path}. To remove it: kids-id-host log off`;
  return [{ check: 'log', state: 'notice', says, details: { path } }];
}
