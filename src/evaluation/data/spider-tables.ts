import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Column, ColumnKind, DatabaseCatalog, ForeignKey, Table } from '#src/domain/catalog.ts';

/** One schema of a `tables.json` in Spider's format (Yu et al. 2018); BIRD's file has the same one. */
const SpiderSchema = z.object({
  db_id: z.string(),
  table_names: z.array(z.string()),
  table_names_original: z.array(z.string()),
  column_names: z.array(z.tuple([z.number(), z.string()])),
  column_names_original: z.array(z.tuple([z.number(), z.string()])),
  column_types: z.array(z.string()),
  primary_keys: z.array(z.union([z.number(), z.array(z.number())])),
  foreign_keys: z.array(z.tuple([z.number(), z.number()])),
});

export function readSpiderTables(file: string): DatabaseCatalog[] {
  return z
    .array(SpiderSchema)
    .parse(JSON.parse(readFileSync(file, 'utf8')))
    .map(toCatalog);
}

const KINDS: Readonly<Record<string, ColumnKind>> = {
  number: 'number',
  text: 'text',
  time: 'timestamp',
  boolean: 'boolean',
  // BIRD's file has the types of its databases.
  integer: 'number',
  real: 'number',
  date: 'date',
  datetime: 'timestamp',
};

function toCatalog(schema: z.infer<typeof SpiderSchema>): DatabaseCatalog {
  const keys = schema.primary_keys.flat();
  const tableOf = (column: number) => schema.column_names_original[column]?.[0] ?? -1;
  const nameOf = (column: number) => schema.column_names_original[column]?.[1] ?? '';
  const tables = schema.table_names_original.map((name, at): Table => {
    const own = schema.column_names_original.flatMap(([table], column) => (table === at ? [column] : []));
    const foreignKeys = schema.foreign_keys
      .filter(([from]) => tableOf(from) === at)
      .map(
        ([from, to]): ForeignKey => ({
          columns: [nameOf(from)],
          targetTable: schema.table_names_original[tableOf(to)] ?? '',
          targetColumns: [nameOf(to)],
        }),
      );
    return {
      name,
      title: schema.table_names[at] ?? name,
      kind: 'table',
      columns: own.map(
        (column): Column => ({
          name: nameOf(column),
          title: schema.column_names[column]?.[1] ?? nameOf(column),
          type: schema.column_types[column] ?? 'text',
          kind: KINDS[schema.column_types[column] ?? 'text'] ?? 'other',
          nullable: true,
          values: [],
          valuesComplete: false,
        }),
      ),
      primaryKey: keys.filter((column) => tableOf(column) === at).map(nameOf),
      foreignKeys,
    };
  });
  return { databaseId: schema.db_id, engine: 'sqlite', serverVersion: '', tables, warnings: [] };
}
