import type { Table } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import type { MSchema } from '#src/domain/m-schema.ts';
import { type ColumnGraph, columnKey, endsOf, type GraphJoin } from '../column-graph.ts';

/** A part of a database as a model is shown it. */
export interface ShownSchema {
  readonly schema: MSchema;
  /** All of its columns, by their keys. */
  readonly columns: ReadonlySet<string>;
}

/**
 * Tables with the given columns, their keys and the joins between them. Whatever was given, no column is in it that may not be read: none
 * that looks personal or that an admin hid, unless a join is walked over it, and of those no value.
 */
export function shownSchema(graph: ColumnGraph, given: readonly ColumnOf[]): ShownSchema {
  const tables = graph.catalog.tables.filter((table) => given.some((one) => one.table === table));
  const joins = graph.joins.filter(({ from, to }) => tables.includes(from) && tables.includes(to));
  const keys = tables.flatMap((table) =>
    table.columns.filter(({ name }) => table.primaryKey.includes(name)).map((column) => ({ table, column })),
  );
  const readable = readableColumns(graph);
  const all = [...given, ...joins.flatMap(endsOf), ...keys].map(columnKey);
  const columns = new Set(all.filter((key) => readable.has(key)));
  const shown = tables.map((table) => tableOf(table, columns, joins)).filter((table) => table.columns.length);
  return { schema: { catalog: graph.catalog, tables: shown, values: new Map() }, columns };
}

const known = new WeakMap<ColumnGraph, ReadonlyMap<string, ColumnOf>>();

/** What a model's query may read, by its key: the columns of the graph, and those that its joins walk over. */
export function readableColumns(graph: ColumnGraph): ReadonlyMap<string, ColumnOf> {
  const readable =
    known.get(graph) ??
    new Map([...graph.columns, ...graph.joins.flatMap(endsOf)].map((column) => [columnKey(column), column]));
  known.set(graph, readable);
  return readable;
}

function tableOf(table: Table, kept: ReadonlySet<string>, joins: readonly GraphJoin[]): Table {
  const columns = table.columns.filter((column) => kept.has(columnKey({ table, column })));
  const names = new Set(columns.map(({ name }) => name));
  return {
    ...table,
    columns,
    primaryKey: table.primaryKey.every((name) => names.has(name)) ? table.primaryKey : [],
    foreignKeys: joins
      .filter(({ from }) => from === table)
      .map(({ to, pairs }) => ({
        columns: pairs.map(([own]) => own.name),
        ...(to.schema === undefined ? {} : { targetSchema: to.schema }),
        targetTable: to.name,
        targetColumns: pairs.map(([, other]) => other.name),
      })),
  };
}
