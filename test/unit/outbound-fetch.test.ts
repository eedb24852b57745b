/** The way out of the provider: what it refuses before a single byte is sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutboundFetch, isSpecialUse } from '../../gateway/oidc/outbound-fetch.ts';

test('knows the addresses that are no public host (RFC 6890)', () => {
  const special = [
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'not an address',
  ];
  for (const address of special) assert.equal(isSpecialUse(address), true, address);
  for (const address of ['8.8.8.8', '172.32.0.1', '193.191.245.1', '2a01:690::1', '2600::1']) {
    assert.equal(isSpecialUse(address), false, address);
  }
});

test('refuses http, addresses of this machine however they are written, and names of it', async () => {
  const fetch = createOutboundFetch({ allowedHosts: ['allowed.localhost'] });
  const addresses = [
    'http://127.0.0.1/',
    'ftp://allowed.localhost/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://localhost/',
    'https://other.localhost/',
    'https://allowed.localhost.example.localhost/',
  ];
  for (const address of addresses) {
    const answer = Promise.resolve(fetch(address, { method: 'POST' }));
    await assert.rejects(answer, TypeError, address);
  }
});
