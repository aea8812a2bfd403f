// Measures the index itself, and beside it the scheme of the paper that it comes from.
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import type { RetrieveOptions } from '#schemas-index/retrieve/retrieve.ts';
import { type Config, readConfig } from '#src/config/env.ts';
import type { KnownQuestion } from '#src/domain/known-question.ts';
import { DEFAULT_RETRIEVAL, RETRIEVALS, type Retrieval } from '#src/domain/retrieval.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import { chooseDatabase } from '#src/pipeline/stages/choose-database.ts';
import type { ModelServer } from '#src/ports/chat-model.ts';
import type { Embedder } from '#src/ports/embedder.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { NO_VALUES, paperRank, variationsOf, withoutValues } from '../ablation.ts';
import { TITLES, type Titles, titlesOf, untitled } from '../data/add-titles.ts';
import { exploredQuestions } from '../data/explored-questions.ts';
import { AS_ONE, asOneDatabase } from '../data/one-database.ts';
import { type BenchQuestion, readQuestions } from '../data/questions.ts';
import { readScaleCatalog } from '../data/scale-catalog.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { embeddedVectors, keptIn, openEmbedder, openModelServer, openTokenizer } from '../parts.ts';
import { type RetrievalCase, type RetrievalReport, scoreRetrieval } from '../retrieval.ts';
import {
  indexPool,
  productRank,
  type Rank,
  type RetrievalPool,
  runRetrieval,
  storeRank,
  type Variation,
} from '../retrieval-run.ts';
import { BACKENDS, searchOnQdrant } from '../search-on-qdrant.ts';
import { rounded } from '../statistics.ts';
import { sweepClusters } from '../sweep.ts';
import { atEnd, CACHE, JSON_LINE, measuring, Option, RANKED_BY, runMeasuring, showProgress } from './program.ts';

const MODES = ['stable', 'compat', 'lexical', 'dense'] as const;

const program = measuring(
  'bench:retrieval',
  'Indexes the tables, retrieves for every question, and prints recall by full containment; recallTwins counts a table of the same name and columns elsewhere too. Where the questions name an engine, byEngine has the same for each. The embedder is the embedded one, or the server of QUERENT_EMBEDDER_URL.',
)
  .option('--tables <file>', "schemas in Spider's format (tables.json); or --catalog")
  .option('--catalog <file>', 'a catalogue of tables, one JSON object a line (gzip or plain)')
  .requiredOption('--questions <file...>', 'questions with their tables')
  .addOption(
    new Option(
      '--mode <mode>',
      'stable: ours; compat: the paper’s scheme as its authors run it; lexical: words alone, no embeddings; dense: embeddings alone, no words',
    )
      .choices(MODES)
      .default('stable' as const),
  )
  .addOption(new Option('--retrieval <how>', RANKED_BY).choices(RETRIEVALS).default(DEFAULT_RETRIEVAL))
  .option(
    '--explored <file...>',
    'pairs that `explore` wrote over databases of the pool: their questions are looked at too',
  )
  .addOption(
    new Option(
      '--backend <store>',
      'what names the candidates: embedded, or the Qdrant server of QUERENT_QDRANT_URL, which the index is published to (collection querent_bench); sameTen is then the share of questions whose first ten tables are the embedded ones, in order',
    )
      .choices(BACKENDS)
      .default('embedded' as const),
  )
  .addOption(
    new Option(
      '--titles <which>',
      'what is indexed: the plain-English names of --tables, or names alone, as the database spells them',
    )
      .choices(TITLES)
      .default('plain' as const),
  )
  .option('--embedder-url <url>', 'the embedding server, in place of QUERENT_EMBEDDER_URL')
  .option(
    '--sweep',
    'one line each with columns clustered from five thresholds (the paper’s table 8), and with three from which something counts as found; with --retrieval clsr or fused',
  )
  .option('--ablate', 'measure with each part left out or added, one line each')
  .option(
    '--model',
    'let the model of QUERENT_MODEL_URL choose among the databases found, before measuring (without it: no model)',
  )
  .addOption(
    new Option(
      '--as-one <how>',
      'put all schemas of --tables into one database: as its schemas, or by names alone (db_table)',
    ).choices(AS_ONE),
  )
  .option('--cache <folder>', `${CACHE} (indexSeconds then says less)`)
  .option('--json', JSON_LINE);

