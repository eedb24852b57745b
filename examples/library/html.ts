/** A template tag that escapes. There is no other way to make HTML here, so nothing can be forgotten. */

/** Text that is HTML already. Only {@link html} makes it. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template. A number is written as it is; undefined and false write nothing. */
export type HtmlValue = string | number | Html | undefined | false | readonly HtmlValue[];

/** Template tag: every value is escaped, for text and for quoted attributes, unless `html` made it. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(toHtmlText)));
}

function toHtmlText(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  return value.map(toHtmlText).join('');
}
