import type { WebClient } from '@slack/web-api';
import type { Reader } from '#src/domain/access.ts';
import type { Answer } from '#src/domain/answer.ts';
import type { Calendar } from '#src/domain/calendar.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { MAX_TURNS, type Question, type Turn } from '#src/domain/question.ts';
import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';
import type { Run, RunResult, Store } from '#src/ports/store.ts';
import { type Audience, audienceOf } from './access.ts';
import { AS_WRITTEN } from './outgoing.ts';
import type { Asker, AskingReader, People } from './people.ts';
import { placeOf, postOnce } from './poster.ts';
import { escapeMrkdwn } from './text.ts';
import { answerView } from './views/answer-view.ts';
import {
  brokenView,
  catalogView,
  chosenView,
  clarificationView,
  failureView,
  outcomesView,
} from './views/other-views.ts';

export interface AnswerCall {
  /** Told what is being done: the pipeline's phase, or the words for it. */
  readonly onPhase: (phase: string) => void;
  /** Takes the next database without asking: the first was said to be wrong. */
  readonly neverAsk?: boolean;
}

export interface WorkerPorts {
  readonly store: Store;
  /** For messages: no retries of its own, see postOnce. */
  readonly critical: WebClient;
  /** For status and the like: what fails is let go. */
  readonly cosmetic: WebClient;
  readonly people: People;
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
    await postOnce(ports.critical, ports.store, run, 'answer', view).catch((inner) =>
      ports.log(`run ${run.id} could not say so`, inner),
    );
    ports.store.saveResult(run.id, 'failed', { kind: 'failure', text: view.text });
  } finally {
    await setStatus(ports, run, '');
  }
}

async function answerRun(run: Run, ports: WorkerPorts, signal: AbortSignal): Promise<void> {
  const audience = run.external ? 'external' : await audienceOf(ports.critical, run.channel);
  const asker = await ports.people.ask(run.team, run.user, run.direct ? undefined : run.channel);
  if (audience !== 'internal' || asker.kind !== 'reader') {
    const text = sayFailure({ kind: refusalOf(audience, asker.kind) });
    await ports.critical.chat
      .postEphemeral({
        channel: run.channel,
        user: run.user,
        thread_ts: run.thread,
        text: escapeMrkdwn(text),
        ...AS_WRITTEN,
      })
      .catch(() => undefined);
    ports.store.saveResult(run.id, 'failed', { kind: 'failure', text });
    return;
  }
  await setStatus(ports, run, phaseText('find'));
  const { question, settled } = await questionOf(run, asker, ports);
  if (settled) await markChosen(settled, run.user, ports);
  const call = {
    onPhase: (text: string) => void setStatus(ports, run, text),
    ...(run.neverAsk ? { neverAsk: true } : {}),
  };
  const answer = await ports.answer(question, call, signal);
  if (signal.aborted) return; // stopped in the middle: the run stays `running` and is taken up at the next start
  const about = { runId: run.id, asker: run.user, direct: run.direct };
  const open = run.direct || (await ports.audienceCovers(answer, asker.reader));
  const privateTo = open ? undefined : await directMessage(run, ports);
  const shareable = !open && (await ports.mayShare(answer, asker.reader));
  const result = { ...resultOf(answer, question.text), ...(privateTo === undefined ? {} : { privateTo }) };
  ports.store.saveResult(run.id, 'running', result);
  const placed: Run = { ...run, result };
  if (privateTo !== undefined) await tellPrivately(run, ports);
  switch (answer.kind) {
    case 'answer':
      await postOnce(ports.critical, ports.store, placed, 'answer', answerView(answer, { ...about, shareable }));
      ports.store.saveResult(run.id, 'done', result);
      return;
    case 'catalog':
      await postOnce(ports.critical, ports.store, placed, 'answer', catalogView(answer, run.id));
      ports.store.saveResult(run.id, 'done', result);
      return;
    case 'clarification':
      await postOnce(ports.critical, ports.store, placed, 'clarify', clarificationView(answer, run.id));
      ports.store.saveResult(run.id, 'clarifying', result);
      return;
    case 'outcomes':
      await postOnce(ports.critical, ports.store, placed, 'clarify', outcomesView(answer, run.id));
      ports.store.saveResult(run.id, 'clarifying', result);
      return;
    case 'failure':
      if ('cause' in answer.failure) ports.log(`run ${run.id}: ${answer.failure.kind}`, answer.failure.cause);
      await postOnce(ports.critical, ports.store, placed, 'answer', failureView(answer, run.id));
      ports.store.saveResult(run.id, 'failed', result);
  }
}

