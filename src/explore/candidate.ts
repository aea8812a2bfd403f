import { type DatabaseCatalog, tableLabel } from '#src/domain/catalog.ts';
import type { ExploredPair, Mechanism, Rejected } from '#src/domain/explored-pair.ts';
import { columnsIn } from '#src/query-log/used-in.ts';
import { skeletonOf } from '#src/sql/skeleton.ts';
import { columnKey } from './column-graph.ts';
import { countUse, type Exploration } from './exploration.ts';
import { type Place, type Ran, runQuery } from './run-query.ts';
import { saysLiterals, screenResult } from './screen.ts';
import { joinsIn } from './used-in.ts';
import { difficultyOf, type WrittenQuery } from './write-pair.ts';

/** What `checks` has of a pair that joins by a guess. */
export const GUESSED_JOIN = 'guessed join';

/** A question with its query, before anything is known of it but that it is explained whole. */
export interface Candidate {
  readonly mechanism: Mechanism;
  readonly question: string;
  readonly evidence: string;
  readonly written: WrittenQuery;
  readonly shape?: string;
  readonly parent?: ExploredPair;
  /** Whether it lists rows as they are: of those any number is kept. */
  readonly isList: boolean;
}

export interface Kept {
  readonly candidate: Candidate;
  readonly ran: Ran;
  readonly columns: readonly string[];
  /** What was looked at, and held. */
  readonly checks: readonly string[];
}

/** Why something is not kept. */
export type Fault = Omit<Rejected, 'mechanism'>;

/** So many of the queries that give nothing are kept: a filter may find nothing. */
const EMPTY_KEPT = 0.1;

/** A candidate that says its literals, is new, runs and gives something; or why it is not kept. */
export async function screenCandidate(
  candidate: Candidate,
  { graph, novelty, random }: Exploration,
  place: Place,
): Promise<Kept | Fault> {
  const { written, question, evidence } = candidate;
  const { catalog } = graph;
  const { sql } = written;
  const columns = columnsIn(written.query, catalog).map(columnKey);
  if (!saysLiterals(written.query, `${question} ${evidence}`)) return { stage: 'literal not asked for', sql };
  if (!novelty.isNew(skeletonOf(written.query), columns, question)) return { stage: 'near duplicate', sql };
  const ran = await runQuery(written, place);
  if (typeof ran === 'string') return { stage: ran, sql };
  const fault = screenResult(ran.table, candidate.isList);
  const isKept = fault === undefined || (fault === 'empty' && (hasNoRows(catalog) || random.chance(EMPTY_KEPT)));
  if (!isKept) return { stage: fault, sql };
  return { candidate, ran, columns, checks: ['executed', 'explained whole', 'same again', 'literals', 'new'] };
}

const hasNoRows = ({ tables }: DatabaseCatalog) => tables.every(({ rowEstimate }) => rowEstimate === 0);

/** A candidate as it is kept, counted among what was written. */
export function keepCandidate(
  { candidate, ran, columns, checks }: Kept,
  number: number,
  exploration: Exploration,
): ExploredPair {
  const { catalog, joins } = exploration.graph;
  const { written, mechanism, question, evidence, shape, parent } = candidate;
  countUse(written, columns, exploration);
  exploration.questions.add(question);
  const guessed = joins.filter(({ source }) => source === 'guessed');
  const isGuessed = joinsIn(written.query, guessed, catalog).length > 0;
  const tables = columnsIn(written.query, catalog).map(({ table }) => tableLabel(table, catalog.engine));
  return {
    id: `${catalog.databaseId}-${number}`,
    db_id: catalog.databaseId,
    question,
    evidence,
    sql: written.sql,
    edl: written.edl,
    difficulty: difficultyOf(written),
    tables: [...new Set(tables)],
    columns,
    mechanism,
    ...(shape === undefined ? {} : { shape }),
    ...(parent ? { parent: parent.id } : {}),
    generation: parent ? parent.generation + 1 : 0,
    dialect: catalog.engine,
    result_rows: ran.table.rows.length,
    exec_ms: Math.round(ran.ms * 10) / 10,
    checks: [...checks, ...(isGuessed ? [GUESSED_JOIN] : [])],
  };
}
