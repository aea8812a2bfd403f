import type { RunId, TeamId, UserId } from '#src/domain/ids.ts';
import type { Run, StopReason } from '#src/domain/run.ts';

/** A run that is being answered. */
export interface RunControl {
  /** Ends the work: at a stop of the bot, or of this run. */
  readonly signal: AbortSignal;
  /** Resolves when this run is stopped. */
  readonly stopped: Promise<'stopped'>;
  /** Why it was stopped; nothing while it goes on. */
  why(): StopReason | undefined;
  /** From here on its answer is posted and it is not stopped any more. False where it was stopped before. */
  seal(): boolean;
  end(): void;
}

/** The runs that this process answers now. One bot at a time answers from a state, so these are all that go on. */
export interface UnderWay {
  begin(run: Run, botStops: AbortSignal): RunControl;
  /** Ends the work on a run. False where it is not being answered, or its answer is posted already. */
  stop(id: RunId, why: StopReason): boolean;
  /** Runs of a person, or of a whole workspace. */
  count(team: TeamId, user?: UserId): number;
  ofPerson(user: UserId): readonly RunId[];
}

interface Held {
  readonly run: Run;
  readonly stop: (why: StopReason) => boolean;
}

export function openUnderWay(): UnderWay {
  const held = new Map<RunId, Held>();
  return {
    begin(run, botStops) {
      const own = new AbortController();
      const stopped = Promise.withResolvers<'stopped'>();
      let why: StopReason | undefined;
      let sealed = false;
      const stop = (reason: StopReason) => {
        if (sealed || why !== undefined) return false;
        why = reason;
        own.abort();
        stopped.resolve('stopped');
        return true;
      };
      const one = { run, stop };
      held.set(run.id, one);
      return {
        signal: AbortSignal.any([botStops, own.signal]),
        stopped: stopped.promise,
        why: () => why,
        seal() {
          if (why === undefined) sealed = true;
          return sealed;
        },
        end() {
          if (held.get(run.id) === one) held.delete(run.id);
        },
      };
    },
    stop: (id, why) => held.get(id)?.stop(why) ?? false,
    count: (team, user) =>
      [...held.values()].filter(({ run }) => run.team === team && (user === undefined || run.user === user)).length,
    ofPerson: (user) => [...held.values()].flatMap(({ run }) => (run.user === user ? [run.id] : [])),
  };
}
