/**
 * `doctor`: looks at every hop of a login, one after another, and says what it finds in words or as JSON. It asks
 * for no PIN, reads nothing of a person, and sends gateways the start of a login and no more.
 *
 * `--json` prints one object:
 * ```
 * { "version": 1,                     of this form
 *   "hostVersion": "0.1.0",
 *   "ok": true,                       nothing failed: the exit code is 0
 *   "findings": [
 *     { "check": "service",           one of CHECKS in finding.ts; one check can have several findings
 *       "state": "ok",                ok | notice | failed | skipped
 *       "says": "…",                  for people, in English, may change
 *       "details": { … } } ] }        strings, numbers, booleans, null; stable names:
 * ```
 * | check | details |
 * | --- | --- |
 * | service | running (null where the system starts it by itself) |
 * | readers | count, names (models without serial numbers, joined by `; `), cards |
 * | card | reader, card (`belgian` `other` `none` `unreadable`), applet (`1.8`), certificate, triesLeft, code |
 * | browser | browser, registered, manifest, problem |
 * | gateway-list | count, code |
 * | gateway-connection | origin, source, code, tls (OpenSSL's name of a certificate's fault), proxyFailure, proxyStatus |
 * | gateway-key, web-listener | origin, code |
 * | clock | origin, offBySeconds |
 * | proxy | origin, proxy (host:port), credentials |
 * | other-software | name |
 * | log | path |
 */
import { errorCodeOf } from '../../gateway/protocol/errors.ts';
import { HOST_VERSION } from '../host-version.ts';
import { checkBrowsers } from './check-browsers.ts';
import { checkCards } from './check-cards.ts';
import { checkGateways } from './check-gateways.ts';
import { checkOtherSoftware } from './check-other-software.ts';
import { EXIT_FAILED, EXIT_OK } from './command-context.ts';
import type { Finding, FindingState, Step } from './finding.ts';
import type { Machine } from './machine.ts';

/** Above every deadline inside a step, whose own words say more: 5 s for a card that is held, 10 s for each end of a way. */
const STEP_TIMEOUT_MS = 25_000;

const MARKS: Readonly<Record<FindingState, string>> = {
  ok: 'ok      ',
  notice: 'note    ',
  failed: 'FAILED  ',
  skipped: 'skipped ',
};

/** Runs every check and prints what was found. Returns the exit code: 0 only when nothing failed. */
export async function runDoctor(
  machine: Machine,
  options: {
    json: boolean;
    out: (text: string) => void;
    err: (text: string) => void;
    isTerminal: boolean;
    /** Of each step; 25 s by default. */
    timeoutMs?: number;
  },
): Promise<number> {
  const { json, out, err, isTerminal, timeoutMs = STEP_TIMEOUT_MS } = options;
  const findings: Finding[] = [];
  for await (const step of listSteps(machine)) {
    if (isTerminal) err(`… ${step.title}\n`);
    const found = await runStep(step, timeoutMs);
    findings.push(...found);
    if (!json) for (const finding of found) out(formatFinding(finding));
  }
  const ok = findings.every(({ state }) => state !== 'failed');
  if (json) {
    const report = { version: 1, hostVersion: HOST_VERSION, ok, findings };
    out(`${JSON.stringify(report, undefined, 2)}\n`);
  } else {
    out(ok ? '\nAll is well.\n' : '\nNot all is well: see FAILED above.\n');
  }
  return ok ? EXIT_OK : EXIT_FAILED;
}

async function* listSteps(machine: Machine): AsyncGenerator<Step> {
  yield* checkCards(machine);
  yield* checkBrowsers(machine);
  yield* checkGateways(machine);
  yield* checkOtherSoftware(machine);
}

/** A step that fails or takes too long is a finding too. */
async function runStep(step: Step, timeoutMs: number): Promise<readonly Finding[]> {
  const { check, title } = step;
  const deadline = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<readonly Finding[]>();
  const timer = setTimeout(() => {
    const says = `${title}: no answer in ${timeoutMs / 1_000} seconds.`;
    resolve([{ check, state: 'failed', says, details: { code: 'TIMED_OUT' } }]);
    deadline.abort(new Error('step over its deadline'));
  }, timeoutMs);
  try {
    return await Promise.race([step.run(deadline.signal), late]);
  } catch (error) {
    const code = errorCodeOf(error);
    const says = `${title}: this could not be looked at (${code}).`;
    return [{ check, state: 'failed', says, details: { code } }];
  } finally {
    clearTimeout(timer);
  }
}

function formatFinding({ state, says }: Finding): string {
  return `${MARKS[state]}${says.replaceAll('\n', `\n${' '.repeat(8)}`)}\n`;
}
