import { existsSync } from 'node:fs';
import path from 'node:path';
import { PROMPT_STYLES, USUAL_STYLE } from '#src/pipeline/settings.ts';
import { type ExitCode, nameList, runs } from '#src/terminal/command.ts';
import { complain } from '#src/terminal/terminal.ts';
import type { DataCard } from '#src/training/data-card.ts';
import { openExportFiles } from '#src/training/export-files.ts';
import { FORMATS } from '#src/training/format.ts';
import { TASKS, type Task } from '#src/training/lesson.ts';
import { COMPANY_DAY } from '../data/company-questions.ts';
import { openTokenizer } from '../parts.ts';
import { type ExportOptions, exportTraining } from '../runs/export-training.ts';
import { embedderKept } from '../runs/open-bench.ts';
import { openTaughtDatabases } from '../runs/open-taught.ts';
import {
  atEnd,
  CACHE,
  count,
  engineOption,
  JSON_LINE,
  measuring,
  Option,
  runMeasuring,
  showProgress,
  untilEnd,
} from './program.ts';

const program = measuring(
  'training:export',
  'Makes training data of questions with their queries: a file a task of lines that a model reads as the pipeline asks it, with the reply that it should give, and a data card (docs/training.md). Needs --pairs or --learnat, --out, and --databases, --database-url, --company or --tables. No model is asked.',
)
  .option('--pairs <file...>', 'what explore wrote, or questions in Spider’s format {db_id, question, query}')
  .option('--candidates <file...>', 'eval runs over these questions: their candidates, for refine, selection and merge')
  .option('--learnat <folder...>', 'what learnat:search wrote, for learnat and learnat-pairs')
  .option('--oracle', 'take lines of learnat:search --oracle too: they try the chain and teach nothing')
  .option('--task <names>', `all, or of ${TASKS.join(', ')}, with commas between them`, nameList)
  .addOption(new Option('--format <name>', 'whose files').choices(FORMATS).default('trl' as const))
  .requiredOption('--out <folder>', 'where they go; those there stay as they are until the new ones are whole')
  .option('--replace', 'in place of an export that is there')
  .option('--databases <folder>', 'holds DB/DB.sqlite, DB.sqlite or DB.sql')
  .option('--database-url <url...>', 'databases by their addresses')
  .option('--company', 'the sample company’s databases, on the day of its questions')
  .option('--tables <file...>', "schemas in Spider's format: for databases without data, where no query is run")
  .addOption(engineOption())
  .option('--url <url>', 'a scratch server for scripts (see eval --help)')
  .option('--apart <file...>', 'what is measured with: no line has a question or a query of these')
  .addOption(
    new Option('--style <name>', 'how prompts for SQL are laid out')
      .choices(PROMPT_STYLES.map(({ name }) => name))
      .default(USUAL_STYLE.name),
  )
  .option('--augment <n>', 'so many further lines a pair with its schema shown otherwise', count(0), 0)
  .option('--seed <n>', 'what is drawn; the same draws the same', count(0), 1)
  .option('--personal', 'results that may name people stand in the lines, too: the data are everybody’s')
  .option('--licence <name=text...>', 'the licence of a file or of a database, for the card')
  .option('--today <date>', 'the day that questions are asked on; today')
  .option('--every <n>', 'each n-th question alone', count(), 1)
  .option('--limit <n>', 'so many questions', count())
  .option('--cache <folder>', CACHE)
  .option('--json', JSON_LINE);

type Options = ReturnType<typeof program.opts>;

async function run(options: Options): Promise<ExitCode> {
  const started = performance.now();
  const settings = settingsOf(options);
  const databases = await untilEnd(openTaughtDatabases(placesOf(options)), (opened) => opened.close());
  const files = openExportFiles(options.out, settings.tasks);
  atEnd(() => files.drop());
  const onQuestion = (done: number, all: number) => showProgress('questions', done, all);
  const ports = { databases, files, countTokens: openTokenizer() };
  const card = await exportTraining(settings, ports, { onQuestion, complain });
  tell(card, Math.round((performance.now() - started) / 1_000), options.json);
  return 0;
}

function settingsOf(options: Options): ExportOptions {
  const tasks = tasksOf(options);
  check(options);
  const {
    pairs = [],
    candidates = [],
    learnat = [],
    apart = [],
    engine,
    format,
    seed,
    augment,
    every,
    limit,
  } = options;
  const { today = options.company ? COMPANY_DAY : new Date().toISOString().slice(0, 10) } = options;
  return {
    ...{ tasks, format, engine, seed, augment, every, limit, today, pairs, candidates, learnat, apart },
    style: PROMPT_STYLES.find(({ name }) => name === options.style) ?? USUAL_STYLE,
    personal: options.personal === true,
    oracle: options.oracle === true,
    licenceOf: licencesOf(options),
  };
}

function tasksOf({ task: names = ['all'] }: Options): readonly Task[] {
  if (names.includes('all')) return TASKS;
  const unknown = names.find((name) => !TASKS.some((task) => task === name));
  if (unknown !== undefined) return program.error(`There is no task ${unknown}; there are ${TASKS.join(', ')}.`);
  return TASKS.filter((task) => names.includes(task));
}

function check({ pairs, learnat, databases, databaseUrl, company, tables, out, replace, today }: Options): void {
  if (!pairs && !learnat) program.error('--pairs or --learnat is needed');
  if (databases === undefined && !databaseUrl && !company && !tables)
    program.error('--databases, --database-url, --company or --tables is needed');
  if (existsSync(path.join(out, 'card.json')) && !replace)
    program.error(`${out} holds an export already: give another folder, or --replace`);
  if (today !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(today)) program.error('--today is a day as 2026-01-31');
}

const placesOf = ({ engine, url, databases, databaseUrl: addresses = [], company, tables = [], cache }: Options) => ({
  engine,
  company: company === true,
  url,
  databases,
  addresses,
  tables,
  embedder: embedderKept(cache),
});

function licencesOf({ licence = [] }: Options): (name: string) => string | null {
  const told = new Map(
    licence.map((one) => {
      const at = one.indexOf('=');
      if (at < 1) return program.error(`--licence ${one}: it is NAME=LICENCE, of a file or a database`);
      return [one.slice(0, at), one.slice(at + 1)] as const;
    }),
  );
  return (name) => told.get(name) ?? null;
}

function tell(card: DataCard, seconds: number, json: boolean | undefined): void {
  const tasks = Object.fromEntries(Object.entries(card.tasks).map(([task, { lines }]) => [task, lines]));
  const { pairs, apart } = card;
  const apartFrom = {
    questions: apart.questions,
    queries: apart.queries,
    pairs: apart.pairsLeftOut,
    lines: apart.linesLeftOut,
  };
  const summary = { ...pairs, tasks, apart: apartFrom, seconds };
  if (json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(8)} ${JSON.stringify(value)}`);
}

program.action(runs(run));
await runMeasuring(program);
