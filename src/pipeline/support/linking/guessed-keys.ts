import type { DatabaseCatalog, ForeignKey, Table } from '#src/domain/catalog.ts';
import type { MSchema } from '#src/domain/m-schema.ts';
import { dbGraph, refers } from '#src/planner/db-graph.ts';

/** A schema of a database that declares no foreign keys, with those that names and values speak for: a model that is shown none makes some up. */
export function withGuessedKeys(schema: MSchema): MSchema {
  const { catalog, tables } = schema;
  if (catalog.tables.some(({ foreignKeys }) => foreignKeys.length)) return schema;
  return {
    ...schema,
    tables: tables.map((table) => {
      const foreignKeys = keysOf(table, catalog);
      return foreignKeys.length ? { ...table, foreignKeys } : table;
    }),
  };
}

function keysOf(table: Table, catalog: DatabaseCatalog): readonly ForeignKey[] {
  const whole = catalog.tables.find(({ schema, name }) => schema === table.schema && name === table.name);
  const shown = new Set(table.columns.map(({ name }) => name));
  return (whole ? (dbGraph(catalog).edges.get(whole) ?? []) : [])
    .filter((edge) => refers(edge) && edge.pairs.every(([own]) => shown.has(own)))
    .map(({ to, pairs }) => ({
      columns: pairs.map(([own]) => own),
      ...(to.schema === undefined ? {} : { targetSchema: to.schema }),
      targetTable: to.name,
      targetColumns: pairs.map(([, theirs]) => theirs),
    }));
}
