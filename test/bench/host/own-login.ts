/** A login of the host in this process, on a virtual card, with every command and answer recorded. TEST ONLY. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { runHost } from '../../../native-host/host.ts';
import type { VirtualCard } from '../../kit/card/virtual-card.ts';
import { COMPLETION_CODE, startCardGateway, TICKET } from '../../kit/host/card-gateway.ts';
import { createHostTalk } from '../../kit/host/frame-stream.ts';
import { type HostPki, listEntry } from '../../kit/host/host-bench.ts';
import { createVirtualReaders } from '../../kit/host/virtual-readers.ts';
import type { RecordedExchange } from './t0-model.ts';

/** Logs in from start to completion code. */
export async function recordOwnLogin(options: {
  bench: HostPki;
  card: VirtualCard;
  pin: string;
}): Promise<RecordedExchange[]> {
  const { bench, card, pin } = options;
  const certificate = bench.pki.issueWebCertificate(['gateway.localhost']);
  const gateway = await startCardGateway({ certificate });
  const exchanges: RecordedExchange[] = [];
  const readers = createVirtualReaders();
  readers.insert({
    ...card,
    transmit(sent) {
      // Copied before it is wiped.
      const command = sent.slice();
      const answer = card.transmit(sent);
      exchanges.push({ command, answer: answer.slice() });
      return answer;
    },
  });
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const ended = runHost({
    stdin,
    stdout,
    openReaders: readers.open,
    loadGateways: async () => [listEntry(gateway, bench.certificateAuthority)],
    log: () => undefined,
  });
  try {
    const host = createHostTalk({ input: stdin, output: stdout });
    const { origin } = gateway;
    host.send({ type: 'login', id: 'l', origin, ticket: TICKET, language: 'nl' });
    await host.find(({ type }) => type === 'pin-wanted');
    host.send({ type: 'pin', id: 'l', digits: [...pin].map(Number) });
    const reply = await host.find(({ type }) => type === 'login');
    assert.equal(reply['completionCode'], COMPLETION_CODE);
  } finally {
    stdin.end();
    await ended;
    await gateway.stop();
  }
  return exchanges;
}
