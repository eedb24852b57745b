/**
 * Sends a file in pieces and shows how far the library is with reading it, and later with writing it. Without this script
 * the forms do the same without showing it.
 */

/** Two of them in a second or so, on a slow line. */
const PIECE_BYTES = 256 * 1024;

const LOOK_EVERY_MS = 250;

const upload = document.getElementById('upload');
const apply = document.getElementById('apply');
const progress = document.getElementById('progress');
const bar = document.getElementById('bar');
const counts = document.getElementById('counts');
const stop = document.getElementById('stop');

/** Aborted when the librarian cancels. */
const cancelling = new AbortController();

/** Set as soon as the library has given the import an address. */
let address;

upload?.addEventListener('submit', (event) => {
  event.preventDefault();
  void run(sendFile);
});
apply?.addEventListener('submit', (event) => {
  event.preventDefault();
  address = apply.action.replace(/\/apply$/, '');
  void run(watchWriting);
});
stop?.addEventListener('click', () => {
  stop.disabled = true;
  void cancel();
});

/** Shows the progress, does the work, and goes to the page that tells the result. */
async function run(work) {
  for (const part of [upload, apply?.closest('.sheet')]) part?.setAttribute('hidden', '');
  progress.hidden = false;
  document.getElementById('progress-title').focus();
  try {
    await work();
    location.assign(address);
  } catch (error) {
    if (cancelling.signal.aborted) return;
    // The page of an import tells what became of it; without one, this page tells what is wrong.
    if (address) location.assign(address);
    else showProblem(error instanceof Refusal ? error.message : '');
  }
}

/** A sentence of the library's for the librarian. */
class Refusal extends Error {}

async function sendFile() {
  const file = document.getElementById('file').files[0];
  const kind = new FormData(upload).get('kind');
  const start = await post('/desk/import/start', new URLSearchParams({ kind, bytes: file.size }));
  address = start.url;
  let sent = 0;
  do {
    const piece = file.slice(sent, sent + PIECE_BYTES);
    show(await post(`${address}/bytes?from=${sent}`, piece));
    sent += piece.size;
  } while (sent < file.size);
}

async function watchWriting() {
  let state = await post(`${address}/apply`, new URLSearchParams());
  while (state.kind === 'applying') {
    show(state);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    state = await ask(`${address}/state`, {});
  }
}

function post(path, body) {
  const headers = body instanceof Blob ? { 'content-type': 'application/octet-stream' } : {};
  return ask(path, { method: 'POST', body, headers });
}

async function ask(path, init) {
  const response = await fetch(path, {
    ...init,
    headers: { ...init.headers, accept: 'application/json' },
    signal: cancelling.signal,
  });
  // A page instead of an answer: nobody is signed in any more, and that page says so.
  if (!response.headers.get('content-type')?.includes('json')) {
    address = response.redirected ? response.url : address;
    throw new Error('no answer');
  }
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer.problem ?? '');
  return answer;
}

/** The bar tells what the library has read or written, not what was sent. */
function show({ share, rows, problems }) {
  bar.value = share;
  const format = new Intl.NumberFormat(document.documentElement.lang);
  const values = { rows, problems, percent: Math.floor(share * 100) };
  counts.textContent = counts.dataset.text.replace(/\{(\w+)\}/g, (_whole, name) =>
    format.format(values[name] ?? 0),
  );
}

async function cancel() {
  // What is being written is still cancelled by the library, between two slices of rows.
  cancelling.abort();
  if (!address) return location.reload();
  await fetch(`${address}/cancel`, { method: 'POST' }).catch(() => undefined);
  location.assign(address);
}

function showProblem(sentence) {
  progress.hidden = true;
  upload.hidden = false;
  document.getElementById('refused')?.remove();
  const box = document.createElement('div');
  box.id = 'refused';
  box.className = 'notice wrong';
  box.setAttribute('role', 'alert');
  box.textContent = sentence || upload.dataset.lost;
  upload.before(box);
}
