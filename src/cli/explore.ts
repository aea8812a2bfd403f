import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import type { ExploredPair } from '#src/domain/explored-pair.ts';
import type { Querent } from '#src/service/querent.ts';
import { type ExitCode, runs, wholeNumber } from '#src/terminal/command.ts';
import { type CommandContext, counted, failed, registered, withQuerent } from './context.ts';

interface ExploreFlags {
  readonly pairs: number;
  readonly seed: number;
  readonly queries?: string;
  readonly out?: string;
  readonly check?: true;
  readonly json?: true;
}

export const explore = (context: CommandContext) =>
  new Command('explore')
    .summary('write questions with their queries over a database')
    .description(
      `Writes questions with the queries that answer them over a registered database, by program from its schema and sampled
values, and keeps those that run, give something and are explained whole. No model is asked, no personal column is used.
Ctrl-C keeps what there is; the same command goes on. With --check what is kept is run once more, over the schema and
data as they are now; it ends with 1 where something no longer holds.`,
    )
    .argument('<database>', 'its name')
    .option('--pairs <n>', 'so many in all', wholeNumber(1, 100_000), 500)
    .option('--seed <n>', 'what is drawn; the same draws the same', wholeNumber(0, 1_000_000), 1)
    .option(
      '--queries <file>',
      'statements that were asked of it, each ended by ;: what they use together is used together',
    )
    .option('--out <file.jsonl>', 'write what is kept to a file, a line each')
    .option('--check', 'run what is kept once more')
    .option('--json', 'print one JSON object')
    .action(
      runs((name, flags) =>
        withQuerent(context, async (querent) => {
          const known = await registered(querent, name);
          if (!known.ok) return failed(context, known.failure);
          return flags.check ? check(name, flags, querent, context) : write(name, flags, querent, context);
        }),
      ),
    );

async function write(name: string, flags: ExploreFlags, querent: Querent, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const queries = flags.queries === undefined ? [] : statementsIn(flags.queries);
  if (!queries) {
    terminal.complain(`There is no file ${flags.queries} that can be read.`);
    return 1;
  }
  const { pairs, seed } = flags;
  const signal = terminal.interrupted();
  const explored = await querent.exploring.explore(name, { pairs, seed, queries }, terminal.progress(), signal);
  if (!explored.ok) return failed(context, explored.failure);
  const { pairs: kept, rejected, columnsCovered, joinsCovered } = explored.value;
  if (flags.out !== undefined) writeFileSync(flags.out, linesOf(kept));
  const reasons = Object.fromEntries(
    [...Map.groupBy(rejected, ({ stage }) => stage)].map(([stage, all]) => [stage, all.length]),
  );
  if (flags.json)
    terminal.print(
      JSON.stringify({ database: name, pairs: kept.length, rejected: reasons, columnsCovered, joinsCovered }),
    );
  else {
    const share = (of: number) => `${Math.round(of * 100)} %`;
    terminal.print(
      `${counted(kept.length, 'question')} kept over ${name}: they use ${share(columnsCovered)} of its columns and ${share(joinsCovered)} of its keys.`,
    );
    for (const [stage, count] of Object.entries(reasons)) terminal.print(`  not kept, ${stage}: ${count}`);
    for (const { question } of kept.slice(-3)) terminal.print(`  for example: ${question}`);
  }
  if (!signal.aborted) return 0;
  terminal.complain('Stopped; the same command goes on from here.');
  return 1;
}

const linesOf = (pairs: readonly ExploredPair[]): string => pairs.map((pair) => `${JSON.stringify(pair)}\n`).join('');

/** The statements of a file, or nothing where it cannot be read. */
function statementsIn(file: string): readonly string[] | undefined {
  try {
    return readFileSync(file, 'utf8')
      .split(/;\s*(?:\n|$)/)
      .map((one) => one.trim())
      .filter(Boolean);
  } catch {
    return undefined;
  }
}

async function check(
  name: string,
  { json }: ExploreFlags,
  querent: Querent,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const pairs = await querent.exploring.pairsOf(name);
  if (!pairs.length) {
    terminal.complain(`Nothing is kept over ${name} yet. Run \`querent explore ${name}\`.`);
    return 1;
  }
  const checked = await querent.exploring.check(name, terminal.progress(), terminal.interrupted());
  if (!checked.ok) return failed(context, checked.failure);
  const changed = checked.value;
  if (json) terminal.print(JSON.stringify({ database: name, pairs: pairs.length, changed }));
  else {
    terminal.print(`${pairs.length - changed.length} of ${pairs.length} queries over ${name} hold.`);
    for (const { pair, because } of changed) terminal.print(`  ${because}: ${pair.question}\n    ${pair.sql}`);
  }
  return changed.length ? 1 : 0;
}
