import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import type { RetrievalPool } from '../retrieval-run.ts';
import type { BenchQuestion } from './questions.ts';

export const AS_ONE = ['schemas', 'names'] as const;
export type AsOne = (typeof AS_ONE)[number];

/** The name of the one database; it says nothing. */
const WAREHOUSE = 'warehouse';

/** What a table of a database, or a column as `table.column`, is called where the names of tables tell the databases. */
export const nameInOne = (databaseId: string, name: string): string => `${databaseId}_${name}`;

/**
 * The same tables and questions with all databases put into one, as a company's warehouse has them: each former database a
 * schema, or told by the names of its tables alone. Keys are kept.
 */
export function asOneDatabase(
  catalogs: readonly DatabaseCatalog[],
  questions: readonly BenchQuestion[],
  as: AsOne,
): RetrievalPool & { readonly ids: ReadonlyMap<Table, string>; readonly questions: readonly BenchQuestion[] } {
  const ids = new Map<Table, string>();
  const idOf = (database: string, table: string) => `${database}.${table}`.toLowerCase();
  const tables = catalogs.flatMap(({ databaseId, tables: own }) =>
    own.map((table): Table => {
      const renamed = (name: string) => (as === 'names' ? nameInOne(databaseId, name) : name);
      const foreignKeys = table.foreignKeys.map((key) => ({
        ...key,
        targetTable: renamed(key.targetTable),
        ...(as === 'schemas' ? { targetSchema: databaseId } : {}),
      }));
      const moved: Table = {
        ...table,
        ...(as === 'schemas' ? { schema: databaseId } : { title: `${databaseId} ${table.title ?? table.name}` }),
        name: renamed(table.name),
        foreignKeys,
      };
      ids.set(moved, idOf(databaseId, table.name));
      return moved;
    }),
  );
  return {
    ids,
    catalogs: [{ databaseId: WAREHOUSE, engine: 'sqlite', serverVersion: '', tables, warnings: [] }],
    questions: questions.map((question) => ({
      ...question,
      tables: (question.tables ?? []).map((table) => idOf(question.db_id ?? '', table)),
    })),
  };
}
