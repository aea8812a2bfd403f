import type { IndexedColumn, IndexedTable, IndexOutline } from './schema-index.ts';
import { noVector, type TextVectors } from './text-vectors.ts';
import { columnSentence, groupSentence, tableText } from './texts.ts';

/** Columns of a table that its vector is made of, the first ones: those of a wide table together are about everything. */
const COLUMNS_OF_TABLE = 12;

/** What a vector is made of: its own text, and the texts of what it holds. */
export interface VectorSource {
  readonly text: string;
  readonly parts?: readonly string[];
}

/** A row of one of the three vector sets, and the databases that it belongs to. */
export interface VectorRow extends VectorSource {
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
    tables: tables.map((table) => ({ ...sourceOfTable(table), owners: table.database.ids, table })),
    columns: columnTexts.map(({ text, columns }) => ({ text, owners: ownersOf(columns), table: columns[0]?.table })),
    groups: groups.map((group) => ({
      text: groupSentence(group),
      owners: group.database.ids,
      table: group.tables[0],
    })),
  };
}

/** A table's own text, and those of its first columns. */
export function sourceOfTable({ table, columns, database: { catalog } }: IndexedTable): VectorSource {
  return {
    text: tableText(table, catalog.title ?? catalog.databaseId),
    parts: columns.slice(0, COLUMNS_OF_TABLE).map(({ column }) => columnSentence(column)),
  };
}

/** Every text that some vectors are made of, each once. */
export const textsOf = (sources: readonly VectorSource[]): string[] => [
  ...new Set(sources.flatMap(({ text, parts = [] }) => [text, ...parts])),
];

/**
 * The vector of a text; of one with parts the text's and the mean of theirs in equal shares, at length 1. A table's columns are
 * embedded anyway, each distinct one once, so that a table costs its few words and not a sentence of all its columns (what is found
 * by it and by others: docs/figures.md).
 */
export function vectorOf({ text, parts = [] }: VectorSource, vectors: Pick<TextVectors, 'of'>): Float32Array {
  const own = vectors.of(text);
  const [first, ...others] = parts;
  if (first === undefined) return own;
  const held = Float32Array.from(vectors.of(first));
  for (const part of others) add(held, vectors.of(part), 1);
  const both = new Float32Array(own.length);
  add(both, own, 1 / lengthOf(own));
  add(both, held, 1 / lengthOf(held));
  const length = lengthOf(both);
  return both.map((value) => value / length);
}

function add(sum: Float32Array, vector: Float32Array, share: number): void {
  if (vector.length !== sum.length) noVector();
  for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) + share * (vector[at] ?? 0);
}

/** A vector of noughts has no direction, whatever it is divided by. */
const lengthOf = (vector: Float32Array): number => Math.hypot(...vector) || 1;

/** The databases of some columns. */
function ownersOf(columns: readonly IndexedColumn[]): readonly string[] {
  const databases = [...new Set(columns.map(({ table }) => table.database))];
  const [first] = databases;
  return first && databases.length === 1 ? first.ids : databases.flatMap(({ ids }) => ids);
}
