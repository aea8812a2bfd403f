import type { DatabaseId } from '#src/domain/ids.ts';
import { ANSWER_LIMITS, type ResultTable, type StatementLimits } from '#src/domain/result-table.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import type { DatabaseProbe } from '#src/domain/trace.ts';
import { judge } from '#src/guard/judge.ts';
import type { AnswerPorts } from '../answer-ports.ts';
import { type PlanFor, readWhole } from '../support/plan-for.ts';
import { probedProbabilities } from '../support/probed-probabilities.ts';
import { unexplained } from '../support/unexplained.ts';

/** Databases that are probed at most, the likeliest ones, and the probability of the first from which none is. */
export const PROBED = 6;
export const SURE = 0.95;
/** A statement of a probe, and all of them together: it is asked what is there, not for the answer. */
const PROBE_LIMITS: StatementLimits = { ...ANSWER_LIMITS, timeoutMs: 1_000, maxRows: 20 };
const ALL_MS = 2_000;

export interface ProbeInput {
  /** The question, standing alone. */
  readonly text: string;
  readonly slice: SchemaSlice;
  readonly planFor: PlanFor;
  /** What was known of databases before the question was read, as logits: it is in the slice, and no probe weighs on it. */
  readonly prior?: ReadonlyMap<string, number>;
}

export type ProbePorts = Pick<AnswerPorts, 'database' | 'scopeOf'>;

export interface Probed {
  readonly slice: SchemaSlice;
  readonly probes: readonly DatabaseProbe[];
}

/** Whether there is anything to probe: several databases, and a first that is not sure. */
export const isProbed = ({ databases: [first, second] }: Pick<SchemaSlice, 'databases'>): boolean =>
  first !== undefined && second !== undefined && first.probability < SURE;

/**
 * Tries the planner's reading of a question on each near database before anybody is asked which one is meant: how much of the question it
 * leaves unread there, and whether something comes back. All at once, read-only, within a second each; a database that is not reached in
 * time, or whose statement the gate refuses, is as if it had not been tried. What comes back moves the probabilities and is kept nowhere.
 */
export async function probeDatabases(
  { text, slice, planFor, prior }: ProbeInput,
  ports: ProbePorts,
  signal: AbortSignal,
): Promise<Probed> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ALL_MS)]);
  const near = slice.databases.slice(0, PROBED).map(({ databaseId }) => databaseId);
  const probes = await Promise.all(near.map((id) => probe(id, text, planFor, ports, within)));
  const made = probes.flatMap((one) => one ?? []);
  return { slice: { ...slice, databases: probedProbabilities(slice.databases, made, { prior }) }, probes: made };
}

async function probe(
  databaseId: DatabaseId,
  text: string,
  planFor: PlanFor,
  ports: ProbePorts,
  signal: AbortSignal,
): Promise<DatabaseProbe | undefined> {
  const over = planFor(databaseId);
  if (!over) return undefined;
  const { plan, schema } = over;
  const { explained } = unexplained(text, readWhole(schema, text).catalog);
  if (plan.kind === 'declined') return { databaseId, unread: plan.unread.length, explained };
  const found = await foundBy(plan.sql, databaseId, ports, signal);
  return { databaseId, unread: 0, explained, ...(found ? { found } : {}) };
}

/** What a statement brings back; undefined where it could not be run, or not at once. */
async function foundBy(
  sql: string,
  databaseId: DatabaseId,
  { database, scopeOf }: ProbePorts,
  signal: AbortSignal,
): Promise<DatabaseProbe['found']> {
  const scope = scopeOf(databaseId);
  if (!scope || signal.aborted) return undefined;
  const opened = await database(databaseId);
  if (!opened.ok) return undefined;
  const judged = await judge(sql, opened.value.engine, scope);
  if (!judged.ok) return undefined;
  const ran = await opened.value.run(judged.value, PROBE_LIMITS, signal);
  if (!ran.ok) return undefined;
  return saysSomething(ran.value) ? 'rows' : 'nothing';
}

/** Anything but nothing or 0. */
export const saysSomething = ({ rows }: Pick<ResultTable, 'rows'>): boolean =>
  rows.some((row) => row.some((cell) => cell !== null && Number(cell) !== 0));
