import { NAME_WEIGHTS, type SchemaIndex } from '../index/schema-index.ts';
import { standardise, type TableSignals, TYPICAL } from './score-tables.ts';

/** Shares of the four signals in a database's score (specs/tech.md section 6; `npm run fit:retrieval` tries others). */
export const DATABASE_WEIGHTS = { coverage: 0.4, tables: 0.3, sentence: 0.15, columns: 0.15 };

export interface DatabaseSignals {
  readonly score: Float64Array;
  /** Share of the question's stems, weighted by rarity, that the database names; 0–1.2. */
  readonly coverage: Float64Array;
}

/**
 * Scores every database as a group. The gold tables of a question lie together in one database, so evidence that is
 * spread over it counts together; this is worth 9 points of recall@3 over ranking tables one by one.
 */
export function scoreDatabases(
  index: SchemaIndex,
  stems: readonly string[],
  question: Float32Array,
  tables: TableSignals,
  weights: typeof DATABASE_WEIGHTS = DATABASE_WEIGHTS,
): DatabaseSignals {
  const coverage = coverageOf(index, stems);
  const sentence = new Float64Array(index.databases.length);
  for (const { row, score } of index.databaseVectors.search(question, index.databases.length)) sentence[row] = score;
  const parts: readonly (readonly [number, Float64Array])[] = [
    [weights.coverage, standardise(coverage, TYPICAL.coverage)],
    [weights.tables, standardise(topThree(index, tables.hybrid), TYPICAL.tables)],
    [weights.sentence, standardise(sentence, TYPICAL.sentence)],
    [weights.columns, standardise(topThree(index, tables.columnSimilarity), TYPICAL.columns)],
  ];
  const score = coverage.map((_, database) => parts.reduce((sum, [weight, part]) => sum + weight * part[database]!, 0));
  return { score, coverage };
}

/** Each stem counts by its rarity times the weight of the best place that names it. */
function coverageOf(index: SchemaIndex, stems: readonly string[]): Float64Array {
  const coverage = new Float64Array(index.databases.length);
  let total = 0;
  for (const stem of stems) {
    const idf = index.bm25.idf(stem);
    total += idf;
    const best = new Float64Array(index.databases.length);
    for (const [at, database] of index.databases.entries()) {
      if (database.name.includes(stem) || database.description.includes(stem)) best[at] = NAME_WEIGHTS.database;
    }
    const mentions = index.mentions.get(stem);
    for (const [at, table] of (mentions?.tables ?? []).entries()) {
      const { database } = index.tables[table]!;
      best[database] = Math.max(best[database]!, mentions!.weights[at]!);
    }
    for (const [at, weight] of best.entries()) coverage[at]! += idf * weight;
  }
  return total === 0 ? coverage : coverage.map((value) => value / total);
}

/** The three best tables of each database, discounted 1, 1/2, 1/3. */
function topThree(index: SchemaIndex, values: Float64Array): Float64Array {
  return Float64Array.from(index.databases, ({ firstTable, tableCount }) => {
    const best = [...values.subarray(firstTable, firstTable + tableCount)].sort((a, b) => b - a).slice(0, 3);
    return best.reduce((sum, value, rank) => sum + value / (rank + 1), 0);
  });
}
