import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type ColumnOf, columnNamed } from '#src/domain/column-meaning.ts';
import { type ColumnIr, type QueryIr, visit } from '#src/sql/query-ir.ts';
import { columnKey, type GraphJoin, joinKey } from './column-graph.ts';

/** The columns that occur anywhere in a resolved query, each once. */
export function columnsIn(query: QueryIr, catalog: DatabaseCatalog): readonly ColumnOf[] {
  const found = new Map<string, ColumnOf>();
  visit(query, (node) => {
    const column = node.kind === 'column' ? columnOf(node as ColumnIr, catalog) : undefined;
    if (column) found.set(columnKey(column), column);
  });
  return [...found.values()];
}

const columnOf = ({ resolved, name }: ColumnIr, catalog: DatabaseCatalog): ColumnOf | undefined =>
  resolved === undefined ? undefined : columnNamed(catalog, resolved, name);

/** Pairs of columns of which a resolved query demands that they are equal: in a join, or as IN over a query of one column. */
export function matchesIn(query: QueryIr, catalog: DatabaseCatalog): readonly (readonly [ColumnOf, ColumnOf])[] {
  const found: (readonly [ColumnOf, ColumnOf])[] = [];
  const add = (one: unknown, other: unknown) => {
    const ends = [one, other].map((end) => (isColumn(end) ? columnOf(end, catalog) : undefined));
    const [left, right] = ends;
    if (left && right && (left.table !== right.table || left.column !== right.column)) found.push([left, right]);
  };
  visit(query, (node) => {
    if (node.kind === 'compare' && node.operator === '=') add(node.left, node.right);
    if (node.kind === 'in-query' && node.query?.kind === 'select') add(node.value, node.query.items[0]?.expression);
  });
  return found;
}

const isColumn = (node: unknown): node is ColumnIr =>
  typeof node === 'object' && node !== null && 'kind' in node && node.kind === 'column';

/** The joins of a graph that a resolved query walks, by their keys: all pairs of a composite one. */
export function joinsIn(query: QueryIr, joins: readonly GraphJoin[], catalog: DatabaseCatalog): readonly string[] {
  const keyOf = (one: ColumnOf, other: ColumnOf) => [columnKey(one), columnKey(other)].sort().join('\n');
  const matched = new Set(matchesIn(query, catalog).map(([one, other]) => keyOf(one, other)));
  const isWalked = ({ from, to, pairs }: GraphJoin) =>
    pairs.every(([own, other]) => matched.has(keyOf({ table: from, column: own }, { table: to, column: other })));
  return joins.filter(isWalked).map(joinKey);
}
