import type { PartKind } from '#src/domain/reading.ts';
import { sayWords } from '#src/domain/reading.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { openCompany } from '../data/company-databases.ts';
import { COMPANY_DAY, HALVES, readCompanyQuestions, readCompanyThreads } from '../data/company-questions.ts';
import { type TriedReading, tryReading } from '../readings.ts';
import { percentile, rounded } from '../statistics.ts';
import { JSON_LINE, measuring, Option, runMeasuring, showProgress, untilEnd } from './program.ts';

const program = measuring(
  'bench:reading',
  'Says how the gold queries of test/company read, over the sample company, and makes every change that their readings offer: whether it is written, passes the gate, runs and reads as it was asked for, and in how many milliseconds besides the database. No model is asked.',
)
  .addOption(new Option('--half <half>', 'of which questions').choices(HALVES).default('tuning' as const))
  .option('--show', 'print each line with its changes, and each statement that has none')
  .option('--json', JSON_LINE);

interface Asked {
  readonly database: string;
  readonly question: string;
  readonly sql: string;
}

/** Each gold query once, with the first question that it answers. */
function statementsOf(half: (typeof HALVES)[number]): readonly Asked[] {
  const questions = readCompanyQuestions(half).flatMap((one) =>
    'gold' in one ? one.gold.map(({ sql }) => ({ database: one.database, question: one.question, sql })) : [],
  );
  const turns = readCompanyThreads(half).flatMap((thread) =>
    thread.turns.flatMap(({ database = thread.database, question, gold }) =>
      gold.map(({ sql }) => ({ database, question, sql })),
    ),
  );
  return [...new Map([...questions, ...turns].map((one) => [`${one.database} ${one.sql}`, one])).values()];
}

async function bench({ half, show, json }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const statements = statementsOf(half);
  const { databases } = await untilEnd(openCompany(), (opened) => opened.close());
  const calendar = { today: COMPANY_DAY };
  const tried: TriedReading[] = [];
  for (const [at, { database: id, question, sql }] of statements.entries()) {
    showProgress('statements', at + 1, statements.length);
    const own = databases.get(id);
    if (!own) continue;
    const one = await tryReading(sql, question, { ...own, database: own.databases.product, calendar });
    tried.push(one);
    if (show) print(question, one);
  }
  const summary = summarise(tried);
  if (json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(20)} ${JSON.stringify(value)}`);
  return 0;
}

function print(question: string, { sql, reading, edits }: TriedReading): void {
  console.log(`\n${question}\n  ${sql}\n  ${reading ? `Read as: ${sayWords(reading.line)}` : '(no reading)'}`);
  for (const { kind, edit, sql: edited, fault } of edits)
    console.log(`    ${kind}: ${edit.words}${fault === undefined ? '' : `   ! ${fault}: ${edited}`}`);
}

function summarise(tried: readonly TriedReading[]) {
  const read = tried.filter(({ reading }) => reading);
  const edits = tried.flatMap((one) => one.edits);
  const counts = (kinds: readonly (PartKind | string)[]) =>
    Object.fromEntries([...Map.groupBy(kinds, (one) => one)].map(([kind, all]) => [kind, all.length]));
  const sound = edits.filter(({ fault }) => fault === undefined);
  const mean = (of: (one: TriedReading) => number) =>
    rounded(read.reduce((sum, one) => sum + of(one), 0) / Math.max(1, read.length));
  return {
    statements: tried.length,
    withReading: rounded(read.length / Math.max(1, tried.length)),
    partsEach: mean(({ reading }) => reading?.parts.length ?? 0),
    editsEach: mean((one) => one.edits.length),
    mostEdits: Math.max(0, ...read.map((one) => one.edits.length)),
    edits: counts(edits.map(({ kind }) => kind)),
    editsRight: rounded(sound.length / Math.max(1, edits.length)),
    faults: counts(edits.flatMap(({ fault }) => fault ?? [])),
    readingMsP95: rounded(
      percentile(
        [...read.map(({ ms }) => ms)].sort((a, b) => a - b),
        0.95,
      ),
    ),
    editMsP50: rounded(
      percentile(
        [...edits.map(({ ms }) => ms)].sort((a, b) => a - b),
        0.5,
      ),
    ),
    editMsP95: rounded(
      percentile(
        [...edits.map(({ ms }) => ms)].sort((a, b) => a - b),
        0.95,
      ),
    ),
  };
}

program.action(runs(bench));
await runMeasuring(program);
