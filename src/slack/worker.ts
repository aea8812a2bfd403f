import type { WebClient } from '@slack/web-api';
import type { Reader } from '#src/domain/access.ts';
import type { Answer } from '#src/domain/answer.ts';
import type { Calendar } from '#src/domain/calendar.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { MAX_TURNS, type Question, type Turn } from '#src/domain/question.ts';
import type { Run, RunResult, RunState, Store } from '#src/ports/store.ts';
import type { TellAdmins } from './admin-notices.ts';
import { LOOKUP_PATIENCE_MS, POST_PATIENCE_MS } from './calls.ts';
import { markChosen, readChoice, requestOf, type Settled, settle } from './choice.ts';
import { type ConversationKind, conversationKind } from './conversation-kind.ts';
import { type DeliverPorts, type DeliveryResult, deliver } from './deliver.ts';
import type { Admission, AskingReader, People } from './people.ts';
import { type MessagePart, postOnce } from './poster.ts';
import { openDirect, tellOne } from './tell-one.ts';
import { escapeMrkdwn } from './text.ts';
import { answerView } from './views/answer-view.ts';
import type { Message } from './views/message.ts';
import { brokenView, catalogView, clarificationView, failureView, outcomesView } from './views/other-views.ts';

export interface AnswerCall {
  /** Told what is being done: the pipeline's phase, or the words for it. */
  readonly onPhase: (phase: string) => void;
  /** Takes the next database without asking: the first was said to be wrong. */
  readonly neverAsk?: boolean;
}

export interface WorkerPorts {
  readonly store: Store;
  /** For messages, made again by rules of our own (calls.ts). */
  readonly critical: WebClient;
  /** For who asks and where, so that a limit on these holds up no answer. */
  readonly lookups: WebClient;
  /** For status and the like: what fails is let go. */
  readonly cosmetic: WebClient;
  readonly people: People;
  readonly tellAdmins: TellAdmins;
  readonly calendar: (timeZone?: string) => Calendar;
  readonly answer: (question: Question, options: AnswerCall, signal: AbortSignal) => Promise<Answer>;
  /** Whether everybody who reads a channel may see an answer. */
  readonly audienceCovers: (answer: Answer, reader: Reader) => Promise<boolean>;
  /** Whether its asker may share such an answer in the channel all the same. */
  readonly mayShare: (answer: Answer, reader: Reader) => Promise<boolean>;
  readonly now: () => Date;
  readonly log: (message: string, error?: unknown) => void;
}

export interface Worker {
  /** Says that there may be work. */
  wake(): void;
  /** Takes no new run and waits for those under way. */
  stop(): Promise<void>;
}

const AT_ONCE = 4;
const PHASES: Readonly<Record<string, string>> = {
  find: 'is finding the right database…',
  write: 'is writing the query…',
  check: 'is checking that it only reads…',
  run: 'is running the query…',
  explain: 'is explaining the steps…',
};

export function phaseText(phase: string): string {
  return PHASES[phase] ?? 'is working…';
}

/** Answers queued runs, a few at a time and one a thread. Everything it needs is in the store, so a restart goes on. */
export function startWorker(ports: WorkerPorts): Worker {
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const again = ports.store.requeue();
  if (again) ports.log(`${again} runs were under way at the last stop and go on now`);

  function wake(): void {
    while (!stopping.signal.aborted && running.size < AT_ONCE) {
      const run = ports.store.lease(ports.now());
      if (!run) return;
      const work = handle(run, ports, stopping.signal).finally(() => {
        running.delete(work);
        wake();
      });
      running.add(work);
    }
  }
  const tick = setInterval(wake, 2_000);
  tick.unref();
  wake();
  return {
    wake,
    async stop() {
      clearInterval(tick);
      const grace = setTimeout(() => stopping.abort(), 20_000);
      await Promise.all(running);
      clearTimeout(grace);
      stopping.abort();
    },
  };
}

async function handle(run: Run, ports: WorkerPorts, signal: AbortSignal): Promise<void> {
  try {
    await answerRun(run, ports, signal);
  } catch (error) {
    ports.log(`run ${run.id} failed`, error);
    const view = brokenView(run.id);
    const broken: RunResult = { kind: 'failure', text: run.text };
    const delivery = await deliver(deliveryOf(run, ports, signal), { ...run, result: broken }, 'answer', view).catch(
      (inner): DeliveryResult => {
        ports.log(`run ${run.id} could not say so`, inner);
        return 'nowhere';
      },
    );
    if (delivery !== 'later') ports.store.saveResult(run.id, 'failed', broken);
  } finally {
    await setStatus(ports, run, '');
  }
}

/** What posting needs, for one run. */
function deliveryOf(run: Run, ports: WorkerPorts, signal: AbortSignal): DeliverPorts {
  const onFault = (method: string, error: unknown) => ports.log(`run ${run.id}: ${method}`, error);
  return {
    client: ports.critical,
    store: ports.store,
    patience: { lastsMs: POST_PATIENCE_MS, signal, onFault },
    onDropped: (type, reason) => ports.log(`run ${run.id}: a ${type} was left out: ${reason}`),
    tellAdmins: ports.tellAdmins,
    log: ports.log,
  };
}

