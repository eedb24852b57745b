/** RFC 9700: metadata, TLS, registered addresses, proxies (§2.6, §4.13). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before } from 'node:test';
import { connect } from 'node:tls';
import { parseClientFile } from '../../gateway/oidc/clients.ts';
import type { ConformanceGateway } from './conformance-gateway.ts';
import { shows } from './rfc9700-requirement.ts';
import { openSecurityGateway } from './rfc9700-setup.ts';

let at: ConformanceGateway;
before(async () => {
  at = await openSecurityGateway();
});
after(() => at.close());

shows(
  '§2.6: publishes one metadata under both names, with https endpoints of this issuer only',
  async () => {
    const names = ['openid-configuration', 'oauth-authorization-server'];
    for (const name of names) {
      const { status, headers, json } = await at.send({
        method: 'GET',
        url: `/.well-known/${name}`,
      });
      assert.equal(status, 200);
      assert.match(String(headers['content-type']), /^application\/json/);
      assert.deepEqual(json, at.metadata);
    }
    const { metadata, origin } = at;
    assert.equal(metadata['issuer'], origin);
    assert.match(origin, /^https:/);
    const endpoints = Object.entries(metadata).filter(([name]) => /_endpoint$|_uri$/.test(name));
    assert.ok(endpoints.length >= 5);
    for (const [name, url] of endpoints) assert.equal(new URL(String(url)).origin, origin, name);
    for (const name of [
      'authorization_endpoint',
      'token_endpoint',
      'jwks_uri',
      'response_types_supported',
    ]) {
      assert.ok(name in metadata, name);
    }
    assert.equal(JSON.stringify(metadata).includes('"none"'), allowsPublicClients());
  },
);

/** `none` stands in the metadata for public clients, and for `prompt`; never for an algorithm. */
function allowsPublicClients(): boolean {
  const algorithms = Object.entries(at.metadata).filter(([name]) => /_alg_values_/.test(name));
  for (const [name, values] of algorithms) {
    assert.ok(
      !(values as string[]).includes('none') && !(values as string[]).includes('RS256'),
      name,
    );
  }
  return (at.metadata['token_endpoint_auth_methods_supported'] as string[]).includes('none');
}

shows('§2.6: speaks TLS 1.3 and nothing older', async () => {
  const { port, webCa: ca } = at.gateway;
  const where = { host: '127.0.0.1', port, servername: 'gateway.localhost', ca };
  for (const maxVersion of ['TLSv1.2', 'TLSv1.1', 'TLSv1'] as const) {
    const socket = connect({ ...where, minVersion: 'TLSv1', maxVersion });
    await assert.rejects(once(socket, 'secureConnect'), { code: /PROTOCOL/ }, maxVersion);
  }
  const socket = connect(where);
  await once(socket, 'secureConnect');
  assert.equal(socket.getProtocol(), 'TLSv1.3');
  socket.destroy();
  await assert.rejects(fetch(`http://127.0.0.1:${port}/jwks`), TypeError);
});

shows(
  '§2.6: registers no redirect URI but https, and no wildcard, user or fragment in one',
  async () => {
    const fileOf = (redirectUri: string) => ({
      clientId: 'new',
      site: { name: 'New TEST ONLY' },
      organisation: 'New TEST ONLY vzw',
      sector: 'new.localhost',
      redirectUris: [redirectUri],
      authentication: { method: 'none' },
    });
    assert.ok(parseClientFile(fileOf('https://new.localhost/callback')));
    for (const redirectUri of [
      'http://new.localhost/callback',
      'http://127.0.0.1:8080/callback',
      'http://localhost/callback',
      'https://*.localhost/callback',
      'https://new.localhost/*',
      'https://new.localhost/callback#part',
      'https://user:word@new.localhost/callback',
      'https://NEW.localhost/callback',
      'https://new.localhost:443/callback',
      'new-app:/callback',
      'javascript:alert(1)',
      '/callback',
    ]) {
      assert.throws(() => parseClientFile(fileOf(redirectUri)), redirectUri);
    }
  },
);

shows('§4.13: believes no forwarded header, and no Host but its own', async () => {
  const url = '/.well-known/openid-configuration';
  const forwarded = await at.send({
    method: 'GET',
    url,
    headers: {
      'x-forwarded-host': 'evil.localhost',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '80',
      'x-forwarded-prefix': '/evil',
      'x-original-url': '/evil',
      forwarded: 'host=evil.localhost;proto=http',
    },
  });
  assert.deepEqual(forwarded.json, at.metadata);
  for (const host of ['evil.localhost', `${new URL(at.origin).host}.evil.localhost`, '']) {
    const { status, json } = await at.send({ method: 'GET', url, headers: { host } });
    assert.ok(status === 421 || status === 400, `${host}: ${status}`);
    assert.equal(json['issuer'], undefined);
  }
});