type Options = ReturnType<typeof program.opts>;

/** What of ours each mode leaves out. */
const WITHOUT: Readonly<Record<Exclude<Options['mode'], 'compat'>, NonNullable<RetrieveOptions['without']>>> = {
  stable: {},
  lexical: { dense: false },
  dense: { lexical: false },
};
const never = new AbortController().signal;

interface Bench {
  readonly known: readonly KnownQuestion[];
  readonly pool: RetrievalPool;
  readonly asked: readonly BenchQuestion[];
  /** The embedder, and it with what it embedded kept. */
  readonly plain: Embedder;
  readonly embedder: Embedder;
  readonly json: boolean;
  /** The Qdrant server that the index is published to and searched on. */
  readonly qdrant?: NonNullable<Config['qdrant']>;
}

async function bench(options: Options): Promise<ExitCode> {
  const over = options.embedderUrl === undefined ? {} : { QUERENT_EMBEDDER_URL: options.embedderUrl };
  const { embedder: server, qdrant, ...config } = readConfig(undefined, over);
  if (options.explored && (options.asOne || options.mode === 'compat'))
    program.error('--explored goes neither with --as-one nor with --mode compat');
  if (options.backend === 'qdrant' && !qdrant) program.error('--backend qdrant needs a server: set QUERENT_QDRANT_URL');
  if (options.backend === 'qdrant' && (options.ablate || options.mode === 'compat'))
    program.error('--backend qdrant goes with neither --ablate nor --mode compat');
  if (options.retrieval !== 'groups' && (options.ablate || options.mode !== 'stable'))
    program.error('--retrieval clsr and fused go with neither --ablate nor another --mode');
  if (options.sweep && (options.retrieval === 'groups' || options.ablate || options.backend === 'qdrant'))
    program.error('--sweep needs --retrieval clsr or fused, and goes with neither --ablate nor --backend qdrant');
  if (options.model && !config.model) program.error('--model needs a model server: set QUERENT_MODEL_URL');
  const { pool, asked } = readPool(options);
  const plain = openEmbedder(server);
  atEnd(() => plain.close());
  await plain.embed(['warm up']); // the model loads once a process, not once an index
  const known = exploredQuestions(options.explored ?? []);
  const opened: Bench = {
    pool,
    asked,
    known,
    plain,
    embedder: keptIn(options.cache, plain),
    json: options.json ?? false,
    ...(options.backend === 'qdrant' && qdrant ? { qdrant } : {}),
  };
  if (options.ablate) await ablate(opened);
  else if (options.sweep) await sweep(opened, options.retrieval);
  else await measure(opened, options, options.model ? await openModelServer(config, openTokenizer()) : undefined);
  return 0;
}

/** What is searched, and what is asked of it. */
function readPool({ tables, catalog, questions, asOne, titles }: Options): Pick<Bench, 'pool' | 'asked'> {
  const asked = questions.flatMap(readQuestions);
  if (tables === undefined && catalog !== undefined && asOne === undefined)
    return { pool: readScaleCatalog(catalog), asked };
  if (tables === undefined || catalog !== undefined)
    return program.error('Either --tables or --catalog is needed, and --as-one goes with --tables');
  const published = readSpiderTables(tables);
  const catalogs = titles === 'names' ? published.map(untitled) : published;
  if (asOne === undefined) return { pool: { catalogs }, asked };
  const one = asOneDatabase(catalogs, asked, asOne);
  return { pool: one, asked: one.questions };
}

