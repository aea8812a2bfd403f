import { splitIdentifier } from '#src/domain/words.ts';
import type { Example, ExampleBank, NearExample } from '#src/ports/example-bank.ts';
import { keywordOverlap, sqlSkeleton } from './sql-skeleton.ts';

export interface PickInput {
  readonly masked: string;
  /** Whether the question's query reads several tables, as far as linking can tell. */
  readonly severalTables: boolean;
  /** A first query for the question, whose keywords its examples should share. */
  readonly draft?: string;
  readonly limit: number;
  /** Of what was explored at most. */
  readonly explored: number;
  readonly readable: readonly string[];
  /** The database that is asked. */
  readonly databaseId: string;
}

const LOOKED_AT = 40;
/** Of one database alone, whose questions are all alike. */
const EXPLORED_AT = 100;
/** Cosine of the masked questions from which an example helps. */
const ALIKE = 0.55;
const OF_ONE_SKELETON = 2;

/**
 * Few-shot examples for a question (XiYan-SQL; sources.md#few-shot): those with the nearest skeletons, 0.8 of the cosine and 0.2 of
 * the keywords shared with a draft; if linking chose several tables, only those of several. At most two queries of one skeleton. What
 * was explored is plain in its words, so that these count as much as the cosine: of three the best is then nearer to the gold query. The best
 * comes last, next to the question.
 */
export async function pickExamples(
  { masked, severalTables, draft, limit, explored, readable, databaseId }: PickInput,
  bank: ExampleBank,
  signal: AbortSignal,
): Promise<readonly Example[]> {
  const near = limit > 0 ? await bank.near({ masked, limit: LOOKED_AT, readable }, signal) : [];
  const own = explored > 0 ? ((await bank.explored?.({ masked, limit: EXPLORED_AT, databaseId }, signal)) ?? []) : [];
  const words = wordsOf(masked);
  const score = ({ example, similarity }: NearExample) => {
    const alike = example.explored ? (similarity + shareOf(words, wordsOf(example.masked))) / 2 : similarity;
    return draft === undefined ? alike : 0.8 * alike + 0.2 * keywordOverlap(example.sql, draft);
  };
  const ranked = [...near, ...own]
    .filter(({ similarity, example }) => similarity >= ALIKE && (!severalTables || example.tableCount > 1))
    .map((one) => ({ example: one.example, score: score(one), standing: standing(one.example, databaseId) }))
    .sort((a, b) => b.standing - a.standing || b.score - a.score);
  const counts = new Map<string, number>();
  const picked: Example[] = [];
  for (const { example } of ranked) {
    const skeleton = sqlSkeleton(example.sql);
    const count = (counts.get(skeleton) ?? 0) + 1;
    counts.set(skeleton, count);
    if (count <= OF_ONE_SKELETON && picked.length < (example.explored ? explored : limit)) picked.push(example);
  }
  return picked.reverse();
}

/** What was verified of the database that is asked goes before what was explored of it, and that before all others. */
export const standing = ({ databaseId, explored, verified }: Example, asked: string): number =>
  databaseId !== asked ? 0 : explored ? 1 : verified ? 2 : 0;

const wordsOf = (masked: string): ReadonlySet<string> => new Set(splitIdentifier(masked));

/** Of all words of two questions those that both have, 0–1. */
export function shareOf(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const both = [...one].filter((word) => other.has(word)).length;
  return both === 0 ? 0 : both / (one.size + other.size - both);
}
