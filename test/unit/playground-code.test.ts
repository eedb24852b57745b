import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Choice,
  CLIENT_TYPES,
  registrationOf,
  scopeOf,
} from '../../gateway/page/playground-choice.ts';
import { writeProgram } from '../../gateway/page/playground-code.ts';
import { explainClaim, explainError } from '../../gateway/page/playground-words.ts';
import { readGuideBlock } from '../kit/interop/guide-block.ts';

const ORIGIN = 'https://gateway.localhost:8443';
const FIRST: Choice = {
  ages: [9],
  identity: [],
  hasChildBasis: false,
  subjectMode: 'transient',
  clientType: 'client_secret',
};

describe('the program that the playground writes', () => {
  it('is the first login of the guide, word for word', async () => {
    assert.equal(await readGuideBlock('first-login.mjs'), writeProgram(FIRST, ORIGIN));
  });

  it('is JavaScript for every way in which a client proves itself', async () => {
    for (const clientType of CLIENT_TYPES) {
      const choice = {
        ...FIRST,
        clientType,
        identity: ['profile'],
        requireAge: { min: 6 },
      } as const;
      const program = writeProgram(choice, ORIGIN);
      // Parsed, not run: a module has import and top-level await, which a function body may not.
      const body = program.replaceAll(/^import .*$/gm, '');
      assert.doesNotThrow(() => new AsyncFunction(body), program);
      assert.match(program, /scope: 'openid age_over_9 profile'/);
      assert.match(program, /require_age: \{ min: 6 \}/);
    }
  });

  it('registers what was chosen and nothing else', () => {
    assert.deepEqual(registrationOf(FIRST), {
      token_endpoint_auth_method: 'client_secret_basic',
      subject_mode: 'transient',
      age_thresholds: [9],
    });
    assert.equal(
      scopeOf({ ...FIRST, ages: [6, 12], identity: ['picture'] }),
      'openid age_over_6 age_over_12 picture',
    );
  });
});

describe('the words of the playground', () => {
  it('explain an age by its value, never the same for true and false', () => {
    assert.match(explainClaim('age_over_21', true) ?? '', /The 21st birthday has come/);
    assert.match(explainClaim('age_over_13', false) ?? '', /The 13th birthday has not come/);
    assert.equal(explainClaim('shoe_size', 39), undefined);
  });

  it('explain the errors of the table in the guide', () => {
    for (const error of [
      'access_denied',
      'invalid_scope',
      'invalid_request',
      'invalid_client',
      'unmet_authentication_requirements',
      'login_required',
      'invalid_grant',
    ]) {
      assert.ok(explainError(error), error);
    }
  });
});

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (
  body: string,
) => unknown;
