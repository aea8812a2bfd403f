import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import type { AnswerPorts } from '#src/pipeline/answer-ports.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import type { DatabaseSource } from '../data/databases.ts';
import { type FilledDatabase, withData } from '../data/places.ts';
import { openRetriever } from '../parts.ts';

export interface SearchedDatabases {
  /** The databases of the questions, by id. */
  readonly databases: ReadonlyMap<string, FilledDatabase>;
  readonly retriever: SchemaRetriever;
  readonly readable: readonly string[];
  readonly scopeOf: AnswerPorts['scopeOf'];
}

export interface SearchedInput {
  readonly source: DatabaseSource;
  readonly ids: readonly string[];
  /** Schemas with the plain-English names of tables and columns. */
  readonly schemas: readonly DatabaseCatalog[];
  /** The bare schemas are searched too. */
  readonly union: boolean;
  readonly embedder: Embedder;
}

/** Opens the databases of the questions and indexes their extracted catalogs, with bare schemas for the rest of the pool. */
export async function openSearched(
  { source, ids, schemas, union, embedder }: SearchedInput,
  onText: (done: number, total: number) => void,
): Promise<SearchedDatabases> {
  const databases = new Map<string, FilledDatabase>();
  for (const id of new Set(ids)) {
    const { databases: opened, catalog } = await withData(source, id);
    databases.set(id, { databases: opened, catalog: titled(catalog, schemas) });
  }
  const rest = union ? schemas.filter(({ databaseId }) => !databases.has(databaseId)) : [];
  const own = [...databases.values()].map(({ catalog }) => catalog);
  const retriever = await openRetriever([...own, ...rest], embedder, onText);
  const readable = [...databases.keys(), ...rest.map(({ databaseId }) => databaseId)];
  return { databases, retriever, readable, scopeOf: wholeScopes((id) => retriever.catalogOf(id)) };
}

/** The plain-English names of a schema beside those of the database. */
function titled(catalog: DatabaseCatalog, schemas: readonly DatabaseCatalog[]): DatabaseCatalog {
  const schema = schemas.find((one) => one.databaseId === catalog.databaseId);
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return {
    ...catalog,
    tables: catalog.tables.map((table) => {
      const known = schema?.tables.find((one) => same(one.name, table.name));
      if (!known) return table;
      const columns = table.columns.map((column) => {
        const title = known.columns.find((one) => same(one.name, column.name))?.title;
        return title ? { ...column, title } : column;
      });
      return { ...table, columns, ...(known.title ? { title: known.title } : {}) };
    }),
  };
}
