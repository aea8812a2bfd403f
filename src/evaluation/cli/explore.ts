import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ExploredRecord } from '#adapters/state/sqlite/explored.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import {
  type Acceptance,
  type ExploredPair,
  MECHANISMS,
  type Mechanism,
  MODEL_MECHANISMS,
  poorMechanisms,
} from '#src/domain/explored-pair.ts';
import { type Failure, sayFailure } from '#src/domain/failure.ts';
import { type Explored, explore } from '#src/explore/explore.ts';
import type { Database } from '#src/ports/database.ts';
import { type ExitCode, nameList, runs } from '#src/terminal/command.ts';
import { complain } from '#src/terminal/terminal.ts';
import { openCompany } from '../data/company-databases.ts';
import type { BenchDatabase, DatabaseSource } from '../data/databases.ts';
import { jsonOf } from '../data/json-lines.ts';
import { sourceOf } from '../data/places.ts';
import { mechanismsNamed, openExploringModel, partOf } from '../explore-model.ts';
import { needed, openAddress } from '../parts.ts';
import { rounded } from '../statistics.ts';
import {
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
  'explore',
  'Writes questions with their queries over databases, by program over the catalog and, with --model-url, by a model, and keeps those that run, give something, are explained whole and are new (docs/exploring.md). Needs --out, and --databases, --database-url or --company.',
)
  .option('--database-url <url>', 'one database')
  .option('--databases <folder>', 'holds DB/DB.sqlite, DB.sqlite or DB.sql; each is explored')
  .option('--company', 'the sample company’s databases')
  .addOption(engineOption())
  .option('--url <url>', 'a scratch server for scripts (see eval --help)')
  .requiredOption('--out <file.jsonl>', 'the pairs, a line each')
  .option('--pairs <n>', 'so many in all, shared evenly by the databases', count(), 1_000)
  .option('--seed <n>', 'what is drawn; the same draws the same', count(0), 1)
  .option('--model-url <url>', 'an OpenAI-compatible server whose model words questions and writes some itself')
  .option('--model <name>', 'its model')
  .addOption(
    new Option(
      '--mechanisms <names>',
      `of ${MECHANISMS.join(', ')}, with commas between them; all, with a model`,
    ).argParser(nameList),
  )
  .option('--calls <n>', 'ask the model so often at most; what is missing then is written by program', count(), 2_000)
  .option('--tokens <n>', 'so many tokens, read and written, at most', count(), 2_000_000)
  .option('--minutes <n>', 'so many minutes with the model at most', count(), 60)
  .option('--rejected <file.jsonl>', 'what was not kept and why, a line each')
  .option('--cache <folder>', CACHE)
  .option('--resume', 'go on from what there is in --out')
  .option('--json', JSON_LINE);

const never = new AbortController().signal;

interface Place {
  readonly id: string;
  readonly open: () => Promise<{ readonly database: Database; close(): Promise<void> }>;
}

