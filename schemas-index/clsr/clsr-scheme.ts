import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { DatabaseScore, SchemaSlice, TableScore } from '#src/domain/schema-slice.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { clusterColumns, clusterSizeOf } from '../cluster/column-clusters.ts';
import { Bm25 } from '../index/bm25.ts';
import { TextVectors } from '../index/text-vectors.ts';
import { type HybridIndex, relativeHybrid, type Searchable } from './hybrid.ts';

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

export interface ClsrTable extends Searchable {
  readonly databaseId: string;
  readonly catalogTable: TableScore['table'];
  readonly columns: readonly ClsrColumn[];
}

export interface ClsrColumn extends Searchable {
  readonly table: ClsrTable;
  readonly name: string;
  /** The size of its cluster in the offline clustering of all names. */
  readonly offlineClusterSize: number;
}

export interface ClsrIndex {
  readonly tableSearch: HybridIndex<ClsrTable>;
  readonly columnSearch: HybridIndex<ClsrColumn>;
}

/** Lower-cased pieces of a text; the authors' segmenter leaves English words as they are. */
const paperTerms = (text: string) => splitIdentifier(text).map(stem);

/** The authors' texts: `database_table` for a table, the bare name for a column. */
export async function buildPaperIndex(
  catalogs: readonly DatabaseCatalog[],
  embedder: Embedder,
  signal: AbortSignal,
): Promise<ClsrIndex> {
  const named = catalogs.flatMap(({ databaseId, tables }) =>
    tables.map((catalogTable) => ({ databaseId, catalogTable, text: `${databaseId}_${catalogTable.name}` })),
  );
  const nameOf = ({ title, name }: { readonly title?: string; readonly name: string }) => title ?? name;
  const columnNames = named.flatMap(({ catalogTable }) => catalogTable.columns.map(nameOf));
  const vectors = new TextVectors(embedder);
  await vectors.embed([...new Set(columnNames)], signal);
  await vectors.embed([...new Set(named.map(({ text }) => text))], signal);
  const clusters = clusterColumns(
    [...Map.groupBy(columnNames, (name) => name)].map(([text, { length }]) => ({
      text,
      vector: vectors.of(text),
      terms: paperTerms(text),
      columns: length,
    })),
  );
  const allColumns: ClsrColumn[] = [];
  const tables = named.map(({ databaseId, catalogTable, text }, row): ClsrTable => {
    const columns: ClsrColumn[] = [];
    const table = { row, vector: vectors.of(text), databaseId, catalogTable, columns };
    for (const name of catalogTable.columns.map(nameOf)) {
      const [at, vector] = [allColumns.length, vectors.of(name)];
      const column = { row: at, vector, table, name, offlineClusterSize: clusterSizeOf(clusters, name) };
      allColumns.push(column);
      columns.push(column);
    }
    return table;
  });
  const words = (texts: readonly string[]) =>
    new Bm25(texts.map((text) => [{ terms: paperTerms(text), weight: 1, b: 0.75 }]));
  return {
    tableSearch: { things: tables, bm25: words(named.map(({ text }) => text)) },
    columnSearch: { things: allColumns, bm25: words(columnNames) },
  };
}

/** Cluster sizes as the authors' code counts them, anew for each question, or as their text says, offline and stored. */
export type ClsrClusterMode = 'online' | 'offline';

/** What a table's score was made of. */
export interface ClsrScore {
  readonly table: ClsrTable;
  /** s_T, 0 when the table itself was not found. */
  readonly similarity: number;
  readonly columns: readonly {
    readonly column: ClsrColumn;
    readonly similarity: number;
    readonly clusterSize: number;
  }[];
  /** S(t), before it is rescaled over all candidates. */
  readonly sum: number;
  /** Final score, 0–1. */
  readonly score: number;
}

/** Two-stage retrieval and the scoring function (sources.md#cluster-weights, equation 8 as the code has it). Best first. */
export function scorePaper(
  { tableSearch, columnSearch }: ClsrIndex,
  question: string,
  vector: Float32Array,
  mode: ClsrClusterMode = 'online',
): ClsrScore[] {
  const query = { vector, terms: paperTerms(question) };
  const allTables = relativeHybrid(tableSearch, query);
  const allColumns = relativeHybrid(columnSearch, query);
  let [tables, columns] = [above(allTables, SEARCH_THRESHOLD), above(allColumns, SEARCH_THRESHOLD)];
  if (!tables.size && !columns.size) [tables, columns] = [allTables, allColumns];

  const candidates = [...new Set([...tables.keys(), ...[...columns.keys()].map(({ table }) => table)])];
  const among = candidates.flatMap((table) => table.columns);
  const sizes = new Map<string, number>();
  const sizeOf = (column: ClsrColumn): number => {
    const name = column.name.toLowerCase();
    const size =
      sizes.get(name) ??
      (mode === 'online' ? onlineClusterSize(columnSearch, column, among) : column.offlineClusterSize);
    sizes.set(name, size);
    return size;
  };
  // Names that differ in case have the size of the one that was found first.
  for (const column of columns.keys()) sizeOf(column);
  const scored = candidates.map((table) => {
    const matched = table.columns.flatMap((column) => {
      const similarity = columns.get(column);
      return similarity === undefined ? [] : [{ column, similarity, clusterSize: sizeOf(column) }];
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
        b.score - a.score ||
        b.similarity - a.similarity ||
        b.columns.length - a.columns.length ||
        a.table.row - b.table.row,
    );
}

const above = <T>(found: ReadonlyMap<T, number>, threshold: number): Map<T, number> =>
  new Map([...found].filter(([, similarity]) => similarity >= threshold));

/** How many columns of the candidate tables are like this one: one hybrid query with its own vector and name; at least 1. */
function onlineClusterSize(
  search: HybridIndex<ClsrColumn>,
  { vector, name }: ClsrColumn,
  among: readonly ClsrColumn[],
): number {
  const found = relativeHybrid(search, { vector, terms: paperTerms(name) }, { among });
  return Math.max(1, above(found, CLUSTER_THRESHOLD).size);
}

/** The same as a slice. Databases are in the order of their best tables: the authors leave choosing one to a model. */
export function rankByPaper(
  index: ClsrIndex,
  question: string,
  vector: Float32Array,
  options: { readonly limit: number; readonly mode: ClsrClusterMode },
): SchemaSlice {
  const tables = scorePaper(index, question, vector, options.mode).map(
    ({ table: { databaseId, catalogTable }, score }): TableScore => ({ databaseId, table: catalogTable, score }),
  );
  const total = tables.reduce((sum, { score }) => sum + score, 0) || 1;
  const databases = [...Map.groupBy(tables, ({ databaseId }) => databaseId)].map(
    ([databaseId, own]): DatabaseScore => ({
      databaseId,
      probability: own.reduce((sum, { score }) => sum + score, 0) / total,
      score: Math.max(...own.map(({ score }) => score)),
      tables: own.slice(0, 3).map(({ table }) => table.name),
      evidence: [],
    }),
  );
  return {
    tables: tables.slice(0, options.limit),
    databases,
    coverage: 0,
    searchedTables: index.tableSearch.things.length,
  };
}
