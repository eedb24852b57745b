/**
 * Preload for Node processes in development: `*.localhost` is this machine, as RFC 6761 §6.3 says
 * and browsers do; Node asks the system's resolver, which mostly does not know. TEST ONLY.
 */
import dns from 'node:dns';

const lookup = dns.lookup;

function lookupLocalhost(hostname: string, ...rest: unknown[]): void {
  const name = /(^|\.)localhost$/i.test(hostname) ? '127.0.0.1' : hostname;
  Reflect.apply(lookup, dns, [name, ...rest]);
}

dns.lookup = lookupLocalhost as typeof dns.lookup;
