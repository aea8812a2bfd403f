import { createHash } from 'node:crypto';
import { type Answer, type AttemptSummary, type Candidate, decisionOf } from '#src/domain/answer.ts';
import { type DatabaseCatalog, findTable } from '#src/domain/catalog.ts';
import type { Decision, Evidence } from '#src/domain/confidence.ts';
import { stepText } from '#src/domain/edl.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { MSchema } from '#src/domain/m-schema.ts';
import { resultKey } from '#src/domain/result-key.ts';
import { ANSWER_LIMITS, type ResultTable } from '#src/domain/result-table.ts';
import type { LinkedSchema } from '#src/domain/schema-slice.ts';
import { entryOf, spentOn } from '#src/domain/trace.ts';
import { explain } from '#src/edl/explain.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import { visit } from '#src/sql/query-ir.ts';
import type { Comparison, GoldAnswer } from '../comparisons.ts';
import type { BenchDatabase } from '../data/databases.ts';
import { isRight, type QuestionScore, type RightBy, rightBy } from '../execution-accuracy.ts';

/** The stage after which a wrong or missing answer could not be right any more. */
export const STAGES = ['retrieval', 'linking', 'generation', 'selection'] as const;
export type FailedAt = (typeof STAGES)[number];

/** A query that was tried, as voting and selection are studied from it without asking a model again. */
export interface PooledCandidate {
  readonly generator: string;
  readonly sql: string;
  /** Samples of the reply that wrote it; 1, if absent. */
  readonly samples?: number;
  /** The model's likeliest reply, not one that was drawn. */
  readonly likeliest?: true;
  /** Mean log-probability of a token of the reply that wrote it. */
  readonly logprob?: number;
  /** The SQL that it was made of. */
  readonly mends?: string;
  readonly ran: boolean;
  readonly right: boolean;
  /** Rows of its result, and a short text that equal results share. */
  readonly rows?: number;
  readonly result?: string;
}

export interface GeneratorCase {
  /** Queries that it wrote, and of them those that ran and those that are right. */
  readonly wrote: number;
  readonly ran: number;
  readonly right: number;
  /** One of its queries was the answer. */
  readonly chosen: boolean;
}

/** Of the columns that the gold query uses: the share that is shown, its share of what is shown, and how many are shown. */
export interface LinkingCase {
  readonly recall: number;
  readonly precision: number;
  readonly columns: number;
}

/** What came of one question, with what it cost. */
export interface EvalCase extends QuestionScore {
  readonly id: string;
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Milliseconds that its model calls took, one after another; of a kept reply, when it was computed. */
  readonly modelMs: number;
  /** Milliseconds of the question in which no model or database call was under way. */
  readonly overheadMs: number;
  /** Some query that was tried is right. */
  readonly oracle: boolean;
  /** Queries that ran, from which the answer was chosen. */
  readonly selectedFrom: number;
  readonly byGenerator: Readonly<Record<string, GeneratorCase>>;
  /** All of them; absent in runs that were stored before they were kept. */
  readonly candidates?: readonly PooledCandidate[];
  /** By each comparison; `right` is by that of the run. Absent in runs that were stored before there were several. */
  readonly rightBy?: RightBy;
  /** Columns of the gold query that the prompt's schema shows; absent where no database was linked. */
  readonly linking?: LinkingCase;
  readonly failedAt?: FailedAt;
  /** What retrieval or linking lost: the database that was taken instead, the columns of a gold query that no prompt showed. */
  readonly missed?: readonly string[];
  /** How likely the answer is right, by what is known of it, and what the pipeline does with the question. */
  readonly confidence?: number;
  readonly evidence?: Evidence;
  readonly decision?: Decision;
  /** The gold query could not be run: the question counts nowhere. */
  readonly goldFailed?: true;
  /** The database cannot answer it: abstaining is right. */
  readonly unanswerable?: boolean;
}

