import type { ClarificationOption } from '#src/domain/answer.ts';
import type { DatabaseScore, SchemaSlice } from '#src/domain/schema-slice.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';

/** Above this probability the first database is taken without a look at the others. */
const SURE = 0.8;
/** A database this much less probable than the first is no rival. */
const RIVAL_SHARE = 0.3;
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
  if (first.probability >= SURE) {
    return { kind: 'settled', database: first, reason: `${first.databaseId} at ${percent(first.probability)}` };
  }
  const rivals = [first, ...others.filter((one) => one.probability >= RIVAL_SHARE * first.probability)].slice(
    0,
    MAX_OPTIONS,
  );
  if (rivals.length === 1) return { kind: 'settled', database: first, reason: 'no rival near' };
  const able = rivals.filter((one) => tablesUsed(one.databaseId) !== undefined);
  if (able.length === 1) {
    return {
      kind: 'settled',
      database: able[0]!,
      reason: `only ${able[0]!.databaseId} can answer it of ${rivals.length} near`,
    };
  }
  const open = able.length > 1 ? able : rivals;
  return {
    kind: 'doubt',
    reason: `${open.length} databases are near each other`,
    options: open.map((one) => optionOf(one, tablesUsed(one.databaseId) ?? one.tables, retriever)),
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
