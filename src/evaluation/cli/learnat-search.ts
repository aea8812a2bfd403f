import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '#src/config/env.ts';
import { SEARCH_SETTINGS } from '#src/learnat/search.ts';
import type { StepText } from '#src/learnat/search-tree.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import type { TakenApart } from '#src/prompts/take-apart.ts';
import { WORKED_STEPS } from '#src/prompts/take-apart.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { openWhileAsked } from '../data/open-while-asked.ts';
import { sourceOf, withData } from '../data/places.ts';
import { readQuestions } from '../data/questions.ts';
import { goldQueries } from '../data/statements.ts';
import { needed, openModelServer, openTokenizer } from '../parts.ts';
import { identityOf } from '../replies/model-identity.ts';
import { openReplyCache, withReplyCache } from '../replies/reply-cache.ts';
import { nearestTakenApart } from '../runs/nearest-taken-apart.ts';
import { LearnatRun, summariseSearch } from '../runs/summarise-search.ts';
import { ARMS, type GoldQuestion, type TakingApart, takeApart } from '../runs/take-apart-question.ts';
import { sideBySide } from '../side-by-side.ts';
import {
  AT_ONCE,
  atEnd,
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
  'learnat:search',
  'Takes questions with their gold queries apart into steps, each a part of the query, by a search that the query’s syntax tree guides (LearNAT; docs/learnat.md). Writes a file a question into --out/runs (learnat:show prints it), trajectories.jsonl and pairs.jsonl. Needs a model server, or --oracle.',
)
  .requiredOption('--questions <file...>', 'JSON lines {id, db_id, question, sql}')
  .requiredOption('--databases <folder>', 'holds DB/DB.sqlite, DB.sqlite or DB.sql')
  .requiredOption('--out <folder>', 'where runs, trajectories and pairs go')
  .option('--model-url <url>', 'an OpenAI-compatible server (QUERENT_MODEL_URL)')
  .option('--model <name>', 'its model (QUERENT_MODEL_NAME)')
  .option('--oracle', 'no model: steps of the gold query, each beside a redundant and an invalid one, labelled so')
  .addOption(
    new Option(
      '--arm <arm>',
      'guided by the tree; unguided: the same budget, judged when it is over; chain: all steps in one reply',
    )
      .choices(ARMS)
      .default('guided' as const),
  )
  .option('--rounds <n>', 'failures are tried again, shown the nearest successes', count(), 1)
  .option('--calls <n>', 'replies a question and round at most', count(), SEARCH_SETTINGS.calls)
  .option('--width <n>', 'replies asked for at once', count(), SEARCH_SETTINGS.width)
  .option('--depth <n>', 'steps at most', count(), SEARCH_SETTINGS.depth)
  .option('--after <n>', 'rounds after the first success, which gather its contrasts', count(0), SEARCH_SETTINGS.after)
  .option('--least-nodes <n>', 'smaller queries are their own one step', count(), 12)
  .option('--every <n>', 'each n-th question alone', count(), 1)
  .option('--limit <n>', 'so many questions', count())
  .option('--concurrency <n>', AT_ONCE, count(), 1)
  .option('--replies <folder>', 'keep the model’s replies here: none is computed twice')
  .addOption(engineOption())
  .option('--url <url>', 'a scratch server for scripts (see eval --help)')
  .option('--resume', 'go on: questions that have their file in --out are passed over')
  .option('--json', JSON_LINE);

type Options = ReturnType<typeof program.opts>;

const never = new AbortController().signal;

