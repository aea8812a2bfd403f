import type { PhaseNews } from '#src/domain/progress.ts';
import type { NewRun, Run } from '#src/domain/run.ts';
import type { DeliverPorts } from '../deliver.ts';
import type { Ending } from './plan.ts';

/** What whoever asked sees while a run goes on. */
export interface RunProgress {
  tell(news: PhaseNews): void;
  /** Resolves once the first sign was given, or soon after: no work of ours keeps it from being seen. */
  readonly signed: Promise<unknown>;
  /** Every way out of a run ends here: what was shown is brought to its end, and the status is cleared (PROG-10). */
  end(how: Ending): Promise<void>;
}

export interface ProgressDesk {
  /** The first sign of life, as soon as a question is stored. */
  greet(run: NewRun): Promise<void>;
  begin(run: Run, posting: DeliverPorts): RunProgress;
  /** Clears what was said of a question that no work was begun on. */
  clear(run: NewRun): Promise<void>;
  /** The same where it may have been said before a restart: a thread whose question is over waits for nothing. */
  settle(run: NewRun): Promise<void>;
  /** Forgets the sign of a question that another of its thread took the place of: what is said there is of the newer one. */
  handOver(run: NewRun): void;
}
