/**
 * A program of its own for tests: connects to the card in the first virtual reader through pcsc-mini and prints the
 * answers to the commands of its arguments, in hexadecimal, one a line. The PC/SC library reads its socket from
 * the environment once in a process, hence one process for each daemon. TEST ONLY.
 */
import { CardDisposition, CardMode, Client, Protocol, type Reader, ReaderStatus } from 'pcsc-mini';

// Held here until the end: the binding sends the bytes from another thread, and does not keep them alive itself.
const commands = process.argv.slice(2).map((text) => Uint8Array.from(Buffer.from(text, 'hex')));
const client = new Client();
client.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
client.on('reader', (reader) => {
  if (reader.name() !== 'Virtual PCD 00 00') return;
  reader.on('change', (status) => {
    if (status.has(ReaderStatus.PRESENT)) void probe(reader);
  });
});
client.start();

async function probe(reader: Reader): Promise<void> {
  const card = await reader.connect(CardMode.SHARED, Protocol.ANY);
  for (const command of commands) {
    const response = await card.transmit(command);
    process.stdout.write(`${Buffer.from(response).toString('hex')}\n`);
  }
  await card.disconnect(CardDisposition.LEAVE);
  // A monitor that runs is not stopped: see pcsc-readers.ts.
  process.exit();
}
