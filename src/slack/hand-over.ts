import { refreshHome } from './home/publish-home.ts';
import { type ActionPorts, type Press, whisper } from './press.ts';

/** Puts a question on the data team's list, because whoever presses asks for that. */
export async function handOver({ run, user }: Press, ports: ActionPorts): Promise<void> {
  const isNew = await ports.querent.reviews.handOver(run.id, user);
  const said = `The data team has your question ${isNew ? 'now' : 'already'}. You hear here once they settled it.`;
  await whisper(ports, run, user, said);
}

/** Keeps an answer on the Home of whoever presses, or takes it off. */
export async function saveAnswer({ run, user }: Press, ports: ActionPorts): Promise<void> {
  const { home } = ports.querent;
  const isSaved = await home.save(run.id, user);
  if (!isSaved) await home.unsave(run.id, user);
  const said = isSaved ? 'Saved: it is on your Home now.' : 'It was saved, and is taken off your Home now.';
  await whisper(ports, run, user, said);
  await refreshHome({ team: run.team, user }, ports);
}
