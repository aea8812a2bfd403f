import { type DatabaseCatalog, tableLabel } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import type { ExploredPair, Mechanism, Rejection } from '#src/domain/explored-pair.ts';
import type { Database } from '#src/ports/database.ts';
import { columnsIn } from '#src/query-log/used-in.ts';
import { visit } from '#src/sql/query-ir.ts';
import { skeletonOf } from '#src/sql/skeleton.ts';
import { type ColumnGraph, columnGraph, columnKey, type GraphEvidence, type GraphJoin } from './column-graph.ts';
import { type Coverage, openCoverage } from './coverage.ts';
import type { Draft } from './draft.ts';
import { guessJoins } from './guess-joins.ts';
import { type Random, randomFrom } from './random.ts';
import { type Place, type Ran, runQuery } from './run-query.ts';
import { type SubSchema, sampleSchema, sampleSize } from './sample-schema.ts';
import { type Novelty, openNovelty, saysLiterals, screenResult } from './screen.ts';
import { structural } from './structural.ts';
import { joinsIn } from './used-in.ts';
import { difficultyOf, explainQuery, type WrittenQuery, writeQuery } from './write-pair.ts';

export interface ExploreOptions {
  /** So many in all, those of before included. */
  readonly pairs: number;
  readonly seed: number;
  readonly evidence?: GraphEvidence;
  /** What was written before: nothing of it is written again. */
  readonly before?: readonly ExploredPair[];
  readonly onPair?: (pair: ExploredPair, kept: number) => void;
}

export interface Rejected {
  readonly stage: Rejection;
  readonly mechanism: Mechanism;
  readonly sql?: string;
}

/** What exploring came to. */
export interface Explored {
  /** Those of before first. */
  readonly pairs: readonly ExploredPair[];
  readonly rejected: readonly Rejected[];
  /** Of columns that may be shown, and of joins, the share that some pair uses. */
  readonly columnsCovered: number;
  readonly joinsCovered: number;
}

/** What is known while a database is explored. */
interface Exploration {
  readonly graph: ColumnGraph;
  readonly random: Random;
  readonly seen: Coverage;
  readonly novelty: Novelty;
  /** How often a query of each skeleton was written. */
  readonly skeletons: Map<string, number>;
}

/** Drafts in a row of which none is kept, after which a database has given what it has. */
const DRY = 300;

/**
 * Writes questions with their queries over a database by program, without a model: samples a part of it, makes a query of some shape
 * over that, and keeps it if it runs, gives something, is explained whole, says its literals and is new. Bounded samples of the catalog
 * are all that it reads besides running the queries. The same seed over the same database gives the same pairs. An abort ends it with
 * what there is.
 */
export async function explore(
  database: Database,
  catalog: DatabaseCatalog,
  { pairs: wanted, seed, evidence, before = [], onPair }: ExploreOptions,
  signal: AbortSignal,
): Promise<Explored> {
  const graph = await graphOf({ database, catalog, signal }, evidence);
  const exploration: Exploration = {
    graph,
    random: randomFrom(seed + before.length),
    seen: openCoverage(graph),
    novelty: openNovelty(),
    skeletons: new Map(),
  };
  for (const pair of before) takeUp(pair, exploration);
  const pairs = [...before];
  const rejected: Rejected[] = [];
  for (let dry = 0; pairs.length < wanted && dry < DRY && !signal.aborted; dry += 1) {
    const draft = drawDraft(exploration);
    const tried = draft ? await tryDraft(draft, exploration, database, signal) : ({ stage: 'no query' } as const);
    if ('stage' in tried) {
      rejected.push({ mechanism: 'structural', ...tried });
      continue;
    }
    const pair = pairOf(tried, pairs.length + 1, catalog);
    pairs.push(pair);
    onPair?.(pair, pairs.length);
    dry = -1;
  }
  return { pairs, rejected, ...exploration.seen.shares() };
}

/** With joins that nobody declared or walked, as far as names and values tell of them. */
async function graphOf(place: Place, evidence: GraphEvidence = {}): Promise<ColumnGraph> {
  const { joins } = columnGraph(place.catalog, evidence);
  const guessed = await guessJoins(place, joins);
  return columnGraph(place.catalog, { ...evidence, found: [...(evidence.found ?? []), ...guessed] });
}

/** Counts a pair of before among what was written. */
function takeUp({ sql, question }: ExploredPair, exploration: Exploration): void {
  const written = explainQuery(sql, exploration.graph.catalog);
  if (typeof written === 'string') return; // the schema is another by now
  const columns = columnsIn(written.query, exploration.graph.catalog).map(columnKey);
  exploration.novelty.isNew(skeletonOf(written.query), columns, question);
  count(written, columns, exploration);
}

