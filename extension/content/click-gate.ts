/** A login needs a person: one real click or key press in the page, not long ago, for each login. */

const CLICK_VALID_MS = 5_000;

export interface ClickGate {
  /** Spends the last click; false when there was none in the last 5 s. */
  spend(): boolean;
}

/**
 * Watches a window for clicks. `isTrusted` is the browser's own word: a script's `click()` and a
 * made-up event do not have it, pressing a button with the keyboard does.
 */
export function createClickGate(page: Window, signal: AbortSignal): ClickGate {
  let clickedAtMs: number | undefined;
  page.addEventListener(
    'click',
    (event) => {
      if (event.isTrusted) clickedAtMs = performance.now();
    },
    { capture: true, signal },
  );
  return {
    spend() {
      const fresh = clickedAtMs !== undefined && performance.now() - clickedAtMs <= CLICK_VALID_MS;
      clickedAtMs = undefined;
      return fresh;
    },
  };
}
