import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { isStopWord, splitIdentifier, stem } from '#src/domain/words.ts';
import type { VectorIndex } from '#src/ports/vector-index.ts';
import type { ColumnClusters } from '../cluster/column-clusters.ts';
import { Bm25, rarityOf, type TextField } from './bm25.ts';
import type { CosineSpreads } from './cosine-spread.ts';
import { joinedNeighbours } from './joined-words.ts';
import { Spelling } from './spelling.ts';
import { valueStems } from './value-words.ts';
import { WeightedRows } from './weighted-rows.ts';

/** A database of the index with its words. */
export interface IndexedDatabase {
  /** Its place among the databases. */
  readonly row: number;
  readonly catalog: DatabaseCatalog;
  /** Its id alone, in a list that all rows of its own share. */
  readonly ids: readonly string[];
  /** Stems of its name. */
  readonly name: readonly string[];
  /** Stems of its name and description. */
  readonly words: ReadonlySet<string>;
  readonly tables: readonly IndexedTable[];
}

export interface IndexedTable {
  /** Its place among the tables of all databases; scores are kept by it. */
  readonly row: number;
  readonly database: IndexedDatabase;
  readonly table: Table;
  /** Stems of the table's name. */
  readonly name: readonly string[];
  readonly columns: readonly IndexedColumn[];
}

export interface IndexedColumn {
  readonly table: IndexedTable;
  readonly column: Column;
  /** Stems of the column's name. */
  readonly name: readonly string[];
}

/** Which stems the index knows, without where they are found. */
export interface Vocabulary {
  /** How rare a stem is among the tables, as BM25 reckons it. */
  rarity(stem: string): number;
  /** Whether BM25 counts it of some table. */
  isCounted(stem: string): boolean;
  /** Whether some table mentions it in a name, comment or value. */
  isMentioned(stem: string): boolean;
}

/** What is named in an index, and what its words are. */
export interface IndexedNames {
  readonly databases: readonly IndexedDatabase[];
  /** Those of a database are neighbours. */
  readonly tables: readonly IndexedTable[];
  readonly columnCount: number;
  readonly vocabulary: Vocabulary;
  /** Whole words of names, for questions that misspell them. */
  readonly spelling: Spelling;
}

/** The lexical half of the index: words, where they are names, and their BM25. */
export interface IndexedWords extends IndexedNames {
  readonly bm25: Bm25;
  /** Where each stem is found: the tables that have it, with the best weight of the place (PLACE_WEIGHTS). */
  readonly mentions: ReadonlyMap<string, Mentions>;
}

/** Tables that are scored together: a whole database, or a part of a large one. */
export interface TableGroup {
  readonly database: IndexedDatabase;
  readonly tables: readonly IndexedTable[];
}

/** A text that columns are embedded by, and the columns of that text: a thousand columns named `id` have one. */
export interface IndexedText {
  readonly text: string;
  readonly columns: readonly IndexedColumn[];
}

/** What ranking reads of an index beside what its store names: no postings and no vectors. */
export interface IndexOutline extends IndexedNames {
  /** Tables that belong together, each table in one: a database, or a part of a large one. */
  readonly groups: readonly TableGroup[];
  /** The rows of the columns' vectors. */
  readonly columnTexts: readonly IndexedText[];
  /** Where the cosines of questions lie among the texts of each set. */
  readonly spreads: CosineSpreads;
  /** What kind of thing each column text is, and how many columns are of that kind. */
  readonly clusters: ColumnClusters;
}

/** Everything that retrieval reads: words, groups of tables, and three vector sets (tables, columns, groups). */
export interface SchemaIndex extends IndexOutline, IndexedWords {
  readonly tableVectors: VectorIndex;
  /** One row a distinct column text. */
  readonly columnVectors: VectorIndex;
  readonly groupVectors: VectorIndex;
}

/** An index without what its store holds. */
export const outlineOf = ({
  databases,
  tables,
  columnCount,
  vocabulary,
  spelling,
  groups,
  columnTexts,
  spreads,
  clusters,
}: IndexOutline): IndexOutline => ({
  databases,
  tables,
  columnCount,
  vocabulary,
  spelling,
  groups,
  columnTexts,
  spreads,
  clusters,
});

/** Tables by their rows, with a weight each. */
export type Mentions = Pick<WeightedRows, 'forEach'>;

