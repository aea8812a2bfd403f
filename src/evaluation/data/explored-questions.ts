import type { KnownQuestion } from '#src/domain/known-question.ts';
import { readExplored } from './explored-pairs.ts';

/** The questions of files that `explore` wrote, as retrieval looks at them. */
export const exploredQuestions = (files: readonly string[]): readonly KnownQuestion[] =>
  [...readExplored(files).values()].flat().map(({ db_id: databaseId, question: text, tables, columns }) => {
    return { kind: 'explored', databaseId, text, tables, columns };
  });
