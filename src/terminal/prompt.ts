import { createInterface } from 'node:readline/promises';

/**
 * What somebody at the terminal replies, nothing if they leave (Ctrl-C, Ctrl-D); undefined where there is no terminal.
 */
export async function ask(prompt: string, signal: AbortSignal): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const left = new AbortController();
  lines.once('SIGINT', () => left.abort());
  lines.once('close', () => left.abort());
  try {
    return (await lines.question(prompt, { signal: AbortSignal.any([signal, left.signal]) })).trim();
  } catch {
    process.stderr.write('\n');
    return '';
  } finally {
    lines.close();
  }
}

/** Asks at the terminal without showing what is typed; undefined where there is none, or they leave. */
export function askHidden(prompt: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return Promise.resolve(undefined);
  process.stderr.write(prompt);
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, terminal: true });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      process.stderr.write('\n');
      resolve(undefined);
    });
  });
}
