import { type ExitCode, runs } from '#src/terminal/command.ts';
import { openCompany } from '../data/company-databases.ts';
import { COMPANY_DAY, HALVES, readCompanyQuestions, readCompanyThreads } from '../data/company-questions.ts';
import { type FilledDatabase, sourceOf, withData } from '../data/places.ts';
import { readQuestions } from '../data/questions.ts';
import { goldQueries } from '../data/statements.ts';
import { type CheckedCase, checkGold, checkPlanned, type ToCheck } from '../runs/check-statements.ts';
import { summariseChecks } from '../runs/summarise-checks.ts';
import { count, JSON_LINE, measuring, Option, runMeasuring, showProgress, untilEnd } from './program.ts';

const program = measuring(
  'bench:checks',
  'What the checks of numbers say of gold queries, of which none should fail, and of the planner’s answers, right and wrong: how often each was made, failed, was told or corrected the query, and what the corrected one gave.',
)
  .option('--questions <file...>', 'questions with their gold queries')
  .option('--databases <folder>', 'holds DB/DB.sqlite, DB.sqlite or DB.sql')
  .addOption(
    new Option('--engine <engine>', 'the engine of the databases')
      .choices(['sqlite', 'postgres', 'mariadb'] as const)
      .default('sqlite' as const),
  )
  .option('--url <url>', 'a scratch server')
  .addOption(new Option('--company <half>', 'the questions of test/company, with their databases').choices(HALVES))
  .option('--every <n>', 'each n-th question alone', count(), 1)
  .option('--today <day>', 'the day on which it is asked, YYYY-MM-DD')
  .option('--each', 'a line for each check that failed, was told or corrected a query')
  .option('--json', JSON_LINE);

type Options = ReturnType<typeof program.opts>;

async function bench(options: Options): Promise<ExitCode> {
  const { questions: files, databases: folder, company: half, every, each, json } = options;
  if (!half && !(files && folder)) return program.error('Give --company, or --questions with --databases.');
  const all = (half ? companyStatements(half) : benchStatements(files ?? [], options)).filter(
    (_, at) => at % every === 0,
  );
  const cases: CheckedCase[] = [];
  let done = 0;
  for await (const [one, own] of half ? overCompany(all) : overDatabases(all, folder ?? '', options)) {
    for (const check of [checkGold, checkPlanned])
      for (const made of await check(one, own)) {
        cases.push(made);
        if (each) printEach(made);
      }
    done += 1;
    showProgress('checked', done, all.length);
  }
  const summary = summariseChecks(cases);
  if (json) console.log(JSON.stringify(summary));
  else for (const [of, figures] of Object.entries(summary)) console.log(of, figures);
  return 0;
}

function printEach({ id, of, isRight, question, sql, checks, corrected }: CheckedCase): void {
  const noted = checks.filter(({ outcome }) => /^(?:failed|corrected|told|untested)$/.test(outcome));
  for (const { check, outcome, says } of noted)
    console.log(
      `${id} ${of === 'gold' ? 'gold' : `planner, ${isRight ? 'right' : 'wrong'}`}: ${check} ${outcome}: ${says}\n  ${question}\n  ${sql}`,
    );
  if (corrected) console.log(`  corrected, ${corrected.isRight ? 'right' : 'wrong'}: ${corrected.sql}`);
}

const benchStatements = (files: readonly string[], { engine, today }: Options): readonly ToCheck[] =>
  files.flatMap(readQuestions).map((one) => ({
    id: one.id,
    databaseId: one.db_id ?? '',
    question: one.question,
    gold: goldQueries(one.sql, engine).map((sql) => ({ sql })),
    today: today ?? new Date().toISOString().slice(0, 10),
  }));

/** The company's questions and turns that a query answers; a turn that needs its thread is not given to the planner. */
const companyStatements = (half: (typeof HALVES)[number]): readonly ToCheck[] => [
  ...readCompanyQuestions(half).flatMap((one) =>
    'database' in one && 'gold' in one
      ? [{ id: one.id, databaseId: one.database, question: one.question, gold: one.gold, today: COMPANY_DAY }]
      : [],
  ),
  ...readCompanyThreads(half).flatMap(({ id, database, turns }) =>
    turns.map(({ question, gold, kind, ...turn }, at) => ({
      id: `${id}/${at + 1}`,
      databaseId: turn.database ?? database,
      question,
      gold,
      today: COMPANY_DAY,
      ...(kind === 'first' ? {} : { isFollowUp: true }),
    })),
  ),
];

async function* overCompany(all: readonly ToCheck[]): AsyncGenerator<readonly [ToCheck, FilledDatabase]> {
  const { databases } = await untilEnd(openCompany(), (opened) => opened.close());
  for (const one of all) {
    const own = databases.get(one.databaseId);
    if (own) yield [one, own];
  }
}

/** Database by database, each closed before the next is opened. */
async function* overDatabases(
  all: readonly ToCheck[],
  folder: string,
  { engine, url }: Options,
): AsyncGenerator<readonly [ToCheck, FilledDatabase]> {
  const source = await untilEnd(sourceOf(engine, folder, url), (opened) => opened.close());
  for (const [id, ofIt] of Map.groupBy(all, ({ databaseId }) => databaseId)) {
    const own = await withData(source, id).catch(() => withData(source, id)); // once more, where the machine was busy
    try {
      for (const one of ofIt) yield [one, own];
    } finally {
      await own.databases.close();
    }
  }
}

program.action(runs(bench));
await runMeasuring(program);
