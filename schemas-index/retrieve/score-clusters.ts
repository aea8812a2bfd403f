import type { ClusterHit } from '#src/domain/schema-slice.ts';
import { fuseRelative, type ScoredThing } from '../clsr/hybrid.ts';
import type { IndexedTable, IndexedText, IndexOutline } from '../index/schema-index.ts';
import type { IndexHits } from './index-search.ts';

/**
 * The paper's scoring function (CRED-SQL, equation 8; sources.md#cluster-weights) over what the store names and with the clusters that
 * the index holds: S(t) = s(t) + Σ s(c) / size(cluster of c) over the columns found of the table. As in the authors' code, and not in
 * their text, a table is a candidate by its columns alone as well, and both similarities are relative to what one question finds;
 * as in their text, and not in their code, clusters are stored and their sizes are not counted anew for each question.
 */

/** Similarity from which a table or a column counts as found: the authors'. */
export const FOUND = 0.5;

/** What scoring by clusters reads of an index. */
type ClusteredIndex = Pick<IndexOutline, 'tables' | 'columnTexts' | 'clusters'>;

/** What a question finds by clusters. */
export interface ClusterScores {
  /** S(t) of every candidate, by the table's row. */
  readonly sums: ReadonlyMap<number, number>;
  /** The column texts found, each with its similarity; best first. */
  readonly texts: readonly (readonly [IndexedText, number])[];
  /** How many columns of those that may appear are of one cluster with a text; 1 at least. */
  readonly sizeOf: (text: IndexedText) => number;
}

/**
 * @param lexical BM25 of every table, by row.
 * @param shown the tables that may appear, by row.
 */
export function scoreByClusters(
  index: ClusteredIndex,
  hits: IndexHits,
  lexical: Float64Array,
  shown: ReadonlyMap<number, IndexedTable>,
  found: number = FOUND,
): ClusterScores {
  const asPairs = (list: IndexHits['columnWords']) => list.map(({ row, score }): ScoredThing<number> => [row, score]);
  const shownTables = ([row]: ScoredThing<number>) => shown.has(row);
  const byWords = [...lexical.entries()].filter(([, score]) => score > 0).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const allTables = fuseRelative(asPairs(hits.tables).filter(shownTables), byWords.filter(shownTables));
  const allTexts = fuseRelative(asPairs(hits.columns), asPairs(hits.columnWords));
  const above = (all: ReadonlyMap<number, number>) => [...all].filter(([, similarity]) => similarity >= found);
  let [tables, rows] = [above(allTables), above(allTexts)];
  if (!tables.length && !rows.length) [tables, rows] = [[...allTables], [...allTexts]];

  const sizeOf = clusterSizes(index, shown);
  const sums = new Map(tables);
  const texts = rows.flatMap(([row, similarity]) => {
    const text = index.columnTexts[row];
    return text?.columns.some(({ table }) => shown.has(table.row)) ? [[text, similarity] as const] : [];
  });
  for (const [text, similarity] of texts) {
    const share = similarity / sizeOf(text);
    for (const { table } of text.columns)
      if (shown.has(table.row)) sums.set(table.row, (sums.get(table.row) ?? 0) + share);
  }
  return { sums, texts, sizeOf };
}

/** Sizes of clusters among the tables that may appear: what somebody may not see is not counted for them either. */
function clusterSizes(
  { clusters: { clusterOf, clusters }, columnTexts, tables }: ClusteredIndex,
  shown: ReadonlyMap<number, IndexedTable>,
): (text: IndexedText) => number {
  if (shown.size === tables.length)
    return ({ text }) => Math.max(1, clusters.get(clusterOf.get(text) ?? -1)?.size ?? 1);
  const sizes = new Map<number, number>();
  for (const { text, columns } of columnTexts) {
    const cluster = clusterOf.get(text);
    if (cluster === undefined) continue;
    const own = columns.reduce((sum, { table }) => sum + (shown.has(table.row) ? 1 : 0), 0);
    sizes.set(cluster, (sizes.get(cluster) ?? 0) + own);
  }
  return ({ text }) => Math.max(1, sizes.get(clusterOf.get(text) ?? -1) ?? 1);
}

/** Clusters that are told, and the columns of each. */
const TOLD = { clusters: 10, columns: 5 } as const;

/** The clusters that were found, those that say most first: each by the nearest text that the asker may see. */
export function clusterHits(
  { clusters: { clusterOf } }: Pick<IndexOutline, 'clusters'>,
  { texts, sizeOf }: ClusterScores,
  shown: ReadonlyMap<number, IndexedTable>,
): ClusterHit[] {
  const byCluster = Map.groupBy(texts, ([{ text }]) => clusterOf.get(text) ?? text);
  return [...byCluster.values()]
    .map((own): ClusterHit => {
      const [nearest, similarity] = own.reduce((best, one) => (one[1] > best[1] ? one : best));
      const size = sizeOf(nearest);
      const columns = own
        .flatMap(([text]) => text.columns)
        .flatMap(({ table: { row }, column }) => {
          const table = shown.get(row);
          return table ? [{ databaseId: table.database.catalog.databaseId, table: table.table, column }] : [];
        });
      return { label: nearest.text, size, weight: 1 / size, similarity, columns: columns.slice(0, TOLD.columns) };
    })
    .sort((a, b) => b.weight * b.similarity - a.weight * a.similarity || b.similarity - a.similarity)
    .slice(0, TOLD.clusters);
}
