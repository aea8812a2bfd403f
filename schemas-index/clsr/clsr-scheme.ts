import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { DatabaseScore, SchemaSlice, TableScore } from '#src/domain/schema-slice.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { clusterColumns } from '../cluster/column-clusters.ts';
import { Bm25 } from '../index/bm25.ts';
import { type HybridIndex, relativeHybrid } from './hybrid.ts';

/**
 * CLSR as its authors run it (CRED-SQL, arXiv 2508.12769, and their code; sources.md#clsr), for comparison: tables and
 * columns are indexed apart by their bare names, a question is matched with both, and a table's score is its own
 * similarity plus those of its columns, each weighted by 1 / size of the column's cluster. The engine is ours (exact
 * search, our embedder), the texts and formulas are theirs.
 */

/** Similarity from which a table or a column counts as found. */
const SEARCH_THRESHOLD = 0.5;
/** Similarity from which two columns are of one cluster. */
const CLUSTER_THRESHOLD = 0.7;

export interface ClsrTable {
  readonly databaseId: string;
  readonly catalogTable: TableScore['table'];
  /** Columns as rows of the column index. */
  readonly columns: readonly number[];
}

export interface ClsrIndex {
  readonly tables: readonly ClsrTable[];
  readonly tableSearch: HybridIndex;
  readonly columnSearch: HybridIndex;
  readonly columnNames: readonly string[];
  readonly tableOfColumn: readonly number[];
  /** The size of each column's cluster in the offline clustering of their names. */
  readonly offlineClusterSizes: readonly number[];
}

/** Lower-cased pieces of a text; the authors' segmenter leaves English words as they are. */
const paperTerms = (text: string) => splitIdentifier(text).map(stem);

/** The authors' texts: `database_table` for a table, the bare name for a column. */
export async function buildPaperIndex(
  catalogs: readonly DatabaseCatalog[],
  embedder: Embedder,
  signal: AbortSignal,
): Promise<ClsrIndex> {
  const tables: ClsrTable[] = [];
  const tableTexts: string[] = [];
  const columnNames: string[] = [];
  const tableOfColumn: number[] = [];
  for (const { databaseId, tables: own } of catalogs) {
    for (const table of own) {
      const columns = table.columns.map((column) => {
        tableOfColumn.push(tables.length);
        return columnNames.push(column.title ?? column.name) - 1;
      });
      tables.push({ databaseId, catalogTable: table, columns });
      tableTexts.push(`${databaseId}_${table.name}`);
    }
  }
  const searched = async (texts: readonly string[]): Promise<HybridIndex> => {
    const distinct = [...new Set(texts)];
    const vectors = new Map<string, Float32Array>();
    const embedded = await embedder.embed(distinct, signal);
    for (const [at, text] of distinct.entries()) vectors.set(text, embedded[at]!);
    return {
      vectors: texts.map((text) => vectors.get(text)!),
      bm25: new Bm25(texts.map((text) => [{ terms: paperTerms(text), weight: 1, b: 0.75 }])),
    };
  };
  const columnSearch = await searched(columnNames);
  const { clusterOf, clusters } = clusterColumns(
    [...Map.groupBy(columnNames.keys(), (at) => columnNames[at]!)].map(([text, columns]) => ({
      text,
      vector: columnSearch.vectors[columns[0]!]!,
      terms: paperTerms(text),
      columns: columns.length,
    })),
  );
  return {
    tables,
    tableSearch: await searched(tableTexts),
    columnSearch,
    columnNames,
    tableOfColumn,
    offlineClusterSizes: columnNames.map((name) => clusters.get(clusterOf.get(name)!)!.size),
  };
}

/** Cluster sizes as the authors' code counts them, anew for each question, or as their text says, offline and stored. */
export type ClsrClusterMode = 'online' | 'offline';

/** What a table's score was made of. */
export interface ClsrScore {
  readonly table: number;
  /** s_T, 0 when the table itself was not found. */
  readonly similarity: number;
  readonly columns: readonly { readonly column: number; readonly similarity: number; readonly clusterSize: number }[];
  /** S(t), before it is rescaled over all candidates. */
  readonly sum: number;
  /** Final score, 0–1. */
  readonly score: number;
}

