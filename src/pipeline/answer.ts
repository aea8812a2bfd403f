import type { Answer, Answered, Courtesy, Failed, OutcomeQuestion } from '#src/domain/answer.ts';
import { type DatabaseCatalog, tableLabel } from '#src/domain/catalog.ts';
import type { Judgement } from '#src/domain/confidence.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { failedChecks } from '#src/domain/number-check.ts';
import type { OnPhase, PhaseNews } from '#src/domain/progress.ts';
import { checkQuestion, databaseOf, isAskedEnough, type Question } from '#src/domain/question.ts';
import { sayWords } from '#src/domain/reading.ts';
import type { Result } from '#src/domain/result.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import type { DatabaseScore, LinkedSchema, SchemaSlice } from '#src/domain/schema-slice.ts';
import type { StageRecord } from '#src/domain/trace.ts';
import { contentWords } from '#src/domain/words.ts';
import { explainExecuted } from '#src/edl/explain.ts';
import type { Scope } from '#src/guard/scope.ts';
import { relativeDates } from '#src/planner/dates.ts';
import type { Plan } from '#src/planner/plan.ts';
import { type ModelRoles, mapRoles } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import { readingOf } from '#src/reading/reading.ts';
import type { AnswerPorts } from './answer-ports.ts';
import { FULL_PIPELINE, type PipelineSettings } from './settings.ts';
import { answerCourtesy } from './stages/answer-courtesy.ts';
import { answerFromCatalog, readCatalogQuestion } from './stages/answer-from-catalog.ts';
import { type AmongTables, askAmongTables, recordOfTables } from './stages/ask-among-tables.ts';
import { type CheckedNumbers, checkNumbers } from './stages/check-numbers.ts';
import { ASKED_ENOUGH } from './stages/clarify.ts';
import { type ExecutedCandidate, execute, executeChosen } from './stages/execute.ts';
import { abstains, type ExplainNoQueryInput, explainNoQuery } from './stages/explain-no-query.ts';
import { fastTextToSql } from './stages/fast-path.ts';
import { findDatabases } from './stages/find-databases.ts';
import { openOutcomes } from './stages/offer-outcomes.ts';
import { type OfferInput, offerQuestions } from './stages/offer-questions.ts';
import { type RewrittenQuestion, rewriteFollowUp } from './stages/rewrite-follow-up.ts';
import type { Selection } from './stages/select.ts';
import { settleDatabase } from './stages/settle-database.ts';
import { sayTakeaway } from './stages/takeaway.ts';
import { caveatsOf, checkDoubts, checkNotes, doubts, mendedCaveat, readings, remedyNotes } from './support/caveats.ts';
import { confidenceOf, evidenceOf, isPlannersAlone } from './support/confidence.ts';
import { databaseOfIdentifier } from './support/literal-tables.ts';
import { otherLanguage } from './support/other-language.ts';
import type { PlannedOver } from './support/plan-for.ts';
import { withinRunBudget, withinTokens } from './support/question-budget.ts';
import { timeCaveats } from './support/time-caveats.ts';
import { Trace } from './support/trace.ts';
import { attemptsOf, correctedOf, sqlToShow } from './support/tried-queries.ts';
import { withinDeadline } from './support/within-deadline.ts';

export interface AnswerOptions {
  /** Takes the first database and the likeliest result instead of asking back, and offers no other question (evaluation). */
  readonly neverAsk?: boolean;
  readonly settings?: PipelineSettings;
  readonly onPhase?: OnPhase;
  /** Told what linking left of the schema (evaluation). */
  readonly onLinked?: (linked: LinkedSchema) => void;
}

/**
 * Question → rewrite → catalog? → retrieve → clarify? → link → generate → refine → select → execute → explain. Expected trouble is an
 * answer too; one answer always comes, in bounded time.
 */
