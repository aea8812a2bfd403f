import type { Answer } from '#src/domain/answer.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { type PhaseNews, sayPhase } from '#src/domain/progress.ts';
import type { MovedTo, Run, RunResult, RunState } from '#src/domain/run.ts';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import { tellOfDamage } from './admin-notices.ts';
import { LOOKUP_PATIENCE_MS, POST_PATIENCE_MS } from './calls.ts';
import { markChosen } from './choice.ts';
import { type ConversationKind, conversationKind } from './conversation-kind.ts';
import { type DeliverPorts, type DeliveryResult, deliver } from './deliver.ts';
import type { Admission } from './people.ts';
import { type MessagePart, postOnce } from './poster.ts';
import { privatePlaceOf, questionOfRun } from './run-question.ts';
import { resultOf, STATE_AFTER } from './run-result.ts';
import { postingFor, type SlackPorts } from './slack-ports.ts';
import { openDirect, tellOne } from './tell-one.ts';
import { escapeMrkdwn } from './text.ts';
import { answerView } from './views/answer-view.ts';
import type { Message } from './views/message.ts';
import {
  brokenView,
  catalogView,
  clarificationView,
  courtesyView,
  failureView,
  outcomesView,
} from './views/other-views.ts';

/**
 * One run, from its question to the post. What breaks is told in the thread; the run is then failed, never lost. What breaks because
 * of a stop is not told: the run stays `running` and is taken up at the next start.
 */
export async function answerRun(run: Run, ports: SlackPorts, signal: AbortSignal): Promise<void> {
  const posting = postingFor(ports, run, { lastsMs: POST_PATIENCE_MS, signal });
  try {
    await admittedRun(run, ports, posting);
  } catch (error) {
    if (signal.aborted) return;
    ports.log(`run ${run.id} failed`, error);
    if (error instanceof StateUnreadable)
      tellOfDamage(ports, `unreadable: ${error.message}`, `A question could not be answered: ${error.message}.`);
    await tellBroken(run, ports, posting);
  } finally {
    await setStatus(ports, run, '');
  }
}

/** Who asks and where is settled first; whoever may not ask hears why. */
async function admittedRun(run: Run, ports: SlackPorts, posting: DeliverPorts): Promise<void> {
  const { clients, people, querent } = ports;
  const looking = { ...posting.patience, lastsMs: LOOKUP_PATIENCE_MS };
  const [audience, asker] = await Promise.all([
    run.external ? ('external' as const) : conversationKind(clients.lookups, run.channel, looking),
    people.admit(run.team, run.user, run.direct ? undefined : run.channel),
  ]);
  if (looking.signal.aborted) return; // what Slack did not say because of the stop is no refusal
  if (audience === 'internal' && asker.kind === 'reader') return answeredRun(run, asker, ports, posting);
  const refusal = refusalOf(audience, asker.kind);
  if (refusal) await refuse(run, refusal, posting);
  await querent.runs.saveResult(run.id, 'failed', { kind: 'failure', text: run.text });
}

async function answeredRun(
  run: Run,
  asker: Extract<Admission, { readonly kind: 'reader' }>,
  ports: SlackPorts,
  posting: DeliverPorts,
): Promise<void> {
  const { querent, clients, now, log } = ports;
  const { runs } = querent;
  const { signal } = posting.patience;
  await setStatus(ports, run, saysStatus({ phase: 'find' }));
  const { asked, settled } = await questionOfRun(run, asker, { runs, databases: querent.databases, now });
  if (settled) await markChosen(settled, run.user, { runs, cosmetic: clients.cosmetic });
  const onPhase = (news: PhaseNews) => {
    if (news.fact === undefined) void setStatus(ports, run, saysStatus(news));
  };
  const answer = await querent.ask(asked, { onPhase }, signal);
  if (signal.aborted) return; // stopped in the middle: the run stays `running` and is taken up at the next start
  if (answer.kind === 'failure' && 'cause' in answer.failure)
    log(`run ${run.id}: ${answer.failure.kind}`, answer.failure.cause);
  const open = run.direct || (await querent.audienceCovers(answer, asker.reader, 'posted'));
  const shareable = !open && (await querent.audienceCovers(answer, asker.reader, 'shared'));
  const result: RunResult = {
    ...resultOf(answer),
    ...(open ? {} : { movedTo: await privatePlace(run, posting) }),
  };
  await runs.saveResult(run.id, 'running', result);
  if (!open) await tellPrivately(run, posting);
  const { part, message } = viewOf(open ? await asPosted(answer, asker, ports) : answer, run, shareable);
  const delivery = await deliver(posting, { ...run, result }, part, message);
  await saveDelivered(run, result, delivery, STATE_AFTER[answer.kind], ports);
}

