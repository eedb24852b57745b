/** The hall behind the door: hello, the room, and what is still needed before writing. */
import { html } from '../html.ts';
import type { Child } from '../sign-in.ts';
import { fillIn, type Texts, textsFor } from '../texts/texts.ts';
import { type PageContext, renderPage } from './layout.ts';

/** For a child who is signed in. */
export function welcomePage(
  context: PageContext,
  visitor: {
    readonly nickname: string;
    readonly room: Child['room'];
    /** Whether a parent agreed, so that the child may write. */
    readonly mayWrite: boolean;
  },
): string {
  const t = textsFor(context.language);
  const room = roomTexts(visitor.room, t);
  return renderPage(context, fillIn(t.welcomeTitle, { nickname: visitor.nickname }), [
    html`
      <p class="lead">${t.welcomeLead}</p>
      <section class="room" aria-labelledby="room">
        <h2 id="room">${t.yourRoom}</h2>
        <p><strong>${room.name}</strong> <span>${room.ages}</span></p>
      </section>
      <p><a class="button" href="/room">${t.goIn}</a></p>
      ${
        !visitor.mayWrite &&
        html`<section class="ask" aria-labelledby="ask">
        <h2 id="ask">${t.firstYesTitle}</h2>
        <p>${t.firstYesLead}</p>
        <p><a class="button quiet" href="/parent">${t.firstYesGo}</a></p>
      </section>`
      }`,
    html`
      <h2>${t.rulesTitle}</h2>
      <ul class="ticks">
        <li>${t.ruleKind}</li>
        <li>${t.ruleSecret}</li>
        <li>${t.ruleTell}</li>
      </ul>
      <p><a href="/me">${t.me}</a></p>
      <p class="small">${t.idle}</p>`,
  ]);
}

/** The name of a room, and for whom it is. */
export function roomTexts(room: Child['room'], t: Texts): { name: string; ages: string } {
  return room === 'nest'
    ? { name: t.roomNest, ages: t.roomNestAges }
    : { name: t.roomTreetop, ages: t.roomTreetopAges };
}
