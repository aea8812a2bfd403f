import type { Remedy } from '#src/domain/answer.ts';
import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { CheckOutcome, NumberCheck, NumberCheckName } from '#src/domain/number-check.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { ANSWER_LIMITS, type ResultTable } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import type { Scope } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { printSql } from '#src/sql/print-sql.ts';
import type { QueryIr } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { Unprintable } from '#src/sql/unprintable.ts';
import { CHECK_BUDGET, openCheckBudget, type ProbeBudget } from '../support/checks/budget.ts';
import type { Check, Correction, Finding, Instead, Subject, Verdict } from '../support/checks/check.ts';
import { checkEdge } from '../support/checks/edge.ts';
import { remediesFor } from '../support/checks/emptied.ts';
import { cameToNothing, checkFilters } from '../support/checks/filters.ts';
import { checkGone } from '../support/checks/gone.ts';
import { checkGroups } from '../support/checks/groups.ts';
import { checkPeriod } from '../support/checks/period.ts';
import { checkRepeats } from '../support/checks/repeats.ts';
import { checkUnits } from '../support/checks/units.ts';
import { isGrave, meaningless } from '../support/meaningless.ts';

/** In the order in which they are made: what may correct the query goes first. */
const CHECKS = {
  filters: checkFilters,
  repeats: checkRepeats,
  units: checkUnits,
  groups: checkGroups,
  period: checkPeriod,
  gone: checkGone,
  edge: checkEdge,
} satisfies Readonly<Record<NumberCheckName, Check>>;

export interface CheckInput {
  readonly sql: ReadOnlySql;
  readonly table: ResultTable;
  readonly catalog: DatabaseCatalog;
  readonly scope: Scope;
  readonly calendar: Calendar;
  readonly question: string;
}

/** What is posted: the statement as it ran, or the one that a check corrected, with what every check came to. */
export interface CheckedNumbers {
  readonly sql: ReadOnlySql;
  readonly table: ResultTable;
  readonly checks: readonly NumberCheck[];
  readonly isCorrected: boolean;
  /** Where no row came out: queries that have some; else the query without what a check tells of. */
  readonly remedies?: readonly Remedy[];
}

/** What goes with every check of one answer. */
interface Run {
  readonly input: CheckInput;
  readonly database: Database;
  readonly budget: ProbeBudget;
  readonly signal: AbortSignal;
}

/**
 * Tests the numbers of an answer before it is posted, whoever wrote its query: by what the query says, and by small statements that take
 * the way of any other, through the gate and under limits of their own. A check that fails corrects the query where there is one sensible way; the
 * corrected query is judged and run as any candidate, and checked in its turn.
 */
export async function checkNumbers(
  input: CheckInput,
  database: Database,
  signal: AbortSignal,
): Promise<CheckedNumbers> {
  const run: Run = { input, database, budget: openCheckBudget(database), signal };
  const { sql, table } = input;
  const query = readQuery(sql.text, input.catalog);
  if (!query) return { sql, table, checks: [checkedUnread(table, run)], isCorrected: false };
  const { withouts, ...checked } = await checkAll({ sql, table, query }, [], run);
  const remedies = [...(await remediesOf(checked, run)), ...(await withoutThem(withouts, run))];
  return remedies.length ? { ...checked, remedies } : checked;
}

/** Queries that have rows where the one that is posted has none, each as any other statement: printed, read again and judged. */
async function remediesOf({ sql, table }: CheckedNumbers, run: Run): Promise<readonly Remedy[]> {
  const { catalog, calendar, question } = run.input;
  const query = readQuery(sql.text, catalog);
  const subject = query && { query, table, catalog, calendar, question };
  if (!subject || !cameToNothing(subject)) return [];
  const ask = async (probed: QueryIr, maxRows?: number) => {
    const text = printed(probed, catalog);
    return text === undefined ? undefined : probe(text, run, maxRows);
  };
  const remedies: Remedy[] = [];
  for (const { near, rows, ...instead } of await remediesFor(subject, ask)) {
    const offered = await offeredAs(instead, run);
    const told = { ...(near === undefined ? {} : { near }), ...(rows === undefined ? {} : { rows }) };
    if (offered) remedies.push({ ...offered, ...told });
  }
  return remedies;
}

/** The query without what checks tell of. */
async function withoutThem(withouts: readonly Instead[], run: Run): Promise<readonly Remedy[]> {
  const remedies: Remedy[] = [];
  for (const one of withouts) {
    const offered = await offeredAs(one, run);
    if (offered) remedies.push({ ...offered, isTold: true });
  }
  return remedies;
}

/** A changed query as it is offered: one that the gate lets through. */
async function offeredAs({ query, from, to }: Instead, { input }: Run): Promise<Remedy | undefined> {
  const { catalog, scope } = input;
  const sql = printed(query, catalog);
  if (sql === undefined || !(await judge(sql, catalog.engine, scope)).ok) return undefined;
  return { sql, change: { part: 'filter', from, to } };
}

