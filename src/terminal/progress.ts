import type { Progress } from '#src/domain/progress.ts';

const WIDTH = 24;
const CLEAR_LINE = '\r\x1b[K';

export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** A progress bar on standard error: redrawn on a terminal, one line a step at its end elsewhere. */
export function progressBar(stream: ProgressStream = process.stderr): Progress {
  let drawn: string | undefined;
  return (step, done, total) => {
    if (!stream.isTTY) {
      if (done === total) stream.write(`${step}: ${done}\n`);
      return;
    }
    if (drawn !== undefined && drawn !== step) stream.write('\n');
    stream.write(`${CLEAR_LINE}${step.padEnd(20)} ${bar(done / Math.max(total, 1))} ${done}/${total}`);
    drawn = step;
    if (done !== total) return;
    stream.write('\n');
    drawn = undefined;
  };
}

function bar(share: number): string {
  const filled = Math.round(WIDTH * Math.min(share, 1));
  return '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
}
