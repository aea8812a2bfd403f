import { setTimeout as sleep } from 'node:timers/promises';
import { sayPhase } from '#src/domain/progress.ts';
import type { NewRun, Run, RunLimits } from '#src/domain/run.ts';
import type { DeliverPorts } from '../deliver.ts';
import { errorText } from '../log-line.ts';
import type { SlackPorts } from '../slack-ports.ts';
import { afterNews, type Plan } from './plan.ts';
import { beginPlanMessage, resumePlanMessage } from './plan-message.ts';
import type { ProgressDesk, RunProgress } from './progress-desk.ts';
import { type SignKind, statusLine } from './status.ts';
import { beginStream, type PlanStream } from './stream.ts';
import { openSurfaces } from './surfaces.ts';

/** What takes longer is shown step by step: in a direct message, in a channel, and where a workspace has no status. */
const STREAM_AFTER_MS = 5_000;
const MESSAGE_AFTER_MS = 10_000;
const MESSAGE_WITHOUT_STATUS_AFTER_MS = 3_000;
/** A stream is added to, and a status changed, at most so often. */
const SHOWN_EVERY_MS = 1_000;
/** Work waits so long at most for the first signs, of all that were asked: planning keeps this process busy, and they would wait for it. */
const SIGN_FIRST_MS = 500;
/** Slack takes a status away after two minutes. */
const STATUS_AGAIN_MS = 90_000;

export interface ProgressTimes {
  readonly streamAfterMs: number;
  readonly messageAfterMs: number;
  readonly withoutStatusAfterMs: number;
}

export const PROGRESS_TIMES: ProgressTimes = {
  streamAfterMs: STREAM_AFTER_MS,
  messageAfterMs: MESSAGE_AFTER_MS,
  withoutStatusAfterMs: MESSAGE_WITHOUT_STATUS_AFTER_MS,
};

type Ports = Pick<SlackPorts, 'clients' | 'now' | 'underWay' | 'querent' | 'metrics'>;

export function openProgress(ports: Ports, times: ProgressTimes = PROGRESS_TIMES): ProgressDesk {
  const surfaces = openSurfaces(ports.now);
  const status = statusLine(ports, surfaces);
  /** Signs that are being given or were, by run; `waits`: it says what the question waits for. */
  const signs = new Map<string, { readonly run: NewRun; readonly sign: Promise<SignKind>; readonly waits?: true }>();
  /** The sign of a question that is worked on, in the place of what said that it waits. */
  const working = (run: NewRun): Promise<SignKind> => {
    const held = signs.get(run.id);
    const begin = () => status.begin(run, LOOKING);
    const sign = held?.waits ? held.sign.then(begin) : (held?.sign ?? begin());
    signs.set(run.id, { run, sign });
    return sign;
  };
  const take = (run: NewRun): Promise<SignKind> | undefined => {
    const given = signs.get(run.id)?.sign;
    signs.delete(run.id);
    return given;
  };
  /** Those that are worked on, and those that were given a sign and wait: several may come at once, before any is taken up. */
  const before = ({ id, team, user }: NewRun): Before => {
    const others = [...signs.values()].map(({ run }) => run).filter((run) => run.id !== id && run.team === team);
    const own = others.filter((run) => run.user === user).length;
    const { underWay } = ports;
    return { own: Math.max(own, underWay.count(team, user)), all: Math.max(others.length, underWay.count(team)) };
  };
  const allSigned = () => Promise.all([...signs.values()].map(({ sign }) => sign));
  /** A session and a status are of a thread: while another question of it goes on or waits, they are that one's. */
  const goesOn = async ({ id, team, channel, thread, direct }: NewRun): Promise<boolean> => {
    const isOther = (run: NewRun) =>
      run.id !== id && run.team === team && run.channel === channel && run.thread === thread;
    if ([...signs.values()].some(({ run }) => isOther(run))) return true;
    return direct && (await ports.querent.runs.waiting(team, { channel, thread })).some(isOther);
  };
  const end = async (run: NewRun, sign: SignKind, waitsForReply: boolean) => {
    if (!(await goesOn(run))) await status.end(run, sign, waitsForReply);
  };
  return {
    async greet(run) {
      const waits = signs.has(run.id) ? undefined : waitingWords(before(run), ports.querent.runSettings);
      if (waits !== undefined) signs.set(run.id, { run, sign: status.wait(run, waits), waits: true });
      await (signs.get(run.id)?.sign ?? working(run));
    },
    async clear(run) {
      const sign = await take(run);
      if (sign !== undefined) await end(run, sign, false);
    },
    async settle(run) {
      await end(run, (await take(run)) ?? status.kindFor(run), false);
    },
    handOver(run) {
      signs.delete(run.id);
    },
    begin(run, posting) {
      const sign = working(run);
      const watched = watch(run, posting, sign, {
        ...ports,
        surfaces,
        times,
        say: status.say,
        goesOn: () => goesOn(run),
      });
      return {
        tell: watched.tell,
        signed: Promise.race([allSigned(), sleep(SIGN_FIRST_MS, undefined, { ref: false })]),
        async end(how) {
          signs.delete(run.id);
          await watched.end(how);
          if (how !== 'again' && how !== 'superseded') await end(run, await sign, how === 'asked');
        },
      };
    },
  };
}

