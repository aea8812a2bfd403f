import type { Config } from '#src/config/env.ts';
import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import type { PipelineSettings } from '#src/pipeline/settings.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { openExploredExamples } from '#src/service/explored-examples.ts';
import { atEnd, showProgress, untilEnd } from '../cli/program.ts';
import { type Comparison, USUAL } from '../comparisons.ts';
import { readExplored } from '../data/explored-pairs.ts';
import type { Item } from '../data/items.ts';
import { sourceOf } from '../data/places.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { keptIn, openBank, openEmbedder, openModelServer, openTokenizer } from '../parts.ts';
import { identityOf } from '../replies/model-identity.ts';
import { cachedRoles, openReplyCache } from '../replies/reply-cache.ts';
import type { EvalBench } from './ask-item.ts';
import { openSearched } from './open-searched.ts';

export interface BenchOptions {
  readonly config: Pick<Config, 'model' | 'home'>;
  readonly settings: PipelineSettings;
  readonly engine: Engine;
  /** Holds the databases. */
  readonly databases: string;
  /** A scratch server. */
  readonly url?: string | undefined;
  /** Schemas in Spider's format. */
  readonly tables?: string | undefined;
  readonly union?: boolean | undefined;
  /** All schemas, with the rows that the folder has, are asked as one database. */
  readonly asOne?: boolean | undefined;
  readonly hints?: boolean | undefined;
  /** The usual one, if absent. */
  readonly comparison?: Comparison | undefined;
  /** A bank of examples. */
  readonly examples?: string | undefined;
  /** Files of explored pairs: examples for questions of their own database. */
  readonly explored?: readonly string[] | undefined;
  /** Folders: embeddings, replies and prompts that are kept. */
  readonly cache?: string | undefined;
  readonly replies?: string | undefined;
  readonly dumpPrompts?: string | undefined;
}

/** What the questions are asked with: databases with their index, and models. It is closed when the program ends. */
export async function openBench(options: BenchOptions, items: readonly Item[]): Promise<EvalBench> {
  const { settings, union = false, hints = false, comparison = USUAL } = options;
  const embedder = embedderKept(options.cache);
  const source = await untilEnd(sourceOf(options.engine, options.databases, options.url), (opened) => opened.close());
  const schemas = options.tables === undefined ? [] : readSpiderTables(options.tables);
  const ids = items.map(({ databaseId }) => databaseId);
  const asOne = options.asOne ? options.databases : undefined;
  const searched = await openSearched({ source, ids, schemas, union, asOne, embedder }, (done, total) =>
    showProgress('embedded', done, total),
  );
  atEnd(() => Promise.all([...searched.databases.values()].map(({ databases }) => databases.close())));
  atEnd(() => searched.warehouse?.databases.close());
  const catalogs = [...searched.databases.values()].map(({ catalog }) => catalog);
  const asking = await openAsking(options, embedder, catalogs);
  const today = new Date().toISOString().slice(0, 10);
  return { ...searched, ...asking, settings, union, hints, comparison, today };
}

/** The embedder, which is closed when the program ends. */
export function embedderKept(cache: string | undefined): Embedder {
  const embedder = keptIn(cache, openEmbedder());
  atEnd(() => embedder.close());
  return embedder;
}

export type AskingOptions = Pick<
  BenchOptions,
  'config' | 'settings' | 'examples' | 'explored' | 'replies' | 'dumpPrompts'
>;

/** What is asked with besides databases: models, their tokenizer, a bank of examples, what was explored over these catalogs. */
export async function openAsking(
  options: AskingOptions,
  embedder: Embedder,
  catalogs: readonly DatabaseCatalog[] = [],
): Promise<Pick<EvalBench, 'countTokens' | 'models' | 'bank' | 'promptsFolder'>> {
  const { config, settings, examples, explored, dumpPrompts } = options;
  const exploredOf = explored && exploredIn(explored, catalogs);
  const countTokens = openTokenizer();
  const server = settings.name === 'planner' ? undefined : await openModelServer(config, countTokens);
  return {
    countTokens,
    ...(server ? { models: await kept(server.roles, options) } : {}),
    ...(examples === undefined && !exploredOf ? {} : { bank: await openBank(examples, embedder, [], exploredOf) }),
    ...(dumpPrompts === undefined ? {} : { promptsFolder: dumpPrompts }),
  };
}

/** What files hold of each database as its examples; of one that is not asked there are none. */
function exploredIn(files: readonly string[], catalogs: readonly DatabaseCatalog[]) {
  const pairs = readExplored(files);
  const made = new Map(
    catalogs.map((catalog) => [catalog.databaseId, openExploredExamples(catalog)(pairs.get(catalog.databaseId) ?? [])]),
  );
  return async (id: string) => ({ examples: made.get(id) ?? [], mayShow: async () => true });
}

/** The models with their replies kept, where a folder for them is given. */
async function kept(roles: ModelRoles, { replies, config }: AskingOptions): Promise<ModelRoles> {
  if (replies === undefined || !config.model) return roles;
  const identity = await identityOf(config.model.baseUrl, config.model.generator);
  const cache = openReplyCache(replies, identity);
  return cachedRoles(
    roles,
    () => cache,
    () => performance.now(),
  );
}
