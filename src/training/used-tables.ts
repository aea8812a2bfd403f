import { type DatabaseCatalog, findTable, type Table } from '#src/domain/catalog.ts';
import { columnsIn } from '#src/query-log/used-in.ts';
import { type IrNode, type QueryIr, type SourceIr, visit } from '#src/sql/query-ir.ts';

/** The tables that a query reads, in the order of the catalog, each with the columns that it uses, in their order there. */
export type UsedTables = ReadonlyMap<Table, readonly string[]>;

/** Undefined where a part of it is quoted or names what the catalog lacks: then it cannot be told. */
export function usedTables(query: QueryIr, catalog: DatabaseCatalog): UsedTables | undefined {
  let isTold = true;
  const ctes = new Set<string>();
  const read = new Map<Table, Set<string>>();
  const use = (table: Table, columns: readonly string[]) =>
    read.set(table, new Set([...(read.get(table) ?? []), ...columns]));
  visit(query, (node) => {
    if (node.kind === 'verbatim' || node.kind === 'verbatim-query' || node.natural) isTold = false;
    for (const { name } of node.ctes ?? []) ctes.add(name.toLowerCase());
  });
  visit(query, (node) => {
    if (node.kind !== 'table') return;
    const table = tableOf(node as SourceIr, catalog);
    if (table) use(table, []);
    else if (!ctes.has(String(node.name).toLowerCase())) isTold = false;
  });
  visit(query, (node) => {
    for (const table of starredIn(node, catalog)) use(table, namesOf(table));
  });
  for (const { table, column } of columnsIn(query, catalog)) use(table, [column.name]);
  if (!isTold || !read.size) return undefined;
  return new Map(
    catalog.tables.flatMap((table) => {
      const used = read.get(table);
      return used ? [[table, namesOf(table).filter((name) => used.has(name))] as const] : [];
    }),
  );
}

const namesOf = ({ columns }: Table) => columns.map(({ name }) => name);

const tableOf = (source: SourceIr | undefined, catalog: DatabaseCatalog): Table | undefined =>
  source?.kind === 'table' ? findTable(catalog, source.name, source.schema) : undefined;

/** Tables of which a SELECT shows all columns; USING says one name for the columns of two. */
function starredIn(node: IrNode, catalog: DatabaseCatalog): readonly Table[] {
  if (node.kind !== 'select') return [];
  const sources = [node.from, ...node.joins.map(({ source }) => source)];
  return node.items.flatMap(({ expression }) => {
    if (expression.kind !== 'star') return [];
    const named = expression.table?.toLowerCase();
    return sources.flatMap((source) => {
      const isMeant = named === undefined || nameIn(source) === named;
      return isMeant ? (tableOf(source, catalog) ?? []) : [];
    });
  });
}

const nameIn = (source: SourceIr | undefined): string | undefined =>
  source?.kind === 'table' ? (source.alias ?? source.name).toLowerCase() : undefined;
