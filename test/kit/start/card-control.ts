/** Lets `npm run card` put another card into the reader of a running `npm start`. TEST ONLY. */
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { APPLETS } from '../card/applets.ts';
import { findFault } from '../card/faults.ts';
import { type CardWish, cardControlPath } from '../card/running-start.ts';
import { findPerson } from '../persons.ts';
import type { World } from './world.ts';

const MAX_WISH_BYTES = 1_024;

/**
 * Listens for this data folder; only this user can connect. @param options.say gets a line for each card
 */
export async function openCardControl(options: {
  dataFolder: string;
  world: Pick<World, 'insertCardOf'>;
  say: (line: string) => void;
}): Promise<{ close(): Promise<void> }> {
  const path = cardControlPath(options.dataFolder);
  // What an `npm start` left that was killed. A port that is taken stopped a second one before.
  if (process.platform !== 'win32') rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    readWish(socket)
      .then((wish) => insert(wish, options))
      .then(
        () => socket.end(JSON.stringify({ ok: true })),
        (error: unknown) =>
          socket.end(
            JSON.stringify({ ok: false, reason: error instanceof Error ? error.message : '' }),
          ),
      );
  });
  await once(server.listen(path), 'listening');
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return {
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}

async function readWish(socket: Socket): Promise<CardWish> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.length > MAX_WISH_BYTES) throw new Error('too long a wish');
  }
  return JSON.parse(text) as CardWish;
}

async function insert(
  wish: CardWish,
  { world, say }: { world: Pick<World, 'insertCardOf'>; say: (line: string) => void },
): Promise<void> {
  const person = findPerson(wish.person);
  if (!person) throw new Error('no such person');
  const applet = APPLETS.find(({ version }) => version === wish.applet)?.version;
  const fault = wish.fault === undefined ? undefined : findFault(wish.fault);
  await world.insertCardOf(person, fault?.card, {
    ...(applet && { applet }),
    ...(fault?.forgery && { forgery: fault.forgery }),
    ...(wish.isRenewed === true && { isRenewed: true }),
  });
  say(`In the reader now: the card of ${person.name} (${person.description}), PIN ${person.pin}.`);
}
