import { writeFileSync } from 'node:fs';
import { type Config, readConfig } from '#src/config/env.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import { type PipelineSettings, pipelineNames } from '#src/pipeline/settings.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { USUAL } from '../comparisons.ts';
import { openCompany } from '../data/company-databases.ts';
import {
  COMPANY_DAY,
  type CompanyQuestion,
  type CompanyThread,
  HALVES,
  readCompanyQuestions,
  readCompanyThreads,
} from '../data/company-questions.ts';
import { openRetriever, TOKENIZER } from '../parts.ts';
import { askQuestion, askThread, type CompanyBench } from '../runs/ask-company.ts';
import { addToCaseFile, startCaseFile } from '../runs/case-file.ts';
import { CompanyCase } from '../runs/company-case.ts';
import { commitOf, runFile } from '../runs/eval-run.ts';
import { embedderKept, openAsking } from '../runs/open-bench.ts';
import { summariseCompany } from '../runs/summarise-company.ts';
import { sideBySide } from '../side-by-side.ts';
import { measuredPipeline } from './measured-pipeline.ts';
import {
  AT_ONCE,
  CACHE,
  count,
  JSON_LINE,
  measuring,
  Option,
  runMeasuring,
  showProgress,
  untilEnd,
} from './program.ts';

const program = measuring(
  'bench:company',
  'Asks the questions and threads of test/company over the sample company, all of its databases registered, and counts what was answered right or wrong, declined, refused and asked back.',
)
  .addOption(new Option('--half <half>', 'tune on one, report the other').choices(HALVES).makeOptionMandatory())
  .requiredOption('--out <file.jsonl>', 'what was answered, a line a question; the figures beside it (.run.json)')
  .addOption(
    new Option('--pipeline <name>', 'what answers; planner without a model, full with one').choices(pipelineNames),
  )
  .option('--model-url <url>', 'an OpenAI-compatible server (QUERENT_MODEL_URL)')
  .option('--model <name>', 'its model (QUERENT_MODEL_NAME)')
  .option('--given', 'say the database with the question, instead of having it retrieved')
  .addOption(new Option('--only <which>', 'leave out the others').choices(['questions', 'threads'] as const))
  .option('--every <n>', 'each n-th question and thread alone, the first included', count(), 1)
  .option('--limit <n>', 'so many questions and so many threads', count())
  .option('--examples <file>', 'a bank of few-shot examples (npm run examples)')
  .option('--replies <folder>', 'keep the model’s replies here: none is computed twice, by whichever pipeline')
  .option('--concurrency <n>', AT_ONCE, count(), 1)
  .option('--dump-prompts <folder>', 'write every prompt with its reply')
  .option('--request-timeout <seconds>', 'for one request to the model server', count(), 600)
  .option('--resume', 'go on with an interrupted run of the same settings')
  .option('--cache <folder>', CACHE)
  .option('--json', JSON_LINE);

type Options = ReturnType<typeof program.opts>;

interface Checked extends Options {
  readonly config: Config;
  readonly settings: PipelineSettings;
}

function check(options: Options): Checked {
  const config = readConfig(undefined, {
    ...(options.modelUrl ? { QUERENT_MODEL_URL: options.modelUrl } : {}),
    ...(options.model ? { QUERENT_MODEL_NAME: options.model } : {}),
    QUERENT_MODEL_TIMEOUT_S: String(options.requestTimeout),
    QUERENT_MODEL_CONCURRENCY: String(4 * options.concurrency),
  });
  return { ...options, config, settings: measuredPipeline(options, config, program) };
}

async function bench(options: Options): Promise<ExitCode> {
  const checked = check(options);
  const { half, out, only, json } = checked;
  const questions = only === 'threads' ? [] : some(readCompanyQuestions(half), checked);
  const threads = only === 'questions' ? [] : some(readCompanyThreads(half), checked);
  const settings = settingsOf(checked);
  const cases = startCaseFile(out, settings, checked.resume ?? false, CompanyCase);
  await askAll(questions, threads, cases, await openCompanyBench(checked), checked);
  const summary = summariseCompany(cases);
  const at = new Date().toISOString();
  writeFileSync(runFile(out), `${JSON.stringify({ commit: commitOf(), at, settings, summary })}\n`);
  if (json) console.log(JSON.stringify(summary));
  else print(summary, out);
  return 0;
}

const some = <T>(all: readonly T[], { every, limit }: Options) =>
  all.filter((_, at) => at % every === 0).slice(0, limit);

/** Settings that change results: a run goes on only under the same ones. */
const settingsOf = ({ config, settings, ...options }: Checked) => ({
  half: options.half,
  only: options.only ?? null,
  given: options.given ?? false,
  pipeline: settings.name,
  model: settings.name === 'planner' ? null : (config.model?.generator ?? null),
  examples: options.examples ?? null,
  every: options.every,
  limit: options.limit ?? null,
  tokenizer: TOKENIZER,
});

async function openCompanyBench(options: Checked): Promise<CompanyBench> {
  const embedder = embedderKept(options.cache);
  const asking = await openAsking(options, embedder);
  const { databases } = await untilEnd(openCompany(), (opened) => opened.close());
  const catalogs = [...databases.values()].map(({ catalog }) => catalog);
  const retriever = await openRetriever(catalogs, embedder, (done, total) => showProgress('embedded', done, total));
  return {
    ...asking,
    databases,
    retriever,
    readable: [...databases.keys()],
    scopeOf: wholeScopes((id) => retriever.catalogOf(id)),
    settings: options.settings,
    union: true,
    hints: false,
    comparison: USUAL, // not used: what is accepted is decided question by question
    today: COMPANY_DAY,
    given: options.given ?? false,
  };
}

/** Asks all that is not among the cases yet, and adds what came of it to them and to the file. */
async function askAll(
  questions: readonly CompanyQuestion[],
  threads: readonly CompanyThread[],
  cases: CompanyCase[],
  company: CompanyBench,
  { out, concurrency }: Checked,
): Promise<void> {
  const done = new Set(cases.map(({ id }) => id));
  const add = (made: CompanyCase) => {
    // A thread that was cut is asked from its start; the turns that are there stay as they were.
    if (done.has(made.id)) return;
    addToCaseFile(out, made);
    cases.push(made);
  };
  if (done.size) console.error(`going on after ${done.size} questions and turns`);
  let asked = 0;
  await sideBySide(questions, concurrency, async (one) => {
    if (!done.has(one.id)) add(await askQuestion(one, company));
    showProgress('questions', ++asked, questions.length);
  });
  asked = 0;
  await sideBySide(threads, concurrency, async (thread) => {
    if (!thread.turns.every((_, turn) => done.has(`${thread.id}/${turn + 1}`)))
      for await (const made of askThread(thread, company)) add(made);
    showProgress('threads', ++asked, threads.length);
  });
}

function print(summary: Readonly<Record<string, unknown>>, out: string): void {
  for (const [name, value] of Object.entries(summary))
    for (const [part, of] of isObject(value) ? Object.entries(value) : [['', value] as const]) {
      console.log(`${`${name} ${part}`.padEnd(26)} ${isObject(of) ? '' : of}`.trimEnd());
      if (isObject(of))
        for (const [group, own] of Object.entries(of)) console.log(`  ${group.padEnd(20)} ${inWords(own)}`);
    }
  console.log(`stored in ${out} and ${runFile(out)}`);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The counts of a group that are not zero. */
const inWords = (counts: unknown) =>
  Object.entries(isObject(counts) ? counts : {})
    .filter(([, value]) => value)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

program.action(runs(bench));
await runMeasuring(program);
