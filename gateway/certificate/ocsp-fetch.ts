/**
 * Asks OCSP responders over HTTP (RFC 6960 appendix A). A certificate's URL never decides where a
 * request goes: its host must be in the configuration, which names the address.
 */
import { KidsIdError } from '../protocol/errors.ts';

/**
 * Sends one OCSP request (DER) to the responder of a certificate's OCSP URL; resolves with the body
 * of the answer. Rejects with REVOCATION_UNKNOWN.
 */
export interface OcspFetch {
  (request: { url: string; body: Uint8Array }): Promise<Uint8Array>;
  /** Tells whether a URL's host is one that may be asked; all are where it is absent. */
  readonly isConfigured?: (url: string) => boolean;
}

const DEFAULT_TIMEOUT_MS = 3000;
const MAX_BODY_BYTES = 65_536;

/**
 * Creates an {@link OcspFetch} that knows these responders: host name in certificates → base URL to
 * ask. The path of the certificate's URL is kept. No redirects; one deadline for the whole
 * exchange, 3 s when absent.
 */
export function createOcspFetch(options: {
  responders: Readonly<Record<string, string>>;
  timeoutMs?: number;
}): OcspFetch {
  const responders = new Map(Object.entries(options.responders));
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const ask: OcspFetch = async ({ url, body }) => {
    const target = findTarget(url, responders);
    if (target === undefined) {
      throw new KidsIdError('REVOCATION_UNKNOWN', 'OCSP responder is not a configured one');
    }
    try {
      const response = await fetch(target, {
        method: 'POST',
        headers: {
          'content-type': 'application/ocsp-request',
          accept: 'application/ocsp-response',
        },
        body: Uint8Array.from(body),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return await readBody(response);
    } catch (error) {
      if (error instanceof KidsIdError) throw error;
      throw new KidsIdError('REVOCATION_UNKNOWN', 'OCSP responder did not answer', {
        cause: error,
      });
    }
  };
  return Object.assign(ask, {
    isConfigured: (url: string) => findTarget(url, responders) !== undefined,
  });
}

function findTarget(url: string, responders: ReadonlyMap<string, string>): URL | undefined {
  const parsed = URL.parse(url);
  const base = parsed === null ? undefined : responders.get(parsed.hostname);
  if (parsed === null || base === undefined || !/^https?:$/.test(parsed.protocol)) return undefined;
  const target = new URL(base);
  target.pathname = target.pathname.replace(/\/$/, '') + parsed.pathname;
  return target;
}

async function readBody(response: Response): Promise<Uint8Array> {
  const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (response.status !== 200 || type !== 'application/ocsp-response' || response.body === null) {
    await response.body?.cancel();
    throw new KidsIdError('REVOCATION_UNKNOWN', 'OCSP responder answered with an error');
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) {
      throw new KidsIdError('REVOCATION_UNKNOWN', 'OCSP response too large');
    }
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}