function refusalOf(audience: Audience, asker: Asker['kind']): 'external-channel' | 'access-unknown' | 'not-a-member' {
  if (audience === 'external') return 'external-channel';
  return audience === 'internal' && asker === 'stranger' ? 'not-a-member' : 'access-unknown';
}

/** The asker's direct message, where what not everybody may see goes (slack.md PERM-4). */
async function directMessage(run: Run, { critical }: WorkerPorts): Promise<string> {
  const { channel } = await critical.conversations.open({ users: run.user });
  if (!channel?.id) throw new Error('no direct message could be opened');
  return channel.id;
}

/** The thread learns only that there is an answer elsewhere. */
async function tellPrivately(run: Run, { critical, store }: WorkerPorts): Promise<void> {
  if (store.posted(run.id, 'notice')) return;
  const text = `I answered <@${run.user}> in a direct message: not everybody here may see that data.`;
  const { ts } = await critical.chat.postMessage({ channel: run.channel, thread_ts: run.thread, text, ...AS_WRITTEN });
  if (ts) store.savePosted(run.id, 'notice', ts);
}

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

/** The question with the turns of its thread. A reply that names an option of an open clarification settles it. */
async function questionOf(
  run: Run,
  { reader, timeZone }: AskingReader,
  { store, calendar }: WorkerPorts,
): Promise<{ readonly question: Question; readonly settled?: { readonly run: Run; readonly choice: string } }> {
  const before = store.turns(run.team, run.channel, run.thread).filter((turn) => turn.id !== run.id);
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
  const base = {
    runId: run.id,
    asker: { teamId: run.team, userId: run.user, ...(reader.groups ? { groups: reader.groups } : {}) },
    ...(reader.channelId === undefined ? {} : { channelId: reader.channelId }),
    ...(pinned?.result?.databaseId ? { pinnedId: pinned.result.databaseId } : {}),
    ...(last?.result?.kind === 'clarification' && last.result.options ? { offered: last.result.options } : {}),
    ...calendar(timeZone),
    notDatabases: run.notDatabases,
  };
  const plain = {
    question: {
      ...base,
      earlier,
      text: run.text,
      ...(run.databaseId ? { databaseId: run.databaseId } : {}),
      ...(run.chosenSql ? { chosenSql: run.chosenSql } : {}),
      ...(run.costAccepted ? { costAccepted: true } : {}),
    },
  };
  if (run.databaseId || last?.state !== 'clarifying' || !last.result) return plain;
  if (last.result.kind === 'outcomes') return outcomeReply(run, last, { ...base, earlier }, plain, store);
  const choice =
    chosenOption(run.text, last.result.options ?? [], last.result.optionWords) ??
    namedOption(
      run.text,
      store.databases().map(({ id }) => id),
    );
  if (!choice) return { question: { ...base, earlier: [...earlier, { text: last.result.text }], text: run.text } };
  if (!store.choose(last.id, choice, run.user)) return plain;
  const none = choice === NONE;
  return {
    question: {
      ...base,
      earlier,
      text: last.result.text,
      ...(none ? { notDatabases: [...last.notDatabases, ...(last.result.options ?? [])] } : { databaseId: choice }),
    },
    settled: { run: last, choice: none ? 'none of these' : choice },
  };
}

type WithQuestion = Awaited<ReturnType<typeof questionOf>>;

