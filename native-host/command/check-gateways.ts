/**
 * The way to each gateway: connection and certificate, connection key, web listener as seen from here, clock, proxy.
 * A gateway is sent the start of a login on the card channel and a HEAD of its public configuration, nothing else.
 */
import { type ErrorCode, errorCodeOf } from '../../gateway/protocol/errors.ts';
import type { Gateway, GatewaySource, ListedGateway } from '../gateways.ts';
import { HOST_VERSION } from '../host-version.ts';
import { abortable } from '../login/abortable.ts';
import { type CardChannelClient, openCardChannel } from '../login/card-channel-client.ts';
import { type ProvenGateway, proveConnection, verifyWebKey } from '../login/connection-proof.ts';
import { findProxy, targetOf } from '../login/proxy.ts';
import { findProxyFailure, type ProxyFailure } from '../login/proxy-tunnel.ts';
import { loadRoots } from '../login/tls-connection.ts';
import { examineClock } from './check-clock.ts';
import type { Finding, Step } from './finding.ts';
import { SOURCE_WORDS } from './gateway-commands.ts';
import type { Machine } from './machine.ts';

type Examined = Pick<ListedGateway, 'gateway' | 'source'> & { readonly machine: Machine };

/** Looks at the lists, then at each gateway in force. */
export async function* checkGateways(machine: Machine): AsyncGenerator<Step> {
  let listed: readonly ListedGateway[] = [];
  yield {
    check: 'gateway-list',
    title: 'Reading the lists of gateways',
    async run() {
      try {
        listed = await machine.listGateways();
        return describeList(listed);
      } catch (error) {
        return [describeBrokenList(errorCodeOf(error))];
      }
    },
  };
  for (const { gateway, source, standing } of listed) {
    if (standing === 'in-force') yield* checkGateway({ gateway, source, machine });
  }
}

function describeList(listed: readonly ListedGateway[]): readonly Finding[] {
  const count = listed.filter(({ standing }) => standing === 'in-force').length;
  const removed = listed.filter(({ standing }) => standing === 'removed');
  const notices = removed.map(({ gateway: { origin } }): Finding => {
    const says = `${origin} is not trusted any more: its key was removed by an update.`;
    return { check: 'gateway-list', state: 'notice', says, details: { origin } };
  });
  if (count > 0) {
    const says = `Gateways that are trusted: ${count}.`;
    return [{ check: 'gateway-list', state: 'ok', says, details: { count } }, ...notices];
  }
  const says = 'No gateway is trusted on this computer: see kids-id-host trust.';
  return [{ check: 'gateway-list', state: 'failed', says, details: { count } }, ...notices];
}

function describeBrokenList(code: ErrorCode): Finding {
  const says =
    'A list of gateways cannot be read or is damaged: no gateway is trusted until it is mended.';
  return { check: 'gateway-list', state: 'failed', says, details: { count: 0, code } };
}

/** Each step needs the one before it; what cannot be looked at any more is skipped in so many words. */
async function* checkGateway(examined: Examined): AsyncGenerator<Step> {
  const { gateway, machine } = examined;
  const { origin } = gateway;
  const proxy = describeProxy(origin, machine);
  if (proxy) yield { check: 'proxy', title: 'Looking for a proxy', run: async () => [proxy] };
  let channel: CardChannelClient | undefined;
  let proven: ProvenGateway | undefined;
  try {
    yield {
      check: 'gateway-connection',
      title: `Connecting to ${origin}`,
      async run(signal) {
        const opened = await examineConnection(examined, signal);
        channel = opened.channel;
        return [opened.finding];
      },
    };
    if (!channel) {
      yield skip('gateway-key', origin);
    } else {
      const open = channel;
      yield {
        check: 'gateway-key',
        title: `Checking the key of ${origin}`,
        async run(signal) {
          const checked = await examineKey({ gateway, channel: open, signal });
          proven = checked.proven;
          return [checked.finding];
        },
      };
    }
  } finally {
    channel?.close();
  }
  yield* checkWeb(examined, { proven, isReachable: channel !== undefined });
}

async function* checkWeb(
  examined: Examined,
  known: { proven: ProvenGateway | undefined; isReachable: boolean },
): AsyncGenerator<Step> {
  const { gateway, machine } = examined;
  const { origin } = gateway;
  const { proven } = known;
  if (proven) {
    yield {
      check: 'web-listener',
      title: `Looking at ${origin} as a browser does`,
      run: async (signal) => [await examineWebKey({ gateway, proven, signal })],
    };
  } else {
    yield skip('web-listener', origin);
  }
  if (known.isReachable) {
    yield {
      check: 'clock',
      title: "Comparing this computer's clock",
      run: async (signal) => [await examineClock({ gateway, machine, signal })],
    };
  } else {
    yield skip('clock', origin);
  }
}

const SKIPPED_WORDS = {
  'gateway-key': 'its key was',
  'web-listener': 'its web pages were',
  clock: 'its clock was',
} as const;

function skip(check: keyof typeof SKIPPED_WORDS, origin: string): Step {
  const says = `${origin}: ${SKIPPED_WORDS[check]} not looked at, because of what failed before.`;
  return {
    check,
    title: says,
    run: async () => [{ check, state: 'skipped', says, details: { origin } }],
  };
}

function describeProxy(origin: string, { env }: Machine): Finding | undefined {
  const setting = findProxy(targetOf(origin), env);
  if (!setting) return undefined;
  if (setting.kind === 'unusable') {
    const says = `A proxy is set for ${origin} that is not an http:// one. Only those can be used.`;
    const details = { origin, proxy: null, credentials: false };
    return { check: 'proxy', state: 'failed', says, details };
  }
  const proxy = `${setting.proxy.host}:${setting.proxy.port}`;
  const credentials = setting.authorization !== undefined;
  const says = `${origin} is reached through the proxy ${proxy}.`;
  return { check: 'proxy', state: 'notice', says, details: { origin, proxy, credentials } };
}

