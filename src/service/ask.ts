import { type MayRead, turnsFor } from '#src/access/may-read.ts';
import { type ReaderViews, readerOf } from '#src/access/reader-views.ts';
import type { Connections } from '#src/databases/connections.ts';
import type { Answer } from '#src/domain/answer.ts';
import { calendarAt } from '#src/domain/calendar.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { RunId } from '#src/domain/ids.ts';
import {
  type Asker,
  checkQuestion,
  type Intent,
  NEW_THREAD,
  type Place,
  type Question,
  type Thread,
} from '#src/domain/question.ts';
import type { Result } from '#src/domain/result.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import { startGate } from '#src/guard/judge.ts';
import { type AnswerOptions, answer } from '#src/pipeline/answer.ts';
import { retrieve } from '#src/pipeline/stages/retrieve.ts';
import { databasesNaming } from '#src/pipeline/support/literal-tables.ts';
import { priorOf } from '#src/pipeline/support/prior.ts';
import type { LoadedIndex } from '#src/ports/schema-indexes.ts';
import type { Administration } from './administration.ts';
import { auditAnswer, auditQuestion, hashOf, personOf } from './audited.ts';
import { withCostApproved } from './cost-approval.ts';
import type { ExamplesFor } from './examples.ts';
import { daysBefore } from './housekeeping.ts';
import type { IndexService } from './index-service.ts';
import { keptTrace } from './keep-trace.ts';
import { openKnownQuestions } from './known-questions.ts';
import type { ServiceParts } from './parts.ts';
import { questionPorts } from './question-ports.ts';
import { allPaused, overHourlyBudget } from './refusals.ts';

/** A question as a surface gives it; its asker's calendar and identity are added here. */
export interface Asked {
  readonly text: string;
  readonly asker: Asker;
  readonly place: Place;
  /** What was said before; nothing, if absent. */
  readonly thread?: Thread;
  /** An answer from any database, if absent. */
  readonly intent?: Intent;
  readonly hint?: string;
  /** The run that it is answered by; a new one, if absent. */
  readonly runId?: RunId;
}

export type AskOptions = Pick<AnswerOptions, 'onPhase' | 'neverAsk'>;

export interface AskService {
  /** Audit → budget → answer → audit: nothing is done about a question that cannot be written down. */
  ask(asked: Asked, options: AskOptions, signal: AbortSignal): Promise<Answer>;
  /** The databases and tables that a question would be answered from, without answering it. */
  /** @param wanted tables at most, and whether the clusters of columns that were found are told, too. */
  find(
    asked: Asked,
    wanted: { readonly limit: number; readonly explain?: boolean },
    signal: AbortSignal,
  ): Promise<Result<SchemaSlice>>;
}

type Parts = Pick<
  ServiceParts,
  | 'store'
  | 'audit'
  | 'models'
  | 'reranker'
  | 'countTokens'
  | 'questionIndex'
  | 'settings'
  | 'clock'
  | 'newId'
  | 'identityOf'
  | 'log'
>;

export function openAsk(
  parts: Parts,
  connections: Connections,
  index: Pick<IndexService, 'held'>,
  examplesFor: ExamplesFor,
  mayRead: MayRead,
  administration: Pick<Administration, 'mayAdminister'>,
): AskService {
  const { audit, models, settings, clock } = parts;
  const retrieverFor = openKnownQuestions(parts, mayRead);
  const portsFor = async (question: Question, views: ReaderViews, over: LoadedIndex) => {
    const known = { ...views, retriever: await retrieverFor(over, views) };
    return questionPorts(question, { views: known, over }, parts, connections, examplesFor);
  };

  return {
    async ask(asked, options, signal) {
      const question = await withCostApproved(questionOf(asked, parts), parts, administration);
      const failed = (failure: Failure): Answer => ({
        kind: 'failure',
        question,
        failure,
        databases: [],
        trace: [],
        // What names a database is posted only where its audience may know of it.
        ...(failure.kind === 'database-paused' ? { databaseId: failure.database } : {}),
      });
      // A command has one question, and the gate starts while its databases are looked for.
      void startGate(await connections.engines(), { withSpare: false });
      const held = await index.held(signal);
      if (!held.ok) return failed(held.failure);
      const views = await held.value.viewsOf(readerOf(question), signal);
      const refusal =
        (await writeDown(question, views, parts)) ??
        (await overHourlyBudget(question, parts)) ??
        (await allPaused(question, views.readable, parts));
      if (refusal) return failed(refusal);
      // No query is written for a chosen one, so nobody waits to learn how.
      if (question.intent.kind !== 'chosen') await models?.learn(signal);
      const { thread } = question;
      const shown = { ...question, thread: { ...thread, earlier: await turnsFor(views, thread.earlier, mayRead) } };
      const { ports, close } = await portsFor(shown, views, held.value.index);
      const given = await answer(shown, ports, { settings: settings.pipeline, ...options }, signal).finally(close);
      const unwritten = await auditAnswer(audit, question.runId, given, clock.now());
      if (unwritten) return failed(unwritten);
      await keepTrace(given, parts);
      return given;
    },
    async find(asked, wanted, signal) {
      const checked = checkQuestion(asked.text);
      if (!checked.ok) return checked;
      const held = await index.held(signal);
      if (!held.ok) return held;
      const question = questionOf(asked, parts);
      const views = await held.value.viewsOf(readerOf(question), signal);
      const { readable, retriever, pastAnswers } = (await portsFor(question, views, held.value.index)).ports;
      const { turnedDown } = question.thread;
      const named = databasesNaming(question.text, readable, retriever.catalogOf);
      const prior = priorOf(question, pastAnswers, named);
      return retrieve({ text: question.text, readable, turnedDown, ...wanted, prior }, { retriever }, signal);
    },
  };
}

async function writeDown(
  question: Question,
  views: ReaderViews,
  { store, audit, models, settings, clock }: Parts,
): Promise<Failure | undefined> {
  const rules = JSON.stringify(await store.accessRules());
  const entry = {
    run: question.runId,
    who: personOf(question),
    question: question.text,
    keepText: settings.keepQuestionTexts,
    scopeDigest: views.digest,
    policyVersion: hashOf(rules).slice(0, 16),
    ...(models ? { model: models.name } : {}),
  };
  return auditQuestion(audit, entry, clock.now());
}

/** A trace that cannot be kept costs nobody their answer. No bot keeps house where only the command line asks: old ones go here. */
async function keepTrace(given: Answer, { store, settings, clock, log }: Parts): Promise<void> {
  const ofRun = given.question.place.kind !== 'terminal';
  try {
    const since = daysBefore(clock.now(), settings.keepDays.questions);
    await store.saveTrace(keptTrace(given, settings.keepQuestionTexts, clock.now()), { ofRun, since });
  } catch (error) {
    log(`the trace of run ${given.question.runId} could not be kept: ${(error as Error).name}`);
  }
}

/** A question with what is not for a surface to say: how its asker reckons time, and who they are to the company. */
export function questionOf(
  { text, asker, place, thread = NEW_THREAD, intent = { kind: 'any' }, hint, runId }: Asked,
  { settings, clock, newId, identityOf }: Pick<ServiceParts, 'settings' | 'clock' | 'newId' | 'identityOf'>,
): Question {
  const identity = asker.identity ?? identityOf(asker.teamId, asker.userId);
  return {
    text,
    asker: { ...asker, ...(identity === undefined ? {} : { identity }) },
    place,
    thread,
    intent,
    calendar: calendarAt(clock.now(), settings.calendar, asker.timeZone),
    runId: runId ?? newId(),
    ...(hint === undefined ? {} : { hint }),
  };
}
