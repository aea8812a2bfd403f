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
  type IndexedTable,
  type IndexedText,
  type IndexedWords,
  type IndexOutline,
  indexWords,
  type SchemaIndex,
} from './schema-index.ts';
import { noVector, TextVectors } from './text-vectors.ts';
import { columnSentence, groupSentence, tableSentence } from './texts.ts';

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
  const first = distinct([...tableTextsOf(words), ...columnTexts.map(({ text }) => text)]);
  const vectors = new TextVectors(ports.embedder);
  const embed = async (texts: readonly string[], after: number) => {
    const fresh = texts.filter((text) => !vectors.has(text));
    for (let at = 0; at < fresh.length; at += CHUNK) {
      await vectors.embed(fresh.slice(at, at + CHUNK), signal);
      onProgress(vectors.size, Math.max(vectors.size, first.length + after));
    }
  };
  await embed(first, catalogs.length);
  const byTable = new Map(words.tables.map((table) => [table, vectors.of(textOfTable(table))]));
  const groups = groupTables(words, (a, b) => cosine(byTable.get(a) ?? noVector(), byTable.get(b) ?? noVector()));
  await embed(distinct(groups.map(groupSentence)), groups.length);
  const build = (rows: readonly VectorRow[]) =>
    ports.vectors.build(
      rows.map(({ text }) => vectors.of(text)),
      ports.embedder.dimensions,
      rows.map(({ owners }) => owners),
    );
  const rows = vectorRows({ ...words, columnTexts, groups });
  const probes = await ports.embedder.embed(PROBES, signal, 'question');
  const spread = (of: readonly VectorRow[]) =>
    spreadOf(
      probes,
      of.map(({ text }) => vectors.of(text)),
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

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

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

const textOfTable = ({ table, database: { catalog } }: IndexedTable): string =>
  tableSentence(table, catalog.title ?? catalog.databaseId);

/** The text of each table, in the order of the index. */
export const tableTextsOf = ({ tables }: Pick<IndexedWords, 'tables'>): string[] => tables.map(textOfTable);

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

/** A row of one of the three vector sets: what it was embedded from, and the databases that it belongs to. */
export interface VectorRow {
  readonly text: string;
  readonly owners: readonly string[];
  /** Its table, or the first of several; absent of a group without any. */
  readonly table: IndexedTable | undefined;
}

export type VectorSet = 'tables' | 'columns' | 'groups';

/** The rows of the three vector sets, in order. */
export function vectorRows({
  tables,
  columnTexts,
  groups,
}: Pick<IndexOutline, 'tables' | 'columnTexts' | 'groups'>): Readonly<Record<VectorSet, readonly VectorRow[]>> {
  return {
    tables: tables.map((table) => ({ text: textOfTable(table), owners: table.database.ids, table })),
    columns: columnTexts.map(({ text, columns }) => ({ text, owners: ownersOf(columns), table: columns[0]?.table })),
    groups: groups.map((group) => ({
      text: groupSentence(group),
      owners: group.database.ids,
      table: group.tables[0],
    })),
  };
}

/** The databases of some columns. */
function ownersOf(columns: readonly IndexedColumn[]): readonly string[] {
  const databases = [...new Set(columns.map(({ table }) => table.database))];
  const [first] = databases;
  return first && databases.length === 1 ? first.ids : databases.flatMap(({ ids }) => ids);
}