export async function answer(
  question: Question,
  ports: AnswerPorts,
  options: AnswerOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const run = new QuestionPipeline(question, ports, options, signal);
  const checked = checkQuestion(question.text);
  if (!checked.ok) return run.declined(checked.failure);
  const { intent, thread } = question;
  const { readable } = ports;
  const courtesy = intent.kind === 'any' ? answerCourtesy(question, ports) : undefined;
  if (courtesy) return run.courtesy(courtesy);
  if (!readable.length) return run.failed({ kind: 'no-access' });
  const named = databaseOf(intent);
  if (named !== undefined && !readable.includes(named))
    return isVerified(intent)
      ? run.failed({ kind: 'not-shared' })
      : run.declined({ kind: 'unknown-database', name: named, known: readable });
  if (intent.kind === 'chosen') return run.chosen(intent);
  const language = ports.models ? undefined : otherLanguage(question.text);
  if (language) return run.declined({ kind: 'other-language', language });

  const asked = await run.rewrite();
  const ofCatalog = await run.fromCatalog(asked.text, named === undefined ? readable : [named]);
  if (ofCatalog) return ofCatalog;
  // A change to the last question stays in its database; a new question searches all of them again.
  const ofThread = asked.revised ? thread.earlier.at(-1)?.databaseId : undefined;
  const left = readable.filter((id) => !thread.turnedDown.includes(id));
  const verified = ports.verifiedIn(asked.text);
  const bound =
    named ??
    ofThread ??
    left.find((id) => id === verified) ??
    databaseOfIdentifier(asked.text, left, ports.retriever.catalogOf);
  return run.fromData(asked, bound);
}

/** One question on its way: what it has found so far, for the trace and for failures. */
class QuestionPipeline {
  readonly #question: Question;
  readonly #ports: AnswerPorts;
  readonly #options: AnswerOptions;
  readonly #offers: boolean;
  readonly #settings: PipelineSettings;
  readonly #signal: AbortSignal;
  readonly #trace: Trace;
  readonly #models: ModelRoles | undefined;
  #databases: readonly DatabaseScore[] = [];

