/** The playground's form: a choice read from it, and put back into it. */
import { IDENTITY_SCOPES } from '../protocol/fields.ts';
import { type Choice, CLIENT_TYPES } from './playground-choice.ts';

/** Reads the form. */
export function readChoice(form: HTMLFormElement): Choice {
  const data = new FormData(form);
  const ages = data.getAll('age').map(Number);
  const { min, below } = { min: data.get('min'), below: data.get('below') };
  const limit = below ? { below: Number(below) } : {};
  return {
    ages,
    ...((min || below) && { requireAge: { min: Number(min || 0), ...limit } }),
    identity: IDENTITY_SCOPES.filter((scope) => data.getAll('identity').includes(scope)),
    hasChildBasis: data.has('child-basis'),
    subjectMode: data.get('subject') === 'pairwise' ? 'pairwise' : 'transient',
    clientType: CLIENT_TYPES.find((type) => type === data.get('client')) ?? 'client_secret',
  };
}

/** Puts a choice back into the form. */
export function showChoice(form: HTMLFormElement, choice: Choice): void {
  const chosen: Readonly<Record<string, readonly string[]>> = {
    age: choice.ages.map(String),
    identity: choice.identity,
    subject: [choice.subjectMode],
    client: [choice.clientType],
  };
  for (const element of form.elements) {
    if (element instanceof HTMLInputElement) {
      element.checked =
        element.name === 'child-basis'
          ? choice.hasChildBasis
          : (chosen[element.name] ?? []).includes(element.value);
    } else if (element instanceof HTMLSelectElement) {
      const { min, below } = choice.requireAge ?? {};
      const age = element.name === 'min' ? min : below;
      element.value = age === undefined || age === 0 ? '' : String(age);
    }
  }
}
