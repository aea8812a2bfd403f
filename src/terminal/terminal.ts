import { text } from 'node:stream/consumers';
import type { Progress } from '#src/domain/progress.ts';
import { untilInterrupted, untilTerminated } from './interrupt.ts';
import { progressBar } from './progress.ts';
import { ask, askHidden } from './prompt.ts';

/** Where a command reads and writes: the streams of this process, or whatever stands for them in a test. */
export interface Terminal {
  /** A line, or several, of what was asked for: standard output. */
  print(text: string): void;
  /** A line for whoever runs the command, beside what was asked for: standard error. */
  complain(text: string): void;
  /** A progress bar of its own. */
  progress(): Progress;
  /** Aborts on Ctrl-C; a second one ends the process. */
  interrupted(): AbortSignal;
  /** Aborts on Ctrl-C, and when a supervisor ends the process: for what runs until then. */
  stopped(): AbortSignal;
  /** Whether somebody sits at it, and can be asked. */
  readonly attended: boolean;
  /** What they reply, nothing if they leave (Ctrl-C, Ctrl-D); undefined where nobody can be asked. */
  ask(prompt: string, signal: AbortSignal): Promise<string | undefined>;
  /** The same, without showing what is typed. */
  askHidden(prompt: string): Promise<string | undefined>;
  /** All of standard input. */
  input(): Promise<string>;
}

export function complain(message: string): void {
  process.stderr.write(`${message}\n`);
}

export const STOPPING = '\nStopping … (Ctrl-C again to quit at once)';
const interrupted = () => untilInterrupted(() => complain(STOPPING));

export function processTerminal(): Terminal {
  return {
    print: (printed) => process.stdout.write(`${printed}\n`),
    complain,
    progress: () => progressBar(),
    interrupted,
    stopped: () => AbortSignal.any([interrupted(), untilTerminated()]),
    attended: Boolean(process.stdin.isTTY && process.stderr.isTTY),
    ask,
    askHidden,
    input: () => text(process.stdin),
  };
}
