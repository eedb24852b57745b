/** The way to the card: PC/SC service, readers, and what a card says without a PIN and without a name. */
import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, errorCodeOf } from '../../gateway/protocol/errors.ts';
import { type CardState, formatAppletVersion, readCardState } from '../card/card-state.ts';
import { modelOfReader } from '../card/reader-model.ts';
import type { CardReader, CardReaders } from '../card/readers.ts';
import type { Finding, Step } from './finding.ts';
import type { Machine } from './machine.ts';

/** Readers report themselves one by one after the service is asked: so long is waited for the first. */
const FIRST_READER_MS = 2_000;
/** And so long, without anything new, for more. */
const QUIET_MS = 300;

/** Looks at the service, then the readers, then each card. */
export async function* checkCards(machine: Machine): AsyncGenerator<Step> {
  yield {
    check: 'service',
    title: 'Looking for the smart card service',
    run: async (signal) => [describeService(await machine.hasReaderService(signal))],
  };
  let readers: CardReaders | undefined;
  try {
    yield {
      check: 'readers',
      title: 'Looking for card readers',
      async run(signal) {
        readers = await settleReaders(machine, signal);
        return [describeReaders(readers.list())];
      },
    };
    const withCard = readers?.list().filter(({ hasCard }) => hasCard) ?? [];
    const states: Finding[] = [];
    for (const reader of withCard) {
      yield {
        check: 'card',
        title: `Reading the card in ${modelOfReader(reader.name)}`,
        async run() {
          const finding = await examineCard(reader);
          states.push(finding);
          return [finding];
        },
      };
    }
    if (!states.some(({ details }) => details['card'] === 'belgian')) yield cardAbsent(withCard);
  } finally {
    await readers?.close();
  }
}

function describeService(running: boolean | undefined): Finding {
  const details = { running: running ?? null };
  if (running === undefined) {
    const says = 'The smart card service is part of this system and starts by itself.';
    return { check: 'service', state: 'ok', says, details };
  }
  if (running) {
    return { check: 'service', state: 'ok', says: 'The smart card service answers.', details };
  }
  const says =
    'The smart card service (pcscd) does not answer. Is the package pcscd installed and started?';
  return { check: 'service', state: 'failed', says, details };
}

/** Opens the readers and waits until they have told of themselves. */
async function settleReaders(machine: Machine, signal: AbortSignal): Promise<CardReaders> {
  let changes = 0;
  const readers = await machine.openReaders(() => {
    changes += 1;
  });
  const startedAt = performance.now();
  let seen = -1;
  // A service that is away is asked for again and again: that is a change, but no reader.
  const isSettled = () =>
    readers.list().length > 0 ? seen === changes : performance.now() - startedAt > FIRST_READER_MS;
  while (!isSettled() && !signal.aborted) {
    seen = changes;
    await delay(QUIET_MS);
  }
  if (!signal.aborted) return readers;
  await readers.close();
  throw signal.reason;
}

function describeReaders(list: readonly CardReader[]): Finding {
  const names = list.map(({ name }) => modelOfReader(name)).join('; ');
  const cards = list.filter(({ hasCard }) => hasCard).length;
  const details = { count: list.length, names, cards };
  if (list.length === 0) {
    return { check: 'readers', state: 'failed', says: 'No card reader is connected.', details };
  }
  const says = `Card readers: ${names}. Cards in them: ${cards}.`;
  return { check: 'readers', state: 'ok', says, details };
}

function cardAbsent(withCard: readonly CardReader[]): Step {
  const says =
    withCard.length === 0 ? 'There is no card in a reader.' : 'None of the cards can be used.';
  const details = { card: 'none' };
  return {
    check: 'card',
    title: 'Looking for a Belgian card',
    run: async () => [{ check: 'card', state: 'failed', says, details }],
  };
}

async function examineCard(reader: CardReader): Promise<Finding> {
  const model = modelOfReader(reader.name);
  const base = { check: 'card', details: { reader: model } } as const;
  try {
    const connection = await reader.connect();
    try {
      const state = await connection.withTransaction(readCardState);
      return state ? describeCard(model, state) : describeOther(model);
    } finally {
      await connection.close();
    }
  } catch (error) {
    const code = errorCodeOf(error);
    const says =
      code === 'CARD_BUSY'
        ? `The card in ${model} is held by another program.`
        : `The card in ${model} does not answer as a card should. Is it in the right way?`;
    const details = { ...base.details, card: 'unreadable', code };
    return { ...base, state: 'failed', says, details };
  }
}

function describeOther(reader: string): Finding {
  const says = `The card in ${reader} is not a Belgian identity card.`;
  return { check: 'card', state: 'notice', says, details: { reader, card: 'other' } };
}

/** What to say of the ends that have more to say than their code. */
const CARD_WORDS: Partial<Readonly<Record<ErrorCode, string>>> = {
  APPLET_TOO_OLD: 'it is too old to log in with.',
  CERTIFICATE_ABSENT:
    'it has no certificate to log in with: made before the sixth birthday, or not activated. The municipality can help.',
  PIN_BLOCKED: 'its PIN is blocked: only the municipality can help.',
};

function describeCard(reader: string, { appletVersion, code, triesLeft }: CardState): Finding {
  const applet = formatAppletVersion(appletVersion);
  const details = {
    reader,
    card: 'belgian',
    applet,
    certificate: code === undefined || code === 'PIN_BLOCKED',
    triesLeft: triesLeft ?? null,
    ...(code === undefined ? {} : { code }),
  };
  const card = `The card in ${reader} is a Belgian identity card, applet ${applet}`;
  if (code !== undefined) {
    const says = `${card}; ${CARD_WORDS[code] ?? `it cannot be read (${code}).`}`;
    return { check: 'card', state: 'failed', says, details };
  }
  const tries = triesLeft === undefined ? '' : ` PIN tries left: ${triesLeft}.`;
  const says = `${card}, with a certificate to log in with.${tries}`;
  return { check: 'card', state: triesLeft === 1 ? 'notice' : 'ok', says, details };
}
