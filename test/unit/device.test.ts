/** Phones and tablets, told from computers by what browsers say of themselves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeviceHints, type DeviceKind, findDeviceKind } from '../../gateway/page/device.ts';

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0';
const SAFARI = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15';

function hints(changes: Partial<DeviceHints>): DeviceHints {
  return { userAgent: '', platform: '', maxTouchPoints: 0, ...changes };
}

const DEVICES: readonly (readonly [string, DeviceKind, DeviceHints, { finePointer: boolean }])[] = [
  [
    'Chrome on an Android phone (User-Agent Client Hints, Sec-CH-UA-Mobile)',
    'handheld',
    hints({ userAgentData: { mobile: true, platform: 'Android' }, maxTouchPoints: 5 }),
    { finePointer: false },
  ],
  [
    'Chrome on an Android tablet, which is not "mobile"',
    'handheld',
    hints({ userAgentData: { mobile: false, platform: 'Android' }, maxTouchPoints: 5 }),
    { finePointer: false },
  ],
  [
    'Firefox for Android',
    'handheld',
    hints({
      userAgent: 'Mozilla/5.0 (Android 15; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0',
      platform: 'Linux aarch64',
      maxTouchPoints: 5,
    }),
    { finePointer: false },
  ],
  [
    'Safari on an iPhone',
    'handheld',
    hints({
      userAgent: `Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) ${SAFARI}`,
      platform: 'iPhone',
      maxTouchPoints: 5,
    }),
    { finePointer: false },
  ],
  [
    'Safari on an iPad, which says that it is a Mac',
    'handheld',
    hints({
      userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI}`,
      platform: 'MacIntel',
      maxTouchPoints: 5,
    }),
    { finePointer: true },
  ],
  [
    'Chrome on an Android tablet that asks for desktop sites',
    'perhaps-handheld',
    hints({
      userAgent: `Mozilla/5.0 (X11; Linux x86_64) ${CHROME}`,
      userAgentData: { mobile: false, platform: 'Linux' },
      platform: 'Linux armv81',
      maxTouchPoints: 5,
    }),
    { finePointer: false },
  ],
  [
    'a Mac',
    'computer',
    hints({
      userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI}`,
      platform: 'MacIntel',
    }),
    { finePointer: true },
  ],
  [
    'a Windows tablet, which has a socket for a reader',
    'computer',
    hints({
      userAgentData: { mobile: false, platform: 'Windows' },
      platform: 'Win32',
      maxTouchPoints: 10,
    }),
    { finePointer: false },
  ],
  [
    'a Linux kiosk with a touch screen',
    'computer',
    hints({
      userAgentData: { mobile: false, platform: 'Linux' },
      platform: 'Linux x86_64',
      maxTouchPoints: 10,
    }),
    { finePointer: false },
  ],
  [
    'a Raspberry Pi with a mouse',
    'computer',
    hints({
      userAgent: 'Mozilla/5.0 (X11; Linux aarch64; rv:150.0) Gecko/20100101 Firefox/150.0',
      platform: 'Linux aarch64',
    }),
    { finePointer: true },
  ],
];

for (const [name, kind, device, { finePointer }] of DEVICES) {
  test(`${name}: ${kind}`, () => {
    assert.equal(findDeviceKind(device, finePointer), kind);
  });
}
