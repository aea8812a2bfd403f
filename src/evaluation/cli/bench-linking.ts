import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { ChatMessage } from '#src/domain/chat.ts';
import { type MSchema, mSchemaText } from '#src/domain/m-schema.ts';
import type { LinkedSchema } from '#src/domain/schema-slice.ts';
import { LINK_SETTINGS, type LinkSettings, link } from '#src/pipeline/stages/link.ts';
import { fitSchema } from '#src/pipeline/support/linking/fit-schema.ts';
import { rank } from '#src/pipeline/support/plan-for.ts';
import type { CountTokens } from '#src/ports/chat-model.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import type { AskedQuestion } from '#src/prompts/question-block.ts';
import { writeEdlPrompt } from '#src/prompts/write-edl.ts';
import { writeSqlPrompt } from '#src/prompts/write-sql.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { AS_ONE, type AsOne, asOneDatabase } from '../data/one-database.ts';
import { type BenchQuestion, readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { goldQueries } from '../data/statements.ts';
import { keptIn, openEmbedder, openRetriever, openTokenizer, TOKENIZER } from '../parts.ts';
import { goldColumns } from '../runs/eval-case.ts';
import { percentile, rounded } from '../statistics.ts';
import { atEnd, CACHE, count, JSON_LINE, measuring, Option, runMeasuring, showProgress } from './program.ts';

const program = measuring(
  'bench:linking',
  `What linking leaves of the right database's schema for a prompt, without a model: recall and precision of the columns that the gold query uses (docs/sources.md#linking-recall), and the tokens of the schema and of the prompts, counted by ${TOKENIZER}.`,
)
  .requiredOption('--tables <file>', "schemas in Spider's format (tables.json)")
  .requiredOption('--questions <file...>', 'questions with gold queries')
  .addOption(new Option('--as-one <how>', 'all schemas of --tables as one database').choices(AS_ONE))
  .option(
    '--whole-tokens <n>',
    'a schema no longer than this is shown whole; 0 links always',
    count(0),
    LINK_SETTINGS.wholeTokens,
  )
  .option('--budget-tokens <n>', 'tokens of a schema at most', count(), LINK_SETTINGS.budgetTokens)
  .option('--hints', "give the question's evidence to linking")
  .option('--limit <n>', 'so many questions', count())
  .option('--cache <folder>', CACHE)
  .option('--json', JSON_LINE);

const never = new AbortController().signal;

interface Bench {
  readonly retriever: SchemaRetriever;
  readonly countTokens: CountTokens;
  readonly settings: LinkSettings;
  readonly asOne: AsOne | undefined;
}

/** A question with the columns that its gold query uses, by the names of the separate database. */
interface Case {
  /** The database that is asked, and the one that the question is of. */
  readonly databaseId: string;
  readonly ownId: string;
  readonly text: string;
  readonly hint: string;
  readonly wanted: readonly string[];
}

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

async function bench(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const { asOne, wholeTokens, budgetTokens } = options;
  const separate = readSpiderTables(options.tables);
  const questions = options.questions.flatMap(readQuestions).slice(0, options.limit);
  const catalogs = asOne ? asOneDatabase(separate, questions, asOne).catalogs : separate;
  const embedder = keptIn(options.cache, openEmbedder());
  atEnd(() => embedder.close());
  const countTokens = openTokenizer();
  const retriever = await openRetriever(catalogs, embedder, (done, total) => showProgress('embedded', done, total));
  const settings = { ...LINK_SETTINGS, rounds: 0, wholeTokens, budgetTokens };
  const linking = { retriever, countTokens, settings, asOne };

  const measured: Measured[] = [];
  for (const [at, question] of questions.entries()) {
    showProgress('linked', at + 1, questions.length);
    const one = caseOf(question, separate, asOne ? catalogs[0]?.databaseId : question.db_id, options.hints ?? false);
    const linked = one && (await linkedFor(one, linking));
    if (linked) measured.push(measure(linked, one, linking));
  }
  const summary = summaryOf(measured, catalogs, countTokens);
  if (options.json) console.log(JSON.stringify(summary));
  else
    for (const [name, value] of Object.entries(summary))
      console.log(`${name.padEnd(20)} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  return 0;
}

/** Undefined for a question whose gold query names no column of its database. */
function caseOf(
  { question, sql, db_id, evidence }: BenchQuestion,
  separate: readonly DatabaseCatalog[],
  databaseId: string | null | undefined,
  hints: boolean,
): Case | undefined {
  const own = separate.find((catalog) => catalog.databaseId === db_id);
  const [gold] = goldQueries(sql, 'sqlite');
  const wanted = own && gold ? goldColumns(gold, own) : [];
  if (!own || !wanted.length) return undefined;
  const hint = hints ? (evidence ?? '') : '';
  return { databaseId: databaseId ?? '', ownId: own.databaseId, text: question, hint, wanted };
}

async function linkedFor(
  { databaseId, text, hint }: Case,
  { retriever, countTokens, settings }: Bench,
): Promise<LinkedSchema | undefined> {
  const slice = await retriever.retrieve({ text, databaseIds: [databaseId], limit: 60 }, never);
  const schema = rank(databaseId, slice, retriever.catalogOf);
  if (!schema) return undefined;
  const input = { text, hint, schema, settings, askerId: '', drafted: [] };
  return (await link(input, { retriever, countTokens }, never)).linked;
}

function measure(
  linked: LinkedSchema,
  { text, ownId, wanted }: Case,
  { settings, countTokens, asOne }: Bench,
): Measured {
  const fitted = fitSchema(linked.wide, linked.ranked, settings.budgetTokens, countTokens);
  const shown = new Set(columnsOf(linked.wide, ownId, asOne));
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
  const tokens = (messages: readonly ChatMessage[]) =>
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
function columnsOf({ tables }: MSchema, ownId: string, asOne: AsOne | undefined): string[] {
  return tables.flatMap(({ schema, name, columns }) => {
    const bare =
      asOne === 'names' && name.toLowerCase().startsWith(`${ownId.toLowerCase()}_`)
        ? name.slice(ownId.length + 1)
        : name;
    const isOwn = asOne === undefined || (asOne === 'schemas' ? schema === ownId : bare !== name);
    return isOwn ? columns.map((column) => `${bare}.${column.name}`.toLowerCase()) : [];
  });
}

function summaryOf(measured: readonly Measured[], catalogs: readonly DatabaseCatalog[], countTokens: CountTokens) {
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
  return {
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
}

program.action(runs(bench));
await runMeasuring(program);
