import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { readQuestions } from '../data/questions.ts';
import { readScaleCatalog } from '../data/scale-catalog.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { scoreRetrieval } from '../retrieval.ts';
import { indexPool, type RetrievalPool, runRetrieval } from '../retrieval-run.ts';
import { readArguments, rounded, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s bench:retrieval -- --tables FILE | --catalog FILE.jsonl.gz  --questions FILE [--questions FILE …]
       [--cache DIR] [--json]
Indexes the tables, retrieves for every question without any model, and prints recall by full containment;
recallTwins counts a table of the same name and columns elsewhere too.
  --tables     schemas in Spider's format (tables.json)
  --catalog    a catalogue of tables, one JSON object a line (gzip or plain)
  --cache      keep embeddings in this folder between runs (indexSeconds then says less)
  --json       the last line is one JSON object`;

const args = readArguments(USAGE, {
  tables: { type: 'string' },
  catalog: { type: 'string' },
  questions: { type: 'string', multiple: true },
  cache: { type: 'string' },
  json: { type: 'boolean' },
});

if (!args.questions?.length || Boolean(args.tables) === Boolean(args.catalog)) stopWith(USAGE);
const questions = args.questions.flatMap(readQuestions);
const pool: RetrievalPool = args.tables ? { catalogs: readSpiderTables(args.tables) } : readScaleCatalog(args.catalog!);

const plain = openUseLite();
await plain.embed(['warm up']); // the model loads once a process, not once an index
const embedder = args.cache ? cachedEmbedder(plain, args.cache) : plain;
const { index, seconds } = await indexPool(pool, { embedder, vectors: embeddedVectors }, (done, total) =>
  showProgress('embedded', done, total),
);
const report = scoreRetrieval(await runRetrieval(index, pool, questions, plain));
await embedder.close();

const shares = (recall: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(recall).map(([k, value]) => [k, rounded(value)]));
const summary = {
  n: report.n,
  recall: shares(report.recall),
  recallTwins: shares(report.recallTwins),
  coverage10: rounded(report.coverage10),
  database: { '1': rounded(report.database['1']), '3': rounded(report.database['3']) },
  p50Ms: rounded(report.p50Ms, 1),
  p95Ms: rounded(report.p95Ms, 1),
  indexSeconds: rounded(seconds, 1),
  tables: index.tables.length,
  columns: index.tableOfColumn.length,
};
if (args.json) console.log(JSON.stringify(summary));
else {
  console.log(
    `${summary.n} questions, ${summary.tables} tables, ${summary.columns} columns, indexed in ${summary.indexSeconds} s`,
  );
  for (const [k, value] of Object.entries(summary.recall))
    console.log(`recall@${k.padEnd(2)}    ${value}   with twins ${summary.recallTwins[k]}`);
  console.log(
    `coverage@10  ${summary.coverage10}\ndatabase@1   ${summary.database['1']}\ndatabase@3   ${summary.database['3']}`,
  );
  console.log(`retrieval    p50 ${summary.p50Ms} ms, p95 ${summary.p95Ms} ms`);
}
