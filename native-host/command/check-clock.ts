/** This computer's clock beside a gateway's: the Date of one HEAD of its public configuration. */
import { request as startRequest } from 'node:http';
import type { Gateway } from '../gateways.ts';
import { loadRoots, openTlsConnection } from '../login/tls-connection.ts';
import type { Finding } from './finding.ts';
import type { Machine } from './machine.ts';

/** A certificate's validity and a login's deadlines are judged by clocks on both sides. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Compares the clocks; skipped where there is no web answer to compare with. @throws the signal's reason */
export async function examineClock(options: {
  gateway: Gateway;
  machine: Machine;
  signal: AbortSignal;
}): Promise<Finding> {
  const { gateway, machine, signal } = options;
  const { origin } = gateway;
  const date = await readDate(gateway, signal).catch(() => undefined);
  signal.throwIfAborted();
  if (!date) {
    const says = `${origin}: no time to compare the clock with.`;
    return { check: 'clock', state: 'skipped', says, details: { origin } };
  }
  const offByMs = machine.now().getTime() - date.getTime();
  const details = { origin, offBySeconds: Math.round(offByMs / 1_000) };
  if (Math.abs(offByMs) <= CLOCK_TOLERANCE_MS) {
    return { check: 'clock', state: 'ok', says: 'The clock is right.', details };
  }
  const minutes = Math.round(Math.abs(offByMs) / 60_000);
  const way = offByMs > 0 ? 'ahead' : 'behind';
  const says = `The clock of this computer is ${minutes} minutes ${way}.`;
  return { check: 'clock', state: 'failed', says, details };
}

/** The Date of a web answer (RFC 9110 §6.6.1), `undefined` where there is none. */
async function readDate(gateway: Gateway, signal: AbortSignal): Promise<Date | undefined> {
  const { origin } = gateway;
  const socket = await openTlsConnection({
    origin,
    roots: loadRoots(gateway),
    alpn: 'http/1.1',
    minVersion: 'TLSv1.2',
    signal,
  });
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  try {
    startRequest({
      createConnection: () => socket,
      method: 'HEAD',
      path: '/.well-known/openid-configuration',
      headers: { host: new URL(origin).host },
      signal,
    })
      .on('error', reject)
      .on('response', (response) => {
        response.resume();
        resolve(response.headers.date);
      })
      .end();
    const date = new Date((await promise) ?? '');
    return Number.isNaN(date.getTime()) ? undefined : date;
  } finally {
    socket.destroy();
  }
}
