/**
 * Another program on the same computer that uses the card through PC/SC, as a process of its own: it does what the
 * lines of its standard input say and answers each with a line: bytes in hexadecimal, `ok`, or the name of the
 * failure. Lines: `connect shared|exclusive`, `begin`, `end leave|reset|unpower`, `reconnect leave|reset`,
 * `transmit <hex>`, `disconnect leave|reset|unpower`, `see-empty` (waits until the service has noticed that no card is
 * in). TEST ONLY.
 */
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import {
  type Card,
  type CardDisposition,
  CardMode,
  Client,
  type Reader,
  ReaderStatus,
  type Transaction,
} from 'pcsc-mini';

const DISPOSITIONS: Readonly<Record<string, CardDisposition>> = { leave: 0, reset: 1, unpower: 2 };
const READER = 'Virtual PCD 00 00';

const client = new Client();
const { promise: present, resolve: setPresent } = Promise.withResolvers<Reader>();
const changes = new EventEmitter();
let isEmpty = false;
let card: Card | undefined;
let transaction: Transaction | undefined;

client.on('error', () => process.exit(1));
client.on('reader', (reader) => {
  if (reader.name() !== READER) return;
  reader.on('change', (status) => {
    isEmpty = status.has(ReaderStatus.EMPTY);
    changes.emit('change');
    if (status.has(ReaderStatus.PRESENT)) setPresent(reader);
  });
});
client.start();

for await (const line of createInterface(process.stdin)) {
  const answer = await run(line.split(' ')).catch((error: Error & { code?: string }) => error.code);
  process.stdout.write(`${answer}\n`);
}
// Killed, not left: nothing is undone on the way out but what PC/SC does by itself.
process.kill(process.pid, 'SIGKILL');

async function run([verb, word = '']: readonly string[]): Promise<string> {
  const disposition = DISPOSITIONS[word] ?? 0;
  switch (verb) {
    case 'connect': {
      const mode = word === 'exclusive' ? CardMode.EXCLUSIVE : CardMode.SHARED;
      card = await (await present).connect(mode);
      return 'ok';
    }
    case 'begin':
      transaction = await card?.transaction();
      return 'ok';
    case 'end':
      await transaction?.end(disposition);
      return 'ok';
    case 'reconnect':
      await card?.reconnect(CardMode.SHARED, disposition);
      return 'ok';
    case 'transmit': {
      const answer = await card?.transmit(Uint8Array.from(Buffer.from(word, 'hex')));
      return Buffer.from(answer ?? [])
        .toString('hex')
        .toUpperCase();
    }
    case 'see-empty':
      while (!isEmpty) await once(changes, 'change');
      return 'ok';
    case 'disconnect':
      await card?.disconnect(disposition);
      return 'ok';
    default:
      return 'unknown';
  }
}
