import type { Connections } from '#src/databases/connections.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ExploredPair, Mechanism, Rejection } from '#src/domain/explored-pair.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { Progress } from '#src/domain/progress.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { type Explored, explore } from '#src/explore/explore.ts';
import type { ModelBudget } from '#src/explore/model/model-desk.ts';
import type { ExploringModel } from '#src/explore/model/model-writing.ts';
import { evidenceOf } from '#src/explore/read-seeds.ts';
import { runQuery } from '#src/explore/run-query.ts';
import { explainQuery } from '#src/explore/write-pair.ts';
import type { Database } from '#src/ports/database.ts';
import { type AskedAgain, askAgain } from './ask-again.ts';
import { type Askers, openExplorations } from './explorations.ts';
import type { IndexService } from './index-service.ts';
import { openKeeping } from './keep-explored.ts';
import type { ServiceParts } from './parts.ts';
import { type PilotOptions, type PilotReport, pilot } from './pilot.ts';
import { readSeeds, type SeedReport } from './read-seeds.ts';

export type { Explored } from '#src/explore/explore.ts';

/** A pair that is not what it was when it was written, and why. */
export interface ChangedPair {
  readonly pair: ExploredPair;
  readonly because: string;
}

export interface ExploreRequest {
  readonly pairs: number;
  readonly seed: number;
  /** Texts of statements that were asked of it: what they use together is sampled together. */
  readonly files?: readonly string[];
  /** Leaves out what the server itself counted. */
  readonly withoutLog?: boolean;
  /** All that can write here, if absent: without a model server the program alone. */
  readonly mechanisms?: readonly Mechanism[];
  /** What the model may be asked; the program writes the rest. */
  readonly budget?: ModelBudget;
}

