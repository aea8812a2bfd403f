import type { Example, ExampleBank } from '#src/ports/example-bank.ts';
import { keywordOverlap, sqlSkeleton } from './sql-skeleton.ts';

export interface PickInput {
  readonly masked: string;
  /** Whether the question's query reads several tables, as far as linking can tell. */
  readonly severalTables: boolean;
  /** A first query for the question, whose keywords its examples should share. */
  readonly draft?: string;
  readonly limit: number;
  readonly readable: readonly string[];
}

const LOOKED_AT = 40;
/** Cosine of the masked questions from which an example helps. */
const ALIKE = 0.55;
const OF_ONE_SKELETON = 2;

/**
 * Few-shot examples for a question (XiYan-SQL; sources.md#few-shot): those with the nearest skeletons, 0.8 of the cosine and 0.2 of
 * the keywords shared with a draft; if linking chose several tables, only those of several. At most two queries of one skeleton. The
 * best comes last, next to the question.
 */
export async function pickExamples(
  { masked, severalTables, draft, limit, readable }: PickInput,
  bank: ExampleBank,
  signal: AbortSignal,
): Promise<readonly Example[]> {
  const near = await bank.near({ masked, limit: LOOKED_AT, readable }, signal);
  const scored = near
    .filter(({ similarity, example }) => similarity >= ALIKE && (!severalTables || example.tableCount > 1))
    .map(({ example, similarity }) => ({
      example,
      score: draft === undefined ? similarity : 0.8 * similarity + 0.2 * keywordOverlap(example.sql, draft),
    }))
    .sort((a, b) => b.score - a.score);
  const counts = new Map<string, number>();
  const picked = scored.filter(({ example }) => {
    const skeleton = sqlSkeleton(example.sql);
    const count = (counts.get(skeleton) ?? 0) + 1;
    counts.set(skeleton, count);
    return count <= OF_ONE_SKELETON;
  });
  return picked
    .slice(0, limit)
    .map(({ example }) => example)
    .reverse();
}
