import type { VectorHit } from '#src/ports/vector-index.ts';
import type { Posting } from '../index/bm25.ts';
import { columnBm25 } from '../index/column-words.ts';
import type { IndexedTable, Mentions, SchemaIndex } from '../index/schema-index.ts';
import { type ReadQuestion, readQuestion, type Term } from './read-question.ts';

/**
 * What the store of an index names for a question, most of each; all that is ranked is among it, wherever the index is kept. What
 * is not among the neighbours counts as the least similar of those. A cut at 6,000 of 10,000 tables (`bench:index`) changed what was found, so all of so many may
 * be named by words.
 */
export const NAMED_MOST = { words: 10_000, tables: 1_000, columns: 1_000, columnWords: 1_000, groups: 2_000 } as const;

/** What an asker may see: some databases whole, and of others single tables, by their rows. */
export interface Visible {
  readonly databases: ReadonlySet<string>;
  readonly tables?: ReadonlySet<number>;
}

/** What the store of an index is asked, once a question. */
export interface StoreRequest {
  readonly terms: readonly Term[];
  readonly vector: Float32Array;
  /** All, if absent. */
  readonly visible?: Visible;
  /** Column texts with the question's words are wanted, too; only ranking by clusters reads them. */
  readonly columnWords?: boolean;
}

/** What the store names, by rows of the index. */
export interface IndexHits {
  readonly words: WordHits;
  /** Neighbours of the question's vector, best first. */
  readonly tables: readonly VectorHit[];
  readonly columns: readonly VectorHit[];
  readonly groups: readonly VectorHit[];
  /** Column texts with the question's words by BM25 over all texts, best first; none where they were not wanted. */
  readonly columnWords: readonly VectorHit[];
}

/** Of each stem, what it weighs in the tables with the question's words: in BM25 without its rarity, and by the best place. */
export interface WordHits {
  readonly bm25: (stem: string) => Pick<Posting, 'forEach'> | undefined;
  readonly places: (stem: string) => Mentions | undefined;
}

/** Asks the store that an index is kept in. */
export type IndexSearch = (request: StoreRequest) => Promise<IndexHits>;

/** What of one database is near to some vectors. */
export interface NearRequest {
  readonly databaseId: string;
  /** Held against its tables. */
  readonly tables: Float32Array;
  /** Each held against its column texts. */
  readonly columns: readonly Float32Array[];
}

/** All of the database, best first: its tables, and its column texts once for each vector. */
export interface NearHits {
  readonly tables: readonly VectorHit[];
  readonly columns: readonly (readonly VectorHit[])[];
}

/** Where the words and vectors of an index are: in this process, or on a server. */
export interface IndexStore {
  readonly search: IndexSearch;
  readonly near: (request: NearRequest) => Promise<NearHits>;
}

/** The store that is the index itself. */
export function embeddedStore(index: SchemaIndex): IndexStore {
  return {
    search: async (request) => embeddedHits(index, request),
    async near({ databaseId, tables, columns }) {
      const only = new Set([databaseId]);
      return {
        tables: index.tableVectors.search(tables, index.tables.length, only),
        columns: columns.map((vector) => index.columnVectors.search(vector, index.columnTexts.length, only)),
      };
    },
  };
}

/** A question as it was read, and what the index's own copy names for it. */
export function searchIndex(
  index: SchemaIndex,
  text: string,
  vector: Float32Array,
  columnWords = false,
): { readonly question: ReadQuestion; readonly hits: IndexHits } {
  const question = readQuestion(index, text);
  return { question, hits: embeddedHits(index, { terms: question.terms, vector, columnWords }) };
}

/** The search in the index's own words and vectors. */
export function embeddedHits(index: SchemaIndex, { terms, vector, visible, columnWords }: StoreRequest): IndexHits {
  const rows = visible && rowsOf(index, visible);
  return {
    words: nearestWords(index, stemsOf(terms), rows?.tables),
    tables: index.tableVectors.search(vector, NAMED_MOST.tables, rows?.tables),
    columns: index.columnVectors.search(vector, NAMED_MOST.columns, rows?.columns),
    groups: index.groupVectors.search(vector, NAMED_MOST.groups, rows?.groups),
    columnWords: columnWords ? nearestTexts(index, stemsOf(terms), rows?.columns) : [],
  };
}

