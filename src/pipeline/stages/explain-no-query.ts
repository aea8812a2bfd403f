import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { databaseOf, type Question } from '#src/domain/question.ts';
import type { RankedSchema, SchemaSlice } from '#src/domain/schema-slice.ts';
import type { Plan } from '#src/planner/plan.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { isGrave, sayMeaningless } from '../support/meaningless.ts';
import { recognised } from '../support/nearest-questions.ts';
import { isMeant } from './refine.ts';
import type { TextToSqlResult } from './text-to-sql.ts';

/** Coverage of what is missing from which another database seems to hold it. */
const HOLDS_IT = 0.6;

/** Failures that no other wording of a query would have avoided. */
const OF_THE_DATABASE: ReadonlySet<Failure['kind']> = new Set([
  'database-unreachable',
  'wrong-credentials',
  'role-refused',
  'query-timed-out',
  'cancelled',
]);

/** More generators say that the database lacks it than agree on a result. */
export function abstains({ missing, selection }: TextToSqlResult): boolean {
  const group = selection?.groups.find(({ candidates }) => candidates.includes(selection.chosen));
  return missing.length > (group?.generators.length ?? 0);
}

export interface ExplainNoQueryInput {
  readonly solving: TextToSqlResult;
  /** The question, standing alone. */
  readonly text: string;
  readonly schema: RankedSchema;
  readonly slice: SchemaSlice;
  readonly question: Question;
}

export interface NoQueryPorts {
  readonly retriever: SchemaRetriever;
  readonly readable: readonly DatabaseId[];
  readonly withModel: boolean;
}

/** Why no query is taken: the database lacks something, the model server is down, nothing was written, or nothing of it runs. */
export async function explainNoQuery(
  { solving, text, schema, slice, question }: ExplainNoQueryInput,
  ports: NoQueryPorts,
  signal: AbortSignal,
): Promise<Failure> {
  const { missing, unexplained, failures, tried, planned, selection } = solving;
  const database = schema.catalog.databaseId;
  if (missing.length && (selection || !tried.length)) {
    const elsewhere = databaseOf(question.intent)
      ? undefined
      : await holderOf(
          tried.length ? missing[0]! : unexplained.join(' ') || missing[0]!,
          database,
          slice,
          ports.retriever,
          signal,
        );
    return { kind: 'unanswerable', database, missing: missing[0]!, ...(elsewhere ? { elsewhere } : {}) };
  }
  if (tried.length) {
    const wrong = tried.flatMap((one) => (one.meaningless ?? []).filter(isGrave))[0];
    if (wrong && !tried.some(isMeant)) return { kind: 'meaningless', database, why: sayMeaningless(wrong) };
    // One query that several replies hold has failed once.
    const queries = [...new Map(tried.filter(isMeant).map((one) => [one.sql, one.attempt])).values()];
    const worst = queries.flatMap((attempt) => (attempt.kind === 'failed' ? [attempt.failure] : []));
    // A query that only costs too much is a right one, as far as anybody can tell: its asker decides.
    const costly = worst.find(({ kind }) => kind === 'query-too-costly');
    const ofDatabase = costly ?? worst.find(({ kind }) => OF_THE_DATABASE.has(kind));
    if (ofDatabase) return ofDatabase;
    return worst.length === 1 ? worst[0]! : { kind: 'no-candidate-runs', database, tried: queries.length };
  }
  if (failures[0]) return failures[0];
  if (planned.kind === 'declined' && !ports.withModel)
    return declined(planned, { text, schema, slice, question }, ports);
  return { kind: 'nothing-written', database };
}

/** What the planner understood. Where no table of the database is named, it is told which one has such a table. */
function declined(
  { understood, missing }: Pick<Extract<Plan, { readonly kind: 'declined' }>, 'understood' | 'missing'>,
  { text, schema, slice, question }: Omit<ExplainNoQueryInput, 'solving'>,
  { retriever, readable }: NoQueryPorts,
): Failure {
  const database = schema.catalog.databaseId;
  const own = recognised(text, schema.catalog);
  if (own.namesTable && understood) return { kind: 'declined', database, understood, missing };
  const others = [...slice.databases.map((one) => one.databaseId), ...readable].filter((id) => id !== database);
  const [best] = [...new Set(others)]
    .flatMap((id) => {
      const catalog = retriever.catalogOf(id);
      const there = catalog && recognised(text, catalog);
      return there?.namesTable ? [{ id, words: there.words.size }] : [];
    })
    .sort((a, b) => b.words - a.words);
  if (best && !own.namesTable && best.words >= own.words.size)
    return { kind: 'declined', database, understood, missing, elsewhere: best.id };
  const where = databaseOf(question.intent) === undefined ? 'that I know' : `of ${database}`;
  const said = own.said.length
    ? `I recognised ${own.said.slice(0, 3).join(', ')}.`
    : `No table or column ${where} is called like that.`;
  return { kind: 'declined', database, understood: said, missing };
}

/** Another database that holds what this one lacks: the question needs two. */
async function holderOf(
  missing: string,
  databaseId: string,
  slice: SchemaSlice,
  retriever: SchemaRetriever,
  signal: AbortSignal,
): Promise<string | undefined> {
  const others = slice.databases.map((one) => one.databaseId).filter((id) => id !== databaseId);
  if (!missing || !others.length) return undefined;
  const found = await retriever.retrieve({ text: missing, databaseIds: others, limit: 3 }, signal);
  return found.coverage >= HOLDS_IT ? found.databases[0]?.databaseId : undefined;
}
