import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import { explain } from '#src/edl/explain.ts';
import { columnGraph, columnKey } from '#src/explore/column-graph.ts';
import { columnsIn } from '#src/query-log/used-in.ts';
import type { QueryIr, SelectIr } from '#src/sql/query-ir.ts';
import { usedTables } from './used-tables.ts';

const known = new WeakMap<DatabaseCatalog, ReadonlySet<string>>();

/**
 * Whether the rows of a statement may stand in what is written down: it shows no column that looks personal or that an admin hid. Of one that
 * cannot be read, or whose columns come from queries within it, all that it reads counts.
 */
export function mayShowRows(sql: string, catalog: DatabaseCatalog): boolean {
  const open = known.get(catalog) ?? new Set(columnGraph(catalog).columns.map(columnKey));
  known.set(catalog, open);
  const explained = explain(sql, catalog.engine, catalog);
  if (!explained.ok) return false;
  const shown = shownIn(explained.value.query, catalog);
  return shown?.every((column) => open.has(columnKey(column))) ?? false;
}

function shownIn(query: QueryIr, catalog: DatabaseCatalog): readonly ColumnOf[] | undefined {
  if (query.kind === 'verbatim-query') return undefined;
  if (query.kind === 'set-operation') {
    const sides = [query.left, query.right].map((side) => shownIn(side, catalog));
    return sides.every((side) => side !== undefined) ? sides.flat() : undefined;
  }
  if (isOfTables(query)) {
    const items: QueryIr = { ...query, where: undefined, having: undefined, groupBy: [], orderBy: [] };
    if (!query.items.some(({ expression }) => expression.kind === 'star'))
      return columnsIn({ ...items, joins: [], from: undefined }, catalog);
  }
  const used = usedTables(query, catalog);
  return (
    used &&
    [...used].flatMap(([table, names]) =>
      table.columns.filter(({ name }) => names.includes(name)).map((column) => ({ table, column })),
    )
  );
}

const isOfTables = ({ ctes, from, joins }: SelectIr): boolean =>
  !ctes.length && [from, ...joins.map(({ source }) => source)].every((source) => source?.kind === 'table');
