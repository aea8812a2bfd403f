import type { WebClient } from '@slack/web-api';
import type { Run } from '#src/domain/run.ts';
import { callAgain } from '../calls.ts';
import type { DeliverPorts } from '../deliver.ts';
import { AS_WRITTEN } from '../outgoing.ts';
import { postOnce } from '../poster.ts';
import { afterEnd, EDIT_EVERY_MS, endTitle, type Plan, planMessage } from './plan.ts';
import type { PlanStream } from './stream.ts';

/** So long is tried to leave it as it should be at the end. */
const END_PATIENCE_MS = 15_000;

/** The steps of a run as one message of its thread, which is edited; posted once, however often it is tried. */
export async function beginPlanMessage(posting: DeliverPorts, run: Run, plan: Plan): Promise<PlanStream | undefined> {
  const patience = { ...posting.patience, lastsMs: END_PATIENCE_MS };
  const posted = await postOnce(
    { ...posting, patience },
    run,
    'progress',
    planMessage(plan, 'Working on it', run.id, true),
  );
  return posted.ok ? editedPlan(posting, run, posted.value, performance.now()) : undefined;
}

/** The message of a run that an earlier process left; nothing where it posted none. A stream that it left is no stream any more. */
export async function resumePlanMessage(
  posting: DeliverPorts,
  cosmetic: WebClient,
  run: Run,
): Promise<PlanStream | undefined> {
  const ts = await posting.runs.posted(run.id, 'progress');
  if (!ts) return undefined;
  if (run.direct) {
    const { channel } = run;
    await cosmetic.chat.stopStream({ channel, ts, session_status: 'processing' } as never).catch(() => undefined);
  }
  const resumed = editedPlan(posting, run, ts, Number.NEGATIVE_INFINITY);
  await resumed.show([]);
  return resumed;
}

function editedPlan(posting: DeliverPorts, run: Run, ts: string, lastEdit: number): PlanStream {
  let editedAt = lastEdit;
  let ended = false;
  const body = (now: Plan, title: string, goesOn: boolean) => {
    const { text, blocks } = planMessage(now, title, run.id, goesOn);
    const { link_names, parse } = AS_WRITTEN;
    return { channel: run.channel, ts, text, blocks: blocks as never, link_names, parse };
  };
  return {
    async show(now) {
      if (ended || performance.now() - editedAt < EDIT_EVERY_MS) return;
      editedAt = performance.now();
      await posting.client.chat.update(body(now, 'Working on it', true)).catch(() => undefined);
    },
    async end(now, how, ms) {
      ended = true;
      await endPlanMessage(posting, body(afterEnd(now, how), endTitle(how, ms), false));
    },
  };
}

/** An edit may be made again; without its blocks where Slack does not take them. */
async function endPlanMessage(posting: DeliverPorts, body: { readonly text: string } & Record<string, unknown>) {
  const patience = { ...posting.patience, lastsMs: END_PATIENCE_MS };
  const { client } = posting;
  const update = (content: object) =>
    callAgain('chat.update', () => client.chat.update(content as Parameters<typeof client.chat.update>[0]), patience);
  const whole = await update(body);
  if (!whole.ok && whole.fault.kind === 'refused') await update({ ...body, blocks: [] });
}
