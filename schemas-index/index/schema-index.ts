import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { isStopWord, splitIdentifier, stem } from '#src/domain/words.ts';
import type { VectorIndex } from '#src/ports/vector-index.ts';
import type { ColumnClusters } from '../cluster/column-clusters.ts';
import { Bm25, type TextField } from './bm25.ts';
import { Spelling } from './spelling.ts';
import { valueStems } from './value-words.ts';

/** One table of the index with its words; tables of a database are contiguous, columns of a table too. */
export interface IndexedTable {
  readonly database: number;
  readonly table: Table;
  /** Stems of the table's name. */
  readonly name: readonly string[];
  /** Stems of each column's name. */
  readonly columns: readonly (readonly string[])[];
  readonly firstColumn: number;
}

export interface IndexedDatabase {
  readonly catalog: DatabaseCatalog;
  readonly name: readonly string[];
  readonly firstTable: number;
  readonly tableCount: number;
}

/** The lexical half of the index: words, where they are names, and their BM25. */
export interface IndexedWords {
  readonly databases: readonly IndexedDatabase[];
  readonly tables: readonly IndexedTable[];
  /** The table of each column row. */
  readonly tableOfColumn: Int32Array;
  readonly bm25: Bm25;
  /** Where each stem is found: the tables that have it, with the best weight of the place (PLACE_WEIGHTS). */
  readonly mentions: ReadonlyMap<string, Mentions>;
  /** Whole words of names, for questions that misspell them. */
  readonly spelling: Spelling;
  /** Stems of each database's name and description. */
  readonly databaseWords: readonly ReadonlySet<string>[];
}

/** Tables that are scored together: a whole database, or a part of a large one. Tables are rows of the index. */
export interface TableGroup {
  readonly database: number;
  readonly tables: readonly number[];
}

/** Everything that retrieval reads: words, groups of tables, and three vector sets (tables, columns, groups). */
export interface SchemaIndex extends IndexedWords {
  /** Tables that belong together, each table in one: a database, or a part of a large one. */
  readonly groups: readonly TableGroup[];
  readonly tableVectors: VectorIndex;
  /** One row a distinct column text: a thousand columns named `id` are one row. */
  readonly columnVectors: VectorIndex;
  /** The columns of each row of `columnVectors`. */
  readonly columnsOfText: readonly (readonly number[])[];
  readonly groupVectors: VectorIndex;
  /** What kind of thing each column text is, and how many columns are of that kind. */
  readonly clusters: ColumnClusters;
  /** The cluster of each row of `columnVectors`. */
  readonly clusterOfText: readonly number[];
}

export interface Mentions {
  readonly tables: readonly number[];
  readonly weights: readonly number[];
}

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
  /** Adjacent words of a name run together: a person writes "pageviews", the column is `page_view`. */
  readonly joinedName: readonly string[];
  readonly joinedColumns: readonly string[];
  readonly schema: readonly string[];
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

function indexMentions(tables: readonly TableWords[]): Map<string, Mentions> {
  const mentions = new Map<string, { readonly tables: number[]; readonly weights: number[] }>();
  for (const [at, words] of tables.entries()) {
    for (const [one, weight] of mentionWeights(words)) {
      const entry = mentions.get(one) ?? { tables: [], weights: [] };
      entry.tables.push(at);
      entry.weights.push(weight);
      mentions.set(one, entry);
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
      joined: [...new Set(phrases.flatMap((words) => words.slice(1).map((word, at) => stem(words[at]! + word))))],
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
  const databases: IndexedDatabase[] = [];
  const databaseWords: ReadonlySet<string>[] = [];
  const tables: IndexedTable[] = [];
  const words: TableWords[] = [];
  const tableOfColumn: number[] = [];
  const names = new NameWords();
  for (const [database, catalog] of catalogs.entries()) {
    const { stems } = names.of({ name: catalog.title ?? catalog.databaseId });
    databases.push({ catalog, name: stems, firstTable: tables.length, tableCount: catalog.tables.length });
    databaseWords.push(new Set([...stems, ...proseStems(catalog.description)]));
    for (const table of catalog.tables) {
      const firstColumn = tableOfColumn.length;
      for (const _ of table.columns) tableOfColumn.push(tables.length);
      const columns = table.columns.map((column) => names.of(column));
      const { stems: name, joined: joinedName } = names.of(table);
      tables.push({ database, table, name, columns: columns.map((column) => column.stems), firstColumn });
      words.push({
        name,
        joinedName,
        columns: columns.map((column) => column.stems),
        joinedColumns: [...new Set(columns.flatMap((column) => column.joined))],
        schema: table.schema ? names.of({ name: table.schema }).stems : [],
        states: stateStems(table.columns),
        values: valueStems(table),
        comment: proseStems(table.comment),
        columnComments: [...new Set(table.columns.flatMap((column) => proseStems(column.comment)))],
      });
    }
  }
  return {
    databases,
    databaseWords,
    tables,
    tableOfColumn: Int32Array.from(tableOfColumn),
    bm25: new Bm25(words.map((one, at) => fieldsOf(one, databaseWords[tables[at]!.database]!))),
    mentions: indexMentions(words),
    spelling: new Spelling([...names.words]),
  };
}

/** What BM25 counts of a table: its name twice, values and comments on columns less than names. */
function fieldsOf(words: TableWords, database: ReadonlySet<string>): TextField[] {
  return [
    { terms: [...words.name, ...words.joinedName], weight: 2, b: 0.5 },
    { terms: [...words.columns.flat(), ...words.joinedColumns], weight: 1, b: 0.75 },
    { terms: [...words.schema, ...database], weight: 1, b: 0.5 },
    { terms: words.comment, weight: 1, b: 0.75 },
    { terms: words.columnComments, weight: 0.5, b: 0.75 },
    { terms: words.values, weight: 0.3, b: 0.75 },
  ];
}
