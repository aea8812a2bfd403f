import { type Failure, sayFailure } from '#src/domain/failure.ts';
import type { Setup } from '#src/domain/setup.ts';
import { mayNot } from '../modals/acts.ts';
import type { ActionPorts } from '../press.ts';
import { escapeMrkdwn } from '../text.ts';
import type { Message } from '../views/message.ts';
import { doneView, overView, passwordView, stoppedView, workingView } from './setup-views.ts';
import { changeMessage, openTold, type Place, postDirect } from './told.ts';

/** Where it is told how a setup goes; a new message, where none was posted yet. */
async function placeOf(setup: Setup, first: Message, ports: ActionPorts): Promise<Place | undefined> {
  if (setup.told) return setup.told;
  const told = await postDirect(setup.by.userId, first, ports, { id: setup.id, since: new Date(setup.at) });
  if (told) await ports.querent.setups.change(setup.id, (before) => ({ ...before, told }));
  return told;
}

/** Asks for the password: a new link, where there is a page to lead to, and the link before opens nothing any more. */
export async function askForPassword(setup: Setup, ports: ActionPorts): Promise<void> {
  const { querent, pageFor } = ports;
  const link = pageFor ? await querent.setups.newLink(setup.id) : undefined;
  if (link && !link.ok) return;
  // Without a page it is typed at the command line, which seals what waits for its password alone.
  if (!link) await querent.setups.change(setup.id, (before) => ({ ...before, state: 'waits-for-password' }));
  const view = passwordView(setup, link && pageFor?.(link.value.token));
  if (setup.told) await changeMessage(setup.told, view, ports);
  else await placeOf(setup, view, ports);
}

/** Goes on with what waits for nothing, or asks for what it waits for. */
export const goOn = (setup: Setup, ports: ActionPorts): Promise<void> =>
  setup.state === 'waits-for-password' ? askForPassword(setup, ports) : carryOut(setup, ports);

/** Setups that are carried out now: a second press does not carry one out twice. */
const underWay = new Set<string>();

/** Connects, probes, reads and indexes, telling how it goes in one message of its admin's direct message. */
export async function carryOut(setup: Setup, ports: ActionPorts): Promise<void> {
  if (underWay.has(setup.id)) return;
  underWay.add(setup.id);
  try {
    const first = workingView(setup, 'connecting', 0, 0);
    const place = await placeOf(setup, first, ports);
    const told = place && openTold(place, ports);
    if (setup.told) told?.say(first);
    const came = await ports.querent.setups.carryOut(
      setup.id,
      (step, done, total) => told?.say(workingView(setup, step, done, total)),
      ports.stopping,
    );
    underWay.delete(setup.id); // before what may be pressed next is shown
    if (!came.ok && came.failure.kind === 'cancelled') return; // it goes on at the next start
    await told?.end(came.ok ? await done(came.value, ports) : stopped(setup, came.failure, ports));
  } finally {
    underWay.delete(setup.id);
  }
}

async function done(value: Parameters<typeof doneView>[0], { querent }: ActionPorts): Promise<Message> {
  const { by, database } = value.setup;
  const reader = { teamId: by.teamId, userId: by.userId };
  return doneView(value, value.indexed.ok ? await querent.questionsToTry(reader, database.id) : []);
}

function stopped(setup: Setup, failure: Failure, { querent }: ActionPorts): Message {
  if (failure.kind === 'setup-gone') return overView(escapeMrkdwn(sayFailure(failure)));
  const script = querent.databases.roleScript(setup.database);
  return stoppedView(setup, failure, script.ok ? script.value : undefined);
}

/** What a stop of the bot interrupted goes on; what waits for a password or for its admin waits, once its admin was told that it does. */
export async function resumeSetups(ports: ActionPorts): Promise<void> {
  const interrupted = (await ports.querent.setups.list()).filter(
    ({ state, told }) => state === 'ready' || (state === 'waits-for-password' && !told),
  );
  for (const setup of interrupted) if (await mayGoOn(setup, ports)) await goOn(setup, ports);
}

/** Asked anew: who may not administer any more has their setup dropped; of whom Slack says nothing now it waits for the next start. */
async function mayGoOn(setup: Setup, ports: ActionPorts): Promise<boolean> {
  const { by, database } = setup;
  const asker = await ports.people.admit(by.teamId, by.userId, undefined);
  if (asker.kind === 'unknown') return false;
  const refused =
    asker.kind !== 'reader' || (await mayNot({ asker }, ports, setup.of === 'password' ? database.id : undefined));
  if (!refused) return true;
  await ports.querent.setups.drop(setup.id);
  ports.log(`the setup of ${database.id} was dropped: who began it may not administer any more`);
  return false;
}
