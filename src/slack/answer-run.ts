import type { Answer } from '#src/domain/answer.ts';
import { inWordsOf } from '#src/domain/in-words-of.ts';
import type { PhaseNews } from '#src/domain/progress.ts';
import type { MovedTo, Run, RunResult, RunState } from '#src/domain/run.ts';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import { tellOfDamage } from './admin-notices.ts';
import { ASKER_PATIENCE_MS, LOOKUP_PATIENCE_MS, POST_PATIENCE_MS } from './calls.ts';
import { offerChannelDefault } from './channel-default.ts';
import { markChosen } from './choice.ts';
import { conversationOf, isIn } from './conversation-kind.ts';
import { type DeliverPorts, type DeliveryResult, deliver, noteAbove } from './deliver.ts';
import { endStopped } from './end-stopped.ts';
import { losesRows } from './ladder.ts';
import type { Admission } from './people.ts';
import { postOnce } from './poster.ts';
import type { Ending } from './progress/plan.ts';
import type { RunProgress } from './progress/progress-desk.ts';
import { type Refusal, refusalOf, refuse, sayLate, turnAway } from './refuse-run.ts';
import { privatePlaceOf, questionOfRun } from './run-question.ts';
import { resultOf, STATE_AFTER } from './run-result.ts';
import { sendCsvUnasked } from './send-csv.ts';
import { postingFor, type SlackPorts } from './slack-ports.ts';
import { openDirect } from './tell-one.ts';
import type { RunControl } from './under-way.ts';
import { isCutShort } from './views/answer-table.ts';
import { noteOnFiles } from './views/message.ts';
import { brokenView } from './views/other-views.ts';
import { viewOf } from './views/view-of-answer.ts';

/**
 * One run, from its question to the post. What breaks is told in the thread; the run is then failed, never lost. What breaks because
 * of a stop of the bot is not told: the run stays `running` and is taken up at the next start.
 */
export async function answerRun(run: Run, ports: SlackPorts, signal: AbortSignal): Promise<void> {
  const posting = postingFor(ports, run, { lastsMs: POST_PATIENCE_MS, signal });
  const control = ports.underWay.begin(run, signal);
  ports.metrics.count('runs_begun_total');
  let how: Ending = 'failed';
  let progress: RunProgress | undefined;
  const watch = () => {
    progress = ports.progress.begin(run, posting);
    return progress;
  };
  try {
    how = await admittedRun(run, ports, { posting, control, watch });
  } catch (error) {
    if (signal.aborted) how = 'later';
    else {
      ports.log(`run ${run.id} failed`, error);
      if (error instanceof StateUnreadable)
        tellOfDamage(ports, `unreadable: ${error.message}`, `A question could not be answered: ${error.message}.`);
      await tellBroken(run, ports, posting);
    }
  } finally {
    control.end();
    ports.metrics.count('runs_ended_total', { state: how });
    await (progress ? progress.end(how) : ports.progress.clear(run));
  }
}

/** What goes with a run while it is answered. */
interface Answering {
  readonly posting: DeliverPorts;
  readonly control: RunControl;
  /** Begins to show what is done. */
  readonly watch: () => RunProgress;
}

/** Who asks and where is settled first; whoever may not ask hears why. */
async function admittedRun(run: Run, ports: SlackPorts, answering: Answering): Promise<Ending> {
  const { posting } = answering;
  const admitted = await admission(run, ports, posting);
  if (posting.patience.signal.aborted) return 'later'; // what Slack did not say because of the stop is no refusal
  if (admitted.kind === 'reader') {
    if (run.late) return sayLate(run, posting);
    if (run.turnedAway === undefined) return answeredRun(run, admitted, ports, answering);
    countRefusal('turned-away', ports);
    await turnAway(run, run.turnedAway, posting);
  } else if (admitted.refusal) {
    countRefusal(admitted.refusal, ports);
    await refuse(run, admitted.refusal, posting);
  }
  await ports.querent.runs.saveResult(run.id, 'failed', { kind: 'failure', text: run.text });
  return 'failed';
}

type Admitted = Extract<Admission, { readonly kind: 'reader' }>;

