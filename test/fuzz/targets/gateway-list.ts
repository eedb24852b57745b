/** The host's list of gateways. TEST ONLY. */
import { isAbsolute } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { GATEWAY_LIST_MAX_BYTES, parseGatewayList } from '../../../native-host/gateways.ts';
import { MESSAGE_CODES, MESSAGE_FILES } from '../json-round-trip.ts';
import { json, text } from '../samples.ts';
import { type FuzzTarget, insist, tryParse } from '../target.ts';

const connectionKey = 'A'.repeat(43);

export const target: FuzzTarget = {
  files: ['native-host/gateways.ts', 'gateway/protocol/connection-check.ts', ...MESSAGE_FILES],
  samples: [
    [],
    [{ origin: 'https://gateway.localhost:8443', connectionKey }],
    [
      { origin: 'https://a.example', connectionKey, certificateAuthority: '/etc/kids-id/ca.pem' },
      { origin: 'https://b.example', connectionKey },
    ],
  ].map(json),
  dictionary: ['https://', 'http://', '*.', 'user@', '/path', '?q', '"__proto__":{}', 'xn--'].map(
    text,
  ),
  maxBytes: GATEWAY_LIST_MAX_BYTES + 100,
  run(input) {
    const list = tryParse(MESSAGE_CODES, () => parseGatewayList(input));
    if (!list) return;
    for (const { origin, certificateAuthority = '/' } of list) {
      const { protocol, origin: canonical } = new URL(origin);
      insist(protocol === 'https:' && canonical === origin, 'an exact https origin');
      insist(isAbsolute(certificateAuthority), 'an absolute path');
    }
    insist(new Set(list.map(({ origin }) => origin)).size === list.length, 'each origin once');
    const again = parseGatewayList(new TextEncoder().encode(JSON.stringify(list)));
    insist(isDeepStrictEqual(again, list), 'a list that was taken is taken again');
  },
};