async function examineConnection(
  { gateway, source }: Examined,
  signal: AbortSignal,
): Promise<{ channel: CardChannelClient | undefined; finding: Finding }> {
  const { origin } = gateway;
  try {
    const channel = await openCardChannel({ origin, roots: loadRoots(gateway), signal });
    const says = `${origin} (${SOURCE_WORDS[source]}) is reached, and its certificate holds.`;
    const finding = describe('ok', says, { origin, source });
    return { channel, finding };
  } catch (error) {
    if (signal.aborted) throw error;
    const details = { origin, source, ...explain(error) };
    return {
      channel: undefined,
      finding: describe('failed', `${origin} ${sayWhy(error)}`, details),
    };
  }
}

function describe(
  state: 'ok' | 'failed',
  says: string,
  details: { origin: string; source: GatewaySource },
): Finding {
  return { check: 'gateway-connection', state, says, details };
}

const PROXY_WORDS: Readonly<Record<ProxyFailure, string>> = {
  unusable: 'is set to be reached through a proxy of a kind that cannot be used.',
  unreachable: 'is not reached: the proxy does not answer.',
  silent: 'is not reached: the proxy does not answer in time.',
  credentials:
    'is not reached: the proxy wants a user name and password (407). They go into HTTPS_PROXY: http://name:password@host:port',
  refused: 'is not reached: the proxy refuses to connect to it.',
  malformed: 'is not reached: what is set as the proxy is none.',
};

/** OpenSSL's names of faults that a clock may be to blame for. */
const DATE_FAULTS: readonly string[] = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

function sayWhy(error: unknown): string {
  const proxy = findProxyFailure(error);
  if (proxy) return PROXY_WORDS[proxy.failure];
  if (errorCodeOf(error) === 'GATEWAY_UNREACHABLE') {
    return 'is not reached. Is this computer connected, and the address right?';
  }
  const { tls } = explain(error);
  if (tls === undefined) return 'does not speak the protocol of a gateway.';
  if (DATE_FAULTS.includes(tls)) {
    return `shows a certificate that is not valid on this computer's date. Is the clock right?`;
  }
  return `shows a certificate that does not hold (${tls}). Something between may have put in its own.`;
}

function explain(error: unknown): {
  code: ErrorCode;
  tls?: string;
  proxyFailure?: ProxyFailure;
  proxyStatus?: number;
} {
  const proxy = findProxyFailure(error);
  const tls = findTlsFault(error);
  return {
    code: errorCodeOf(error),
    ...(tls === undefined ? {} : { tls }),
    ...(proxy && { proxyFailure: proxy.failure }),
    ...(proxy?.status === undefined ? {} : { proxyStatus: proxy.status }),
  };
}

/** The name of a certificate's fault: constants of OpenSSL and Node, in capitals. */
function findTlsFault(error: unknown): string | undefined {
  if (errorCodeOf(error) !== 'GATEWAY_UNTRUSTED' || !(error instanceof Error)) return undefined;
  const { cause } = error;
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  const name = String(cause.code);
  return /^[A-Z0-9_]{1,80}$/.test(name) ? name : undefined;
}

async function examineKey(options: {
  gateway: Gateway;
  channel: CardChannelClient;
  signal: AbortSignal;
}): Promise<{ proven: ProvenGateway | undefined; finding: Finding }> {
  const { gateway, channel, signal } = options;
  const { origin } = gateway;
  try {
    const proof = proveConnection({ channel, gateway, hostVersion: HOST_VERSION });
    const proven = await abortable(proof, signal);
    const says = `${origin} holds the key that is trusted.`;
    return { proven, finding: { check: 'gateway-key', state: 'ok', says, details: { origin } } };
  } catch (error) {
    if (signal.aborted) throw error;
    const code = errorCodeOf(error);
    const says = `${origin} ${KEY_WORDS[code] ?? `did not prove itself (${code}).`}`;
    const details = { origin, code };
    return { proven: undefined, finding: { check: 'gateway-key', state: 'failed', says, details } };
  }
}

const KEY_WORDS: Partial<Readonly<Record<ErrorCode, string>>> = {
  GATEWAY_UNTRUSTED: 'shows another key than the one that is trusted.',
  CONNECTION_INTERCEPTED: 'is not at the other end: something between reads the connection.',
  HOST_TOO_OLD: 'wants a newer version of this program.',
  EXTENSION_TOO_OLD: 'wants a newer version of the extension.',
};

async function examineWebKey(options: {
  gateway: Gateway;
  proven: ProvenGateway;
  signal: AbortSignal;
}): Promise<Finding> {
  const { gateway, proven, signal } = options;
  const { origin } = gateway;
  try {
    await verifyWebKey({ origin, roots: loadRoots(gateway), webKeys: proven.webKeys, signal });
    const says = `${origin}: web pages come from the gateway itself, as seen from this computer.`;
    return { check: 'web-listener', state: 'ok', says, details: { origin } };
  } catch (error) {
    if (signal.aborted) throw error;
    const code = errorCodeOf(error);
    const says =
      code === 'CONNECTION_INTERCEPTED'
        ? `${origin}: something between shows its own certificate (a proxy, or a virus scanner that looks into https).`
        : `${origin}: its web pages are not reached.`;
    return { check: 'web-listener', state: 'failed', says, details: { origin, code } };
  }
}
