import { sayFailure } from '#src/domain/failure.ts';
import type { Run } from '#src/domain/run.ts';
import type { ConversationKind } from './conversation-kind.ts';
import { type DeliverPorts, deliver } from './deliver.ts';
import type { Admission } from './people.ts';
import type { Ending } from './progress/plan.ts';
import { tellOne } from './tell-one.ts';
import { escapeMrkdwn } from './text.ts';
import { button } from './views/message.ts';
import { lateView } from './views/stopped-view.ts';

export type Refusal = 'external-channel' | 'channel-gone' | 'access-unknown' | 'asker-unknown' | 'not-a-member';

/** Why nothing is answered; undefined for somebody of another company, who hears nothing (PERM-3). */
export function refusalOf(audience: ConversationKind, asker: Admission['kind']): Refusal | undefined {
  if (asker === 'outsider') return undefined;
  if (audience === 'external') return 'external-channel';
  if (asker === 'guest') return 'not-a-member';
  if (audience === 'gone') return 'channel-gone';
  return audience === 'internal' ? 'asker-unknown' : 'access-unknown';
}

/** A refusal that its asker sees: in their direct message for good, elsewhere for them alone. */
export async function refuse(run: Run, kind: Refusal, ports: DeliverPorts): Promise<void> {
  const text = escapeMrkdwn(sayFailure({ kind }));
  if (run.direct) await deliver(ports, run, 'answer', { text, blocks: [] });
  else await tellOne(ports, run, run.user, text, false);
}

/** Too many questions wait in the thread: who asked is told, and may ask again by a press. Nothing of it is lost. */
export async function turnAway(run: Run, ahead: number, ports: DeliverPorts): Promise<void> {
  const text = `${ahead} questions are ahead of yours in this thread, so I left it for now. Ask again in a moment.`;
  const retry = {
    type: 'actions',
    block_id: `busy-${run.id}`,
    elements: [button('Ask again', 'querent_rerun', run.id)],
  };
  await tellOne(ports, run, run.user, text, false, [
    { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } },
    retry,
  ]);
}

/** It came long after it was asked (IDEM-6): whoever asked is told, and may have it run by a press. */
export async function sayLate(run: Run, ports: DeliverPorts): Promise<Ending> {
  const said = await deliver(ports, run, 'late', lateView(run.id));
  if (said.kind === 'later') return 'later';
  // Its button may have been pressed as soon as it was seen.
  if ((await ports.runs.run(run.id))?.late)
    await ports.runs.saveResult(run.id, 'stopped', { kind: 'stopped', text: run.text, why: 'late' });
  return 'stopped';
}