async function answerRun(run: Run, ports: WorkerPorts, signal: AbortSignal): Promise<void> {
  const posting = deliveryOf(run, ports, signal);
  const looking = { ...posting.patience, lastsMs: LOOKUP_PATIENCE_MS };
  const [audience, asker] = await Promise.all([
    run.external ? ('external' as const) : conversationKind(ports.lookups, run.channel, looking),
    ports.people.admit(run.team, run.user, run.direct ? undefined : run.channel),
  ]);
  if (audience !== 'internal' || asker.kind !== 'reader') {
    const refusal = refusalOf(audience, asker.kind);
    if (refusal) await refuse(run, refusal, posting);
    ports.store.saveResult(run.id, 'failed', { kind: 'failure', text: run.text });
    return;
  }
  await setStatus(ports, run, phaseText('find'));
  const { question, settled } = questionOf(run, asker, ports);
  if (settled) await markChosen(settled, run.user, ports);
  const call = {
    onPhase: (text: string) => void setStatus(ports, run, text),
    ...(run.neverAsk ? { neverAsk: true } : {}),
  };
  const answer = await ports.answer(question, call, signal);
  if (signal.aborted) return; // stopped in the middle: the run stays `running` and is taken up at the next start
  const open = run.direct || (await ports.audienceCovers(answer, asker.reader));
  const shareable = !open && (await ports.mayShare(answer, asker.reader));
  const result = { ...resultOf(answer, question.text), ...(open ? {} : await privatePlace(run, posting)) };
  ports.store.saveResult(run.id, 'running', result);
  if (!open) await tellPrivately(run, posting);
  if (answer.kind === 'failure' && 'cause' in answer.failure)
    ports.log(`run ${run.id}: ${answer.failure.kind}`, answer.failure.cause);
  const { part, message, state } = viewOf(answer, run, shareable);
  const delivery = await deliver(posting, { ...run, result }, part, message);
  if (delivery === 'later') return;
  ports.store.saveResult(run.id, delivery === 'posted' ? state : 'failed', ports.store.run(run.id)?.result ?? result);
}

/** An answer as it is posted, and the state that its run has then. */
function viewOf(
  answer: Answer,
  run: Run,
  shareable: boolean,
): { readonly part: MessagePart; readonly message: Message; readonly state: RunState } {
  switch (answer.kind) {
    case 'answer': {
      const about = { runId: run.id, asker: run.user, direct: run.direct, shareable };
      return { part: 'answer', message: answerView(answer, about), state: 'done' };
    }
    case 'catalog':
      return { part: 'answer', message: catalogView(answer, run.id), state: 'done' };
    case 'clarification':
      return { part: 'clarify', message: clarificationView(answer, run.id), state: 'clarifying' };
    case 'outcomes':
      return { part: 'clarify', message: outcomesView(answer, run.id), state: 'clarifying' };
    case 'failure':
      return { part: 'answer', message: failureView(answer, run.id), state: 'failed' };
  }
}

type Refusal = 'external-channel' | 'access-unknown' | 'asker-unknown' | 'not-a-member';

/** Why nothing is answered; undefined for somebody of another company, who hears nothing (PERM-3). */
function refusalOf(audience: ConversationKind, asker: Admission['kind']): Refusal | undefined {
  if (asker === 'outsider') return undefined;
  if (audience === 'external') return 'external-channel';
  if (asker === 'guest') return 'not-a-member';
  return audience === 'internal' ? 'asker-unknown' : 'access-unknown';
}

/** A refusal that its asker sees: in their direct message for good, elsewhere for them alone. */
async function refuse(run: Run, kind: Refusal, ports: DeliverPorts): Promise<void> {
  const text = escapeMrkdwn(sayFailure({ kind }));
  if (run.direct) await deliver(ports, run, 'answer', { text, blocks: [] });
  else await tellOne(ports, run, run.user, text, false);
}

/** The asker's direct message, where what not everybody may see goes (PERM-4), below the thread's earlier ones. */
async function privatePlace(run: Run, ports: DeliverPorts): Promise<Pick<RunResult, 'privateTo' | 'privateThread'>> {
  const before = privateThreadOf(run, ports.store);
  if (before) return { privateTo: before.channel, privateThread: before.thread };
  const privateTo = await openDirect(ports, run.user);
  if (privateTo === undefined) throw new Error('no direct message could be opened');
  return { privateTo };
}

/** The thread learns only that there is an answer elsewhere. */
async function tellPrivately(run: Run, ports: DeliverPorts): Promise<void> {
  const text = `I answered <@${run.user}> in a direct message: not everybody here may see that data.`;
  await postOnce(ports, run, 'notice', { text, blocks: [] });
}

/** Tables of an option whose names a reply may use. */
const WORDS_OF_TABLES = 100;

