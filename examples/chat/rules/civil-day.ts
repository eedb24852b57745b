/** Days as people in Belgium count them. */

// The Swedish way of writing a date is ISO 8601's.
const FORMAT = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Brussels',
  dateStyle: 'short',
});

/** The day in Belgium at this instant, `YYYY-MM-DD`. */
export function civilDayOf(at: Date): string {
  return FORMAT.format(at);
}
