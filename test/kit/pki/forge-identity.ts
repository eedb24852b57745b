/**
 * The signed files of a synthetic card with something wrong in them: the right ones, with changes
 * made before the National Register signs. TEST ONLY.
 */
import { createHash, type KeyObject, sign } from 'node:crypto';
import { type CardApplet, nationalNumberOf, type Person } from '../persons.ts';
import { type CardFieldContent, encodeAddressFile, encodeIdentityFile } from './identity-file.ts';

/** The files as a card stores them. */
export interface ForgedIdentity {
  readonly identity: Uint8Array;
  readonly identitySignature: Uint8Array;
  readonly address: { readonly file: Uint8Array; readonly signature: Uint8Array };
  readonly photo: Uint8Array;
  readonly basicKey: Uint8Array;
}

/** Bytes that stand for a photo: only their hash matters here. */
const PHOTO = Buffer.from('TEST ONLY photo');
const BASIC_KEY = Buffer.from('TEST ONLY basic key');

/** Makes the files of a person's card, signed with `key`, which need not be the Register's. */
export function forgeIdentity(options: {
  person: Person;
  now: Date;
  key: KeyObject;
  /** SHA-384 when absent. */
  hash?: 'sha1' | 'sha256' | 'sha384';
  /** Size of the signature files; 104, as on applet 1.8, when absent. */
  signatureFileBytes?: number;
  applet?: CardApplet;
  /** Fields of the identity file by tag; `undefined` leaves one out. */
  changed?: ReadonlyMap<number, CardFieldContent | undefined>;
  /** Instead of the address file that the person has. */
  address?: Uint8Array;
  /** Instead of the identity file, whole. */
  identity?: Uint8Array;
}): ForgedIdentity {
  const { person, now, applet = '1.8' } = options;
  const signFile = (content: Uint8Array): Uint8Array => {
    const signature = sign(options.hash ?? 'sha384', content, options.key);
    const stored = new Uint8Array(Math.max(options.signatureFileBytes ?? 104, signature.length));
    stored.set(signature);
    return stored;
  };
  const identity =
    options.identity ??
    encodeIdentityFile({
      person,
      now,
      applet,
      nationalNumber: nationalNumberOf(person, now),
      chipSerial: createHash('md5').update(person.name).digest(),
      photo: PHOTO,
      basicKey: applet === '1.8' ? BASIC_KEY : undefined,
      changed: options.changed,
    });
  const identitySignature = signFile(identity);
  const file = options.address ?? encodeAddressFile(applet);
  const unpadded = file.subarray(0, file.findLastIndex((byte) => byte !== 0) + 1);
  const signature = signFile(Buffer.concat([unpadded, identitySignature]));
  return {
    identity,
    identitySignature,
    address: { file, signature },
    photo: PHOTO,
    basicKey: BASIC_KEY,
  };
}