/** Two-stage retrieval and the scoring function (sources.md#cluster-weights, equation 8 as the code has it). Best first. */
export function scorePaper(
  index: ClsrIndex,
  question: string,
  vector: Float32Array,
  mode: ClsrClusterMode = 'online',
): ClsrScore[] {
  const query = { vector, terms: paperTerms(question) };
  const above = (found: ReadonlyMap<number, number>, threshold: number) =>
    new Map([...found].filter(([, similarity]) => similarity >= threshold));
  const allTables = relativeHybrid(index.tableSearch, query);
  const allColumns = relativeHybrid(index.columnSearch, query);
  let [tables, columns] = [above(allTables, SEARCH_THRESHOLD), above(allColumns, SEARCH_THRESHOLD)];
  if (!tables.size && !columns.size) [tables, columns] = [allTables, allColumns];

  const candidates = new Set([...tables.keys(), ...[...columns.keys()].map((column) => index.tableOfColumn[column]!)]);
  const among = [...candidates].flatMap((table) => index.tables[table]!.columns);
  const sizes = new Map<string, number>();
  for (const column of columns.keys()) {
    const name = index.columnNames[column]!.toLowerCase();
    if (!sizes.has(name))
      sizes.set(name, mode === 'online' ? onlineClusterSize(index, column, among) : index.offlineClusterSizes[column]!);
  }
  const scored = [...candidates].map((table) => {
    const matched = index.tables[table]!.columns.flatMap((column) => {
      const similarity = columns.get(column);
      if (similarity === undefined) return [];
      return [{ column, similarity, clusterSize: sizes.get(index.columnNames[column]!.toLowerCase())! }];
    });
    const similarity = tables.get(table) ?? 0;
    const sum = matched.reduce((total, one) => total + one.similarity / one.clusterSize, similarity);
    return { table, similarity, columns: matched, sum };
  });
  const [low, high] = [Math.min(...scored.map(({ sum }) => sum)), Math.max(...scored.map(({ sum }) => sum))];
  return scored
    .map((one) => ({ ...one, score: high > low ? (one.sum - low) / (high - low) : 1 }))
    .sort(
      (a, b) =>
        b.score - a.score || b.similarity - a.similarity || b.columns.length - a.columns.length || a.table - b.table,
    );
}

/** How many columns of the candidate tables are like this one: one hybrid query with its own vector and name; at least 1. */
function onlineClusterSize({ columnSearch, columnNames }: ClsrIndex, column: number, among: readonly number[]): number {
  const query = { vector: columnSearch.vectors[column]!, terms: paperTerms(columnNames[column]!) };
  const found = relativeHybrid(columnSearch, query, { among });
  return Math.max(1, [...found.values()].filter((similarity) => similarity >= CLUSTER_THRESHOLD).length);
}

/** The same as a slice. Databases are in the order of their best tables: the authors leave choosing one to a model. */
export function rankByPaper(
  index: ClsrIndex,
  question: string,
  vector: Float32Array,
  options: { readonly limit: number; readonly mode: ClsrClusterMode },
): SchemaSlice {
  const scored = scorePaper(index, question, vector, options.mode);
  const tables = scored.map(({ table, score }): TableScore => {
    const { databaseId, catalogTable } = index.tables[table]!;
    return { databaseId, table: catalogTable, score };
  });
  const total = tables.reduce((sum, { score }) => sum + score, 0) || 1;
  const databases = [...Map.groupBy(tables, ({ databaseId }) => databaseId)].map(
    ([databaseId, own]): DatabaseScore => ({
      databaseId,
      probability: own.reduce((sum, { score }) => sum + score, 0) / total,
      score: own[0]!.score,
      tables: own.slice(0, 3).map(({ table }) => table.name),
      evidence: [],
    }),
  );
  return { tables: tables.slice(0, options.limit), databases, coverage: 0, searchedTables: index.tables.length };
}
