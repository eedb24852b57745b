/**
 * From a name to a connection. Names that end in `.localhost` are this machine (RFC 6761 §6.3); Node's resolver does
 * not know it.
 */
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';

const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/**
 * Options of a socket that connects to a name. Where a name has several addresses, Node gives up one after 250 ms and
 * tries the next: on a slow network or computer that is the good one, and behind the next is nobody.
 */
export const BY_NAME = { lookup: lookupHost, autoSelectFamilyAttemptTimeout: 2_500 } as const;

/** A `lookup` for Node's sockets: `localhost` and `*.localhost` are loopback, all else is the system's. */
function lookupHost(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  if (hostname !== 'localhost' && !hostname.endsWith('.localhost')) {
    lookup(hostname, options, callback);
    return;
  }
  const isWanted = ({ family }: LookupAddress) =>
    options.family === undefined || options.family === 0 || options.family === family;
  const addresses = LOOPBACK.filter(isWanted);
  const [first] = addresses;
  if (options.all === true || !first) {
    callback(null, addresses);
    return;
  }
  callback(null, first.address, first.family);
}
