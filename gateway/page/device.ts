/** Whether this is a computer: phones and tablets have no native host, whatever is installed on them. */

/** The part of `navigator` that is looked at. `userAgentData` is Chromium's alone (User-Agent Client Hints). */
export interface DeviceHints {
  readonly userAgent: string;
  readonly platform: string;
  readonly maxTouchPoints: number;
  readonly userAgentData?: { readonly mobile: boolean; readonly platform: string };
}

/**
 * `handheld`: the browser says so, or is one that runs on nothing else. `perhaps-handheld`: it looks like a
 * tablet that asks for desktop sites; so does a kiosk with a touch screen, so whoever has the extension
 * is believed.
 */
export type DeviceKind = 'computer' | 'perhaps-handheld' | 'handheld';

/** Tells phones and tablets from computers. `hasFinePointer`: a mouse or a pen is there. */
export function findDeviceKind(hints: DeviceHints, hasFinePointer: boolean): DeviceKind {
  const { userAgent, platform, maxTouchPoints, userAgentData } = hints;
  if (userAgentData?.mobile || userAgentData?.platform === 'Android') return 'handheld';
  if (/\b(?:Android|iPhone|iPad|iPod)\b/.test(`${userAgent} ${platform}`)) return 'handheld';
  // iPadOS says that it is a Mac; no Mac has a touch screen.
  if (platform === 'MacIntel' && maxTouchPoints > 1) return 'handheld';
  const isAndroidLike = /^Linux (?:arm|aarch64)/.test(platform);
  if (isAndroidLike && maxTouchPoints > 0 && !hasFinePointer) return 'perhaps-handheld';
  return 'computer';
}
