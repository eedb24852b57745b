/**
 * Which signatures a piece of code checks: every `crypto.verify` of this process is written down while
 * it runs, so that the same checks can be made again, bare. TEST ONLY.
 */
import crypto, { type VerifyKeyObjectInput } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/** One signature check, as it was asked for; keys are parsed already. */
export interface SignatureCheck {
  readonly algorithm: string;
  readonly data: Uint8Array;
  readonly key: VerifyKeyObjectInput;
  readonly signature: Uint8Array;
}

/** Other functions of Node that check signatures. They would escape the count, so nobody may use them. */
const UNCOUNTED = ['createVerify', 'Verify'] as const;

/** Runs `run` and returns the signature checks it made, in order. Not for two runs at once. */
export async function recordSignatureChecks(
  run: () => void | Promise<void>,
): Promise<SignatureCheck[]> {
  const checks: SignatureCheck[] = [];
  const { verify } = crypto;
  const original = Object.fromEntries(
    ['verify', ...UNCOUNTED].map((name) => [name, Reflect.get(crypto, name)]),
  );
  const refuse = (): never => {
    throw new TypeError('a signature is checked by other means than crypto.verify');
  };
  replace({
    ...Object.fromEntries(UNCOUNTED.map((name) => [name, refuse])),
    verify(algorithm: string, data: Uint8Array, key: VerifyKeyObjectInput, signature: Uint8Array) {
      checks.push({ algorithm, data, key, signature });
      return verify(algorithm, data, key, signature);
    },
  });
  try {
    await run();
    return checks;
  } finally {
    replace(original);
  }
}

/** Makes the checks again. @throws TypeError when one of them fails */
export function repeatSignatureChecks(checks: readonly SignatureCheck[]): void {
  for (const { algorithm, data, key, signature } of checks) {
    if (!crypto.verify(algorithm, data, key, signature)) throw new TypeError('wrong signature');
  }
}

/** Whoever imported a function of `node:crypto` by name gets the new one too. */
function replace(functions: object): void {
  Object.assign(crypto, functions);
  syncBuiltinESMExports();
}
