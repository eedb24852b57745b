/** Ports on loopback: whether one is free, and any free one. TEST ONLY. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to connections and to whoever asks for any (Linux from 32768, IANA from 49152):
 * between the moment when one is chosen here and the moment when somebody listens at it, no connection takes it.
 */
const FIRST = 20_000;
const COUNT = 12_000;
/** Processes that choose at the same time begin at different ports. */
const STRIDE = 40;

let offset = process.pid * STRIDE;

/**
 * Returns the port if it is free on 127.0.0.1; for 0, a free one, another at each call.
 * @throws Error that names the port when something listens there
 */
export async function claimPort(port: number): Promise<number> {
  if (port !== 0) {
    if (await isFree(port)) return port;
    throw new Error(
      `Port ${port} on 127.0.0.1 is taken. Is another \`npm start\` running? Stop it, or choose other ports with --ports.`,
    );
  }
  for (let tried = 0; tried < COUNT; tried += 1) {
    const candidate = FIRST + (offset % COUNT);
    offset += 1;
    if (await isFree(candidate)) return candidate;
  }
  throw new Error('no port on 127.0.0.1 is free');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen({ port, host: '127.0.0.1', exclusive: true }), 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
