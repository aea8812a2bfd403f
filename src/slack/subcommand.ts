import type { RawAct } from './modals/acts.ts';
import type { ActionPorts } from './press.ts';
import type { Block } from './views/message.ts';

/** A command that somebody sent: who, where, and what stands after its name. */
export interface CommandCall extends RawAct {
  readonly channel: string;
  /** What stands after the subcommand. */
  readonly words: string;
  /** Answers to who sent it, for them alone; once. */
  readonly answer: (text: string, blocks?: readonly Block[]) => Promise<void>;
  /** All that can be called by name. */
  readonly all: readonly Pick<Subcommand, 'usage' | 'does'>[];
}

/** `/querent NAME …` */
export interface Subcommand {
  readonly name: string;
  /** As the list of commands shows it: `ask QUESTION`. */
  readonly usage: string;
  readonly does: string;
  readonly run: (call: CommandCall, ports: ActionPorts) => Promise<void>;
}

export const sayCommands = (all: CommandCall['all']): readonly string[] =>
  all.map(({ usage, does }) => `\`/querent ${usage}\`  ${does}`);
