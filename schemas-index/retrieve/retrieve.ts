import { tableLabel } from '#src/domain/catalog.ts';
import type { DatabaseScore, Evidence, SchemaSlice, TableScore } from '#src/domain/schema-slice.ts';
import { contentWords } from '#src/domain/words.ts';
import type { SchemaIndex } from '../index/schema-index.ts';
import { orderTables } from './order-tables.ts';
import { type DATABASE_WEIGHTS, scoreDatabases } from './score-databases.ts';
import { scoreTables } from './score-tables.ts';

export interface RetrieveOptions {
  readonly limit: number;
  /** Databases that may appear; all, if absent. */
  readonly allowed?: ReadonlySet<string>;
  readonly weights?: typeof DATABASE_WEIGHTS;
}

/** Databases whose tables are ordered; those further down never reach a list of 15 tables. */
const DATABASES_ORDERED = 15;
/** A table's score is 2·(its database's score) − RANK_PENALTY·log2(1 + its place in the database). */
const RANK_PENALTY = 1;
/** Sharpness of the softmax over database scores; fitted on Spider's training questions by `npm run fit:retrieval`. */
export const SHARPNESS = 2;

/** Ranks the tables of all allowed databases for a question, and says how probable each database is. */
export function rankTables(
  index: SchemaIndex,
  text: string,
  question: Float32Array,
  options: RetrieveOptions,
): SchemaSlice {
  const words = contentWords(text);
  const stems = [...words.keys()];
  const signals = scoreTables(index, stems, question);
  const scored = scoreDatabases(index, stems, question, signals, options.weights);
  const allowed = index.databases
    .map((_, database) => database)
    .filter((database) => options.allowed?.has(index.databases[database]!.catalog.databaseId) ?? true)
    .sort((a, b) => scored.score[b]! - scored.score[a]!);
  const probabilities = softmax(allowed.map((database) => scored.score[database]!));
  const databases: DatabaseScore[] = [];
  const tables: TableScore[] = [];
  for (const [rank, database] of allowed.slice(0, DATABASES_ORDERED).entries()) {
    const { catalog } = index.databases[database]!;
    const ordered = orderTables(index, database, stems, signals);
    for (const [place, row] of ordered.entries()) {
      const score = 2 * scored.score[database]! - RANK_PENALTY * Math.log2(2 + place);
      tables.push({ databaseId: catalog.databaseId, table: index.tables[row]!.table, score });
    }
    databases.push({
      databaseId: catalog.databaseId,
      probability: probabilities[rank]!,
      score: scored.score[database]!,
      tables: ordered.slice(0, 3).map((row) => tableLabel(index.tables[row]!.table, catalog.engine)),
      evidence: evidenceOf(index, database, ordered.slice(0, 3), words),
    });
  }
  tables.sort((a, b) => b.score - a.score);
  const searchedTables = allowed.reduce((sum, database) => sum + index.databases[database]!.tableCount, 0);
  const coverage = allowed.length ? scored.coverage[allowed[0]!]! : 0;
  return { tables: tables.slice(0, options.limit), databases, coverage, searchedTables };
}

function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(SHARPNESS * (score - top)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Which of the question's words name what, in the database's best tables. */
function evidenceOf(
  index: SchemaIndex,
  database: number,
  rows: readonly number[],
  words: ReadonlyMap<string, string>,
): Evidence[] {
  const found: Evidence[] = [];
  const { catalog, name } = index.databases[database]!;
  for (const [stem, term] of words) {
    const tableRow = rows.find((row) => index.tables[row]!.name.includes(stem));
    if (tableRow !== undefined) {
      found.push({ kind: 'table-name', term, target: index.tables[tableRow]!.table.name });
      continue;
    }
    for (const row of rows) {
      const at = index.tables[row]!.columns.findIndex((column) => column.includes(stem));
      if (at === -1) continue;
      const { table } = index.tables[row]!;
      found.push({ kind: 'column-name', term, target: `${table.name}.${table.columns[at]!.name}` });
      break;
    }
    const stateRow = rows.find((row) => index.tables[row]!.states.includes(stem));
    if (stateRow !== undefined) found.push({ kind: 'value', term, target: index.tables[stateRow]!.table.name });
    if (name.includes(stem)) found.push({ kind: 'database-name', term, target: catalog.databaseId });
  }
  return found;
}
