import { readFileSync, writeFileSync } from 'node:fs';
import { Command, Option } from '@commander-js/extra-typings';
import {
  type ExploredPair,
  MECHANISMS,
  type Mechanism,
  MODEL_MECHANISMS,
  poorMechanisms,
} from '#src/domain/explored-pair.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { AskedAgain } from '#src/service/ask-again.ts';
import type { Explored } from '#src/service/explore-service.ts';
import type { Querent } from '#src/service/querent.ts';
import type { SeedReport } from '#src/service/read-seeds.ts';
import { type ExitCode, nameList, runs, wholeNumber } from '#src/terminal/command.ts';
import { changedLines } from './changed-outcomes.ts';
import { type CommandContext, counted, failed, registered, withQuerent } from './context.ts';

interface ExploreFlags {
  readonly pairs: number;
  readonly seed: number;
  readonly queries?: readonly string[];
  readonly log: boolean;
  readonly mechanisms?: readonly string[];
  readonly calls: number;
  readonly tokens: number;
  readonly minutes: number;
  readonly out?: string;
  readonly check?: true;
  readonly ask?: true;
  readonly most: number;
  readonly json?: true;
}

export const explore = (context: CommandContext) =>
  new Command('explore')
    .summary('write questions with their queries over a database')
    .description(
      `Writes questions with the queries that answer them over a registered database, by program from its schema and sampled
values and by the model server, where one is configured, and keeps those that run, give something and are explained whole;
what a model wrote it must hold good twice. No personal column is used.
What was verified, what the server counted of others (pg_stat_statements, performance_schema) and what files of statements
say of columns and joins that are used together is followed; of their literals nothing is kept.
Ctrl-C keeps what there is; the same command goes on. With --check what is kept is run once more, over the schema and
data as they are now; it ends with 1 where something no longer holds. --ask has the questions asked as people ask them as
well, with the model and settings of now, and ends with 1 where one goes worse than when it was asked last.`,
    )
    .argument('<database>', 'its name')
    .option('--pairs <n>', 'so many in all', wholeNumber(1, 100_000), 500)
    .option('--seed <n>', 'what is drawn; the same draws the same', wholeNumber(0, 1_000_000), 1)
    .option(
      '--queries <files...>',
      'statements that were asked of it, each ended by ;: what they use together is used together',
    )
    .option('--no-log', 'leave out what the server counted')
    .addOption(
      new Option(
        '--mechanisms <names>',
        `of ${MECHANISMS.join(', ')}, with commas between them; all, with a model server`,
      ).argParser(nameList),
    )
    .option(
      '--calls <n>',
      'ask the model so often at most; the program writes the rest',
      wholeNumber(1, 1_000_000),
      2_000,
    )
    .option('--tokens <n>', 'so many tokens, read and written, at most', wholeNumber(1, 1_000_000_000), 2_000_000)
    .option('--minutes <n>', 'so many minutes with the model at most', wholeNumber(1, 100_000), 60)
    .option('--out <file.jsonl>', 'write what is kept to a file, a line each')
    .option('--check', 'run what is kept once more')
    .option('--ask', 'with --check: ask the questions, too, and compare with the last time')
    .option('--most <n>', 'so many of them', wholeNumber(1, 10_000), 60)
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
  const files: string[] = [];
  for (const file of flags.queries ?? []) {
    const text = textOf(file);
    if (text === undefined) {
      terminal.complain(`There is no file ${file} that can be read.`);
      return 1;
    }
    files.push(text);
  }
  const mechanisms = mechanismsOf(flags, querent.exploring.model);
  if (typeof mechanisms === 'string') {
    terminal.complain(mechanisms);
    return 2;
  }
  const { pairs, seed, log, calls, tokens, minutes } = flags;
  const signal = terminal.interrupted();
  const asked = { pairs, seed, files, withoutLog: !log, budget: { calls, tokens, minutes } };
  const options = { ...asked, ...(mechanisms ? { mechanisms } : {}) };
  const explored = await querent.exploring.explore(name, options, terminal.progress(), signal);
  if (!explored.ok) return failed(context, explored.failure);
  const { pairs: kept, acceptance, seeds, ended, schemaChanged } = explored.value;
  if (flags.out !== undefined && !wrote(flags.out, kept)) {
    terminal.complain(
      `${flags.out} could not be written: see that there is room and that it may be. What was written is kept all the same.`,
    );
    return 1;
  }
  if (!flags.json) for (const line of saidSeeds(seeds)) terminal.print(line);
  tell(name, explored.value, flags, terminal);
  for (const poor of poorMechanisms(acceptance)) terminal.complain(poor);
  if (ended) terminal.complain(`${sayFailure(ended)} What was made is kept; the same command goes on from here.`);
  if (schemaChanged)
    terminal.complain(
      `The schema of ${name} became another meanwhile. Run \`querent index\`, then the same command goes on from here.`,
    );
  if (signal.aborted) terminal.complain('Stopped; the same command goes on from here.');
  return ended || schemaChanged || signal.aborted ? 1 : 0;
}