/** How much a question's word counts by where it is found; a name of one word says more than a part of a longer one. */
export const PLACE_WEIGHTS = {
  tableWhole: 1.2,
  tablePart: 0.9,
  columnWhole: 0.9,
  columnPart: 0.7,
  schema: 0.6,
  state: 0.6,
  comment: 0.4,
  value: 0.4,
  columnComment: 0.3,
  database: 0.35,
} as const;

/** Columns and words of a table beyond which what they mention counts less: in a wide table everything is mentioned. */
const USUAL_COLUMNS = 10;
const USUAL_WORDS = 20;
const lessIfMany = (count: number, usual: number) => 1 / Math.sqrt(Math.max(1, count / usual));

interface TableWords {
  readonly name: readonly string[];
  readonly columns: readonly (readonly string[])[];
  /** Stems of adjacent words of a name run together: a person writes "pageviews", the column is `page_view`. */
  readonly joinedName: readonly string[];
  readonly joinedColumns: readonly string[];
  readonly schema: readonly string[];
  /** Those of its database's name and description. */
  readonly database: ReadonlySet<string>;
  /** The states that rows can be in ("shipped"): one-word values of columns that hold few. */
  readonly states: readonly string[];
  readonly values: readonly string[];
  readonly comment: readonly string[];
  readonly columnComments: readonly string[];
}

/** The best weight of every stem in the table's names, comments and values. */
function mentionWeights(words: TableWords): Map<string, number> {
  const weights = new Map<string, number>();
  const raise = (stems: Iterable<string>, weight: number) => {
    for (const one of stems) if (weight > (weights.get(one) ?? 0)) weights.set(one, weight);
  };
  const wide = lessIfMany(words.columns.length, USUAL_COLUMNS);
  raise(words.values, PLACE_WEIGHTS.value * lessIfMany(words.values.length, USUAL_WORDS));
  raise(words.columnComments, PLACE_WEIGHTS.columnComment * lessIfMany(words.columnComments.length, USUAL_WORDS));
  raise(words.comment, PLACE_WEIGHTS.comment);
  raise(words.schema, PLACE_WEIGHTS.schema);
  raise(words.states, PLACE_WEIGHTS.state);
  for (const stems of words.columns)
    raise(stems, wide * (stems.length === 1 ? PLACE_WEIGHTS.columnWhole : PLACE_WEIGHTS.columnPart));
  raise(words.joinedColumns, wide * PLACE_WEIGHTS.columnPart);
  raise(words.name, words.name.length === 1 ? PLACE_WEIGHTS.tableWhole : PLACE_WEIGHTS.tablePart);
  raise(words.joinedName, PLACE_WEIGHTS.tablePart);
  return weights;
}

function indexMentions(tables: readonly TableWords[]): Map<string, WeightedRows> {
  const mentions = new Map<string, WeightedRows>();
  for (const [row, words] of tables.entries()) {
    for (const [one, weight] of mentionWeights(words)) {
      const mentioned = mentions.get(one) ?? new WeightedRows();
      mentioned.add(row, weight);
      mentions.set(one, mentioned);
    }
  }
  return mentions;
}

interface Named {
  readonly name: string;
  readonly title?: string;
}

/** Words of names, remembered: a catalog of a million columns has some ten thousand names. */
class NameWords {
  readonly words = new Set<string>();
  readonly #known = new Map<string, { readonly stems: readonly string[]; readonly joined: readonly string[] }>();

  of({ name, title }: Named) {
    const key = title === undefined ? name : `${name}\n${title}`;
    const known = this.#known.get(key);
    if (known) return known;
    const phrases = title === undefined ? [splitIdentifier(name)] : [splitIdentifier(title), splitIdentifier(name)];
    for (const word of phrases.flat()) this.words.add(word);
    const made = {
      stems: [...new Set(phrases.flat().map(stem))],
      joined: [...new Set(phrases.flatMap(joinedNeighbours).map(([joined]) => stem(joined)))],
    };
    this.#known.set(key, made);
    return made;
  }
}

const MAX_STATES = 30;

function stateStems(columns: readonly Column[]): string[] {
  const words = columns
    .filter((column) => column.kind === 'text' && column.valuesComplete && column.values.length <= MAX_STATES)
    .flatMap((column) => column.values.filter((value) => /^\p{L}{3,}$/u.test(value)));
  return [...new Set(words.map((word) => stem(word.toLowerCase())))];
}

