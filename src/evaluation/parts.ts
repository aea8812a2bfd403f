/**
 * The adapters that measuring needs, picked here alone. What measures an adapter or the index itself imports that one, and says so.
 */
import { startScratchMariadb } from '#adapters/database/mysql/scratch.ts';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { type OpenAiEmbedderOptions, openOpenAiEmbedder } from '#adapters/embedder/open-openai-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { openModels } from '#adapters/model/open-models.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { openQdrant, type QdrantOptions } from '#adapters/vector/qdrant/open-qdrant.ts';
import { loadBank } from '#schemas-index/examples/bank-file.ts';
import { embeddedBanks } from '#schemas-index/examples/embedded-bank.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { openSchemaIndexes, type SchemaIndexesOptions } from '#schemas-index/open-schema-indexes.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import type { Config } from '#src/config/env.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { Result } from '#src/domain/result.ts';
import type { CountTokens, ModelServer } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import type { Example, ExampleBank, ExploredExamples } from '#src/ports/example-bank.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import type { PublishedGeneration, VectorCollection } from '#src/ports/vector-collection.ts';

export { START_MARIADB } from '#adapters/database/mysql/scratch.ts';
export { openTokenizer, TOKENIZER } from '#adapters/model/open-tokenizer.ts';
export { openSqliteStore as openState } from '#adapters/state/sqlite/open-sqlite-store.ts';
export { saveBank } from '#schemas-index/examples/bank-file.ts';
export { startEmbeddedPostgres } from '#src/demo/embedded-postgres.ts';
export { embeddedVectors, openSqlite, startScratchMariadb };

/** The embedded embedder, or that of a server. */
export const openEmbedder = (server?: OpenAiEmbedderOptions): Embedder =>
  server ? openOpenAiEmbedder(server) : openUseLite();

/** The embedder with what it embeds kept in a folder between runs, if one is given. */
export const keptIn = (folder: string | undefined, embedder: Embedder): Embedder =>
  folder === undefined ? embedder : cachedEmbedder(embedder, folder);

/** A Qdrant server's collection, which counts the round trips of its searches. */
export function openCountedQdrant(options: QdrantOptions): {
  readonly collection: VectorCollection;
  readonly roundTrips: () => number;
} {
  const collection = openQdrant(options);
  let trips = 0;
  const counted = (found: PublishedGeneration): PublishedGeneration => ({
    ...found,
    search(requests) {
      trips += 1;
      return found.search(requests);
    },
  });
  return {
    collection: {
      begin: (made) => collection.begin(made),
      async published() {
        const found = await collection.published();
        return found && counted(found);
      },
      generations: async () => (await collection.generations()).map(counted),
    },
    roundTrips: () => trips,
  };
}

/** A kept index as a process of the product holds it, in a folder or on a server as well. */
export const openKeptIndexes = (
  folder: string,
  embedder: Embedder,
  shared: Pick<SchemaIndexesOptions, 'collection' | 'copy'> = {},
) =>
  openSchemaIndexes({
    folder,
    retrieval: 'groups',
    embedder,
    uncached: embedder,
    vectors: embeddedVectors,
    ...shared,
    now: () => new Date(),
    log: (message) => console.error(message),
  });

/** An index over catalogs that is kept nowhere, with its retriever. */
export async function openRetriever(
  catalogs: readonly DatabaseCatalog[],
  embedder: Embedder,
  onText: (done: number, total: number) => void = () => undefined,
): Promise<SchemaRetriever> {
  const ports = { embedder, vectors: embeddedVectors };
  return indexRetriever(await buildIndex(catalogs, ports, onText, new AbortController().signal), embedder);
}

/** The bank of a file (empty without one), with some verified and explored examples besides. */
export async function openBank(
  file: string | undefined,
  embedder: Embedder,
  verified: readonly Example[] = [],
  exploredOf?: (databaseId: string) => Promise<ExploredExamples>,
): Promise<ExampleBank> {
  return embeddedBanks(file === undefined ? [] : await loadBank(file), embedder)(verified, exploredOf);
}

/** The configured model server, what it can do found out; undefined where none is configured. */
export async function openModelServer(
  { model, home }: Pick<Config, 'model' | 'home'>,
  countTokens: CountTokens,
): Promise<ModelServer | undefined> {
  const server = model && openModels(model, home, countTokens, undefined, (message) => console.error(message));
  await server?.learn(new AbortController().signal);
  return server;
}

/** The database at an address, which may hold its password; it is called as the address names it, unless it has an id. */
export async function openAddress(address: string, id?: string): Promise<Result<Database>> {
  const parsed = parseDatabaseUrl(address);
  if (!parsed.ok) return parsed;
  const { name, url, password } = parsed.value;
  return openDatabase({ id: id ?? name, url, ...(password === undefined ? {} : { secret: `plain:${password}` }) }, {});
}

/** What must be there for the measurement to go on: throws a sentence that says why it is not. */
export function needed<T>(result: Result<T>, of = ''): T {
  if (result.ok) return result.value;
  throw new Error(`${of && `${of}: `}${sayFailure(result.failure)}`);
}
