/** The virtual card at the end of a connection: frames, vpcd's protocol, the local socket. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { CardContents } from '../kit/card/card-contents.ts';
import { createTestContents, fromHex, toHex } from '../kit/card/card-fixture.ts';
import { serveCardSocket } from '../kit/card/card-socket.ts';
import { createFrameDecoder, encodeFrame } from '../kit/card/frames.ts';
import { createVirtualCard, type VirtualCard } from '../kit/card/virtual-card.ts';
import { connectVpcd } from '../kit/card/vpcd-client.ts';

const ATR = '3b7f96000080318065b085040120120fff829000';
const CARD_DATA = '80e400001c';
const VERIFY = '0020000108241234ffffffffff';
const STATUS = '0020000100';

let contents: CardContents;
let card: VirtualCard;

before(async () => {
  contents = await createTestContents('emma');
});

beforeEach(() => {
  card = createVirtualCard(contents);
});

/** A reader in the test: sends frames, and waits for the answers. */
function createReader(socket: Socket) {
  const decode = createFrameDecoder();
  const answers: string[] = [];
  socket.on('data', (chunk: Uint8Array) => {
    for (const payload of decode(chunk)) answers.push(toHex(payload));
    socket.emit('answer');
  });
  socket.on('error', () => undefined);
  return {
    send: (payload: string) => void socket.write(encodeFrame(fromHex(payload))),
    async ask(payload: string): Promise<string> {
      this.send(payload);
      while (answers.length === 0) {
        await once(socket, 'answer', { signal: AbortSignal.timeout(5000) });
      }
      return answers.shift() ?? '';
    },
  };
}

describe('frames', () => {
  it('carry a payload after its length of two bytes', () => {
    assert.equal(toHex(encodeFrame(Uint8Array.of(4))), '000104');
    assert.equal(toHex(encodeFrame(new Uint8Array(258)).subarray(0, 2)), '0102');
  });

  it('come out whole however they are cut', () => {
    const bytes = fromHex('000104 0005 80e400001c 0002 9000');
    for (let cut = 0; cut <= bytes.length; cut++) {
      const decode = createFrameDecoder();
      const payloads = [...decode(bytes.subarray(0, cut)), ...decode(bytes.subarray(cut))];
      assert.deepEqual(payloads.map(toHex), ['04', CARD_DATA, '9000']);
    }
  });

  it('are refused when empty or too long', () => {
    assert.throws(() => createFrameDecoder()(fromHex('0000')), RangeError);
    assert.throws(() => createFrameDecoder()(fromHex('0106')), RangeError);
    assert.throws(() => encodeFrame(new Uint8Array(0)), RangeError);
    assert.throws(() => encodeFrame(new Uint8Array(262)), RangeError);
  });
});