const proseStems = (text: string | undefined): string[] =>
  text
    ? [
        ...new Set(
          splitIdentifier(text.slice(0, 500))
            .filter((word) => !isStopWord(word) && word.length > 1)
            .map(stem),
        ),
      ]
    : [];

/** The lexical half of the index. Quick (1 s for 200,000 columns), so it is built at load and never stored. */
export function indexWords(catalogs: readonly DatabaseCatalog[]): IndexedWords {
  const words: TableWords[] = [];
  const named = readNames(catalogs, (one) => words.push(one));
  const bm25 = new Bm25(words.map(fieldsOf));
  const mentions = indexMentions(words);
  const vocabulary = {
    rarity: (stem: string) => bm25.idf(stem),
    isCounted: (stem: string) => bm25.posting(stem) !== undefined,
    isMentioned: (stem: string) => mentions.has(stem),
  };
  return { ...named, vocabulary, bm25, mentions };
}

/** The names of the index alone, for whoever asks a server for the rest: of each stem it holds how many tables have it. */
export function indexNames(catalogs: readonly DatabaseCatalog[]): IndexedNames {
  const frequencies = new Map<string, number>();
  const mentioned = new Set<string>();
  const named = readNames(catalogs, (words) => {
    const counted = new Set(fieldsOf(words).flatMap(({ terms }) => terms));
    for (const stem of counted) frequencies.set(stem, (frequencies.get(stem) ?? 0) + 1);
    for (const stem of mentionWeights(words).keys()) mentioned.add(stem);
  });
  const vocabulary = {
    rarity: (stem: string) => rarityOf(frequencies.get(stem) ?? 0, named.tables.length),
    isCounted: (stem: string) => frequencies.has(stem),
    isMentioned: (stem: string) => mentioned.has(stem),
  };
  return { ...named, vocabulary };
}

/** Databases, tables and columns by their names; `onTable` is given the words of each table. */
function readNames(
  catalogs: readonly DatabaseCatalog[],
  onTable: (words: TableWords) => void,
): Omit<IndexedNames, 'vocabulary'> {
  const names = new NameWords();
  const tables: IndexedTable[] = [];
  const databases = catalogs.map((catalog, row): IndexedDatabase => {
    const { stems } = names.of({ name: catalog.title ?? catalog.databaseId });
    const own: IndexedTable[] = [];
    const database = {
      row,
      catalog,
      ids: [catalog.databaseId],
      name: stems,
      words: new Set([...stems, ...proseStems(catalog.description)]),
      tables: own,
    };
    for (const table of catalog.tables) {
      const indexed = indexTable(database, table, tables.length, names);
      own.push(indexed);
      tables.push(indexed);
      onTable(tableWords(indexed, names));
    }
    return database;
  });
  return {
    databases,
    tables,
    columnCount: tables.reduce((sum, { columns }) => sum + columns.length, 0),
    spelling: new Spelling([...names.words]),
  };
}

function indexTable(database: IndexedDatabase, table: Table, row: number, names: NameWords): IndexedTable {
  const named = table.columns.map((column) => ({ column, name: names.of(column).stems }));
  const columns: IndexedColumn[] = [];
  const indexed = { row, database, table, name: names.of(table).stems, columns };
  for (const column of named) columns.push({ table: indexed, ...column });
  return indexed;
}

function tableWords({ database, table, name, columns }: IndexedTable, names: NameWords): TableWords {
  return {
    name,
    joinedName: names.of(table).joined,
    columns: columns.map((column) => column.name),
    joinedColumns: [...new Set(table.columns.flatMap((column) => names.of(column).joined))],
    schema: table.schema ? names.of({ name: table.schema }).stems : [],
    database: database.words,
    states: stateStems(table.columns),
    values: valueStems(table),
    comment: proseStems(table.comment),
    columnComments: [...new Set(table.columns.flatMap((column) => proseStems(column.comment)))],
  };
}

/** What BM25 counts of a table: its name twice, values and comments on columns less than names. */
function fieldsOf(words: TableWords): TextField[] {
  return [
    { terms: [...words.name, ...words.joinedName], weight: 2, b: 0.5 },
    { terms: [...words.columns.flat(), ...words.joinedColumns], weight: 1, b: 0.75 },
    { terms: [...words.schema, ...words.database], weight: 1, b: 0.5 },
    { terms: words.comment, weight: 1, b: 0.75 },
    { terms: words.columnComments, weight: 0.5, b: 0.75 },
    { terms: words.values, weight: 0.3, b: 0.75 },
  ];
}
