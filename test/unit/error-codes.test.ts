/** What each error of oidc-provider is to a person, and that none is forgotten. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors } from 'oidc-provider';
import { describeProtocolError, PROTOCOL_ERROR_CODES } from '../../gateway/oidc/error-codes.ts';
import { isErrorCode, KidsIdError } from '../../gateway/protocol/errors.ts';
import { LANGUAGES } from '../../gateway/protocol/fields.ts';
import { textsFor } from '../../gateway/texts/texts.ts';

const HOSTILE = '"><script>alert(1)</script>';

type AnyError = new (...args: readonly unknown[]) => errors.OIDCProviderError;

test('has a code for every error class that oidc-provider exports, and for no other', () => {
  assert.deepEqual(Object.keys(PROTOCOL_ERROR_CODES).sort(), Object.keys(errors).sort());
});

test('each of these codes has a sentence for a child and a step for an adult in four languages', () => {
  for (const [name, code] of Object.entries(PROTOCOL_ERROR_CODES)) {
    assert.ok(isErrorCode(code), name);
    for (const language of LANGUAGES) {
      const { child, adult } = textsFor(language).errors[code];
      assert.ok(child && adult, `${name} in ${language}`);
    }
  }
});

for (const [name, LibraryError] of Object.entries(errors)) {
  test(`${name}: its code, a plain protocol name, and nothing that came with the request`, () => {
    const Made = LibraryError as unknown as AnyError;
    const made = new Made(HOSTILE, HOSTILE);
    const { code, protocolName } = describeProtocolError(made);
    assert.equal(code, PROTOCOL_ERROR_CODES[name]);
    if (protocolName !== undefined) assert.match(protocolName, /^[a-z_]{1,40}$/);
  });
}

test('an unknown client is SITE_UNKNOWN, a wrong address SITE_REQUEST_INVALID, a lost session LOGIN_EXPIRED', () => {
  assert.deepEqual(describeProtocolError(new errors.InvalidClient('no')), {
    code: 'SITE_UNKNOWN',
    protocolName: 'invalid_client',
  });
  assert.deepEqual(describeProtocolError(new errors.InvalidRedirectUri()), {
    code: 'SITE_REQUEST_INVALID',
    protocolName: 'invalid_redirect_uri',
  });
  assert.equal(describeProtocolError(new errors.SessionNotFound('no')).code, 'LOGIN_EXPIRED');
});

test('a class derived from one of the library’s counts as that one', () => {
  class OddRequest extends errors.InvalidRequest {}
  assert.equal(describeProtocolError(new OddRequest('no')).code, 'SITE_REQUEST_INVALID');
});

test('an error of ours keeps its code; what nobody foresaw is INTERNAL and server_error', () => {
  assert.deepEqual(describeProtocolError(new KidsIdError('LOGIN_BUSY', 'busy')), {
    code: 'LOGIN_BUSY',
  });
  for (const thrown of [new TypeError(HOSTILE), HOSTILE, undefined, { error: HOSTILE }]) {
    const described = { code: 'INTERNAL', protocolName: 'server_error' };
    assert.deepEqual(describeProtocolError(thrown), described);
  }
});