/** Whether somebody may have an answer there, now; asked before the work and again before the post. */
async function admission(
  run: Run,
  { clients, people, querent }: SlackPorts,
  posting: DeliverPorts,
): Promise<Admitted | { readonly kind: 'refused'; readonly refusal: Refusal | undefined }> {
  const looking = { ...posting.patience, lastsMs: ASKER_PATIENCE_MS };
  const { lookups } = clients;
  const [{ kind: audience, isPrivate }, asker] = await Promise.all([
    run.external
      ? ({ kind: 'external', isPrivate: true } as const)
      : conversationOf(lookups, run.channel, looking, querent.runSettings.siblingTeams),
    people.admit(run.team, run.user, run.direct ? undefined : run.channel),
  ]);
  if (audience !== 'internal' || asker.kind !== 'reader')
    return { kind: 'refused', refusal: refusalOf(audience, asker.kind) };
  // Who asked by a press may have been taken out of the channel since it was asked there.
  const isPressed = run.cause.kind !== 'message' && !run.direct && isPrivate;
  if (isPressed && !(await isIn(lookups, run.channel, run.user, looking)))
    return { kind: 'refused', refusal: 'channel-gone' };
  return asker;
}

async function answeredRun(run: Run, asker: Admitted, ports: SlackPorts, answering: Answering): Promise<Ending> {
  const { querent, clients, now, log } = ports;
  const { posting, control } = answering;
  const { runs } = querent;
  const progress = answering.watch();
  await progress.signed;
  const { asked, settled } = await questionOfRun(run, asker, { ...querent, now });
  if (settled) {
    await markChosen(settled, run.user, { runs, cosmetic: clients.cosmetic });
    await offerChannelDefault(settled, asker.reader, ports, posting.patience.signal);
  }
  let reached: PhaseNews | undefined;
  const onPhase = (told: PhaseNews) => {
    const news = run.direct ? told : inWordsOf(run.text, told);
    if (news.fact === undefined) reached = news;
    progress.tell(news);
  };
  const asking = querent.ask(asked, { onPhase }, control.signal);
  asking.catch(() => undefined); // where it was stopped, nobody waits for it
  const answer = await Promise.race([asking, control.stopped]);
  if (posting.patience.signal.aborted) return 'later'; // the run stays `running` and is taken up at the next start
  const why = control.why();
  if (answer === 'stopped' || why !== undefined || !control.seal())
    return endStopped(run, control.why() ?? 'pressed', reached, ports, posting);
  countAnswer(answer, ports);
  if (answer.kind === 'failure' && 'cause' in answer.failure)
    log(`run ${run.id}: ${answer.failure.kind}`, answer.failure.cause);
  return postedAnswer(run, asker, answer, ports, posting);
}

const countRefusal = (reason: string, { metrics }: SlackPorts) => metrics.count('refusals_total', { reason });

/** Kinds alone: what was asked and what came out is nobody's who looks at counts. */
function countAnswer(answer: Answer, ports: SlackPorts): void {
  if (answer.kind === 'failure') countRefusal(answer.failure.kind, ports);
  if (answer.kind === 'clarification') ports.metrics.count('clarifications_total', { about: 'database' });
  if (answer.kind === 'outcomes') ports.metrics.count('clarifications_total', { about: 'outcome' });
}

/** Posts what came of a run, where those who read it may see it. */
async function postedAnswer(
  run: Run,
  asker: Admitted,
  answer: Answer,
  ports: SlackPorts,
  posting: DeliverPorts,
): Promise<Ending> {
  const { querent } = ports;
  const still = await admission(run, ports, posting);
  if (posting.patience.signal.aborted) return 'later';
  if (still.kind === 'refused' && still.refusal === 'channel-gone') return postedAlone(run, answer, ports, posting);
  if (still.kind === 'refused') return withheld(run, still.refusal, ports, posting);
  const open = run.direct || (await querent.audienceCovers(answer, asker.reader, 'posted'));
  if (open) return postedAt(run, await asPosted(answer, asker, ports), asker, {}, ports, posting);
  const shareable = await querent.audienceCovers(answer, asker.reader, 'shared');
  const movedTo = await privatePlace(run, posting);
  return postedAt(run, answer, asker, { movedTo, shareable, isToldOf: true }, ports, posting);
}

