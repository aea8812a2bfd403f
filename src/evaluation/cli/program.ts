import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { sayFailure } from '#src/domain/failure.ts';
import type { Result } from '#src/domain/result.ts';
import { type ExitCode, runProgram, wholeNumber } from '#src/terminal/command.ts';
import { codeOf, type EndSignal, onFirst } from '#src/terminal/interrupt.ts';
import { progressBar } from '#src/terminal/progress.ts';
import { complain, STOPPING } from '#src/terminal/terminal.ts';

export { Option };

/** A measuring program under the name that starts it. Its options are written once, on what this returns. */
export const measuring = (script: string, says: string) => new Command(`npm run -s ${script} --`).description(says);

export const JSON_LINE = 'the last line is one JSON object';
export const AT_ONCE = 'questions at once';
export const CACHE = 'keep embeddings in this folder between runs';

/** What `--retrieval` says. */
export const RANKED_BY =
  'how tables are ranked (QUERENT_RETRIEVAL): groups, ours; clsr, the paper’s equation 8 with the clusters of the index; fused, both';

export const engineOption = () =>
  new Option('--engine <engine>', 'the engine of the databases')
    .choices(['sqlite', 'postgres', 'mysql', 'mariadb'] as const)
    .default('sqlite' as const);

/** How many of something, as an option's value. */
export const count = (least = 1) => wholeNumber(least, 100_000_000);

/** What an option led to; one that leads nowhere is wrong usage. */
export function usable<T>(result: Result<T>, program: CommandUnknownOpts): T {
  return result.ok ? result.value : program.error(sayFailure(result.failure));
}

/** What is being done, on standard error. */
export const showProgress = progressBar();

const endings: (() => unknown)[] = [];

/** What is undone when the program ends, however it does: a scratch server, a temporary folder. The last is undone first. */
export function atEnd(ending: () => unknown): void {
  endings.push(ending);
}

/** What is being started, and undone at the end: a signal that comes before it is there waits for it. */
export function untilEnd<T>(starting: Promise<T>, undo: (started: T) => unknown): Promise<T> {
  atEnd(() => starting.then(undo, () => undefined));
  return starting;
}

/**
 * Runs a program on the command line. Wrong usage ends with 2 and a sentence, other trouble with 1 and a sentence; a signal
 * undoes what is to be undone and ends with 130 or 143.
 */
export async function runMeasuring(program: CommandUnknownOpts): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) onFirst(signal, () => void endBy(signal));
  const args = process.argv.slice(2);
  let code: ExitCode = 1;
  try {
    // `--`: what is started without arguments is no wish for help, and says what it lacks.
    code = await runProgram(program, args.length ? args : ['--']);
  } catch (error) {
    // What a signal took the ground from is no trouble of its own.
    if (!undone) complain(troubleOf(error));
  }
  process.exitCode = (await undoAll()) ? code : code || 1;
}

/** What is not undone by then is left. */
const UNDO_MS = 30_000;

async function endBy(signal: EndSignal): Promise<void> {
  complain(STOPPING);
  process.on('uncaughtException', () => undefined); // as of a connection whose server is gone
  const end = () => process.exit(codeOf(signal));
  setTimeout(end, UNDO_MS); // keeps the process, too, where nothing else does while things are undone
  await undoAll();
  end();
}

let undone: Promise<boolean> | undefined;

/** Undoes all that is to be undone, once. False where something of it could not be. */
function undoAll(): Promise<boolean> {
  undone ??= (async () => {
    let all = true;
    // One by one from the end: what is still under way when a signal comes may add to them.
    for (let ending = endings.pop(); ending; ending = endings.pop())
      try {
        await ending();
      } catch (error) {
        complain(troubleOf(error));
        all = false;
      }
    return all;
  })();
  return undone;
}

/** A sentence; of a fault of ours the stack. */
function troubleOf(error: unknown): string {
  if ((error instanceof TypeError || error instanceof ReferenceError) && !('code' in error)) return String(error.stack);
  const { code, path, message } = error as { code?: string; path?: string; message?: string };
  if (code === 'ENOENT') return `There is no ${path}.`;
  return code === 'ENOSPC' ? 'The disk is full; what was written until then is kept.' : (message ?? String(error));
}
