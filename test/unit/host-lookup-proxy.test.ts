import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProxy, targetOf } from '../../native-host/login/proxy.ts';

const PROXY = 'http://proxy.example:3128';
const GATEWAY = { host: 'login.kids-id.example', port: 443 };

const isProxied = (noProxy: string, target = GATEWAY) =>
  findProxy(target, { https_proxy: PROXY, no_proxy: noProxy }) !== undefined;

const NO_PROXY: readonly [list: string, proxied: boolean][] = [
  ['', true],
  ['*', false],
  ['other.example', true],
  ['login.kids-id.example', false],
  ['LOGIN.Kids-ID.example', false],
  ['kids-id.example', false],
  ['.kids-id.example', false],
  ['*.kids-id.example', false],
  ['.login.kids-id.example', true],
  ['ids-id.example', true],
  ['login.kids-id.example.org', true],
  ['login.kids-id.example:443', false],
  ['login.kids-id.example:8443', true],
  ['.example:443', false],
  ['*:443', false],
  ['*:8443', true],
  [' other.example , login.kids-id.example ', false],
  ['other.example login.kids-id.example', false],
  [',,', true],
  ['10.0.0.1', true],
  ['*login.kids-id.example', true],
];

for (const [list, proxied] of NO_PROXY) {
  test(`NO_PROXY "${list}" lets ${GATEWAY.host}:443 go ${proxied ? 'through' : 'past'} the proxy`, () => {
    assert.equal(isProxied(list), proxied);
  });
}

test('an address in NO_PROXY is itself only, with or without a port', () => {
  const four = { host: '192.0.2.1', port: 443 };
  assert.equal(isProxied('192.0.2.1', four), false);
  assert.equal(isProxied('192.0.2.1:443', four), false);
  assert.equal(isProxied('192.0.2.1:8443', four), true);
  assert.equal(isProxied('2.1', four), true);
  const six = { host: '2001:db8::1', port: 443 };
  assert.equal(isProxied('2001:db8::1', six), false);
  assert.equal(isProxied('[2001:db8::1]', six), false);
  assert.equal(isProxied('[2001:db8::1]:443', six), false);
  assert.equal(isProxied('[2001:db8::1]:8443', six), true);
});

test('names and addresses of this machine never go through a proxy (RFC 6761 §6.3)', () => {
  for (const host of ['localhost', 'gateway.localhost', '127.0.0.1', '127.9.9.9', '::1']) {
    assert.equal(isProxied('', { host, port: 443 }), false, host);
  }
  for (const host of ['localhost.example', '127.0.0.1.example', 'notlocalhost', '::2']) {
    assert.equal(isProxied('', { host, port: 443 }), true, host);
  }
});

test('the lower-case variable wins; without one, or with an empty one, there is no proxy', () => {
  const other = 'http://other.example:1';
  const both = findProxy(GATEWAY, { https_proxy: PROXY, HTTPS_PROXY: other });
  assert.deepEqual(both?.kind === 'http' && both.proxy, { host: 'proxy.example', port: 3128 });
  assert.equal(findProxy(GATEWAY, { HTTPS_PROXY: other })?.kind, 'http');
  assert.equal(findProxy(GATEWAY, {}), undefined);
  assert.equal(findProxy(GATEWAY, { HTTPS_PROXY: ' ' }), undefined);
  assert.equal(findProxy(GATEWAY, { http_proxy: PROXY }), undefined);
  assert.equal(findProxy(GATEWAY, { HTTPS_PROXY: other, NO_PROXY: '*' }), undefined);
});

test('a proxy is read with its default port, without a scheme, and in IPv6', () => {
  const read = (text: string) => findProxy(GATEWAY, { https_proxy: text });
  const authorization = undefined;
  const at = (host: string, port: number) => ({
    kind: 'http',
    proxy: { host, port },
    authorization,
  });
  assert.deepEqual(read('http://proxy.example'), at('proxy.example', 80));
  assert.deepEqual(read('proxy.example:3128'), at('proxy.example', 3128));
  assert.deepEqual(read('http://[2001:db8::1]:3128/'), at('2001:db8::1', 3128));
});

test('user name and password of a proxy are decoded and made Basic (RFC 7617)', () => {
  const read = (text: string) => findProxy(GATEWAY, { https_proxy: text });
  const found = read('http://an%40na:p%3Ass@proxy.example');
  const basic = `Basic ${Buffer.from('an@na:p:ss').toString('base64')}`;
  assert.equal(found?.kind === 'http' && found.authorization, basic);
  const nameOnly = read('http://anna@proxy.example');
  assert.equal(nameOnly?.kind === 'http' && nameOnly.authorization, 'Basic YW5uYTo=');
});

for (const text of [
  'https://proxy.example',
  'socks5://proxy.example:1080',
  'http://',
  'http://%zz@proxy.example',
  'http://proxy.example:99999',
]) {
  test(`a proxy set as ${text} is unusable, and not the same as none`, () => {
    assert.deepEqual(findProxy(GATEWAY, { https_proxy: text }), { kind: 'unusable' });
  });
}

test('the target of an origin is its host without brackets and its port, 443 by default', () => {
  assert.deepEqual(targetOf('https://login.example'), { host: 'login.example', port: 443 });
  assert.deepEqual(targetOf('https://[2001:db8::1]:8443'), { host: '2001:db8::1', port: 8443 });
});
