import { type DatabaseCatalog, findTable, type Table } from '#src/domain/catalog.ts';
import { keyOf, type Planted } from '../suite/planted-literals.ts';
import { type ColumnFacts, type Draw, drawValue, satisfying } from './column-values.ts';
import { type CellTest, holds, type PlacedCell, type SelectScope } from './tests.ts';

/** A row by its columns' names in lower case. */
export type Row = Map<string, Planted | null>;
export type Rows = ReadonlyMap<Table, Row[]>;

/** A column that refers to the only key of a table, declared or by what the gold queries join. */
export type References = ReadonlyMap<string, Table>;

export interface Planting {
  readonly catalog: DatabaseCatalog;
  readonly facts: ReadonlyMap<string, ColumnFacts>;
  readonly references: References;
  readonly rows: Rows;
  readonly draw: Draw;
}

const BASE_ROWS = 60;
/** Rows of a table that only says what keys mean: genders, colours, publishers. */
const LOOKUP_ROWS = 12;
const LOOKUP_COLUMNS = 3;

export const onlyKey = ({ primaryKey }: Table) => (primaryKey.length === 1 ? primaryKey[0]!.toLowerCase() : undefined);

const isLookup = (table: Table, references: References) =>
  table.columns.length <= LOOKUP_COLUMNS && [...references.values()].includes(table) && onlyKey(table) !== undefined;

/** Rows before any question is looked at: what is referred to comes first. */
export function plantBase(planting: Planting): void {
  const { catalog, references } = planting;
  const done = new Set<Table>();
  const plant = (table: Table, above: readonly Table[]) => {
    if (done.has(table) || above.includes(table)) return;
    for (const { name } of table.columns) {
      const target = references.get(keyOf(table.name, name));
      if (target) plant(target, [...above, table]);
    }
    done.add(table);
    const lookup = isLookup(table, references);
    for (let at = 0; at < (lookup ? LOOKUP_ROWS : BASE_ROWS); at += 1) addRow(planting, table, new Map());
  };
  for (const table of catalog.tables) plant(table, []);
}

/** A new row with some cells given; undefined where a row has its key already. */
function addRow({ facts, references, rows, draw }: Planting, table: Table, given: Row): Row | undefined {
  const own = rows.get(table)!;
  const key = onlyKey(table);
  const row: Row = new Map();
  for (const { name } of table.columns) {
    const column = name.toLowerCase();
    const place = keyOf(table.name, name);
    const known = given.get(column);
    const target = references.get(place);
    const targets = target && target !== table ? rows.get(target)! : [];
    const value =
      known !== undefined
        ? known
        : column === key && !targets.length
          ? nextKey(table, own.length)
          : targets.length
            ? (targets[draw(targets.length)]!.get(onlyKey(target!)!) ?? null)
            : drawValue(facts.get(place)!, draw);
    row.set(column, value);
  }
  const keys = table.primaryKey.map((name) => name.toLowerCase());
  if (keys.length && own.some((one) => keys.every((name) => one.get(name) === row.get(name)))) return undefined;
  own.push(row);
  return row;
}

function nextKey(table: Table, at: number): Planted {
  const column = table.columns.find(({ name }) => name.toLowerCase() === onlyKey(table));
  // Above what questions name: their keys are planted.
  return column?.kind === 'number' ? 100_000 + at : `rec${String(at).padStart(5, '0')}${table.name.slice(0, 3)}`;
}

/** Cells of a scope that are equal have one value. */
interface Class {
  readonly cells: readonly PlacedCell[];
  value?: Planted | null;
}

/** Of what is asked within CASE, IIF and the like: nothing, one test, or all of them, which may exclude each other. */
export type Soft = 'none' | 'one' | 'all';

