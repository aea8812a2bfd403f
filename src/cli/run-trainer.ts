import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Progress } from '#src/domain/progress.ts';

/** What the trainer imports. */
const MODULES = ['torch', 'transformers', 'trl', 'peft', 'datasets', 'gguf', 'yaml'];
const LOOKS = `import importlib.util, sys; print(*[one for one in sys.argv[1:] if importlib.util.find_spec(one) is None])`;

/** How a program ended: its code, or that it could not be started. */
type Ended = number | 'not started';

/** Why a Python cannot train, in a sentence; undefined where it can. */
export async function whyNoPython(python: string, signal: AbortSignal): Promise<string | undefined> {
  const said: string[] = [];
  const ended = await run(python, ['-c', LOOKS, ...MODULES], { cwd: '.', onLine: (line) => said.push(line) }, signal);
  if (ended === 'not started')
    return `There is no Python at ${python}. Make one: python3 -m venv venv && venv/bin/pip install -r deploy/training/requirements.txt (6 GB), then --python venv/bin/python.`;
  if (ended !== 0) return `${python} is no Python 3 that runs.`;
  const missing = said.join(' ').trim();
  return missing
    ? `${python} lacks ${missing.replaceAll(' ', ', ')}: ${python} -m pip install -r deploy/training/requirements.txt (6 GB).`
    : undefined;
}

/** What the trainer tells while it trains. */
const STEP = /^step (\d+) of (\d+)/;

/**
 * Runs a program of the trainer in a folder. An abort asks it to keep the step that is under way and to stop (status 130); when this
 * process ends, it ends at once.
 *
 * @param complain told all that it says besides its steps.
 */
export function runTrainer(
  python: string,
  words: readonly string[],
  folder: string,
  { complain, onProgress }: { readonly complain: (line: string) => void; readonly onProgress: Progress },
  signal: AbortSignal,
): Promise<Ended> {
  const onLine = (line: string) => {
    const [, done, all] = STEP.exec(line) ?? [];
    if (done !== undefined && all !== undefined) onProgress('training', Number(done), Number(all));
    else if (line.trim()) complain(line);
  };
  return run(python, words, { cwd: folder, onLine }, signal);
}

interface Run {
  readonly cwd: string;
  readonly onLine: (line: string) => void;
}

/** Resolves once it has ended and said all. In a group of its own: a terminal's Ctrl-C is passed on once and not twice. */
function run(program: string, words: readonly string[], { cwd, onLine }: Run, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const interrupt = () => void child.kill('SIGINT');
    const end = (ended: Ended) => {
      signal.removeEventListener('abort', interrupt);
      process.off('exit', interrupt);
      resolve(ended);
    };
    child.on('error', () => end('not started'));
    child.on('close', (code) => end(code ?? 1));
    for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', onLine);
    process.on('exit', interrupt);
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt);
  });
}
