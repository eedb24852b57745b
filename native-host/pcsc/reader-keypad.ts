/**
 * A reader's own keypad over PC/SC part 10: asks the reader for its features and lets it collect a PIN. Answers are
 * passed on as they come, the reader's own 64xx and 6B80 included; what they mean is the card model's.
 */
import { controlCode } from 'pcsc-mini';
import type { Language } from '../../gateway/protocol/fields.ts';
import type { ReaderKeypad } from '../card/readers.ts';
import { withHeldBytes } from './held-bytes.ts';
import { type AttributePort, findKeypadUse } from './keypad-quirks.ts';
import { wrapPcscError } from './pcsc-errors.ts';
import {
  encodePinModifyStructure,
  encodePinVerifyStructure,
  type PinStructureOptions,
} from './pin-structures.ts';
import { FEATURE, parseReaderFeatures, type ReaderFeatures } from './reader-features.ts';

/** What is needed of a connected card. */
export interface KeypadPort extends AttributePort {
  readonly card: AttributePort['card'] & {
    control(code: number, command?: Uint8Array): Promise<Uint8Array>;
  };
}

/** CM_IOCTL_GET_FEATURE_REQUEST; the number differs between operating systems. */
const GET_FEATURE_REQUEST = controlCode(3400);
const FEATURES_TIMEOUT_MS = 2_000;
/** Above the 30 s that the reader waits for each key, and the 90 s that its driver waits for the reader. */
export const VERIFY_TIMEOUT_MS = 100_000;
/** Three PINs are typed. */
export const MODIFY_TIMEOUT_MS = 3 * VERIFY_TIMEOUT_MS;

/** One command through the keypad: at once, or started and then finished. */
type KeypadCall = (structure: Uint8Array, timeoutMs: number) => Promise<Uint8Array>;

/**
 * Asks the reader for its keypad; `undefined` when it has none, says nothing intelligible, or is not to be used.
 * Called inside a transaction, so that no other program is in the way. Never throws.
 */
export async function findReaderKeypad(
  port: KeypadPort,
  readerName: string,
): Promise<ReaderKeypad | undefined> {
  const features = await findFeatures(port);
  const verify = features && findCall(port, features, VERIFY_CODES);
  if (!verify) return undefined;
  const use = await findKeypadUse(port, readerName);
  if (!use) return undefined;
  const modify = findCall(port, features, MODIFY_CODES);
  const structureOf = (command: Uint8Array, language: Language): PinStructureOptions => ({
    command,
    language,
    ...use,
  });
  return {
    async verifyPin(command, language) {
      const structure = encodePinVerifyStructure(structureOf(command, language));
      return verify(structure, VERIFY_TIMEOUT_MS);
    },
    changePin:
      modify &&
      (async (command, language) => {
        const structure = encodePinModifyStructure(structureOf(command, language));
        return modify(structure, MODIFY_TIMEOUT_MS);
      }),
  };
}

const VERIFY_CODES = {
  direct: FEATURE.verifyPinDirect,
  start: FEATURE.verifyPinStart,
  finish: FEATURE.verifyPinFinish,
};
const MODIFY_CODES = {
  direct: FEATURE.modifyPinDirect,
  start: FEATURE.modifyPinStart,
  finish: FEATURE.modifyPinFinish,
};

/** A reader without features answers with a failure, some with an empty list. */
async function findFeatures({ card, calls }: KeypadPort): Promise<ReaderFeatures | undefined> {
  try {
    const list = await calls.run(() => card.control(GET_FEATURE_REQUEST), {
      timeoutMs: FEATURES_TIMEOUT_MS,
      code: 'CARD_ERROR',
    });
    return parseReaderFeatures(list);
  } catch {
    return undefined;
  }
}

function findCall(
  port: KeypadPort,
  features: ReaderFeatures,
  tags: typeof VERIFY_CODES | typeof MODIFY_CODES,
): KeypadCall | undefined {
  const [direct, start, finish] = [tags.direct, tags.start, tags.finish].map((tag) =>
    features.get(tag),
  );
  if (direct !== undefined) {
    return (structure, timeoutMs) => control(port, { code: direct, structure, timeoutMs });
  }
  if (start === undefined || finish === undefined) return undefined;
  return async (structure, timeoutMs) => {
    await control(port, { code: start, structure, timeoutMs });
    return control(port, { code: finish, structure: undefined, timeoutMs });
  };
}

async function control(
  { card, calls }: KeypadPort,
  call: { code: number; structure: Uint8Array | undefined; timeoutMs: number },
): Promise<Uint8Array> {
  const { code, structure, timeoutMs } = call;
  try {
    const send = () =>
      structure ? withHeldBytes(structure, (held) => card.control(code, held)) : card.control(code);
    return await calls.run(send, { timeoutMs, code: 'CARD_ERROR' });
  } catch (error) {
    throw wrapPcscError(error);
  }
}
