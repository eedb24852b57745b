/**
 * The Debian packages that the real card reader and the real browser need. As root with apt they are
 * installed, after they have been named; elsewhere what is missing is said. TEST ONLY.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A package, and the file by which its presence is known. */
interface SystemPackage {
  readonly name: string;
  readonly file: string;
  readonly use: string;
}

export const START_PACKAGES: readonly SystemPackage[] = [
  { name: 'chromium', file: '/usr/bin/chromium', use: 'the browser' },
  { name: 'iproute2', file: '/sbin/ip', use: 'the virtual reader on a network of its own' },
  { name: 'libnss3-tools', file: '/usr/bin/certutil', use: 'the test CA in a throw-away profile' },
  { name: 'pcscd', file: '/usr/sbin/pcscd', use: 'the smart card service' },
  {
    name: 'vsmartcard-vpcd',
    file: '/usr/lib/pcsc/drivers/serial/libifdvpcd.so',
    use: 'the virtual card reader',
  },
];

export const TEST_PACKAGES: readonly SystemPackage[] = [
  ...START_PACKAGES,
  { name: 'apache2-bin', file: '/usr/sbin/apache2', use: 'a relying party that is not JavaScript' },
  {
    name: 'libapache2-mod-auth-openidc',
    file: '/usr/lib/apache2/modules/mod_auth_openidc.so',
    use: 'OpenID Connect for that relying party',
  },
  { name: 'opensc', file: '/usr/bin/pkcs15-tool', use: 'judge of the virtual card' },
  { name: 'openssl', file: '/usr/bin/openssl', use: 'judge of certificates and OCSP' },
];

/** The packages of a list that this machine lacks. */
export function findMissing(packages: readonly SystemPackage[]): readonly SystemPackage[] {
  return packages.filter(({ file }) => !existsSync(file));
}

/** Whether this process may install Debian packages. */
export function canInstall(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/**
 * Installs packages with apt, saying which first. Returns what is still missing afterwards.
 * @param say Where progress goes, a line at a time.
 */
export function installPackages(
  packages: readonly SystemPackage[],
  say: (line: string) => void,
): readonly SystemPackage[] {
  const missing = findMissing(packages);
  if (missing.length === 0 || !canInstall()) return missing;
  say('These Debian packages are missing and will be installed with apt (about 400 MB):');
  for (const { name, use } of missing) say(`  ${name} (${use})`);
  const names = missing.map(({ name }) => name);
  const apt = (...args: string[]) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  if (!apt('update', '-qq')) say('apt-get update failed; trying with the lists at hand.');
  apt('install', '-y', '-qq', '--no-install-recommends', ...names);
  return findMissing(packages);
}
