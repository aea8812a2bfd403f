import type { Candidate } from '#src/domain/answer.ts';
import { resultKey } from '#src/domain/result-key.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { nothingTried, refine, type TriedCandidate } from '#src/pipeline/stages/refine.ts';
import { groupByResult, type ResultGroup } from '#src/pipeline/stages/select.ts';
import type { Database } from '#src/ports/database.ts';
import { type AtHand, scopeOf } from './at-hand.ts';
import { type LeftOut, leftOut } from './lesson.ts';
import { mayShowRows } from './shown-rows.ts';

/** What generators of a measured pipeline wrote for one question. */
export interface CandidatePool {
  readonly id: string;
  readonly candidates: readonly Candidate[];
}

/** A pool whose candidates were tried again, here. */
export interface TriedPool {
  readonly tried: readonly TriedCandidate[];
  /** By result, as the selector is shown them, the likeliest first. */
  readonly groups: readonly ResultGroup[];
  readonly isRight: (table: ResultTable) => boolean;
}

const never = new AbortController().signal;

/** Tries the candidates of a pool as the pipeline does; else why nothing is learned of it. */
export async function tryPool({ candidates }: CandidatePool, hand: AtHand): Promise<TriedPool | LeftOut> {
  const { context, place, table: gold, sql } = hand;
  if (candidates.length < 2) return leftOut('there is one candidate');
  if (!place.database || !gold) return leftOut('there is no data to try candidates on');
  // Whatever is empty would be right.
  if (!gold.rows.length) return leftOut('the query of the question has no rows');
  if (gold.truncated) return leftOut('the query of the question has too many rows to compare');
  const { asked } = context;
  const tried = await tryCandidates(candidates, hand, place.database);
  const ran = tried.filter(({ attempt }) => attempt.kind === 'ran');
  if (!hand.settings.personal && !ran.every((one) => mayShowRows(one.sql, place.catalog)))
    return leftOut('rows of its candidates may name a person');
  const inOrder = /order\s+by/i.test(sql);
  const wanted = resultKey(gold, inOrder);
  const ranking = { question: asked.text, engine: asked.engine, mode: 'hybrid' as const };
  return {
    tried,
    groups: groupByResult(tried, ranking),
    isRight: (table) => resultKey(table, inOrder) === wanted,
  };
}

/** Runs candidates as the pipeline does, none of them mended. */
export function tryCandidates(
  candidates: readonly Candidate[],
  { context: { asked, linked, schemaText }, place: { catalog } }: Pick<AtHand, 'context' | 'place'>,
  database: Database,
): Promise<readonly TriedCandidate[]> {
  const about = { asked, linked, schemaText, scope: scopeOf(catalog), askerId: 'training' };
  return refine({ ...about, candidates, rules: new Set(), turns: 0 }, { database }, nothingTried(), never);
}

/** The groups with the right result, and the others. */
export function rightAndWrong({ groups, isRight }: TriedPool) {
  const isRightOne = ({ candidates: [first] }: ResultGroup) => first !== undefined && isRight(first.attempt.table);
  return { right: groups.filter(isRightOne), wrong: groups.filter((group) => !isRightOne(group)) };
}
