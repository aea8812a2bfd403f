import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { VectorStore } from '#src/ports/vector-index.ts';
import { cosine } from '../clsr/hybrid.ts';
import {
  type ColumnClusters,
  type ColumnText,
  clusterColumns,
  NO_CLUSTERS,
  rebuildDue,
} from '../cluster/column-clusters.ts';
import { groupTables } from '../cluster/group-tables.ts';
import { PROBES, spreadOf } from './cosine-spread.ts';
import {
  type IndexedColumn,
  type IndexedNames,
  type IndexedText,
  indexWords,
  type SchemaIndex,
} from './schema-index.ts';
import { noVector, TextVectors } from './text-vectors.ts';
import { columnSentence } from './texts.ts';
import { sourceOfTable, textsOf, type VectorRow, vectorOf, vectorRows } from './vector-rows.ts';

/** Told the texts embedded so far, of all distinct ones. */
export type BuildProgress = (done: number, total: number) => void;

const CHUNK = 512;

/** Embeds every distinct text once and builds the whole index in memory. */
export async function buildIndex(
  catalogs: readonly DatabaseCatalog[],
  ports: { readonly embedder: Embedder; readonly vectors: VectorStore },
  onProgress: BuildProgress,
  signal: AbortSignal,
  /** Clusters of the index that this one replaces: what they hold keeps its cluster, unless too much has changed. */
  before: ColumnClusters = NO_CLUSTERS,
): Promise<SchemaIndex> {
  const words = indexWords(catalogs);
  const columnTexts = columnTextsOf(words);
  // The sentences of groups come last: what belongs together is known when the tables have vectors.
  const tables = words.tables.map(sourceOfTable);
  const first = textsOf([...tables, ...columnTexts]);
  const vectors = new TextVectors(ports.embedder);
  const embed = async (texts: readonly string[], after: number) => {
    const fresh = texts.filter((text) => !vectors.has(text));
    for (let at = 0; at < fresh.length; at += CHUNK) {
      await vectors.embed(fresh.slice(at, at + CHUNK), signal);
      onProgress(vectors.size, Math.max(vectors.size, first.length + after));
    }
  };
  await embed(first, catalogs.length);
  const byTable = new Map(words.tables.map((table, row) => [table, vectorOf(tables[row] ?? noVector(), vectors)]));
  const groups = groupTables(words, (a, b) => cosine(byTable.get(a) ?? noVector(), byTable.get(b) ?? noVector()));
  const rows = vectorRows({ ...words, columnTexts, groups });
  await embed(textsOf(rows.groups), groups.length);
  const build = (rows: readonly VectorRow[]) =>
    ports.vectors.build(
      rows.map((row) => vectorOf(row, vectors)),
      ports.embedder.dimensions,
      rows.map(({ owners }) => owners),
    );
  const probes = await ports.embedder.embed(PROBES, signal, 'question');
  const spread = (of: readonly VectorRow[]) =>
    spreadOf(
      probes,
      of.map((row) => vectorOf(row, vectors)),
    );
  return {
    ...words,
    groups,
    columnTexts,
    spreads: { tables: spread(rows.tables), columns: spread(rows.columns), groups: spread(rows.groups) },
    clusters: clustersOf(columnTexts, vectors, before),
    tableVectors: build(rows.tables),
    columnVectors: build(rows.columns),
    groupVectors: build(rows.groups),
  };
}

/** Column texts as they are clustered. */
export const clusteredTexts = (texts: readonly IndexedText[], vectors: TextVectors): ColumnText[] =>
  texts.map(({ text, columns }) => ({
    text,
    vector: vectors.of(text),
    terms: splitIdentifier(text).map(stem),
    columns: columns.length,
  }));

function clustersOf(texts: readonly IndexedText[], vectors: TextVectors, before: ColumnClusters): ColumnClusters {
  const clustered = clusteredTexts(texts, vectors);
  return clusterColumns(clustered, rebuildDue(clustered, before) ? NO_CLUSTERS : before);
}

/** The distinct texts of all columns in order of appearance, and the columns of each. */
export function columnTextsOf({ tables }: Pick<IndexedNames, 'tables'>): IndexedText[] {
  const columnsOf = new Map<string, IndexedColumn[]>();
  for (const { columns } of tables) {
    for (const column of columns) {
      const text = columnSentence(column.column);
      const known = columnsOf.get(text);
      if (known) known.push(column);
      else columnsOf.set(text, [column]);
    }
  }
  return [...columnsOf].map(([text, columns]) => ({ text, columns }));
}
