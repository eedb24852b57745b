/** What the server remembers about one browser, in memory, as long as its session lasts. */
import { randomBytes } from 'node:crypto';
import type { Adult, Child, PendingSignIn } from './sign-in.ts';

/** Keeps the session's token in the browser. */
export const SESSION_COOKIE = '__Host-chat';

/** What a sign-in under way is for: a child comes in, a parent agrees for the child that is in, or a moderator comes. */
export type Purpose = 'child' | 'parent' | 'moderator';

/** Somebody's visit. A child and a moderator are never in the same one. */
export interface Visit {
  /** Sign-ins under way, by their `state`: a visitor may have two tabs. */
  readonly pendingSignIns: Map<string, PendingSignIn & { readonly purpose: Purpose }>;
  /** The child who is in. */
  readonly child?: Child & { readonly accountId: number };
  /** An adult who came to moderate. Whether they may, the store says at each request. */
  readonly adult?: Adult;
  /** Why a child who signed in just now is not in: for the page that says so. */
  readonly outside?: { readonly kind: 'banned'; readonly until?: Date } | { readonly kind: 'full' };
  readonly forms: Forms;
}

/** One-use ids for forms: a form that is sent twice (a double click, the Back button) counts once. */
export interface Forms {
  /** An id for a form on a page. */
  issue(): string;
  /** Whether this is an id that was issued and not taken yet. Taking it uses it up. */
  take(id: unknown): boolean;
}

/** A page or two of forms, in several tabs; older ones have to be loaded again. */
const MAX_FORMS = 300;

/** A visit of somebody of whom nothing is known, or what is given. */
export function createVisit(known: Pick<Visit, 'adult' | 'child' | 'outside'> = {}): Visit {
  return { ...known, pendingSignIns: new Map(), forms: createForms() };
}

function createForms(): Forms {
  const issued = new Set<string>();
  return {
    issue() {
      for (const oldest of issued) {
        if (issued.size < MAX_FORMS) break;
        issued.delete(oldest);
      }
      const id = randomBytes(16).toString('base64url');
      issued.add(id);
      return id;
    },
    take: (id) => typeof id === 'string' && issued.delete(id),
  };
}
