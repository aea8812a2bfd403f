import { type Answer, decisionOf, type OfferedQuestion } from '#src/domain/answer.ts';
import { stepText } from '#src/domain/edl.ts';
import type { Failure } from '#src/domain/failure.ts';
import { sayWords } from '#src/domain/reading.ts';
import { sayToOperator } from '#src/domain/say-to-operator.ts';
import { sayStage, spentOn, type TraceEntry } from '#src/domain/trace.ts';
import { jsonCell } from '#src/terminal/table.ts';

const NOTHING = {
  answer: null,
  database: null,
  probability: null,
  confidence: null,
  decision: 'decline',
  sql: null,
  edl: [],
  reading: null,
  columns: [],
  rows: [],
  truncated: false,
  timings: {},
  remedies: [],
  offered: [],
  candidates: [],
  trace: [],
};

/**
 * An answer as one JSON object: the same keys whatever came of the question; `error` or `clarification` says why there
 * is none. With prompts, the trace has what models read, which holds rows of results, and replied.
 */
export function answerJson(given: Answer, withPrompts = false) {
  const spent = {
    decision: decisionOf(given),
    timings: timingsOf(given.trace),
    candidates: [],
    trace: given.trace.map((entry) => entryJson(entry, withPrompts)),
  };
  switch (given.kind) {
    case 'answer':
      return {
        answer: given.takeaway,
        database: given.databaseId,
        probability: given.probability,
        confidence: given.judgement?.confidence ?? null,
        sql: given.sql,
        edl: given.edl.steps.map(stepText),
        reading: given.reading ? { ...given.reading, line: sayWords(given.reading.line) } : null,
        columns: given.table.columns,
        rows: given.table.rows.map((row) => row.map(jsonCell)),
        truncated: given.table.truncated !== undefined,
        caveats: given.caveats,
        remedies: given.remedies ?? [],
        checks: given.checks,
        ...spent,
        origin: given.origin,
        candidates: given.candidates.map(({ generator, sql, mends, attempt }) => ({
          generator,
          sql,
          ...(mends === undefined ? {} : { mends }),
          ran: attempt?.kind === 'ran',
        })),
      };
    case 'catalog': {
      const columns = given.columns.map((name) => ({ name, type: 'text' }));
      return { ...NOTHING, answer: given.text, columns, rows: given.rows, ...spent };
    }
    case 'courtesy':
      return { ...NOTHING, answer: given.text, offered: offersJson(given.offered), ...spent };
    case 'clarification':
      return { ...NOTHING, clarification: asksBack(given, given.options), ...spent };
    case 'outcomes':
      return { ...NOTHING, database: given.databaseId, clarification: asksBack(given, given.outcomes), ...spent };
    case 'failure': {
      const { databaseId, databases, sql, failure, offered = [] } = given;
      const probability = databases.find((one) => one.databaseId === databaseId)?.probability;
      const about = { database: databaseId ?? null, probability: probability ?? null, sql: sql ?? null };
      return { ...NOTHING, ...about, ...failureJson(failure), offered: offersJson(offered), ...spent };
    }
  }
}

const offersJson = (offered: readonly OfferedQuestion[]) =>
  offered.map(({ text, databaseId }) => ({ question: text, database: databaseId }));

/** The same for a question that could not be put to any database. */
export const unaskedJson = (failure: Failure) => ({ ...NOTHING, ...failureJson(failure) });

/** Milliseconds of each stage, all its waves together. */
function timingsOf(trace: readonly TraceEntry[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const { stage, ms } of trace) sums.set(stage, (sums.get(stage) ?? 0) + ms);
  return Object.fromEntries(sums);
}

/** An entry with what it came to in a line, and how many calls of models and tokens it took. */
function entryJson({ calls: prompts, ...entry }: TraceEntry, withPrompts: boolean) {
  return { ...entry, note: sayStage(entry), ...spentOn([{ calls: prompts }]), ...(withPrompts ? { prompts } : {}) };
}

const asksBack = <Option>(
  { prompt, reason }: { readonly prompt: string; readonly reason: string },
  options: Option,
) => ({
  prompt,
  options,
  reason,
});

const failureJson = (failure: Failure) => ({ error: { kind: failure.kind, message: sayToOperator(failure) } });
