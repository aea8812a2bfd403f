import { type NewRun, requestOf } from '#src/domain/run.ts';
import { offerChannelDefault } from './channel-default.ts';
import { markChosen, type Settled, settle } from './choice.ts';
import type { AskingReader } from './people.ts';
import type { ActionPorts } from './slack-ports.ts';

/**
 * Settles a question back as whoever asked it pressed, and queues what follows. False where it was settled before.
 *
 * @param at when it was pressed: a press that is delivered again is the same one.
 */
export async function makeChoice(
  settled: Settled,
  reader: AskingReader['reader'],
  at: string,
  ports: ActionPorts,
): Promise<boolean> {
  const { run, choice } = settled;
  const { querent, clients, now, newId, wake } = ports;
  const follow: NewRun = { ...requestOf(run), id: newId(), cause: { kind: 'choice', of: run.id, at } };
  if (!(await settle(run, choice, follow, { runs: querent.runs, now }))) return false;
  await markChosen(settled, run.user, { runs: querent.runs, cosmetic: clients.cosmetic });
  wake();
  await offerChannelDefault(settled, reader, ports, ports.stopping);
  return true;
}
