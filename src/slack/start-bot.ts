import { App, LogLevel } from '@slack/bolt';
import type { Failure } from '#src/domain/failure.ts';
import type { TeamId, UserId } from '#src/domain/ids.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { scrub } from '#src/domain/scrub.ts';
import type { Querent } from '#src/service/querent.ts';
import { type CallFault, callFault } from '#src/slack-api/call-faults.ts';
import type { Rates } from '#src/slack-api/rates.ts';
import { registerActions } from './actions.ts';
import { resumeSetups } from './admin/go-on.ts';
import { openAdminNotices } from './admin-notices.ts';
import { registerShortcuts } from './ask/shortcuts.ts';
import { ASKER_PATIENCE_MS, callAgain, type Patience } from './calls.ts';
import { openClients, type SlackClients } from './clients.ts';
import { registerCommand } from './command.ts';
import { registerEvents } from './events.ts';
import { type Metrics, openMetrics } from './health/metrics.ts';
import { type HealthSettings, serveHealth } from './health/serve-health.ts';
import { WatchedReceiver, type WatchTimes } from './health/watched-receiver.ts';
import { errorText } from './log-line.ts';
import { registerModals } from './modals/register-modals.ts';
import { registerOlder } from './older-controls.ts';
import { openPeople } from './people.ts';
import type { ActionPorts } from './press.ts';
import { openProgress, PROGRESS_TIMES, type ProgressTimes } from './progress/run-progress.ts';
import { openRefusedBlocks } from './refused-blocks.ts';
import { startCourier } from './requests/courier.ts';
import { peopleOf } from './responsible-people.ts';
import { startReviewNotices } from './review-notices.ts';
import { openPage } from './setup-page/open-page.ts';
import type { PageSettings } from './setup-page/serve-page.ts';
import type { SlackPorts } from './slack-ports.ts';
import { openUnderWay } from './under-way.ts';
import { startWorker } from './worker.ts';

export interface BotTokens {
  readonly botToken: string;
  readonly appToken: string;
  /** Another server that speaks Slack's API: the sandbox. */
  readonly apiUrl?: string;
  /** The page on which passwords are typed; none, if absent. */
  readonly page?: Omit<PageSettings, 'apiUrl'>;
  /** Where a monitor looks; nowhere, if absent. */
  readonly health?: HealthSettings;
}

export interface BotOptions {
  /** Questions offered when somebody opens the bot's messages. */
  readonly prompts?: readonly string[];
  /** Takes a line of the log. */
  readonly print?: (line: string) => void;
  readonly now?: () => Date;
  readonly newId?: () => string;
  /** When what takes long is shown step by step. */
  readonly progressTimes?: ProgressTimes;
  /** How often Slack is called at most. */
  readonly rates?: Rates;
  /** When the connection to Slack is looked at. */
  readonly watchTimes?: WatchTimes;
  /** Ends the start, which then fails as `cancelled`. A bot that has started is ended by its `stop`. */
  readonly signal?: AbortSignal;
}

export interface SlackBot {
  stop(): Promise<void>;
  /** Takes a rejection that nobody handled; false, and a line of the log, where it is not of the connection to Slack. */
  mends(reason: unknown): boolean;
  /** Where the health page listens, if it does. */
  readonly healthPort?: number;
}

/** Tries to reach Slack at the start for so long. */
const START_PATIENCE_MS = 60_000;

/** Connects Querent to Slack over Socket Mode. One bot at a time answers from a state. */
export async function startBot(
  querent: Querent,
  tokens: BotTokens,
  {
    prompts = [],
    print = (line) => console.error(line),
    now = () => new Date(),
    newId = crypto.randomUUID.bind(crypto),
    progressTimes = PROGRESS_TIMES,
    rates,
    watchTimes,
    signal: starting = new AbortController().signal,
  }: BotOptions = {},
): Promise<Result<SlackBot>> {
  const held = querent.holdState();
  if (!held.ok) return held;
  const stopping = new AbortController();
  const log = (message: string, error?: unknown) => {
    const line = error === undefined ? message : `${message}: ${errorText(error)}`;
    print(scrub(`${now().toISOString()} ${line}`));
  };
  querent.warm().catch((error: unknown) => log('nothing could be prepared for the first question', error));
  const api = tokens.apiUrl ? { slackApiUrl: tokens.apiUrl } : {};
  const metrics = openMetrics();
  const clients = openClients(tokens.botToken, api, rates, (method) => metrics.count('rate_limited_total', { method }));
  const times = watchTimes ? { times: watchTimes } : {};
  const receiver = new WatchedReceiver({ appToken: tokens.appToken, api, metrics, log, ...times });
  const health = tokens.health && (await serveHealth(tokens.health, { isReady: () => receiver.isReady(), metrics }));
  if (health && !health.ok) {
    held.value();
    return health;
  }
  const page = await openPage(tokens.page && { ...tokens.page, ...(tokens.apiUrl ? { apiUrl: tokens.apiUrl } : {}) });
  if (!page.ok) {
    await health?.value.stop();
    held.value();
    return page;
  }
  const { pageFor, use } = page.value;
  const own: OwnWorkspace = {};
  const ports = {
    ...portsOf(querent, clients, { metrics, log, now, newId, progressTimes, own, stopping: stopping.signal }),
    ...(pageFor ? { pageFor } : {}),
  };
  const connected = await connect(tokens.botToken, receiver, api, {
    ...ports,
    prompts,
    stopping: stopping.signal,
    starting,
    own,
    onActing: use,
  });
  if (!connected.ok) {
    await page.value.stop();
    await health?.value.stop();
    held.value();
    return connected;
  }
  return ok({
    ...(health ? { healthPort: health.value.port } : {}),
    mends(reason) {
      const isMended = receiver.mends(reason);
      if (!isMended) log('an error that nothing expected', reason);
      return isMended;
    },
    async stop() {
      await page.value.stop();
      await connected.value.stop();
      await health?.value.stop();
      stopping.abort();
      held.value();
    },
  });
}

