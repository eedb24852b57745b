/** Steps that the scripts of several tests have in common, and the cards that were read with them. TEST ONLY. */
import { getApplet } from '../../../native-host/card/applets.ts';
import type { BelgianCard } from '../../../native-host/card/belgian-card.ts';
import type { ScriptStep } from './script-channel.ts';

/** The chip of every scripted card, in hexadecimal. */
export const CHIP_SERIAL = '534C4790000102030405060708090A0B';

export const SELECT_AID: ScriptStep = ['00A4040C0FA00000003029057000AD13100101FF', '9000'];
export const SELECT_KEYS: ScriptStep = ['00A4080C043F00DF00', '9000'];
export const SELECT_CERTIFICATE: ScriptStep = ['00A4080C063F00DF005038', '9000'];
export const CARD_DATA_18: ScriptStep = ['80E400011F', `${cardDataHex('18')}03FFFF9000`];
export const CARD_DATA_17: ScriptStep = ['80E400001C', `${cardDataHex('17')}9000`];
export const MSE_18: ScriptStep = ['002241B6050480028482', '9000'];
export const MSE_17: ScriptStep = ['002241B6050480208482', '9000'];
/** VERIFY without data. */
export const QUERY: ScriptStep = ['0020000100', '63C3'];
/** The PIN 1234. */
export const VERIFY: ScriptStep = ['0020000108241234FFFFFFFFFF', '9000'];
export const LOG_OFF: ScriptStep = ['80E60000', '9000'];

/** 28 bytes of card data, in hexadecimal; `version` is byte 21. */
export function cardDataHex(version: string, serial = CHIP_SERIAL): string {
  return `${serial}0000000000${version}00010000020F`;
}

/** A card as it was read; nothing of its certificate. */
export function scriptedCard(version: 0x17 | 0x18): BelgianCard {
  return {
    serial: Uint8Array.from(Buffer.from(CHIP_SERIAL, 'hex')),
    applet: getApplet(version),
    triesLeft: 3,
    unverifiedCertificate: new Uint8Array(0),
  };
}
