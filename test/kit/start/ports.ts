/** Ports on loopback: whether one is free, and any free one. TEST ONLY. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * Returns the port if it is free on 127.0.0.1; for 0, any free one.
 * @throws Error that names the port when something listens there
 */
export async function claimPort(port: number): Promise<number> {
  const server = createServer();
  try {
    await once(server.listen({ port, host: '127.0.0.1', exclusive: true }), 'listening');
  } catch (cause) {
    throw new Error(
      `Port ${port} on 127.0.0.1 is taken. Is another \`npm start\` running? Stop it, or choose other ports with --ports.`,
      { cause },
    );
  }
  const { port: claimed } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return claimed;
}
