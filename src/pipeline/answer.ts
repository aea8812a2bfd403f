import type { Answer, Answered, AttemptSummary, Candidate, Failed } from '#src/domain/answer.ts';
import { calendarOf } from '#src/domain/calendar.ts';
import { type DatabaseCatalog, tableLabel } from '#src/domain/catalog.ts';
import { type Failure, sayFailure } from '#src/domain/failure.ts';
import type { PastAnswer } from '#src/domain/past-answers.ts';
import { checkQuestion, type Question } from '#src/domain/question.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { ANSWER_LIMITS, ANYWAY_LIMITS, type ResultTable } from '#src/domain/result-table.ts';
import type { DatabaseScore, LinkedSchema, SchemaSlice } from '#src/domain/schema-slice.ts';
import { explainExecuted } from '#src/edl/explain.ts';
import { judge } from '#src/guard/judge.ts';
import type { Scope } from '#src/guard/scope.ts';
import { relativeDates } from '#src/planner/dates.ts';
import { plan } from '#src/planner/plan.ts';
import { type CountTokens, type ModelRoles, mapRoles } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { ExampleBank } from '#src/ports/example-bank.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { FULL_PIPELINE, type PipelineSettings } from './settings.ts';
import { answerFromCatalog, type DatabaseFacts, readCatalogQuestion } from './stages/answer-from-catalog.ts';
import { chooseDatabase } from './stages/choose-database.ts';
import { clarify, type DatabaseDecision, EVEN, guessed, isDoubtful } from './stages/clarify.ts';
import { execute } from './stages/execute.ts';
import { abstains, explainNoQuery } from './stages/explain-no-query.ts';
import { rank } from './stages/link.ts';
import { openOutcomes } from './stages/offer-outcomes.ts';
import { isMeant, type TriedCandidate } from './stages/refine.ts';
import { retrieve } from './stages/retrieve.ts';
import { type RewrittenQuestion, rewriteFollowUp } from './stages/rewrite-follow-up.ts';
import { sayTakeaway } from './stages/takeaway.ts';
import { textToSql } from './stages/text-to-sql.ts';
import { caveatsOf, doubts, mendedCaveat, readings } from './support/caveats.ts';
import { priorOf } from './support/prior.ts';
import { withinRunBudget } from './support/question-budget.ts';
import { timeCaveats } from './support/time-caveats.ts';
import { Trace } from './support/trace.ts';
import { withinDeadline } from './support/within-deadline.ts';

export interface AnswerPorts {
  readonly retriever: SchemaRetriever;
  /** The registered database of an id. */
  readonly database: (id: string) => Database | undefined;
  /** Databases that the asker may read; settled here, before retrieval. */
  readonly readable: (question: Question) => readonly string[];
  /** What of a database the asker may read: what every statement is checked against. */
  readonly scopeOf: (databaseId: string) => Scope | undefined;
  /** Earlier answers of the asker's workspace, the latest first. */
  readonly pastAnswers: (question: Question) => readonly PastAnswer[];
  /** The model server's models; absent where none is configured: the built-in planner answers then. */
  readonly models?: ModelRoles;
  /** Earlier questions with right answers, for the prompts of this one. */
  readonly bankFor?: (question: Question) => ExampleBank;
  readonly countTokens: CountTokens;
  /** What is known of a database besides its catalog. */
  readonly factsOf: (databaseId: string) => DatabaseFacts;
  /** What a question back costs where this one is asked, in wrong answers (0–1). */
  readonly askingPrice: (question: Question) => number;
}

export type Phase = 'find' | 'write' | 'check' | 'run' | 'explain';

export interface AnswerOptions {
  /** Takes the first database and the likeliest result instead of asking back (evaluation). */
  readonly neverAsk?: boolean;
  readonly settings?: PipelineSettings;
  readonly onPhase?: (phase: Phase, note: string) => void;
  /** Told what linking left of the schema (evaluation). */
  readonly onLinked?: (linked: LinkedSchema) => void;
}

/** Coverage of the question's words under which no table is about it. Chosen on Spider's training questions. */
const RELEVANT = 0.12;

/**
 * Question → stand alone → retrieve → clarify? → link → generate → refine → select → execute → explain. Expected trouble is an answer
 * too; one answer always comes, in bounded time.
 */
