import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ConfigError, readConfig } from '../../gateway/config.ts';

const dir = mkdtempSync(join(tmpdir(), 'kids-id-config-'));
after(() => rmSync(dir, { recursive: true }));

const GOOD = {
  mode: 'test',
  origin: 'https://gateway.localhost:8443',
  listen: { host: '127.0.0.1', port: 8443 },
  tls: { keyFile: 'web.key', certificateFile: 'web.pem' },
  keysFile: 'keys.json',
  clientsFolder: 'clients',
  storeFile: 'store.sqlite',
  trust: {
    anchorFiles: ['root.pem'],
    anchorPins: ['a'.repeat(64)],
    intermediates: [{ file: 'citizen-ca.pem', ocspUrl: 'http://ocsp.kids-id.test/' }],
  },
  ocspResponders: { 'ocsp.kids-id.test': 'http://127.0.0.1:8445/' },
  revocation: {
    fallbackOcspUrl: 'http://ocsp.kids-id.test/other',
    crls: [{ caFile: 'root.pem', urls: ['http://127.0.0.1:8446/root.crl'] }],
    earlyRequestsPerMinute: 100,
  },
  operations: { host: '127.0.0.1', port: 9090 },
};

function read(config: object) {
  const file = join(dir, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  return readConfig(file);
}

test('paths are relative to the folder of the file, those of CRLs too', () => {
  const { trust, revocation, storeFile } = read(GOOD);
  assert.equal(storeFile, join(dir, 'store.sqlite'));
  assert.deepEqual(trust.anchorPins, GOOD.trust.anchorPins);
  assert.equal(revocation.crls[0]?.caFile, trust.anchorFiles[0]);
});

test('what may be left out has a value that is safe', () => {
  const { revocation: _, operations: __, ...rest } = GOOD;
  const { revocation, operations } = read(rest);
  assert.deepEqual(revocation, { crls: [], earlyRequestsPerMinute: 20 });
  assert.equal(operations, undefined);
});

for (const [what, change, field] of [
  ['an unknown field', { other: 1 }, /other/],
  ['a pin that is no SHA-256', { trust: { ...GOOD.trust, anchorPins: ['abc'] } }, /anchorPins/],
  [
    'a CRL of a CA that is not trusted',
    { revocation: { crls: [{ caFile: 'x.pem', urls: ['http://a.test/x.crl'] }] } },
    /revocation\.crls/,
  ],
  [
    'a CRL that is not fetched over http',
    { revocation: { crls: [{ caFile: 'root.pem', urls: ['file:///etc/passwd'] }] } },
    /revocation\.crls/,
  ],
  [
    'an OCSP URL of a CA on a host that may not be asked',
    {
      trust: { ...GOOD.trust, intermediates: [{ file: 'ca.pem', ocspUrl: 'http://other.test/' }] },
    },
    /ocspUrl/,
  ],
  [
    'two entries for the CRLs of one CA',
    {
      revocation: {
        crls: [1, 2].map(() => ({ caFile: 'root.pem', urls: ['http://a.test/x.crl'] })),
      },
    },
    /revocation\.crls/,
  ],
  [
    'a fallback responder on a host that may not be asked',
    { revocation: { fallbackOcspUrl: 'http://other.test/' } },
    /fallbackOcspUrl/,
  ],
] as const) {
  test(`${what} is refused by its name, without its value`, () => {
    assert.throws(
      () => read({ ...GOOD, ...change }),
      (error: Error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, field);
        assert.doesNotMatch(error.message, /passwd|x\.pem|other\.test|abc/);
        return true;
      },
    );
  });
}
