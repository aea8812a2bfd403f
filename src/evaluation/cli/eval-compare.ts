import { compareRuns, type PairedRow } from '../runs/compare-runs.ts';
import { loadRun } from '../runs/eval-run.ts';
import { rounded, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s eval -- compare FIRST SECOND [--json]
Two stored runs (predictions or their .run.json) on the same questions: the paired difference in execution accuracy, second
less first, with its 95 % interval (Newcombe) and the exact McNemar test, by hardness; where each lost its questions; costs.`;

/** `eval compare`: prints how two stored runs differ. */
export function compareCommand(args: readonly string[]): void {
  const files = args.filter((arg) => !arg.startsWith('--'));
  if (args.includes('--help')) return console.log(USAGE);
  if (files.length !== 2) stopWith(USAGE);
  const [first, second] = files.map((file) => {
    try {
      return loadRun(file);
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      return stopWith(code === 'ENOENT' ? `There is no run at ${file}.` : `${file}: ${message}`);
    }
  }) as [ReturnType<typeof loadRun>, ReturnType<typeof loadRun>];
  const made = compareRuns(first, second);
  if (args.includes('--json')) return console.log(JSON.stringify(made));
  if (!made.n) stopWith('The runs share no question.');
  console.log(`${made.n} questions of both${made.unpaired ? `, ${made.unpaired} of one alone left out` : ''}`);
  const line = ({ what, n, first: a, second: b, difference, low, high, p }: PairedRow) =>
    `${what.padEnd(22)} ${String(n).padStart(5)}  ${a.toFixed(4)}  ${b.toFixed(4)}  ${signed(difference)} [${signed(low)}, ${signed(high)}]  p ${rounded(p, 4)}`;
  console.log(`${''.padEnd(22)} ${'n'.padStart(5)}  first   second  difference [95 %]`);
  for (const one of made.accuracy) console.log(line(one));
  console.log(`${'\nlost at'.padEnd(24)}first  second`);
  for (const { stage, first: a, second: b } of made.lostAt)
    console.log(`${stage.padEnd(22)} ${String(a).padStart(5)}  ${b}`);
  console.log(`${'\na question'.padEnd(24)}first  second`);
  for (const { what, first: a, second: b } of made.cost)
    console.log(`${what.padEnd(22)} ${rounded(a, 1).toString().padStart(5)}  ${rounded(b, 1)}`);
}

const signed = (value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(4)}`;
