import { performance } from 'node:perf_hooks';
import { type DatabaseCatalog, tableLabel } from '#src/domain/catalog.ts';
import type { ColumnOf } from '#src/domain/column-meaning.ts';
import { ANSWER_LIMITS, type ResultTable } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { skeletonOf } from '#src/sql/skeleton.ts';
import {
  type ColumnGraph,
  columnGraph,
  columnKey,
  type GraphEvidence,
  type GraphJoin,
  joinKey,
} from './column-graph.ts';
import type { Draft } from './draft.ts';
import type { ExploredPair, Mechanism, Rejection } from './pair.ts';
import { type Random, randomFrom } from './random.ts';
import { type SubSchema, sampleSchema, sampleSize } from './sample-schema.ts';
import { MOST_ROWS, openNovelty, saysLiterals, screenResult } from './screen.ts';
import { structural } from './structural.ts';
import { columnsIn, joinsIn } from './used-in.ts';
import { difficultyOf, type WrittenQuery, writeQuery } from './write-pair.ts';

/** A statement that runs longer teaches nothing that anybody would wait for. */
export const SLOWEST_MS = 25_000;

export interface ExploreOptions {
  readonly pairs: number;
  readonly seed: number;
  readonly evidence?: GraphEvidence;
  readonly onPair?: (pair: ExploredPair, accepted: number) => void;
}

/** What exploring came to. */
export interface Explored {
  readonly pairs: readonly ExploredPair[];
  readonly rejected: readonly { readonly stage: Rejection; readonly mechanism: Mechanism; readonly sql?: string }[];
  /** Shares of what the graph has: columns that may be shown, joins. */
  readonly columnsCovered: number;
  readonly joinsCovered: number;
}

/** Drafts in a row of which none is kept, after which a database has given what it has. */
const DRY = 300;

/**
 * Writes questions with their queries over a database by program, without a model: samples a part of it, makes a query of some shape
 * over that, and keeps it if it runs, gives something, is explained whole, says its literals and is new. Bounded samples of the catalog
 * are all that it reads besides running the queries. The same seed over the same database gives the same pairs.
 */
export async function explore(
  database: Database,
  catalog: DatabaseCatalog,
  options: ExploreOptions,
  signal: AbortSignal,
): Promise<Explored> {
  const random = randomFrom(options.seed);
  const graph = columnGraph(catalog, options.evidence);
  const seen = openCoverage(graph);
  const novelty = openNovelty();
  const skeletons = new Map<string, number>();
  const pairs: ExploredPair[] = [];
  const rejected: { stage: Rejection; mechanism: Mechanism; sql?: string }[] = [];
  for (let dry = 0; pairs.length < options.pairs && dry < DRY && !signal.aborted; dry += 1) {
    const draft = drawDraft(graph, seen, random, (skeleton) => skeletons.get(skeleton) ?? 0);
    const written = draft ? writeQuery(draft.query, catalog) : 'no query';
    const reject = (stage: Rejection) =>
      rejected.push({ stage, mechanism: 'structural', ...(typeof written === 'string' ? {} : { sql: written.sql }) });
    if (!draft || typeof written === 'string') {
      reject(typeof written === 'string' ? written : 'no query');
      continue;
    }
    const columns = columnsIn(written.query, catalog).map(columnKey);
    if (!saysLiterals(written.query, draft.question)) reject('literal not asked for');
    else if (!novelty.isNew(skeletonOf(written.query), columns, draft.question)) reject('near duplicate');
    else {
      const tried = await tryQuery(written, draft, { database, catalog, random, signal });
      if (typeof tried === 'string') {
        reject(tried);
        continue;
      }
      const pair = pairOf({ draft, written, tried, columns, number: pairs.length + 1 }, catalog);
      pairs.push(pair);
      const skeleton = skeletonOf(draft.query);
      skeletons.set(skeleton, (skeletons.get(skeleton) ?? 0) + 1);
      seen.add(columns, joinsIn(written.query, graph.joins, catalog));
      options.onPair?.(pair, pairs.length);
      dry = -1;
    }
  }
  return { pairs, rejected, ...seen.shares() };
}

/** Draws that try to use what has been used least, before one that does not is taken. */
const TRIES = 5;

/** A draft over a part of the database that begins at what was used least: a join that no pair has yet, else a column. */
function drawDraft(
  graph: ColumnGraph,
  seen: Coverage,
  random: Random,
  written: (skeleton: string) => number,
): Draft | undefined {
  const join = random.chance(0.5) ? seen.unusedJoin(random) : undefined;
  const size = sampleSize(random);
  const sub = join
    ? aroundJoin(graph, join, random)
    : sampleSchema(graph, { walk: random.chance(0.5) ? 'random' : 'weighted', ...size, sampled: seen.times }, random);
  if (!sub) return undefined;
  let draft: Draft | undefined;
  for (let tried = 0; tried < TRIES; tried += 1) {
    draft = structural(sub, graph, random, written) ?? draft;
    const { query } = draft ?? {};
    if (query && (join ? usesJoin(query, join) : usesColumn(query, sub.start))) return draft;
  }
  return draft;
}

