import type { SchemaIndex } from '../index/schema-index.ts';

/** Neighbours asked of the vector sets; what is not among them counts as the least similar of those. */
const TABLE_NEIGHBOURS = 1_000;
const COLUMN_NEIGHBOURS = 1_000;

export interface TableSignals {
  /** BM25 and cosine, each standardised over all tables, in equal parts. */
  readonly hybrid: Float64Array;
  readonly columnSimilarity: Float64Array;
}

/** What a question has in common with each table: words and meaning. */
export function scoreTables(index: SchemaIndex, stems: readonly string[], question: Float32Array): TableSignals {
  const lexical = standardise(index.bm25.scores(stems), TYPICAL.bm25);
  const dense = standardise(similarities(index, question), TYPICAL.dense);
  const hybrid = lexical.map((value, table) => 0.5 * value + 0.5 * dense[table]!);
  const columnSimilarity = new Float64Array(index.tables.length);
  for (const { row, score } of index.columnVectors.search(question, COLUMN_NEIGHBOURS)) {
    const table = index.tableOfColumn[row]!;
    columnSimilarity[table] = Math.max(columnSimilarity[table]!, score);
  }
  return { hybrid, columnSimilarity };
}

function similarities(index: SchemaIndex, question: Float32Array): Float64Array {
  const hits = index.tableVectors.search(question, TABLE_NEIGHBOURS);
  const scores = new Float64Array(index.tables.length).fill(hits.at(-1)?.score ?? 0);
  for (const { row, score } of hits) scores[row] = score;
  return scores;
}

/**
 * The spread that a signal has over a large pool: medians over Spider's training questions on its 166 schemas. In a small
 * pool the spread of a few values says little (two values always lie one deviation off), so it is drawn towards these.
 */
export const TYPICAL = {
  bm25: 1.15,
  dense: 0.09,
  coverage: 0.068,
  tables: 1.68,
  sentence: 0.094,
  columns: 0.19,
} as const;
/** How many values the typical spread weighs as. */
const PRIOR_WEIGHT = 30;

/** Zero mean, and unit deviation where there are many values; `typical` is the deviation expected of a large pool. */
export function standardise(values: Float64Array, typical: number): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt((squares + PRIOR_WEIGHT * typical ** 2) / (values.length + PRIOR_WEIGHT));
  return values.map((value) => (value - mean) / deviation);
}
