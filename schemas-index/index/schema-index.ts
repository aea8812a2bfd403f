import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { isStopWord, splitIdentifier, stem } from '#src/domain/words.ts';
import type { VectorIndex } from '#src/ports/vector-index.ts';
import { Bm25 } from './bm25.ts';

/** One table of the index with its words; tables of a database are contiguous, columns of a table too. */
export interface IndexedTable {
  readonly database: number;
  readonly table: Table;
  /** Stems of the table's name. */
  readonly name: readonly string[];
  /** Stems of each column's name. */
  readonly columns: readonly (readonly string[])[];
  /** Stems of the states that rows can be in ("shipped"): one-word values of columns that hold few. */
  readonly states: readonly string[];
  /** Stems of comments on the table and its columns. */
  readonly comment: readonly string[];
  readonly firstColumn: number;
}

export interface IndexedDatabase {
  readonly catalog: DatabaseCatalog;
  readonly name: readonly string[];
  readonly description: readonly string[];
  readonly firstTable: number;
  readonly tableCount: number;
}

/** Everything that retrieval reads: words, their BM25, and three vector sets (tables, columns, databases). */
export interface SchemaIndex {
  readonly databases: readonly IndexedDatabase[];
  readonly tables: readonly IndexedTable[];
  /** The table of each column row. */
  readonly tableOfColumn: Int32Array;
  readonly bm25: Bm25;
  /** Where each stem is a name: the tables that have it, with the best weight of the place (NAME_WEIGHTS). */
  readonly mentions: ReadonlyMap<string, Mentions>;
  readonly tableVectors: VectorIndex;
  readonly columnVectors: VectorIndex;
  readonly databaseVectors: VectorIndex;
}

export interface Mentions {
  readonly tables: readonly number[];
  readonly weights: readonly number[];
}

/** How much a question's word counts by where it is found; a name of one word says more than a part of a longer one. */
export const NAME_WEIGHTS = {
  tableWhole: 1.2,
  tablePart: 0.9,
  columnWhole: 0.9,
  columnPart: 0.7,
  state: 0.6,
  database: 0.35,
} as const;

/** The best weight of every stem that names the table or one of its columns. */
export function mentionWeights(table: Pick<IndexedTable, 'name' | 'columns' | 'states'>): Map<string, number> {
  const weights = new Map<string, number>();
  const raise = (stem: string, weight: number) => weights.set(stem, Math.max(weight, weights.get(stem) ?? 0));
  for (const stem of table.states) raise(stem, NAME_WEIGHTS.state);
  for (const stems of table.columns) {
    for (const stem of stems) raise(stem, stems.length === 1 ? NAME_WEIGHTS.columnWhole : NAME_WEIGHTS.columnPart);
  }
  for (const stem of table.name)
    raise(stem, table.name.length === 1 ? NAME_WEIGHTS.tableWhole : NAME_WEIGHTS.tablePart);
  return weights;
}

function indexMentions(tables: readonly IndexedTable[]): Map<string, Mentions> {
  const mentions = new Map<string, { readonly tables: number[]; readonly weights: number[] }>();
  for (const [at, table] of tables.entries()) {
    for (const [stem, weight] of mentionWeights(table)) {
      const entry = mentions.get(stem) ?? { tables: [], weights: [] };
      entry.tables.push(at);
      entry.weights.push(weight);
      mentions.set(stem, entry);
    }
  }
  return mentions;
}

export type IndexedWords = Omit<SchemaIndex, 'tableVectors' | 'columnVectors' | 'databaseVectors'>;

const nameStems = (named: { readonly name: string; readonly title?: string }): string[] => {
  const both = named.title
    ? [...splitIdentifier(named.title), ...splitIdentifier(named.name)]
    : splitIdentifier(named.name);
  return [...new Set(both.map(stem))];
};

const MAX_STATES = 30;

function stateStems(columns: readonly Column[]): string[] {
  const words = columns
    .filter((column) => column.kind === 'text' && column.valuesComplete && column.values.length <= MAX_STATES)
    .flatMap((column) => column.values.filter((value) => /^\p{L}{3,}$/u.test(value)));
  return [...new Set(words.map((word) => stem(word.toLowerCase())))];
}

const proseStems = (text: string | undefined): string[] =>
  text
    ? splitIdentifier(text.slice(0, 500))
        .filter((word) => !isStopWord(word))
        .map(stem)
    : [];

/** The lexical half of the index. Quick (0.3 s for 150,000 columns), so it is built at load and never stored. */
export function indexWords(catalogs: readonly DatabaseCatalog[]): IndexedWords {
  const databases: IndexedDatabase[] = [];
  const tables: IndexedTable[] = [];
  const tableOfColumn: number[] = [];
  for (const [database, catalog] of catalogs.entries()) {
    databases.push({
      catalog,
      name: nameStems({ name: catalog.title ?? catalog.databaseId }),
      description: proseStems(catalog.description),
      firstTable: tables.length,
      tableCount: catalog.tables.length,
    });
    for (const table of catalog.tables) {
      const firstColumn = tableOfColumn.length;
      for (const _ of table.columns) tableOfColumn.push(tables.length);
      tables.push({
        database,
        table,
        name: nameStems(table),
        columns: table.columns.map((column: Column) => nameStems(column)),
        states: stateStems(table.columns),
        comment: [...proseStems(table.comment), ...table.columns.flatMap((column) => proseStems(column.comment))],
        firstColumn,
      });
    }
  }
  const documents = tables.map((table) => {
    const database = databases[table.database]!;
    return [
      ...table.name,
      ...table.name,
      ...table.columns.flat(),
      ...table.comment,
      ...database.name,
      ...database.description,
    ];
  });
  return {
    databases,
    tables,
    tableOfColumn: Int32Array.from(tableOfColumn),
    bm25: new Bm25(documents),
    mentions: indexMentions(tables),
  };
}
