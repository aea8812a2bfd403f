import { readConfig } from '#src/config/env.ts';
import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { type LackingMode, tellLacking } from '#src/pipeline/stages/tell-lacking.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { openCompany } from '../data/company-databases.ts';
import { HALVES, readCompanyQuestions } from '../data/company-questions.ts';
import { sourceOf, withData } from '../data/places.ts';
import { readQuestions } from '../data/questions.ts';
import { openModelServer, openTokenizer } from '../parts.ts';
import { rounded } from '../statistics.ts';
import {
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
  'bench:lacking',
  'How many questions are told to ask for what the database lacks before a query is written: of unanswerable ones by category, and of answerable ones, for which that is wrong. As if the planner declined each. The stage alone: what a whole run refuses later is not counted.',
)
  .option('--questions <file...>', 'questions; those with answerable: false are rightly refused')
  .option('--databases <folder>', 'holds DB/DB.sqlite, DB.sqlite or DB.sql')
  .addOption(engineOption())
  .addOption(new Option('--company <half>', 'the questions of test/company, with their databases').choices(HALVES))
  .option('--model-url <url>', 'an OpenAI-compatible server (QUERENT_MODEL_URL); without one the words alone tell')
  .option('--model <name>', 'its model (QUERENT_MODEL_NAME)')
  .option('--every <n>', 'each n-th question alone', count(), 1)
  .option('--each', 'a line for each that is refused')
  .option('--json', JSON_LINE);

const never = new AbortController().signal;

interface Asked {
  readonly text: string;
  readonly databaseId: string;
  /** Of an unanswerable one. */
  readonly kind: string;
}

async function bench(options: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const { questions: files, databases: folder, company: half, modelUrl, model, every, each, json } = options;
  if (!half && !(files && folder)) return program.error('Give --company, or --questions with --databases.');
  const asked = (half ? companyQuestions(half) : (files ?? []).flatMap(benchQuestions)).filter(
    (_, at) => at % every === 0,
  );
  // Database by database: a server that remembers how prompts begin reads a schema once.
  const ordered = asked.toSorted((a, b) => a.databaseId.localeCompare(b.databaseId));
  const catalogs = half ? await companyCatalogs() : await catalogsIn(options.engine, folder ?? '', asked);
  const config = readConfig(undefined, { QUERENT_MODEL_URL: modelUrl, QUERENT_MODEL_NAME: model });
  const server = config.model ? await openModelServer(config, openTokenizer()) : undefined;
  const mode: LackingMode = server ? 'words-and-model' : 'words';
  const refused = new Map<string, { n: number; refused: number }>();
  for (const [at, { text, databaseId, kind }] of ordered.entries()) {
    const catalog = catalogs.get(databaseId);
    if (!catalog) continue;
    const shown = { catalog, tables: catalog.tables, values: new Map<string, readonly string[]>() };
    const planned = { kind: 'declined', understood: '', missing: '', unread: [] } as const;
    const input = { text, catalog, shown, planned, taught: [], mode, askerId: 'bench' };
    const { missing } = await tellLacking(input, server?.roles.selector ?? SILENT, never);
    const so = refused.get(kind) ?? { n: 0, refused: 0 };
    refused.set(kind, { n: so.n + 1, refused: so.refused + Number(missing !== undefined) });
    if (each && missing !== undefined) console.log(`${kind}: ${text} (${missing})`);
    showProgress('asked', at + 1, ordered.length);
  }
  const summary = Object.fromEntries(
    [...refused].map(([kind, { n, refused: told }]) => [kind, { n, refused: told, share: rounded(told / n) }]),
  );
  console.log(json ? JSON.stringify({ mode, ...summary }) : { mode, ...summary });
  return 0;
}

/** Never asked where the words alone tell. */
const SILENT = { id: 'none', reply: () => Promise.reject(new Error('No model is asked.')) };

const benchQuestions = (file: string): readonly Asked[] =>
  readQuestions(file).map(({ question, db_id: databaseId, answerable, category }) => ({
    text: question,
    databaseId: databaseId ?? '',
    kind: answerable === false ? `unanswerable, ${category ?? ''}` : 'answerable',
  }));

const companyQuestions = (half: (typeof HALVES)[number]): readonly Asked[] =>
  readCompanyQuestions(half).flatMap((one) =>
    'database' in one && 'gold' in one ? [{ text: one.question, databaseId: one.database, kind: 'answerable' }] : [],
  );

async function companyCatalogs(): Promise<ReadonlyMap<string, DatabaseCatalog>> {
  const { databases } = await untilEnd(openCompany(), (opened) => opened.close());
  return new Map([...databases].map(([id, { catalog }]) => [id, catalog]));
}

async function catalogsIn(
  engine: Engine,
  folder: string,
  asked: readonly Asked[],
): Promise<ReadonlyMap<string, DatabaseCatalog>> {
  const source = await untilEnd(sourceOf(engine, folder, undefined), (opened) => opened.close());
  const catalogs = new Map<string, DatabaseCatalog>();
  for (const id of new Set(asked.map(({ databaseId }) => databaseId))) {
    const { databases, catalog } = await withData(source, id);
    atEnd(() => databases.close());
    catalogs.set(id, catalog);
  }
  return catalogs;
}

program.action(runs(bench));
await runMeasuring(program);
