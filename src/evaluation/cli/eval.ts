import { createWriteStream, openSync } from 'node:fs';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { openTokenizer } from '#adapters/model/open-tokenizer.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import type { Answer } from '#src/domain/answer.ts';
import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { stepText } from '#src/domain/edl.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { OPERATOR, type Question } from '#src/domain/question.ts';
import { answer } from '#src/pipeline/answer.ts';
import type { BenchDatabase } from '../data/databases.ts';
import { sourceOf } from '../data/places.ts';
import { type BenchQuestion, readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { isRight, type Outcome, runGold, scoreAccuracy } from '../execution-accuracy.ts';
import { atEnd, readArguments, rounded, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s eval -- --questions FILE --databases DIR --out predictions.jsonl
       [--engine sqlite|postgres|mysql] [--url URL] [--tables FILE --union] [--pipeline planner] [--limit N] [--json]
Asks every question through the product's pipeline and compares the rows with those of the gold query (execution
accuracy, metrics.md section 1, DISTINCT kept).
  --databases  holds DB/DB.sqlite, DB.sqlite or DB.sql (loaded into a fresh database, dropped after)
  --url        a scratch server (PostgreSQL starts embedded without it, MariaDB where it is installed); on MariaDB the
               databases of the questions are made anew under their own names
  --union      hide the database: it is retrieved among all schemas of --tables, and never asked back about
  --json       the last line is one JSON object`;

const args = readArguments(USAGE, {
  questions: { type: 'string' },
  databases: { type: 'string' },
  out: { type: 'string' },
  engine: { type: 'string', default: 'sqlite' },
  url: { type: 'string' },
  tables: { type: 'string' },
  union: { type: 'boolean' },
  pipeline: { type: 'string', default: 'planner' },
  limit: { type: 'string' },
  json: { type: 'boolean' },
});
if (!args.questions || !args.databases || !args.out) stopWith(USAGE);
if (!['sqlite', 'postgres', 'mysql', 'mariadb'].includes(args.engine))
  stopWith(`--engine ${args.engine} is not known: use sqlite, postgres, mysql or mariadb.`);
if (args.pipeline !== 'planner')
  stopWith(`--pipeline ${args.pipeline} is not known: the built-in planner is the only one yet.`);
if (args.union && !args.tables) stopWith('--union needs --tables FILE, the schemas to search.');

const never = new AbortController().signal;
const out = createWriteStream(args.out, { fd: openSync(args.out, 'w') });
const questions = readQuestions(args.questions).slice(0, args.limit ? Number(args.limit) : undefined);
const source = await sourceOf(args.engine as Engine, args.databases, args.url);
atEnd(() => source.close());
const schemas = args.tables ? readSpiderTables(args.tables) : [];
const opened = new Map<string, { readonly databases: BenchDatabase; readonly catalog: DatabaseCatalog }>();
const embedder = openUseLite();

async function open(id: string) {
  const known = opened.get(id);
  if (known) return known;
  const databases = await source.open(id);
  const extracted = await databases.product.catalog({}, never);
  if (!extracted.ok) throw new Error(`${id}: ${sayFailure(extracted.failure)}`);
  const made = { databases, catalog: titled(extracted.value) };
  opened.set(id, made);
  return made;
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

function ask(question: BenchQuestion): Question {
  return {
    text: question.question,
    asker: OPERATOR,
    earlier: [],
    notDatabases: [],
    today: new Date().toISOString().slice(0, 10),
    ...(args.union ? {} : { databaseId: question.db_id ?? '' }),
  };
}

const retriever = await retrieverFor(questions.map((question) => question.db_id ?? ''));
const readable = [
  ...new Set([
    ...questions.map((question) => question.db_id ?? ''),
    ...(args.union ? schemas.map((one) => one.databaseId) : []),
  ]),
];
const ports = {
  retriever,
  database: (id: string) => opened.get(id)?.databases.product,
  readable: () => readable,
  outcomes: () => [],
  factsOf: () => ({}),
  askingPrice: () => 1,
  countTokens: openTokenizer(),
};
const outcomes: Outcome[] = [];
let goldFailed = 0;

for (const [at, question] of questions.entries()) {
  const id = question.db_id ?? '';
  const { databases, catalog } = await open(id);
  const gold = await runGold(question, catalog, databases);
  const started = performance.now();
  const given = await answer(ask(question), ports, { neverAsk: true }, never);
  const ms = performance.now() - started;
  out.write(`${JSON.stringify({ id: question.id, db_id: id, ...prediction(given) })}\n`);
  showProgress('asked', at + 1, questions.length);
  if (!gold.length) {
    goldFailed += 1;
    continue;
  }
  const chosen = given.kind === 'answer' || given.kind === 'failure' ? given.databaseId : undefined;
  outcomes.push({
    level: question.hardness ?? question.difficulty ?? question.category ?? 'all',
    answered: given.kind === 'answer',
    right: given.kind === 'answer' && chosen === id && isRight(gold, given.table),
    goldEmpty: gold.every(({ table }) => table.rows.length === 0),
    databaseRight: chosen === id,
    ms,
  });
}

function prediction(given: Answer) {
  const wouldAsk = given.trace.some((entry) => entry.stage === 'clarify' && /near each other/.test(entry.note));
  if (given.kind === 'answer')
    return { sql: given.sql, edl: given.edl.steps.map(stepText), ...(wouldAsk ? { wouldAsk } : {}) };
  if (given.kind === 'clarification' || given.kind === 'outcomes')
    return { sql: null, edl: [], declined: true, reason: given.prompt, wouldAsk: true };
  if (given.kind === 'catalog') return { sql: null, edl: [], declined: true, reason: given.text };
  return {
    sql: given.sql ?? null,
    edl: [],
    declined: true,
    reason: sayFailure(given.failure),
    ...(wouldAsk ? { wouldAsk } : {}),
  };
}

await new Promise((resolve) => out.end(resolve));
for (const { databases } of opened.values()) await databases.close();
await source.close();
await embedder.close();

const report = scoreAccuracy(outcomes);
const summary = {
  n: report.n,
  goldFailed,
  answered: report.answered,
  ex: rounded(report.ex),
  exOfAnswered: rounded(report.exOfAnswered),
  exNonEmpty: rounded(report.exNonEmpty),
  exOfAnsweredNonEmpty: rounded(report.exOfAnsweredNonEmpty),
  databaseRight: rounded(report.databaseRight),
  byHardness: Object.fromEntries(
    Object.entries(report.byHardness).map(([level, one]) => [level, { ...one, ex: rounded(one.ex) }]),
  ),
  p50Ms: rounded(report.p50Ms, 1),
  p95Ms: rounded(report.p95Ms, 1),
};
if (args.json) console.log(JSON.stringify(summary));
else {
  console.log(`${summary.n} questions (${goldFailed} left out: gold failed), ${summary.answered} answered`);
  console.log(`execution accuracy   ${summary.ex} of all, ${summary.exOfAnswered} of those answered`);
  console.log(`gold not empty       ${summary.exNonEmpty} of all, ${summary.exOfAnsweredNonEmpty} of those answered`);
  console.log(`right database       ${summary.databaseRight}`);
  for (const [level, one] of Object.entries(summary.byHardness))
    console.log(`  ${level.padEnd(20)} ${one.ex} of ${one.n}, ${one.answered} answered`);
  console.log(`per question         p50 ${summary.p50Ms} ms, p95 ${summary.p95Ms} ms`);
}
