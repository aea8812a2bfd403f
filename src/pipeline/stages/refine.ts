import type { Candidate } from '#src/domain/answer.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type Failure, SEVERAL_STATEMENTS } from '#src/domain/failure.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { ANSWER_LIMITS, type ResultTable, type StatementLimits } from '#src/domain/result-table.ts';
import type { LinkedSchema } from '#src/domain/schema-slice.ts';
import { judge } from '#src/guard/judge.ts';
import type { Scope } from '#src/guard/scope.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import { type MendCase, mendPrompt } from '#src/prompts/mend-sql.ts';
import type { AskedQuestion } from '#src/prompts/question-block.ts';
import { fenceClosed, readSqlReply } from '#src/prompts/read-reply.ts';
import { SQL_TOKENS } from '../generators/generator.ts';
import { plannerGenerator } from '../generators/planner.ts';
import { verifiedGenerator } from '../generators/verified.ts';
import { isGrave, type Meaningless, meaningless, sayMeaningless } from '../support/meaningless.ts';
import { daysApart } from '../support/mending/days-apart.ts';
import { inDialect } from '../support/mending/dialects.ts';
import { groupByKeys } from '../support/mending/groups.ts';
import { leaveOutJoins } from '../support/mending/joins.ts';
import { joinByKeys } from '../support/mending/keys.ts';
import { showLabels } from '../support/mending/labels.ts';
import { mendNames } from '../support/mending/names.ts';
import { endPeriods } from '../support/mending/periods.ts';
import { quoteTexts } from '../support/mending/quoted-text.ts';
import type { MendRule } from '../support/mending/rules.ts';
import { sideOfEach } from '../support/mending/sides.ts';
import { sideBySide } from '../support/mending/statements.ts';
import { nearestNames, unmatchedValues } from '../support/nearest-names.ts';

/** A candidate and what its run came to. */
export type TriedCandidate = Candidate & {
  readonly attempt:
    | { readonly kind: 'ran'; readonly sql: ReadOnlySql; readonly table: ResultTable }
    | { readonly kind: 'failed'; readonly failure: Failure };
  /** What of it means nothing though it runs. */
  readonly meaningless?: readonly Meaningless[];
};

/** Whether its figures mean something: what adds up keys or several currencies is never posted, whatever else there is. */
export const isMeant = ({ meaningless = [] }: TriedCandidate): boolean => !meaningless.some(isGrave);

export interface RefineInput {
  readonly candidates: readonly Candidate[];
  readonly asked: AskedQuestion;
  readonly linked: LinkedSchema;
  readonly schemaText: string;
  readonly scope: Scope;
  /** What the program mends before a model is asked. */
  readonly rules: ReadonlySet<MendRule>;
  /** Corrective turns a candidate; 0 tries the candidates without mending any. */
  readonly turns: number;
  readonly askerId: string;
}

/** A candidate is tried for less long than an answer may run; its rows are capped alike, so that a good try needs no second run. */
const TRY_LIMITS: StatementLimits = { ...ANSWER_LIMITS, timeoutMs: 8_000 };

/** What one question has tried so far, by SQL: a query is run once and mended once, whoever wrote it again. */
export interface AttemptCache {
  readonly attempts: Map<string, Promise<TriedCandidate['attempt']>>;
  readonly mended: Map<string, Promise<string | undefined>>;
}

export const nothingTried = (): AttemptCache => ({ attempts: new Map(), mended: new Map() });

/**
 * The refiner (sources.md#refiner): runs every candidate read-only under tight limits; what fails, adds up what is no amount, is empty
 * where a value matches nothing stored, or has a column of nulls goes back to a model once, with what is wrong and the nearest names. None is dropped:
 * the original and the mended one both stay.
 */
export async function refine(
  input: RefineInput,
  ports: { readonly database: Database; readonly refiner?: ChatModel },
  tried: AttemptCache,
  signal: AbortSignal,
): Promise<readonly TriedCandidate[]> {
  const results = await Promise.all(
    input.candidates.map(async (candidate) => {
      const first = await tryOut(candidate, input, ports.database, tried, signal);
      const all = [first, ...(await mendedByProgram(first, input, ports.database, tried, signal))];
      for (let turn = 0; turn < input.turns && ports.refiner && !signal.aborted; turn += 1) {
        const last = all.at(-1)!;
        const fault = faultOf(last, input);
        if (fault && !tried.mended.has(last.sql)) tried.mended.set(last.sql, mend(fault, input, ports.refiner, signal));
        const mended = fault && (await tried.mended.get(last.sql));
        if (!mended || all.some(({ sql }) => sql === mended)) break;
        const candidate: Candidate = {
          generator: last.generator,
          sql: mended,
          tables: [],
          assumptions: last.assumptions,
          mends: last.sql,
        };
        all.push(await tryOut(candidate, input, ports.database, tried, signal));
      }
      return all;
    }),
  );
  return results.flat();
}

