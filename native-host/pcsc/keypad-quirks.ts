/** Readers whose keypads are other than PC/SC part 10 says, one row each. Other readers are not asked for anything. */
import { attributes } from 'pcsc-mini';
import type { CardCalls } from './card-calls.ts';
import { FORMAT_STRING, FORMAT_STRING_WITHOUT_POSITION } from './pin-structures.ts';

/** How the keypad of one reader is used. */
export interface KeypadUse {
  /** bmFormatString of the structures for it. */
  readonly formatString: number;
}

/** What is needed of a connected card. */
export interface AttributePort {
  readonly card: { attributeGet(id: number): Promise<Uint8Array> };
  readonly calls: CardCalls;
}

interface Quirk {
  /** Part of the reader's name. */
  readonly name: RegExp;
  /** Firmware versions that have it, major × 256 + minor; every version when absent. */
  readonly firmwareBelow?: number;
  /** `undefined`: the keypad is not used, and the PIN is typed on the computer. */
  readonly use: KeypadUse | undefined;
}

const ORDINARY: KeypadUse = { formatString: FORMAT_STRING };

const QUIRKS: readonly Quirk[] = [
  {
    // Takes the position in front of the digits for granted.
    name: /SPRx32|SPR ?532/,
    firmwareBelow: 0x0506,
    use: { formatString: FORMAT_STRING_WITHOUT_POSITION },
  },
  {
    // Sends a VERIFY without data of its own accord, and takes no more than 8 digits of a PIN that may have 12.
    name: /GemPC Pinpad/i,
    use: undefined,
  },
];

const ATTRIBUTE_TIMEOUT_MS = 2_000;

/**
 * How the keypad of the reader of that name is used, `undefined` when it is not. A firmware version that the
 * reader does not tell is taken for a new one. Never throws.
 */
export async function findKeypadUse(
  port: AttributePort,
  readerName: string,
): Promise<KeypadUse | undefined> {
  const quirk = QUIRKS.find(({ name }) => name.test(readerName));
  if (!quirk) return ORDINARY;
  if (quirk.firmwareBelow === undefined) return quirk.use;
  const firmware = await findFirmware(port);
  const isOld = firmware !== undefined && firmware < quirk.firmwareBelow;
  return isOld ? quirk.use : ORDINARY;
}

/** SCARD_ATTR_VENDOR_IFD_VERSION is build (2), minor (1), major (1), as a little-endian number; 0 says nothing. */
async function findFirmware({ card, calls }: AttributePort): Promise<number | undefined> {
  try {
    const version = await calls.run(() => card.attributeGet(attributes.ids.VENDOR_IFD_VERSION), {
      timeoutMs: ATTRIBUTE_TIMEOUT_MS,
      code: 'CARD_ERROR',
    });
    const [, , minor, major] = version;
    if (version.length !== 4 || minor === undefined || major === undefined) return undefined;
    return major * 256 + minor || undefined;
  } catch {
    return undefined;
  }
}
