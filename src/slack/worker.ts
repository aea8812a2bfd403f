import type { WebClient } from '@slack/web-api';
import type { Answer } from '#src/domain/answer.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { MAX_TURNS, type Question, type Turn } from '#src/domain/question.ts';
import type { Run, RunResult, Store } from '#src/ports/store.ts';
import { audienceOf } from './access.ts';
import { postOnce } from './poster.ts';
import { answerView } from './views/answer-view.ts';
import { brokenView, chosenView, clarificationView, failureView } from './views/other-views.ts';

export interface WorkerPorts {
  readonly store: Store;
  /** For messages: no retries of its own, see postOnce. */
  readonly critical: WebClient;
  /** For status and the like: what fails is let go. */
  readonly cosmetic: WebClient;
  readonly answer: (question: Question, onPhase: (text: string) => void, signal: AbortSignal) => Promise<Answer>;
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
  if (audience !== 'internal') {
    const text = sayFailure({ kind: audience === 'external' ? 'external-channel' : 'access-unknown' });
    await ports.critical.chat
      .postEphemeral({ channel: run.channel, user: run.user, thread_ts: run.thread, text })
      .catch(() => undefined);
    ports.store.saveResult(run.id, 'failed', { kind: 'failure', text });
    return;
  }
  await setStatus(ports, run, phaseText('find'));
  const { question, settled } = await questionOf(run, ports);
  if (settled) await markChosen(settled, run.user, ports);
  const answer = await ports.answer(question, (text) => void setStatus(ports, run, text), signal);
  if (signal.aborted) return; // stopped in the middle: the run stays `running` and is taken up at the next start
  const about = { runId: run.id, asker: run.user, direct: run.direct };
  const result = resultOf(answer, question.text);
  ports.store.saveResult(run.id, 'running', result);
  switch (answer.kind) {
    case 'answer':
      await postOnce(ports.critical, ports.store, run, 'answer', answerView(answer, about));
      ports.store.saveResult(run.id, 'done', result);
      return;
    case 'clarification':
      await postOnce(ports.critical, ports.store, run, 'clarify', clarificationView(answer, run.id));
      ports.store.saveResult(run.id, 'clarifying', result);
      return;
    case 'failure':
      if ('cause' in answer.failure) ports.log(`run ${run.id}: ${answer.failure.kind}`, answer.failure.cause);
      await postOnce(ports.critical, ports.store, run, 'answer', failureView(answer, run.id));
      ports.store.saveResult(run.id, 'failed', result);
  }
}

function resultOf(answer: Answer, text: string): RunResult {
  switch (answer.kind) {
    case 'answer':
      return { kind: 'answer', text, databaseId: answer.databaseId, sql: answer.sql };
    case 'clarification':
      return {
        kind: 'clarification',
        text,
        prompt: answer.prompt,
        options: answer.options.map((option) => option.databaseId),
      };
    case 'failure':
      return {
        kind: 'failure',
        text,
        ...(answer.databaseId ? { databaseId: answer.databaseId } : {}),
        ...(answer.sql ? { sql: answer.sql } : {}),
      };
  }
}

/** The question with the turns of its thread. A reply that names an option of an open clarification settles it. */
async function questionOf(
  run: Run,
  { store, now }: WorkerPorts,
): Promise<{ readonly question: Question; readonly settled?: { readonly run: Run; readonly choice: string } }> {
  const before = store.turns(run.team, run.channel, run.thread).filter((turn) => turn.id !== run.id);
  const last = before.at(-1);
  const earlier = before
    .filter((turn) => turn.result?.kind === 'answer')
    .slice(-MAX_TURNS)
    .map(
      (turn): Turn => ({
        text: turn.result!.text,
        ...(turn.result!.databaseId ? { databaseId: turn.result!.databaseId } : {}),
        ...(turn.result!.sql ? { sql: turn.result!.sql } : {}),
      }),
    );
  const base = {
    asker: { teamId: run.team, userId: run.user },
    today: now().toISOString().slice(0, 10),
    notDatabases: run.notDatabases,
  };
  const plain = {
    question: { ...base, earlier, text: run.text, ...(run.databaseId ? { databaseId: run.databaseId } : {}) },
  };
  if (run.databaseId || last?.state !== 'clarifying' || !last.result) return plain;
  const choice = chosenOption(run.text, last.result.options ?? []);
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

const NONE = 'none';
const ORDINALS = ['first', 'second', 'third', 'fourth'];

/** The option that a typed reply means: its name, its number or its place; `none` for "none of these". */
export function chosenOption(reply: string, options: readonly string[]): string | undefined {
  const text = reply
    .trim()
    .toLowerCase()
    .replace(/[.!]+$/, '');
  if (/^(none|neither|none of (these|them|those)|no)$/.test(text)) return NONE;
  const words = text
    .replace(/^(?:the|use|from|in|take|try|i mean|please)\s+/g, '')
    .replace(/\s+(?:one|database|please)$/, '');
  const byName = options.find(
    (option) => option.toLowerCase() === words || option.toLowerCase().replaceAll('_', ' ') === words,
  );
  if (byName) return byName;
  const number = /^(?:number |option |#)?([1-4])$/.exec(words);
  return options[number ? Number(number[1]) - 1 : ORDINALS.indexOf(words)];
}

/** Replaces the buttons of a settled clarification by what was chosen. */
export async function markChosen(
  settled: { readonly run: Run; readonly choice: string },
  by: string,
  ports: Pick<WorkerPorts, 'store' | 'cosmetic'>,
): Promise<void> {
  const ts = ports.store.posted(settled.run.id, 'clarify');
  if (!ts) return;
  const { text, blocks } = chosenView(settled.run.result?.prompt ?? '', settled.choice, by);
  await ports.cosmetic.chat
    .update({ channel: settled.run.channel, ts, text, blocks: blocks as never })
    .catch(() => undefined);
}

async function setStatus({ cosmetic }: WorkerPorts, run: Run, status: string): Promise<void> {
  await cosmetic.assistant.threads
    .setStatus({ channel_id: run.channel, thread_ts: run.thread, status })
    .catch(() => undefined);
}