/** A typed reply to outcomes: one of them is chosen, or the reply says more and the question is asked anew with both. */
function outcomeReply(
  run: Run,
  last: Run,
  base: Omit<Question, 'text'>,
  plain: WithQuestion,
  store: Store,
): WithQuestion {
  const { text = '', databaseId, options = [], outcomeSql = [], optionWords } = last.result!;
  const choice = chosenOption(run.text, options, optionWords);
  if (!choice || choice === NONE)
    return { question: { ...base, earlier: [...base.earlier, { text }], text: run.text } };
  if (!store.choose(last.id, choice, run.user)) return plain;
  const chosenSql = outcomeSql[options.indexOf(choice)]!;
  return {
    question: { ...base, text, chosenSql, ...(databaseId ? { databaseId } : {}) },
    settled: { run: last, choice },
  };
}

const NONE = 'none';
const ORDINALS = ['first', 'second', 'third', 'fourth'];

/** Tables of an option whose names a reply may use. */
const WORDS_OF_TABLES = 100;
/** A longer reply is a question of its own. */
const REPLY_WORDS = 8;
const NO_OPTION =
  /^(?:none|neither|no|nope|something else|another one|not? (?:any )?of (?:these|them|those)|none of (?:these|them|those))$/;

/**
 * The option that a typed reply means: its name, its number, its place, or words that fit it and no other ("the one with the
 * invoices"); `none` for "none of these". `words` are each option's own: its name, tables and description.
 */
export function chosenOption(
  reply: string,
  options: readonly string[],
  words: readonly string[] = options,
): string | undefined {
  const text = plainReply(reply);
  if (NO_OPTION.test(text)) return NONE;
  const named = namedOption(reply, options);
  if (named) return named;
  const short = shortened(text);
  const number = /^(?:number |option |#)?([1-4])$/.exec(short);
  const byPlace = options[number ? Number(number[1]) - 1 : ORDINALS.indexOf(short)];
  return byPlace ?? byWords(text, options, words);
}

/** The option that a reply names, with or without "the … one". */
function namedOption(reply: string, options: readonly string[]): string | undefined {
  const short = shortened(plainReply(reply));
  return options.find(
    (option) => option.toLowerCase() === short || option.toLowerCase().replaceAll('_', ' ') === short,
  );
}

const plainReply = (reply: string) =>
  reply
    .trim()
    .toLowerCase()
    .replace(/[.!]+$/, '');

const shortened = (text: string) =>
  text
    .replace(/^(?:(?:the|use|from|in|take|try|i mean|please)\s+)+/g, '')
    .replace(/(?:\s+(?:one|database|db|please))+$/, '');

/** The one option whose words hold more of the reply's than any other's. */
function byWords(text: string, options: readonly string[], words: readonly string[]): string | undefined {
  if (text.includes('?') || splitIdentifier(text).length > REPLY_WORDS) return undefined;
  const said = [...contentWords(text).keys()];
  const own = words.map((one) => new Set(splitIdentifier(one).map(stem)));
  const matched = own.map((stems) => said.filter((one) => stems.has(one)).length);
  const most = Math.max(0, ...matched);
  return most > 0 && matched.filter((count) => count === most).length === 1
    ? options[matched.indexOf(most)]
    : undefined;
}

/** Replaces the buttons of a settled clarification by what was chosen. */
export async function markChosen(
  settled: { readonly run: Run; readonly choice: string; readonly messageTs?: string | undefined },
  by: string,
  ports: Pick<WorkerPorts, 'store' | 'cosmetic'>,
): Promise<void> {
  const ts = settled.messageTs ?? ports.store.posted(settled.run.id, 'clarify');
  if (!ts) return;
  const { text, blocks } = chosenView(settled.run.result?.prompt ?? '', settled.choice, by);
  await ports.cosmetic.chat
    .update({
      channel: placeOf(settled.run).channel,
      ts,
      text,
      blocks: blocks as never,
      link_names: false,
      parse: 'none',
    })
    .catch(() => undefined);
}

async function setStatus({ cosmetic }: WorkerPorts, run: Run, status: string): Promise<void> {
  await cosmetic.assistant.threads
    .setStatus({ channel_id: run.channel, thread_ts: run.thread, status })
    .catch(() => undefined);
}
