import type { ChatMessage } from '#src/domain/chat.ts';
import { asData } from '#src/domain/m-schema.ts';
import { resultText, type ShownCandidate } from './choose-candidate.ts';

/**
 * The reviser's turn (sources.md#merge): the prompt that the queries were written by, as it was, then two of them whose results differ, and
 * the task to write one.
 */
export function mergePrompt(
  written: readonly ChatMessage[],
  candidates: readonly Pick<ShownCandidate, 'sql' | 'differs' | 'table'>[],
): readonly ChatMessage[] {
  const rows = candidates.map(({ table }) => resultText(table));
  const last = written.at(-1);
  const shown = candidates.map(
    ({ sql, differs }, at) =>
      `Query ${at + 1}:\n\`\`\`sql\n${asData(sql)}\n\`\`\`${differs.length ? `\nOnly this one: ${differs.map(asData).join(' ')}` : ''}\nResult: ${rows[at]}`,
  );
  const parts = [
    ...(last ? [last.content] : []),
    'These queries were written for it, and their results differ. At most one is right; both may be wrong.',
    ...shown,
    'Write the one query that answers the question exactly.',
  ];
  return [...written.slice(0, -1), { role: 'user', content: parts.join('\n\n'), rows }];
}
