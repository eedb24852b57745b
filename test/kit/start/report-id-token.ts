/**
 * Preload for the chat under `npm start -- --login`: tells the parent process the payload of each ID
 * token that the chat receives, so that it can be shown without the chat ever logging one. TEST ONLY.
 */
import { decodeJwt } from 'jose';

const originalFetch = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const response = await originalFetch(input, init);
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  if (typeof body === 'object' && body !== null && 'id_token' in body) {
    process.send?.({ idToken: decodeJwt(String(body.id_token)) });
  }
  return response;
};
