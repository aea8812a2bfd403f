import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ExploredRecord } from '#adapters/state/sqlite/explored.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { type ExploredPair, MECHANISMS } from '#src/domain/explored-pair.ts';
import { type Explored, explore } from '#src/explore/explore.ts';
import type { Database } from '#src/ports/database.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import type { BenchDatabase, DatabaseSource } from '../data/databases.ts';
import { jsonOf } from '../data/json-lines.ts';
import { sourceOf } from '../data/places.ts';
import { needed, openAddress } from '../parts.ts';
import { rounded } from '../statistics.ts';
import { count, engineOption, JSON_LINE, measuring, runMeasuring, showProgress, untilEnd } from './program.ts';

const program = measuring(
  'explore',
  'Writes questions with their queries over databases, by program over the catalog, and keeps those that run, give something, are explained whole and are new (docs/exploring.md). Needs --out, and --databases or --database-url.',
)
  .option('--database-url <url>', 'one database')
  .option('--databases <folder>', 'holds DB/DB.sqlite, DB.sqlite or DB.sql; each is explored')
  .addOption(engineOption())
  .option('--url <url>', 'a scratch server for scripts (see eval --help)')
  .requiredOption('--out <file.jsonl>', 'the pairs, a line each')
  .option('--pairs <n>', 'so many in all, shared evenly by the databases', count(), 1_000)
  .option('--seed <n>', 'what is drawn; the same draws the same', count(0), 1)
  .option('--resume', 'go on: databases that have their share in --out are passed over')
  .option('--json', JSON_LINE);

const never = new AbortController().signal;

interface Place {
  readonly id: string;
  readonly open: () => Promise<{ readonly database: Database; close(): Promise<void> }>;
}

async function run(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const { out, pairs, seed, resume, json } = options;
  const places = await placesOf(options);
  const share = Math.ceil(pairs / places.length);
  const before = resume && existsSync(out) ? pairsIn(out) : [];
  const isDone = (id: string) => before.filter((pair) => pair.db_id === id).length >= share;
  const kept = before.filter(({ db_id: id }) => isDone(id));
  writeFileSync(out, kept.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  const started = performance.now();
  const all: Explored[] = [];
  for (const [at, { id, open }] of places.entries()) {
    if (isDone(id)) continue;
    const opened = await open();
    const catalog: DatabaseCatalog = needed(await opened.database.catalog({}, never), id);
    const onPair = (pair: ExploredPair, done: number) => {
      appendFileSync(out, `${JSON.stringify(pair)}\n`);
      showProgress('pairs', at * share + done, places.length * share);
    };
    all.push(await explore(opened.database, catalog, { pairs: share, seed: seed + at, onPair }, never));
    await opened.close();
  }
  const summary = summarise(all, kept, (performance.now() - started) / 60_000);
  if (json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(15)} ${JSON.stringify(value)}`);
  return 0;
}

const pairsIn = (file: string): readonly ExploredPair[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => ExploredRecord.safeParse(jsonOf(line)).data ?? []);

async function placesOf({
  databaseUrl,
  databases,
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
  if (databases === undefined) return program.error('--databases or --database-url is needed.');
  const source: DatabaseSource = await untilEnd(sourceOf(engine, databases, url), (opened) => opened.close());
  const withClose = (one: BenchDatabase) => ({ database: one.product, close: () => one.close() });
  return databasesIn(databases).map((id) => ({ id, open: async () => withClose(await source.open(id)) }));
}

/** The names of the databases of a folder. */
const databasesIn = (folder: string): readonly string[] =>
  [...new Set(readdirSync(folder).map((name) => path.parse(name).name))].sort();

function summarise(all: readonly Explored[], kept: readonly ExploredPair[], minutes: number) {
  const pairs = [...kept, ...all.flatMap((one) => one.pairs)];
  const rejected = all.flatMap((one) => one.rejected);
  const counts = (of: readonly string[]) =>
    Object.fromEntries([...Map.groupBy(of, (one) => one)].map(([name, list]) => [name, list.length]));
  const mean = (of: (one: Explored) => number) =>
    rounded(all.reduce((sum, one) => sum + of(one), 0) / Math.max(1, all.length));
  const share = (check: string) =>
    rounded(pairs.filter(({ checks }) => checks.includes(check)).length / Math.max(1, pairs.length));
  return {
    pairs: pairs.length,
    byMechanism: Object.fromEntries(
      MECHANISMS.map((one) => [one, pairs.filter(({ mechanism }) => mechanism === one).length]),
    ),
    accepted: rounded(pairs.length / Math.max(1, pairs.length + rejected.length)),
    rejected: counts(rejected.map(({ stage }) => stage)),
    byShape: counts(pairs.flatMap(({ shape }) => shape ?? [])),
    columnsCovered: mean((one) => one.columnsCovered),
    joinsCovered: mean((one) => one.joinsCovered),
    executable: share('executed'),
    certified: share('explained whole'),
    minutes: rounded(minutes, 2),
    calls: 0,
    tokens: 0,
  };
}

program.action(runs(run));
await runMeasuring(program);
