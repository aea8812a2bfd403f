import type { RawAct } from './modals/acts.ts';
import type { ActionPorts } from './press.ts';

/** A command that somebody sent: who, where, and what stands after its name. */
export interface CommandCall extends RawAct {
  readonly channel: string;
  /** What stands after the subcommand. */
  readonly words: string;
  /** Answers to who sent it, for them alone; once. */
  readonly answer: (text: string) => Promise<void>;
}

/** `/querent NAME …` */
export interface Subcommand {
  readonly name: string;
  /** As the list of commands shows it: `ask QUESTION`. */
  readonly usage: string;
  readonly does: string;
  readonly run: (call: CommandCall, ports: ActionPorts) => Promise<void>;
}
