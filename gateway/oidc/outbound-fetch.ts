/**
 * The one way out of oidc-provider: a short POST to a site's own https address, which its operator gave
 * and which therefore may name anything. No redirect is followed, nothing is read but the status, and
 * addresses of this machine and its networks are refused unless our operator lists the host.
 */
import { lookup } from 'node:dns/promises';
import { type RequestOptions, request } from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { Configuration } from 'oidc-provider';

const DEADLINE_MS = 2_500;

/** IPv4 outside the public Internet (RFC 6890). IPv6 is judged by what is public instead. */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Within 2000::/3, but no public host: Teredo and its like, documentation, 6to4. */
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const special = new BlockList();
for (const [network, bits] of SPECIAL_IPV4) special.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of SPECIAL_IPV6) special.addSubnet(network, bits, 'ipv6');
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');

/** Tells whether an address is one that only a machine inside could reach. */
export function isSpecialUse(address: string): boolean {
  if (isIP(address) === 4) return special.check(address, 'ipv4');
  return !global6.check(address, 'ipv6') || special.check(address, 'ipv6');
}

/**
 * Creates oidc-provider's `fetch`. Hosts of `allowedHosts`, exact names or addresses, may be special-use.
 * It rejects for a scheme other than https, a refused address, and after 2.5 s.
 */
export function createOutboundFetch(options: {
  allowedHosts: readonly string[];
}): NonNullable<Configuration['fetch']> {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.protocol !== 'https:') throw new TypeError('outbound request is not https');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const address = await resolveHost(host, options.allowedHosts.includes(url.hostname));
    const headers = Object.fromEntries(new Headers(init.headers));
    const body = init.body === undefined || init.body === null ? '' : String(init.body);
    const status = await send(
      {
        // The address that was judged is the one that is connected to, whatever a second look-up says.
        host: address,
        servername: isIP(host) ? '' : host,
        port: url.port || 443,
        path: url.pathname + url.search,
        method: init.method ?? 'GET',
        headers: { ...headers, host: url.host, 'content-length': Buffer.byteLength(body) },
        agent: false,
        signal: AbortSignal.timeout(DEADLINE_MS),
      },
      body,
    );
    return new Response(null, { status });
  };
}

async function resolveHost(host: string, isAllowed: boolean): Promise<string> {
  const addresses = await findAddresses(host);
  const [first] = addresses;
  if (!first) throw new TypeError('outbound host has no address');
  if (!isAllowed && addresses.some(isSpecialUse)) {
    throw new TypeError('outbound host has a special-use address');
  }
  return first;
}

async function findAddresses(host: string): Promise<string[]> {
  if (isIP(host)) return [host];
  // RFC 6761 §6.3: such names are this machine, whatever a resolver says.
  if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1'];
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const given = await Promise.race([
    lookup(host, { all: true }),
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new TypeError('name look-up took too long')));
    }),
  ]);
  return given.map(({ address }) => address);
}

function send(options: RequestOptions, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (response) => {
      response.on('error', reject);
      resolve(response.statusCode ?? 500);
      response.destroy();
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
