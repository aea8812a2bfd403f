/** A text as one word of a POSIX shell (PowerShell reads it alike, but for quotes within): in single quotes, unless it needs none. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
