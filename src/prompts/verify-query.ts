import type { ChatMessage } from '#src/domain/chat.ts';
import { asData } from '#src/domain/m-schema.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { resultText } from './choose-candidate.ts';

/** A candidate as the verifier reads it: its query, its steps in EDL's short form, or both; rows go with the steps. */
export interface ReadCandidate {
  readonly sql?: string;
  readonly steps?: readonly string[];
  readonly table?: ResultTable;
}

/**
 * The verifier's turn (sources.md#verifier): the prompt that the query was written by, as it was, so that a server that remembers how
 * prompts begin reads schema and question once, then the candidate and a question that one word answers.
 */
export function verifyPrompt(
  written: readonly ChatMessage[],
  { sql, steps, table }: ReadCandidate,
): readonly ChatMessage[] {
  const rows = table ? [resultText(table)] : [];
  const last = written.at(-1);
  const shown = [
    ...(sql === undefined ? [] : [`A query:\n\`\`\`sql\n${asData(sql)}\n\`\`\``]),
    ...(steps ? [`What ${sql === undefined ? 'a' : 'this'} query does: ${steps.map(asData).join(' ')}`] : []),
    ...rows.map((text) => `Its result: ${text}`),
    'Does this query answer the question exactly? Reply yes or no.',
  ];
  return [
    ...written.slice(0, -1),
    {
      role: 'user',
      content: [...(last ? [last.content] : []), ...shown].join('\n\n'),
      ...(rows.length ? { rows } : {}),
    },
  ];
}

/** The probability of “yes” against “no” in a reply's first token; undefined where neither is among its alternatives. */
export function readYes(
  first: readonly { readonly text: string; readonly logprob: number }[] = [],
): number | undefined {
  const share = (word: string) =>
    first
      .filter(({ text }) => text.trim().toLowerCase() === word)
      .reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
  const [yes, no] = [share('yes'), share('no')];
  return yes + no > 0 ? yes / (yes + no) : undefined;
}
