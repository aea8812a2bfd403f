import type { UserId } from '#src/domain/ids.ts';
import { type PermissionRequest, type RequestState, stateOf } from '#src/domain/permission-request.ts';
import { callAgain, LOOKUP_PATIENCE_MS, type Patience } from '../calls.ts';
import { AS_WRITTEN } from '../outgoing.ts';
import { type MarkedPlace, postMarked } from '../post-marked.ts';
import { peopleOf } from '../responsible-people.ts';
import type { SlackPorts } from '../slack-ports.ts';
import { openDirect } from '../tell-one.ts';
import { section } from '../views/message.ts';
import { outcomeText, requestView } from './request-view.ts';

/** Takes requests to those who decide them, and what they decided to those who asked, whoever decided it and where. */
export interface Courier {
  /** Says that there may be something to tell. */
  wake(): void;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 5_000;
const TRY_AGAIN_MS = 60_000;

/** What is to be told is read from the store, and what was told is kept there: a restart goes on. */
export function startCourier(ports: SlackPorts, stopping: AbortSignal): Courier {
  const done = new Set<string>();
  /** When what could not be told is tried again. */
  const waits = new Map<string, number>();
  let round: Promise<void> | undefined;
  let again = false;

  async function look(): Promise<void> {
    again = false;
    for (const request of (await ports.querent.requests.list()).toReversed()) {
      const state = stateOf(request, ports.now());
      const key = `${request.id}:${state}`;
      if (done.has(key) || stopping.aborted || (waits.get(key) ?? 0) > ports.now().getTime()) continue;
      const told = await bringTo(request, state, ports, stopping).catch((error: unknown) => {
        ports.log(`request ${request.id} could not be told`, error);
        return false;
      });
      if (stopping.aborted) continue;
      if (told) done.add(key);
      else {
        if (state === 'open' && !waits.has(key)) ports.log(nobodyTold(request));
        waits.set(key, ports.now().getTime() + TRY_AGAIN_MS);
      }
    }
  }

  function wake(): void {
    again = true;
    round ??= look()
      .catch((error: unknown) => ports.log('requests could not be looked at', error))
      .finally(() => {
        round = undefined;
        if (again && !stopping.aborted) wake();
      });
  }

  const tick = setInterval(wake, LOOK_EVERY_MS);
  tick.unref();
  wake();
  return {
    wake,
    async stop() {
      clearInterval(tick);
      again = false;
      await round;
    },
  };
}

const nobodyTold = ({ id }: PermissionRequest) =>
  `for an admin: request ${id} waits, and nobody could be told (querent requests; QUERENT_ADMINS)`;

/** True where whoever is to know of it does. */
async function bringTo(
  request: PermissionRequest,
  state: RequestState,
  ports: SlackPorts,
  stopping: AbortSignal,
): Promise<boolean> {
  const patience: Patience = {
    lastsMs: LOOKUP_PATIENCE_MS,
    signal: stopping,
    onFault: (method, error) => ports.log(`request ${request.id}: ${method}`, error),
  };
  if (state === 'open') return askThem(request, ports, patience);
  const isShown = await showDecided(request, state, ports, patience);
  return (await tellAsker(request, state, ports, patience)) && isShown;
}

/** The owner of the database; its admins, where it has none or the owner cannot be reached. */
async function askThem(request: PermissionRequest, ports: SlackPorts, patience: Patience): Promise<boolean> {
  const { querent } = ports;
  const { teamId } = request;
  const owners = await peopleOf(teamId, await querent.responsibleFor(request.databaseId), ports.people);
  if (await sendTo(owners, request, ports, patience)) return true;
  const admins = await peopleOf(teamId, await querent.responsibleFor(), ports.people);
  return sendTo(admins, request, ports, patience);
}

/** True where one of them has it. */
async function sendTo(
  users: readonly UserId[],
  request: PermissionRequest,
  ports: SlackPorts,
  patience: Patience,
): Promise<boolean> {
  const { requests } = ports.querent;
  const questions = await requests.questionsOf(request);
  const view = requestView({ request, questions, steps: await requests.stepsOf(request) }, ports.now());
  const { critical: client } = ports.clients;
  let told = false;
  for (const to of users) {
    const before = (await requests.messages(request.id)).find((one) => one.part === 'decide' && one.to === to);
    if (before?.ts !== undefined) {
      told = true;
      continue;
    }
    const channel = await openDirect({ client, patience }, to);
    if (channel === undefined) continue;
    const message = { to, part: 'decide', channel, shows: 'open' } as const;
    await requests.saveMessage(request.id, message);
    const sending = { since: new Date(request.at), maybeSent: before !== undefined };
    const ts = await postMarked({ client, patience }, { channel }, view, { id: request.id, part: 'decide' }, sending);
    if (ts === undefined) continue;
    await requests.saveMessage(request.id, { ...message, ts });
    told = true;
  }
  return told;
}

/** The buttons give way to what was decided, wherever they stand. False where Slack cannot take it now. */
async function showDecided(
  request: PermissionRequest,
  shows: RequestState,
  ports: SlackPorts,
  patience: Patience,
): Promise<boolean> {
  let shown = true;
  const { requests } = ports.querent;
  const questions = await requests.questionsOf(request);
  const { text, blocks } = requestView({ request, questions, steps: [] }, ports.now());
  for (const message of await requests.messages(request.id)) {
    const { part, channel, ts } = message;
    if (part !== 'decide' || ts === undefined || message.shows === shows) continue;
    const update = () =>
      ports.clients.critical.chat.update({ channel, ts, text, blocks: blocks as never, ...AS_WRITTEN });
    const updated = await callAgain('chat.update', update, patience);
    if (updated.ok) await requests.saveMessage(request.id, { ...message, shows });
    else if (updated.fault.kind === 'again' || updated.fault.kind === 'unknown') shown = false;
  }
  return shown;
}

/** In the thread where that is between them and us, else in their direct message: nobody else hears of it. */
async function tellAsker(
  request: PermissionRequest,
  shows: RequestState,
  ports: SlackPorts,
  patience: Patience,
): Promise<boolean> {
  const { requests } = ports.querent;
  const { critical: client } = ports.clients;
  const to = request.userId;
  const { kind } = await ports.people.admit(request.teamId, to, undefined);
  if (kind !== 'reader') return kind !== 'unknown';
  const before = (await requests.messages(request.id)).find((one) => one.part === 'outcome' && one.to === to);
  if (before?.ts !== undefined) return true;
  const [first] = await requests.questionsOf(request);
  const direct = first?.direct ? first.channel : await openDirect({ client, patience }, to);
  if (direct === undefined) return false;
  const place: MarkedPlace = first?.direct ? { channel: direct, thread_ts: first.thread } : { channel: direct };
  const text = outcomeText(request, ports.now());
  const view = { text, blocks: [section(text, `outcome-${request.id}`)] };
  const message = { to, part: 'outcome', channel: direct, shows } as const;
  await requests.saveMessage(request.id, message);
  const sending = { since: new Date(request.at), maybeSent: before !== undefined };
  const ts = await postMarked({ client, patience }, place, view, { id: request.id, part: 'outcome' }, sending);
  if (ts !== undefined) await requests.saveMessage(request.id, { ...message, ts });
  return ts !== undefined;
}
