import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import type { Database } from '#src/ports/database.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { TaughtDatabases } from '#src/training/make-set.ts';
import { titled } from '../data/add-titles.ts';
import { openCompany } from '../data/company-databases.ts';
import type { DatabaseSource } from '../data/databases.ts';
import { sourceOf, withData } from '../data/places.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { needed, openAddress, openRetriever } from '../parts.ts';

export interface TaughtOptions {
  readonly engine: Engine;
  readonly url?: string | undefined;
  /** A folder of databases. */
  readonly databases?: string | undefined;
  /** The sample company's, too. */
  readonly company: boolean;
  /** Databases by their addresses. */
  readonly addresses: readonly string[];
  /** Files of schemas: names for the databases of the folder, and schemas without data for others. */
  readonly tables: readonly string[];
  readonly embedder: Embedder;
}

type OpenedDatabase = NonNullable<Awaited<ReturnType<TaughtDatabases['open']>>>;

const never = new AbortController().signal;

/** The databases of an export, opened one after the other: a benchmark has hundreds. */
export async function openTaughtDatabases(
  options: TaughtOptions,
): Promise<TaughtDatabases & { close(): Promise<unknown> }> {
  const { engine, databases, url, addresses, tables, embedder } = options;
  const source = databases === undefined ? undefined : await sourceOf(engine, databases, url);
  const schemas = tables.flatMap(readSpiderTables);
  const company = options.company ? await openCompany() : undefined;
  const addressed = new Map<string, { readonly database: Database; readonly catalog: DatabaseCatalog }>();
  for (const address of addresses) {
    const database = needed(await openAddress(address));
    const catalog = needed(await database.catalog({}, never));
    addressed.set(catalog.databaseId, { database, catalog });
  }
  const taught = async (catalog: DatabaseCatalog, more: Omit<OpenedDatabase, 'catalog' | 'retriever'>) => {
    const retriever = await openRetriever([catalog], embedder);
    return { catalog, retriever, ...more };
  };
  return {
    async open(id) {
      const own = addressed.get(id);
      if (own) return taught(own.catalog, { database: own.database, gold: own.database, close: async () => undefined });
      const ofCompany = company?.databases.get(id);
      if (ofCompany) {
        const { product: database, gold } = ofCompany.databases;
        return taught(ofCompany.catalog, { database, gold, close: async () => undefined });
      }
      const filled = source && (await openedIn(source, id));
      if (filled) {
        const { product: database, gold } = filled.databases;
        return taught(titled(filled.catalog, schemas), { database, gold, close: () => filled.databases.close() });
      }
      const schema = schemas.find(({ databaseId }) => databaseId === id);
      return schema && taught({ ...schema, engine }, { close: async () => undefined });
    },
    close: () =>
      Promise.all([
        company?.close(),
        source?.close(),
        ...[...addressed.values()].map(({ database }) => database.close()),
      ]),
  };
}

/** A database of the folder; undefined where it has none of that name. */
async function openedIn(source: DatabaseSource, id: string) {
  try {
    return await withData(source, id);
  } catch (error) {
    if (error instanceof TypeError || error instanceof ReferenceError) throw error;
    return undefined;
  }
}
