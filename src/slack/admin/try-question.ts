import type { NewRun } from '#src/domain/run.ts';
import { type Act, tell } from '../modals/acts.ts';
import type { ActionPorts } from '../press.ts';

/** Asks a question that was offered in the direct message of an admin, as whoever pressed it, in the thread below. */
export async function tryQuestion(act: Act, ports: ActionPorts): Promise<void> {
  const { querent, newId, now, wake } = ports;
  const [databaseId = '', picked = ''] = act.value.split(':');
  const questions = await querent.questionsToTry(act.asker.reader, databaseId);
  const text = questions[Number(picked)];
  if (text === undefined || !act.message)
    return tell(act, 'That question no longer fits what you may see of the data. Please ask in your own words.', ports);
  const { channel, ts } = act.message;
  const run: NewRun = {
    id: newId(),
    team: act.team,
    channel,
    thread: ts,
    message: ts,
    cause: { kind: 'offer', of: `setup-${databaseId}`, at: `${picked}:${act.at}` },
    user: act.user,
    text,
    intent: { kind: 'from', databaseId },
    turnedDown: [],
    direct: true,
    external: false,
  };
  await querent.runs.record(`try:${act.user}:${act.at}`, run, now());
  wake();
}
