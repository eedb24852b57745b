/** x509-limbo's cases for client certificates; every difference has its reason here (docs/DESIGN.md). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLimbo } from '../kit/suites/limbo.ts';
import { scoreOf } from '../kit/suites/suite-case.ts';

/** Ten times what the slowest takes on a busy machine. A search that grows exponentially takes minutes. */
const MAX_CASE_MS = 5000;

/** Refused, though the suite accepts. On none of them do OpenSSL and the suite agree. */
const STRICTER: ReadonlyMap<string, string> = new Map([
  ['cve::cve-2024-0567', 'anchor that another issued and that names no issuer key (§4.2.1.1)'],
  ['pathlen::validation-ignores-pathlen-in-leaf', 'a CA certificate is no leaf'],
  ['rfc5280::ca-as-leaf', 'a CA certificate is no leaf'],
  ['pathlen::max-chain-depth-1-self-issued', 'our limit counts self-issued CAs too'],
]);

/** Accepted, though the suite refuses. On none of them do OpenSSL and the suite agree. */
const LAXER: ReadonlyMap<string, string> = new Map([
  ['rfc5280::nc::permitted-dns-match-noncritical', 'heeded, critical or not (§6.1.4 (g))'],
]);

/** Their only fault is a rule of the CA/Browser Forum for certificates of web servers. */
const WEB_ONLY: ReadonlyMap<string, string> = new Map([
  ['webpki::aki::root-with-aki-missing-keyidentifier', 'fields of a root’s key identifier'],
  ['webpki::aki::root-with-aki-authoritycertissuer', 'fields of a root’s key identifier'],
  ['webpki::aki::root-with-aki-authoritycertserialnumber', 'fields of a root’s key identifier'],
  ['webpki::aki::root-with-aki-all-fields', 'fields of a root’s key identifier'],
  ['webpki::eku::ee-anyeku', 'serverAuth with anyExtendedKeyUsage beside it'],
  ['webpki::eku::ee-critical-eku', 'extended key usage that is critical'],
  ['webpki::eku::ee-without-eku', 'no extended key usage; older cards have none'],
  ['webpki::eku::root-has-eku', 'root with an extended key usage'],
]);

const cases = readLimbo();

test('x509-limbo: every case as expected but for those named here (RFC 5280 §6)', {
  skip: 'skip' in cases ? cases.skip : false,
}, (t) => {
  assert.ok(!('skip' in cases));
  const { right, different, slowest } = scoreOf(cases);
  const agreed = cases.filter(({ consensus }) => consensus);
  const misses = agreed.filter(({ id }) => different.has(id));
  t.diagnostic(
    `x509-limbo: ${right} of ${cases.length} as expected, of consensus ` +
      `${agreed.length - misses.length} of ${agreed.length}; ${STRICTER.size} stricter, ` +
      `${LAXER.size} laxer, ${WEB_ONLY.size} web-server rules; slowest ${slowest.ms.toFixed(0)} ms`,
  );
  assert.deepEqual(misses, []);
  const refused = [...different].filter(([, verdict]) => verdict !== 'accepted');
  const accepted = [...different].filter(([, verdict]) => verdict === 'accepted');
  assert.deepEqual(idsOf(refused), idsOf(STRICTER));
  assert.deepEqual(idsOf(accepted), idsOf([...LAXER, ...WEB_ONLY]));
  assert.ok(slowest.ms < MAX_CASE_MS, slowest.id);
});

function idsOf(entries: Iterable<readonly [string, string]>): string[] {
  return [...entries].map(([id]) => id).sort();
}
