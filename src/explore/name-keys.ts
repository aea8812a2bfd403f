import type { Column, DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { singularOf } from '#src/domain/plain-names.ts';
import { splitIdentifier } from '#src/domain/words.ts';

/** Words of a column that say that it tells rows apart, and not of what. */
const BARE = /^(?:id|key|code|no|nr|num|number|fk|ref|uuid|guid|pk|sk)$/;
/** A name of so few letters is a key's by chance. */
const SHORTEST = 4;

/** A column whose name leads to the primary key of a table: `customer_id`, `customer`, `home_team_id`. */
export interface NamedPair {
  readonly from: Table;
  readonly to: Table;
  readonly pairs: readonly (readonly [own: Column, key: Column])[];
  /** By the table's name, which says more than a column of the key's own name. */
  readonly byTable: boolean;
}

/** Keys by the names that columns which refer to them may have. */
export interface KeyNames {
  readonly byTable: ReadonlyMap<string, readonly Table[]>;
  readonly byColumn: ReadonlyMap<string, readonly Table[]>;
  readonly composite: readonly Table[];
}

export function keyNames({ tables }: DatabaseCatalog): KeyNames {
  const [byTable, byColumn] = [new Map<string, Table[]>(), new Map<string, Table[]>()];
  const put = (map: Map<string, Table[]>, name: string, table: Table) => {
    const known = map.get(name) ?? [];
    if (!known.includes(table)) map.set(name, [...known, table]);
  };
  for (const table of tables) {
    const [key] = table.primaryKey;
    if (key === undefined || table.primaryKey.length > 1) continue;
    const [words, own] = [splitIdentifier(table.name), splitIdentifier(key)];
    const one = [...words.slice(0, -1), singularOf(words.at(-1) ?? '')];
    for (const called of [words.join(''), one.join('')]) {
      put(byTable, called, table);
      put(byTable, called + own.join(''), table);
      if (!BARE.test(own.at(-1) ?? '')) put(byTable, `${called}id`, table);
    }
    if (own.some((word) => !BARE.test(word)) && own.join('').length >= SHORTEST) put(byColumn, own.join(''), table);
  }
  return { byTable, byColumn, composite: tables.filter(({ primaryKey }) => primaryKey.length > 1) };
}

/** The keys that the name and type of a column lead to. */
export function ledToBy(from: Table, column: Column, names: KeyNames): readonly NamedPair[] {
  const isOwnKey = from.primaryKey.length === 1 && from.primaryKey[0] === column.name;
  const words = splitIdentifier(column.name);
  const whole = words.join('');
  const pairs = (tables: readonly Table[] = [], byTable: boolean) =>
    tables
      .filter(({ primaryKey }) => primaryKey.length === 1)
      .flatMap((to): readonly NamedPair[] => {
        const key = to.columns.find(({ name }) => name === to.primaryKey[0]);
        const isSame = to === from && key === column;
        return key && !isSame && key.kind === column.kind ? [{ from, to, pairs: [[column, key]], byTable }] : [];
      });
  // a key is another's only where it is called after that one: `customer_details.customer_id`
  if (isOwnKey && names.byTable.get(whole)?.includes(from)) return [];
  if (words[0] === 'parent' && words.slice(1).every((word) => BARE.test(word))) return pairs([from], true);
  const endings = words.map((_, at) => words.slice(at).join('')).filter((name) => name.length >= SHORTEST);
  for (const ending of endings) {
    const found = pairs(names.byTable.get(ending), true);
    if (found.length) return found;
  }
  return pairs(names.byColumn.get(whole), false);
}

/** Keys of several columns that a table has all of, by their names and types. */
export const ledToByAll = (from: Table, { composite }: KeyNames): readonly NamedPair[] =>
  composite.flatMap((to) => {
    if (to === from) return [];
    const pairs = to.primaryKey.flatMap((name) => {
      const key = to.columns.find((one) => one.name === name);
      const own = from.columns.find((one) => one.name.toLowerCase() === name.toLowerCase() && one.kind === key?.kind);
      return key && own && !BARE.test(name.toLowerCase()) ? [[own, key] as const] : [];
    });
    return pairs.length === to.primaryKey.length ? [{ from, to, pairs, byTable: false }] : [];
  });
