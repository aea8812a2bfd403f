import type { Answer, Failed, TraceEntry } from '#src/domain/answer.ts';
import { tableLabel } from '#src/domain/catalog.ts';
import type { Edl } from '#src/domain/edl.ts';
import { type Failure, sayFailure } from '#src/domain/failure.ts';
import type { Outcome } from '#src/domain/habits.ts';
import { checkQuestion, type Question } from '#src/domain/question.ts';
import { ANSWER_LIMITS, type ResultTable } from '#src/domain/result-table.ts';
import type { DatabaseScore, SchemaSlice } from '#src/domain/schema-slice.ts';
import { explainExecuted } from '#src/edl/explain.ts';
import { type Scope, wholeCatalog } from '#src/guard/scope.ts';
import { mergeTurns } from '#src/planner/follow-up.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { answerFromCatalog, type DatabaseFacts, readCatalogQuestion } from './catalog-question.ts';
import { clarify } from './clarify.ts';
import { execute } from './execute.ts';
import { generate } from './generate.ts';
import { link } from './link.ts';
import { priorOf } from './prior.ts';
import { retrieve } from './retrieve.ts';
import { chooseDatabase, selectTables, wholeTables } from './select-schema.ts';
import { takeaway } from './takeaway.ts';

export interface AnswerPorts {
  readonly retriever: SchemaRetriever;
  /** The registered database of an id. */
  readonly database: (id: string) => Database | undefined;
  /** Databases that the asker may read; settled here, before retrieval. */
  readonly readable: (question: Question) => readonly string[];
  /** Earlier answers of the asker's workspace, the latest first. */
  readonly outcomes: (question: Question) => readonly Outcome[];
  /** Chooses databases, tables and columns; absent where no model server is configured. */
  readonly model?: ChatModel;
  /** What is known of a database besides its catalog. */
  readonly factsOf: (databaseId: string) => DatabaseFacts;
  /** What a question back costs where this one is asked, in wrong answers (0–1). */
  readonly askingPrice: (question: Question) => number;
}

export type Phase = 'find' | 'write' | 'check' | 'run' | 'explain';

export interface AnswerOptions {
  /** Takes the first database instead of asking back (evaluation). */
  readonly neverAsk?: boolean;
  readonly onPhase?: (phase: Phase, note: string) => void;
}

/** Coverage of the question's words under which no table is about it. Chosen on Spider's training questions. */
const RELEVANT = 0.12;

