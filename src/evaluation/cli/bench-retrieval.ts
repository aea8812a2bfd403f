import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { openOpenAiEmbedder } from '#adapters/embedder/open-openai-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { openModels } from '#adapters/model/open-models.ts';
import { openTokenizer } from '#adapters/model/open-tokenizer.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { buildPaperIndex, type ClsrClusterMode, rankByPaper } from '#schemas-index/clsr/clsr-scheme.ts';
import type { SchemaIndex } from '#schemas-index/index/schema-index.ts';
import type { RetrieveOptions } from '#schemas-index/retrieve/retrieve.ts';
import { readConfig } from '#src/config/env.ts';
import type { Table } from '#src/domain/catalog.ts';
import { chooseDatabase } from '#src/pipeline/stages/choose-database.ts';
import { asOneDatabase } from '../data/one-database.ts';
import { type BenchQuestion, readQuestions } from '../data/questions.ts';
import { readScaleCatalog } from '../data/scale-catalog.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { readSynonyms } from '../data/wordnet.ts';
import { type RetrievalCase, type RetrievalReport, scoreRetrieval } from '../retrieval.ts';
import { indexPool, productRank, type Rank, type RetrievalPool, runRetrieval } from '../retrieval-run.ts';
import { readArguments, rounded, showProgress, stopWith } from './terminal.ts';

const MODES = ['stable', 'compat', 'lexical', 'dense'] as const;
type Mode = (typeof MODES)[number];

const USAGE = `Usage: npm run -s bench:retrieval -- --tables FILE | --catalog FILE.jsonl.gz  --questions FILE [--questions FILE …]
       [--mode ${MODES.join('|')}] [--ablate] [--model] [--as-one schemas|names] [--cache DIR] [--json]
Indexes the tables, retrieves for every question, and prints recall by full containment;
recallTwins counts a table of the same name and columns elsewhere too. Where the questions name an engine, byEngine has
the same for each. The embedder is the embedded one, or the server of QUERENT_EMBEDDER_URL.
  --tables     schemas in Spider's format (tables.json)
  --catalog    a catalogue of tables, one JSON object a line (gzip or plain)
  --mode       stable: ours (default); compat: the paper's scheme as its authors run it; lexical: words alone, no embeddings;
               dense: embeddings alone, no words
  --ablate     measure with each part left out or added, one line each
  --model      let the model of QUERENT_MODEL_URL choose among the databases found, before measuring (without it: no model)
  --as-one     put all schemas of --tables into one database: as its schemas, or by names alone (db_table)
  --cache      keep embeddings in this folder between runs (indexSeconds then says less)
  --json       the last line is one JSON object`;

const NO_VALUES = 'without stored values';
/** The paper's scheme searches every column once for every column name that matches: beyond this it takes minutes a question. */
const PAPER_COLUMNS = 20_000;

const args = readArguments(USAGE, {
  tables: { type: 'string' },
  catalog: { type: 'string' },
  questions: { type: 'string', multiple: true },
  mode: { type: 'string' },
  ablate: { type: 'boolean' },
  model: { type: 'boolean' },
  'as-one': { type: 'string' },
  cache: { type: 'string' },
  json: { type: 'boolean' },
});

if (!args.questions?.length || Boolean(args.tables) === Boolean(args.catalog)) stopWith(USAGE);
const mode = (args.mode ?? 'stable') as Mode;
if (!MODES.includes(mode)) stopWith(`--mode ${mode} is not known.\n${USAGE}`);
const asOne = args['as-one'];
if (asOne !== undefined && ((asOne !== 'schemas' && asOne !== 'names') || !args.tables)) stopWith(USAGE);
const questions = args.questions.flatMap(readQuestions);
const separate: RetrievalPool = args.tables
  ? { catalogs: readSpiderTables(args.tables) }
  : readScaleCatalog(args.catalog!);
const one = asOne ? asOneDatabase(separate.catalogs, questions, asOne as 'schemas' | 'names') : undefined;
const pool = one ?? separate;
const asked: readonly BenchQuestion[] = one?.questions ?? questions;

const { embedder: server, model: chat, home } = readConfig();
if (args.model && !chat) stopWith(`--model needs a model server: set QUERENT_MODEL_URL.\n${USAGE}`);
const plain = server ? openOpenAiEmbedder(server) : openUseLite();
await plain.embed(['warm up']); // the model loads once a process, not once an index
const embedder = args.cache ? cachedEmbedder(plain, args.cache) : plain;
const never = new AbortController().signal;
const build = (from: RetrievalPool) =>
  indexPool(from, { embedder, vectors: embeddedVectors }, (done, total) => showProgress('embedded', done, total));
const run = (rank: Rank, by = plain, over: RetrievalPool = pool) => runRetrieval(over, asked, by, rank);
async function paper(clusters: ClsrClusterMode): Promise<Rank> {
  const index = await buildPaperIndex(pool.catalogs, embedder, never);
  return (question, vector) => rankByPaper(index, question, vector, { limit: 15, mode: clusters });
}

if (args.ablate) await ablate();
else await measure();
await embedder.close();

