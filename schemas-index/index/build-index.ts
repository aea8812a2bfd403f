import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { VectorStore } from '#src/ports/vector-index.ts';
import { cosine } from '../clsr/hybrid.ts';
import { type ColumnClusters, clusterColumns, NO_CLUSTERS, rebuildDue } from '../cluster/column-clusters.ts';
import { groupTables } from '../cluster/group-tables.ts';
import { type IndexedWords, indexWords, type SchemaIndex, type TableGroup } from './schema-index.ts';
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
  const tableTexts = tableTextsOf(words);
  const columns = columnTextsOf(words);
  // The sentences of groups come last: what belongs together is known when the tables have vectors.
  const first = [...new Set([...tableTexts, ...columns.texts])];
  const vectors = new Map<string, Float32Array>();
  const embed = async (texts: readonly string[], after: number) => {
    const fresh = texts.filter((text) => !vectors.has(text));
    for (let at = 0; at < fresh.length; at += CHUNK) {
      const chunk = fresh.slice(at, at + CHUNK);
      const embedded = await ports.embedder.embed(chunk, signal);
      for (const [offset, text] of chunk.entries()) vectors.set(text, embedded[offset]!);
      onProgress(vectors.size, Math.max(vectors.size, first.length + after));
    }
  };
  await embed(first, catalogs.length);
  const groups = groupTables(words, (a, b) => cosine(vectors.get(tableTexts[a]!)!, vectors.get(tableTexts[b]!)!));
  const groupTexts = groups.map((group) => groupSentence(words, group));
  await embed([...new Set(groupTexts)], groups.length);
  const columnTexts = columns.texts.map((text, at) => ({
    text,
    vector: vectors.get(text)!,
    terms: splitIdentifier(text).map(stem),
    columns: columns.columnsOfText[at]!.length,
  }));
  const clusters = clusterColumns(columnTexts, rebuildDue(columnTexts, before) ? NO_CLUSTERS : before);
  const owners = ownersOf(words, groups, columns.columnsOfText);
  const vectorsOf = (texts: readonly string[], owned: readonly (readonly string[])[]) =>
    ports.vectors.build(
      texts.map((text) => vectors.get(text)!),
      ports.embedder.dimensions,
      owned,
    );
  return {
    ...words,
    groups,
    clusters,
    clusterOfText: columns.texts.map((text) => clusters.clusterOf.get(text)!),
    columnsOfText: columns.columnsOfText,
    tableVectors: vectorsOf(tableTexts, owners.tables),
    columnVectors: vectorsOf(columns.texts, owners.columns),
    groupVectors: vectorsOf(groupTexts, owners.groups),
  };
}

/** The text of each table, in the order of the index. */
export function tableTextsOf(words: Pick<IndexedWords, 'tables' | 'databases'>): string[] {
  return words.tables.map(({ table, database }) => {
    const { catalog } = words.databases[database]!;
    return tableSentence(table, catalog.title ?? catalog.databaseId);
  });
}

/** The distinct texts of all columns in order of appearance, and the columns of each. */
export function columnTextsOf(words: Pick<IndexedWords, 'tables'>): {
  readonly texts: readonly string[];
  readonly columnsOfText: readonly (readonly number[])[];
} {
  const columnsOf = new Map<string, number[]>();
  let row = 0;
  for (const { table } of words.tables) {
    for (const column of table.columns) {
      const text = columnSentence(column);
      const known = columnsOf.get(text);
      if (known) known.push(row);
      else columnsOf.set(text, [row]);
      row += 1;
    }
  }
  return { texts: [...columnsOf.keys()], columnsOfText: [...columnsOf.values()] };
}

/** The databases that each row of the three vector sets belongs to. */
export function ownersOf(
  words: IndexedWords,
  groups: readonly TableGroup[],
  columnsOfText: readonly (readonly number[])[],
): Readonly<Record<'tables' | 'columns' | 'groups', readonly (readonly string[])[]>> {
  const own = words.databases.map(({ catalog }): readonly string[] => [catalog.databaseId]);
  return {
    tables: words.tables.map(({ database }) => own[database]!),
    columns: columnsOfText.map((columns) => {
      const databases = new Set(columns.map((column) => words.tables[words.tableOfColumn[column]!]!.database));
      return databases.size === 1 ? own[[...databases][0]!]! : [...databases].map((database) => own[database]![0]!);
    }),
    groups: groups.map(({ database }) => own[database]!),
  };
}