const text = (query: unknown) => JSON.stringify(query);
const usesColumn = (query: unknown, { column }: ColumnOf) =>
  text(query).includes(`"name":${JSON.stringify(column.name)}`);
const usesJoin = (query: unknown, { from, to, pairs }: GraphJoin) =>
  [from.name, to.name, pairs[0]![0].name].every((name) => text(query).includes(`"name":${JSON.stringify(name)}`));

/** Both tables of a join, with a few columns of each. */
function aroundJoin(graph: ColumnGraph, join: GraphJoin, random: Random): SubSchema {
  const tables = [...new Set([join.from, join.to])];
  const columns = tables.flatMap((table) => random.some(graph.columnsOf.get(table) ?? [], 6));
  const start = { table: join.from, column: join.pairs[0]![0] };
  return { tables, joins: [join], columns, start };
}

interface Coverage {
  /** How often each column was used. */
  readonly times: ReadonlyMap<string, number>;
  add(columns: readonly string[], joins: readonly string[]): void;
  unusedJoin(random: Random): GraphJoin | undefined;
  shares(): Pick<Explored, 'columnsCovered' | 'joinsCovered'>;
}

function openCoverage({ columns, joins }: ColumnGraph): Coverage {
  const times = new Map<string, number>();
  const walked = new Set<string>();
  const share = (part: number, whole: number) => (whole ? part / whole : 1);
  return {
    times,
    add(used, walks) {
      for (const one of used) times.set(one, (times.get(one) ?? 0) + 1);
      for (const one of walks) walked.add(one);
    },
    unusedJoin(random) {
      const left = joins.filter((join) => !walked.has(joinKey(join)));
      return left.length ? random.pick(left) : undefined;
    },
    shares: () => ({
      columnsCovered: share(columns.filter((one) => times.has(columnKey(one))).length, columns.length),
      joinsCovered: share(joins.filter((join) => walked.has(joinKey(join))).length, joins.length),
    }),
  };
}

interface Place {
  readonly database: Database;
  readonly catalog: DatabaseCatalog;
  readonly random: Random;
  readonly signal: AbortSignal;
}

interface Tried {
  readonly rows: number;
  readonly ms: number;
}

/** So many of the queries that give nothing are kept: a filter may find nothing. */
const EMPTY_KEPT = 0.1;

/** Runs a query as an answer would be run; else why it is not kept. */
async function tryQuery(written: WrittenQuery, { shape }: Draft, place: Place): Promise<Tried | Rejection> {
  const started = performance.now();
  const first = await rowsOf(written.sql, place);
  if (typeof first === 'string') return first;
  const ms = performance.now() - started;
  if (ms > SLOWEST_MS) return 'too slow';
  if (written.again !== undefined) {
    const again = await rowsOf(written.again, place);
    if (typeof again === 'string' || !sameRows(first, again)) return 'not the same again';
  }
  const fault = screenResult(first, shape === 'list');
  const kept =
    fault === undefined || (fault === 'empty' && (hasNoRows(place.catalog) || place.random.chance(EMPTY_KEPT)));
  return kept ? { rows: first.rows.length, ms } : fault;
}

const hasNoRows = ({ tables }: DatabaseCatalog) => tables.every(({ rowEstimate }) => rowEstimate === 0);

async function rowsOf(sql: string, { database, catalog, signal }: Place): Promise<ResultTable | Rejection> {
  const judged = await judge(sql, catalog.engine, wholeCatalog(catalog));
  if (!judged.ok) return 'refused by the gate';
  const ran = await database.run(judged.value, { ...ANSWER_LIMITS, timeoutMs: SLOWEST_MS, maxRows: MOST_ROWS }, signal);
  return ran.ok ? ran.value : ran.failure.kind === 'query-timed-out' ? 'too slow' : 'error';
}

/** Rows in any order, by position. */
function sameRows(one: ResultTable, other: ResultTable): boolean {
  const texts = ({ rows }: ResultTable) => rows.map((row) => row.map(String).join('\u0000')).sort();
  const [left, right] = [texts(one), texts(other)];
  return left.length === right.length && left.every((row, at) => row === right[at]);
}

interface Kept {
  readonly draft: Draft;
  readonly written: WrittenQuery;
  readonly tried: Tried;
  readonly columns: readonly string[];
  readonly number: number;
}

function pairOf({ draft, written, tried, columns, number }: Kept, catalog: DatabaseCatalog): ExploredPair {
  const tables = [...new Set(columnsIn(written.query, catalog).map(({ table }) => tableLabel(table, catalog.engine)))];
  return {
    id: `${catalog.databaseId}-${number}`,
    db_id: catalog.databaseId,
    question: draft.question,
    evidence: '',
    sql: written.sql,
    edl: written.edl,
    difficulty: difficultyOf(written),
    tables,
    columns,
    mechanism: 'structural',
    shape: draft.shape,
    generation: 0,
    dialect: catalog.engine,
    result_rows: tried.rows,
    exec_ms: Math.round(tried.ms * 10) / 10,
    checks: ['executed', 'explained whole', 'same again', 'literals', 'new'],
  };
}