const build = (pool: RetrievalPool, { embedder }: Bench) =>
  indexPool(pool, { embedder, vectors: embeddedVectors }, (done, total) => showProgress('embedded', done, total));

/** The ranking with its database chosen by the model. */
function choosing(rank: Rank, { roles }: ModelServer, { pool }: Bench): Rank {
  const catalogOf = (id: string) => pool.catalogs.find(({ databaseId }) => databaseId === id);
  const ports = { model: roles.linker, catalogOf };
  return async (question, vector) => (await chooseDatabase(question, await rank(question, vector), ports, never)).slice;
}

/** The ranking over what a Qdrant server names, and what is said of it. */
async function onQdrant(index: SchemaIndex, { qdrant, embedder, known }: Bench, variation: Variation) {
  if (!qdrant) return undefined;
  const { search, roundTrips } = await searchOnQdrant(index, embedder, qdrant, (done, total) =>
    showProgress('published', done, total),
  );
  const [there, here] = [storeRank(index, search, variation, known), productRank(index, variation, known)];
  const asked = new Map<string, { readonly vector: Float32Array; readonly ten: string }>();
  const rank: Rank = async (question, vector) => {
    const slice = await there(question, vector);
    asked.set(question, { vector, ten: firstTen(slice) });
    return slice;
  };
  const says = async () => {
    let same = 0;
    for (const [question, { vector, ten }] of asked) if (ten === firstTen(await here(question, vector))) same += 1;
    return { roundTrips: rounded(roundTrips() / asked.size, 2), sameTen: rounded(same / asked.size) };
  };
  return { rank, says };
}

const firstTen = ({ tables }: SchemaSlice): string =>
  JSON.stringify(tables.slice(0, 10).map(({ databaseId, table }) => [databaseId, table.schema, table.name]));

async function measure(
  given: Bench,
  { mode, retrieval }: Pick<Options, 'mode' | 'retrieval'>,
  server: ModelServer | undefined,
): Promise<void> {
  const { index, seconds } = await build(given.pool, given);
  const variation = { retrieval, without: mode === 'compat' ? {} : WITHOUT[mode] };
  const qdrant = await onQdrant(index, given, variation);
  const ours = () => productRank(index, variation, given.known);
  const rank = mode === 'compat' ? await paperRank('online', given.pool, given.embedder) : (qdrant?.rank ?? ours());
  const cases = await runRetrieval(given.pool, given.asked, given.plain, server ? choosing(rank, server, given) : rank);
  const engines = [...new Set(cases.flatMap(({ engine }) => engine ?? []))].sort();
  const summary = {
    mode,
    ...(mode === 'compat' ? {} : { retrieval }),
    backend: qdrant ? 'qdrant' : 'embedded',
    titles: titlesOf(given.pool.catalogs),
    embedder: given.plain.id,
    ...(server ? { model: server.name } : {}),
    ...(given.known.length ? { explored: given.known.length } : {}),
    ...summaryOf(scoreRetrieval(cases)),
    ...(engines.length
      ? { byEngine: Object.fromEntries(engines.map((engine) => [engine, engineOf(cases, engine)])) }
      : {}),
    indexSeconds: rounded(seconds, 1),
    memoryMb: Math.round(process.memoryUsage().rss / 2 ** 20),
    roundTrips: 0,
    ...(await qdrant?.says()),
    tables: index.tables.length,
    columns: index.columnCount,
  };
  if (given.json) console.log(JSON.stringify(summary));
  else print(summary);
}

function engineOf(cases: readonly RetrievalCase[], engine: string) {
  const { n, recall, database } = summaryOf(scoreRetrieval(cases.filter((one) => one.engine === engine)));
  return { n, recall, database };
}