async function run(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const { out, pairs, seed, resume, json, calls, tokens, minutes } = options;
  const mechanisms = mechanismsOf(options);
  const model = await modelOf(options);
  const places = await placesOf(options);
  if (!places.length) return program.error(`${options.databases} holds no database.`);
  const share = Math.ceil(pairs / places.length);
  const before = resume && existsSync(out) ? pairsIn(out) : [];
  writeFileSync(out, linesOf(before));
  if (options.rejected !== undefined) writeFileSync(options.rejected, '');
  const started = performance.now();
  const minutesSoFar = () => (performance.now() - started) / 60_000;
  const all: Explored[] = [];
  let [read, ended]: [number, Failure | undefined] = [0, undefined];
  for (const [at, { id, open }] of places.entries()) {
    const ownOf = (name: string) => before.filter((pair) => pair.db_id === name);
    if (ownOf(id).length >= share || ended) continue;
    const opened = await open();
    const extracted = await opened.database.catalog({}, never);
    if (!extracted.ok) {
      // One that cannot be read keeps no other from being explored.
      complain(`${id}: ${sayFailure(extracted.failure)}`);
      await opened.close();
      continue;
    }
    const catalog: DatabaseCatalog = extracted.value;
    read += 1;
    const onPair = (pair: ExploredPair, done: number) => {
      appendFileSync(out, linesOf([pair]));
      showProgress('pairs', at * share + done, places.length * share);
    };
    const left = partOf({ calls, tokens, minutes }, { ...spentOn(all), minutes: minutesSoFar() }, places.length - at);
    const settings = { pairs: share, seed: seed + at, before: ownOf(catalog.databaseId), mechanisms, onPair };
    const writing = model ? { model: model.within(left) } : {};
    const explored = await explore(opened.database, catalog, { ...settings, ...writing }, never);
    all.push(explored);
    ({ ended } = explored);
    if (options.rejected !== undefined)
      appendFileSync(options.rejected, linesOf(explored.rejected.map((one) => ({ db_id: id, ...one }))));
    await opened.close();
  }
  const passedOver = before.filter((pair) => !all.some((one) => one.pairs.includes(pair)));
  const summary = summarise(all, passedOver, minutesSoFar());
  for (const poor of poorMechanisms(summary.byMechanismAccepted)) complain(poor);
  if (json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(15)} ${JSON.stringify(value)}`);
  if (!ended) return read || passedOver.length ? 0 : 1;
  complain(`${sayFailure(ended)} What was made is kept; --resume goes on.`);
  return 1;
}

const linesOf = (records: readonly object[]): string => records.map((one) => `${JSON.stringify(one)}\n`).join('');

const spentOn = (all: readonly Explored[]) => ({
  calls: all.reduce((sum, one) => sum + one.calls, 0),
  tokens: all.reduce((sum, one) => sum + one.tokens, 0),
});

/** What writes; wrong usage where that needs a model and there is none. */
function mechanismsOf({ mechanisms: names, modelUrl }: ReturnType<typeof program.opts>): readonly Mechanism[] {
  const mechanisms = names ? mechanismsNamed(names) : modelUrl === undefined ? (['structural'] as const) : MECHANISMS;
  if (typeof mechanisms === 'string')
    return program.error(`There is no mechanism ${mechanisms}; there are ${MECHANISMS.join(', ')}.`);
  if (modelUrl === undefined && mechanisms.some((one) => one !== 'structural'))
    return program.error(`${MODEL_MECHANISMS.join(' and ')} need a model: give --model-url URL and --model NAME.`);
  return mechanisms;
}

const modelOf = async ({ modelUrl, model, cache }: ReturnType<typeof program.opts>) =>
  modelUrl === undefined
    ? undefined
    : await untilEnd(openExploringModel({ modelUrl, model, cache }), (opened) => opened.close());

const pairsIn = (file: string): readonly ExploredPair[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => ExploredRecord.safeParse(jsonOf(line)).data ?? []);

async function placesOf({
  databaseUrl,
  databases,
  company,
  engine,
  url,
}: ReturnType<typeof program.opts>): Promise<readonly Place[]> {
  if (databaseUrl !== undefined) {
    const open = async () => {
      const database = needed(await openAddress(databaseUrl));
      return { database, close: () => database.close() };
    };
    return [{ id: databaseUrl, open }];
  }
  if (company) {
    const opened = await untilEnd(openCompany(), (one) => one.close());
    return [...opened.databases].map(([id, { databases: one }]) => ({
      id,
      open: async () => ({ database: one.product, close: async () => undefined }),
    }));
  }
  if (databases === undefined) return program.error('--databases, --database-url or --company is needed.');
  const source: DatabaseSource = await untilEnd(sourceOf(engine, databases, url), (opened) => opened.close());
  const withClose = (one: BenchDatabase) => ({ database: one.product, close: () => one.close() });
  return databasesIn(databases).map((id) => ({ id, open: async () => withClose(await source.open(id)) }));
}

/** The names of the databases of a folder. */
const databasesIn = (folder: string): readonly string[] =>
  [...new Set(readdirSync(folder).map((name) => path.parse(name).name))].sort();

/** @param passedOver pairs of databases that had their share before. */
function summarise(all: readonly Explored[], passedOver: readonly ExploredPair[], minutes: number) {
  const pairs = [...passedOver, ...all.flatMap((one) => one.pairs)];
  const rejected = all.flatMap((one) => one.rejected);
  const counts = (of: readonly string[]) =>
    Object.fromEntries([...Map.groupBy(of, (one) => one)].map(([name, list]) => [name, list.length]));
  const mean = (of: (one: Explored) => number) =>
    rounded(all.reduce((sum, one) => sum + of(one), 0) / Math.max(1, all.length));
  const share = (check: string) =>
    rounded(pairs.filter(({ checks }) => checks.includes(check)).length / Math.max(1, pairs.length));
  const sum = (of: (one: Explored) => Acceptance): Acceptance => ({
    kept: all.reduce((total, one) => total + of(one).kept, 0),
    of: all.reduce((total, one) => total + of(one).of, 0),
  });
  return {
    pairs: pairs.length,
    byMechanism: Object.fromEntries(
      MECHANISMS.map((one) => [one, pairs.filter(({ mechanism }) => mechanism === one).length]),
    ),
    accepted: rounded(pairs.length / Math.max(1, pairs.length + rejected.length)),
    byMechanismAccepted: {
      structural: sum(({ acceptance }) => acceptance.structural),
      semantic: sum(({ acceptance }) => acceptance.semantic),
      progressive: sum(({ acceptance }) => acceptance.progressive),
    },
    worded: sum(({ worded }) => worded),
    rejected: counts(rejected.map(({ stage }) => stage)),
    byShape: counts(pairs.flatMap(({ shape }) => shape ?? [])),
    columnsCovered: mean((one) => one.columnsCovered),
    joinsCovered: mean((one) => one.joinsCovered),
    executable: share('executed'),
    certified: share('explained whole'),
    minutes: rounded(minutes, 2),
    ...spentOn(all),
  };
}

program.action(runs(run));
await runMeasuring(program);