/** An answer with nothing offered under it that not everybody there may know of. */
async function asPosted(
  answer: Answer,
  { reader }: Extract<Admission, { readonly kind: 'reader' }>,
  { querent }: SlackPorts,
): Promise<Answer> {
  if (answer.kind !== 'answer') return answer;
  const { reading: _, ...bare } = answer;
  const reading = await querent.readingFor(answer, reader, 'posted');
  return reading ? { ...bare, reading } : bare;
}

async function saveDelivered(
  run: Run,
  result: RunResult,
  delivery: DeliveryResult,
  state: RunState,
  { querent: { runs } }: SlackPorts,
): Promise<void> {
  if (delivery.kind === 'later') return;
  if (delivery.kind === 'nowhere') return runs.saveResult(run.id, 'failed', result);
  const { movedTo } = delivery;
  await runs.saveResult(run.id, state, movedTo ? { ...result, movedTo } : result);
}

const saysStatus = (news: PhaseNews) => `is ${sayPhase(news)}…`;

async function setStatus({ clients }: SlackPorts, run: Run, status: string): Promise<void> {
  await clients.cosmetic.assistant.threads
    .setStatus({ channel_id: run.channel, thread_ts: run.thread, status })
    .catch(() => undefined);
}

/** An answer as it is posted. */
function viewOf(
  answer: Answer,
  run: Run,
  shareable: boolean,
): { readonly part: MessagePart; readonly message: Message } {
  switch (answer.kind) {
    case 'answer': {
      const about = { runId: run.id, asker: run.user, direct: run.direct, shareable };
      return { part: 'answer', message: answerView(answer, about) };
    }
    case 'catalog':
      return { part: 'answer', message: catalogView(answer, run.id) };
    case 'courtesy':
      return { part: 'answer', message: courtesyView(answer, run.id) };
    case 'clarification':
      return { part: 'clarify', message: clarificationView(answer, run.id) };
    case 'outcomes':
      return { part: 'clarify', message: outcomesView(answer, run.id) };
    case 'failure':
      return { part: 'answer', message: failureView(answer, run.id) };
  }
}

/** A bug or a full disk: said in the thread, as far as anything can be. */
async function tellBroken(run: Run, { querent, log }: SlackPorts, posting: DeliverPorts): Promise<void> {
  const result: RunResult = { kind: 'failure', text: run.text };
  const told = await deliver(posting, { ...run, result }, 'answer', brokenView(run.id)).catch(
    (error): DeliveryResult => {
      log(`run ${run.id} could not say so`, error);
      return { kind: 'nowhere' };
    },
  );
  if (told.kind !== 'later') await querent.runs.saveResult(run.id, 'failed', result);
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
async function privatePlace(run: Run, ports: DeliverPorts): Promise<MovedTo> {
  const before = await privatePlaceOf(run, ports.runs);
  if (before) return before;
  const channel = await openDirect(ports, run.user);
  if (channel === undefined) throw new Error('no direct message could be opened');
  return { channel };
}

/** The thread learns only that there is an answer elsewhere. */
async function tellPrivately(run: Run, ports: DeliverPorts): Promise<void> {
  const text = `I answered <@${run.user}> in a direct message: not everybody here may see that data.`;
  await postOnce(ports, run, 'notice', { text, blocks: [] });
}
