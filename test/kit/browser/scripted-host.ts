/**
 * A native host that plays a part written down in a file: for tests of the extension alone. Real
 * framing and real messages, no card and no gateway.
 * Run as `node scripted-host.ts <part.json> <log.jsonl>`; the part is read anew at each start.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { hostFindings } from '../../../gateway/protocol/diagnosis.ts';
import { ERROR_CODES } from '../../../gateway/protocol/errors.ts';
import { cardLabel, disclosure, secret, site } from '../../../gateway/protocol/fields.ts';
import {
  type FromHost,
  HOST_STAGES,
  type ToHost,
  toHost,
} from '../../../gateway/protocol/host-messages.ts';

const part = v.strictObject({
  /** What `hello` says. */
  protocol: v.number(),
  /** Stages to report before the PIN is asked for. */
  stages: v.array(v.picklist(HOST_STAGES)),
  /** Where to stop for good: after these stages, instead of asking for the PIN. */
  stopAfterStages: v.boolean(),
  /** How to end after the stages instead of asking for the PIN. */
  failWith: v.optional(v.picklist(ERROR_CODES)),
  site,
  disclosure,
  pin: v.array(v.number()),
  /** Cards to choose from before the PIN is asked for; with fewer than two nobody is asked. */
  cards: v.optional(v.array(cardLabel), []),
  /** The PIN is typed on the reader, where nobody types it. */
  onReader: v.optional(v.boolean(), false),
  triesLeft: v.number(),
  completionCode: secret,
  /** What a diagnosis finds; a host without it does not know the word, and ends. */
  findings: v.optional(v.strictObject(hostFindings)),
  /** What it refuses a diagnosis with instead. */
  diagnosisFailsWith: v.optional(v.picklist(ERROR_CODES)),
});
export type HostPart = v.InferOutput<typeof part>;

if (import.meta.main) main();

function main(): void {
  const [, , partFile = '', logFile = ''] = process.argv;
  const script = v.parse(part, JSON.parse(readFileSync(partFile, 'utf8')));
  const play = createPlayer(script);
  readFrames((raw) => {
    const message = v.parse(toHost, raw);
    const noted =
      message.type === 'pin' ? { type: 'pin', right: isRight(script, message) } : message;
    appendFileSync(logFile, `${JSON.stringify(noted)}\n`);
    play(message);
  });
  process.stdin.on('end', () => process.exit(0));
}

function createPlayer(script: HostPart): (message: ToHost) => void {
  let triesLeft = script.triesLeft;

  let wrongLast = false;

  function ask(id: string, wrong: boolean): void {
    wrongLast = wrong;
    if (triesLeft === 1) send({ type: 'last-try', id });
    else askPin(id);
  }

  function askPin(id: string): void {
    const type = script.onReader ? 'pin-on-reader' : 'pin-wanted';
    send({ type, id, triesLeft, wrong: wrongLast });
  }

  return (message) => {
    const { id } = message;
    switch (message.type) {
      case 'hello':
        send({ type: 'hello', id, ok: true, hostVersion: '0.1.0', protocol: script.protocol });
        return;
      case 'login':
        send({ type: 'site', id, site: script.site, disclosure: script.disclosure });
        for (const stage of script.stages) send({ type: 'stage', id, stage });
        if (script.failWith) send({ type: 'login', id, ok: false, code: script.failWith });
        else if (script.cards.length > 1) {
          send({ type: 'card-choice-wanted', id, cards: script.cards });
        } else if (!script.stopAfterStages) ask(id, false);
        return;
      case 'card-choice':
        ask(id, false);
        return;
      case 'change-pin':
      case 'new-pin':
        throw new TypeError('a window that logs in says no such thing');
      case 'pin':
        if (isRight(script, message)) {
          send({ type: 'stage', id, stage: 'verifying' });
          send({ type: 'login', id, ok: true, completionCode: script.completionCode });
          return;
        }
        triesLeft -= 1;
        if (triesLeft > 0) ask(id, true);
        else send({ type: 'login', id, ok: false, code: 'PIN_BLOCKED' });
        return;
      case 'last-try-allowed':
        askPin(id);
        return;
      case 'diagnose':
        answerDiagnosis(script, id);
        return;
      case 'cancel':
        send({ type: 'login', id, ok: false, code: 'USER_CANCELLED' });
    }
  };
}

function answerDiagnosis({ findings, diagnosisFailsWith }: HostPart, id: string): void {
  if (diagnosisFailsWith) send({ type: 'diagnose', id, ok: false, code: diagnosisFailsWith });
  else if (findings) send({ type: 'diagnose', id, ok: true, ...findings });
  else process.exit(0);
}

function isRight(script: HostPart, message: Extract<ToHost, { type: 'pin' }>): boolean {
  return message.digits.join() === script.pin.join();
}

function send(message: FromHost): void {
  const body = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(4);
  // Browsers use the machine's byte order; every machine that runs these tests is little-endian.
  length.writeUInt32LE(body.length);
  process.stdout.write(Buffer.concat([length, body]));
}

function readFrames(onMessage: (raw: unknown) => void): void {
  let buffered = Buffer.alloc(0);
  process.stdin.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= 4 && buffered.length >= 4 + buffered.readUInt32LE()) {
      const end = 4 + buffered.readUInt32LE();
      const body = buffered.subarray(4, end);
      buffered = buffered.subarray(end);
      onMessage(JSON.parse(body.toString('utf8')));
    }
  });
}