interface Surroundings extends Pick<SlackPorts, 'log' | 'now' | 'newId'> {
  readonly stopping: AbortSignal;
}

interface Making extends Surroundings {
  readonly metrics: Metrics;
  readonly progressTimes: ProgressTimes;
  readonly own: OwnWorkspace;
}

/** The workspace that the bot is of, from when Slack has said so. */
interface OwnWorkspace {
  team?: TeamId;
}

function portsOf(
  querent: Querent,
  clients: SlackClients,
  { metrics, log, now, newId, progressTimes, stopping, own }: Making,
): SlackPorts {
  const lookup: Patience = {
    lastsMs: ASKER_PATIENCE_MS,
    signal: stopping,
    onFault: (method, error) => log(method, error),
  };
  const telling = () => ({ client: clients.critical, patience: lookup });
  const underWay = openUnderWay();
  const people = openPeople(
    clients.lookups,
    (team) => groupsNamed(team, querent),
    now,
    () => lookup,
    querent.runSettings.siblingTeams,
  );
  return {
    querent,
    clients,
    people,
    tellAdmins: openAdminNotices(telling, () => adminsOf(own.team, querent, people), now, log),
    underWay,
    refusedBlocks: openRefusedBlocks(now),
    metrics,
    progress: openProgress({ clients, now, underWay, querent, metrics }, progressTimes),
    newId,
    now,
    log,
  };
}

/** Those who are named by their ids, whatever Slack says of them: it may be what is amiss. Of the group's, full members. */
async function adminsOf(
  team: TeamId | undefined,
  { responsibleFor }: Querent,
  people: SlackPorts['people'],
): Promise<readonly UserId[]> {
  const { users, groups } = await responsibleFor();
  const members = team === undefined ? [] : await peopleOf(team, { users: [], groups }, people);
  return [...new Set([...users, ...members])];
}

/** The user groups that rules of a workspace name, and those that administer: who is in them is asked, and of no others. */
async function groupsNamed(team: TeamId, { access, adminGroups }: Querent): Promise<readonly string[]> {
  const rules = await access.rules();
  return [
    ...new Set([
      ...(await adminGroups()),
      ...rules.flatMap(({ to, teamId }) => (to.kind === 'group' && (teamId ?? team) === team ? [to.id] : [])),
    ]),
  ];
}

type Api = Parameters<typeof openClients>[1];

interface StartPorts extends SlackPorts, Pick<Surroundings, 'stopping'> {
  readonly prompts: readonly string[];
  readonly own: OwnWorkspace;
  /** Ends the start. */
  readonly starting: AbortSignal;
  /** Hears what acts of people are worked on with. */
  readonly onActing: (ports: ActionPorts) => void;
}

/** Signs in, takes up what is queued, and listens. */
async function connect(
  token: string,
  receiver: WatchedReceiver,
  api: Api,
  ports: StartPorts,
): Promise<Result<Pick<SlackBot, 'stop'>>> {
  const { clients, log, starting } = ports;
  const patience = {
    lastsMs: START_PATIENCE_MS,
    signal: starting,
    onFault: (method: string, error: unknown) => log(method, error),
  };
  const identity = await callAgain('auth.test', () => clients.lookups.auth.test(), patience);
  if (starting.aborted) return fail({ kind: 'cancelled' });
  if (!identity.ok) return fail(startFailure(identity.fault));
  if (identity.value.team_id) ports.own.team = identity.value.team_id;
  const app = new App({ token, receiver, clientOptions: api, logLevel: LogLevel.ERROR, convoStore: false });
  const worker = await startWorker(ports);
  const courier = startCourier(ports, ports.stopping);
  const wake = () => {
    worker.wake();
    courier.wake();
  };
  const acting = { ...ports, wake };
  registerEvents(app, { ...acting, botUserId: identity.value.user_id ?? '' });
  ports.onActing(acting);
  registerOlder(app, [...registerActions(app, acting), ...registerModals(app, acting)], acting);
  registerCommand(app, acting);
  registerShortcuts(app, acting);
  resumeSetups(acting).catch((error: unknown) => log('what was being set up could not go on', error));
  app.error(async (error) => log('a listener failed', error));
  try {
    await listening(app, receiver, starting);
  } catch (error) {
    await Promise.all([worker.stop(), courier.stop()]);
    if (starting.aborted) return fail({ kind: 'cancelled' });
    const fault = callFault(error);
    if (!fault) throw error;
    return fail(startFailure(fault, error));
  }
  const notices = startReviewNotices(identity.value.team_id ?? '', ports, ports.stopping);
  return ok({
    async stop() {
      notices.stop();
      await receiver.stop();
      await Promise.all([worker.stop(), courier.stop()]);
    },
  });
}

/** Resolves once Slack sends what happens; rejects at once where the start is ended. */
async function listening(app: App, receiver: WatchedReceiver, starting: AbortSignal): Promise<void> {
  const started = app.start();
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(starting.reason);
  starting.addEventListener('abort', end, { once: true });
  try {
    await Promise.race([started, ended.promise]);
  } catch (error) {
    if (starting.aborted) receiver.stop().catch(() => undefined); // else it would try for as long as Slack sends it away
    throw error;
  } finally {
    starting.removeEventListener('abort', end);
  }
}

function startFailure(fault: CallFault, cause?: unknown): Failure {
  const away = fault.kind === 'again' || fault.kind === 'unknown';
  return away ? { kind: 'slack-unreachable', cause } : { kind: 'slack-refused', code: fault.code, cause };
}
