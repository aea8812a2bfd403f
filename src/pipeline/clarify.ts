import type { ClarificationOption } from '#src/domain/answer.ts';
import type { DatabaseScore, SchemaSlice } from '#src/domain/schema-slice.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';

/** Above this probability the first database is taken without a look at the others, if it can answer. */
const SURE = 0.8;
/** A database this much less probable than the first is no rival. */
const RIVAL_SHARE = 0.3;
/** Where the first database cannot answer, others down to this probability are looked at. */
const LAST_RESORT = 0.02;
const MAX_OPTIONS = 4;

export type Choice =
  | { readonly kind: 'settled'; readonly database: DatabaseScore; readonly reason: string }
  | { readonly kind: 'doubt'; readonly options: readonly ClarificationOption[]; readonly reason: string };

/**
 * Settles on a database or says between which it cannot decide. A rival whose tables cannot answer the question at all
 * (no `tablesUsed`) is no reason to ask.
 */
export function clarify(
  slice: SchemaSlice,
  retriever: SchemaRetriever,
  tablesUsed: (databaseId: string) => readonly string[] | undefined,
): Choice {
  const [first, ...others] = slice.databases;
  if (!first) throw new Error('clarify needs at least one database');
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const settled = (database: DatabaseScore, reason: string): Choice => ({ kind: 'settled', database, reason });
  const able = (one: DatabaseScore) => tablesUsed(one.databaseId) !== undefined;
  const near = (share: number) => [first, ...others.filter((one) => one.probability >= share)].slice(0, MAX_OPTIONS);
  const rivals = near(RIVAL_SHARE * first.probability);
  if (able(first)) {
    if (first.probability >= SURE) return settled(first, `${first.databaseId} at ${percent(first.probability)}`);
    if (rivals.length === 1) return settled(first, 'no rival near');
  }
  const fit = near(able(first) ? RIVAL_SHARE * first.probability : LAST_RESORT).filter(able);
  if (fit.length === 1) return settled(fit[0]!, `only ${fit[0]!.databaseId} can answer it`);
  if (!fit.length)
    return settled(first, `${first.databaseId} at ${percent(first.probability)}, and none can answer it`);
  return {
    kind: 'doubt',
    reason: `${fit.length} databases are near each other`,
    options: fit.map((one) => optionOf(one, tablesUsed(one.databaseId) ?? one.tables, retriever)),
  };
}

function optionOf(
  { databaseId }: DatabaseScore,
  tables: readonly string[],
  retriever: SchemaRetriever,
): ClarificationOption {
  const description = retriever.catalogOf(databaseId)?.description;
  return { databaseId, tables, ...(description ? { description } : {}) };
}