describe('a card at a vpcd', () => {
  let server: Server;
  let port: number;

  before(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });

  after(() => void server.close());

  async function insert() {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const inserted = connectVpcd({ card, port });
    const [socket] = await accepted;
    const reader = createReader(socket);
    assert.equal(await reader.ask('04'), ATR);
    return { reader, socket, inserted: await inserted };
  }

  it('answers to power, reset, ATR and commands (§6.2)', async () => {
    const { reader, inserted } = await insert();
    reader.send('01');
    assert.match(await reader.ask(CARD_DATA), /^534c.*9000$/);
    assert.equal(await reader.ask(VERIFY), '9000');
    reader.send('02');
    assert.equal(await reader.ask(STATUS), '63c3');
    assert.equal(await reader.ask(VERIFY), '9000');
    reader.send('00');
    reader.send('01');
    assert.equal(await reader.ask(STATUS), '63c3');
    await inserted.remove();
  });

  it('loses its power when it is removed, and keeps its tries when it comes back', async () => {
    const first = await insert();
    first.reader.send('01');
    assert.equal(await first.reader.ask('0020000108249999ffffffffff'), '63c2');
    const closed = once(first.socket, 'close');
    await first.inserted.remove();
    await first.inserted.remove();
    await closed;
    assert.throws(() => card.transmit(fromHex(CARD_DATA)), /no power/);
    const second = await insert();
    second.reader.send('01');
    assert.equal(await second.reader.ask(STATUS), '63c2');
    await second.inserted.remove();
  });

  it('is removed when the reader goes', async () => {
    const { socket, inserted } = await insert();
    socket.destroy();
    await inserted.removed;
  });

  for (const [what, payload] of [
    ['an unknown control', '03'],
    ['a command without power', CARD_DATA],
  ] as const) {
    it(`is removed at ${what}`, async () => {
      const { reader, inserted } = await insert();
      reader.send(payload);
      await inserted.removed;
    });
  }

  it('sends no answer when it is pulled out in the middle of a command (§6.3)', async () => {
    let pull = () => {};
    card = createVirtualCard(contents, {
      intercept: () => {
        pull();
        return undefined;
      },
    });
    const { reader, socket, inserted } = await insert();
    pull = () => void inserted.remove();
    reader.send('01');
    reader.send(CARD_DATA);
    let received = 0;
    socket.on('data', (chunk: Uint8Array) => {
      received += chunk.length;
    });
    await once(socket, 'close');
    assert.equal(received, 0);
  });

  it('is out after the command that it was pulled out at (§6.3)', async () => {
    card = createVirtualCard(contents, { pulledAtInstruction: 0xe4 });
    const { reader, inserted } = await insert();
    reader.send('01');
    reader.send(CARD_DATA);
    await inserted.removed;
    assert.throws(() => card.transmit(fromHex(CARD_DATA)), /no power/);
  });

  it('loses the connection when it stays silent, and comes back with its power (§1.8)', async () => {
    card = createVirtualCard(contents, { silentCommands: 1 });
    const first = await insert();
    first.reader.send('01');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    first.reader.send(CARD_DATA);
    await once(first.socket, 'close');
    const [socket] = await accepted;
    const reader = createReader(socket);
    assert.equal(await reader.ask('04'), ATR);
    assert.match(await reader.ask(CARD_DATA), /^534c.*9000$/);
    await first.inserted.remove();
    await once(socket, 'close');
    assert.throws(() => card.transmit(fromHex(CARD_DATA)), /no power/);
  });

  it('is out when the reader has gone before a silent card is back', async () => {
    card = createVirtualCard(contents, { silentCommands: 1 });
    const { reader, inserted } = await insert();
    server.once('connection', (socket: Socket) => socket.destroy());
    reader.send('01');
    reader.send(CARD_DATA);
    await inserted.removed;
    assert.throws(() => card.transmit(fromHex(CARD_DATA)), /no power/);
  });

  it('fails with ECONNREFUSED where nothing listens', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const address = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    await assert.rejects(connectVpcd({ card, port: address.port }), { code: 'ECONNREFUSED' });
  });

  it('fails when the reader closes without a word', async () => {
    server.once('connection', (socket: Socket) => socket.destroy());
    await assert.rejects(connectVpcd({ card, port }), /closed the connection|ECONNRESET/);
  });
});

describe('a card on a local socket', () => {
  let dir: string;
  let path: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kids-id-card-'));
    path = join(dir, 'card');
  });

  after(() => rm(dir, { recursive: true, force: true }));

  async function open(): Promise<Socket> {
    const socket = connect(path);
    await once(socket, 'connect');
    return socket;
  }

  it('answers as at a vpcd, to its owner only', async () => {
    const served = await serveCardSocket({ card, path });
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const reader = createReader(await open());
    assert.equal(await reader.ask('04'), ATR);
    reader.send('01');
    assert.match(await reader.ask(CARD_DATA), /^534c.*9000$/);
    await served.remove();
    await served.removed;
    await assert.rejects(open(), { code: 'ENOENT' });
  });

  it('takes one reader at a time, and loses its rights between two', async () => {
    const served = await serveCardSocket({ card, path });
    const firstSocket = await open();
    const first = createReader(firstSocket);
    first.send('01');
    assert.equal(await first.ask(VERIFY), '9000');
    const second = createReader(await open());
    second.send('01');
    const answer = second.ask(STATUS);
    assert.equal(await first.ask(STATUS), '9000');
    firstSocket.destroy();
    assert.equal(await answer, '63c3');
    await served.remove();
  });

  it('ends its readers, also those that wait, when it is removed', async () => {
    const served = await serveCardSocket({ card, path });
    const sockets = [await open(), await open()];
    const closed = sockets.map((socket) => {
      createReader(socket);
      return once(socket, 'close');
    });
    assert.equal(await createReader(sockets[0] ?? assert.fail()).ask('04'), ATR);
    await served.remove();
    await Promise.all(closed);
  });

  it('replaces the socket of a process that was killed', async () => {
    const program = `require('node:net').createServer().listen(${JSON.stringify(path)},
      () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', program], { timeout: 10_000 }), 'exit');
    assert.ok((await stat(path)).isSocket());
    const served = await serveCardSocket({ card, path });
    assert.equal(await createReader(await open()).ask('04'), ATR);
    await served.remove();
  });

  it('is not served twice on one path', async () => {
    const served = await serveCardSocket({ card, path });
    await assert.rejects(serveCardSocket({ card, path }), /another virtual card/);
    await served.remove();
  });
});
