import { runQuerent } from '#src/cli/program.ts';
import { readConfig } from '#src/config/env.ts';
import type { ExitCode } from '#src/terminal/command.ts';
import { progressBar } from '#src/terminal/progress.ts';
import type { Terminal } from '#src/terminal/terminal.ts';

/** What a command ended with and printed; `all` is both streams in the order in which they were written. */
export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
  readonly all: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** What stands on standard input. */
  readonly input?: string;
  /** Somebody who sits at the terminal: what they reply to a prompt. Nobody does, if absent. */
  readonly reply?: (prompt: string) => string;
  /** Aborts when the process is told to end: never, if absent. */
  readonly stopped?: AbortSignal;
}

/** Runs the command line in this process. What is thrown is a bug of it and fails the test. */
export async function runQuerentHere(
  args: readonly string[],
  { environment = {}, input = '', reply, stopped = new AbortController().signal }: RunOptions = {},
): Promise<Ran> {
  let [out, err, all] = ['', '', ''];
  const toOut = (text: string) => {
    out += text;
    all += text;
  };
  const toErr = (text: string) => {
    err += text;
    all += text;
  };
  const terminal: Terminal = {
    print: (text) => toOut(`${text}\n`),
    complain: (text) => toErr(`${text}\n`),
    progress: () => progressBar({ isTTY: false, write: toErr }),
    interrupted: () => stopped,
    stopped: () => stopped,
    attended: reply !== undefined,
    ask: async (prompt) => reply?.(prompt),
    askHidden: async (prompt) => reply?.(prompt),
    input: async () => input,
  };
  const code = await runQuerent(args, { terminal, config: async () => readConfig(environment) });
  return { code, out, err, all };
}

/** The same on one state. */
export const querentIn =
  (home: string) =>
  (args: readonly string[], { environment, ...options }: RunOptions = {}): Promise<Ran> =>
    runQuerentHere(args, { ...options, environment: { QUERENT_HOME: home, ...environment } });