const LOOKING = 'is looking at your question…';

/** Questions before one: its asker's, and all. */
interface Before {
  readonly own: number;
  readonly all: number;
}

/** What a question waits for, where it does. */
function waitingWords({ own, all }: Before, { perPerson, perTeam }: RunLimits): string | undefined {
  if (own >= perPerson) return `answers ${own} other questions of yours first…`;
  return all >= perTeam ? `has ${all} questions before yours…` : undefined;
}

interface Watching extends Ports {
  readonly surfaces: ReturnType<typeof openSurfaces>;
  readonly times: ProgressTimes;
  readonly say: ReturnType<typeof statusLine>['say'];
  /** Another question of the thread goes on or waits. */
  readonly goesOn: () => Promise<boolean>;
}

const nothing = () => undefined;

/** Shows a run's plan once it takes long; changes are brought together. */
function watch(run: Run, posting: DeliverPorts, sign: Promise<SignKind>, ports: Watching): Omit<RunProgress, 'signed'> {
  const started = performance.now();
  let plan: Plan = [];
  let words = '';
  /** What an earlier process had begun to show goes on at once: it said that it works, and may have said so for long. */
  let shown: Promise<PlanStream | undefined> | undefined =
    run.attempts > 1 ? resumePlanMessage(posting, ports.clients.cosmetic, run).catch(nothing) : undefined;
  let ended = false;
  let said = '';
  let saidAt = Number.NEGATIVE_INFINITY;

  const begin = async (): Promise<PlanStream | undefined> => {
    if (run.direct && ports.surfaces.has(run.team, 'streams') && (await sign) === 'session') {
      try {
        const { clients, goesOn, querent } = ports;
        return await beginStream({ client: clients.cosmetic, runs: querent.runs, goesOn }, run, plan);
      } catch (error) {
        if (!ports.surfaces.learn(run.team, 'streams', error)) return undefined; // it may be there: no second one
        ports.metrics.count('stream_fallbacks_total');
      }
    }
    return beginPlanMessage(posting, run, plan);
  };

  const refresh = async (): Promise<void> => {
    const now = performance.now();
    if (words && (words !== said || now - saidAt > STATUS_AGAIN_MS)) {
      [said, saidAt] = [words, now];
      await ports.say(run, await sign, words);
    }
    const surface = await shown;
    if (!ended) await surface?.show(plan);
  };

  /** Nobody waits for what is only shown: what breaks there ends no more than that. */
  const unshown = (error: unknown) =>
    posting.log(`run ${run.id}: its progress could not be shown: ${errorText(error)}`);

  const ticking = setInterval(() => void refresh().catch(unshown), SHOWN_EVERY_MS);
  const timers = [ticking];
  const planned = sign.then((kind) => {
    if (ended) return;
    const afterMs =
      kind === 'session'
        ? ports.times.streamAfterMs
        : kind === 'status'
          ? ports.times.messageAfterMs
          : ports.times.withoutStatusAfterMs;
    const due = setTimeout(
      () => {
        if (ended) return;
        const before = shown;
        shown = (async () => (await before) ?? (ended ? undefined : begin()))().catch((error: unknown) => {
          unshown(error);
          return undefined;
        });
      },
      Math.max(0, afterMs - (performance.now() - started)),
    );
    timers.push(due);
  });
  planned.catch(unshown);
  for (const timer of timers) timer.unref();

  return {
    tell(news) {
      plan = afterNews(plan, news, run.direct);
      if (news.fact !== undefined) return;
      const first = words === '';
      words = `is ${sayPhase(news)}…`;
      if (first) void refresh().catch(unshown);
    },
    async end(how) {
      ended = true;
      for (const timer of timers) clearInterval(timer);
      const surface = await shown;
      await surface?.end(plan, how, performance.now() - started).catch(unshown);
    },
  };
}
