import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';

const Entry = z.object({
  id: z.string(),
  source: z.string(),
  engine: z.string(),
  database: z.string(),
  schema: z.string().nullish(),
  table: z.string(),
  description: z.string().nullish(),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string().nullish(),
      description: z.string().nullish(),
      samples: z.array(z.string()).nullish(),
    }),
  ),
});

const databaseKey = (entry: z.infer<typeof Entry>) => `${entry.source}/${entry.engine}/${entry.database}`;

export interface ScaleCatalog {
  readonly catalogs: readonly DatabaseCatalog[];
  /** The catalogue id of each table, by object. */
  readonly ids: ReadonlyMap<Table, string>;
}

/** Reads a catalogue of tables (`catalog.jsonl[.gz]`): a database is (source, engine, database). */
export function readScaleCatalog(file: string): ScaleCatalog {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const entries = text
    .split('\n')
    .filter(Boolean)
    .map((line) => Entry.parse(JSON.parse(line)));
  const ids = new Map<Table, string>();
  const groups = Map.groupBy(entries, databaseKey);
  const catalogs = [...groups.values()].map(
    (group): DatabaseCatalog => ({
      databaseId: databaseKey(group[0]!),
      title: group[0]!.database,
      engine: 'sqlite',
      serverVersion: '',
      warnings: [],
      tables: group.map((entry) => {
        const table: Table = {
          ...(entry.schema ? { schema: entry.schema } : {}),
          name: entry.table,
          kind: 'table',
          ...(entry.description ? { comment: entry.description } : {}),
          columns: entry.columns.map((column) => ({
            name: column.name,
            type: column.type ?? 'text',
            kind: column.samples?.some((sample) => /\p{L}{2}/u.test(sample)) ? 'text' : 'other',
            nullable: true,
            values: column.samples ?? [],
            valuesComplete: false,
            ...(column.description ? { comment: column.description } : {}),
          })),
          primaryKey: [],
          foreignKeys: [],
        };
        ids.set(table, entry.id);
        return table;
      }),
    }),
  );
  return { catalogs, ids };
}