export async function answer(
  question: Question,
  ports: AnswerPorts,
  options: AnswerOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const run = new QuestionPipeline(question, ports, options, signal);
  const checked = checkQuestion(question.text);
  if (!checked.ok) return run.failed(checked.failure);
  const readable = ports.readable(question);
  if (!readable.length) return run.failed({ kind: 'no-access' });
  const { databaseId, chosenSql } = question;
  if (databaseId && !readable.includes(databaseId))
    return run.failed({ kind: 'unknown-database', name: databaseId, known: readable });
  if (databaseId && chosenSql) return run.chosen(databaseId, chosenSql);

  const asked = await run.stage(
    'stand alone',
    () => rewriteFollowUp(question, run.models?.linker, signal),
    (made) => (made.rewritten ? `read as: ${made.text}` : made.revised ? made.text : 'as asked'),
  );
  const ofCatalog = await run.stage(
    'catalog',
    async () => fromCatalog(asked.text, databaseId === undefined ? readable : [databaseId], ports),
    (made) => (made ? `${made.rows.length} rows` : 'a question about the data'),
  );
  if (ofCatalog) return { kind: 'catalog', question, ...ofCatalog, trace: run.trace.entries };

  // A change to the last question stays in its database; a new question searches all of them again.
  const bound = databaseId ?? (asked.revised ? question.earlier.at(-1)?.databaseId : undefined);
  const found = await run.find(asked.text, readable, bound);
  if (!found.ok) return run.failed(found.failure);
  const settled = await run.settle(asked.text, found.value, bound);
  if (settled.kind !== 'settled') return settled;
  return run.solved(asked, settled.slice, settled.database, bound === undefined ? settled.assumption : undefined);
}

interface Settled {
  readonly kind: 'settled';
  readonly slice: SchemaSlice;
  readonly database: DatabaseScore;
  readonly assumption?: string;
}

/** One question on its way: what it has found so far, for the trace and for failures. */
class QuestionPipeline {
  readonly trace = new Trace();
  readonly models: ModelRoles | undefined;
  readonly #question: Question;
  readonly #ports: AnswerPorts;
  readonly #options: AnswerOptions;
  readonly #signal: AbortSignal;
  #databases: readonly DatabaseScore[] = [];
  /** A model is sure that the first database can answer, whatever words the question shares with it. */
  #sureByModel = false;

  constructor(question: Question, ports: AnswerPorts, options: AnswerOptions, signal: AbortSignal) {
    this.#question = question;
    this.#ports = ports;
    this.#options = options;
    this.#signal = signal;
    const deadline = AbortSignal.timeout((options.settings ?? FULL_PIPELINE).deadlineMs);
    this.models = ports.models && mapRoles(ports.models, (model) => this.trace.booked(withinDeadline(model, deadline)));
  }

  stage<T>(name: string, work: () => Promise<T>, note: (value: T) => string): Promise<T> {
    return this.trace.time(name, work, note);
  }

