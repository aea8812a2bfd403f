import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import type { VectorHit } from '#src/ports/vector-index.ts';
import { cosine } from '../clsr/hybrid.ts';
import type { IndexedDatabase, IndexedTable, IndexOutline, TableGroup } from '../index/schema-index.ts';
import type { TextVectors } from '../index/text-vectors.ts';
import { groupSentence } from '../index/texts.ts';

/**
 * An index as somebody sees it who may read only some tables of a database: the same rows, and of such a database nothing but those
 * tables, with the keys between them. It holds no words or vectors of its own: what is asked of the store is narrowed by a filter.
 */
export interface NarrowIndex {
  readonly index: IndexOutline;
  /** The databases that are seen in part, and their tables that are seen, by their rows. */
  readonly parts: ReadonlySet<string>;
  readonly tables: ReadonlyMap<number, IndexedTable>;
  /** Groups that are seen in part: what they say of themselves is made of what is seen, by the group's row. */
  readonly sentences: ReadonlyMap<number, string>;
  /** A table of the whole index as it is seen; undefined where it is not. */
  readonly shownAs: (databaseId: string, table: Table) => Table | undefined;
}

const keyOf = ({ schema = '', name }: Pick<Table, 'schema' | 'name'>) => JSON.stringify([schema, name]);

/** Whether a view of a database shows every column of the tables that it shows: then it is a filter over the whole index. */
export function showsWholeTables(index: Pick<IndexOutline, 'databases'>, part: DatabaseCatalog): boolean {
  const whole = index.databases.find(({ catalog }) => catalog.databaseId === part.databaseId);
  const widths = new Map(whole?.tables.map(({ table }) => [keyOf(table), table.columns.length]));
  return part.tables.every((table) => widths.get(keyOf(table)) === table.columns.length);
}

/** @param parts databases of which only some tables are seen, as they are seen. */
export function narrowIndex(index: IndexOutline, parts: readonly DatabaseCatalog[]): NarrowIndex {
  const partOf = new Map(parts.map((part) => [part.databaseId, part]));
  const tables = new Map<number, IndexedTable>();
  const seen = new Map<Table, Table>();
  const databases = index.databases.map((database): IndexedDatabase => {
    const part = partOf.get(database.catalog.databaseId);
    if (!part) return database;
    const shown = new Map(part.tables.map((table) => [keyOf(table), table]));
    const own: IndexedTable[] = [];
    const narrowed = { ...database, catalog: part, tables: own };
    for (const indexed of database.tables) {
      const table = shown.get(keyOf(indexed.table));
      if (!table) continue;
      const made = { ...indexed, table, database: narrowed };
      own.push(made);
      tables.set(indexed.row, made);
      seen.set(indexed.table, table);
    }
    return narrowed;
  });
  const sentences = new Map<number, string>();
  const groups = index.groups.map((group, row): TableGroup => {
    const database = databases[group.database.row] ?? group.database;
    if (database === group.database) return group;
    const narrowed = { database, tables: group.tables.flatMap(({ row: own }) => tables.get(own) ?? []) };
    if (narrowed.tables.length) sentences.set(row, groupSentence(narrowed));
    return narrowed;
  });
  return {
    index: { ...index, databases, groups },
    parts: new Set(partOf.keys()),
    tables,
    sentences,
    shownAs: (databaseId, table) => (partOf.has(databaseId) ? seen.get(table) : table),
  };
}

/** How near the groups lie that are seen in part, among those of the databases that may appear. */
export function nearSentences(
  { index, sentences }: NarrowIndex,
  question: Float32Array,
  vectors: TextVectors,
  isAllowed: (databaseId: string) => boolean,
): VectorHit[] {
  return [...sentences]
    .filter(([row]) => isAllowed(index.groups[row]?.database.catalog.databaseId ?? ''))
    .map(([row, sentence]) => ({ row, score: cosine(question, vectors.of(sentence)) }));
}
