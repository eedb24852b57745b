/**
 * Asks a minute before the session ends whether somebody is still there, and leaves the page when nobody is: on a
 * shared computer the next visitor must not find it open. The server ends the session by itself, without this script.
 */
const ASK_AFTER_MS = 14 * 60_000;
const LEAVE_AFTER_MS = 15 * 60_000;
/** Shared by the tabs of this site: a click in one of them is use in all. */
const USED_AT = 'library-used-at';

const dialog = document.getElementById('idle');
const noteUse = () => localStorage.setItem(USED_AT, String(Date.now()));
noteUse();

/** Looked at every second, and not by one long timer: a computer that slept wakes up with its timers late. */
const watch = setInterval(() => {
  const idleMs = Date.now() - Number(localStorage.getItem(USED_AT));
  if (idleMs >= LEAVE_AFTER_MS) leave();
  else if (idleMs >= ASK_AFTER_MS && !dialog.open) dialog.showModal();
  else if (idleMs < ASK_AFTER_MS && dialog.open) dialog.close();
}, 1_000);

dialog.addEventListener('close', () => {
  noteUse();
  fetch('/still-here', { method: 'POST' }).then(
    ({ status }) => status === 204 || leave(),
    // The network is away for a moment: the next click tells.
    () => undefined,
  );
});

/** Once: a second call would break off the first, which a slow network may still be busy with. */
function leave() {
  clearInterval(watch);
  location.replace('/away');
}
