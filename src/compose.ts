import path from 'node:path';
import { openDatabaseOpener } from '#adapters/database/database-opener.ts';
import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { checkEmbedder } from '#adapters/embedder/check-embedder.ts';
import { openOpenAiEmbedder } from '#adapters/embedder/open-openai-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { checkAdapters } from '#adapters/model/check-adapters.ts';
import { checkModel, NO_MODEL } from '#adapters/model/check-model.ts';
import { openModels } from '#adapters/model/open-models.ts';
import { openTokenizer } from '#adapters/model/open-tokenizer.ts';
import { checkReranker, NO_RERANKER } from '#adapters/reranker/check-reranker.ts';
import { openReranker } from '#adapters/reranker/open-reranker.ts';
import { openSealedVault } from '#adapters/secrets/open-sealed-vault.ts';
import { openKeptSchemas } from '#adapters/state/kept-schemas.ts';
import { lockState } from '#adapters/state/sqlite/lock-state.ts';
import { openSqliteAudit } from '#adapters/state/sqlite/open-sqlite-audit.ts';
import { openSqliteStore } from '#adapters/state/sqlite/open-sqlite-store.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { checkQdrant, NO_QDRANT } from '#adapters/vector/qdrant/check-qdrant.ts';
import { openQdrant } from '#adapters/vector/qdrant/open-qdrant.ts';
import { countExamples, loadBank, removeExamples, renameExamples } from '#schemas-index/examples/bank-file.ts';
import { embeddedBanks } from '#schemas-index/examples/embedded-bank.ts';
import { indexOnce } from '#schemas-index/index-once.ts';
import { openSchemaIndexes } from '#schemas-index/open-schema-indexes.ts';
import { memoryQuestions } from '#schemas-index/questions/memory-questions.ts';
import { declaredHere } from './config/declared-here.ts';
import type { Config } from './config/env.ts';
import { checkStyle, styleFor } from './config/tuned-style.ts';
import type { HealthCheck } from './domain/health.ts';
import type { Embedder } from './ports/embedder.ts';
import type { Store } from './ports/store.ts';
import type { ServiceParts, ServiceSettings } from './service/parts.ts';
import { openQuerent, type Querent } from './service/querent.ts';

export { roleScriptFor } from '#adapters/database/role-script.ts';

/** Querent, put together from its configuration: the one place where adapters are picked. */
export const compose = (config: Config, log?: (message: string) => void): Querent => openQuerent(partsOf(config, log));

export function partsOf(config: Config, log = (message: string) => console.error(message)): ServiceParts {
  const clock = { now: () => new Date(), elapsed: () => performance.now() };
  const store = openSqliteStore(config.stateFile);
  const vault = openSealedVault(store, config.keyFile);
  const uncached = config.embedder ? openOpenAiEmbedder(config.embedder) : openUseLite();
  const embedder = cachedEmbedder(uncached, config.cacheFolder);
  const countTokens = openTokenizer();
  return {
    store,
    audit: openSqliteAudit(config.auditFile),
    vault,
    opener: openDatabaseOpener({ ...config, vault }),
    embedder,
    indexes: openSchemaIndexes({
      folder: config.indexFolder,
      retrieval: config.retrieval,
      embedder,
      uncached,
      vectors: embeddedVectors,
      ...(config.qdrant ? { collection: openQdrant(config.qdrant), copy: config.qdrant.copy } : {}),
      now: clock.now,
      log,
    }),
    indexOnce: (catalog, folder, onProgress, signal) =>
      indexOnce(
        catalog,
        folder,
        { retrieval: config.retrieval, embedder, uncached, vectors: embeddedVectors, now: clock.now },
        onProgress,
        signal,
      ),
    keptSchemas: openKeptSchemas(path.join(config.cacheFolder, 'schemas'), clock.now),
    banks: async () => embeddedBanks(await loadBank(config.examplesFile), embedder),
    countExamples: (id) => countExamples(config.examplesFile, id),
    removeExamples: (id) => removeExamples(config.examplesFile, id),
    renameExamples: (id, name) => renameExamples(config.examplesFile, id, name),
    questionIndex: memoryQuestions,
    countTokens,
    ...(config.model ? { models: openModels(config.model, config.modelFolder, countTokens, clock.now, log) } : {}),
    ...(config.reranker ? { reranker: openReranker({ ...config.reranker, now: clock.elapsed }) } : {}),
    holdState: () => lockState(config.lockFile, clock.now()),
    identityOf: (team, user) => config.identities.get(`${team}:${user}`) ?? config.identities.get(user),
    declared: declaredHere,
    settings: settingsOf(config),
    checks: checksOf(config, embedder, store, clock.now),
    clock,
    newId: () => crypto.randomUUID(),
    log,
  };
}

function settingsOf(config: Config): ServiceSettings {
  return {
    pipeline: {
      ...config.pipeline,
      style: styleFor(config.modelFolder, config.model?.generator, config.pipeline.style),
      deadlineMs: config.answerTimeoutMs,
    },
    questionPrice: config.questionPrice,
    questionKinds: config.questionKinds,
    calendar: config.calendar,
    approvers: config.approvers,
    admins: config.admins,
    ...(config.adminGroup === undefined ? {} : { adminGroup: config.adminGroup }),
    keepQuestionTexts: config.auditQuestions,
    keepDays: config.keepDays,
    hourlyBudget: config.hourlyBudget,
    runs: config.runs,
  };
}

/** What `querent doctor` looks at of the servers that are configured. */
function checksOf(
  { embedder: server, model, reranker, qdrant, modelFolder: home, pipeline }: Config,
  embedder: Embedder,
  store: Store,
  now: () => Date,
): readonly HealthCheck[] {
  return [
    checkEmbedder(embedder, server?.baseUrl ?? 'embedded, no network'),
    async (signal) =>
      model ? checkModel({ model, home, ...(server ? { embedder: server } : {}) }, signal, now()) : NO_MODEL,
    async (signal) => (model?.adapters.length ? checkAdapters(model, await store.catalogs(), signal) : []),
    async () => (model ? checkStyle(home, model.generator, pipeline) : []),
    async (signal) => (reranker ? checkReranker(reranker, signal) : NO_RERANKER),
    async () => (qdrant ? checkQdrant(qdrant) : NO_QDRANT),
  ];
}