/** What writes, or why it cannot. */
function mechanismsOf(
  { mechanisms: names }: ExploreFlags,
  model: string | undefined,
): readonly Mechanism[] | string | undefined {
  if (!names) return model === undefined ? ['structural'] : undefined;
  const unknown = names.find((one) => !MECHANISMS.some((known) => known === one));
  if (unknown !== undefined) return `There is no mechanism ${unknown}; there are ${MECHANISMS.join(', ')}.`;
  const mechanisms = MECHANISMS.filter((one) => names.includes(one));
  if (model !== undefined || mechanisms.every((one) => one === 'structural')) return mechanisms;
  return `${MODEL_MECHANISMS.join(' and ')} need a model server: set QUERENT_MODEL_URL and QUERENT_MODEL_NAME.`;
}

function tell(
  name: string,
  explored: Explored & { readonly seeds: SeedReport },
  { json }: ExploreFlags,
  { print }: CommandContext['terminal'],
): void {
  const { pairs: kept, rejected, acceptance, worded, columnsCovered, joinsCovered, calls, tokens, seeds } = explored;
  const reasons = Object.fromEntries(
    [...Map.groupBy(rejected, ({ stage }) => stage)].map(([stage, all]) => [stage, all.length]),
  );
  if (json) {
    const all = { columnsCovered, joinsCovered, acceptance, worded, calls, tokens, seeds: said(seeds) };
    print(JSON.stringify({ database: name, pairs: kept.length, rejected: reasons, ...all }));
    return;
  }
  const share = (of: number) => `${Math.round(of * 100)} %`;
  print(
    `${counted(kept.length, 'question')} kept over ${name}: they use ${share(columnsCovered)} of its columns and ${share(joinsCovered)} of its keys.`,
  );
  if (calls) {
    const byModel = MODEL_MECHANISMS.map((one) => `${one} ${acceptance[one].kept} of ${acceptance[one].of}`).join(', ');
    print(
      `  the model: ${counted(calls, 'call')}, ${counted(tokens, 'token')}; kept ${byModel}, words for ${worded.kept} of ${worded.of}`,
    );
  }
  for (const [stage, count] of Object.entries(reasons)) print(`  not kept, ${stage}: ${count}`);
  for (const { question } of kept.slice(-3)) print(`  for example: ${question}`);
}

/** A line each; false where the file cannot be written. */
function wrote(file: string, pairs: readonly ExploredPair[]): boolean {
  try {
    writeFileSync(file, pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
    return true;
  } catch {
    return false;
  }
}

/** A failure by its sentence. */
const said = ({ noLog, ...counts }: SeedReport) => ({ ...counts, ...(noLog ? { noLog: sayFailure(noLog) } : {}) });

/** What it began with; that a file keeps no log is no news. */
function saidSeeds({ verified, logged, calls, inFiles, unread, noLog }: SeedReport): readonly string[] {
  const parts = [
    ...(verified ? [counted(verified, 'verified answer')] : []),
    ...(logged ? [`${counted(logged, 'statement')} that the server counted ${counted(calls, 'time')}`] : []),
    ...(inFiles ? [`${counted(inFiles, 'statement')} of files`] : []),
  ];
  const skipped = unread ? ` ${counted(unread, 'other')} told nothing of its tables.` : '';
  const why = noLog && !(noLog.kind === 'no-query-log' && noLog.why === 'none-kept') ? [sayFailure(noLog)] : [];
  return [
    ...why,
    ...(parts.length || unread ? [`Begins with ${parts.length ? parts.join(', ') : 'none'}.${skipped}`] : []),
  ];
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

async function check(
  name: string,
  { json, ask, most }: ExploreFlags,
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
  const again = ask
    ? await querent.exploring.askAgain(name, most, terminal.progress(), terminal.interrupted())
    : undefined;
  if (again && !again.ok) return failed(context, again.failure);
  const asked = again?.value;
  if (json)
    terminal.print(JSON.stringify({ database: name, pairs: pairs.length, changed, ...(asked ? { asked } : {}) }));
  else {
    terminal.print(`${pairs.length - changed.length} of ${pairs.length} queries over ${name} hold.`);
    for (const { pair, because } of changed) terminal.print(`  ${because}: ${pair.question}\n    ${pair.sql}`);
    for (const line of asked ? askedLines(asked) : []) terminal.print(line);
  }
  return changed.length || asked?.changed.worse.length ? 1 : 0;
}

const askedLines = ({ asked, posted, postedRight, changed }: AskedAgain): readonly string[] => [
  `${counted(asked, 'question')} asked: ${posted.count} posted without asking, ${postedRight.count} of these right.`,
  ...changedLines(changed),
];