/** The ranking with its database chosen by the model. */
function choosing(rank: Rank): Rank {
  const { linker: model } = openModels(chat!, home, openTokenizer());
  const catalogOf = (id: string) => pool.catalogs.find(({ databaseId }) => databaseId === id);
  return async (question, vector) =>
    (await chooseDatabase(question, await rank(question, vector), { model, catalogOf }, never)).slice;
}

async function measure(): Promise<void> {
  const { index, seconds } = await build(pool);
  const rank =
    mode === 'compat'
      ? await paper('online')
      : productRank(index, {
          without: mode === 'lexical' ? { dense: false } : mode === 'dense' ? { lexical: false } : {},
        });
  const cases = await run(args.model ? choosing(rank) : rank);
  const report = scoreRetrieval(cases);
  const engines = [...new Set(cases.flatMap(({ engine }) => engine ?? []))].sort();
  const summary = {
    mode,
    ...(args.model ? { model: chat!.name } : {}),
    ...summaryOf(report),
    ...(engines.length
      ? { byEngine: Object.fromEntries(engines.map((engine) => [engine, engineOf(cases, engine)])) }
      : {}),
    indexSeconds: rounded(seconds, 1),
    tables: index.tables.length,
    columns: index.tableOfColumn.length,
  };
  if (args.json) return console.log(JSON.stringify(summary));
  console.log(
    `${summary.n} questions, ${summary.tables} tables, ${summary.columns} columns, indexed in ${summary.indexSeconds} s`,
  );
  for (const [k, value] of Object.entries(summary.recall))
    console.log(`recall@${k.padEnd(2)}    ${value}   with twins ${summary.recallTwins[k]}`);
  console.log(
    `coverage@10  ${summary.coverage10}\ndatabase@1   ${summary.database['1']}\ndatabase@3   ${summary.database['3']}`,
  );
  for (const [engine, of] of Object.entries(summary.byEngine ?? {}))
    console.log(
      `${engine}: ${of.n} questions, database@1 ${of.database['1']}, @3 ${of.database['3']}, recall@15 ${of.recall['15']}`,
    );
  console.log(`retrieval    p50 ${summary.p50Ms} ms, p95 ${summary.p95Ms} ms`);
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

/** The pool with no sampled values, under the same ids. */
function withoutValues({ catalogs, ids }: RetrievalPool): RetrievalPool {
  const bareIds = new Map<Table, string>();
  const bare = (table: Table): Table => {
    const made = { ...table, columns: table.columns.map((column) => ({ ...column, values: [] })) };
    const id = ids?.get(table);
    if (id !== undefined) bareIds.set(made, id);
    return made;
  };
  const made = catalogs.map((catalog) => ({ ...catalog, tables: catalog.tables.map(bare) }));
  return { catalogs: made, ...(ids ? { ids: bareIds } : {}) };
}

/** One line a variation: what is left out of ours, what is added to it, and the paper's scheme. */
async function ablate(): Promise<void> {
  const { index } = await build(pool);
  const varied = (variation: Pick<RetrieveOptions, 'without' | 'extras'>, from: SchemaIndex = index) =>
    productRank(from, variation);
  const hasValues = pool.catalogs.some(({ tables }) =>
    tables.some(({ columns }) => columns.some((one) => one.values.length)),
  );
  const bare = withoutValues(pool);
  const variations: Record<string, () => Promise<Rank>> = {
    'ours (stable)': async () => varied({}),
    'BM25 alone, tables one by one': async () => varied({ without: { dense: false, groups: false } }),
    'dense alone, tables one by one': async () => varied({ without: { lexical: false, groups: false } }),
    'hybrid, tables one by one': async () => varied({ without: { groups: false } }),
    'without dense (lexical)': async () => varied({ without: { dense: false } }),
    'without words (dense)': async () => varied({ without: { lexical: false } }),
    'without key bridges': async () => varied({ without: { keys: false } }),
    'with cluster weights': async () => varied({ extras: { clusterWeights: true } }),
    'with WordNet synonyms': async () =>
      varied({ extras: { synonyms: readSynonyms((stem) => index.mentions.has(stem)) } }),
    ...(hasValues ? { [NO_VALUES]: async () => varied({}, (await build(bare)).index) } : {}),
    ...(index.tableOfColumn.length <= PAPER_COLUMNS
      ? {
          'the paper’s scheme, clusters counted online': () => paper('online'),
          'the paper’s scheme, clusters stored': () => paper('offline'),
        }
      : {}),
  };
  const lines: Record<string, unknown>[] = [];
  for (const [name, rank] of Object.entries(variations)) {
    const { recall, database, p50Ms } = summaryOf(
      scoreRetrieval(await run(await rank(), embedder, name === NO_VALUES ? bare : pool)),
    );
    lines.push({ variation: name, recall, database, p50Ms });
    if (!args.json)
      console.log(
        `${name.padEnd(44)} ${Object.values(recall)
          .map((share) => share.toFixed(4))
          .join(' ')}  database ${database['1']} ${database['3']}`,
      );
  }
  if (args.json) console.log(JSON.stringify({ embedder: plain.id, ablation: lines }));
}
