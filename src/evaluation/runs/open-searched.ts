import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import type { AnswerPorts } from '#src/pipeline/answer-ports.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { titled } from '../data/add-titles.ts';
import type { DatabaseSource } from '../data/databases.ts';
import { type FilledDatabase, withData } from '../data/places.ts';
import { openWarehouse, type Warehouse } from '../data/warehouse.ts';
import { openRetriever } from '../parts.ts';

export interface SearchedDatabases {
  /** The databases of the questions, by id. */
  readonly databases: ReadonlyMap<string, FilledDatabase>;
  readonly retriever: SchemaRetriever;
  readonly readable: readonly string[];
  readonly scopeOf: AnswerPorts['scopeOf'];
  /** One database with the tables of all, which is asked in the place of the question's own. */
  readonly warehouse?: Warehouse;
}

export interface SearchedInput {
  readonly source: DatabaseSource;
  readonly ids: readonly string[];
  /** Schemas with the plain-English names of tables and columns. */
  readonly schemas: readonly DatabaseCatalog[];
  /** The bare schemas are searched too. */
  readonly union: boolean;
  /** The folder of databases that are put into one with the schemas; the question's own then serve gold queries alone. */
  readonly asOne?: string | undefined;
  readonly embedder: Embedder;
}

/** Opens the databases of the questions and indexes their extracted catalogs, with bare schemas for the rest of the pool. */
export async function openSearched(
  { source, ids, schemas, union, asOne, embedder }: SearchedInput,
  onText: (done: number, total: number) => void,
): Promise<SearchedDatabases> {
  const databases = new Map<string, FilledDatabase>();
  for (const id of new Set(ids)) {
    const { databases: opened, catalog } = await withData(source, id);
    databases.set(id, { databases: opened, catalog: titled(catalog, schemas) });
  }
  if (asOne !== undefined) {
    const warehouse = await openWarehouse(asOne, schemas);
    const retriever = await openRetriever([warehouse.catalog], embedder, onText);
    return { databases, warehouse, retriever, readable: [warehouse.catalog.databaseId], scopeOf: scopesOf(retriever) };
  }
  const rest = union ? schemas.filter(({ databaseId }) => !databases.has(databaseId)) : [];
  const own = [...databases.values()].map(({ catalog }) => catalog);
  const retriever = await openRetriever([...own, ...rest], embedder, onText);
  const readable = [...databases.keys(), ...rest.map(({ databaseId }) => databaseId)];
  return { databases, retriever, readable, scopeOf: scopesOf(retriever) };
}

const scopesOf = (retriever: SchemaRetriever) => wholeScopes((id) => retriever.catalogOf(id));
