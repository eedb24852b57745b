/**
 * What a gateway has to prove before anybody is asked for anything (design §2 step 5): that it holds the pinned
 * connection key on this very connection, and that this machine sees the web listener that it names.
 */
import { decodeBase64url, equalBytes } from '../../gateway/protocol/bytes.ts';
import {
  CONNECTION_CHECK_BYTES,
  CONNECTION_CHECK_LABEL,
  sha256,
  verifyConnectionCheck,
} from '../../gateway/protocol/connection-check.ts';
import { KidsIdError } from '../../gateway/protocol/errors.ts';
import { PROTOCOL_VERSION } from '../../gateway/protocol/fields.ts';
import {
  type CertificateRequest,
  decodeCertificateRequest,
} from '../../gateway/protocol/handshake.ts';
import { CARD_SCHEMES } from '../card/applets.ts';
import type { Gateway } from '../gateways.ts';
import type { CardChannelClient } from './card-channel-client.ts';
import { openTlsConnection } from './tls-connection.ts';

/** A gateway that proved itself. */
export interface ProvenGateway {
  readonly request: CertificateRequest;
  /** SHA-256 of the SPKI of each key that its web listener may show. */
  readonly webKeys: readonly Uint8Array[];
}

/**
 * Starts the login on the channel and verifies the gateway's connection check.
 * @throws {KidsIdError} GATEWAY_UNTRUSTED for another connection key, CONNECTION_INTERCEPTED for a signature over
 * another connection, MESSAGE_MALFORMED, and what a request may throw
 */
export async function proveConnection(options: {
  channel: CardChannelClient;
  gateway: Gateway;
  hostVersion: string;
}): Promise<ProvenGateway> {
  const { channel, gateway, hostVersion } = options;
  const start = await channel.post('/card/start', { protocol: PROTOCOL_VERSION, hostVersion });
  const bytes = decodeBase64url(start.request);
  const request = decodeCertificateRequest(bytes);
  if (!request.signatureSchemes.some((scheme) => CARD_SCHEMES.includes(scheme))) {
    throw new KidsIdError('MESSAGE_MALFORMED', 'request for signatures that no card makes');
  }
  const webKeys = start.check.webKeys.map(decodeBase64url);
  const exporterValue = channel.socket.exportKeyingMaterial(
    CONNECTION_CHECK_BYTES,
    CONNECTION_CHECK_LABEL,
    Buffer.from(await sha256(bytes)),
  );
  await verifyConnectionCheck({
    statement: { exporterValue, request: bytes, webKeys },
    key: start.check.key,
    signature: decodeBase64url(start.check.signature),
    pinnedThumbprint: gateway.connectionKey,
  });
  return { request, webKeys };
}

/**
 * Opens one short connection as a browser of this machine would and compares the key that it is shown.
 * @throws {KidsIdError} CONNECTION_INTERCEPTED for another key, or a certificate that does not hold;
 * GATEWAY_UNREACHABLE
 */
export async function verifyWebKey(options: {
  origin: string;
  roots: string[];
  webKeys: readonly Uint8Array[];
  signal: AbortSignal;
}): Promise<void> {
  const seen = await readWebKey(options);
  if (!options.webKeys.some((key) => equalBytes(key, seen))) {
    throw new KidsIdError('CONNECTION_INTERCEPTED', 'web listener shows another key');
  }
}

/** SHA-256 of the SPKI of the certificate that the web listener shows. */
async function readWebKey(options: {
  origin: string;
  roots: string[];
  signal: AbortSignal;
}): Promise<Uint8Array> {
  try {
    const { origin, roots, signal } = options;
    const web = { alpn: 'http/1.1', minVersion: 'TLSv1.2' } as const;
    const socket = await openTlsConnection({ origin, roots, signal, ...web });
    try {
      const certificate = socket.getPeerX509Certificate();
      if (!certificate) throw new KidsIdError('CONNECTION_INTERCEPTED', 'no web certificate');
      return await sha256(certificate.publicKey.export({ type: 'spki', format: 'der' }));
    } finally {
      socket.destroy();
    }
  } catch (cause) {
    if (cause instanceof KidsIdError && cause.code !== 'GATEWAY_UNTRUSTED') throw cause;
    throw new KidsIdError('CONNECTION_INTERCEPTED', 'web listener is not what it was', { cause });
  }
}
