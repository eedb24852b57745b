/**
 * Watches over the session of whoever is in: a minute before it ends it asks whether somebody is still there, and at
 * the end it leaves, so that a page on a shared computer does not stay open for the next one.
 */

const dialog = document.querySelector('#still-there');
const idleMs = Number(dialog.dataset.idleMs);
const warnMs = Number(dialog.dataset.warnMs);

/** Clicks and keys are told to the server at most this often. */
const TELL_EVERY_MS = 60_000;

let lastUseAt = Date.now();
/** The server ends the connection of the room while the answer to leaving is still on its way: that must not overtake it. */
let isLeaving = false;
const otherTabs = new BroadcastChannel('coucou');

/** Notes that the server has just counted something as use of the session. */
export function markUse() {
  lastUseAt = Date.now();
  otherTabs.postMessage('used');
}

/** Whether this browser's session is still there. Asking does not count as use. Undefined: the server cannot be reached. */
export async function isSessionOpen() {
  try {
    return (await fetch('/still-here', { cache: 'no-store' })).ok;
  } catch {
    return undefined;
  }
}

/** Goes to the page that says that the door has closed, unless this page is on its way out already. */
export function goOutside() {
  goTo('/asleep');
}

function goTo(path) {
  if (isLeaving) return;
  isLeaving = true;
  location.assign(path);
}

async function tellStillHere() {
  markUse();
  try {
    const response = await fetch('/still-here', { method: 'POST' });
    if (!response.ok) goOutside();
  } catch {
    // No connection: nothing was counted, and the next click tries again.
    lastUseAt -= TELL_EVERY_MS;
  }
}

function look() {
  const unusedMs = Date.now() - lastUseAt;
  if (unusedMs >= idleMs) leave();
  else if (unusedMs >= warnMs && !dialog.open) dialog.showModal();
  else if (unusedMs < warnMs && dialog.open) dialog.close();
}

function leave() {
  if (isLeaving) return;
  const form = document.querySelector('form[action="/logout"]');
  const idle = document.createElement('input');
  idle.type = 'hidden';
  idle.name = 'idle';
  idle.value = '1';
  form.append(idle);
  form.requestSubmit();
}

dialog.querySelector('button').addEventListener('click', () => {
  dialog.close();
  void tellStillHere();
});
// The Escape key.
dialog.addEventListener('cancel', () => void tellStillHere());

for (const type of ['keydown', 'pointerdown']) {
  document.addEventListener(type, () => {
    if (!dialog.open && Date.now() - lastUseAt >= TELL_EVERY_MS) void tellStillHere();
  });
}

otherTabs.addEventListener('message', ({ data }) => {
  if (data === 'used') lastUseAt = Date.now();
  if (data === 'left') goTo('/goodbye');
});
document.querySelector('form[action="/logout"]').addEventListener('submit', () => {
  isLeaving = true;
  sessionStorage.clear();
  otherTabs.postMessage('left');
});

setInterval(look, 1_000);
// A computer that was asleep wakes up with an old page.
document.addEventListener('visibilitychange', look);
// The Back button may bring a page out of the browser's memory that belongs to nobody any more.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void leaveIfOver();
});

async function leaveIfOver() {
  if ((await isSessionOpen()) === false) goOutside();
}
