/**
 * The private keys of a card's holder: fresh ones, or those that a folder keeps, so that the card of a person stays the
 * same card however often it is made. TEST ONLY.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CardApplet, isAdult, type Person } from '../persons.ts';
import { createEcKey, createRsaKey } from './authorities.ts';

/** Of a card without certificates none; of a minor's card the first only. */
export interface HolderKeys {
  readonly authentication: KeyObject | undefined;
  readonly signature: KeyObject | undefined;
}

/** Fresh keys, of the kind that the applet has. */
export function createHolderKeys(person: Person, applet: CardApplet): HolderKeys {
  if (person.certificate === 'none') return { authentication: undefined, signature: undefined };
  return {
    authentication: createHolderKey(applet),
    signature: isAdult(person) ? createHolderKey(applet) : undefined,
  };
}

/**
 * The keys that `dir` keeps for the person's card with this applet; made, and kept, when it has none.
 * @param options.isRenewed The person has a new card: what the folder keeps of the old one is gone.
 */
export function openHolderKeys(options: {
  dir: string;
  person: Person;
  applet: CardApplet;
  isRenewed?: boolean;
}): HolderKeys {
  const { dir, person, applet, isRenewed = false } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, `${person.name}-${applet}.json`);
  if (isRenewed) rmSync(file, { force: true });
  return readKeys(file) ?? keepKeys(file, createHolderKeys(person, applet));
}

function readKeys(file: string): HolderKeys | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { authentication, signature } = JSON.parse(text) as Record<string, string | undefined>;
  return {
    authentication: authentication ? createPrivateKey(authentication) : undefined,
    signature: signature ? createPrivateKey(signature) : undefined,
  };
}

function keepKeys(file: string, keys: HolderKeys): HolderKeys {
  const encode = (key: KeyObject | undefined) => key?.export({ type: 'pkcs8', format: 'pem' });
  const { authentication, signature } = keys;
  const kept = { authentication: encode(authentication), signature: encode(signature) };
  writeFileSync(file, JSON.stringify(kept), { mode: 0o600 });
  return keys;
}

function createHolderKey(applet: CardApplet): KeyObject {
  if (applet === '1.8') return createEcKey('P-384');
  return createRsaKey(applet === '1.7' ? 2048 : 1024);
}