  #phase(name: Phase, note = ''): void {
    this.#options.onPhase?.(name, note);
  }

  failed(failure: Failure, more: Partial<Failed> = {}): Failed {
    return {
      kind: 'failure',
      question: this.#question,
      failure,
      databases: this.#databases,
      trace: this.trace.entries,
      ...more,
    };
  }

  /** The tables and databases that a question is about. A model is asked which database where retrieval alone would ask back. */
  async find(text: string, readable: readonly string[], bound: string | undefined): Promise<Result<SchemaSlice>> {
    this.#phase('find');
    const question = this.#question;
    const prior = priorOf(question, this.#ports.pastAnswers(question));
    const found = await this.stage(
      'retrieve',
      () =>
        retrieve(
          {
            text,
            readable,
            ...(bound === undefined ? {} : { databaseId: bound }),
            notDatabases: question.notDatabases,
            prior,
          },
          this.#ports,
          this.#signal,
        ),
      (made) =>
        made.ok
          ? `${made.value.tables.length} of ${made.value.searchedTables} tables, coverage ${made.value.coverage.toFixed(2)}`
          : sayFailure(made.failure),
    );
    if (!found.ok) return found;
    const slice = found.value;
    this.#databases = slice.databases;
    const [first] = slice.databases;
    if (!first) {
      const turnedDown = readable.filter((id) => question.notDatabases.includes(id));
      if (turnedDown.length === readable.length) return fail({ kind: 'none-left', turnedDown });
      return fail({ kind: 'no-relevant-tables', searched: slice.searchedTables, nearest: [] });
    }
    const { models } = this;
    if (!models || bound !== undefined || !isDoubtful(first.probability, this.#ports.askingPrice(question)))
      return found;
    const chosen = await this.stage(
      'choose database',
      () =>
        chooseDatabase(text, slice, { model: models.linker, catalogOf: this.#ports.retriever.catalogOf }, this.#signal),
      (made) => made.note,
    );
    this.#databases = chosen.slice.databases;
    this.#sureByModel = chosen.sure ?? false;
    return ok(chosen.slice);
  }

  /** One database, or the question back which. */
  async settle(text: string, slice: SchemaSlice, bound: string | undefined): Promise<Settled | Answer> {
    const { retriever, askingPrice } = this.#ports;
    const question = this.#question;
    const first = slice.databases[0]!;
    const plannedTables = (databaseId: string) => {
      const schema = rank(databaseId, slice, retriever);
      const planned = schema && plan({ question: text, ...schema, ...calendarOf(question) });
      return planned?.kind === 'planned' ? planned.tables : undefined;
    };
    // With a model, a database that the planner cannot read the question over may still answer it.
    const nearTables = (databaseId: string) =>
      this.models && slice.databases.find((one) => one.databaseId === databaseId)?.tables.slice(0, 3);
    const choice: DatabaseDecision = await this.stage(
      'clarify',
      async () =>
        clarify(
          {
            slice,
            price: askingPrice(question),
            offered: question.offered ?? [],
            tablesUsed: (id) => plannedTables(id) ?? nearTables(id),
            abilityTells: !this.models,
          },
          retriever.catalogOf,
        ),
      (made) => made.reason,
    );
    // Whoever names the database gets its own answer, be it a decline.
    if (bound !== undefined) return { kind: 'settled', slice, database: first };
    const relevant = slice.coverage >= RELEVANT || this.#sureByModel;
    if (choice.kind === 'settled' || this.#options.neverAsk) {
      if (!relevant && !plannedTables(first.databaseId)) return this.failed(nothingRelevant(slice));
      if (choice.kind === 'settled') return { ...choice, slice };
      const { best: database } = choice;
      const assumption = database.probability < EVEN ? { assumption: guessed(database.databaseId) } : {};
      return { kind: 'settled', slice, database, ...assumption };
    }
    if (!relevant) return this.failed(nothingRelevant(slice));
    const { options, reason } = choice;
    return { kind: 'clarification', question, prompt: promptOf(choice), options, reason, trace: this.trace.entries };
  }

  /** Writes, tries and chooses queries over the settled database, and answers with the one that is chosen. */
  async solved(
    asked: RewrittenQuestion,
    slice: SchemaSlice,
    database: DatabaseScore,
    assumption: string | undefined,
  ): Promise<Answer> {
    const { databaseId } = database;
    const { retriever } = this.#ports;
    const question = this.#question;
    const schema = rank(databaseId, slice, retriever);
    const opened = this.#ports.database(databaseId);
    const open = opened && withinRunBudget(opened);
    const scope = this.#ports.scopeOf(databaseId);
    if (!schema || !open || !scope) return this.failed({ kind: 'index-missing' }, { databaseId });
    this.#phase('write', databaseId);
    const solving = await textToSql(
      {
        text: asked.text,
        hint: question.hint ?? '',
        revised: asked.revised && !asked.rewritten,
        earlier: asked.revised ? question.earlier : [],
        calendar: calendarOf(question),
        schema,
        scope,
        askerId: question.asker.userId,
        readable: this.#ports.readable(question),
        onTry: () => this.#phase('run', databaseId),
        ...(this.#options.onLinked ? { onLinked: this.#options.onLinked } : {}),
      },
      {
        retriever,
        countTokens: this.#ports.countTokens,
        database: open,
        ...(this.models ? { models: this.models } : {}),
        ...(this.#ports.bankFor ? { bank: this.#ports.bankFor(question) } : {}),
      },
      this.#options.settings ?? FULL_PIPELINE,
      this.trace,
      this.#signal,
    );
    const candidates = attemptsOf(solving.tried);
    if (this.#signal.aborted) return this.failed({ kind: 'cancelled' }, { databaseId, candidates });
    const { selection } = solving;
    const outcomes = selection && !this.#options.neverAsk ? openOutcomes(selection, schema.catalog) : undefined;
    if (selection && outcomes && !abstains(solving))
      return {
        kind: 'outcomes',
        question,
        databaseId,
        prompt: 'That can be read in two ways. Which of these do you mean?',
        outcomes,
        reason: selection.reason,
        candidates,
        trace: this.trace.entries,
      };
    const executed = abstains(solving)
      ? undefined
      : await this.stage(
          'execute',
          () => execute(selection?.chosen, solving.tried, scope, open, this.#signal),
          (made) =>
            made?.ok ? `${made.value.table.rows.length} rows` : made ? sayFailure(made.failure) : 'nothing to run',
        );
    if (!executed?.ok) {
      const failure =
        executed?.failure ??
        (await explainNoQuery(
          { solving, schema, slice, question },
          { retriever, withModel: this.models !== undefined },
          this.#signal,
        ));
      const sql = (costly(solving.tried) ?? solving.tried.at(-1))?.sql;
      return this.failed(failure, { databaseId, candidates, ...(sql === undefined ? {} : { sql }) });
    }
    const { candidate: chosen, sql, table } = executed.value;
    return this.#present(databaseId, schema.catalog, sql, table, {
      probability: database.probability,
      caveats: [
        ...(assumption ? [assumption] : []),
        ...readings(chosen, solving),
        ...timeCaveats(sql.text, schema.catalog, question, solving.dates.length > 0),
        ...mendedCaveat(chosen),
        ...doubts(chosen),
      ],
      candidates,
      origin: {
        generator: chosen.generator,
        agreeing: selection?.agreeing ?? 1,
        voting: selection?.voting ?? 1,
        withoutModel: this.models !== undefined && solving.failures.length > 0 && chosen.generator === 'planner',
        ...(asked.rewritten ? { readAs: asked.text } : {}),
      },
    });
  }

  /** Runs the query that a person chose among outcomes. */
  async chosen(databaseId: string, sql: string): Promise<Answer> {
    const catalog = this.#ports.retriever.catalogOf(databaseId);
    const database = this.#ports.database(databaseId);
    const scope = this.#ports.scopeOf(databaseId);
    if (!catalog || !database || !scope) return this.failed({ kind: 'index-missing' }, { databaseId });
    this.#phase('run', databaseId);
    const judged = await judge(sql, catalog.engine, scope);
    const ran = judged.ok
      ? await this.stage(
          'execute',
          () => database.run(judged.value, this.#question.costAccepted ? ANYWAY_LIMITS : ANSWER_LIMITS, this.#signal),
          (made) => (made.ok ? `${made.value.rows.length} rows` : sayFailure(made.failure)),
        )
      : judged;
    if (!judged.ok || !ran.ok) return this.failed((ran as { failure: Failure }).failure, { databaseId, sql });
    return this.#present(databaseId, catalog, judged.value, ran.value as ResultTable, {
      probability: 1,
      caveats: timeCaveats(sql, catalog, this.#question, relativeDates(this.#question.text, this.#question).length > 0),
      candidates: [],
      origin: { generator: 'chosen', agreeing: 1, voting: 1, withoutModel: false },
    });
  }

  async #present(
    databaseId: string,
    catalog: DatabaseCatalog,
    sql: ReadOnlySql,
    table: ResultTable,
    more: Pick<Answered, 'probability' | 'caveats' | 'candidates' | 'origin'>,
  ): Promise<Answered> {
    this.#phase('explain');
    const edl = await this.stage(
      'explain',
      async () => explainExecuted(sql.text, catalog.engine, catalog),
      (made) => `${made.steps.length} steps`,
    );
    const said = await this.stage(
      'takeaway',
      () =>
        sayTakeaway(
          more.origin.readAs ?? this.#question.text,
          table,
          this.#options.settings ?? FULL_PIPELINE,
          this.models,
          this.#signal,
        ),
      (made) => made.note,
    );
    return {
      kind: 'answer',
      question: this.#question,
      databaseId,
      databases: this.#databases,
      sql: sql.text,
      edl,
      takeaway: said.text,
      table,
      tables: sql.tables.map((one) => tableLabel(one, catalog.engine)),
      trace: this.trace.entries,
      ...more,
      caveats: [...more.caveats, ...caveatsOf(table, edl)],
    };
  }
}

/** The first candidate that waits for a person to say that it may cost what it costs. */
const costly = (tried: readonly TriedCandidate[]) =>
  tried.filter(isMeant).find(({ attempt }) => attempt.kind === 'failed' && attempt.failure.kind === 'query-too-costly');

const attemptsOf = (tried: readonly TriedCandidate[]): (Candidate & { readonly attempt: AttemptSummary })[] =>
  tried.map(({ attempt, ...candidate }) => ({
    ...candidate,
    attempt:
      attempt.kind === 'ran'
        ? { kind: 'ran', rowCount: attempt.table.rows.length }
        : { kind: 'failed', failure: attempt.failure },
  }));

/** The answer of the catalog, where the question is about the databases themselves. */
function fromCatalog(text: string, readable: readonly string[], { retriever, factsOf }: AnswerPorts) {
  const asked = readCatalogQuestion(text);
  const catalogs = asked ? readable.flatMap((id) => retriever.catalogOf(id) ?? []) : [];
  return asked && answerFromCatalog(asked, catalogs, factsOf);
}

/** What is asked back about databases. */
function promptOf({ options, more, likelier }: DatabaseDecision & { readonly kind: 'doubt' }): string {
  const [only, second] = options;
  if (only && !second)
    return likelier === undefined
      ? `I am not sure which database this is about. Should ${only.databaseId} answer it?`
      : `${likelier} looks likelier, but I cannot read this question over it. Should ${only.databaseId} answer it?`;
  return more
    ? `Which database should answer this? More than ${options.length} hold something like it; reply with the name of any.`
    : `Which database should answer this? ${options.length} of them hold something like it.`;
}

function nothingRelevant(slice: SchemaSlice): Failure {
  const nearest = slice.tables
    .slice(0, 2)
    .map(({ databaseId, table }) => ({ database: databaseId, table: table.name }));
  return { kind: 'no-relevant-tables', searched: slice.searchedTables, nearest };
}