function resultOf(answer: Answer, text: string): RunResult {
  switch (answer.kind) {
    case 'answer':
      return { kind: 'answer', text, databaseId: answer.databaseId, sql: answer.sql };
    case 'catalog':
      return { kind: 'catalog', text };
    case 'clarification':
      return {
        kind: 'clarification',
        text,
        prompt: answer.prompt,
        options: answer.options.map((option) => option.databaseId),
        optionWords: answer.options.map((option) =>
          [
            option.databaseId,
            ...option.tables,
            ...option.onlyHere.slice(0, WORDS_OF_TABLES),
            option.description ?? '',
          ].join(' '),
        ),
      };
    case 'outcomes':
      return {
        kind: 'outcomes',
        text,
        databaseId: answer.databaseId,
        prompt: answer.prompt,
        options: answer.outcomes.map(({ label }) => label),
        outcomeSql: answer.outcomes.map(({ sql }) => sql),
        optionWords: answer.outcomes.map(({ label, differs }) => [label, ...differs].join(' ')),
      };
    case 'failure':
      return {
        kind: 'failure',
        text,
        ...(answer.databaseId ? { databaseId: answer.databaseId } : {}),
        ...(answer.sql ? { sql: answer.sql } : {}),
        ...(answer.failure.kind === 'query-too-costly' ? { costly: true } : {}),
      };
  }
}

/**
 * The answered runs that the asker reads as one conversation: those of the thread, and of the direct message that its private
 * answers went to. Oldest first.
 */
function conversationOf(run: Run, store: Store): readonly Run[] {
  const { channel, thread } = (run.direct && store.privateRun(run.team, run.channel, run.thread)) || run;
  return store.turns(run.team, channel, thread, privateThreadOf({ ...run, channel, thread }, store));
}

/** Where earlier private answers of a thread went for this asker: the direct message, and the message there that they follow. */
function privateThreadOf(run: Run, store: Store): { readonly channel: string; readonly thread: string } | undefined {
  const first = store
    .turns(run.team, run.channel, run.thread)
    .find(({ id, user, result }) => id !== run.id && user === run.user && result?.privateTo !== undefined);
  const channel = first?.result?.privateTo;
  if (!first || channel === undefined) return undefined;
  const thread = first.result?.privateThread ?? store.posted(first.id, 'answer') ?? store.posted(first.id, 'clarify');
  return thread === undefined ? undefined : { channel, thread };
}

/** The question with the turns of its thread. A reply that chooses from its asker's open question back settles it. */
function questionOf(
  run: Run,
  { reader, timeZone }: AskingReader,
  { store, now, calendar }: WorkerPorts,
): { readonly question: Question; readonly settled?: Settled } {
  const before = conversationOf(run, store).filter((turn) => turn.id !== run.id);
  const last = before.at(-1);
  const earlier = before
    .filter((turn) => turn.result?.kind === 'answer' || turn.result?.costly)
    .slice(-MAX_TURNS)
    .map(
      (turn): Turn => ({
        text: turn.result!.text,
        ...(turn.result!.databaseId ? { databaseId: turn.result!.databaseId } : {}),
        ...(turn.result!.sql ? { sql: turn.result!.sql } : {}),
        ...(store.isWrong(turn.id) ? { wrong: true } : {}),
      }),
    );
  const pinned = before.findLast(
    (turn) => turn.result?.kind === 'answer' && (turn.databaseId || turn.notDatabases.length),
  );
  const mine = before.findLast((turn) => turn.user === run.user);
  const open = !run.databaseId && !run.settles && mine?.state === 'clarifying' ? mine : undefined;
  const choice = open && readChoice(run.text, open, store);
  const next = open && choice && settle(open, choice, requestOf(run), { store, now });
  const { text, databaseId, chosenSql, costAccepted, notDatabases } = next ?? run;
  // Other words than a choice say more about the question that was asked back.
  const said = open?.result && !choice ? [{ text: open.result.text }] : [];
  return {
    question: {
      text,
      runId: run.id,
      asker: { teamId: run.team, userId: run.user, ...(reader.groups ? { groups: reader.groups } : {}) },
      ...(reader.channelId === undefined ? {} : { channelId: reader.channelId }),
      earlier: [...earlier, ...said],
      ...(databaseId ? { databaseId } : {}),
      ...(pinned?.result?.databaseId ? { pinnedId: pinned.result.databaseId } : {}),
      ...(last?.result?.kind === 'clarification' && last.result.options ? { offered: last.result.options } : {}),
      ...(chosenSql ? { chosenSql } : {}),
      ...(costAccepted ? { costAccepted } : {}),
      notDatabases,
      ...calendar(timeZone),
    },
    ...(next ? { settled: { run: open, choice } } : {}),
  };
}

async function setStatus({ cosmetic }: WorkerPorts, run: Run, status: string): Promise<void> {
  await cosmetic.assistant.threads
    .setStatus({ channel_id: run.channel, thread_ts: run.thread, status })
    .catch(() => undefined);
}
