import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** Parses a benchmark's arguments; a wrong one prints the usage and ends with code 2. Later trouble ends with a sentence. */
export function readArguments<T extends ParseArgsOptionsConfig>(usage: string, options: T) {
  process.once('uncaughtException', stopWithTrouble);
  try {
    const { values } = parseArgs({
      options: { ...options, help: { type: 'boolean' } } as T & { help: { type: 'boolean' } },
    });
    if ((values as { help?: boolean }).help) {
      console.log(usage);
      process.exit(0);
    }
    return values;
  } catch (error) {
    stopWith(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

const endings: (() => unknown)[] = [];

/** What must be undone however the run ends: a scratch server, a temporary folder. */
export function atEnd(ending: () => unknown): void {
  endings.push(ending);
}

async function stopWithTrouble(error: unknown): Promise<void> {
  const { code, path, message } = error as { code?: string; path?: string; message?: string };
  console.error(code === 'ENOENT' ? `There is no ${path}.` : (message ?? String(error)));
  for (const ending of endings) await Promise.resolve(ending()).catch(() => undefined);
  process.exit(1);
}

export function stopWith(message: string): never {
  console.error(message);
  process.exit(2);
}

/** One line of progress on stderr, rewritten in place on a terminal. */
export function showProgress(label: string, done: number, total: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${label} ${done}/${total}${done === total ? '\n' : ''}`);
  else if (done === total) process.stderr.write(`${label} ${done}/${total}\n`);
}

export const rounded = (value: number, digits = 4) => Number(value.toFixed(digits));
