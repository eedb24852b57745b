/** The extension's manifest (Manifest V3), made for a list of gateways: no other site is touched. */
import { EXTENSION_KEY } from './extension-key.ts';

/** The extension's version, also told to pages and kept equal to the package's. */
export const EXTENSION_VERSION = '0.1.0';

/** Sizes of the icon, in pixels. */
export const ICON_SIZES = [16, 32, 48, 128] as const;

/** Chromium 120: ports and messages keep a service worker awake, and Baseline 2023 is there. */
const MINIMUM_CHROME_VERSION = '120';

/** Our own files only; no markup from strings (Trusted Types). Pictures of sites are data URLs. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/**
 * Makes the manifest.
 *
 * `nativeMessaging` starts the host; `scripting`, on the gateways alone, reaches a login page that
 * was open before the extension was installed. Nothing else is asked for.
 *
 * @param options.gateways Exact origins. Match patterns carry no port, for Firefox's sake: the
 *   content script and the background compare the whole origin again.
 */
export function createManifest(options: {
  gateways: readonly string[];
  target: 'chromium';
}): Record<string, unknown> {
  const matches = [...new Set(options.gateways.map(matchPatternOf))];
  const icons = Object.fromEntries(ICON_SIZES.map((size) => [size, `icons/icon-${size}.png`]));
  return {
    manifest_version: 3,
    name: '__MSG_name__',
    description: '__MSG_description__',
    default_locale: 'en',
    version: EXTENSION_VERSION,
    key: EXTENSION_KEY,
    minimum_chrome_version: MINIMUM_CHROME_VERSION,
    icons,
    permissions: ['nativeMessaging', 'scripting'],
    host_permissions: matches,
    content_scripts: [
      { matches, js: ['content/content.js'], run_at: 'document_start', all_frames: false },
    ],
    background: { service_worker: 'background/background.js' },
    content_security_policy: { extension_pages: PAGE_POLICY },
    // One worker for ordinary and private windows together, so that one login at a time holds.
    incognito: 'spanning',
  };
}

function matchPatternOf(gateway: string): string {
  const url = new URL(gateway);
  if (url.protocol !== 'https:' || url.origin !== gateway) {
    throw new TypeError('a gateway is an https origin');
  }
  return `https://${url.hostname}/*`;
}
