/** The connection that the sample authenticator was made on. TEST ONLY. */
import type { AuthenticatorKeys } from '../../gateway/protocol/exported-authenticator.ts';

/** Its exporter values. */
export const AUTHENTICATOR_KEYS: AuthenticatorKeys = {
  hash: 'SHA-384',
  handshakeContext: new Uint8Array(48).fill(0x68),
  finishedKey: new Uint8Array(48).fill(0x66),
};

/** The context of its request. */
export const REQUEST_CONTEXT: Uint8Array = new Uint8Array(32).fill(0x63);
