import { cachedEmbedder } from '#adapters/embedder/cached-embedder.ts';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { openTokenizer, TOKENIZER } from '#adapters/model/open-tokenizer.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { buildIndex } from '#schemas-index/index/build-index.ts';
import { indexRetriever } from '#schemas-index/retrieve/index-retriever.ts';
import { type MSchema, mSchemaText } from '#src/domain/m-schema.ts';
import type { LinkedSchema } from '#src/domain/schema-slice.ts';
import { LINK_SETTINGS, link, rank } from '#src/pipeline/stages/link.ts';
import { fitSchema } from '#src/pipeline/support/linking/fit-schema.ts';
import type { AskedQuestion } from '#src/prompts/question-block.ts';
import { writeEdlPrompt } from '#src/prompts/write-edl.ts';
import { writeSqlPrompt } from '#src/prompts/write-sql.ts';
import { asOneDatabase } from '../data/one-database.ts';
import { readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { goldQueries } from '../data/statements.ts';
import { percentile } from '../retrieval.ts';
import { goldColumns } from '../runs/eval-case.ts';
import { readArguments, rounded, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s bench:linking -- --tables FILE --questions FILE [--questions FILE …] [--as-one schemas|names]
       [--whole-tokens N] [--budget-tokens N] [--hints] [--limit N] [--cache DIR] [--json]
What linking leaves of the right database's schema for a prompt, without a model: recall and precision of the columns
that the gold query uses (docs/sources.md#linking-recall), and the tokens of the schema and of the prompts, counted by
${TOKENIZER}.
  --as-one        all schemas of --tables as one database
  --whole-tokens  a schema no longer than this is shown whole (default ${LINK_SETTINGS.wholeTokens}); 0 links always
  --hints         give the question's evidence to linking`;

const args = readArguments(USAGE, {
  tables: { type: 'string' },
  questions: { type: 'string', multiple: true },
  'as-one': { type: 'string' },
  'whole-tokens': { type: 'string' },
  'budget-tokens': { type: 'string' },
  hints: { type: 'boolean' },
  limit: { type: 'string' },
  cache: { type: 'string' },
  json: { type: 'boolean' },
});
if (!args.tables || !args.questions?.length) stopWith(USAGE);
const asOne = args['as-one'];
if (asOne !== undefined && asOne !== 'schemas' && asOne !== 'names') stopWith(USAGE);
const settings = {
  ...LINK_SETTINGS,
  rounds: 0,
  ...(args['whole-tokens'] === undefined ? {} : { wholeTokens: Number(args['whole-tokens']) }),
  ...(args['budget-tokens'] === undefined ? {} : { budgetTokens: Number(args['budget-tokens']) }),
};
const separate = readSpiderTables(args.tables);
const read = args.questions.flatMap(readQuestions).slice(0, args.limit ? Number(args.limit) : undefined);
const one = asOne ? asOneDatabase(separate, read, asOne as 'schemas' | 'names') : undefined;
const catalogs = one?.catalogs ?? separate;
const questions = one?.questions ?? read;
const never = new AbortController().signal;
const plain = openUseLite();
const embedder = args.cache ? cachedEmbedder(plain, args.cache) : plain;
const countTokens = openTokenizer();
const index = await buildIndex(
  catalogs,
  { embedder, vectors: embeddedVectors },
  (done, total) => showProgress('embedded', done, total),
  never,
);
const retriever = indexRetriever(index, embedder);

interface Measured {
  readonly recall: number;
  readonly strict: boolean;
  readonly precision: number;
  readonly tableRecall: boolean;
  readonly whole: boolean;
  readonly schemaTokens: number;
  readonly directTokens: number;
  readonly edlTokens: number;
}

const measured: Measured[] = [];
for (const [at, question] of questions.entries()) {
  showProgress('linked', at + 1, questions.length);
  const databaseId = asOne ? catalogs[0]!.databaseId : (question.db_id ?? '');
  const own = separate.find((catalog) => catalog.databaseId === read[at]!.db_id);
  const [gold] = goldQueries(question.sql, 'sqlite');
  if (!own || !gold || !retriever.catalogOf(databaseId)) continue;
  const wanted = goldColumns(gold, own);
  if (!wanted.length) continue;
  const hint = args.hints ? (question.evidence ?? '') : '';
  const slice = await retriever.retrieve({ text: question.question, databaseIds: [databaseId], limit: 60 }, never);
  const schema = rank(databaseId, slice, retriever)!;
  const { linked } = await link(
    { text: question.question, hint, schema, settings, askerId: '', drafted: [] },
    { retriever, countTokens },
    never,
  );
  measured.push(measure(linked, wanted, question.question, read[at]!.db_id ?? ''));
}
await embedder.close();

function measure(linked: LinkedSchema, wanted: readonly string[], text: string, ownId: string): Measured {
  const fitted = fitSchema(linked.wide, linked.ranked, settings.budgetTokens, countTokens);
  const shown = new Set(columnsOf(linked.wide, ownId));
  const total = linked.wide.tables.reduce((sum, { columns }) => sum + columns.length, 0);
  const found = wanted.filter((column) => shown.has(column));
  const tables = new Set([...shown].map((column) => column.slice(0, column.lastIndexOf('.'))));
  const asked: AskedQuestion = {
    text,
    hint: '',
    engine: 'sqlite',
    today: '2026-01-01',
    dates: [],
    values: [],
    earlier: [],
  };
  const tokens = (messages: ReturnType<typeof writeSqlPrompt>) =>
    messages.reduce((sum, { content }) => sum + countTokens(content), 0);
  return {
    recall: found.length / wanted.length,
    strict: found.length === wanted.length,
    precision: found.length / Math.max(1, total),
    tableRecall: wanted.every((column) => tables.has(column.slice(0, column.lastIndexOf('.')))),
    whole: linked.wide.tables === linked.catalog.tables,
    schemaTokens: fitted.tokens,
    directTokens: tokens(writeSqlPrompt(fitted.text, asked)),
    edlTokens: tokens(writeEdlPrompt(fitted.text, asked)),
  };
}

/** `table.column` of a schema by the names of the separate database; of all schemas in one, only the question's own. */
function columnsOf({ tables }: MSchema, ownId: string): string[] {
  return tables.flatMap(({ schema, name, columns }) => {
    const bare =
      asOne === 'names' && name.toLowerCase().startsWith(`${ownId.toLowerCase()}_`)
        ? name.slice(ownId.length + 1)
        : name;
    const isOwn = asOne === undefined || (asOne === 'schemas' ? schema === ownId : bare !== name);
    return isOwn ? columns.map((column) => `${bare}.${column.name}`.toLowerCase()) : [];
  });
}

const mean = (pick: (one: Measured) => number) =>
  rounded(measured.reduce((sum, one) => sum + pick(one), 0) / Math.max(1, measured.length));
const spread = (pick: (one: Measured) => number) => {
  const sorted = measured.map(pick).sort((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), most: sorted.at(-1) ?? 0 };
};
/** Tokens of each database's whole M-Schema. */
const wholes = catalogs
  .map((catalog) =>
    countTokens(mSchemaText({ catalog, tables: catalog.tables, values: new Map() }, { style: 'paper' })),
  )
  .sort((a, b) => a - b);
const summary = {
  n: measured.length,
  databaseTokens: { p50: percentile(wholes, 0.5), most: wholes.at(-1) ?? 0 },
  shownWhole: mean((one) => (one.whole ? 1 : 0)),
  columnRecall: mean((one) => one.recall),
  strictRecall: mean((one) => (one.strict ? 1 : 0)),
  tableRecall: mean((one) => (one.tableRecall ? 1 : 0)),
  columnPrecision: mean((one) => one.precision),
  schemaTokens: spread((one) => one.schemaTokens),
  directPromptTokens: spread((one) => one.directTokens),
  edlPromptTokens: spread((one) => one.edlTokens),
  edlToDirect: mean((one) => one.edlTokens / one.directTokens),
  tokenizer: TOKENIZER,
};
if (args.json) console.log(JSON.stringify(summary));
else
  for (const [name, value] of Object.entries(summary))
    console.log(`${name.padEnd(20)} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
