/** The judgement on a registration that is made before it counts (OpenID Connect Registration §2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientFile } from '../../gateway/oidc/clients.ts';
import { checkClient } from '../../gateway/oidc/provider.ts';

const FILE = {
  clientId: 'chat',
  site: { name: 'Chat' },
  organisation: 'Chat vzw',
  sector: 'chat.example',
  subjectMode: 'pairwise',
  ageThresholds: [6, 13],
  redirectUris: ['https://chat.example/callback', 'https://www.chat.example/callback'],
  authentication: { method: 'none', origin: 'https://chat.example' },
};

test('takes every kind of client that a file can describe', () => {
  const kinds: object[] = [
    {},
    { authentication: { method: 'client_secret', secretHashes: ['A'.repeat(43), 'E'.repeat(43)] } },
    { dpop: 'required', par: 'optional' },
    { identity: { scopes: ['profile', 'birthdate', 'address', 'address:postcode', 'picture'] } },
    { postLogoutRedirectUris: ['https://chat.example/after'] },
    { backchannelLogoutUri: 'https://chat.example/backchannel' },
  ];
  for (const kind of kinds) checkClient(parseClientFile({ ...FILE, ...kind }));
});

test('refuses one that the library would refuse at its next login, and says which', () => {
  const client = parseClientFile({ ...FILE, ageThresholds: [7] });
  assert.throws(() => checkClient(client), /client "chat" is refused/);
  checkClient(client, [7]);
  assert.throws(() => checkClient({ ...client, redirectUris: [] }, [7]), TypeError);
});
