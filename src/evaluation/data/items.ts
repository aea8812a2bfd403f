import { readDialogues } from './dialogues.ts';
import { type BenchQuestion, readQuestions } from './questions.ts';

/** What is measured: answers, threads turn by turn, or what is refused of questions that cannot be answered. */
export const EVAL_MODES = ['questions', 'dialogues', 'unanswerable'] as const;
export type EvalMode = (typeof EVAL_MODES)[number];

/** One thing to ask: a question, or the turns of a thread. */
export interface Item {
  readonly databaseId: string;
  readonly turns: readonly BenchQuestion[];
}

export function readItems(files: readonly string[], mode: EvalMode): Item[] {
  return files.flatMap(mode === 'dialogues' ? dialogueItems : questionItems);
}

const questionItems = (file: string): Item[] =>
  readQuestions(file).map((one) => ({ databaseId: one.db_id ?? '', turns: [one] }));

const dialogueItems = (file: string): Item[] =>
  readDialogues(file).map(({ id, db_id, turns }) => ({
    databaseId: db_id,
    turns: turns.map((turn, at) => ({ ...turn, id: `${id}/${at + 1}`, db_id })),
  }));
