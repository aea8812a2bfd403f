import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { ANYWAY_LIMITS, EXPORT_LIMITS, type ResultTable, type StatementLimits } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import { COMPARISONS, type Comparison, equalBy, type GoldAnswer } from './comparisons.ts';
import type { BenchDatabase } from './data/databases.ts';
import type { BenchQuestion } from './data/questions.ts';
import { goldQueries } from './data/statements.ts';
import { percentile } from './statistics.ts';

/** A gold query may take as long as the metric allows: Spider's code gives 60 s (sources.md#execution-accuracy). */
export const GOLD_LIMITS: StatementLimits = {
  ...ANYWAY_LIMITS,
  maxRows: EXPORT_LIMITS.maxRows,
  maxRawBytes: 256 * 2 ** 20,
  timeoutMs: 60_000,
  maxResultBytes: 256 * 2 ** 20,
};

/** Runs every listed gold query; those that fail are left out. Empty when none runs. */
export async function runGold(
  question: BenchQuestion,
  catalog: DatabaseCatalog,
  databases: BenchDatabase,
): Promise<GoldAnswer[]> {
  const answers: GoldAnswer[] = [];
  for (const sql of goldQueries(question.sql, catalog.engine)) {
    const judged = await judge(sql, catalog.engine, wholeCatalogOf(catalog), { doubleQuotedText: true });
    if (!judged.ok) continue;
    const ran = await databases.gold.run(judged.value, GOLD_LIMITS, new AbortController().signal);
    if (ran.ok) answers.push({ sql, table: ran.value, asksOrder: asksOrder(question) });
  }
  return answers;
}

const asksOrder = ({ category, question }: BenchQuestion) =>
  category === 'order_by' || /\b(?:order|sort|arrange)\b/i.test(question);

const scopes = new WeakMap<DatabaseCatalog, ReturnType<typeof wholeCatalog>>();

/** The scope of a gold query: everything. */
export function wholeCatalogOf(catalog: DatabaseCatalog) {
  const scope = scopes.get(catalog) ?? wholeCatalog(catalog);
  scopes.set(catalog, scope);
  return scope;
}

/** Right if the rows equal those of any listed gold query. DISTINCT is kept. */
export const isRight = (gold: readonly GoldAnswer[], predicted: ResultTable, by: Comparison): boolean =>
  gold.some((one) => equalBy(by, one, predicted));

export type RightBy = Readonly<Record<Comparison, boolean>>;

/** What each comparison says. */
export function rightBy(gold: readonly GoldAnswer[], predicted: ResultTable | undefined): RightBy {
  const said = COMPARISONS.map((by) => [by, predicted !== undefined && isRight(gold, predicted, by)]);
  return Object.fromEntries(said) as RightBy;
}

export interface QuestionScore {
  readonly level: string;
  readonly answered: boolean;
  readonly right: boolean;
  readonly goldEmpty: boolean;
  readonly databaseRight: boolean;
  readonly ms: number;
}

export interface AccuracyReport {
  readonly n: number;
  readonly answered: number;
  readonly ex: number;
  readonly exOfAnswered: number;
  readonly exNonEmpty: number;
  readonly exOfAnsweredNonEmpty: number;
  readonly databaseRight: number;
  readonly byHardness: Readonly<Record<string, { readonly n: number; readonly answered: number; readonly ex: number }>>;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export function scoreAccuracy(scores: readonly QuestionScore[]): AccuracyReport {
  const answered = scores.filter((one) => one.answered);
  const filled = scores.filter((one) => !one.goldEmpty);
  const right = (list: readonly QuestionScore[]) =>
    list.length ? list.filter((one) => one.right).length / list.length : 0;
  const times = scores.map((one) => one.ms).sort((a, b) => a - b);
  const levels = [...Map.groupBy(scores, (one) => one.level)].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    n: scores.length,
    answered: answered.length,
    ex: right(scores),
    exOfAnswered: right(answered),
    exNonEmpty: right(filled),
    exOfAnsweredNonEmpty: right(filled.filter((one) => one.answered)),
    databaseRight: scores.length ? scores.filter((one) => one.databaseRight).length / scores.length : 0,
    byHardness: Object.fromEntries(
      levels.map(([level, list]) => [
        level,
        { n: list.length, answered: list.filter((one) => one.answered).length, ex: right(list) },
      ]),
    ),
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
  };
}
