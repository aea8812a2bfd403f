import type { Run } from '#src/domain/run.ts';
import { channelOfRights } from '../channel-of-rights.ts';
import { placeOf } from '../poster.ts';
import type { ActionPorts, Press } from '../press.ts';
import { type Act, patienceOf } from './acts.ts';

/** The run that somebody acts on by its id, in its workspace and, under a message, where its messages go. */
export async function runOfAct(act: Act, id: string, { querent }: ActionPorts): Promise<Run | undefined> {
  const run = await querent.runs.run(id);
  if (!run || run.team !== act.team) return undefined;
  const { message } = act;
  return message && ![placeOf(run).channel, run.channel].includes(message.channel) ? undefined : run;
}

/** A press in a view that is about a run, as if it were made under its message: with the rights that its presser has there. */
export async function pressOnRun(act: Act, ports: ActionPorts): Promise<Press | undefined> {
  const [id = '', picked = ''] = act.value.split(':');
  const run = await runOfAct(act, id, ports);
  if (!run) return undefined;
  const isThere = act.message?.channel === run.channel;
  const channel = isThere ? run.channel : await channelOfRights(run, act.user, ports, patienceOf(ports));
  const asker = await ports.people.admit(run.team, act.user, run.direct ? undefined : channel);
  // A question of somebody's direct message is nobody else's.
  if (asker.kind !== 'reader' || (run.direct && run.user !== act.user)) return undefined;
  return {
    user: act.user,
    channel: run.channel,
    messageTs: undefined,
    actionTs: act.at,
    run,
    asker,
    picked,
  };
}
