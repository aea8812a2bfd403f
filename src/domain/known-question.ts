import type { DatabaseId } from './ids.ts';

/** How the database of a question is known: it was written over it (docs/exploring.md), or somebody said that its answer was right. */
export const QUESTION_KINDS = ['explored', 'verified'] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

/** A question whose database is known, with what its query reads there. */
export interface KnownQuestion {
  readonly kind: QuestionKind;
  readonly databaseId: DatabaseId;
  readonly text: string;
  /** As the catalog has them; with the schema before it where there are schemas. */
  readonly tables: readonly string[];
  /** `table.column` */
  readonly columns: readonly string[];
}
