import { type Answer, decisionOf } from '#src/domain/answer.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Decision } from '#src/domain/confidence.ts';
import { holdsResult } from '#src/domain/holds-result.ts';
import { OPERATOR } from '#src/domain/question.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { spentOn } from '#src/domain/trace.ts';
import { rowsOf } from '#src/explore/run-query.ts';
import type { Database } from '#src/ports/database.ts';
import type { AskService } from './ask.ts';
import type { ServiceParts } from './parts.ts';

/** A question with the query that answers it, if somebody knows it. */
export interface OwnQuestion {
  readonly question: string;
  readonly sql?: string;
}

/** What became of one question. */
export interface Tried extends OwnQuestion {
  readonly decision: Decision;
  readonly gave?: string;
  /** Absent where nobody knows. */
  readonly right?: boolean;
  readonly seconds: number;
  readonly tokens: number;
}

export interface AskOver {
  readonly database: Database;
  readonly catalog: DatabaseCatalog;
  readonly clock: ServiceParts['clock'];
  readonly asking: Pick<AskService, 'ask'>;
}

/** Asks a question as people would, all that is registered and configured as it is, and says whether its answer is right. */
export async function askKnown({ question, sql }: OwnQuestion, over: AskOver, signal: AbortSignal): Promise<Tried> {
  const started = over.clock.elapsed();
  const answer = await over.asking.ask({ text: question, asker: OPERATOR, place: { kind: 'terminal' } }, {}, signal);
  const seconds = (over.clock.elapsed() - started) / 1_000;
  const { promptTokens, completionTokens } = spentOn(answer.trace);
  const spent = { question, seconds, tokens: promptTokens + completionTokens, ...(sql === undefined ? {} : { sql }) };
  if (answer.kind !== 'answer') return { ...spent, decision: decisionOf(answer) };
  const wanted = sql === undefined ? undefined : await rowsOf(sql, { ...over, signal });
  return {
    ...spent,
    decision: decisionOf(answer),
    gave: answer.sql,
    ...(typeof wanted === 'object' ? { right: isRight(answer, wanted, sql ?? '', over.catalog) } : {}),
  };
}

type Posted = Extract<Answer, { kind: 'answer' }>;

const isRight = (
  { databaseId, table }: Posted,
  wanted: ResultTable,
  sql: string,
  { databaseId: own }: DatabaseCatalog,
) => databaseId === own && holdsResult(table, wanted, sortsRows(sql));

/** Whether a query says in which order its rows come. */
export const sortsRows = (sql: string): boolean => /\border\s+by\b[^()]*$/i.test(sql);
