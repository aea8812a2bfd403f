import type { NewRun } from '#src/domain/run.ts';
import { sayMode } from '#src/domain/thread-mode.ts';
import { LOOKUP_PATIENCE_MS } from './calls.ts';
import { conversationKind } from './conversation-kind.ts';
import { type MessageChange, readChange } from './deliveries.ts';
import type { IngressPorts, Recorded, ToldMode } from './ingress.ts';
import { AS_WRITTEN } from './outgoing.ts';
import { holdsSecret } from './refuse-secret.ts';
import type { SlackPorts } from './slack-ports.ts';
import { stopRun } from './stop-run.ts';
import { readMessageText } from './text.ts';
import { showOpenAgain } from './undo-choice.ts';

/** `stopping`: ends at the stop of the bot. */
type FollowPorts = SlackPorts & { readonly stopping: AbortSignal };

/** What follows from a recorded question: the end of what it takes the place of, and the first sign of life, which is given when the promise resolves. */
export async function afterRecorded(
  { run, replaced, told }: Recorded,
  ports: FollowPorts,
  onSigned: () => void = () => undefined,
): Promise<void> {
  if (told) sayTold(told, ports).catch((error: unknown) => ports.log('a mode could not be told', error));
  for (const older of replaced)
    stopRun(older, 'superseded', ports)
      .then((stopped) => (stopped ? ports.progress.handOver(older) : undefined))
      .catch((error: unknown) => ports.log(`run ${older.id} could not be stopped`, error));
  if (run && !run.external && run.turnedAway === undefined && !run.late)
    await greet(run, ports, onSigned).catch((error: unknown) => ports.log(`run ${run.id} had no sign of life`, error));
}

/** Kept for the thread, and told to who said it alone, where they may ask at all. */
async function sayTold({ team, channel, thread, user, mode }: ToldMode, ports: FollowPorts): Promise<void> {
  const { querent, people, log, stopping: signal } = ports;
  const { critical, lookups } = ports.clients;
  const patience = { lastsMs: LOOKUP_PATIENCE_MS, signal, onFault: log };
  const asker = await people.admit(team, user, channel);
  const kind = await conversationKind(lookups, channel, patience, querent.runSettings.siblingTeams);
  if (asker.kind !== 'reader' || kind !== 'internal') return;
  await querent.conversations.setThreadMode(team, { channel, thread }, mode);
  await critical.chat.postEphemeral({ channel, thread_ts: thread, user, text: sayMode(mode), ...AS_WRITTEN });
}

/** Nothing is shown to whoever may not ask (PERM-3). Who it is is asked anyway, and remembered; nothing else stands before the first sign. */
async function greet(run: NewRun, { people, progress }: SlackPorts, onSigned: () => void): Promise<void> {
  if (!(await people.isMember(run.team, run.user))) return;
  await progress.greet(run);
  onSigned();
}

/**
 * A question that is changed before it has its answer is asked as it reads now; one that is taken back is not answered. What was answered
 * stays as it is (SURF-3).
 */
export async function followChange(
  body: unknown,
  botUserId: string,
  ports: SlackPorts & Pick<IngressPorts, 'onSecret'> & { readonly wake: () => void },
): Promise<void> {
  const change = readChange(body);
  const run = change && (await ports.querent.runs.ofMessage(change.team, change.channel, change.message));
  if (!run || (run.state !== 'queued' && run.state !== 'running')) return;
  // Nothing is kept of what looks as if it held a secret (ADM-4): the question is as good as taken back.
  const holds = change.text !== undefined && holdsSecret(change.text);
  if (holds && !run.external) ports.onSecret?.(run);
  if (change.text === undefined || holds) {
    await stopRun(run, 'deleted', ports);
    if (run.state === 'queued') void ports.progress.settle(run);
    return;
  }
  await askAnew(run.id, run.text, { ...change, text: change.text }, botUserId, ports);
}

async function askAnew(
  id: string,
  before: string,
  { text }: MessageChange & { readonly text: string },
  botUserId: string,
  ports: SlackPorts & { readonly wake: () => void },
): Promise<void> {
  const { querent, underWay, wake } = ports;
  const now = readMessageText(text, botUserId);
  if (now === before) return;
  const run = await querent.runs.run(id);
  if (run?.state === 'running' && !underWay.stop(id, 'edited')) return; // its answer is being posted
  if (!(await querent.runs.restart(id, now))) return;
  await showOpenAgain(run, ports);
  wake();
}
