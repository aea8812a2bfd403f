import { type Column, type DatabaseCatalog, findTable, type Table } from '#src/domain/catalog.ts';
import { type ColumnOf, columnNamed } from '#src/domain/column-meaning.ts';
import type { ColumnRole } from '#src/domain/roles/column-role.ts';
import { eventDateOfTable, labelsOf, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { explain } from '#src/edl/explain.ts';
import { type ExpressionIr, type QueryIr, type SelectIr, visit } from '#src/sql/query-ir.ts';

/** What gold queries do with the columns of a database: what roles are held against. */
export interface ColumnUses {
  /** Columns inside SUM and AVG, as often as they stand there. */
  readonly summed: readonly ColumnOf[];
  readonly averaged: readonly ColumnOf[];
  readonly grouped: readonly ColumnOf[];
  /** Columns held against a text that has a year in it, or against a number that is one. */
  readonly inPeriods: readonly ColumnOf[];
  /** Texts that are shown of a table, one a query: the only column of it that a query lists. */
  readonly shownAlone: readonly ColumnOf[];
}

export function usesIn(queries: readonly string[], catalog: DatabaseCatalog): ColumnUses {
  const uses = {
    summed: [] as ColumnOf[],
    averaged: [] as ColumnOf[],
    grouped: [] as ColumnOf[],
    inPeriods: [] as ColumnOf[],
    shownAlone: [] as ColumnOf[],
  };
  for (const sql of queries) {
    const explained = explain(sql, catalog.engine, catalog);
    if (!explained.ok) continue;
    const { query } = explained.value;
    visit(query, (node) => {
      const one = node as unknown as ExpressionIr | SelectIr;
      if (one.kind === 'aggregate' && one.argument && (one.name === 'sum' || one.name === 'avg'))
        (one.name === 'sum' ? uses.summed : uses.averaged).push(...columnsIn(one.argument, catalog));
      if (one.kind === 'select') uses.grouped.push(...one.groupBy.flatMap((key) => columnOf(key, catalog)));
      const period = (one.kind === 'compare' && isDay(one.right)) || (one.kind === 'between' && isDay(one.low));
      if (period) uses.inPeriods.push(...columnOf(one.kind === 'compare' ? one.left : one.value, catalog));
    });
    uses.shownAlone.push(...shownAlone(query, catalog));
  }
  return uses;
}

function columnsIn(tree: ExpressionIr, catalog: DatabaseCatalog): ColumnOf[] {
  const found: ColumnOf[] = [];
  visit(tree, (node) => found.push(...columnOf(node as unknown as ExpressionIr, catalog)));
  return found;
}

function columnOf(one: ExpressionIr, catalog: DatabaseCatalog): ColumnOf[] {
  if (one.kind !== 'column' || one.resolved === undefined) return [];
  const found = columnNamed(catalog, one.resolved, one.name);
  return found ? [found] : [];
}

const isDay = (one: ExpressionIr) =>
  one.kind === 'text' && /^(?:1[6-9]|20)\d\d-\d\d(?:-\d\d)?|^(?:1[6-9]|20)\d\d$/.test(one.value);

/** The text of each table that a query lists alone of it. */
function shownAlone(query: QueryIr, catalog: DatabaseCatalog): ColumnOf[] {
  if (query.kind !== 'select') return [];
  const shown = query.items.flatMap(({ expression }) => columnOf(expression, catalog));
  return shown.filter(
    (one) => one.column.kind === 'text' && !shown.some((other) => other !== one && other.table === one.table),
  );
}

/** A table whose rows are listed by a column other than its label. */
export interface LabelMissed {
  readonly table: string;
  readonly label: readonly string[];
  readonly shown: string;
  readonly times: number;
}

export interface RolesMeasured {
  readonly tables: number;
  readonly columns: number;
  readonly roles: Readonly<Partial<Record<ColumnRole, number>>>;
  readonly summed: Readonly<Partial<Record<ColumnRole, number>>>;
  readonly averaged: Readonly<Partial<Record<ColumnRole, number>>>;
  readonly grouped: Readonly<Partial<Record<ColumnRole, number>>>;
  readonly periods: Readonly<Partial<Record<ColumnRole, number>>>;
  /** Of tables that queries list by one text most of the time, those whose label it is. */
  readonly labels: { readonly tables: number; readonly right: number; readonly none: number };
  readonly labelsMissed: readonly LabelMissed[];
  readonly odd: readonly string[];
}

/** A table counts whose rows were listed so often. */
const LISTED = 3;

/** Roles held against what gold queries do with the columns. */
export function measureRoles(
  databases: readonly { readonly catalog: DatabaseCatalog; readonly queries: readonly string[] }[],
): RolesMeasured {
  const all = databases.map(({ catalog, queries }) => ({ catalog, uses: usesIn(queries, catalog) }));
  const tally = (pick: (uses: ColumnUses) => readonly ColumnOf[]) =>
    counted(all.flatMap(({ catalog, uses }) => pick(uses).map((ref) => roleOf(ref, catalog))));
  const labels = all.flatMap(({ catalog, uses }) => labelsHeld(catalog, uses.shownAlone));
  const missed = labels.filter(({ right }) => !right);
  const tables = databases.flatMap(({ catalog }) => catalog.tables.map((table) => ({ catalog, table })));
  return {
    tables: tables.length,
    columns: tables.reduce((sum, { table }) => sum + table.columns.length, 0),
    roles: counted(
      tables.flatMap(({ catalog, table }) => table.columns.map((column) => roleOf({ table, column }, catalog))),
    ),
    summed: tally(({ summed }) => summed),
    averaged: tally(({ averaged }) => averaged),
    grouped: tally(({ grouped }) => grouped),
    periods: tally(({ inPeriods }) => inPeriods),
    labels: {
      tables: labels.length,
      right: labels.length - missed.length,
      none: missed.filter(({ label }) => !label.length).length,
    },
    labelsMissed: missed.map(({ table, label, shown, times }) => ({ table, label, shown, times })),
    odd: all.flatMap(({ catalog, uses }) => [
      ...uses.summed
        .filter((ref) => roleOf(ref, catalog) !== 'additive measure')
        .map((ref) => `sum of ${said(catalog, ref)}`),
      ...uses.averaged
        .filter((ref) => !/measure$/.test(roleOf(ref, catalog)))
        .map((ref) => `mean of ${said(catalog, ref)}`),
      ...uses.inPeriods
        .filter((ref) => eventDateOfTable(ref.table, catalog) !== ref.column)
        .map((ref) => `period on ${said(catalog, ref)}`),
    ]),
  };
}

const said = (catalog: DatabaseCatalog, ref: ColumnOf) =>
  `${catalog.databaseId}.${ref.table.name}.${ref.column.name} (${roleOf(ref, catalog)})`;

function labelsHeld(catalog: DatabaseCatalog, shown: readonly ColumnOf[]) {
  const byTable = Map.groupBy(shown, ({ table }) => findTable(catalog, table.name) ?? table);
  return [...byTable].flatMap(([table, refs]) => {
    if (refs.length < LISTED) return [];
    const [most] = [...Map.groupBy(refs, ({ column }) => column)].sort((a, b) => b[1].length - a[1].length);
    const label = labelsOf(table, catalog);
    return most
      ? [{ ...labelLine(catalog, table, label, most[0], most[1].length), right: label.includes(most[0]) }]
      : [];
  });
}

const labelLine = (catalog: DatabaseCatalog, table: Table, label: readonly Column[], shown: Column, times: number) => ({
  table: `${catalog.databaseId}.${table.name}`,
  label: label.map(({ name }) => name),
  shown: shown.name,
  times,
});

function counted<T extends string>(list: readonly T[]): Partial<Record<T, number>> {
  const groups = [...Map.groupBy(list, (one) => one)].sort((a, b) => b[1].length - a[1].length);
  return Object.fromEntries(groups.map(([one, many]) => [one, many.length])) as Partial<Record<T, number>>;
}
