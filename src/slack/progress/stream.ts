import type { WebClient } from '@slack/web-api';
import type { Run } from '#src/domain/run.ts';
import type { RunStore } from '#src/service/querent.ts';
import { AS_WRITTEN } from '../outgoing.ts';
import { afterEnd, EDIT_EVERY_MS, type Ending, endTitle, type Plan, planMessage, taskChunks } from './plan.ts';

/** A stream lives about five minutes, whatever is appended to it (PROG-7). */
const LIVES_MS = 240_000;

/** The steps of a run as a stream in its asker's direct message. */
export interface PlanStream {
  /** Shows what changed of the plan. */
  show(plan: Plan): Promise<void>;
  end(plan: Plan, how: Ending, ms: number): Promise<void>;
}

export interface StreamPorts {
  readonly client: WebClient;
  readonly runs: Pick<RunStore, 'savePosted'>;
  /** Another question of the thread goes on or waits: the session of both is under way still. */
  readonly goesOn: () => Promise<boolean>;
}

/** Begins a stream; rejects where Slack does not take it. Calls of one stream are made one after another. */
export async function beginStream({ client, runs, goesOn }: StreamPorts, run: Run, plan: Plan): Promise<PlanStream> {
  const { channel, thread, user, team } = run;
  const started = await client.chat.startStream({
    channel,
    thread_ts: thread,
    recipient_user_id: user,
    recipient_team_id: team,
    task_display_mode: 'plan',
    chunks: [{ type: 'plan_update', title: 'Working on it' }, ...taskChunks(plan)],
  });
  const ts = started.ts ?? '';
  // Whoever takes the run up after a crash finds it, and posts no second.
  if (ts) await runs.savePosted(run.id, 'progress', ts);
  const begunAt = performance.now();
  let shownPlan = plan;
  /** What stands there is not as it should be, whatever changed. */
  let stale = false;
  let editedAt = Number.NEGATIVE_INFINITY;
  let pending = false;
  let streams = true;
  let last: Promise<void> = Promise.resolve();

  /** The message as a plain one, from when the stream is over. */
  async function update(now: Plan, title: string, goesOn: boolean): Promise<void> {
    const { text, blocks } = planMessage(now, title, run.id, goesOn);
    const { link_names, parse } = AS_WRITTEN;
    await client.chat.update({ channel, ts, text, blocks: blocks as never, link_names, parse });
  }

  async function stopped(now: Plan, title: string, session: 'active' | 'suspended' | 'processing'): Promise<void> {
    const chunks = [...taskChunks(changed(shownPlan, now)), { type: 'plan_update' as const, title }];
    await client.chat.stopStream({ channel, ts, chunks, session_status: session } as never);
  }

  async function showNow(now: Plan): Promise<void> {
    if (streams && performance.now() - begunAt > LIVES_MS) {
      [streams, stale] = [false, true];
      await stopped(now, 'Working on it', 'processing').catch(() => undefined);
    }
    const tasks = changed(shownPlan, now);
    if (!streams) return edited(now, tasks);
    if (!tasks.length) return;
    shownPlan = now;
    try {
      await client.chat.appendStream({ channel, ts, chunks: taskChunks(tasks) } as never);
    } catch {
      [streams, stale] = [false, true]; // it is over, or someone stopped it: from here on by edits
    }
  }

  async function edited(now: Plan, tasks: Plan): Promise<void> {
    if (!(stale || tasks.length) || performance.now() - editedAt < EDIT_EVERY_MS) return;
    editedAt = performance.now();
    stale = true; // until Slack took it
    await update(now, 'Working on it', true);
    [shownPlan, stale] = [now, false];
  }

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work).catch(() => undefined);
    return last;
  };

  return {
    async show(now) {
      if (pending) return;
      pending = true;
      await inTurn(() => showNow(now));
      pending = false;
    },
    end: (plan_, how, ms) =>
      inTurn(async () => {
        const final = afterEnd(plan_, how);
        const title = endTitle(how, ms);
        if (streams) {
          const done = await stopped(final, title, sessionAfter(how, await goesOn())).then(
            () => true,
            () => false,
          );
          if (done) return;
        }
        await update(final, title, false);
      }),
  };
}

function sessionAfter(how: Ending, goesOn: boolean): 'active' | 'suspended' | 'processing' {
  if (goesOn || how === 'again' || how === 'superseded') return 'processing';
  return how === 'asked' ? 'suspended' : 'active';
}

/** Tasks that are not as they were. */
const changed = (before: Plan, now: Plan): Plan =>
  now.filter((task) => {
    const was = before.find(({ id }) => id === task.id);
    return !was || was.title !== task.title || was.status !== task.status || was.output !== task.output;
  });