export interface CaseInput {
  readonly id: string;
  readonly databaseId: string;
  readonly level: string;
  readonly given: Answer;
  readonly gold: readonly GoldAnswer[];
  /** The columns of each gold query, as `table.column` in lower case, by the names of the catalog. */
  readonly wanted: readonly (readonly string[])[];
  readonly comparison: Comparison;
  /** Of the database that was asked. */
  readonly catalog: DatabaseCatalog;
  readonly databases: BenchDatabase;
  readonly linked: LinkedSchema | undefined;
  readonly ms: number;
  /** Of these, with a model or database call under way. */
  readonly outsideMs: number;
}

export async function toCase(input: CaseInput): Promise<EvalCase> {
  const { id, databaseId, level, given, gold, comparison, ms } = input;
  const chosen = given.kind === 'answer' || given.kind === 'failure' ? given.databaseId : undefined;
  const databaseRight = chosen === databaseId;
  const verdicts = rightBy(gold, given.kind === 'answer' && databaseRight ? given.table : undefined);
  const right = verdicts[comparison];
  const tried = await judgeCandidates(input, databaseRight);
  const oracle = right || tried.some((one) => one.right);
  const failedAt = right || !gold.length ? undefined : stageOf(input, databaseRight, oracle);
  const missed = failedAt === 'retrieval' ? [chosen ?? 'no database was taken'] : hiddenColumns(input);
  const linking = databaseRight ? linkingOf(input) : undefined;
  return {
    id,
    level,
    answered: given.kind === 'answer',
    right,
    goldEmpty: gold.every(({ table }) => table.rows.length === 0),
    databaseRight,
    ms,
    ...spentOn(given.trace),
    overheadMs: ms - input.outsideMs,
    oracle,
    selectedFrom: tried.filter((one) => one.ran).length,
    byGenerator: Object.fromEntries(
      [...Map.groupBy(tried, (one) => one.generator)].map(([generator, own]) => [
        generator,
        {
          wrote: own.length,
          ran: own.filter((one) => one.ran).length,
          right: own.filter((one) => one.right).length,
          chosen: given.kind === 'answer' && given.origin.generator === generator,
        },
      ]),
    ),
    candidates: tried,
    rightBy: verdicts,
    ...(given.kind === 'answer' && given.judgement
      ? { confidence: given.judgement.confidence, evidence: given.judgement.evidence }
      : {}),
    decision: wouldDo(given),
    ...(linking ? { linking } : {}),
    ...(failedAt ? { failedAt } : {}),
    ...(failedAt === 'retrieval' || failedAt === 'linking' ? { missed } : {}),
    ...(gold.length ? {} : { goldFailed: true as const }),
  };
}

/** Every tried query run once more, for what the pipeline does not keep: whether it was right. */
async function judgeCandidates(
  { given, gold, comparison, catalog, databases }: CaseInput,
  databaseRight: boolean,
): Promise<PooledCandidate[]> {
  const candidates: readonly (Candidate & { readonly attempt?: AttemptSummary })[] =
    'candidates' in given ? (given.candidates ?? []) : [];
  const verdicts = new Map<string, Pick<PooledCandidate, 'right' | 'rows' | 'result'>>();
  for (const { sql, attempt } of candidates) {
    if (attempt?.kind !== 'ran' || verdicts.has(sql)) continue;
    const judged = databaseRight ? await judge(sql, catalog.engine, wholeCatalog(catalog)) : undefined;
    const ran = judged?.ok
      ? await databases.product.run(judged.value, ANSWER_LIMITS, new AbortController().signal)
      : undefined;
    verdicts.set(
      sql,
      ran?.ok
        ? { right: isRight(gold, ran.value, comparison), rows: ran.value.rows.length, result: shortKey(ran.value) }
        : { right: false },
    );
  }
  return candidates.map(({ generator, sql, samples, likeliest, logprob, mends, attempt }) => ({
    generator,
    sql,
    ...(samples === undefined ? {} : { samples }),
    ...(likeliest ? { likeliest } : {}),
    ...(logprob === undefined ? {} : { logprob }),
    ...(mends === undefined ? {} : { mends }),
    ran: attempt?.kind === 'ran',
    ...(verdicts.get(sql) ?? { right: false }),
  }));
}

