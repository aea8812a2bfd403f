import { writeFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { readConfig } from '#src/config/env.ts';
import { EVERY_PIPELINE } from '#src/pipeline/settings.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { openWhileAsked } from '../data/open-while-asked.ts';
import { readPairs, readPools } from '../data/training-sources.ts';
import { openModelServer, openTokenizer } from '../parts.ts';
import { type ChosenAgain, chooseAgain, summariseChoices } from '../runs/choose-again.ts';
import { commitOf, loadRun, saveRun } from '../runs/eval-run.ts';
import { embedderKept } from '../runs/open-bench.ts';
import { openTaughtDatabases } from '../runs/open-taught.ts';
import { predictionsOf } from '../runs/stored-predictions.ts';
import { sideBySide } from '../side-by-side.ts';
import { AT_ONCE, CACHE, count, JSON_LINE, showProgress, untilEnd } from './program.ts';

/** `eval select`: what a selector makes of the candidates of a stored run. */
export const selectCommand = () => {
  const command = new Command('select')
    .description(
      'The answers of a stored run, chosen anew by a model from the candidates that were kept: by the selector of QUERENT_MODEL_ADAPTERS, else by the model itself. Where it chooses none, the run’s own answer stays. Written as a run, so that compare tells them apart (SQLite).',
    )
    .argument('<run>', 'predictions or their .run.json')
    .requiredOption('--databases <folder>', 'holds the databases of its questions')
    .requiredOption('--out <file.jsonl>', 'the answers; the run is stored beside them')
    .option('--model-url <url>', 'an OpenAI-compatible server (QUERENT_MODEL_URL)')
    .option('--model <name>', 'its model (QUERENT_MODEL_NAME)')
    .option('--concurrency <n>', AT_ONCE, count(), 1)
    .option('--cache <folder>', CACHE)
    .option('--json', JSON_LINE);
  return command.action(runs(chooseAll));
};

interface Options {
  readonly databases: string;
  readonly out: string;
  readonly modelUrl?: string;
  readonly model?: string;
  readonly concurrency: number;
  readonly cache?: string;
  readonly json?: true;
}

async function chooseAll(file: string, options: Options, command: Command<[string]>): Promise<ExitCode> {
  const { databases: folder, out, concurrency, cache, json } = options;
  const run = loadRun(file);
  if (run.settings.engine !== 'sqlite') return command.error('The candidates are run on SQLite; this run was not.');
  const pairs = new Map(run.questions.flatMap((one) => readPairs(one, 'sqlite').records).map((one) => [one.id, one]));
  const pools = new Map(readPools(file).records.map((one) => [one.id, one]));
  const models = await modelsOf(options, command);
  const embedder = embedderKept(cache);
  const taught = await untilEnd(
    openTaughtDatabases({ engine: 'sqlite', databases: folder, company: false, addresses: [], tables: [], embedder }),
    (opened) => opened.close(),
  );
  const today = new Date().toISOString().slice(0, 10);
  const settings = { pipeline: EVERY_PIPELINE, seed: 1, personal: true, today, countTokens: openTokenizer() };
  const chosen = new Map<string, ChosenAgain>();
  const left = run.cases.flatMap((before) => {
    const [pair, pool] = [pairs.get(before.id), pools.get(before.id)];
    return pair && pool ? [{ before, pair, pool, databaseId: pair.databaseId }] : [];
  });
  const places = openWhileAsked(
    left,
    (id) => taught.open(id),
    async (place) => place?.close(),
  );
  await sideBySide(left, concurrency, async (one) => {
    const place = await places.of(one);
    if (place) chosen.set(one.before.id, await chooseAgain(one.before, one, place, settings, models));
    await places.done(one);
    showProgress('chosen', chosen.size, run.cases.length);
  });
  const after = run.cases.map((one): ChosenAgain => chosen.get(one.id) ?? { made: one, results: 0 });
  const summary = summariseChoices(run.cases, after);
  const given = predictionsOf(file);
  writeFileSync(
    out,
    after
      .map(
        ({ made: { id }, sql }) =>
          `${JSON.stringify({ ...given.get(id), id, sql: sql ?? given.get(id)?.sql ?? null })}\n`,
      )
      .join(''),
  );
  const about = {
    ...run.settings,
    selector: models.adapters.map(({ model }) => model.id).join() || models.selector.id,
  };
  const at = new Date().toISOString();
  const cases = after.map(({ made }) => made);
  saveRun(out, { version: 1, questions: run.questions, commit: commitOf(), at, settings: about, summary, cases });
  if (json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(12)} ${JSON.stringify(value)}`);
  return 0;
}

async function modelsOf({ modelUrl, model, concurrency }: Options, command: Command<[string]>) {
  const config = readConfig(undefined, {
    ...(modelUrl ? { QUERENT_MODEL_URL: modelUrl } : {}),
    ...(model ? { QUERENT_MODEL_NAME: model } : {}),
    QUERENT_MODEL_TIMEOUT_S: '600',
    QUERENT_MODEL_CONCURRENCY: String(2 * concurrency),
  });
  const server = await openModelServer(config, openTokenizer());
  return server ? server.roles : command.error('Give --model-url and --model: a model chooses.');
}
