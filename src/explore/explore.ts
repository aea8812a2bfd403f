import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import {
  type Acceptance,
  type ExploredPair,
  MECHANISMS,
  type Mechanism,
  type Rejected,
} from '#src/domain/explored-pair.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { Database } from '#src/ports/database.ts';
import { type Fault, type Kept, keepCandidate, screenCandidate } from './candidate.ts';
import { type ColumnGraph, columnGraph, type GraphEvidence } from './column-graph.ts';
import { openCoverage } from './coverage.ts';
import { drawDraft } from './draw-draft.ts';
import { type Exploration, takeUp } from './exploration.ts';
import { guessJoins } from './guess-joins.ts';
import { openTurns } from './mechanisms.ts';
import { type ExploringModel, type ModelWriting, openModelWriting } from './model/model-writing.ts';
import { randomFrom } from './random.ts';
import type { Place } from './run-query.ts';
import { openNovelty } from './screen.ts';
import { writeQuery } from './write-pair.ts';

export interface ExploreOptions {
  /** So many in all, those of before included. */
  readonly pairs: number;
  readonly seed: number;
  readonly evidence?: GraphEvidence;
  /** What was written before: nothing of it is written again. */
  readonly before?: readonly ExploredPair[];
  /** Words what the program writes, and writes itself by the other mechanisms. */
  readonly model?: ExploringModel;
  /** All that can write, if absent. */
  readonly mechanisms?: readonly Mechanism[];
  readonly onPair?: (pair: ExploredPair, kept: number) => void;
  /** Waited for before each query is run: in the background, until nobody asks. */
  readonly turn?: () => Promise<void>;
}

/** What exploring came to. */
export interface Explored {
  /** Those of before first. */
  readonly pairs: readonly ExploredPair[];
  readonly rejected: readonly Rejected[];
  /** What was kept of what each mechanism wrote now. */
  readonly acceptance: Readonly<Record<Mechanism, Acceptance>>;
  /** Of questions that a model worded for the program, those that were taken; the program's own stand for the others. */
  readonly worded: Acceptance;
  /** Of columns that may be shown, and of joins, the share that some pair uses. */
  readonly columnsCovered: number;
  readonly joinsCovered: number;
  /** Of the model. */
  readonly calls: number;
  readonly tokens: number;
  /** What ended it before there were enough: a server that is gone. */
  readonly ended?: Failure;
  /** The schema became another meanwhile: queries over the catalog fail. */
  readonly schemaChanged: boolean;
}

/**
 * Writes questions with their queries over a database: by program, samples a part of it, makes a query of some shape over that, and keeps
 * it if it runs, gives something, is explained whole, says its literals and is new; with a model, by the model too, which must pass the
 * same and more (model/model-writing.ts). Bounded samples of the catalog are all that it reads besides running the queries. Without a model
 * the same seed over the same database gives the same pairs. An abort, or a server that is gone, ends it with what there is; once the
 * model's budget is spent, the program writes the rest.
 */
export async function explore(
  database: Database,
  catalog: DatabaseCatalog,
  { pairs: wanted, seed, evidence, before = [], model, mechanisms = MECHANISMS, onPair, turn }: ExploreOptions,
  signal: AbortSignal,
): Promise<Explored> {
  const graph = await graphOf({ database, catalog, signal }, evidence);
  const exploration: Exploration = {
    graph,
    random: randomFrom(seed + before.length),
    seen: openCoverage(graph),
    novelty: openNovelty(),
    skeletons: new Map(),
    questions: new Set(),
  };
  for (const pair of before) takeUp(pair, exploration);
  const pairs = [...before];
  const rejected: Rejected[] = [];
  const place: Place = { database, catalog, signal };
  const writing = model && openModelWriting(model, exploration, place, before);
  const turns = openTurns(mechanisms);
  const may = (one: Mechanism) => one === 'structural' || (writing?.isOpen() ?? false);
  const isSame = await watchSchema(database, signal);
  let schemaChanged = false;
  while (pairs.length < wanted && !signal.aborted && !writing?.failure() && !schemaChanged) {
    await turn?.();
    const mechanism = turns.next(pairs, may);
    if (!mechanism) break;
    const tried = await tryOne(mechanism, pairs, { exploration, place, ...(writing ? { writing } : {}) });
    turns.tried(mechanism, !('stage' in tried));
    if ('stage' in tried) {
      // What was under way when the budget or the server ended is no fault of what was written.
      if (!isCutOff(tried, writing, signal)) rejected.push({ mechanism, ...tried });
      if (tried.stage === 'error') schemaChanged = !(await isSame());
      continue;
    }
    const pair = keepCandidate(tried, pairs.length + 1, exploration);
    pairs.push(pair);
    onPair?.(pair, pairs.length);
  }
  const ended = writing?.failure();
  return {
    pairs,
    rejected,
    acceptance: acceptanceOf(pairs.slice(before.length), rejected),
    worded: writing?.worded() ?? { kept: 0, of: 0 },
    ...exploration.seen.shares(),
    schemaChanged,
    ...(writing?.spent() ?? { calls: 0, tokens: 0 }),
    ...(ended ? { ended } : {}),
  };
}

/** Tells whether the schema is as it was; where that cannot be told, it is taken to be. */
async function watchSchema(database: Database, signal: AbortSignal): Promise<() => Promise<boolean>> {
  const before = await database.schemaStamp(signal);
  return async () => {
    const now = await database.schemaStamp(signal);
    return !before.ok || !now.ok || before.value === now.value;
  };
}

/** With joins that nobody declared or walked, as far as names and values tell of them. */
async function graphOf(place: Place, evidence: GraphEvidence = {}): Promise<ColumnGraph> {
  const { joins } = columnGraph(place.catalog, evidence);
  const guessed = await guessJoins(place, joins);
  return columnGraph(place.catalog, { ...evidence, found: [...(evidence.found ?? []), ...guessed] });
}

interface Over {
  readonly exploration: Exploration;
  readonly place: Place;
  readonly writing?: ModelWriting;
}

/** One more of a mechanism, screened. */
async function tryOne(
  mechanism: Mechanism,
  pairs: readonly ExploredPair[],
  { exploration, place, writing }: Over,
): Promise<Kept | Fault> {
  if (mechanism !== 'structural') return writing ? writing[mechanism](pairs, place.signal) : { stage: 'no query' };
  const draft = drawDraft(exploration);
  if (!draft) return { stage: 'no query' };
  const written = writeQuery(draft.query, exploration.graph.catalog);
  if (typeof written === 'string') return { stage: written };
  const { question, shape } = draft;
  const candidate = { mechanism, question, evidence: '', written, shape, isList: shape === 'list' };
  const kept = await screenCandidate(candidate, exploration, place);
  return 'stage' in kept || !writing?.isOpen() ? kept : writing.reword(kept, place.signal);
}

const isCutOff = ({ stage }: Fault, writing: ModelWriting | undefined, { aborted }: AbortSignal): boolean =>
  aborted || (stage === 'no reply' && writing !== undefined && !writing.isOpen());

function acceptanceOf(
  pairs: readonly ExploredPair[],
  rejected: readonly Rejected[],
): Readonly<Record<Mechanism, Acceptance>> {
  const of = (one: Mechanism): Acceptance => {
    const kept = pairs.filter(({ mechanism }) => mechanism === one).length;
    return { kept, of: kept + rejected.filter(({ mechanism }) => mechanism === one).length };
  };
  return { structural: of('structural'), semantic: of('semantic'), progressive: of('progressive') };
}
