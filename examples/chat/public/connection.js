/** The WebSocket of the room, made again as often as it is lost; and the line that says how it stands. */
import { goOutside, isSessionOpen } from './idle.js';
import { texts } from './texts.js';

/** Waiting times before connecting again; the last one is kept. Up to half a second by chance comes on top. */
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

/** Whoever waits this long for the door is told so. */
const PATIENCE_MS = 1_500;

/** How long it is said that the connection is back. */
const BACK_MS = 5_000;

/**
 * Connects, and stays connected.
 *
 * @param options.place An element with the role `status`.
 * @param options.receive Gets each message of the server.
 * @param options.pause Is told when the connection is gone.
 */
export function keepConnected({ place, receive, pause }) {
  let socket;
  let isOpen = false;
  let isOver = false;
  let hasBeenOpen = false;
  let failures = 0;
  const tell = (text) => {
    place.textContent = text;
  };

  const connect = () => {
    socket = new WebSocket(addressOf());
    const slow = setTimeout(() => failures > 0 || isOpen || tell(texts.connecting), PATIENCE_MS);
    socket.addEventListener('message', ({ data }) => receive(JSON.parse(data)));
    socket.addEventListener('close', () => {
      clearTimeout(slow);
      if (!isOver) void retry();
    });
  };

  const retry = async () => {
    isOpen = false;
    pause();
    tell(texts.connectionLost);
    const waitMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] + Math.random() * 500;
    failures += 1;
    await nextChance(waitMs);
    // A browser does not say why it was not let in: ask.
    if ((await isSessionOpen()) === false) return goOutside();
    if (!isOver) connect();
  };

  // The functions are returned before the first message can come.
  connect();
  window.addEventListener('offline', () => socket.close());

  return {
    /** Sends a message; false when there is no connection. */
    send(message) {
      if (!isOpen || socket.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    isOpen: () => isOpen,
    /** The server has let us in. */
    open() {
      isOpen = true;
      failures = 0;
      tell(hasBeenOpen ? texts.connectionBack : '');
      if (hasBeenOpen) {
        setTimeout(() => place.textContent === texts.connectionBack && tell(''), BACK_MS);
      }
      hasBeenOpen = true;
    },
    /** Gives up a connection on which nothing comes any more. */
    lose: () => socket.close(),
    /** Ends it for good, and says why. */
    stop(why) {
      isOver = true;
      isOpen = false;
      pause();
      tell(why);
      socket.close();
    },
  };
}

function addressOf() {
  const url = new URL('/live', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.searchParams.set('language', document.documentElement.lang);
  return url;
}

/** Waits, but not longer than until the network is back. */
function nextChance(waitMs) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, waitMs);
    window.addEventListener('online', () => resolve(clearTimeout(timer)), { once: true });
  });
}