const shortKey = (table: ResultTable) =>
  createHash('sha256').update(resultKey(table, false)).digest('hex').slice(0, 12);

function stageOf(input: CaseInput, databaseRight: boolean, oracle: boolean): FailedAt {
  if (!databaseRight) return 'retrieval';
  if (oracle) return 'selection';
  return hiddenColumns(input).length ? 'linking' : 'generation';
}

/** Columns that the wide schema does not show, of the gold query that lacks the fewest. */
function hiddenColumns({ wanted, linked }: CaseInput): readonly string[] {
  if (!linked) return [];
  const shown = new Set(columnsOf(linked.wide));
  const hidden = wanted.map((columns) => columns.filter((column) => !shown.has(column)));
  return hidden.sort((a, b) => a.length - b.length)[0] ?? [];
}

/** What the prompt's schema shows of the gold query that it shows most of; undefined where none names a column. */
function linkingOf({ wanted, linked }: CaseInput): LinkingCase | undefined {
  if (!linked) return undefined;
  const shown = columnsOf(linked.precise);
  const has = new Set(shown);
  return wanted
    .filter((columns) => columns.length)
    .map((columns) => {
      const found = columns.filter((column) => has.has(column)).length;
      return { recall: found / columns.length, precision: found / Math.max(1, shown.length), columns: shown.length };
    })
    .sort((a, b) => b.recall - a.recall)[0];
}

const columnsOf = ({ tables }: MSchema) =>
  tables.flatMap(({ name, columns }) => columns.map((one) => key(name, one.name)));

const key = (table: string, column: string) => `${table}.${column}`.toLowerCase();

/** The columns that a query uses as `table.column` in lower case, by the tables of the catalog. */
export function goldColumns(sql: string, catalog: DatabaseCatalog): string[] {
  const explained = explain(sql, catalog.engine, catalog);
  if (!explained.ok) return [];
  const found = new Set<string>();
  visit(explained.value.query, ({ kind, resolved, name }) => {
    if (kind === 'column' && typeof resolved === 'string' && findTable(catalog, resolved))
      found.add(key(resolved, String(name)));
  });
  return [...found];
}

/** Whether it is in doubt between several databases: one that alone can answer is asked about, too, where it is likelier not meant. */
function isBetweenDatabases({ trace }: Answer): boolean {
  const clarified = entryOf(trace, 'clarify');
  return clarified?.decision === 'doubt' && (clarified.options?.length ?? 0) > 1;
}

/** What is done with the question where it may be asked back. */
const wouldDo = (given: Answer): Decision => (isBetweenDatabases(given) ? 'ask' : decisionOf(given));

/** A line of the predictions file. */
export function prediction(given: Answer) {
  const confidence = given.kind === 'answer' ? (given.judgement?.confidence ?? null) : null;
  return { ...outcomeOf(given), confidence, decision: wouldDo(given) };
}

function outcomeOf(given: Answer) {
  const asks = isBetweenDatabases(given) ? { wouldAsk: true } : {};
  switch (given.kind) {
    case 'answer':
      return { sql: given.sql, edl: given.edl.steps.map(stepText), generator: given.origin.generator, ...asks };
    case 'clarification':
    case 'outcomes':
      return { sql: null, edl: [], declined: true, reason: given.prompt, wouldAsk: true };
    case 'catalog':
    case 'courtesy':
      return { sql: null, edl: [], declined: true, reason: given.text };
    case 'failure':
      return { sql: given.sql ?? null, edl: [], declined: true, reason: sayFailure(given.failure), ...asks };
  }
}
