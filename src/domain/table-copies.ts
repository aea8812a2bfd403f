import type { DatabaseCatalog, Table } from './catalog.ts';
import { jaccard } from './likeness.ts';
import { splitIdentifier, stem } from './words.ts';

/** Columns that two tables share, of all that either has, from which they are copies: names alike alone say little of two tables. */
const ALIKE = 0.9;
/** A table of fewer columns has little that others could not have as well: a key, a name. */
const LEAST_COLUMNS = 3;

/** One of several tables of a database that hold nearly the same columns. */
export interface TableCopy {
  readonly table: Table;
  /** The stems that its name, or its schema's, has and the others' lack; none, where it is called by what all have in common. */
  readonly part: readonly string[];
}

/** Tables of one database with nearly the same columns under nearly the same name: one a year or a country, or one in each of several schemas. */
export interface TableFamily {
  /** What their names have in common, in words: "orders" of `orders_2024` and `orders_2025`. */
  readonly name: string;
  readonly members: readonly TableCopy[];
}

const known = new WeakMap<DatabaseCatalog, readonly TableFamily[]>();

/** The near copies within a database, each table in one family at most. */
export function tableCopiesIn(catalog: DatabaseCatalog): readonly TableFamily[] {
  const kept = known.get(catalog);
  if (kept) return kept;
  const made = findFamilies(catalog.tables);
  known.set(catalog, made);
  return made;
}

function findFamilies(tables: readonly Table[]): readonly TableFamily[] {
  const places = new Map<string, { readonly name: string; readonly copies: TableCopy[] }>();
  for (const table of tables) {
    if (table.columns.length < LEAST_COLUMNS) continue;
    for (const { key, name, part } of placesOf(table)) {
      const place = places.get(key) ?? { name, copies: [] };
      place.copies.push({ table, part });
      places.set(key, place);
    }
  }
  const found = [...places.values()].flatMap(({ name, copies }) =>
    alikeAmong(copies).map((members) => ({ name, members })),
  );
  const taken = new Set<Table>();
  // Of what a table could belong to, it belongs to the most numerous.
  return found
    .sort((a, b) => b.members.length - a.members.length)
    .flatMap(({ name, members }) => {
      const own = members.filter(({ table }) => !taken.has(table));
      if (own.length < 2 || own.filter(({ part }) => !part.length).length > 1) return [];
      for (const { table } of own) taken.add(table);
      return [{ name, members: own }];
    });
}

/** A name with one word left out, or a name whatever its schema; a table that is called by the rest alone stands there, too. */
function placesOf({ schema, name }: Table) {
  const words = splitIdentifier(name);
  const place = (gap: number, rest: readonly string[], part: readonly string[]) => ({
    key: JSON.stringify([schema, gap, rest]),
    name: rest.join(' '),
    part: part.map(stem),
  });
  const without = words.length > 1 ? words.map((word, at) => place(at, words.toSpliced(at, 1), [word])) : [];
  const whole = Array.from({ length: words.length + 1 }, (_, at) => place(at, words, []));
  const inSchemas =
    schema === undefined
      ? []
      : [
          {
            key: JSON.stringify(['in any schema', words]),
            name: words.join(' '),
            part: splitIdentifier(schema).map(stem),
          },
        ];
  return [...without, ...whole, ...inSchemas];
}

/** Those of a place that are alike, in sets of two and more; a table whose key leads to another is no copy of it. */
function alikeAmong(copies: readonly TableCopy[]): readonly (readonly TableCopy[])[] {
  if (copies.length < 2) return [];
  const sets: TableCopy[][] = [];
  for (const copy of copies) {
    const own = sets.find(([first]) => first && isCopy(first.table, copy.table));
    if (own) own.push(copy);
    else sets.push([copy]);
  }
  return sets.filter(({ length }) => length > 1);
}

function isCopy(one: Table, other: Table): boolean {
  const leads = (from: Table, to: Table) =>
    from.foreignKeys.some(({ targetTable, targetSchema }) => targetTable === to.name && targetSchema === to.schema);
  return jaccard(namesOf(one), namesOf(other)) >= ALIKE && !leads(one, other) && !leads(other, one);
}

const names = new WeakMap<Table, ReadonlySet<string>>();

function namesOf(table: Table): ReadonlySet<string> {
  const kept = names.get(table);
  if (kept) return kept;
  const made = new Set(table.columns.map(({ name }) => name.toLowerCase()));
  names.set(table, made);
  return made;
}
