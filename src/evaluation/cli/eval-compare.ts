import { Command } from '@commander-js/extra-typings';
import { keepGain } from '#src/config/keep-gain.ts';
import type { MeasuredGain } from '#src/domain/adapter.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { compareRuns, type EvalRunComparison, type PairedRow } from '../runs/compare-runs.ts';
import { comparisonOf, loadRun } from '../runs/eval-run.ts';
import { rounded } from '../statistics.ts';
import { JSON_LINE } from './program.ts';

/** `eval compare`: prints how two stored runs differ. */
export const compareCommand = () => {
  const command = new Command('compare')
    .description(
      'Two stored runs on the same questions: the paired difference in execution accuracy, second less first, with its 95 % interval (Newcombe) and the exact McNemar test, by hardness; where each lost its questions; costs.',
    )
    .argument('<first>', 'predictions or their .run.json')
    .argument('<second>', 'the same of another run')
    .option('--adapter <folder>', 'the adapter that the second run asked: its gain is written into its manifest')
    .option('--json', JSON_LINE);
  return command.action(runs(compare));
};

async function compare(
  first: string,
  second: string,
  { json, adapter }: { readonly json?: true; readonly adapter?: string },
  command: Command<[string, string]>,
): Promise<ExitCode> {
  const read = (file: string) => {
    try {
      return loadRun(file);
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      return command.error(code === 'ENOENT' ? `There is no run at ${file}.` : `${file}: ${message}`);
    }
  };
  const [one, other] = [read(first), read(second)];
  const [by, otherBy] = [comparisonOf(one), comparisonOf(other)];
  if (by !== otherBy) return command.error(`The first run is right by ${by}'s comparison, the second by ${otherBy}'s.`);
  const made = compareRuns(one, other);
  if (json) console.log(JSON.stringify(made));
  else if (made.n) print(made);
  else command.error('The runs share no question.');
  const [headline] = made.accuracy;
  const kept = adapter === undefined || !headline ? undefined : keepGain(adapter, gainOf(headline));
  if (typeof kept === 'string') return command.error(kept);
  if (kept) console.error(`Its gain is written into ${kept.file}.`);
  return 0;
}

/** Of how many questions how many were right without and with it, and the interval in points. */
const gainOf = ({ n, first, second, low, high }: PairedRow): MeasuredGain => ({
  questions: n,
  before: Math.round(first * n),
  after: Math.round(second * n),
  low: 100 * low,
  high: 100 * high,
});

function print({ n, unpaired, accuracy, lostAt, cost }: EvalRunComparison): void {
  console.log(`${n} questions of both${unpaired ? `, ${unpaired} of one alone left out` : ''}`);
  console.log(`${''.padEnd(22)} ${'n'.padStart(5)}  first   second  difference [95 %]`);
  for (const one of accuracy) console.log(rowText(one));
  console.log(`${'\nlost at'.padEnd(24)}first  second`);
  for (const { stage, first, second } of lostAt)
    console.log(`${stage.padEnd(22)} ${String(first).padStart(5)}  ${second}`);
  console.log(`${'\na question'.padEnd(24)}first  second`);
  for (const { what, first, second } of cost)
    console.log(`${what.padEnd(22)} ${rounded(first, 1).toString().padStart(5)}  ${rounded(second, 1)}`);
}

const rowText = ({ what, n, first, second, difference, low, high, p }: PairedRow) =>
  `${what.padEnd(22)} ${String(n).padStart(5)}  ${first.toFixed(4)}  ${second.toFixed(4)}  ${signed(difference)} [${signed(low)}, ${signed(high)}]  p ${rounded(p, 4)}`;

const signed = (value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(4)}`;
