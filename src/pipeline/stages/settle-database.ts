import type { ClarificationOption } from '#src/domain/answer.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { isAskedEnough, type Question } from '#src/domain/question.ts';
import type { DatabaseScore, SchemaSlice } from '#src/domain/schema-slice.ts';
import { type StageRecord, sayStage } from '#src/domain/trace.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { type FamilyPorts, sayFamily } from '../support/near-copies.ts';
import type { PlanFor } from '../support/plan-for.ts';
import type { Trace } from '../support/trace.ts';
import { askAmongCopies } from './ask-among-copies.ts';
import { ASKED_ENOUGH, clarify, type DatabaseDecision, EVEN, guessed } from './clarify.ts';

/** Coverage of the question's words under which no table is about it. Chosen on Spider's training questions. */
const RELEVANT = 0.12;
/** Tables of a database that a model may answer from, as an option tells them. */
const NEAR_TABLES = 3;

export interface SettleInput {
  readonly question: Question;
  readonly slice: SchemaSlice;
  readonly sureByModel: boolean;
  readonly planFor: PlanFor;
  /** What only one of them can answer is in the probabilities already. */
  readonly probed: boolean;
  readonly price: number;
  readonly withModel: boolean;
  readonly neverAsk: boolean;
  readonly bound?: DatabaseId;
}

export type SettledDatabase =
  | { readonly kind: 'settled'; readonly database: DatabaseScore; readonly assumption?: string }
  | { readonly kind: 'nothing-relevant'; readonly failure: Failure }
  | {
      readonly kind: 'doubt';
      readonly prompt: string;
      readonly options: readonly ClarificationOption[];
      readonly reason: string;
    };

/** One database, or the question back which. */
export async function settleDatabase(
  { question, slice, sureByModel, planFor, probed, price, withModel, neverAsk, bound }: SettleInput,
  ports: FamilyPorts & Pick<SchemaRetriever, 'catalogOf'>,
  trace: Trace,
): Promise<SettledDatabase> {
  const first = slice.databases[0];
  if (!first) throw new Error('there is no database to settle on');
  const plannedTables = (id: DatabaseId) => {
    const plan = planFor(id)?.plan;
    return plan?.kind === 'planned' ? plan.tables : undefined;
  };
  // With a model, a database that the planner cannot read the question over may still answer it.
  const nearTables = (id: DatabaseId) =>
    withModel ? slice.databases.find((one) => one.databaseId === id)?.tables.slice(0, NEAR_TABLES) : undefined;
  const tablesUsed = (id: DatabaseId) => plannedTables(id) ?? nearTables(id);
  const offered = question.thread.offered ?? [];
  const decided = await trace.stage(
    async () => {
      const { catalogOf } = ports;
      const made = clarify({ slice, price, offered, tablesUsed, abilityTells: !withModel && !probed }, catalogOf);
      return made.kind === 'doubt'
        ? askAmongCopies(made, { question, slice, price, tablesUsed }, catalogOf, ports)
        : made;
    },
    (made) => recordOf(made, slice, bound),
  );
  // Whoever names the database gets its own answer, be it a decline.
  if (bound !== undefined) return { kind: 'settled', database: first };
  const relevant = slice.coverage >= RELEVANT || sureByModel;
  if (decided.kind === 'settled') {
    if (!relevant && !plannedTables(first.databaseId)) return nothingRelevant(slice);
    const { database, assumption } = decided;
    return { kind: 'settled', database, ...(assumption ? { assumption } : {}) };
  }
  if (neverAsk) {
    const { best } = decided;
    if (!relevant && !plannedTables(first.databaseId)) return nothingRelevant(slice);
    const enough = isAskedEnough(question.thread) ? ASKED_ENOUGH : undefined;
    const assumption = best.probability < EVEN ? guessed(best.databaseId) : enough;
    return { kind: 'settled', database: best, ...(assumption ? { assumption } : {}) };
  }
  if (!relevant) return nothingRelevant(slice);
  const { options } = decided;
  return { kind: 'doubt', prompt: promptOf(decided), options, reason: sayStage(recordOf(decided, slice, bound)) };
}

function recordOf(made: DatabaseDecision, slice: SchemaSlice, bound: DatabaseId | undefined): StageRecord {
  const taken = made.kind === 'settled' ? made.database : made.best;
  const first = slice.databases[0] ?? taken;
  return {
    stage: 'clarify',
    decision: bound === undefined ? made.decision : 'bound',
    databaseId: first.databaseId,
    probability: first.probability,
    askedBelow: made.askedBelow,
    ...(made.kind === 'doubt' ? { options: made.options.map((one) => one.databaseId) } : {}),
  };
}

/** What is asked back about databases. */
function promptOf({ options, more, likelier, copies }: DatabaseDecision & { readonly kind: 'doubt' }): string {
  if (copies)
    return `${sayFamily(copies, options)} Which should answer this?${more ? ' Reply with the name of any.' : ''}`;
  const [only, second] = options;
  if (only && !second)
    return likelier === undefined
      ? `I am not sure which database this is about. Should ${only.databaseId} answer it?`
      : `${likelier} looks likelier, but I cannot read this question over it. Should ${only.databaseId} answer it?`;
  return more
    ? `Which database should answer this? More than ${options.length} hold something like it; reply with the name of any.`
    : `Which database should answer this? ${options.length} of them hold something like it.`;
}

function nothingRelevant(slice: SchemaSlice): SettledDatabase {
  const nearest = slice.tables
    .slice(0, 2)
    .map(({ databaseId, table }) => ({ database: databaseId, table: table.name }));
  return { kind: 'nothing-relevant', failure: { kind: 'no-relevant-tables', searched: slice.searchedTables, nearest } };
}
