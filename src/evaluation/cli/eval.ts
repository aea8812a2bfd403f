import { createWriteStream, openSync } from 'node:fs';
import { type Config, readConfig } from '#src/config/env.ts';
import { type PipelineSettings, pipelineNames } from '#src/pipeline/settings.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { COMPARISONS, USUAL } from '../comparisons.ts';
import { EVAL_MODES, type Item, readItems } from '../data/items.ts';
import { TOKENIZER } from '../parts.ts';
import { askItem, type EvalBench } from '../runs/ask-item.ts';
import { type EvalCase, prediction } from '../runs/eval-case.ts';
import { addCase, commitOf, type EvalRun, runFile, saveRun, startCases } from '../runs/eval-run.ts';
import { openBench } from '../runs/open-bench.ts';
import { predictionsOf, questionsOf } from '../runs/stored-predictions.ts';
import { summarise } from '../runs/summarise.ts';
import { sideBySide } from '../side-by-side.ts';
import { compareCommand } from './eval-compare.ts';
import { selectCommand } from './eval-select.ts';
import { showCommand } from './eval-show.ts';
import { suiteCommand, suiteSummary } from './eval-suite.ts';
import { measuredPipeline } from './measured-pipeline.ts';
import {
  AT_ONCE,
  CACHE,
  count,
  engineOption,
  JSON_LINE,
  measuring,
  Option,
  runMeasuring,
  showProgress,
} from './program.ts';

const program = measuring(
  'eval',
  'Asks every question through the product’s pipeline and compares the rows with those of the gold query (execution accuracy, docs/sources.md#execution-accuracy, DISTINCT kept). Needs --questions, --databases and --out.',
)
  .option('--questions <file...>', 'what is asked, with gold queries')
  .option(
    '--databases <folder>',
    'holds DB/DB.sqlite, DB.sqlite or DB.sql (loaded into a fresh database, dropped after)',
  )
  .option('--out <file.jsonl>', 'predictions; the whole run is stored beside them (.run.json) for compare')
  .addOption(engineOption())
  .option(
    '--url <url>',
    'a scratch server (PostgreSQL starts embedded without it, MariaDB where it is installed); on MariaDB the databases of the questions are made anew under their own names',
  )
  .option('--tables <file>', "schemas in Spider's format, for their plain-English names and for --union")
  .option('--union', 'hide the database: it is retrieved among all schemas of --tables, and never asked back about')
  .option(
    '--as-one',
    'ask one database that holds the tables of all schemas of --tables, named by their database and their own name, with the rows of --databases (SQLite); the columns that linking shows are told besides',
  )
  .addOption(
    new Option('--pipeline <name>', 'what answers; planner without a model, full with one').choices(pipelineNames),
  )
  .option('--model-url <url>', 'an OpenAI-compatible server (QUERENT_MODEL_URL)')
  .option('--model <name>', 'its model (QUERENT_MODEL_NAME)')
  .option('--samples <n>', 'replies a generator, in place of the pipeline’s', count())
  .option('--concurrency <n>', AT_ONCE, count(), 1)
  .option(
    '--resume',
    'go on with an interrupted run of the same settings: cases are kept beside --out as they are done',
  )
  .addOption(
    new Option(
      '--mode <mode>',
      'dialogues: each file line is a thread; unanswerable: counts abstentions (questions with answerable: false)',
    )
      .choices(EVAL_MODES)
      .default('questions' as const),
  )
  .addOption(
    new Option(
      '--comparison <name>',
      'what says that an answer is right: Spider’s (order of columns free, repeated rows count), BIRD’s (set of rows) or sql-eval’s own (columns may be left over)',
    )
      .choices(COMPARISONS)
      .default(USUAL),
  )
  .option(
    '--suite <n>',
    'judge the answers on so many databases from seeded rows besides (docs/sources.md#test-suites; SQLite); of a stored run: eval suite',
    count(),
  )
  .option('--examples <file>', 'a bank of few-shot examples (npm run examples)')
  .option(
    '--explored <file...>',
    'pairs that explore wrote: examples for the questions of their own database (pipelines few-shot, decompose and …-with-explored)',
  )
  .option('--database <name...>', 'the questions of these databases alone')
  .option('--hints', "give the question's evidence or instructions to the pipeline")
  .option('--dump-prompts <folder>', 'write every prompt with its reply')
  .option('--request-timeout <seconds>', 'for one request to the model server', count(), 600)
  .option('--every <n>', 'each n-th question alone, the first included', count(), 1)
  .option('--limit <n>', 'so many questions', count())
  .option('--replies <folder>', 'keep the model’s replies here: none is computed twice, by whichever pipeline')
  .option('--cache <folder>', CACHE)
  .option('--json', JSON_LINE);

type Options = ReturnType<typeof program.opts>;

/** Options with what must be given, checked against each other. */
interface Checked extends Options {
  readonly questions: string[];
  readonly databases: string;
  readonly out: string;
  readonly config: Config;
  readonly settings: PipelineSettings;
}

