/**
 * The three generations of the Belgian applet, one row each: all in which they differ (card facts §1 and §2). What
 * they have in common is in the commands and files beside this. TEST ONLY.
 */
import type { KeyObject } from 'node:crypto';
import { checkP384PrivateKey, signDigest } from './ecdsa.ts';
import { checkRsaPrivateKey, signDigestInfo, signPkcs1, signPss } from './rsa.ts';
import { ALGORITHM_UNKNOWN, CONDITIONS_NOT_SATISFIED, WRONG_DATA } from './status-words.ts';

/** 1.8 since 2020; 1.7 and 1.1 look alike from outside. */
export type AppletVersion = '1.1' | '1.7' | '1.8';

/** What an algorithm reference of MSE stands for. */
export interface SigningRule {
  /** Lengths of data that COMPUTE DIGITAL SIGNATURE takes, bytes. */
  readonly lengths: readonly number[];
  readonly sign: (key: KeyObject, data: Uint8Array) => Uint8Array;
}

export interface Applet {
  readonly version: AppletVersion;
  /** Answer to reset (§1.1). That of 1.1 and 1.7 is one and the same. */
  readonly atr: Uint8Array;
  /** Bytes 16 to 27 of GET CARD DATA (§1.3). */
  readonly cardDataTail: Uint8Array;
  /** Key references 82 and 83. @throws TypeError for a key of another kind or size */
  readonly checkKey: (key: KeyObject) => void;
  /** By algorithm reference (§1.6). */
  readonly algorithms: ReadonlyMap<number, SigningRule>;
  readonly algorithmUnknownStatus: number;
  /** The keys are known in DF(BELPIC) only: middleware that does not select it first is caught. */
  readonly keysNeedDirectory: boolean;
  /** Commands that may stand between VERIFY and a signature of key 83 (§1.6). */
  readonly signatureDelay: number;
  /** VERIFY without data is a wrong try, not a question (§1.5). */
  readonly questionCounts: boolean;
  /** SELECT of a certificate that waits for activation (§1.2). */
  readonly notActivatedStatus: 0x6283 | 0x6985;
  /** Extended card data, READ RECORD, INTERNAL AUTHENTICATE and EF(4040): of 1.8 only. */
  readonly hasBasicKey: boolean;
  /** GET CHALLENGE: of 1.1 only (§1.5). */
  readonly hasChallenge: boolean;
  /** Sizes of EF(PrKDF)'s private keys, bits, and whether its records are those of EC keys (§2.1). */
  readonly keyBits: 384 | 1024 | 2048;
  readonly isElliptic: boolean;
  /** Last four bytes of EF(TokenInfo): graphical, electrical, interface version, RFU (§2.1). */
  readonly tokenVersions: Uint8Array;
  /** Zeros after the holder's certificates, and after those of the authorities (§2). */
  readonly certificatePaddingBytes: number;
  readonly authorityPaddingBytes: number;
  /** Size of the zeros in place of a certificate (§2.1). */
  readonly absentCertificateBytes: number;
  readonly addressFileBytes: number;
  /**
   * Size of EF(SGN#RN) and EF(SGN#Address); a shorter signature is followed by zeros. The address signature covers
   * the identity signature in this form (§3.6).
   */
  readonly signatureFileBytes: number;
}

const OLD_ATR = hex('3B9813400AA503010101AD1311');

const RSA_CARD = {
  atr: OLD_ATR,
  signatureDelay: 0,
  notActivatedStatus: 0x6283,
  hasBasicKey: false,
  isElliptic: false,
  certificatePaddingBytes: 50,
  authorityPaddingBytes: 0,
  absentCertificateBytes: 1300,
  addressFileBytes: 117,
} as const;

const APPLET_1_1: Applet = {
  ...RSA_CARD,
  version: '1.1',
  cardDataTail: hex('A5030101011100020001010F'),
  checkKey: (key) => checkRsaPrivateKey(key, 1024),
  algorithms: new Map([
    [0x01, { lengths: upTo(117), sign: signPkcs1 }],
    [0x02, digestInfo('sha1', 20)],
    [0x04, digestInfo('md5', 16)],
  ]),
  algorithmUnknownStatus: ALGORITHM_UNKNOWN,
  keysNeedDirectory: false,
  questionCounts: true,
  hasChallenge: true,
  keyBits: 1024,
  tokenVersions: hex('03020000'),
  signatureFileBytes: 128,
};

const APPLET_1_7: Applet = {
  ...RSA_CARD,
  version: '1.7',
  cardDataTail: hex('F3360122011700030021010F'),
  checkKey: (key) => checkRsaPrivateKey(key, 2048),
  algorithms: new Map([
    [0x01, { lengths: upTo(245), sign: signPkcs1 }],
    [0x02, digestInfo('sha1', 20)],
    [0x04, digestInfo('md5', 16)],
    [0x08, digestInfo('sha256', 32)],
    [0x10, probabilistic('sha1', 20)],
    [0x20, probabilistic('sha256', 32)],
  ]),
  algorithmUnknownStatus: WRONG_DATA,
  keysNeedDirectory: true,
  questionCounts: false,
  hasChallenge: false,
  keyBits: 2048,
  tokenVersions: hex('04040200'),
  signatureFileBytes: 256,
};

const APPLET_1_8: Applet = {
  version: '1.8',
  atr: hex('3B7F96000080318065B085040120120FFF829000'),
  // No source gives the first five (component, operating system, softmask): they are those of 1.7.
  cardDataTail: hex('F3360122011800010000020F'),
  checkKey: checkP384PrivateKey,
  algorithms: new Map([
    [0x01, elliptic(32)],
    [0x02, elliptic(48)],
    [0x04, elliptic(64)],
    [0x08, elliptic(32)],
    [0x10, elliptic(48)],
    [0x20, elliptic(64)],
    [0x40, elliptic(20, 28, 32, 48, 64)],
  ]),
  algorithmUnknownStatus: WRONG_DATA,
  keysNeedDirectory: true,
  signatureDelay: 1,
  questionCounts: false,
  notActivatedStatus: CONDITIONS_NOT_SATISFIED,
  hasBasicKey: true,
  hasChallenge: false,
  keyBits: 384,
  isElliptic: true,
  tokenVersions: hex('04040240'),
  certificatePaddingBytes: 1100,
  authorityPaddingBytes: 1100,
  absentCertificateBytes: 2500,
  addressFileBytes: 121,
  signatureFileBytes: 104,
};

/** Every applet, the oldest first. */
export const APPLETS: readonly Applet[] = [APPLET_1_1, APPLET_1_7, APPLET_1_8];

/** The row of a version. */
export function getApplet(version: AppletVersion): Applet {
  const applet = APPLETS.find((row) => row.version === version);
  if (applet === undefined) throw new RangeError('no such applet');
  return applet;
}

function upTo(bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => index + 1);
}

function digestInfo(hash: 'md5' | 'sha1' | 'sha256', bytes: number): SigningRule {
  return { lengths: [bytes], sign: (key, data) => signDigestInfo(key, hash, data) };
}

function probabilistic(hash: 'sha1' | 'sha256', bytes: number): SigningRule {
  return { lengths: [bytes], sign: (key, data) => signPss(key, hash, data) };
}

function elliptic(...lengths: number[]): SigningRule {
  return { lengths, sign: signDigest };
}

function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}
