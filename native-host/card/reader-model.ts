/** A reader's name without what tells one reader from another of its kind. */

/** Maker and model: PC/SC puts the reader's serial number and slot behind them. */
export function modelOfReader(name: string): string {
  return name.replace(/\s*[([].*$/, '').replace(/(\s[0-9A-F]{2}){1,2}$/i, '');
}