function count({ query }: WrittenQuery, columns: readonly string[], { graph, seen, skeletons }: Exploration): void {
  const skeleton = skeletonOf(query);
  skeletons.set(skeleton, (skeletons.get(skeleton) ?? 0) + 1);
  seen.add(columns, joinsIn(query, graph.joins, graph.catalog));
}

/** Draws that try to use what has been used least, before one that does not is taken. */
const TRIES = 5;

/** A draft over a part of the database that begins at what was used least: a join that no pair has yet, else a column. */
function drawDraft({ graph, seen, random, skeletons }: Exploration): Draft | undefined {
  const join = random.chance(0.5) ? seen.unusedJoin(random) : undefined;
  const walk = random.chance(0.5) ? 'random' : 'weighted';
  const sub = join
    ? aroundJoin(graph, join, random)
    : sampleSchema(graph, { walk, ...sampleSize(random), sampled: seen.times }, random);
  if (!sub) return undefined;
  const wanted = join ? [join.from.name, join.to.name, join.pairs[0]![0].name] : [sub.start.column.name];
  let draft: Draft | undefined;
  for (let tried = 0; tried < TRIES; tried += 1) {
    draft = structural(sub, graph, random, (skeleton) => skeletons.get(skeleton) ?? 0) ?? draft;
    const names = draft && namesIn(draft);
    if (wanted.every((name) => names?.has(name))) return draft;
  }
  return draft;
}

function namesIn({ query }: Draft): ReadonlySet<string> {
  const names = new Set<string>();
  visit(query, (node) => {
    if (node.name !== undefined) names.add(node.name);
  });
  return names;
}

const COLUMNS_AROUND = 6;

/** Both tables of a join, with a few columns of each. */
function aroundJoin(graph: ColumnGraph, join: GraphJoin, random: Random): SubSchema {
  const tables = [...new Set([join.from, join.to])];
  const columns = tables.flatMap((table) => random.some(graph.columnsOf.get(table) ?? [], COLUMNS_AROUND));
  const start: ColumnOf = { table: join.from, column: join.pairs[0]![0] };
  return { tables, joins: [join], columns, start };
}

/** What `checks` has of a pair that joins by a guess. */
export const GUESSED_JOIN = 'guessed join';

interface Kept {
  readonly draft: Draft;
  readonly written: WrittenQuery;
  readonly ran: Ran;
  readonly columns: readonly string[];
  /** It joins by what is no more than a guess. */
  readonly isGuessed: boolean;
}

/** So many of the queries that give nothing are kept: a filter may find nothing. */
const EMPTY_KEPT = 0.1;

/** A draft as it is written, run and looked at; or the stage at which it goes. */
async function tryDraft(
  draft: Draft,
  exploration: Exploration,
  database: Database,
  signal: AbortSignal,
): Promise<Kept | Omit<Rejected, 'mechanism'>> {
  const { graph, novelty, random } = exploration;
  const { catalog } = graph;
  const written = writeQuery(draft.query, catalog);
  if (typeof written === 'string') return { stage: written };
  const { sql } = written;
  const columns = columnsIn(written.query, catalog).map(columnKey);
  if (!saysLiterals(written.query, draft.question)) return { stage: 'literal not asked for', sql };
  if (!novelty.isNew(skeletonOf(written.query), columns, draft.question)) return { stage: 'near duplicate', sql };
  const ran = await runQuery(written, { database, catalog, signal });
  if (typeof ran === 'string') return { stage: ran, sql };
  const fault = screenResult(ran.table, draft.shape === 'list');
  const isKept = fault === undefined || (fault === 'empty' && (hasNoRows(catalog) || random.chance(EMPTY_KEPT)));
  if (!isKept) return { stage: fault, sql };
  count(written, columns, exploration);
  const guessed = graph.joins.filter(({ source }) => source === 'guessed');
  const isGuessed = joinsIn(written.query, guessed, catalog).length > 0;
  return { draft, written, ran, columns, isGuessed };
}

const hasNoRows = ({ tables }: DatabaseCatalog) => tables.every(({ rowEstimate }) => rowEstimate === 0);

function pairOf(
  { draft, written, ran, columns, isGuessed }: Kept,
  number: number,
  catalog: DatabaseCatalog,
): ExploredPair {
  const tables = columnsIn(written.query, catalog).map(({ table }) => tableLabel(table, catalog.engine));
  return {
    id: `${catalog.databaseId}-${number}`,
    db_id: catalog.databaseId,
    question: draft.question,
    evidence: '',
    sql: written.sql,
    edl: written.edl,
    difficulty: difficultyOf(written),
    tables: [...new Set(tables)],
    columns,
    mechanism: 'structural',
    shape: draft.shape,
    generation: 0,
    dialect: catalog.engine,
    result_rows: ran.table.rows.length,
    exec_ms: Math.round(ran.ms * 10) / 10,
    checks: ['executed', 'explained whole', 'same again', 'literals', 'new', ...(isGuessed ? [GUESSED_JOIN] : [])],
  };
}