/** Questions with their queries, written over a registered database before anybody asks. */
export interface ExploreService {
  /**
   * Writes pairs until there are so many, and keeps them; those that are kept already count. An abort keeps what there is by then, so
   * that the next goes on.
   */
  explore(
    id: DatabaseId,
    options: ExploreRequest,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<Result<Explored & { readonly seeds: SeedReport }>>;
  /** The name of the model that writes, where there is one. */
  readonly model: string | undefined;
  pairsOf(id: DatabaseId): Promise<readonly ExploredPair[]>;
  /** Runs what is kept once more, over the schema and data as they are now: which pairs no longer hold, and why. */
  check(id: DatabaseId, onProgress: Progress, signal: AbortSignal): Promise<Result<readonly ChangedPair[]>>;
  /** Asks kept questions, at most so many, of the product as it is configured now, and compares with when they were asked last. */
  askAgain(id: DatabaseId, most: number, onProgress: Progress, signal: AbortSignal): Promise<Result<AskedAgain>>;
  /** How it would go if people asked the database now: questions that were not kept, and an owner's own, asked as people ask. */
  pilot(id: DatabaseId, options: PilotOptions, onProgress: Progress, signal: AbortSignal): Promise<Result<PilotReport>>;
}

type Parts = Pick<ServiceParts, 'store' | 'clock' | 'models' | 'embedder'>;

export interface ExploreOver {
  readonly connections: Connections;
  readonly index: Pick<IndexService, 'catalogOf'>;
  /** It waits before each query until nobody asks. */
  readonly askers: Askers;
}

/** The configured model, with questions of people that the data team verified for this database. */
async function exploringModel(
  { databaseId }: DatabaseCatalog,
  budget: ModelBudget,
  { store, clock, models, embedder }: Parts,
  signal: AbortSignal,
): Promise<ExploringModel | undefined> {
  if (!models) return undefined;
  await models.learn(signal);
  const { generator: writer, selector: judge } = models.roles;
  const verified = (await store.verifiedByTeam()).filter((one) => one.databaseId === databaseId);
  const asked = verified.map(({ question, sql }) => ({ question, sql }));
  return { writer, judge, embedder, budget, asked, now: clock.elapsed };
}

/** What a model may be asked where nobody says. */
const BUDGET: ModelBudget = { calls: 2_000, tokens: 2_000_000, minutes: 60 };

/** Pairs after which they are kept: what a crash loses. What a model wrote took it long. */
const KEPT_EVERY = 50;
const KEPT_EVERY_WITH_MODEL = 5;

const SAYS: Partial<Record<Rejection, string>> = {
  'not explained': 'what it reads is not there any more',
  'refused by the gate': 'what it reads is not there any more, or may not be read',
  error: 'the database refuses it',
  'too slow': 'it takes longer than 25 seconds',
};

export function openExploreService(parts: Parts, { connections, index, askers }: ExploreOver): ExploreService {
  const { store, models } = parts;
  const { asking } = askers;
  const explorations = openExplorations();
  async function over<T>(
    id: DatabaseId,
    work: (database: Database, catalog: DatabaseCatalog) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const opened = await connections.open(id);
    if (!opened.ok) return opened;
    try {
      const catalog = await index.catalogOf(id);
      return catalog ? await work(opened.value, catalog) : fail({ kind: 'index-missing' });
    } finally {
      await opened.value.close();
    }
  }

  /** Writes pairs and keeps them as it goes; where somebody else keeps theirs meanwhile, or there is no room, it ends with a sentence. */
  async function write(
    { database, catalog }: { readonly database: Database; readonly catalog: DatabaseCatalog },
    { pairs: wanted, seed, files = [], withoutLog = false, mechanisms, budget = BUDGET }: ExploreRequest,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<Result<Explored & { readonly seeds: SeedReport }>> {
    const id = catalog.databaseId;
    const before = await store.exploredPairs(id);
    const { usage, report: seeds } = await readSeeds({ database, catalog, files, withoutLog }, store);
    const kept = openKeeping(id, before, store);
    const stop = AbortSignal.any([signal, kept.refused]);
    const written: ExploredPair[] = [...before];
    const onPair = (pair: ExploredPair, done: number) => {
      written.push(pair);
      onProgress('writing questions', done, wanted);
      if (done % (models ? KEPT_EVERY_WITH_MODEL : KEPT_EVERY) === 0) kept.keep([...written]);
    };
    const turn = () => askers.noneAsks(signal);
    const model = await exploringModel(catalog, budget, parts, signal);
    const options = {
      ...{ pairs: wanted, seed, before, onPair, turn, evidence: evidenceOf(usage) },
      ...(mechanisms ? { mechanisms } : {}),
      ...(model ? { model } : {}),
    };
    const explored = await explore(database, catalog, options, stop);
    kept.keep(explored.pairs);
    const refused = await kept.ended();
    return refused ? fail(refused) : ok({ ...explored, seeds });
  }

  return {
    model: models?.name,
    pairsOf: (id) => store.exploredPairs(id),
    async explore(id, options, onProgress, signal) {
      const begun = explorations.begin(id);
      if (typeof begun !== 'function') return fail(begun);
      try {
        return await over(id, (database, catalog) => write({ database, catalog }, options, onProgress, signal));
      } finally {
        begun();
      }
    },
    check: (id, onProgress, signal) =>
      over(id, async (database, catalog) => {
        const pairs = await store.exploredPairs(id);
        const changed: ChangedPair[] = [];
        for (const [at, pair] of pairs.entries()) {
          if (signal.aborted) return fail({ kind: 'cancelled' });
          onProgress('running queries', at + 1, pairs.length);
          const written = explainQuery(pair.sql, catalog);
          const ran = typeof written === 'string' ? written : await runQuery(written, { database, catalog, signal });
          if (typeof ran === 'string') changed.push({ pair, because: SAYS[ran] ?? ran });
          else if (pair.result_rows > 0 && ran.table.rows.length === 0)
            changed.push({ pair, because: 'it has no rows any more' });
        }
        return ok(changed);
      }),
    askAgain: (id, most, onProgress, signal) =>
      over(id, async (database, catalog) => {
        const kept = await store.exploredPairs(id);
        const again = await askAgain(kept, most, { database, catalog, asking, ...parts }, onProgress, signal);
        await store.saveExplored(id, again.pairs);
        return ok(again.report);
      }),
    pilot: (id, options, onProgress, signal) =>
      over(id, (database, catalog) => pilot(options, { database, catalog, asking, ...parts }, onProgress, signal)),
  };
}
