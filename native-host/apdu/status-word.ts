/**
 * Status words: what the last two bytes of an answer say, decided once (ISO/IEC 7816-4 §5.6 and the
 * applet's own tables). What a caller does about it is not here.
 */

/** Everything that a Belgian card says to the commands of a login. */
export type StatusWord =
  | { readonly kind: 'ok' }
  /** 61 xx: `length` bytes (1 to 256) wait for GET RESPONSE. */
  | { readonly kind: 'moreData'; readonly length: number }
  /** 6C xx: nothing was done; repeat with this Le (1 to 256). */
  | { readonly kind: 'wrongLength'; readonly length: number }
  /** 63 Cx, x at least 1. */
  | { readonly kind: 'pinWrong'; readonly triesLeft: number }
  /** 63 C0 or 69 83: cards differ on the try that exhausts the counter. */
  | { readonly kind: 'pinBlocked' }
  /** 6A 82. */
  | { readonly kind: 'notFound' }
  /** 6B 00: an offset outside the file, or P1 and P2 that the applet does not know. */
  | { readonly kind: 'wrongParameters' }
  /** 62 83 (applet 1.7) or 69 85 (1.8): file or key not activated; for a signature also: no environment set. */
  | { readonly kind: 'notActivated' }
  | { readonly kind: 'error'; readonly sw: number };

/**
 * Classifies a status word.
 * @param sw SW1 and SW2 as one number, SW1 high.
 */
export function classifyStatus(sw: number): StatusWord {
  const low = sw & 0xff;
  switch (sw >> 8) {
    case 0x61:
      return { kind: 'moreData', length: low === 0 ? 256 : low };
    case 0x6c:
      return { kind: 'wrongLength', length: low === 0 ? 256 : low };
  }
  if (sw > 0x63c0 && sw <= 0x63cf) return { kind: 'pinWrong', triesLeft: low & 0x0f };
  switch (sw) {
    case 0x9000:
      return { kind: 'ok' };
    case 0x63c0:
    case 0x6983:
      return { kind: 'pinBlocked' };
    case 0x6a82:
      return { kind: 'notFound' };
    case 0x6b00:
      return { kind: 'wrongParameters' };
    case 0x6283:
    case 0x6985:
      return { kind: 'notActivated' };
    default:
      return { kind: 'error', sw };
  }
}
