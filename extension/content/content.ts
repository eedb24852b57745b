/** Content script: on a listed gateway's own top page it relays; everywhere else it does nothing. */
import { isListedGateway } from '../gateways.ts';
import { startRelay } from './relay.ts';

const RUNNING = Symbol.for('org.kids_id.content');

declare global {
  interface Window {
    [RUNNING]?: AbortController;
  }
}

// The manifest's patterns know no ports, and a frame could be anybody's: both are checked here again.
if (window.top === window && isListedGateway(location.origin)) {
  // Installed into an open page as well as loaded with it: only the newest copy runs.
  window[RUNNING]?.abort();
  window[RUNNING] = new AbortController();
  startRelay(window, window[RUNNING].signal);
}
