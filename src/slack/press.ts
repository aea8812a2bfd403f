import { sayFailure } from '#src/domain/failure.ts';
import type { Run } from '#src/domain/run.ts';
import { LOOKUP_PATIENCE_MS } from './calls.ts';
import { channelOfRights } from './channel-of-rights.ts';
import type { DeliverPorts } from './deliver.ts';
import { type PressDelivery, readPress } from './deliveries.ts';
import { admitted, isAct, patienceOf, readAct, tell, tellFailure } from './modals/acts.ts';
import type { AskingReader } from './people.ts';
import { placeOf } from './poster.ts';
import { type ActionPorts, postingFor } from './slack-ports.ts';
import { tellOne } from './tell-one.ts';
import { escapeMrkdwn } from './text.ts';

export type { ActionPorts } from './slack-ports.ts';

/** A press under a run's message, by somebody with their own rights: a button is no way around them. */
export interface Press extends Omit<PressDelivery, 'value'> {
  readonly run: Run;
  readonly asker: AskingReader;
  /** What was picked of several. */
  readonly picked: string;
}

/** Who pressed what, where they may press at all. */
export async function pressOf(body: unknown, ports: ActionPorts): Promise<Press | undefined> {
  const pressed = readPress(body);
  if (!pressed) return undefined;
  const { value, ...where } = pressed;
  const [runId = '', picked = ''] = value.split(':');
  const run = await ports.querent.runs.run(runId);
  if (!run || ![placeOf(run).channel, run.channel].includes(where.channel ?? '')) {
    await tellGone(body, ports);
    return undefined;
  }
  const isThere = where.channel === run.channel;
  const channel = isThere ? run.channel : await channelOfRights(run, where.user, ports, patienceOf(ports));
  const asker = await ports.people.admit(run.team, where.user, run.direct ? undefined : channel);
  switch (asker.kind) {
    case 'reader':
      if ((await ports.querent.runs.posted(run.id, REPLACED)) === undefined) return { ...where, run, asker, picked };
      await whisper(ports, run, where.user, STALE);
      return undefined;
    case 'outsider':
      return undefined;
    default: {
      const kind = asker.kind === 'guest' ? 'not-a-member' : 'asker-unknown';
      await whisper(ports, run, where.user, escapeMrkdwn(sayFailure({ kind })));
      return undefined;
    }
  }
}

/** What is said to whoever presses under a message whose question is no longer kept, or no longer what it was. */
export const GONE = 'I no longer have what that button needs, so nothing was done. Please ask the question again.';

/** Never silence: the run was pruned or forgotten, and whoever presses may still ask. */
async function tellGone(body: unknown, ports: ActionPorts): Promise<void> {
  const raw = readAct(body);
  const act = raw && (await admitted(raw, ports));
  if (!raw || !act) return; // somebody of another company hears nothing (PERM-3)
  if (isAct(act)) await tell(raw, GONE, ports);
  else await tellFailure(raw, act, ports);
}

/** The part of a run under which it is kept that a newer answer took its place. */
export const REPLACED = 'replaced';

/** Somebody still sees an answer as it was before a newer one took its place. */
const STALE = 'A newer answer took the place of this one, so nothing was done. It stands below, in the same thread.';

export const whisperGone = (ports: ActionPorts, run: Run, user: string): Promise<void> =>
  whisper(ports, run, user, GONE);

/** What posting an answer to a press needs. */
export const pressPosting = (ports: ActionPorts, run: Run): DeliverPorts =>
  postingFor(ports, run, { lastsMs: LOOKUP_PATIENCE_MS, signal: ports.stopping });

/** A notice that only the presser sees. What they pressed stands in the thread, so it is shown there. */
export function whisper(ports: ActionPorts, run: Run, user: string, text: string): Promise<void> {
  return tellOne(pressPosting(ports, run), run, user, text, true);
}