function check(options: Options): Checked {
  const { questions, databases, out, concurrency, requestTimeout } = options;
  if (!questions || databases === undefined || out === undefined)
    return program.error('--questions, --databases and --out are needed');
  if (options.suite !== undefined && options.engine !== 'sqlite') program.error('--suite needs --engine sqlite');
  const { asOne = false, union = false, suite, engine } = options;
  if ((union || asOne) && options.tables === undefined)
    program.error(`--${asOne ? 'as-one' : 'union'} needs --tables FILE, the schemas to search`);
  if (asOne && (union || suite !== undefined || engine !== 'sqlite'))
    program.error('--as-one goes with --engine sqlite alone, without --union and --suite');
  if (asOne && options.explored) program.error('--explored is of databases by themselves: it goes without --as-one');
  const config = readConfig(undefined, {
    ...(options.modelUrl ? { QUERENT_MODEL_URL: options.modelUrl } : {}),
    ...(options.model ? { QUERENT_MODEL_NAME: options.model } : {}),
    QUERENT_MODEL_TIMEOUT_S: String(requestTimeout),
    QUERENT_MODEL_CONCURRENCY: String(4 * concurrency),
  });
  const pipeline = measuredPipeline(options, config, program);
  const settings = { ...pipeline, samples: options.samples ?? pipeline.samples };
  return { ...options, questions, databases, out, config, settings };
}

async function evaluate(options: Options): Promise<ExitCode> {
  const checked = check(options);
  const items = itemsOf(checked)
    .filter((_, at) => at % checked.every === 0)
    .slice(0, checked.limit);
  const bench = await openBench(checked, items);
  const settings = runSettings(checked);
  const cases = startCases(checked.out, settings, checked.resume ?? false);
  await askAll(items, cases, bench, checked);
  const { questions, databases, out, json, suite } = checked;
  const asked = () => ({ questions: questionsOf({ questions, settings }), given: predictionsOf(out) });
  const judged = suite === undefined ? undefined : await suiteSummary(cases, asked(), { databases, most: suite });
  const summary = { ...summarise(cases, checked), ...(judged ? { suite: judged } : {}) };
  const at = new Date().toISOString();
  saveRun(out, { version: 1, questions, commit: commitOf(), at, settings, summary, cases });
  if (json) console.log(JSON.stringify(summary));
  else {
    for (const [name, value] of Object.entries(summary))
      console.log(`${name.padEnd(24)} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
    console.log(`stored in ${runFile(out)}`);
  }
  return 0;
}

/** What is asked: of the databases that are named, or of all. */
function itemsOf({ questions, mode, database: only }: Checked): readonly Item[] {
  const items = readItems(questions, mode);
  const missing = only?.find((name) => !items.some(({ databaseId }) => databaseId === name));
  if (missing !== undefined) return program.error(`--database ${missing} has no question in these files`);
  return only ? items.filter(({ databaseId }) => only.includes(databaseId)) : items;
}

/** Settings that change results: a run goes on only under the same ones. */
const runSettings = ({ config, settings, ...options }: Checked): EvalRun['settings'] => ({
  questions: options.questions,
  mode: options.mode,
  engine: options.engine,
  union: options.union ?? false,
  asOne: options.asOne ?? false,
  hints: options.hints ?? false,
  comparison: options.comparison,
  pipeline: settings.name,
  samples: settings.samples,
  model: settings.name === 'planner' ? null : (config.model?.generator ?? null),
  examples: options.examples ?? null,
  explored: options.explored ?? null,
  databases: options.database ?? null,
  every: options.every,
  limit: options.limit ?? null,
  tokenizer: TOKENIZER,
});

/** Asks all that is not among the cases yet, and adds what came of it to them and to the files. */
async function askAll(
  items: readonly Item[],
  cases: EvalCase[],
  bench: EvalBench,
  { out, concurrency }: Checked,
): Promise<void> {
  const done = new Set(cases.map(({ id }) => id));
  const left = items.filter(({ turns }) => !turns.every(({ id }) => done.has(id)));
  let asked = items.length - left.length;
  if (asked) console.error(`going on after ${asked} of ${items.length}`);
  const predictions = createWriteStream(out, { fd: openSync(out, done.size ? 'a' : 'w') });
  await sideBySide(left, concurrency, async (item) => {
    for await (const { turn, given, made } of askItem(item, bench)) {
      predictions.write(`${JSON.stringify({ id: turn.id, db_id: item.databaseId, ...prediction(given) })}\n`);
      addCase(out, made);
      cases.push(made);
    }
    asked += 1;
    showProgress('asked', asked, items.length);
  });
  await new Promise<void>((resolve) => {
    predictions.end(() => resolve());
  });
}

program
  .enablePositionalOptions()
  .addCommand(compareCommand())
  .addCommand(showCommand())
  .addCommand(suiteCommand())
  .addCommand(selectCommand());
program.action(runs(evaluate));
await runMeasuring(program);
