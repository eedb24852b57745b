/** An open room of the example chat, by its WebSocket: one wish at a time, and its answer. TEST ONLY. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../examples/chat/live/live-messages.ts';
import type { ExampleStage } from '../kit/examples/example-stage.ts';
import type { FormBrowser } from '../kit/examples/form-browser.ts';

/** What a child wants of the chat. */
export type Wish =
  | { readonly type: 'say'; readonly id: string; readonly text: string }
  | { readonly type: 'report'; readonly messageId: number; readonly reason: 'scary' }
  | { readonly type: 'mute' | 'unmute'; readonly accountId: string };

const ANSWER_MS = 30_000;

/** An open page. */
export interface LivePage {
  /** What others wrote, as far as this page shows it. */
  readonly others: readonly { readonly id: number; readonly accountId: string }[];
  /** Sends a wish and waits for its answer. Rejects when the connection ends before. */
  ask(wish: Wish): Promise<ServerMessage>;
  close(): void;
}

/** Opens the room for whoever is signed in in this browser, and writes down what it shows. */
export async function connectPage(
  stage: ExampleStage,
  {
    browser,
    ledger,
  }: {
    readonly browser: FormBrowser;
    readonly ledger: { readonly shown: Map<number, string> };
  },
): Promise<LivePage> {
  const { port } = new URL(stage.origin);
  const socket = new WebSocket(`wss://127.0.0.1:${port}/live?language=en`, {
    headers: { cookie: browser.cookie(), origin: stage.origin },
  });
  const others: { id: number; accountId: string }[] = [];
  let own = '';
  let waiting: { isAnswer(message: ServerMessage): boolean; resolve(answer: ServerMessage): void };
  const note = ({ id, accountId, text }: { id: number; accountId: string; text: string }) => {
    ledger.shown.set(id, text);
    if (accountId !== own) others.push({ id, accountId });
  };
  socket.on('message', (data: Buffer) => {
    const message: ServerMessage = JSON.parse(data.toString('utf8'));
    if (message.type === 'history') {
      own = message.you.accountId;
      for (const line of message.messages) note(line);
    } else if (message.type === 'message') note(message);
    if (waiting?.isAnswer(message)) waiting.resolve(message);
  });
  const closed = once(socket, 'close').then(([code]) => {
    throw new Error(`the connection ended with ${code}`);
  });
  closed.catch(() => undefined);
  const first = new Promise<ServerMessage>((resolve) => {
    waiting = { isAnswer: ({ type }) => type === 'history', resolve };
  });
  socket.on('error', () => undefined);
  await withDeadline(Promise.race([first, closed]));
  return {
    others,
    ask(wish) {
      const answer = new Promise<ServerMessage>((resolve) => {
        waiting = { isAnswer: (message) => isAnswerTo(wish, message), resolve };
      });
      socket.send(JSON.stringify(wish));
      return withDeadline(Promise.race([answer, closed]));
    },
    close: () => socket.close(),
  };
}

function isAnswerTo(wish: Wish, message: ServerMessage): boolean {
  switch (message.type) {
    case 'said':
    case 'refused':
      return wish.type === 'say' && message.id === wish.id;
    case 'reported':
    case 'report-refused':
    case 'hidden':
      return wish.type === 'report' && message.messageId === wish.messageId;
    case 'muted':
    case 'unmuted':
    case 'vanished':
      return 'accountId' in wish && message.accountId === wish.accountId;
    case 'closed':
      return true;
    default:
      return false;
  }
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer came')), ANSWER_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
