import type { Run } from '#src/domain/run.ts';
import type { Querent } from '#src/service/querent.ts';
import type { TellAdmins } from './admin-notices.ts';
import type { Patience } from './calls.ts';
import type { SlackClients } from './clients.ts';
import type { DeliverPorts } from './deliver.ts';
import type { Metrics } from './health/metrics.ts';
import type { People } from './people.ts';
import type { ProgressDesk } from './progress/progress-desk.ts';
import type { RefusedBlocks } from './refused-blocks.ts';
import type { UnderWay } from './under-way.ts';

/** What every part of the Slack surface works with. */
export interface SlackPorts {
  readonly querent: Querent;
  readonly clients: SlackClients;
  readonly people: People;
  readonly tellAdmins: TellAdmins;
  /** Where the page to type a password on is reached by a link's token; none where no public address is configured. */
  readonly pageFor?: (token: string) => string;
  /** Runs that are being answered: what is stopped, is stopped there. */
  readonly underWay: UnderWay;
  readonly progress: ProgressDesk;
  /** Kinds of blocks that a workspace was found not to take. */
  readonly refusedBlocks: RefusedBlocks;
  /** What a monitor counts. */
  readonly metrics: Metrics;
  readonly newId: () => string;
  readonly now: () => Date;
  /** One line, which names no secret and holds no data; of an error only what may be told (log-line.ts). */
  readonly log: (message: string, error?: unknown) => void;
}

/** What every act of a person is worked on with. */
export interface ActionPorts extends SlackPorts {
  readonly wake: () => void;
  /** Ends at the stop of the bot. */
  readonly stopping: AbortSignal;
}

/** What posting a run's parts needs. `lastsMs`: for how long it is worth trying. */
export function postingFor(
  { querent, clients, tellAdmins, refusedBlocks, metrics, log }: SlackPorts,
  run: Run,
  { lastsMs, signal }: Pick<Patience, 'lastsMs' | 'signal'>,
): DeliverPorts {
  return {
    client: clients.critical,
    runs: querent.runs,
    patience: { lastsMs, signal, onFault: (method, error) => log(`run ${run.id}: ${method}`, error) },
    onDropped: ({ type }, reason, became) => {
      metrics.count('blocks_downgraded_total', { type, became: became[0]?.type ?? 'nothing' });
      log(`run ${run.id}: a ${type} ${became.length ? `became a ${became[0]?.type}` : 'was left out'}: ${reason}`);
    },
    refused: refusedBlocks,
    tellAdmins,
    log,
  };
}