  constructor(question: Question, ports: AnswerPorts, options: AnswerOptions, signal: AbortSignal) {
    this.#question = question;
    this.#ports = ports;
    this.#offers = !options.neverAsk;
    // Whoever was given the wrong database wants the next one, not a question.
    const isToBeSettled = question.intent.kind === 'next' || isAskedEnough(question.thread);
    this.#options = isToBeSettled ? { ...options, neverAsk: true } : options;
    this.#settings = options.settings ?? FULL_PIPELINE;
    this.#signal = signal;
    this.#trace = new Trace(ports.now);
    const deadline = AbortSignal.timeout(this.#settings.deadlineMs);
    const tokens = { left: this.#settings.writtenTokens };
    this.#models =
      ports.models &&
      mapRoles(ports.models, (model, role) =>
        withinTokens(this.#trace.booked(withinDeadline(model, deadline), role), tokens),
      );
  }

  #phase(news: PhaseNews): void {
    this.#options.onPhase?.(news);
  }

  failed(failure: Failure, more: Partial<Failed> = {}): Failed {
    const trace = this.#trace.entries;
    return { kind: 'failure', question: this.#question, failure, databases: this.#databases, trace, ...more };
  }

  /** The failure with what could be asked instead. */
  async declined(
    failure: Failure,
    more: Partial<Failed> & Partial<Pick<OfferInput, 'text' | 'slice'>> = {},
  ): Promise<Failed> {
    const { text = this.#question.text, slice, ...about } = more;
    const { databaseId } = about;
    if (!this.#offers) return this.failed(failure, about);
    const offered = await this.#trace.stage(
      () =>
        offerQuestions(
          {
            question: this.#question,
            text,
            failure,
            ...(slice ? { slice } : {}),
            ...(databaseId === undefined ? {} : { databaseId }),
          },
          this.#ports,
          this.#signal,
        ),
      (made) => ({ stage: 'offer', questions: made.map((one) => one.text) }),
    );
    return this.failed(failure, { ...about, ...(offered.length ? { offered } : {}) });
  }

  courtesy(made: Pick<Courtesy, 'text' | 'offered'>): Courtesy {
    return { kind: 'courtesy', question: this.#question, ...made, trace: this.#trace.entries };
  }

  rewrite(): Promise<RewrittenQuestion> {
    const question = this.#question;
    return this.#trace.stage(
      () => rewriteFollowUp(question, this.#models?.linker, this.#signal),
      ({ text, rewritten, revised }) => ({
        stage: 'rewrite',
        asked: question.text,
        text,
        how: rewritten ? 'model' : revised ? 'rule' : 'as-asked',
      }),
    );
  }

  /** The answer of the catalog, where the question is about the databases themselves. */
  async fromCatalog(text: string, ids: readonly DatabaseId[]): Promise<Answer | undefined> {
    const { retriever, factsOf } = this.#ports;
    const made = await this.#trace.stage(
      async () => {
        const asked = readCatalogQuestion(text);
        const catalogs = asked ? ids.flatMap((id) => retriever.catalogOf(id) ?? []) : [];
        return asked && answerFromCatalog(asked, catalogs, factsOf);
      },
      (answered) => ({ stage: 'catalog', text, ...(answered ? { rows: answered.rows.length } : {}) }),
    );
    return made && { kind: 'catalog', question: this.#question, ...made, trace: this.#trace.entries };
  }

  /** Finds the database, settles on it or asks back, then writes, tries and chooses queries over it. */
  async fromData(asked: RewrittenQuestion, bound: DatabaseId | undefined): Promise<Answer> {
    const about = [...contentWords(asked.text).values()];
    this.#phase({ phase: 'find', about });
    const found = await findDatabases(
      {
        question: this.#question,
        text: asked.text,
        revised: asked.revised && !asked.rewritten,
        probes: this.#settings.probes,
        ...(bound === undefined ? {} : { bound }),
      },
      this.#ports,
      this.#models?.linker,
      this.#trace,
      this.#signal,
    );
    if (!found.ok) return this.declined(found.failure, { text: asked.text });
    const { slice, sureByModel, probes, planFor } = found.value;
    this.#databases = slice.databases;
    const { retriever, askingPrice } = this.#ports;
    const settled = await settleDatabase(
      {
        question: this.#question,
        slice,
        sureByModel,
        planFor,
        probed: probes.length > 0,
        price: askingPrice,
        withModel: this.#models !== undefined,
        neverAsk: this.#options.neverAsk ?? false,
        ...(bound === undefined ? {} : { bound }),
      },
      { ...this.#ports, catalogOf: retriever.catalogOf },
      this.#trace,
    );
    switch (settled.kind) {
      case 'settled': {
        const { databaseId } = settled.database;
        const over = planFor(databaseId);
        if (!over) return this.failed({ kind: 'index-missing' }, { databaseId });
        const among = await this.#amongTables(over);
        if (among.kind === 'asks') {
          const { prompt, options: outcomes, reason } = among;
          return this.#asks({ databaseId, prompt, outcomes, reason, candidates: [] });
        }
        const assumed = [settled.assumption, among.assumption].flatMap((one) => one ?? []);
        return this.#solved(asked, slice, among.over, settled.database, assumed);
      }
      case 'nothing-relevant':
        return this.declined(settled.failure, { text: asked.text, slice });
      case 'doubt': {
        const { prompt, options, reason } = settled;
        const trace = this.#trace.entries;
        return { kind: 'clarification', question: this.#question, prompt, options, reason, trace };
      }
    }
  }

  /** Where the database has near copies of a table that is needed: one of them, or the question which. */
  async #amongTables(over: PlannedOver): Promise<AmongTables> {
    const { neverAsk = false } = this.#options;
    const settle = () => askAmongTables({ question: this.#question, over, neverAsk }, this.#ports);
    return over.copies ? this.#trace.stage(async () => settle(), recordOfTables(over)) : settle();
  }

  async #solved(
    asked: RewrittenQuestion,
    slice: SchemaSlice,
    { schema, plan }: PlannedOver,
    database: DatabaseScore,
    assumed: readonly string[],
  ): Promise<Answer> {
    const { databaseId } = database;
    const { retriever, countTokens, bank, readable } = this.#ports;
    const question = this.#question;
    const opened = await this.#ports.database(databaseId);
    if (!opened.ok) return this.failed(opened.failure, { databaseId });
    const open = withinRunBudget(opened.value);
    const scope = this.#ports.scopeOf(databaseId);
    if (!scope) return this.failed({ kind: 'no-access', database: databaseId }, { databaseId });
    this.#phase({ phase: 'tables', databaseId, about: [...contentWords(asked.text).values()] });
    const solving = await fastTextToSql(
      {
        text: asked.text,
        hint: question.hint ?? '',
        earlier: asked.revised ? question.thread.earlier : [],
        calendar: question.calendar,
        schema,
        planned: plan,
        scope,
        askerId: question.asker.userId,
        readable,
        onPhase: (news) => this.#phase({ ...news, databaseId }),
        ...(this.#options.onLinked ? { onLinked: this.#options.onLinked } : {}),
      },
      {
        retriever,
        countTokens,
        database: open,
        ...(this.#models ? { models: this.#models } : {}),
        ...(bank ? { bank } : {}),
      },
      this.#settings,
      this.#trace,
      this.#signal,
    );
    const candidates = attemptsOf(solving.tried);
    if (this.#signal.aborted) return this.failed({ kind: 'cancelled' }, { databaseId, candidates });
    const { selection } = solving;
    const refusesToWrite = abstains(solving);
    const outcomes = selection && openOutcomes(selection, schema.catalog);
    const isOpen = selection !== undefined && outcomes !== undefined && !refusesToWrite;
    if (isOpen && !this.#options.neverAsk)
      return this.#asks({ databaseId, prompt: TWO_WAYS, outcomes, reason: selection.reason, candidates });
    const executed = refusesToWrite
      ? undefined
      : await this.#trace.stage(
          () => execute(selection?.chosen, solving.tried, scope, open, this.#signal),
          executeRecord,
        );
    if (!executed?.ok) {
      const unanswered = { solving, text: asked.text, schema, slice, question };
      return this.#unanswered(unanswered, executed?.failure, candidates);
    }
    const { candidate: chosen } = executed.value;
    const checked = await this.#check(executed.value, asked.text, schema.catalog, scope, opened.value);
    const { sql, table, checks, isCorrected } = checked;
    const warnings = doubts(chosen, solving);
    const isDoubtful = warnings.length > 0 || failedChecks(checks).length > 0;
    return this.#present(databaseId, schema.catalog, checked, {
      probability: database.probability,
      caveats: [
        ...checkDoubts(checks),
        ...remedyNotes(checked.remedies),
        ...assumed,
        ...(isOpen && isAskedEnough(question.thread) ? [ASKED_ENOUGH] : []),
        ...readings(chosen, solving),
        ...checkNotes(checks),
        ...timeCaveats(sql.text, schema.catalog, question.calendar, solving.dates.length > 0),
        ...mendedCaveat(chosen),
        ...warnings,
      ],
      candidates: isCorrected ? [...candidates, correctedOf(chosen, checked)] : candidates,
      ...judged(
        selection,
        solving.planned,
        outcomes ? 'ask' : isDoubtful ? 'check' : 'post',
        isCorrected ? table : undefined,
      ),
      origin: {
        generator: chosen.generator,
        agreeing: selection?.agreeing ?? 1,
        voting: selection?.voting ?? 1,
        withoutModel: this.#models !== undefined && solving.failures.length > 0 && chosen.generator === 'planner',
        ...(asked.rewritten ? { readAs: asked.text } : {}),
      },
    });
  }

  #asks(about: Pick<OutcomeQuestion, 'databaseId' | 'prompt' | 'outcomes' | 'reason' | 'candidates'>): OutcomeQuestion {
    return { kind: 'outcomes', question: this.#question, ...about, trace: this.#trace.entries };
  }

  /** Why there is no answer, and what could be asked instead. */
  async #unanswered(
    input: ExplainNoQueryInput,
    known: Failure | undefined,
    candidates: Failed['candidates'],
  ): Promise<Failed> {
    const { retriever, readable } = this.#ports;
    const { tried } = input.solving;
    const ports = { retriever, readable, withModel: this.#models !== undefined };
    const failure = known ?? (await explainNoQuery(input, ports, this.#signal));
    return this.declined(failure, {
      databaseId: input.schema.catalog.databaseId,
      text: input.text,
      slice: input.slice,
      ...(candidates ? { candidates } : {}),
      ...sqlToShow(tried),
    });
  }

  /** Runs the query that a person chose among outcomes. */
  async chosen(intent: Extract<Question['intent'], { readonly kind: 'chosen' }>): Promise<Answer> {
    const { databaseId, sql } = intent;
    const catalog = this.#ports.retriever.catalogOf(databaseId);
    const scope = this.#ports.scopeOf(databaseId);
    const database = await this.#ports.database(databaseId);
    if (!database.ok) return this.failed(database.failure, { databaseId });
    if (!catalog || !scope) return this.failed({ kind: 'index-missing' }, { databaseId });
    this.#phase({ phase: 'run', databaseId });
    const ran = await this.#trace.stage(
      () => executeChosen(intent, scope, database.value, this.#signal),
      (made) => ({
        stage: 'execute',
        sql,
        ...(made.ok ? { rows: made.value.table.rows.length } : { failure: made.failure.kind }),
      }),
    );
    if (!ran.ok)
      return isVerified(intent) && OF_THE_READER.has(ran.failure.kind)
        ? this.failed({ kind: 'not-shared' }, { databaseId })
        : this.failed(ran.failure, { databaseId, sql });
    const { calendar, text } = this.#question;
    const checked = await this.#check(ran.value, text, catalog, scope, database.value);
    return this.#present(databaseId, catalog, checked, {
      probability: 1,
      caveats: [
        ...checkDoubts(checked.checks),
        ...remedyNotes(checked.remedies),
        ...checkNotes(checked.checks),
        ...timeCaveats(checked.sql.text, catalog, calendar, relativeDates(text, calendar).length > 0),
      ],
      candidates: [],
      origin: {
        generator: 'chosen',
        agreeing: 1,
        voting: 1,
        withoutModel: false,
        ...(intent.changed ? { changed: intent.changed } : {}),
        ...(intent.verified ? { verified: true } : {}),
      },
    });
  }

  /** Tests the numbers that would be posted, whoever wrote their query. */
  #check(
    { sql, table }: Pick<ExecutedCandidate, 'sql' | 'table'>,
    question: string,
    catalog: DatabaseCatalog,
    scope: Scope,
    database: Database,
  ): Promise<CheckedNumbers> {
    const { calendar } = this.#question;
    return this.#trace.stage(
      () => checkNumbers({ sql, table, catalog, scope, calendar, question }, database, this.#signal),
      (made) => ({
        stage: 'check',
        checks: made.checks.map(({ says: _, ...record }) => record),
        ...(made.isCorrected ? { sql: made.sql.text } : {}),
      }),
    );
  }

  async #present(
    databaseId: DatabaseId,
    catalog: DatabaseCatalog,
    { sql, table, checks, remedies = [] }: CheckedNumbers,
    more: Pick<Answered, 'probability' | 'caveats' | 'candidates' | 'origin' | 'judgement'>,
  ): Promise<Answered> {
    this.#phase({ phase: 'run', databaseId, fact: rowsFact(table) });
    this.#phase({ phase: 'explain', databaseId });
    const edl = await this.#trace.stage(
      async () => explainExecuted(sql.text, catalog.engine, catalog),
      (made) => ({ stage: 'explain', steps: made.steps.length, missing: made.missing.length }),
    );
    const { text, calendar } = this.#question;
    const reading = readingOf(sql.text, catalog, { question: text, calendar });
    // A query that was changed is no answer to the words that were asked.
    const answered = more.origin.changed && reading ? sayWords(reading.line) : (more.origin.readAs ?? text);
    const said = await this.#trace.stage(
      () =>
        sayTakeaway(
          { question: answered, table, ran: { sql: sql.text, catalog }, today: calendar.today },
          this.#settings,
          this.#models,
          this.#signal,
        ),
      ({ by, refused }) => ({ stage: 'takeaway', by, ...(refused ? { refused } : {}) }),
    );
    return {
      kind: 'answer',
      question: this.#question,
      databaseId,
      databases: this.#databases,
      sql: sql.text,
      edl,
      ...(reading ? { reading } : {}),
      takeaway: said.text,
      display: said.display,
      table,
      checks,
      ...(remedies.length ? { remedies } : {}),
      tables: sql.tables.map((one) => tableLabel(one, catalog.engine)),
      trace: this.#trace.entries,
      ...more,
      caveats: [...more.caveats, ...caveatsOf(table, edl)],
    };
  }
}

const TWO_WAYS = 'That can be read in two ways. Which of these do you mean?';

const isVerified = (intent: Question['intent']) => intent.kind === 'chosen' && intent.verified === true;

/** What a query that the data team may run is refused for where its asker may see less. */
const OF_THE_READER: ReadonlySet<Failure['kind']> = new Set(['no-access', 'table-refused', 'column-refused']);

const executeRecord = (made: Result<ExecutedCandidate> | undefined): StageRecord => ({
  stage: 'execute',
  ...(made?.ok ? { sql: made.value.sql.text, rows: made.value.table.rows.length } : {}),
  ...(made && !made.ok ? { failure: made.failure.kind } : {}),
});

const rowsFact = ({ rows, truncated, elapsedMs }: ResultTable): string =>
  `${rows.length.toLocaleString('en-US')}${truncated ? '+' : ''} ${rows.length === 1 ? 'row' : 'rows'} in ${(elapsedMs / 1000).toFixed(1)} s`;

/** How sure the selection is of what it took; nothing where nothing was taken. */
function judged(
  selection: Selection | undefined,
  planned: Plan,
  decision: Judgement['decision'],
  corrected: ResultTable | undefined,
): Pick<Answered, 'judgement'> {
  if (!selection) return {};
  const chosen = evidenceOf(selection);
  const evidence = corrected ? { ...chosen, asWritten: 0, rows: corrected.rows.length ? 1 : 0 } : chosen;
  const own = planned.kind === 'planned' && isPlannersAlone(selection) ? planned.confidence : undefined;
  return { judgement: { confidence: own ?? confidenceOf(evidence), evidence, decision } };
}
