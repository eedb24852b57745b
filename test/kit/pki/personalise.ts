/**
 * Makes the data of one card for a synthetic person: keys, certificates, identity and address with the National
 * Register's signatures (card facts §3). TEST ONLY.
 */
import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { getApplet } from '../card/applets.ts';
import type { CardContents } from '../card/card-contents.ts';
import { type CardApplet, nationalNumberOf, PERSONS, type Person } from '../persons.ts';
import { createEcKey } from './authorities.ts';
import { issueCardCertificate } from './card-certificate.ts';
import { type CardForgery, type CardIssuer, findCardIssuer } from './card-issuer.ts';
import { createHolderKeys, type HolderKeys } from './holder-keys.ts';
import { encodeAddressFile, encodeIdentityFile } from './identity-file.ts';
import { createPortrait } from './portrait.ts';
import type { TestPki } from './test-pki.ts';

const PORTRAITS = 30;

/**
 * Makes the contents of a fresh card, with certificates of its own. The certificates are entered in the
 * PKI's register, so that its OCSP responder knows them.
 * @param options `applet`: of the card, the person's own by default; with `forgery` one thing is wrong; `keys`: of
 *   the holder, for that applet, fresh ones by default
 */
export async function personalise(options: {
  person: Person;
  pki: TestPki;
  now: Date;
  applet?: CardApplet;
  forgery?: CardForgery;
  keys?: HolderKeys;
}): Promise<CardContents> {
  const { person, pki, now, forgery } = options;
  const applet = options.applet ?? person.applet ?? '1.8';
  const issuer = findCardIssuer({ person, pki, now, applet, forgery });
  const { authentication, signature } = options.keys ?? createHolderKeys(person, applet);
  const issue = (key: KeyObject | undefined, use: 'Authentication' | 'Signature') =>
    key && issueCardCertificate({ person, pki, now, issuer, key, use });
  return {
    applet,
    pin: person.pin,
    authenticationKey: authentication,
    signatureKey: signature,
    authenticationCertificate: issue(authentication, 'Authentication'),
    signatureCertificate: issue(signature, 'Signature'),
    citizenCaCertificate: issuer.authority.certificate,
    rootCertificate: issuer.root.certificate,
    nationalRegisterCertificate: issuer.register.certificate,
    ...createIdentity({ person, now, applet, issuer, forgery }),
  };
}

type Identity = Pick<
  CardContents,
  | 'chipSerial'
  | 'basicKey'
  | 'identity'
  | 'identitySignature'
  | 'address'
  | 'addressSignature'
  | 'photo'
>;

function createIdentity(options: {
  person: Person;
  now: Date;
  applet: CardApplet;
  issuer: CardIssuer;
  forgery: CardForgery | undefined;
}): Identity {
  const { person, now, applet, issuer, forgery } = options;
  const basicKey = applet === '1.8' ? createEcKey('P-384') : undefined;
  const shade = (PERSONS.indexOf(person) + 1) % PORTRAITS;
  const photo = createPortrait(shade);
  const chipSerial = createChipSerial(applet);
  const identity = encodeIdentityFile({
    person,
    now,
    applet,
    chipSerial,
    nationalNumber: nationalNumberOf(forgery === 'other-number' ? otherThan(person) : person, now),
    photo: forgery === 'photo-hash' ? createPortrait(PORTRAITS) : photo,
    basicKey: basicKey && createPublicKey(basicKey).export({ type: 'spki', format: 'der' }),
  });
  const other = Uint8Array.of(...identity, 0);
  const identitySignature = issuer.signFile(forgery === 'other-data' ? other : identity);
  const address = encodeAddressFile(applet);
  const stored = Buffer.alloc(getApplet(applet).signatureFileBytes);
  stored.set(identitySignature);
  return {
    chipSerial,
    basicKey,
    identity,
    identitySignature,
    address,
    // The address is bound to the identity by the signature file as it is stored (card facts §3.6)
    addressSignature: issuer.signFile(Buffer.concat([address, stored])),
    photo,
  };
}

/** GET CARD DATA (card facts §1.3): "SL", the manufacturer, 12 bytes of its own. */
function createChipSerial(applet: CardApplet): Uint8Array {
  const manufacturer = applet === '1.8' ? [0x47, 0x90] : [0x49, 0x4e];
  return Uint8Array.of(0x53, 0x4c, ...manufacturer, ...randomBytes(12));
}

/** With another birth date, and so another number. */
function otherThan(person: Person): Person {
  return { ...person, born: { yearsAgo: 50, movedDays: -1 } };
}
