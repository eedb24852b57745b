/**
 * The PIN window: takes its login from the background, owns the port to the native host, and tells
 * the background nothing but how the login ended.
 */
import * as v from 'valibot';
import browser from 'webextension-polyfill';
import type { LoginEvent } from '../../gateway/protocol/host-messages.ts';
import {
  WINDOW_PORT,
  type WindowJob,
  type WindowMessage,
  windowJob,
} from '../../gateway/protocol/window-messages.ts';
import { textsFor } from '../../gateway/texts/texts.ts';
import { type LoginEnd, startHostLogin } from './host-client.ts';
import { createView } from './view.ts';

const ALIVE_INTERVAL_MS = 20_000;
const DONE_SHOWN_MS = 1_800;

const background = browser.runtime.connect({ name: WINDOW_PORT });

background.onDisconnect.addListener(() => window.close());
background.onMessage.addListener(takeJob);

function takeJob(raw: unknown): void {
  background.onMessage.removeListener(takeJob);
  const job = v.safeParse(windowJob, raw);
  if (job.success) runLogin(job.output);
  else window.close();
}

function runLogin(job: WindowJob): void {
  const texts = textsFor(job.language);
  document.documentElement.lang = job.language;
  document.title = texts.window.title;
  let ended = false;

  const view = createView(texts, () => {
    if (ended) window.close();
    else host.cancel();
  });
  view.showStage('connecting');
  const host = startHostLogin({ job, onEvent, onEnd });
  setInterval(() => tell({ type: 'alive' }), ALIVE_INTERVAL_MS);

  function onEvent(event: LoginEvent): void {
    switch (event.type) {
      case 'stage':
        view.showStage(event.stage);
        return;
      case 'site':
        view.showSite(event.site, event.disclosure);
        return;
      case 'card-choice-wanted':
        view.askCard(event.cards, (index) => {
          host.answer({ type: 'card-choice', index });
          view.showStage('reading');
        });
        return;
      case 'pin-on-reader':
        view.showPinOnReader({ triesLeft: event.triesLeft, wrong: event.wrong });
        return;
      case 'last-try':
        view.askLastTry(() => host.answer({ type: 'last-try-allowed' }));
        return;
      case 'pin-wanted':
        view.askPin({
          triesLeft: event.triesLeft,
          wrong: event.wrong,
          onPin(digits) {
            host.answer({ type: 'pin', digits });
            view.showStage('signing');
          },
        });
    }
  }

  function onEnd(end: LoginEnd): void {
    ended = true;
    if (end.ok) {
      tell({ type: 'done', completionCode: end.completionCode });
      view.showDone();
      setTimeout(() => window.close(), DONE_SHOWN_MS);
      return;
    }
    tell({ type: 'failed', code: end.code });
    if (end.code === 'USER_CANCELLED') window.close();
    else view.showProblem(end.code);
  }
}

function tell(message: WindowMessage): void {
  background.postMessage(message);
}
