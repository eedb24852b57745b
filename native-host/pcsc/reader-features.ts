/** The list of features that a reader gives (PC/SC part 10 §2.2), parsed. What a feature does is not here. */
import { KidsIdError } from '../../gateway/protocol/errors.ts';

/** Tags of the features of a keypad. */
export const FEATURE = {
  verifyPinStart: 0x01,
  verifyPinFinish: 0x02,
  modifyPinStart: 0x03,
  modifyPinFinish: 0x04,
  verifyPinDirect: 0x06,
  modifyPinDirect: 0x07,
} as const;

/** Control codes by feature tag. */
export type ReaderFeatures = ReadonlyMap<number, number>;

const RECORD_BYTES = 6;
const CODE_BYTES = 4;

/**
 * Parses the answer to CM_IOCTL_GET_FEATURE_REQUEST: records of tag (1), length (1, always 4) and control code
 * (4, big-endian). Where a tag comes twice, its first code counts; the code 0 is none.
 * @throws {KidsIdError} CARD_ERROR for a length other than 4 and for a record that is cut off
 */
export function parseReaderFeatures(list: Uint8Array): ReaderFeatures {
  const features = new Map<number, number>();
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength);
  for (let offset = 0; offset < list.length; offset += RECORD_BYTES) {
    if (list.length - offset < RECORD_BYTES || view.getUint8(offset + 1) !== CODE_BYTES) {
      throw new KidsIdError('CARD_ERROR', 'list of reader features is malformed');
    }
    const tag = view.getUint8(offset);
    const code = view.getUint32(offset + 2);
    if (code !== 0 && !features.has(tag)) features.set(tag, code);
  }
  return features;
}
