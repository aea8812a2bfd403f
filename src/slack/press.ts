import type { WebClient } from '@slack/web-api';
import { sayFailure } from '#src/domain/failure.ts';
import type { Run } from '#src/domain/run.ts';
import { LOOKUP_PATIENCE_MS } from './calls.ts';
import type { DeliverPorts } from './deliver.ts';
import { type PressDelivery, readPress } from './deliveries.ts';
import type { AskingReader } from './people.ts';
import { placeOf } from './poster.ts';
import { postingFor, type SlackPorts } from './slack-ports.ts';
import { tellOne } from './tell-one.ts';
import { escapeMrkdwn } from './text.ts';

/** A press under a run's message, by somebody with their own rights: a button is no way around them. */
export interface Press extends Omit<PressDelivery, 'value'> {
  readonly run: Run;
  readonly asker: AskingReader;
  /** What was picked of several. */
  readonly picked: string;
  /** Opens modals. */
  readonly client: WebClient;
}

export interface ActionPorts extends SlackPorts {
  readonly wake: () => void;
  /** Ends at the stop of the bot. */
  readonly stopping: AbortSignal;
}

/** Who pressed what, where they may press at all. */
export async function pressOf(body: unknown, client: WebClient, ports: ActionPorts): Promise<Press | undefined> {
  const pressed = readPress(body);
  if (!pressed) return undefined;
  const { value, ...where } = pressed;
  const [runId = '', picked = ''] = value.split(':');
  const run = await ports.querent.runs.run(runId);
  if (!run || ![placeOf(run).channel, run.channel].includes(where.channel ?? '')) return undefined;
  const asker = await ports.people.admit(run.team, where.user, run.direct ? undefined : run.channel);
  switch (asker.kind) {
    case 'reader':
      return { ...where, run, asker, picked, client };
    case 'outsider':
      return undefined;
    default: {
      const kind = asker.kind === 'guest' ? 'not-a-member' : 'asker-unknown';
      await whisper(ports, run, where.user, escapeMrkdwn(sayFailure({ kind })));
      return undefined;
    }
  }
}

/** What posting an answer to a press needs. */
export const pressPosting = (ports: ActionPorts, run: Run): DeliverPorts =>
  postingFor(ports, run, { lastsMs: LOOKUP_PATIENCE_MS, signal: ports.stopping });

/** A notice that only the presser sees. What they pressed stands in the thread, so it is shown there. */
export function whisper(ports: ActionPorts, run: Run, user: string, text: string): Promise<void> {
  return tellOne(pressPosting(ports, run), run, user, text, true);
}