function summaryOf(report: RetrievalReport) {
  const shares = (recall: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(recall).map(([k, value]) => [k, rounded(value)]));
  return {
    n: report.n,
    recall: shares(report.recall),
    recallTwins: shares(report.recallTwins),
    coverage10: rounded(report.coverage10),
    database: { '1': rounded(report.database['1']), '3': rounded(report.database['3']) },
    p50Ms: rounded(report.p50Ms, 1),
    p95Ms: rounded(report.p95Ms, 1),
  };
}

type Summary = ReturnType<typeof summaryOf> & {
  readonly titles: Titles;
  readonly byEngine?: Readonly<Record<string, ReturnType<typeof engineOf>>>;
  readonly indexSeconds: number;
  readonly memoryMb: number;
  readonly roundTrips: number;
  readonly sameTen?: number;
  readonly tables: number;
  readonly columns: number;
};

function print({
  n,
  tables,
  columns,
  titles,
  indexSeconds,
  byEngine = {},
  memoryMb,
  roundTrips,
  sameTen,
  ...found
}: Summary): void {
  const indexed = `indexed by their ${titles === 'plain' ? 'plain-English names' : 'identifiers'}`;
  console.log(`${n} questions, ${tables} tables, ${columns} columns, ${indexed} in ${indexSeconds} s`);
  for (const [k, value] of Object.entries(found.recall))
    console.log(`recall@${k.padEnd(2)}    ${value}   with twins ${found.recallTwins[k]}`);
  console.log(
    `coverage@10  ${found.coverage10}\ndatabase@1   ${found.database['1']}\ndatabase@3   ${found.database['3']}`,
  );
  for (const [engine, of] of Object.entries(byEngine))
    console.log(
      `${engine}: ${of.n} questions, database@1 ${of.database['1']}, @3 ${of.database['3']}, recall@15 ${of.recall['15']}`,
    );
  console.log(`retrieval    p50 ${found.p50Ms} ms, p95 ${found.p95Ms} ms, ${memoryMb} MB in memory`);
  if (sameTen !== undefined)
    console.log(`Qdrant       ${roundTrips} round trips a question, the first ten as embedded for ${sameTen}`);
}

/** One line for each pair of thresholds, with the number of clusters. */
async function sweep(given: Bench, retrieval: Retrieval): Promise<void> {
  const { index } = await build(given.pool, given);
  const lines: Record<string, unknown>[] = [];
  for await (const { report, ...line } of sweepClusters({ ...given, index }, given.embedder, { retrieval })) {
    const { recall, database } = summaryOf(report);
    lines.push({ ...line, recall, database });
    if (given.json) continue;
    const shares = Object.values(recall).map((share) => share.toFixed(4));
    console.log(
      `clustered from ${line.clustered}, ${line.clusters} clusters, found from ${line.found}: ${shares.join(' ')}`,
    );
  }
  const titles = titlesOf(given.pool.catalogs);
  if (given.json) console.log(JSON.stringify({ retrieval, titles, embedder: given.plain.id, sweep: lines }));
}

/** One line a variation: what is left out of ours, what is added to it, and the paper's scheme. */
async function ablate(given: Bench): Promise<void> {
  const { index } = await build(given.pool, given);
  const bare = withoutValues(given.pool);
  const lines: Record<string, unknown>[] = [];
  for (const [name, rank] of Object.entries(variationsOf(index, given, async () => (await build(bare, given)).index))) {
    const pool = name === NO_VALUES ? bare : given.pool;
    const cases = await runRetrieval(pool, given.asked, given.embedder, await rank());
    const { recall, database, p50Ms } = summaryOf(scoreRetrieval(cases));
    lines.push({ variation: name, recall, database, p50Ms });
    if (!given.json)
      console.log(
        `${name.padEnd(44)} ${Object.values(recall)
          .map((share) => share.toFixed(4))
          .join(' ')}  database ${database['1']} ${database['3']}`,
      );
  }
  if (given.json) console.log(JSON.stringify({ embedder: given.plain.id, ablation: lines }));
}

program.action(runs(bench));
await runMeasuring(program);
