import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type ColumnOf, columnNamed } from '#src/domain/column-meaning.ts';
import { type ColumnIr, type IrNode, type QueryIr, visit } from '#src/sql/query-ir.ts';

/** The columns that occur anywhere in a resolved query, each once. */
export function columnsIn(query: QueryIr, catalog: DatabaseCatalog): readonly ColumnOf[] {
  const found: ColumnOf[] = [];
  visit(query, (node) => {
    const column = node.kind === 'column' ? columnOf(node as ColumnIr, catalog) : undefined;
    if (column) found.push(column);
  });
  return onceEach(found);
}

export const onceEach = (found: readonly ColumnOf[]): readonly ColumnOf[] => [
  ...new Map(found.map((one) => [one.column, one])).values(),
];

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
    if (node.kind === 'select') found.push(...namedAlike(node, catalog));
  });
  return found;
}

/** Those of JOIN … USING: the column of that name of the joined table, and of the nearest table before it that has one. */
function namedAlike({ from, joins }: IrNode, catalog: DatabaseCatalog): readonly (readonly [ColumnOf, ColumnOf])[] {
  const sources = [from, ...(joins ?? []).map(({ source }) => source)];
  return (joins ?? []).flatMap(({ using = [] }, at) =>
    using.flatMap((name) => {
      const [left, right] = [sources.slice(0, at + 1), [sources[at + 1]]].map((among) =>
        among.flatMap((one) => (one?.kind === 'table' ? (columnNamed(catalog, labelOf(one), name) ?? []) : [])).at(-1),
      );
      return left && right ? [[left, right] as const] : [];
    }),
  );
}

const labelOf = ({ schema, name }: { readonly schema?: string; readonly name: string }) =>
  schema === undefined ? name : `${schema}.${name}`;

const isColumn = (node: unknown): node is ColumnIr =>
  typeof node === 'object' && node !== null && 'kind' in node && node.kind === 'column';

/** How rows are chosen by a column. */
export type FilterKind = 'equality' | 'range' | 'pattern' | 'list' | 'missing';

/** The columns by whose values a resolved query chooses rows, with how; never which values. */
export function filtersIn(
  query: QueryIr,
  catalog: DatabaseCatalog,
): readonly { readonly column: ColumnOf; readonly kind: FilterKind }[] {
  const found: { readonly column: ColumnOf; readonly kind: FilterKind }[] = [];
  const add = (value: unknown, kind: FilterKind) => {
    const column = isColumn(value) ? columnOf(value, catalog) : undefined;
    if (column) found.push({ column, kind });
  };
  visit(query, (node) => {
    if (node.kind === 'compare' && isColumn(node.left) !== isColumn(node.right))
      add(isColumn(node.left) ? node.left : node.right, node.operator === '=' ? 'equality' : 'range');
    if (node.kind === 'between') add(node.value, 'range');
    if (node.kind === 'like') add(node.value, 'pattern');
    if (node.kind === 'in') add(node.value, 'list');
    if (node.kind === 'null-test') add(node.value, 'missing');
  });
  return found;
}