/** A candidate as the program mends it, where that runs: what may be meant by one that failed, then what is wrong with one that runs. */
async function mendedByProgram(
  first: TriedCandidate,
  input: RefineInput,
  database: Database,
  tried: AttemptCache,
  signal: AbortSignal,
): Promise<TriedCandidate[]> {
  const { rules } = input;
  const attempt = (rule: MendRule, from: TriedCandidate, mended: Mended) => {
    const { attempt: _, meaningless: __, ...candidate } = from;
    const readAs = [...(from.readAs ?? []), ...(mended.readAs ?? [])];
    const mendedBy = [...(from.mendedBy ?? []), rule];
    const all = { ...candidate, ...mended, ...(readAs.length ? { readAs } : {}), mends: first.sql, mendedBy };
    return tryOut(all, input, database, tried, signal);
  };
  let last = first;
  for (const [rule, mendedOf] of ofFailed(input)) {
    const readings = rules.has(rule) && canMend(last, rule) ? mendedOf(last.sql) : [];
    last = (await firstWithRows(readings.map((one) => () => attempt(rule, last, one)))) ?? last;
  }
  for (const [rule, mendedOf] of ofRunning(input)) {
    if (rule === 'labels' && SHOWN_AS_MEANT.has(first.generator)) continue;
    const mended = rules.has(rule) && last.attempt.kind === 'ran' ? mendedOf(last.sql) : undefined;
    const held = mended && (await attempt(rule, last, mended));
    if (held?.attempt.kind === 'ran') last = held;
  }
  return last !== first && last.attempt.kind === 'ran' ? [last] : [];
}

/** What the planner shows it has settled by the question's own words, and what was verified somebody has seen. */
const SHOWN_AS_MEANT: ReadonlySet<string> = new Set([plannerGenerator.id, verifiedGenerator.id]);

type Mended = Pick<Candidate, 'sql' | 'readAs' | 'leftOut' | 'endsBefore' | 'toldApart' | 'labelled'>;

/** What is mended in a statement that runs, in this order. */
const ofRunning = ({
  asked,
  linked,
}: RefineInput): readonly (readonly [MendRule, (sql: string) => Mended | undefined])[] => [
  ['keys', (sql) => joinByKeys(sql, asked.engine, linked.catalog)],
  ['joins', (sql) => leaveOutJoins(sql, asked.engine, linked.catalog, asked.text)],
  ['sides', (sql) => asMended(sideOfEach(sql, asked.engine, linked.catalog, asked.text))],
  ['labels', (sql) => showLabels(sql, asked.engine, linked.catalog, asked.text)],
  ['periods', (sql) => endPeriods(sql, asked.engine, linked.catalog, asked)],
  ['groups', (sql) => groupByKeys(sql, asked.engine, linked.catalog)],
  ['days', (sql) => asMended(daysApart(sql, asked.engine, linked.catalog))],
];

const asMended = (sql: string | undefined): Mended | undefined => (sql === undefined ? undefined : { sql });

/** What a statement that failed may be, in this order. */
const ofFailed = ({ asked: { engine }, linked: { catalog } }: RefineInput): readonly FailedRule[] => {
  const one = (mended: Mended | undefined) => (mended ? [mended] : []);
  return [
    ['statements', (sql) => one(asMended(sideBySide(sql, engine)))],
    ['dialects', (sql) => one(asMended(inDialect(sql, engine)))],
    ['texts', (sql) => one(quoteTexts(sql, engine, catalog))],
    ['names', (sql) => mendNames(sql, engine, catalog)],
  ];
};

type FailedRule = readonly [rule: MendRule, mendedOf: (sql: string) => readonly Mended[]];

const canMend = ({ attempt }: TriedCandidate, rule: MendRule) =>
  attempt.kind === 'failed' &&
  (rule === 'statements' ? isSeveral(attempt.failure) : MENDABLE.has(attempt.failure.kind));

/** The first that gives rows, else the first that runs, else the first: another rule may mend it on. */
async function firstWithRows(
  readings: readonly (() => Promise<TriedCandidate>)[],
): Promise<TriedCandidate | undefined> {
  const made: TriedCandidate[] = [];
  for (const attempt of readings) {
    const one = await attempt();
    if (one.attempt.kind === 'ran' && one.attempt.table.rows.length) return one;
    made.push(one);
  }
  return made.find(({ attempt }) => attempt.kind === 'ran') ?? made[0];
}

async function tryOut(
  candidate: Candidate,
  { scope, asked, linked }: RefineInput,
  database: Database,
  tried: AttemptCache,
  signal: AbortSignal,
): Promise<TriedCandidate> {
  const attempt = tried.attempts.get(candidate.sql) ?? run(candidate.sql, scope, database, signal);
  tried.attempts.set(candidate.sql, attempt);
  const found = meaningless(candidate.sql, linked.catalog, asked.text);
  return { ...candidate, attempt: await attempt, ...(found.length ? { meaningless: found } : {}) };
}

