/** The browser's end of native messaging, made without the host's own code. TEST ONLY. */
import { EventEmitter, on } from 'node:events';
import { endianness } from 'node:os';
import type { Readable, Writable } from 'node:stream';

/** A message as it came. */
export type HostMessage = Record<string, unknown> & { readonly type: string };

/** Talks to a host over its streams. */
export interface HostTalk {
  /** Everything that came so far. */
  readonly messages: readonly HostMessage[];
  send(message: object): void;
  /** Sends bytes as they are. */
  sendRaw(bytes: Uint8Array): void;
  /** The first message, from the start on, that fits; waits for it at most 10 s. */
  find(fits: (message: HostMessage) => boolean): Promise<HostMessage>;
}

const WAIT_MS = 10_000;
const isLittle = endianness() === 'LE';

/** Starts talking: `input` is the host's stdin, `output` its stdout. */
export function createHostTalk(streams: { input: Writable; output: Readable }): HostTalk {
  const messages: HostMessage[] = [];
  const arrivals = new EventEmitter();
  let buffered = Buffer.alloc(0);
  streams.input.on('error', () => undefined);
  streams.output.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (;;) {
      const frame = takeFrame(buffered);
      if (!frame) return;
      buffered = buffered.subarray(4 + frame.length);
      messages.push(JSON.parse(frame.toString('utf8')));
      arrivals.emit('message');
    }
  });
  return {
    messages,
    send: (message) => void streams.input.write(encodeMessage(message)),
    sendRaw: (bytes) => void streams.input.write(bytes),
    async find(fits) {
      const signal = AbortSignal.timeout(WAIT_MS);
      const news = on(arrivals, 'message', { signal });
      try {
        for (;;) {
          const found = messages.find(fits);
          if (found) return found;
          await news.next();
        }
      } catch (cause) {
        const seen = messages.map((message) => JSON.stringify(message)).join('\n');
        throw new Error(`the host did not send it in time; it sent:\n${seen}`, { cause });
      }
    },
  };
}

function encodeMessage(message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(4);
  if (isLittle) length.writeUInt32LE(body.length);
  else length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

function takeFrame(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 4) return undefined;
  const length = isLittle ? bytes.readUInt32LE() : bytes.readUInt32BE();
  return bytes.length < 4 + length ? undefined : bytes.subarray(4, 4 + length);
}
