import { type DatabaseCatalog, findTable, type Table } from '#src/domain/catalog.ts';
import type { Edge } from '#src/planner/db-graph.ts';
import type { EngineFamily } from '#src/sql/functions.ts';
import { nameOn } from '#src/sql/print-names.ts';
import { type IrNode, type JoinIr, type SelectIr, type SourceIr, type Span, visit } from '#src/sql/query-ir.ts';

/** A table that a SELECT reads, by the name that qualifies its columns, as it was written. */
export interface Source {
  readonly alias: string;
  readonly table: Table;
  /** How it is joined; the first of a SELECT is not. */
  readonly join: JoinIr | undefined;
  /** Its place and that of its alias. */
  readonly span: Span | undefined;
}

/** The SELECTs of a query, those within it too. */
export function selectsOf(query: unknown): readonly SelectIr[] {
  const all: SelectIr[] = [];
  visit(query, (node) => {
    if (node.kind === 'select') all.push(node as IrNode & SelectIr);
  });
  return all;
}

/** The tables of a SELECT in order; what is derived or not in the catalog is passed over. */
export function sourcesOf({ from, joins }: SelectIr, catalog: DatabaseCatalog): readonly Source[] {
  const all: readonly { readonly source: SourceIr | undefined; readonly join: JoinIr | undefined }[] = [
    { source: from, join: undefined },
    ...joins.map((join) => ({ source: join.source, join })),
  ];
  return all.flatMap(({ source, join }): Source[] => {
    const table = source?.kind === 'table' && findTable(catalog, source.name, source.schema);
    return table ? [{ alias: source.alias ?? source.name, table, join, span: source.span }] : [];
  });
}

/** The same, where it reads nothing else; undefined for any other. */
export function allSourcesOf(select: SelectIr, catalog: DatabaseCatalog): readonly Source[] | undefined {
  const sources = sourcesOf(select, catalog);
  return sources.length === 1 + select.joins.length ? sources : undefined;
}

export const isCalled = ({ alias }: Source, name: string): boolean => alias.toLowerCase() === name.toLowerCase();

/** The sources whose columns a part of a query reads; a column without its table is of each that has it. */
export function sourcesRead(part: unknown, sources: readonly Source[]): ReadonlySet<Source> {
  const found = new Set<Source>();
  visit(part, (node) => {
    if (node.kind !== 'column') return;
    const name = String(node.name).toLowerCase();
    for (const source of sources)
      if (
        typeof node.table === 'string'
          ? isCalled(source, node.table)
          : source.table.columns.some((column) => column.name.toLowerCase() === name)
      )
        found.add(source);
  });
  return found;
}

export const columnOn = (alias: string, name: string, family: EngineFamily): string =>
  `${nameOn(alias, family)}.${nameOn(name, family)}`;

export const tableOn = ({ schema, name }: Pick<Table, 'schema' | 'name'>, family: EngineFamily): string =>
  [...(schema === undefined ? [] : [schema]), name].map((part) => nameOn(part, family)).join('.');

/** The condition of a key between two tables, each by its name in the query. */
export const keyOn = ({ pairs }: Edge, left: string, right: string, family: EngineFamily): string =>
  pairs.map(([a, b]) => `${columnOn(left, a, family)} = ${columnOn(right, b, family)}`).join(' AND ');
