import type { DatabaseId } from '#src/domain/ids.ts';
import { shellWord } from '#src/terminal/shell-word.ts';

/** Where a question is asked again: a registered database by its name, or the one at the address that was given. */
export type AskedAt = { readonly databaseUrl?: string };

/** The command that asks a question, to be pasted; undefined where its address holds a password, which is not said again. */
export function askCommand(text: string, databaseId: DatabaseId, { databaseUrl }: AskedAt): string | undefined {
  if (databaseUrl === undefined) return `querent ask ${shellWord(text)} --db ${shellWord(databaseId)}`;
  const holdsPassword = /^\w+:\/\/[^/@]*:[^/@]*@/.test(databaseUrl);
  return holdsPassword ? undefined : `querent ask ${shellWord(text)} --database-url ${shellWord(databaseUrl)}`;
}