/** Every stem that is asked for, with the share that a match by it counts. */
export function stemsOf(terms: readonly Term[]): ReadonlyMap<string, number> {
  const stems = new Map<string, number>();
  for (const { stem, others } of terms)
    for (const [one, share] of [[stem, 1] as const, ...others]) stems.set(one, Math.max(share, stems.get(one) ?? 0));
  return stems;
}

type Mask = Uint8Array;

/** A table that has a word in a place which BM25 does not count stands behind all that it counts. */
const PLACE_ALONE = 1e-6;

function nearestWords(index: SchemaIndex, stems: ReadonlyMap<string, number>, visible?: Mask): WordHits {
  const scores = new Float64Array(index.tables.length);
  for (const [stem, share] of stems) {
    const weight = share * index.bm25.idf(stem);
    index.bm25.posting(stem)?.forEach((row, own) => {
      scores[row] = (scores[row] ?? 0) + weight * own;
    });
    index.mentions.get(stem)?.forEach((row) => {
      if (!scores[row]) scores[row] = PLACE_ALONE;
    });
  }
  if (visible) for (let row = 0; row < scores.length; row += 1) if (!visible[row]) scores[row] = 0;
  const least = leastOf(scores, NAMED_MOST.words);
  if (!visible && least === 0)
    return { bm25: (stem) => index.bm25.posting(stem), places: (stem) => index.mentions.get(stem) };
  const isNamed = (row: number) => (scores[row] ?? 0) > 0 && (scores[row] ?? 0) >= least;
  const named = (of: Mentions | undefined): Mentions | undefined =>
    of && {
      forEach(use) {
        of.forEach((row, weight) => {
          if (isNamed(row)) use(row, weight);
        });
      },
    };
  return { bm25: (stem) => named(index.bm25.posting(stem)), places: (stem) => named(index.mentions.get(stem)) };
}

/** Column texts by the words asked for, best first; ties by row. */
function nearestTexts(index: SchemaIndex, stems: ReadonlyMap<string, number>, visible?: Mask): VectorHit[] {
  const bm25 = columnBm25(index);
  const scores = new Map<number, number>();
  for (const [stem, share] of stems) {
    const weight = share * bm25.idf(stem);
    bm25.posting(stem)?.forEach((row, own) => {
      if (!visible || visible[row]) scores.set(row, (scores.get(row) ?? 0) + weight * own);
    });
  }
  return [...scores]
    .map(([row, score]) => ({ row, score }))
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, NAMED_MOST.columnWords);
}

/** The score that so many reach; 0 where fewer have any. */
function leastOf(scores: Float64Array, most: number): number {
  const found = scores.filter((score) => score > 0);
  return found.length > most ? (found.sort()[found.length - most] ?? 0) : 0;
}

interface VisibleRows {
  readonly tables: Mask;
  readonly columns: Mask;
  readonly groups: Mask;
}

/** A caller keeps one object for one asker's rights, so that the rows of it are found once. */
const rowsKept = new WeakMap<Visible, VisibleRows>();

function rowsOf(index: SchemaIndex, visible: Visible): VisibleRows {
  const known = rowsKept.get(visible);
  if (known) return known;
  const isShown = ({ row, database: { catalog } }: IndexedTable) =>
    visible.databases.has(catalog.databaseId) || (visible.tables?.has(row) ?? false);
  const tables = Uint8Array.from(index.tables, (table) => (isShown(table) ? 1 : 0));
  const made = {
    tables,
    columns: Uint8Array.from(index.columnTexts, ({ columns }) =>
      columns.some(({ table }) => tables[table.row]) ? 1 : 0,
    ),
    groups: Uint8Array.from(index.groups, ({ database: { catalog } }) =>
      visible.databases.has(catalog.databaseId) ? 1 : 0,
    ),
  };
  rowsKept.set(visible, made);
  return made;
}