async function run(
  sql: string,
  scope: Scope,
  database: Database,
  signal: AbortSignal,
): Promise<TriedCandidate['attempt']> {
  const judged = await judge(sql, database.engine, scope);
  if (!judged.ok) return { kind: 'failed', failure: judged.failure };
  const ran = await database.run(judged.value, TRY_LIMITS, signal);
  return ran.ok ? { kind: 'ran', sql: judged.value, table: ran.value } : { kind: 'failed', failure: ran.failure };
}

/** Failures that another wording of the query may mend. */
const MENDABLE: ReadonlySet<Failure['kind']> = new Set([
  'query-failed',
  'query-timed-out',
  'query-too-big',
  'unreadable-sql',
  'table-refused',
  'column-refused',
  'function-refused',
]);

/** Two queries in one reply: neither is run, and one is asked for. What would write is not asked about again. */
const isSeveral = (failure: Failure) => failure.kind === 'write-refused' && failure.keyword === SEVERAL_STATEMENTS;

/** What is wrong with a tried candidate, as the model is told; nothing where it looks right. */
function faultOf(
  { sql, attempt, meaningless = [] }: TriedCandidate,
  { linked, asked }: RefineInput,
): MendCase | undefined {
  if (attempt.kind === 'failed') {
    const { failure } = attempt;
    if (!MENDABLE.has(failure.kind) && !isSeveral(failure)) return undefined;
    const says = errorText(failure);
    return { sql, result: `It failed: ${says}`, near: nearestNames(says, sql, linked.catalog) };
  }
  const [wrong] = meaningless;
  if (wrong) return { sql, result: `It runs, but it ${sayMeaningless(wrong)}${instead(wrong)}.`, near: [] };
  const { table } = attempt;
  if (!table.rows.length) {
    const unmatched = unmatchedValues(sql, asked.engine, linked);
    return unmatched.length ? { sql, result: 'It ran and gave no rows.', near: unmatched } : undefined;
  }
  const empty = table.columns
    .filter(({ name }, at) => table.rows.every((row) => row[at] === null) && !isStoredEmpty(name, linked.catalog))
    .map(({ name }) => name);
  return empty.length
    ? { sql, result: `It ran, but every value of ${empty.join(', ')} is null.`, near: [] }
    : undefined;
}

/** What to do about it, as the model is told. */
function instead(wrong: Meaningless): string {
  if (wrong.kind === 'currencies-added') return `: group by ${wrong.currency}, or keep one`;
  if (wrong.kind === 'joined-by-nothing') return ': join it by a key, or leave it out';
  return wrong.kind === 'flag-counted' ? '' : ': take the amount that is asked for';
}

/** Whether a column of that name is stored without any value: nulls are then the right answer. */
const isStoredEmpty = (name: string, { tables }: DatabaseCatalog): boolean =>
  tables.some(({ columns }) =>
    columns.some((one) => one.name.toLowerCase() === name.toLowerCase() && !one.values.length && one.nullShare === 1),
  );

const ERROR_LENGTH = 300;
const SAYS_THE_QUERY: ReadonlySet<string> = new Set([
  'syntax',
  'unknown-name',
  'unknown-function',
  'ambiguous',
  'grouping',
]);
const FAULTS: Readonly<Record<string, string>> = {
  type: 'a value does not have the type that the query expects',
  'division-by-zero': 'it divides by zero',
  permission: 'a table may not be read',
  other: 'the database reported an error',
};

/** The engine's own words go to the model alone, never to a person. */
function errorText(failure: Failure): string {
  if (failure.kind === 'query-timed-out') return `it was stopped after ${failure.limitMs / 1_000} s`;
  if (failure.kind === 'write-refused') return `it is ${failure.keyword}: write one`;
  if (failure.kind === 'unreadable-sql') return failure.detail;
  if (failure.kind === 'table-refused') return `there is no table ${failure.table}`;
  if (failure.kind === 'column-refused') return `there is no column ${failure.column}`;
  if (failure.kind === 'function-refused') return `the function ${failure.name} is not allowed`;
  if (failure.kind === 'query-too-big') return `its result is too big (${failure.what})`;
  if (failure.kind !== 'query-failed') return failure.kind;
  const { cause, reason } = failure;
  // Such a message repeats the query's own words; of others it may be a stored value ("invalid input: …"), which stays away.
  if (!SAYS_THE_QUERY.has(reason)) return FAULTS[reason] ?? reason;
  const text = typeof cause === 'string' ? cause : cause instanceof Error ? cause.message : failure.reason;
  return text.slice(0, ERROR_LENGTH);
}

async function mend(
  fault: MendCase,
  { asked, schemaText, askerId }: RefineInput,
  refiner: ChatModel,
  signal: AbortSignal,
): Promise<string | undefined> {
  const reply = await refiner.reply(
    {
      messages: mendPrompt(schemaText, asked, fault),
      temperature: 0,
      maxTokens: SQL_TOKENS,
      askerId,
      enough: fenceClosed,
    },
    signal,
  );
  if (!reply.ok) return undefined;
  const [choice] = reply.value.choices;
  const read = readSqlReply(choice!.text, choice!.cut);
  return read.kind === 'written' ? read.text : undefined;
}