interface Ran {
  readonly sql: ReadOnlySql;
  readonly table: ResultTable;
  readonly query: QueryIr;
}

/** What all checks came to, with the query without what they tell of. */
type CheckedAll = CheckedNumbers & { readonly withouts: readonly Instead[] };

/** All checks, those that corrected it before left as they were; begun anew over a corrected query. */
async function checkAll(ran: Ran, corrected: readonly NumberCheck[], run: Run): Promise<CheckedAll> {
  const { catalog, calendar, question } = run.input;
  const subject: Subject = { query: ran.query, table: ran.table, catalog, calendar, question };
  const checks: NumberCheck[] = [];
  const withouts: Instead[] = [];
  for (const [name, check] of Object.entries(CHECKS) as [NumberCheckName, Check][]) {
    const before = corrected.find((one) => one.check === name);
    const made = await makeCheck(name, check, subject, run);
    const { instead, without } = made;
    if (without) withouts.push(without);
    if (before) checks.push(made.record.outcome === 'failed' ? made.record : before);
    else if (!instead) checks.push(made.record);
    else {
      const better = corrected.length < CHECK_BUDGET.corrections && (await runInstead(instead, subject, run));
      if (better)
        return checkAll(better, [...corrected, { ...made.record, outcome: 'corrected', says: instead.says }], run);
      checks.push(made.record);
    }
  }
  return { sql: ran.sql, table: ran.table, checks, isCorrected: corrected.length > 0, withouts };
}

interface MadeCheck {
  readonly record: NumberCheck;
  readonly instead?: Correction;
  readonly without?: Instead;
}

/** One check with the probes that it asks for, one after another. */
async function makeCheck(name: NumberCheckName, check: Check, subject: Subject, run: Run): Promise<MadeCheck> {
  const started = performance.now();
  const sql: string[] = [];
  let finding: Finding = check(subject);
  while (finding.kind === 'look') {
    const text = printed(finding.query, subject.catalog);
    const probed = text === undefined ? undefined : await probe(text, run);
    if (text !== undefined) sql.push(text);
    finding = probed ? finding.read(probed) : { kind: 'untested' };
  }
  const ms = Math.round((performance.now() - started) * 10) / 10;
  const record = { check: name, outcome: outcomeOf(finding), says: 'says' in finding ? finding.says : '', sql, ms };
  return {
    record,
    ...(finding.kind === 'failed' && finding.instead ? { instead: finding.instead } : {}),
    ...(finding.kind === 'told' && finding.without ? { without: finding.without } : {}),
  };
}

const outcomeOf = ({ kind }: Verdict): CheckOutcome => kind;

async function probe(text: string, { input, budget, signal }: Run, maxRows?: number): Promise<ResultTable | undefined> {
  const judged = await judge(text, input.catalog.engine, input.scope);
  if (!judged.ok) return undefined;
  const ran = await budget.run(judged.value, signal, maxRows);
  return ran.ok ? ran.value : undefined;
}

/** The corrected query as any candidate: printed, judged, run under the limits of an answer. Nothing where it is no better. */
async function runInstead({ query, isBetter }: Correction, subject: Subject, run: Run): Promise<Ran | undefined> {
  const { catalog, scope, question } = run.input;
  const text = printed(query, catalog);
  const resolved = text === undefined ? undefined : readQuery(text, catalog);
  if (text === undefined || !resolved || meaningless(text, catalog, question).some(isGrave)) return undefined;
  const judged = await judge(text, catalog.engine, scope);
  if (!judged.ok) return undefined;
  const ran = await run.database.run(judged.value, ANSWER_LIMITS, run.signal);
  if (!ran.ok || isBetter?.(ran.value) === false) return undefined;
  if (ran.value.rows.length === 0 && subject.table.rows.length > 0) return undefined;
  return { sql: judged.value, table: ran.value, query: resolved };
}

/** Nothing where the engine has no words for it. */
function printed(query: QueryIr, { engine }: DatabaseCatalog): string | undefined {
  try {
    return printSql(query, engine);
  } catch (error) {
    if (error instanceof Unprintable) return undefined;
    throw error;
  }
}

/** A statement with its names found; nothing where it cannot be read. */
function readQuery(sql: string, catalog: DatabaseCatalog): QueryIr | undefined {
  const parsed = parseSql(sql, catalog.engine);
  if (!parsed.ok) return undefined;
  const { query, problems } = resolve(parsed.value, catalog.engine, catalog);
  return problems.length ? undefined : query;
}

/** Of a statement that cannot be read only the end of its rows is known. */
function checkedUnread(table: ResultTable, { input: { catalog, calendar, question } }: Run): NumberCheck {
  const query: QueryIr = { kind: 'verbatim-query', sql: '' };
  const finding = checkEdge({ query, table, catalog, calendar, question });
  const says = 'says' in finding ? finding.says : '';
  return { check: 'edge', outcome: finding.kind === 'look' ? 'untested' : finding.kind, says, sql: [], ms: 0 };
}
