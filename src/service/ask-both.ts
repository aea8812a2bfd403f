import type { Answer } from '#src/domain/answer.ts';
import { calendarAt } from '#src/domain/calendar.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { Failure } from '#src/domain/failure.ts';
import { OPERATOR, type Question } from '#src/domain/question.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { resultKey } from '#src/domain/result-key.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { rowsOf } from '#src/explore/run-query.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { answerPorts } from '#src/pipeline/answer-ports.ts';
import { type PipelineSettings, PROMPT_STYLES, pipelineNamed } from '#src/pipeline/settings.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { sortsRows } from './ask-known.ts';
import type { ServiceParts } from './parts.ts';

/** A question that measures what was learned, with its query. */
export interface HeldBackQuestion {
  readonly id: string;
  readonly question: string;
  readonly sql: string;
}

/** Whether the untrained model and the adapter were right. */
export interface AskedOfBoth {
  readonly id: string;
  readonly before: boolean;
  readonly after: boolean;
}

export interface AdapterAsked {
  /** As its server knows it. */
  readonly name: string;
  /** The prompt style that it was trained on. */
  readonly style: string;
}

/** A database by itself, with what retrieval knows of it. */
export interface OpenedPlace {
  readonly database: Database;
  readonly catalog: DatabaseCatalog;
  readonly retriever: SchemaRetriever;
}

type Parts = Pick<ServiceParts, 'clock' | 'models' | 'countTokens' | 'settings'>;

/** Nobody waits for these answers: no reply is cut short. */
const DEADLINE_MS = 3_600_000;

/** See TrainService.askBoth. */
export async function askBoth(
  questions: readonly HeldBackQuestion[],
  { name, style: trained }: AdapterAsked,
  place: OpenedPlace,
  parts: Parts,
  onAsked: (asked: AskedOfBoth) => void,
  signal: AbortSignal,
): Promise<Result<'asked' | 'not served'>> {
  const { models } = parts;
  const style = PROMPT_STYLES.find((one) => one.name === trained);
  await models?.learn(signal);
  const adapters = models?.roles.adapters.filter(({ model }) => model.id === name) ?? [];
  if (!models || !style || !adapters.length) return ok('not served');
  const roles: ModelRoles = { ...models.roles, adapters };
  const waiting = { deadlineMs: DEADLINE_MS, writtenTokens: Number.MAX_SAFE_INTEGER };
  const untrained: PipelineSettings = { ...usual('plain-mended'), ...waiting, style };
  const fineTuned: PipelineSettings = { ...usual('adapters'), ...waiting };
  for (const { id, question, sql } of questions) {
    const wanted = await rowsOf(sql, { ...place, signal });
    if (typeof wanted === 'string') continue;
    const [before, after] = [
      await answerOf(question, untrained, roles, place, parts, signal),
      await answerOf(question, fineTuned, roles, place, parts, signal),
    ];
    if (signal.aborted) return fail({ kind: 'cancelled' });
    const failure = [before, after].flatMap(serverFailure)[0];
    if (failure) return fail(failure);
    onAsked({ id, before: isRight(before, wanted, sql), after: isRight(after, wanted, sql) });
  }
  return ok('asked');
}

function usual(name: string): PipelineSettings {
  const found = pipelineNamed(name);
  if (!found) throw new TypeError(`There is no pipeline ${name}.`);
  return found;
}

function answerOf(
  text: string,
  settings: PipelineSettings,
  models: ModelRoles,
  { database, catalog, retriever }: OpenedPlace,
  { clock, countTokens, settings: { calendar } }: Parts,
  signal: AbortSignal,
): Promise<Answer> {
  const { databaseId } = catalog;
  const question: Question = {
    text,
    asker: OPERATOR,
    place: { kind: 'terminal' },
    thread: { earlier: [], turnedDown: [] },
    intent: { kind: 'from', databaseId },
    calendar: calendarAt(clock.now(), calendar),
    runId: 'train',
  };
  const ports = answerPorts({
    retriever,
    database: async () => ok(database),
    readable: [databaseId],
    scopeOf: wholeScopes((id) => retriever.catalogOf(id)),
    countTokens,
    now: clock.elapsed,
    models,
  });
  return answer(question, ports, { settings, neverAsk: true }, signal);
}

/** A server that does not answer says nothing of its model. */
const serverFailure = (given: Answer): readonly Failure[] =>
  given.kind === 'failure' && given.failure.kind === 'model-unavailable' ? [given.failure] : [];

const isRight = (given: Answer, wanted: ResultTable, sql: string): boolean =>
  given.kind === 'answer' && resultKey(given.table, sortsRows(sql)) === resultKey(wanted, sortsRows(sql));
