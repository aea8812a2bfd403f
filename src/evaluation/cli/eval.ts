import { createWriteStream, openSync } from 'node:fs';
import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { openModels } from '#adapters/model/open-models.ts';
import { openTokenizer, TOKENIZER } from '#adapters/model/open-tokenizer.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { loadBank } from '#schemas-index/examples/bank-file.ts';
import { embeddedBanks } from '#schemas-index/examples/embedded-bank.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import { readConfig } from '#src/config/env.ts';
import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { OPERATOR, type Question, type Turn } from '#src/domain/question.ts';
import type { LinkedSchema } from '#src/domain/schema-slice.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import { type AnswerPorts, answer } from '#src/pipeline/answer.ts';
import { type PipelineSettings, pipelineNamed, pipelineNames } from '#src/pipeline/settings.ts';
import type { ModelRoles } from '#src/ports/chat-model.ts';
import type { BenchDatabase } from '../data/databases.ts';
import { readDialogues } from '../data/dialogues.ts';
import { sourceOf } from '../data/places.ts';
import { type BenchQuestion, readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { runGold } from '../execution-accuracy.ts';
import { dumpingPrompts } from '../runs/dump-prompts.ts';
import { type EvalCase, prediction, toCase } from '../runs/eval-case.ts';
import { addCase, commitOf, runFile, saveRun, startCases } from '../runs/eval-run.ts';
import { OutsideTime } from '../runs/outside-time.ts';
import { summarise } from '../runs/summarise.ts';
import { compareCommand } from './eval-compare.ts';
import { atEnd, readArguments, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s eval -- --questions FILE --databases DIR --out predictions.jsonl
       [--engine sqlite|postgres|mysql] [--url URL] [--tables FILE --union] [--limit N] [--json]
       [--pipeline NAME] [--model-url URL --model NAME] [--samples N] [--concurrency C] [--resume]
       [--mode questions|dialogues|unanswerable] [--examples FILE] [--hints] [--dump-prompts DIR] [--request-timeout S]
       npm run -s eval -- compare FIRST SECOND
Asks every question through the product's pipeline and compares the rows with those of the gold query (execution
accuracy, docs/sources.md#execution-accuracy, DISTINCT kept).
  --databases  holds DB/DB.sqlite, DB.sqlite or DB.sql (loaded into a fresh database, dropped after)
  --url        a scratch server (PostgreSQL starts embedded without it, MariaDB where it is installed); on MariaDB the
               databases of the questions are made anew under their own names
  --union      hide the database: it is retrieved among all schemas of --tables, and never asked back about
  --pipeline   ${pipelineNames.slice(0, 7).join(', ')}, full-without-X …; planner without a model, full with one
  --model-url  an OpenAI-compatible server; default QUERENT_MODEL_URL. --samples replies a generator
  --mode       dialogues: each file line is a thread; unanswerable: counts abstentions (questions with answerable: false)
  --examples   a bank of few-shot examples (npm run examples)
  --hints      give the question's evidence or instructions to the pipeline
  --dump-prompts DIR   write every prompt with its reply
  --resume     go on with an interrupted run of the same settings: cases are kept beside --out as they are done
  --json       the last line is one JSON object; the whole run is stored beside --out (.run.json) for compare`;

if (process.argv[2] === 'compare') {
  compareCommand(process.argv.slice(3));
  process.exit(0);
}

const args = readArguments(USAGE, {
  questions: { type: 'string', multiple: true },
  databases: { type: 'string' },
  out: { type: 'string' },
  engine: { type: 'string', default: 'sqlite' },
  url: { type: 'string' },
  tables: { type: 'string' },
  union: { type: 'boolean' },
  pipeline: { type: 'string' },
  'model-url': { type: 'string' },
  model: { type: 'string' },
  samples: { type: 'string', default: '1' },
  concurrency: { type: 'string', default: '1' },
  resume: { type: 'boolean' },
  mode: { type: 'string', default: 'questions' },
  examples: { type: 'string' },
  hints: { type: 'boolean' },
  'dump-prompts': { type: 'string' },
  'request-timeout': { type: 'string', default: '600' },
  limit: { type: 'string' },
  cache: { type: 'string' },
  json: { type: 'boolean' },
});
if (!args.questions?.length || !args.databases || !args.out) stopWith(USAGE);
if (!['sqlite', 'postgres', 'mysql', 'mariadb'].includes(args.engine))
  stopWith(`--engine ${args.engine} is not known: use sqlite, postgres, mysql or mariadb.`);
if (!['questions', 'dialogues', 'unanswerable'].includes(args.mode))
  stopWith(`--mode ${args.mode} is not known: use questions, dialogues or unanswerable.`);
if (args.union && !args.tables) stopWith('--union needs --tables FILE, the schemas to search.');
const config = readConfig(undefined, {
  ...(args['model-url'] ? { QUERENT_MODEL_URL: args['model-url'] } : {}),
  ...(args.model ? { QUERENT_MODEL_NAME: args.model } : {}),
  QUERENT_MODEL_TIMEOUT_S: args['request-timeout'],
  QUERENT_MODEL_CONCURRENCY: String(4 * wholeNumber('concurrency')),
});
const pipelineName = args.pipeline ?? (config.model ? 'full' : 'planner');
const pipeline = pipelineNamed(pipelineName);
if (!pipeline) stopWith(`--pipeline ${pipelineName} is not known: use one of ${pipelineNames.join(', ')}.`);
if (pipelineName !== 'planner' && !config.model)
  stopWith(`--pipeline ${pipelineName} needs a model server: give --model-url URL and --model NAME.`);
if (pipelineName === 'few-shot' && !args.examples)
  stopWith('--pipeline few-shot needs --examples FILE, a bank to take them from (npm run examples).');
const settings: PipelineSettings = {
  ...pipeline,
  samples: wholeNumber('samples'),
  deadlineMs: 20_000 * wholeNumber('request-timeout'), // a run is measured, not waited for: no answer is cut short
};

function wholeNumber(name: 'samples' | 'concurrency' | 'request-timeout'): number {
  const value = Number(args[name]);
  if (Number.isInteger(value) && value > 0) return value;
  return stopWith(`--${name} must be a whole number above 0.`);
}

/** One thing to ask: a question, or the turns of a thread. */
interface Item {
  readonly id: string;
  readonly databaseId: string;
  readonly turns: readonly BenchQuestion[];
}

const items: Item[] = args.questions
  .flatMap((file): Item[] =>
    args.mode === 'dialogues'
      ? readDialogues(file).map((one) => ({
          id: one.id,
          databaseId: one.db_id,
          turns: one.turns.map((turn, at) => ({ ...turn, id: `${one.id}/${at + 1}`, db_id: one.db_id })),
        }))
      : readQuestions(file).map((one) => ({ id: one.id, databaseId: one.db_id ?? '', turns: [one] })),
  )
  .slice(0, args.limit ? Number(args.limit) : undefined);

const never = new AbortController().signal;
const countTokens = openTokenizer();
const bare = openUseLite();
const embedder = args.cache ? cachedEmbedder(bare, args.cache) : bare;
const models =
  pipelineName !== 'planner' && config.model ? openModels(config.model, config.home, countTokens) : undefined;
const banks = args.examples ? embeddedBanks(await loadBank(args.examples), embedder) : undefined;
const source = await sourceOf(args.engine as Engine, args.databases, args.url);
atEnd(() => source.close());
const schemas = args.tables ? readSpiderTables(args.tables) : [];
const opened = new Map<string, Promise<{ readonly databases: BenchDatabase; readonly catalog: DatabaseCatalog }>>();

function open(id: string) {
  const known = opened.get(id) ?? openFresh(id);
  opened.set(id, known);
  return known;
}

async function openFresh(id: string) {
  const databases = await source.open(id);
  const extracted = await databases.product.catalog({}, never);
  if (!extracted.ok) throw new Error(`${id}: ${sayFailure(extracted.failure)}`);
  return { databases, catalog: titled(extracted.value) };
}

/** The plain-English names of tables.json beside those of the database. */
function titled(catalog: DatabaseCatalog): DatabaseCatalog {
  const schema = schemas.find((one) => one.databaseId === catalog.databaseId);
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return {
    ...catalog,
    tables: catalog.tables.map((table) => {
      const known = schema?.tables.find((one) => same(one.name, table.name));
      if (!known) return table;
      const columns = table.columns.map((column) => {
        const title = known.columns.find((one) => same(one.name, column.name))?.title;
        return title ? { ...column, title } : column;
      });
      return { ...table, columns, ...(known.title ? { title: known.title } : {}) };
    }),
  };
}

/** Extracted catalogs of the databases that are asked about, bare schemas for the rest of the pool. */
async function retrieverFor(ids: readonly string[]) {
  const own: DatabaseCatalog[] = [];
  for (const id of new Set(ids)) own.push((await open(id)).catalog);
  const rest = args.union
    ? schemas.filter((schema) => !own.some((catalog) => catalog.databaseId === schema.databaseId))
    : [];
  const ports = { embedder, vectors: embeddedVectors };
  const index = await buildIndex(
    [...own, ...rest],
    ports,
    (done, total) => showProgress('embedded', done, total),
    never,
  );
  return indexRetriever(index, embedder);
}

const ids = items.map(({ databaseId }) => databaseId);
const retriever = await retrieverFor(ids);
const scopeOf = wholeScopes((id) => retriever.catalogOf(id));
const readable = [...new Set([...ids, ...(args.union ? schemas.map((one) => one.databaseId) : [])])];
const databasesById = new Map<string, BenchDatabase>();
for (const id of new Set(ids)) databasesById.set(id, (await open(id)).databases);

const runSettings = {
  questions: args.questions,
  mode: args.mode,
  engine: args.engine,
  union: args.union ?? false,
  hints: args.hints ?? false,
  pipeline: pipelineName,
  samples: settings.samples,
  model: config.model && models ? config.model.generator : null,
  examples: args.examples ?? null,
  limit: args.limit ?? null,
  tokenizer: TOKENIZER,
};
const cases: EvalCase[] = startCases(args.out, runSettings, args.resume ?? false);
const done = new Set(cases.map(({ id }) => id));
const out = createWriteStream(args.out, { fd: openSync(args.out, done.size ? 'a' : 'w') });
const left = items.filter(({ turns }) => !turns.every(({ id }) => done.has(id)));
let asked = items.length - left.length;
if (asked) console.error(`going on after ${asked} of ${items.length}`);

const waiting = [...left];
await Promise.all(
  Array.from({ length: wholeNumber('concurrency') }, async () => {
    for (let item = waiting.shift(); item; item = waiting.shift()) {
      await askItem(item);
      asked += 1;
      showProgress('asked', asked, items.length);
    }
  }),
);

/** Asks the turns of a thread one after another, each with the answers given before. */
async function askItem({ databaseId, turns }: Item): Promise<void> {
  const { databases, catalog } = await open(databaseId);
  const earlier: Turn[] = [];
  for (const turn of turns) {
    const gold = turn.sql ? await runGold(turn, catalog, databases) : [];
    let linked: LinkedSchema | undefined;
    const outside = new OutsideTime();
    const started = performance.now();
    const given = await answer(
      questionOf(turn, databaseId, earlier),
      portsFor(turn.id, outside),
      { neverAsk: true, settings, onLinked: (schema) => (linked = schema) },
      never,
    );
    const ms = performance.now() - started;
    const level = turn.hardness ?? turn.difficulty ?? turn.category ?? 'all';
    const made = await toCase({
      id: turn.id,
      databaseId,
      level,
      given,
      gold,
      catalog,
      databases,
      linked,
      ms,
      outsideMs: outside.ms,
    });
    const own: EvalCase = { ...made, ...(turn.answerable === false ? { unanswerable: true } : {}) };
    out.write(`${JSON.stringify({ id: turn.id, db_id: databaseId, ...prediction(given) })}\n`);
    addCase(args.out!, own);
    cases.push(own);
    earlier.push({
      text: turn.question,
      ...(given.kind === 'answer' ? { databaseId: given.databaseId, sql: given.sql } : { databaseId }),
    });
  }
}

function questionOf(turn: BenchQuestion, databaseId: string, earlier: readonly Turn[]): Question {
  const hint = args.hints ? (turn.evidence ?? turn.instructions) : undefined;
  return {
    text: turn.question,
    asker: OPERATOR,
    earlier: [...earlier],
    notDatabases: [],
    today: new Date().toISOString().slice(0, 10),
    ...(hint ? { hint } : {}),
    ...(args.union ? {} : { databaseId }),
  };
}

function portsFor(questionId: string, outside: OutsideTime): AnswerPorts {
  const folder = args['dump-prompts'];
  const asking = models && folder ? dumpingPrompts(models, folder, questionId) : models;
  const own: ModelRoles | undefined = asking && outside.models(asking);
  return {
    retriever,
    database: (id) => {
      const product = databasesById.get(id)?.product;
      return product && outside.database(product);
    },
    readable: () => readable,
    scopeOf,
    pastAnswers: () => [],
    factsOf: () => ({}),
    askingPrice: () => (own ? 0.3 : 1),
    countTokens,
    ...(own ? { models: own } : {}),
    ...(banks ? { bankFor: () => banks([]) } : {}),
  };
}

await new Promise((resolve) => out.end(resolve));
for (const made of opened.values()) await (await made).databases.close();
await source.close();
await embedder.close();

const summary = summarise(cases, args.mode as 'questions' | 'dialogues' | 'unanswerable');
saveRun(args.out, {
  version: 1,
  questions: args.questions,
  commit: commitOf(),
  at: new Date().toISOString(),
  settings: runSettings,
  summary,
  cases,
});
if (args.json) console.log(JSON.stringify(summary));
else {
  for (const [name, value] of Object.entries(summary))
    console.log(`${name.padEnd(24)} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  console.log(`stored in ${runFile(args.out)}`);
}