/** Its channel is gone: what its asker may see without it goes to their direct message, so that nothing is lost, and nothing is seen by its rights. */
async function postedAlone(run: Run, answer: Answer, ports: SlackPorts, posting: DeliverPorts): Promise<Ending> {
  const { querent, people } = ports;
  const alone = await people.admit(run.team, run.user, undefined);
  const isTheirs =
    alone.kind === 'reader' &&
    answer.kind === 'answer' &&
    (await querent.permits(answer.databaseId, answer.sql, alone.reader));
  const channel = isTheirs ? await openDirect(posting, run.user) : undefined;
  if (posting.patience.signal.aborted) return 'later';
  if (!isTheirs || channel === undefined) return withheld(run, 'channel-gone', ports, posting);
  const note = 'The channel that you asked in is gone, or one of us is not in it any more, so the answer is here.';
  return postedAt(run, await asPosted(answer, alone, ports), alone, { movedTo: { channel }, note }, ports, posting);
}

/** Where an answer is posted that does not stand in its thread, and what is said above it. */
interface Elsewhere {
  readonly movedTo?: MovedTo;
  readonly shareable?: boolean;
  /** Its thread is told that it is there. */
  readonly isToldOf?: true;
  readonly note?: string;
}

async function postedAt(
  run: Run,
  answer: Answer,
  { reader }: Admitted,
  { movedTo, shareable = false, isToldOf, note }: Elsewhere,
  ports: SlackPorts,
  posting: DeliverPorts,
): Promise<Ending> {
  const result: RunResult = { ...resultOf(answer), ...(movedTo ? { movedTo } : {}) };
  await ports.querent.runs.saveResult(run.id, 'running', result);
  if (isToldOf) await tellPrivately(run, posting);
  const { part, message } = viewOf(answer, run, shareable);
  const remarked = run.attached && run.cause.kind === 'message' ? noteOnFiles(message, run.id) : message;
  const noted = note === undefined ? remarked : noteAbove(remarked, note, run.id);
  let lostRows = false;
  const onDropped: DeliverPorts['onDropped'] = (dropped, reason, became) => {
    if (losesRows(became) && String(dropped.block_id).startsWith('table-')) lostRows = true;
    posting.onDropped(dropped, reason, became);
  };
  const delivery = await deliver({ ...posting, onDropped }, { ...run, result }, part, noted);
  await saveDelivered(run, result, delivery, STATE_AFTER[answer.kind], ports);
  if (delivery.kind === 'later') return 'later';
  if (answer.kind === 'answer' && delivery.kind === 'posted' && (lostRows || isCutShort(answer))) {
    const { movedTo: at = result.movedTo } = delivery;
    const placed = { ...run, result: at ? { ...result, movedTo: at } : result };
    await sendCsvUnasked(placed, answer, reader, ports, posting);
  }
  return ENDINGS[answer.kind];
}

const ENDINGS: Readonly<Record<Answer['kind'], Ending>> = {
  answer: 'done',
  catalog: 'done',
  courtesy: 'done',
  clarification: 'asked',
  outcomes: 'asked',
  failure: 'failed',
};

/** Its asker may not have it any more, or not there: nothing of it is posted. */
async function withheld(
  run: Run,
  refusal: Refusal | undefined,
  ports: SlackPorts,
  posting: DeliverPorts,
): Promise<Ending> {
  countRefusal(refusal ?? 'outsider', ports);
  if (refusal) await refuse(run, refusal, posting);
  await ports.querent.runs.saveResult(run.id, 'failed', { kind: 'failure', text: run.text });
  return 'failed';
}

/** An answer with nothing offered under it that not everybody there may know of. */
async function asPosted(answer: Answer, { reader }: Admitted, { querent }: SlackPorts): Promise<Answer> {
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

/** A run that was tried so often in vain: whoever asked hears so, what was shown of it ends, and then it has failed. */
export async function giveUp(run: Run, ports: SlackPorts, signal: AbortSignal): Promise<void> {
  const posting = postingFor(ports, run, { lastsMs: LOOKUP_PATIENCE_MS, signal });
  const progress = ports.progress.begin(run, posting);
  try {
    await tellBroken(run, ports, posting);
  } finally {
    await progress.end('failed');
  }
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
