import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { mayIndexValues } from '#src/domain/personal.ts';
import { isStopWord, splitIdentifier } from '#src/domain/words.ts';
import { Bm25 } from '../index/bm25.ts';
import { MinHashIndex } from './min-hash.ts';

/** A column that holds a value. */
export interface ValuePlace {
  readonly databaseId: string;
  readonly table: Table;
  readonly column: Column;
}

/** A distinct value, as stored, and all columns that hold it. */
export interface StoredValue {
  readonly text: string;
  readonly places: readonly ValuePlace[];
}

export interface ValueIndex {
  readonly values: readonly StoredValue[];
  /** By the value in lower case. */
  readonly exact: ReadonlyMap<string, readonly StoredValue[]>;
  /** Over the words of the values, with the source's b of 0.4; its k1 of 0.9 is 1.2 here, which on a few words is the same. */
  readonly bm25: Bm25;
  readonly similar: MinHashIndex<StoredValue>;
}

/** Longer values are prose (CodeS has 25, sources.md#value-words; names of firms and products run longer). */
const MAX_LENGTH = 40;
/** Distinct values of one column that are indexed, the most frequent first. */
const VALUES_A_COLUMN = 500;
/** Distinct values in all; what comes after is left to the words of the schema index. */
const MAX_VALUES = 200_000;
/** Values that can be found misspelt: each costs 400 bytes. */
const MAX_SIMILAR = 50_000;

/** The stored values of all databases, from the bounded samples that extraction took. */
export function indexValues(catalogs: readonly DatabaseCatalog[]): ValueIndex {
  const byText = new Map<string, { readonly text: string; readonly places: ValuePlace[] }>();
  for (const place of placesIn(catalogs)) {
    for (const stored of place.column.values.slice(0, VALUES_A_COLUMN)) {
      const text = stored.trim();
      if (!isValue(text)) continue;
      const value = byText.get(text) ?? { text, places: [] };
      if (!value.places.length && byText.size >= MAX_VALUES) continue;
      byText.set(text, value);
      value.places.push(place);
    }
  }
  const values = [...byText.values()];
  return {
    values,
    exact: Map.groupBy(values, ({ text }) => text.toLowerCase()),
    bm25: new Bm25(values.map(({ text }) => [{ terms: splitIdentifier(text), weight: 1, b: 0.4 }])),
    similar: new MinHashIndex(values.slice(0, MAX_SIMILAR), ({ text }) => text),
  };
}

/** The columns whose values may be indexed. */
const placesIn = (catalogs: readonly DatabaseCatalog[]): ValuePlace[] =>
  catalogs.flatMap(({ databaseId, tables }) =>
    tables.flatMap((table) =>
      table.columns.filter((column) => mayIndexValues(column, table)).map((column) => ({ databaseId, table, column })),
    ),
  );

/** Something a person could name: it has letters, is no stop word and not too long. */
function isValue(text: string): boolean {
  return text.length >= 2 && text.length <= MAX_LENGTH && /\p{L}{2}/u.test(text) && !isStopWord(text.toLowerCase());
}
