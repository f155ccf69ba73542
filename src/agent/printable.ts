/**
 * What comes from a report, as one line that a terminal and a CI's log show and do not obey: no control characters (which
 * move the cursor, or open GitLab's sections), and none of the marks of commands, which GitHub Actions reads at the
 * beginning of a line (`::`) or anywhere (`##[`), Azure Pipelines anywhere (`##vso[`), TeamCity likewise.
 */
export function printable(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
      .replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ')
      .replace(/##(?=\[|vso\[|teamcity\[)/gi, '# #')
      .replace(/^(\s*):(?=:)/, '$1: ')
      .trim()
  );
}

/** At most `limit` characters of it. */
export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

export function many(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
