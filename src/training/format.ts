import type { Lesson, Preference, PreferenceSide, Task } from './lesson.ts';

/** Whose files are written: TRL's chat lines, or LLaMA-Factory's with its list of data sets. */
export const FORMATS = ['trl', 'llama-factory'] as const;
export type Format = (typeof FORMATS)[number];

/** What a line is of. */
export interface LineOf {
  readonly task: Task;
  readonly id: string;
  readonly databaseId: string;
}

/** A line of a file. What trainers do not know of (from `task` on) they pass over. */
export function lineOf({ task, id, databaseId }: LineOf, made: Lesson | Preference, format: Format): object {
  const of = { task, id, db_id: databaseId };
  if (made.kind === 'answer') {
    const messages = [...made.messages, { role: 'assistant', content: made.answer }];
    return { messages, ...of, notes: JSON.stringify(made.notes ?? {}) };
  }
  const { before, margin } = made;
  const [chosen, rejected] = [made.chosen, made.rejected].map((side) => ({
    role: 'assistant',
    content: `${before}${side.text}`,
  }));
  const more = { margin, ...of, before, chosen_side: sideOf(made.chosen), rejected_side: sideOf(made.rejected) };
  return format === 'trl'
    ? { prompt: made.messages, chosen: [chosen], rejected: [rejected], ...more }
    : { messages: made.messages, chosen, rejected, ...more };
}

/** The tree as text: its depth is another in every line, which readers of tables take for another type. */
const sideOf = ({ text, question, sql, kind, reward, tree, last }: PreferenceSide) => ({
  text,
  question,
  sql,
  kind,
  reward,
  last,
  tree: JSON.stringify(tree),
});

export const isOfPreferences = (task: Task): boolean => task === 'learnat-pairs';

const TAGS = {
  role_tag: 'role',
  content_tag: 'content',
  user_tag: 'user',
  assistant_tag: 'assistant',
  system_tag: 'system',
} as const;

/** LLaMA-Factory's list of data sets (dataset_info.json). */
export const datasetInfo = (tasks: readonly Task[]): object =>
  Object.fromEntries(
    tasks.map((task) => [
      `querent_${task.replaceAll('-', '_')}`,
      {
        file_name: fileOf(task),
        formatting: 'sharegpt',
        ...(isOfPreferences(task)
          ? { ranking: true, columns: { messages: 'messages', chosen: 'chosen', rejected: 'rejected' } }
          : { columns: { messages: 'messages' } }),
        tags: TAGS,
      },
    ]),
  );

export const fileOf = (task: Task): string => `${task}.jsonl`;
