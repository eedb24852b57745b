/**
 * Readers whose commands are noted: instruction, status word and time of each, never the data of a command or an
 * answer, but for the one byte of GET CARD DATA that says the applet's version.
 */
import { errorCodeOf } from '../gateway/protocol/errors.ts';
import type {
  CardChannel,
  CardConnection,
  CardReader,
  CardReaders,
  CardTransaction,
  OpenCardReaders,
} from './card/readers.ts';
import type { HostLog } from './log.ts';

/** Where events of commands go. */
export type CommandLog = Pick<HostLog, 'write'>;

const INSTRUCTION = { getCardData: 0xe4, getResponse: 0xc0 } as const;
const APPLET_VERSION_OFFSET = 21;
const CARD_DATA_MIN_BYTES = 28;

/** The same readers, with a note of every command to every card. */
export function logCommands(open: OpenCardReaders, log: CommandLog): OpenCardReaders {
  return async (onChange) => {
    let readers: CardReaders | undefined;
    const noteReaders = () => {
      const list = readers?.list() ?? [];
      const cards = list.filter(({ hasCard }) => hasCard).length;
      log.write({ event: 'readers', count: list.length, cards });
    };
    readers = await open(() => {
      noteReaders();
      onChange();
    });
    const opened = readers;
    return {
      list: () => opened.list().map((reader) => logReader(reader, log)),
      isServiceAway: () => opened.isServiceAway?.() ?? false,
      close: () => opened.close(),
    };
  };
}

function logReader(reader: CardReader, log: CommandLog): CardReader {
  return {
    name: reader.name,
    hasCard: reader.hasCard,
    connect: async () => logConnection(await reader.connect(), log),
  };
}

function logConnection(connection: CardConnection, log: CommandLog): CardConnection {
  return {
    removed: connection.removed,
    hasKeypad: connection.hasKeypad,
    withTransaction: (work) =>
      connection.withTransaction((transaction) => work(logTransaction(transaction, log))),
    recover: () => connection.recover(),
    close: () => connection.close(),
  };
}

function logTransaction(transaction: CardTransaction, log: CommandLog): CardTransaction {
  const { keypad } = transaction;
  const note = createNote(log);
  const changePin = keypad?.changePin;
  return {
    transmit: (command) => note(command, () => transaction.transmit(command)),
    setEnd: (end) => transaction.setEnd(end),
    keypad: keypad && {
      verifyPin: (command, language) => note(command, () => keypad.verifyPin(command, language)),
      changePin:
        changePin && ((command, language) => note(command, () => changePin(command, language))),
    },
  };
}

type Note = (
  command: Uint8Array,
  send: () => ReturnType<CardChannel['transmit']>,
) => ReturnType<CardChannel['transmit']>;

/** Notes one command after another; what GET RESPONSE fetches belongs to the command before it. */
function createNote(log: CommandLog): Note {
  let asked = 0;
  return async (command, send) => {
    const instruction = command[1] ?? 0;
    if (instruction !== INSTRUCTION.getResponse) asked = instruction;
    const startedAt = performance.now();
    const elapsedMs = () => performance.now() - startedAt;
    try {
      const answer = await send();
      log.write({ event: 'command', instruction, statusWord: statusOf(answer), ms: elapsedMs() });
      const applet = answer[APPLET_VERSION_OFFSET];
      const isCardData = asked === INSTRUCTION.getCardData && answer.length > CARD_DATA_MIN_BYTES;
      if (isCardData && applet !== undefined) log.write({ event: 'card', applet });
      return answer;
    } catch (error) {
      const code = errorCodeOf(error);
      log.write({ event: 'command-failed', instruction, code, ms: elapsedMs() });
      throw error;
    }
  };
}

function statusOf(answer: Uint8Array): number {
  const [sw1 = 0, sw2 = 0] = answer.slice(-2);
  return (sw1 << 8) | sw2;
}