/** Question → retrieve → clarify? → link → generate → execute → explain. Expected trouble is an answer too. */
export async function answer(
  question: Question,
  ports: AnswerPorts,
  options: AnswerOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const trace = new Trace();
  let databases: readonly DatabaseScore[] = [];
  const failed = (failure: Failure, more: Partial<Failed> = {}): Failed => ({
    kind: 'failure',
    question,
    failure,
    databases,
    trace: trace.entries,
    ...more,
  });
  const phase = (name: Phase, note = '') => options.onPhase?.(name, note);

  const checked = checkQuestion(question.text);
  if (!checked.ok) return failed(checked.failure);
  const { text, revised } = mergeTurns(
    [...question.earlier.map((turn) => turn.text), question.text.trim()],
    question.today,
  );
  const readable = ports.readable(question);
  // A change to the last question stays in its database; a new question searches all of them again.
  const bound = question.databaseId ?? (revised ? question.earlier.at(-1)?.databaseId : undefined);
  if (!readable.length) return failed({ kind: 'no-databases' });
  if (question.databaseId && !readable.includes(question.databaseId)) {
    return failed({ kind: 'unknown-database', name: question.databaseId, known: readable });
  }

  const ofCatalog = await trace.time(
    'catalog',
    async () => fromCatalog(text, question.databaseId === undefined ? readable : [question.databaseId], ports),
    (made) => (made ? `${made.rows.length} rows` : 'a question about the data'),
  );
  if (ofCatalog) return { kind: 'catalog', question, ...ofCatalog, trace: trace.entries };

  phase('find');
  const found = await trace.time(
    'retrieve',
    () =>
      retrieve(
        {
          text,
          readable,
          ...(bound === undefined ? {} : { databaseId: bound }),
          notDatabases: question.notDatabases,
          prior: priorOf(question, ports.outcomes(question)),
        },
        ports,
        signal,
      ),
    (made) =>
      made.ok
        ? `${made.value.tables.length} of ${made.value.searchedTables} tables, coverage ${made.value.coverage.toFixed(2)}`
        : sayFailure(made.failure),
  );
  if (!found.ok) return failed(found.failure);
  const { model } = ports;
  const withModel = model ? { model, catalogOf: ports.retriever.catalogOf } : undefined;
  const { slice } =
    withModel && bound === undefined
      ? await trace.time(
          'choose database',
          () => chooseDatabase(text, found.value, withModel, signal),
          (made) => made.note,
        )
      : { slice: found.value };
  databases = slice.databases;
  if (!slice.databases.length)
    return failed({ kind: 'no-relevant-tables', searched: slice.searchedTables, nearest: [] });

  const generatedFor = new Map<string, ReturnType<typeof generate> | undefined>();
  const candidatesOf = (databaseId: string) => {
    if (!generatedFor.has(databaseId)) {
      const schema = link(databaseId, slice, ports.retriever);
      generatedFor.set(databaseId, schema && generate({ text, revised, schema, today: question.today }));
    }
    return generatedFor.get(databaseId);
  };
  const tablesUsed = (databaseId: string) => {
    const candidates = candidatesOf(databaseId);
    return candidates?.ok ? candidates.value[0]?.tables : undefined;
  };
  const choice = await trace.time(
    'clarify',
    async () =>
      clarify(
        { slice, price: ports.askingPrice(question), offered: question.offered ?? [], tablesUsed },
        ports.retriever.catalogOf,
      ),
    (made) => made.reason,
  );
  if (bound !== undefined) {
    // Whoever names the database gets its own answer, be it a decline.
  } else if (choice.kind === 'settled' || options.neverAsk) {
    if (slice.coverage < RELEVANT && !(candidatesOf(slice.databases[0]!.databaseId)?.ok ?? false))
      return failed(nothingRelevant(slice));
  } else if (slice.coverage < RELEVANT) {
    return failed(nothingRelevant(slice));
  } else {
    const prompt = choice.more
      ? `Which database should answer this? More than ${choice.options.length} hold something like it; reply with the name of any.`
      : `Which database should answer this? ${choice.options.length} of them hold something like it.`;
    return {
      kind: 'clarification',
      question,
      prompt,
      options: choice.options,
      reason: choice.reason,
      trace: trace.entries,
    };
  }
  const taken = choice.kind === 'settled' ? choice.database.databaseId : choice.options[0]!.databaseId;
  const chosen = slice.databases.find((one) => one.databaseId === taken)!;
  const { databaseId } = chosen;

  phase('write', databaseId);
  const linked = link(databaseId, slice, ports.retriever);
  if (model && linked) {
    const selection = await trace.time(
      'select tables',
      () => selectTables(text, linked.catalog, linked.ranked, { model }, signal),
      (made) => made.note,
    );
    const first = wholeTables(selection.tables, linked.catalog);
    const ranked = [...first, ...linked.ranked.filter((table) => !first.includes(table))];
    generatedFor.set(databaseId, generate({ text, revised, schema: { ...linked, ranked }, today: question.today }));
  }
  const generated = await trace.time(
    'generate',
    async () => candidatesOf(databaseId),
    (made) => (made?.ok ? made.value.map((one) => one.generator).join(', ') : made ? sayFailure(made.failure) : ''),
  );
  const catalog = ports.retriever.catalogOf(databaseId);
  const database = ports.database(databaseId);
  if (!generated || !catalog || !database) return failed({ kind: 'index-missing' }, { databaseId });
  if (!generated.ok) return failed(generated.failure, { databaseId });

  phase('run', databaseId);
  const input = { candidates: generated.value, scope: scopeOf(catalog), limits: ANSWER_LIMITS };
  const execution = await trace.time(
    'execute',
    () => execute(input, database, signal),
    (done) => (done.kind === 'ran' ? `${done.table.rows.length} rows` : sayFailure(done.failure)),
  );
  if (execution.kind === 'failed') return failed(execution.failure, { databaseId, sql: execution.sql });

  phase('explain');
  const edl = await trace.time(
    'explain',
    async () => explainExecuted(execution.sql.text, database.engine, catalog),
    (made) => `${made.steps.length} steps`,
  );
  return {
    kind: 'answer',
    question,
    databaseId,
    probability: chosen.probability,
    databases,
    sql: execution.sql.text,
    edl,
    takeaway: takeaway(execution.table),
    table: execution.table,
    tables: execution.sql.tables.map((table) => tableLabel(table, database.engine)),
    caveats: [
      ...(choice.kind === 'settled' && choice.assumption && bound === undefined ? [choice.assumption] : []),
      ...execution.candidate.assumptions,
      ...caveatsOf(execution.table, edl),
    ],
    candidates: execution.attempts,
    trace: trace.entries,
  };
}

/** The answer of the catalog, where the question is about the databases themselves. */
function fromCatalog(text: string, readable: readonly string[], { retriever, factsOf }: AnswerPorts) {
  const asked = readCatalogQuestion(text);
  const catalogs = asked ? readable.flatMap((id) => retriever.catalogOf(id) ?? []) : [];
  return asked && answerFromCatalog(asked, catalogs, factsOf);
}

const scopes = new WeakMap<object, Scope>();

/** One scope a catalog: the guard keeps what it prepares for a scope. */
function scopeOf(catalog: Parameters<typeof wholeCatalog>[0]): Scope {
  const scope = scopes.get(catalog) ?? wholeCatalog(catalog);
  scopes.set(catalog, scope);
  return scope;
}

function nothingRelevant(slice: SchemaSlice): Failure {
  const nearest = slice.tables
    .slice(0, 2)
    .map(({ databaseId, table }) => ({ database: databaseId, table: table.name }));
  return { kind: 'no-relevant-tables', searched: slice.searchedTables, nearest };
}

function caveatsOf(table: ResultTable, edl: Edl): string[] {
  const caveats: string[] = [];
  if (table.truncated === 'rows')
    caveats.push(`Only the first ${table.rows.length.toLocaleString('en-US')} rows were read; there are more.`);
  if (table.truncated === 'bytes')
    caveats.push(`The result was cut after ${table.rows.length.toLocaleString('en-US')} rows because it is large.`);
  if (table.cellsCut) caveats.push('Very long values are cut.');
  if (table.rows.length > 0 && table.columns.some((_, at) => table.rows.every((row) => row[at] === null)))
    caveats.push('A column has no values at all.');
  if (edl.steps.some((step) => step.verbatim)) {
    caveats.push('The explanation quotes a part of the query that it has no words for.');
  }
  if (edl.missing.length) {
    caveats.push('The steps could not be checked against the whole query; the SQL is what ran.');
  }
  return caveats;
}

/** What each stage took and gave; Slack, evaluation and the command line read the same. */
class Trace {
  readonly entries: TraceEntry[] = [];

  async time<T>(stage: string, work: () => Promise<T>, note: (value: T) => string): Promise<T> {
    const started = performance.now();
    const value = await work();
    this.entries.push({ stage, ms: Math.round((performance.now() - started) * 10) / 10, note: note(value) });
    return value;
  }
}