/** Rows for one SELECT that meet its conditions along its joins. */
export function plantScope(planting: Planting, scope: SelectScope, soft: Soft): void {
  const classes = classesOf(scope);
  const { softTests } = scope;
  const one = softTests[planting.draw(Math.max(1, softTests.length))];
  const more = soft === 'all' ? softTests : soft === 'one' && one ? [one] : [];
  const tests = [...scope.tests, ...more];
  const testsAt = (alias: string, column: string) =>
    tests.filter((one) => one.alias === alias && one.column === column).map(({ test }) => test);
  const classAt = (alias: string, column: string) =>
    classes.find(({ cells }) => cells.some((one) => one.alias === alias && one.column === column));
  for (const [alias, table] of orderedSources(planting, scope)) {
    const needed = table.columns.map(({ name }) => {
      const column = name.toLowerCase();
      const shared = classAt(alias, column);
      const cells = shared?.cells ?? [{ alias, column }];
      return { column, shared, tests: cells.flatMap((one) => testsAt(one.alias, one.column)) };
    });
    const row = findRow(planting, table, needed) ?? makeRow(planting, table, needed);
    for (const { column, shared } of needed) if (row && shared) shared.value = row.get(column) ?? null;
  }
}

interface Needed {
  readonly column: string;
  readonly shared: Class | undefined;
  readonly tests: readonly CellTest[];
}

/**
 * A row that is there already: of a table that others refer to, where it is bound by its key or named by a text, or at times
 * any that fits, so that keys are met by several rows.
 */
function findRow({ references, rows, draw }: Planting, table: Table, needed: readonly Needed[]): Row | undefined {
  const key = onlyKey(table);
  const bound = needed.some(({ column, shared }) => column === key && shared?.value !== undefined);
  const named = needed.some(({ tests }) =>
    tests.some(({ operator, literal }) => operator === '=' && typeof literal === 'string'),
  );
  const referred = key !== undefined && [...references.values()].includes(table);
  if (!bound && !isLookup(table, references) && !(referred && (named || draw(2) === 0))) return undefined;
  const fits = rows.get(table)!.filter((row) =>
    needed.every(({ column, shared, tests }) => {
      const value = row.get(column) ?? null;
      return (shared?.value === undefined || shared.value === value) && tests.every((test) => holds(test, value));
    }),
  );
  return fits.length ? fits[draw(fits.length)] : undefined;
}

/** A new row that meets what is asked; one that has the bound key is changed to. */
function makeRow(planting: Planting, table: Table, needed: readonly Needed[]): Row | undefined {
  const { facts, rows, draw } = planting;
  const given: Row = new Map();
  for (const { column, shared, tests } of needed) {
    if (shared?.value !== undefined) given.set(column, shared.value);
    else if (tests.length) {
      const value = satisfying(facts.get(keyOf(table.name, column))!, tests, draw);
      if (value !== undefined) given.set(column, value);
    }
  }
  const made = addRow(planting, table, given);
  if (made) return made;
  const keys = table.primaryKey.map((name) => name.toLowerCase());
  const there = rows
    .get(table)!
    .find((row) => keys.every((name) => !given.has(name) || row.get(name) === given.get(name)));
  for (const [column, value] of given) there?.set(column, value);
  return there;
}

/** Lookups first, then what is referred to, last what refers. */
function orderedSources({ catalog, references }: Planting, { sources }: SelectScope): (readonly [string, Table])[] {
  const depth = (table: Table, above: readonly Table[] = []): number =>
    Math.max(
      0,
      ...table.columns.map(({ name }) => {
        const target = references.get(keyOf(table.name, name));
        return target && target !== table && !above.includes(target) ? 1 + depth(target, [...above, table]) : 0;
      }),
    );
  return [...sources]
    .flatMap(([alias, name]) => {
      const table = findTable(catalog, name);
      return table ? [[alias, table] as const] : [];
    })
    .sort(([, a], [, b]) => depth(a) - depth(b));
}

function classesOf({ joins }: SelectScope): Class[] {
  const same = (a: PlacedCell, b: PlacedCell) => a.alias === b.alias && a.column === b.column;
  let classes: Class[] = [];
  for (const [left, right] of joins) {
    const met = classes.filter(({ cells }) => cells.some((one) => same(one, left) || same(one, right)));
    const cells = [...met.flatMap((one) => one.cells), left, right];
    classes = [...classes.filter((one) => !met.includes(one)), { cells }];
  }
  return classes;
}
