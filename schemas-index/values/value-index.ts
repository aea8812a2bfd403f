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

export interface ValueIndex {
  /** Distinct values, as stored. */
  readonly values: readonly string[];
  readonly placesOf: readonly (readonly ValuePlace[])[];
  /** Rows of `values` by the value in lower case. */
  readonly exact: ReadonlyMap<string, readonly number[]>;
  /** Over the words of the values, with the source's b of 0.4; its k1 of 0.9 is 1.2 here, which on a few words is the same. */
  readonly bm25: Bm25;
  readonly similar: MinHashIndex;
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
  const rows = new Map<string, number>();
  const placesOf: ValuePlace[][] = [];
  const values: string[] = [];
  for (const { databaseId, tables } of catalogs) {
    for (const table of tables) {
      for (const column of table.columns) {
        if (!mayIndexValues(column, table)) continue;
        for (const stored of column.values.slice(0, VALUES_A_COLUMN)) {
          const value = stored.trim();
          if (!isValue(value)) continue;
          let row = rows.get(value);
          if (row === undefined) {
            if (values.length >= MAX_VALUES) continue;
            row = values.push(value) - 1;
            rows.set(value, row);
            placesOf.push([]);
          }
          placesOf[row]!.push({ databaseId, table, column });
        }
      }
    }
  }
  const exact = new Map<string, number[]>();
  for (const [row, value] of values.entries()) {
    const key = value.toLowerCase();
    exact.set(key, [...(exact.get(key) ?? []), row]);
  }
  return {
    values,
    placesOf,
    exact,
    bm25: new Bm25(values.map((value) => [{ terms: splitIdentifier(value), weight: 1, b: 0.4 }])),
    similar: new MinHashIndex(values.slice(0, MAX_SIMILAR)),
  };
}

/** Something a person could name: it has letters, is no stop word and not too long. */
function isValue(text: string): boolean {
  return text.length >= 2 && text.length <= MAX_LENGTH && /\p{L}{2}/u.test(text) && !isStopWord(text.toLowerCase());
}
