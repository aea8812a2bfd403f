import { App, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Reader } from '#src/domain/access.ts';
import type { Answer } from '#src/domain/answer.ts';
import type { Calendar } from '#src/domain/calendar.ts';
import type { StepDetail } from '#src/domain/edl.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { Question } from '#src/domain/question.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { ResultTable, StatementLimits } from '#src/domain/result-table.ts';
import type { Run, Store } from '#src/ports/store.ts';
import { type CallFault, callFault } from '#src/slack-api/call-faults.ts';
import { registerActions } from './actions.ts';
import { openAdminNotices } from './admin-notices.ts';
import { callAgain, LOOKUP_PATIENCE_MS, type Patience } from './calls.ts';
import { recordDelivery } from './ingress.ts';
import { errorText } from './log-line.ts';
import { type AskingReader, openPeople } from './people.ts';
import { answerView } from './views/answer-view.ts';
import type { Message } from './views/message.ts';
import { type AnswerCall, phaseText, startWorker, type Worker } from './worker.ts';

export interface SlackOptions {
  readonly botToken: string;
  readonly appToken: string;
  /** Another server that speaks Slack's API: the sandbox. */
  readonly apiUrl?: string;
  readonly store: Store;
  /** The calendar of a question that is asked now by somebody in a time zone. */
  readonly calendar: (timeZone?: string) => Calendar;
  readonly answer: (question: Question, call: AnswerCall, signal: AbortSignal) => Promise<Answer>;
  readonly rows: (
    databaseId: string,
    sql: string,
    limits: StatementLimits,
    reader: Reader,
  ) => Promise<Result<ResultTable>>;
  readonly permits: (databaseId: string, sql: string, reader: Reader) => Promise<boolean>;
  readonly audienceCovers: (answer: Answer, reader: Reader) => Promise<boolean>;
  readonly mayShare: (answer: Answer, reader: Reader) => Promise<boolean>;
  /** One step of the explanation of an answer. */
  readonly explainStep: (
    databaseId: string,
    sql: string,
    step: number,
    reader: Reader,
  ) => Promise<StepDetail | undefined>;
  /** Slack users who are told what only an admin can mend. */
  readonly admins: readonly string[];
  /** Removes everything that was kept of a workspace. */
  readonly forget: (teamId: string) => void;
  /** Questions offered when somebody opens the bot's messages. */
  readonly prompts: () => readonly string[];
  readonly newId: () => string;
  readonly now: () => Date;
  /** One line, which names no secret and holds no data. */
  readonly log: (line: string) => void;
}

export interface SlackBot {
  stop(): Promise<void>;
}

/** What goes wrong in a call is logged here with its run (log-line.ts), not by the client, whose lines may hold what was sent. */
const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** Tries to reach Slack at the start for so long. */
const START_PATIENCE_MS = 60_000;