async function run(options: Options): Promise<ExitCode> {
  const { databases, engine, url, rounds, arm, json } = options;
  const questions = questionsOf(options);
  const files = openRuns(options);
  const found = () => questions.flatMap(({ id }) => files.of(id) ?? []);
  // However it ends, by Ctrl-C too.
  atEnd(() => files.write(found()));
  const model = options.oracle ? undefined : await modelOf(options);
  const source = await untilEnd(sourceOf(engine, databases, url), (opened) => opened.close());
  const { calls, width, depth, after } = options;
  const settings = { calls, width, depth, after };
  const taking: TakingApart = { arm, ...(model ? { model } : {}), settings, leastNodes: options.leastNodes };
  for (let round = 1; round <= rounds; round += 1) {
    const pool = round > 1 ? files.all().filter(({ solution }) => solution) : [];
    const isLeft = ({ id }: GoldQuestion) => {
      const before = files.of(id);
      return !before || (before.round < round && before.outcome === 'searched' && !before.solution);
    };
    const left = questions.filter(isLeft);
    const places = openWhileAsked(
      left,
      (id) => withData(source, id),
      (place) => place.databases.close(),
    );
    let done = 0;
    await sideBySide(left, options.concurrency, async (one) => {
      const near = nearestTakenApart(one, pool, engine).map(asShown);
      const shown = near.length ? near : [WORKED_STEPS];
      const took = needed(await takeApart(one, await places.of(one), shown, taking, never), one.id);
      files.keep({ ...one, round, arm, ...took, ...addedTo(files.of(one.id), took) });
      await places.done(one);
      done += 1;
      showProgress(`round ${round}`, done, questions.length);
    });
  }
  const all = found();
  const summary = summariseSearch(all, rounds);
  if (json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(14)} ${JSON.stringify(value)}`);
  return 0;
}

const asShown = ({ schema, question, sql, solution }: LearnatRun): TakenApart => ({
  schema: schema ?? '',
  question,
  sql,
  steps: solution ?? [],
});

/** What a question cost in the rounds before is added to what it costs now. */
function addedTo(
  before: LearnatRun | undefined,
  took: { readonly outcome: string; readonly calls?: number; readonly tokens?: number },
) {
  if (took.outcome !== 'searched') return {};
  return { calls: (before?.calls ?? 0) + (took.calls ?? 0), tokens: (before?.tokens ?? 0) + (took.tokens ?? 0) };
}

function questionsOf({ questions, every, limit, engine }: Options): readonly GoldQuestion[] {
  const all = questions.flatMap(readQuestions).flatMap((one): GoldQuestion[] => {
    const [sql] = goldQueries(one.sql, engine);
    const { id, question } = one;
    const databaseId = one.db_id ?? one.db;
    return sql && databaseId ? [{ id, databaseId, question, sql }] : [];
  });
  const some = all.filter((_, at) => at % every === 0).slice(0, limit);
  // Database by database: a server that remembers how prompts begin reads a schema once.
  return some.toSorted((a, b) => (a.databaseId < b.databaseId ? -1 : a.databaseId > b.databaseId ? 1 : 0));
}

async function modelOf({ modelUrl, model: name, replies, concurrency, width }: Options): Promise<ChatModel> {
  const config = readConfig(undefined, {
    ...(modelUrl ? { QUERENT_MODEL_URL: modelUrl } : {}),
    ...(name ? { QUERENT_MODEL_NAME: name } : {}),
    QUERENT_MODEL_TIMEOUT_S: '600',
    QUERENT_MODEL_CONCURRENCY: String(concurrency * width),
  });
  const server = config.model && (await openModelServer(config, openTokenizer()));
  if (!server || !config.model) return program.error('Give --model-url and --model, or --oracle.');
  const { generator } = server.roles;
  if (replies === undefined) return generator;
  const cache = openReplyCache(replies, await identityOf(config.model.baseUrl, config.model.generator));
  return withReplyCache(generator, cache, () => performance.now());
}

/** The files of a search: one a question, replaced whole, so that nothing half written is ever read. */
function openRuns({ out, resume, arm, oracle }: Options) {
  const folder = path.join(out, 'runs');
  if (existsSync(folder) && readdirSync(folder).length && !resume)
    return program.error(`${out} holds a search already: go on with --resume, or give another folder.`);
  mkdirSync(folder, { recursive: true });
  const known = new Map<string, LearnatRun>();
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
    const read = LearnatRun.safeParse(JSON.parse(readFileSync(path.join(folder, name), 'utf8')));
    if (!read.success)
      throw new Error(`${path.join(folder, name)} is no run of a search: remove it, or give another folder.`);
    if (read.data.arm !== arm || read.data.oracle !== Boolean(oracle))
      return program.error(`${out} holds runs of another arm or proposer: give another folder.`);
    known.set(read.data.id, read.data);
  }
  const linesOf = (all: readonly LearnatRun[], of: (one: LearnatRun) => readonly object[]) =>
    all
      .flatMap(of)
      .map((one) => `${JSON.stringify(one)}\n`)
      .join('');
  return {
    of: (id: string) => known.get(id),
    all: () => [...known.values()],
    keep(run: Omit<LearnatRun, 'oracle'>) {
      const whole: LearnatRun = { ...run, oracle: Boolean(oracle) };
      const file = path.join(folder, `${encodeURIComponent(run.id)}.json`);
      writeFileSync(`${file}.part`, `${JSON.stringify(whole, null, 1)}\n`);
      renameSync(`${file}.part`, file);
      known.set(run.id, whole);
    },
    write(all: readonly LearnatRun[]) {
      writeFileSync(path.join(out, 'trajectories.jsonl'), linesOf(all, trajectoryOf));
      writeFileSync(path.join(out, 'pairs.jsonl'), linesOf(all, pairsOf));
    },
  };
}

/** What a solved question teaches: its steps in order. One that is too small is its own one step. */
function trajectoryOf({
  id,
  databaseId,
  question,
  sql,
  round,
  outcome,
  solution,
  oracle,
}: LearnatRun): readonly object[] {
  const steps: readonly StepText[] | undefined = outcome === 'simple' ? [{ question, sql }] : solution;
  return steps ? [{ id, db_id: databaseId, question, sql, round, oracle, steps }] : [];
}

const pairsOf = ({ id, databaseId, question, sql, pairs, oracle }: LearnatRun): readonly object[] =>
  (pairs ?? []).map((pair) => ({ id, db_id: databaseId, question, sql, oracle, ...pair }));

program.action(runs(run));
await runMeasuring(program);
