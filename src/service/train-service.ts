import type { Connections } from '#src/databases/connections.ts';
import type { MeasuredGain } from '#src/domain/adapter.ts';
import { calendarAt } from '#src/domain/calendar.ts';
import type { ExploredPair } from '#src/domain/explored-pair.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { pairedDifference } from '#src/domain/paired.ts';
import type { Progress } from '#src/domain/progress.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { keepApart } from '#src/training/apart.ts';
import type { DataCard } from '#src/training/data-card.ts';
import { openExportFiles } from '#src/training/export-files.ts';
import { holdBack } from '#src/training/hold-back.ts';
import type { GoldPair } from '#src/training/lesson.ts';
import { makeSet } from '#src/training/make-set.ts';
import { type AdapterAsked, type AskedOfBoth, askBoth, type HeldBackQuestion, type OpenedPlace } from './ask-both.ts';
import type { IndexService } from './index-service.ts';
import type { ServiceParts } from './parts.ts';

export interface TrainingSetRequest {
  /** Where the files go; those that are there stay until the new ones are whole. */
  readonly folder: string;
  /** Questions at most that measure and are not learned. */
  readonly heldBack: number;
  readonly seed: number;
  /** The version of the program, for the card. */
  readonly version: string;
}

export interface TrainingSet {
  /** Lines that are learned. */
  readonly lines: number;
  readonly heldBack: readonly HeldBackQuestion[];
}

/** What a model is trained on over a registered database, and whether what was trained is better. */
export interface TrainService {
  /** Writes what is kept of a database as chat lines for the trainer, with their card; whole or not at all. */
  makeSet(
    id: DatabaseId,
    request: TrainingSetRequest,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<Result<TrainingSet>>;
  /**
   * Asks questions of the untrained model and of an adapter in the same prompt, and compares their rows with those of the query. An abort
   * keeps what was told by then.
   *
   * @returns whether it could be asked: its server may have no such adapter, or one of another base; why is in the log.
   */
  askBoth(
    id: DatabaseId,
    questions: readonly HeldBackQuestion[],
    adapter: AdapterAsked,
    onAsked: (asked: AskedOfBoth) => void,
    signal: AbortSignal,
  ): Promise<Result<'asked' | 'not served'>>;
}

export type { AskedOfBoth, HeldBackQuestion } from './ask-both.ts';

type Parts = Pick<ServiceParts, 'store' | 'clock' | 'models' | 'countTokens' | 'indexOnce' | 'settings'>;

export function openTrainService(
  parts: Parts,
  { connections, index }: { readonly connections: Connections; readonly index: Pick<IndexService, 'catalogOf'> },
): TrainService {
  const { store, clock, countTokens, indexOnce, settings } = parts;

  /** The database by itself: which one is meant is no question here. */
  async function over<T>(
    id: DatabaseId,
    onProgress: Progress,
    signal: AbortSignal,
    work: (place: OpenedPlace) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const opened = await connections.open(id);
    if (!opened.ok) return opened;
    try {
      const catalog = await index.catalogOf(id);
      if (!catalog) return fail({ kind: 'index-missing' });
      const retriever = await indexOnce(catalog, undefined, onProgress, signal);
      return await work({ database: opened.value, catalog, retriever });
    } catch (error) {
      if (signal.aborted) return fail({ kind: 'cancelled' });
      throw error;
    } finally {
      await opened.value.close();
    }
  }

  return {
    makeSet: (id, request, onProgress, signal) =>
      over(id, onProgress, signal, async (place) => {
        const { engine } = place.catalog;
        const pairs = await store.exploredPairs(id);
        const { learned, heldBack } = holdBack(pairs, request.heldBack, { engine, seed: request.seed });
        const made = await makeSet(
          { sources: learned.map(asSource), files: [], leftOut: [], poolsLeftOut: 0 },
          { apart: keepApart([saidBy(heldBack)], engine), files: [] },
          {
            ...{ tasks: ['sql'], format: 'trl', style: settings.pipeline.style, engine, seed: request.seed },
            ...{ augment: 0, personal: false, oracle: false, every: 1, limit: undefined, licenceOf: () => null },
            ...{ today: calendarAt(clock.now(), settings.calendar).today, commit: request.version },
          },
          {
            databases: { open: async () => ({ ...place, close: async () => undefined }) },
            files: openExportFiles(request.folder, ['sql']),
            countTokens,
          },
          { onQuestion: (done, all) => onProgress('writing what is learned', done, all), complain: () => undefined },
          signal,
        );
        return made ? ok(setOf(made, heldBack)) : fail({ kind: 'cancelled' });
      }),
    askBoth: (id, questions, adapter, onAsked, signal) =>
      over(
        id,
        () => undefined,
        signal,
        (place) => askBoth(questions, adapter, place, parts, onAsked, signal),
      ),
  };
}

const setOf = ({ tasks }: DataCard, heldBack: readonly ExploredPair[]): TrainingSet => ({
  lines: tasks.sql?.lines ?? 0,
  heldBack: heldBack.map(({ id, question, sql }) => ({ id, question, sql })),
});

const saidBy = (pairs: readonly ExploredPair[]) => ({
  questions: pairs.map(({ question }) => question),
  queries: pairs.map(({ sql }) => sql),
});

function asSource({ id, db_id: databaseId, question, evidence, sql, mechanism, checks, dialect }: ExploredPair) {
  const byProgram = mechanism === 'structural' && !checks.includes('judged');
  const pair: GoldPair = { id, databaseId, question, evidence, sql, engine: dialect, from: 'explored', byProgram };
  return { pair, isPair: true, pools: [], trajectories: [], choices: [] };
}

/** How many of the questions were right before and after, with the paired interval in points (sources.md#paired-statistics). */
export function gainOf(asked: readonly AskedOfBoth[]): MeasuredGain {
  const count = (before: boolean, after: boolean) =>
    asked.filter((one) => one.before === before && one.after === after).length;
  const [both, onlyBefore, onlyAfter, neither] = [
    count(true, true),
    count(true, false),
    count(false, true),
    count(false, false),
  ];
  const { low, high } = pairedDifference(both, onlyBefore, onlyAfter, neither);
  return {
    questions: asked.length,
    before: both + onlyBefore,
    after: both + onlyAfter,
    low: 100 * low,
    high: 100 * high,
  };
}
