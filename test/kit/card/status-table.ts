/** Tables of rules for the tests of the virtual card: a status, the commands that lead to it, and the rule. TEST ONLY. */

/** One line: the last of the commands, in hexadecimal, ends in the status. */
export interface StatusRule {
  readonly status: string;
  readonly commands: readonly string[];
  readonly rule: string;
}

/**
 * Reads lines of the form `6a82 NAME,00A40200... what the card does`; others are headings. Commands stand between
 * commas, in hexadecimal or as a name of `commands`.
 */
export function readStatusTable(
  table: string,
  commands: Readonly<Record<string, string>>,
): StatusRule[] {
  const lines = table.split('\n').filter((text) => /^[0-9a-f]{4} /.test(text));
  return lines.map((line) => {
    const [status = '', names = '', ...rule] = line.split(' ');
    return {
      status,
      commands: names.split(',').map((name) => commands[name] ?? name),
      rule: rule.join(' '),
    };
  });
}
