/** HTML as a value of its own: whatever is put into a template is escaped, unless it is such a value. */

/** Markup that was made by {@link html}. */
export interface Html {
  readonly markup: string;
}

/**
 * Template tag. Text and numbers are escaped for element content and for attributes in double
 * quotes, the only places where a value may stand; `undefined` is left out.
 */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | undefined | Html | readonly Html[])[]
): Html {
  return { markup: String.raw({ raw: strings }, ...values.map(markupOf)) };
}

function markupOf(value: string | number | undefined | Html | readonly Html[]): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  if ('markup' in value) return value.markup;
  return value.map((part) => part.markup).join('');
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