/** Starts the bot over Socket Mode: ingress recorded before it is acknowledged, work in the worker, clicks in actions. */
export async function startSlack(options: SlackOptions): Promise<Result<SlackBot>> {
  const { store, newId, now } = options;
  const log = (message: string, error?: unknown) =>
    options.log(error === undefined ? message : `${message}: ${errorText(error)}`);
  const api = options.apiUrl ? { slackApiUrl: options.apiUrl } : {};
  // The receiver gets client options of its own: shared ones would silently be changed for every client (REL-1).
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { ...api, retryConfig: { retries: 100, factor: 1.3, maxTimeout: 30_000 } } },
  });
  const app = new App({
    token: options.botToken,
    receiver,
    clientOptions: api,
    logLevel: LogLevel.ERROR,
    convoStore: false,
  });
  // Calls are made again by rules of our own (calls.ts): the client's would post a message twice after a lost connection. A
  // client that is told to slow down holds up all its calls, so answers, lookups and status have one each (REL-4).
  const client = (timeout: number) =>
    new WebClient(options.botToken, {
      ...api,
      timeout,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logger: SILENT,
    });
  const [critical, lookups, cosmetic] = [client(10_000), client(5_000), client(3_000)];
  const stopping = new AbortController();
  const patience = (lastsMs: number, about = ''): Patience => ({
    lastsMs,
    signal: stopping.signal,
    onFault: (method, error) => log(`${about}${method}`, error),
  });
  const tellAdmins = openAdminNotices(
    () => ({ client: critical, patience: patience(LOOKUP_PATIENCE_MS) }),
    options.admins,
    now,
    log,
  );

  const groupsNamed = (team: string) => [
    ...new Set(
      store
        .accessRules()
        .flatMap(({ to, teamId }) => (to.kind === 'group' && (teamId ?? team) === team ? [to.id] : [])),
    ),
  ];
  const people = openPeople(lookups, groupsNamed, now, () => patience(LOOKUP_PATIENCE_MS));
  const identity = await callAgain('auth.test', () => lookups.auth.test(), patience(START_PATIENCE_MS));
  if (!identity.ok) return fail(startFailure(identity.fault));
  const botUserId = identity.value.user_id ?? '';
  let worker: Worker | undefined;
  const listen = app.processEvent.bind(app);
  app.processEvent = (event) => {
    // Throws when the store cannot be written; then nothing is acknowledged and Slack delivers again.
    recordDelivery(event.body, { store, botUserId, newId, now });
    return listen(event);
  };
  const read = async () => worker?.wake();
  app.event('app_mention', read);
  app.event('message', read);
  app.event('app_uninstalled', async ({ context }) => {
    if (context.teamId) options.forget(context.teamId);
  });
  // Other people's tokens are revoked for reasons of their own: only without the bot's is the workspace gone.
  app.event('tokens_revoked', async ({ context, event }) => {
    if (context.teamId && event.tokens.bot?.includes(botUserId)) options.forget(context.teamId);
  });
  app.event('app_home_opened', async ({ event }) => {
    if (event.tab !== 'messages') return;
    const prompts = options
      .prompts()
      .slice(0, 4)
      .map((message) => ({ title: message, message }));
    if (!prompts.length) return;
    const request = { channel_id: event.channel, prompts: prompts as never, title: 'Try asking' };
    await cosmetic.apiCall('assistant.threads.setSuggestedPrompts', request).catch(() => undefined);
  });
  registerActions(app, {
    store,
    critical,
    lookups,
    cosmetic,
    posting: (run, lastsMs) => ({
      client: critical,
      store,
      patience: patience(lastsMs, `run ${run.id}: `),
      onDropped: (type, reason) => log(`run ${run.id}: a ${type} was left out: ${reason}`),
      tellAdmins,
      log,
    }),
    rows: options.rows,
    permits: options.permits,
    explainStep: options.explainStep,
    people,
    share: (run, asker) => shared(run, asker, options),
    newId,
    now,
    worker: () => worker!,
  });
  app.error(async (error) => log('a listener failed', error));

  worker = startWorker({
    store,
    critical,
    lookups,
    cosmetic,
    people,
    tellAdmins,
    audienceCovers: options.audienceCovers,
    calendar: options.calendar,
    mayShare: options.mayShare,
    now,
    log,
    answer: (question, call, signal) =>
      options.answer(question, { ...call, onPhase: (phase) => call.onPhase(phaseText(phase)) }, signal),
  });
  try {
    await app.start();
  } catch (error) {
    await worker.stop();
    const fault = callFault(error);
    if (!fault) throw error;
    return fail(startFailure(fault, error));
  }
  return ok({
    async stop() {
      await receiver.client.disconnect();
      await worker?.stop();
      stopping.abort();
    },
  });
}

function startFailure(fault: CallFault, cause?: unknown): Failure {
  const away = fault.kind === 'again' || fault.kind === 'unknown';
  return away ? { kind: 'slack-unreachable', cause } : { kind: 'slack-refused', code: fault.code, cause };
}

/** The answer of a run for its channel, its query run again with the sharer's rights; nothing where it may not go there. */
async function shared(
  run: Run,
  { reader, timeZone }: AskingReader,
  { answer, mayShare, calendar }: SlackOptions,
): Promise<Message | undefined> {
  const { databaseId, sql, text = '' } = run.result ?? {};
  if (!databaseId || !sql || reader.userId === undefined) return undefined;
  const question: Question = {
    text,
    asker: { teamId: reader.teamId, userId: reader.userId, ...(reader.groups ? { groups: reader.groups } : {}) },
    ...(reader.channelId === undefined ? {} : { channelId: reader.channelId }),
    earlier: [],
    notDatabases: [],
    databaseId,
    chosenSql: sql,
    ...calendar(timeZone),
  };
  const given = await answer(question, { onPhase: () => undefined }, new AbortController().signal);
  if (given.kind !== 'answer' || !(await mayShare(given, reader))) return undefined;
  return answerView(given, { runId: run.id, asker: run.user, direct: false });
}
