import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { NumberCheck } from '#src/domain/number-check.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { ANSWER_LIMITS, type ResultTable } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { checkNumbers } from '#src/pipeline/stages/check-numbers.ts';
import { plan } from '#src/planner/plan.ts';
import type { Database } from '#src/ports/database.ts';
import type { GoldQuery } from '../data/company-questions.ts';
import type { FilledDatabase } from '../data/places.ts';
import { wholeCatalogOf } from '../execution-accuracy.ts';
import { isAccepted } from './company-case.ts';

/** A question with its gold queries, and the day on which it is asked. */
export interface ToCheck {
  readonly id: string;
  readonly databaseId: string;
  readonly question: string;
  readonly gold: readonly GoldQuery[];
  readonly today: string;
  /** It needs its thread. */
  readonly isFollowUp?: true;
}

/** What the checks said of one statement. */
export interface CheckedCase {
  readonly id: string;
  readonly of: 'gold' | 'planner';
  readonly question: string;
  readonly sql: string;
  readonly isRight: boolean;
  readonly isEmpty: boolean;
  readonly checks: readonly NumberCheck[];
  readonly corrected?: { readonly sql: string; readonly isRight: boolean };
}

interface Ran {
  readonly sql: ReadOnlySql;
  readonly table: ResultTable;
}

const never = new AbortController().signal;

/** Every gold query of a question that runs. */
export async function checkGold(one: ToCheck, { catalog, databases }: FilledDatabase): Promise<readonly CheckedCase[]> {
  const cases: CheckedCase[] = [];
  for (const { sql } of one.gold) {
    const ran = await run(sql, catalog, databases.gold);
    if (ran) cases.push(await checked(one, 'gold', ran, [ran.table], catalog, databases.product));
  }
  return cases;
}

/** What the planner makes of the question, where it does not decline. */
export async function checkPlanned(
  one: ToCheck,
  { catalog, databases }: FilledDatabase,
): Promise<readonly CheckedCase[]> {
  const { question, today } = one;
  const planned = one.isFollowUp ? undefined : plan({ question, today, catalog, ranked: catalog.tables });
  if (planned?.kind !== 'planned') return [];
  const ran = await run(planned.sql, catalog, databases.product);
  const gold = await Promise.all(one.gold.map(({ sql }) => run(sql, catalog, databases.gold)));
  const accepted = gold.flatMap((made) => made?.table ?? []);
  return ran && accepted.length ? [await checked(one, 'planner', ran, accepted, catalog, databases.product)] : [];
}

async function checked(
  { id, databaseId, question, today, gold }: ToCheck,
  of: CheckedCase['of'],
  ran: Ran,
  tables: readonly ResultTable[],
  catalog: DatabaseCatalog,
  database: Database,
): Promise<CheckedCase> {
  const accepted = tables.map((table, at) => ({ database: databaseId, table, anyForm: gold[at]?.anyForm ?? 0 }));
  const isRight = (table: ResultTable) =>
    isAccepted(databaseId, table, { kind: 'rows', accepted, acceptance: { extra: true, ordered: false } });
  const scope = wholeCatalogOf(catalog);
  const made = await checkNumbers({ ...ran, catalog, scope, calendar: { today }, question }, database, never);
  const corrected = made.isCorrected ? { sql: made.sql.text, isRight: isRight(made.table) } : undefined;
  return {
    id,
    of,
    question,
    sql: ran.sql.text,
    isRight: isRight(ran.table),
    isEmpty: ran.table.rows.length === 0,
    checks: made.checks,
    ...(corrected ? { corrected } : {}),
  };
}

async function run(sql: string, { engine, ...catalog }: DatabaseCatalog, database: Database): Promise<Ran | undefined> {
  const judged = await judge(sql, engine, wholeCatalogOf({ engine, ...catalog }), { doubleQuotedText: true });
  if (!judged.ok) return undefined;
  const ran = await database.run(judged.value, ANSWER_LIMITS, never);
  return ran.ok ? { sql: judged.value, table: ran.value } : undefined;
}
