import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { explore } from '#src/explore/explore.ts';
import { printSql } from '#src/sql/print-sql.ts';
import type { QueryIr } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { maskedQuery, skeletonOf } from '#src/sql/skeleton.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { sqliteSource } from '../data/databases.ts';
import { exploredQuestions } from '../data/explored-questions.ts';
import { sourceOf } from '../data/places.ts';
import { readQuestions } from '../data/questions.ts';
import { readSpiderTables } from '../data/spider-tables.ts';
import { goldQueries } from '../data/statements.ts';
import { storedCatalogs } from '../data/stored-catalogs.ts';
import { retrievalWith } from '../explored-retrieval.ts';
import { keptIn, needed, openEmbedder } from '../parts.ts';
import { rounded } from '../statistics.ts';
import { atEnd, CACHE, count, JSON_LINE, measuring, runMeasuring, showProgress, untilEnd } from './program.ts';

const program = measuring(
  'bench:explore',
  'Explores the databases of questions by program, and says which share of the skeletons of their gold queries (names and literals masked) its pairs have, by shape, and what they cover. No model is asked.',
)
  .requiredOption('--questions <file>', 'questions with gold queries')
  .requiredOption('--databases <folder>', 'holds DB/DB.sqlite')
  .option('--pairs <n>', 'so many a database', count(), 1_000)
  .option('--seed <n>', 'what is drawn', count(0), 1)
  .option('--every <n>', 'each n-th database alone', count(), 1)
  .option(
    '--explored <file...>',
    'instead: what these pairs, written by `explore`, change in retrieval as an index of questions, over the schemas of --tables',
  )
  .option('--tables <file>', "schemas in Spider's format (tables.json), for --explored")
  .option('--stored', 'with --explored: what the databases hold is searched, too, as in the product')
  .option('--cache <folder>', CACHE)
  .option('--show', 'print the skeletons that no pair has, the most frequent first')
  .option('--json', JSON_LINE);

const never = new AbortController().signal;

interface Gold {
  readonly skeleton: string;
  readonly shape: string;
  readonly has: boolean;
  readonly masked: string;
}

type Options = ReturnType<typeof program.opts>;

async function bench(options: Options): Promise<ExitCode> {
  const { explored, tables } = options;
  if (!explored && !tables) return benchPairs(options);
  if (!explored || !tables) return program.error('--explored and --tables go together');
  const embedder = keptIn(options.cache, openEmbedder());
  atEnd(() => embedder.close());
  const known = exploredQuestions(explored);
  const all = [...Map.groupBy(readQuestions(options.questions), ({ db_id: id }) => id ?? '').values()];
  const asked = all.filter((_, at) => at % options.every === 0).flat();
  const pool = { catalogs: await catalogsOf(options, readSpiderTables(tables)) };
  const changed = await retrievalWith(known, { pool, asked }, embedder, (done, total) =>
    showProgress('embedded', done, total),
  );
  const summary = { questions: asked.length, explored: known.length, ...changed };
  if (options.json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(18)} ${JSON.stringify(value)}`);
  return 0;
}

/** The schemas, by their names alone, or with what the databases hold. */
async function catalogsOf({ stored, databases }: Options, schemas: readonly DatabaseCatalog[]) {
  if (!stored) return schemas;
  const source = sqliteSource(databases);
  atEnd(() => source.close());
  const onRead = (count: number) => showProgress('read', count, schemas.length);
  return (await storedCatalogs(source, databases, schemas, onRead)).catalogs;
}

async function benchPairs({ questions, databases, pairs, seed, every, show, json }: Options): Promise<ExitCode> {
  const byDatabase = [...Map.groupBy(readQuestions(questions), ({ db_id: id }) => id ?? '')].filter(
    (_, at) => at % every === 0,
  );
  const source = await untilEnd(sourceOf('sqlite', databases, undefined), (opened) => opened.close());
  const found: {
    readonly gold: readonly Gold[];
    readonly columns: number;
    readonly joins: number;
    readonly pairs: number;
  }[] = [];
  for (const [at, [id, own]] of byDatabase.entries()) {
    showProgress('databases', at + 1, byDatabase.length);
    const opened = await source.open(id);
    const catalog = needed(await opened.product.catalog({}, never), id);
    const explored = await explore(opened.product, catalog, { pairs, seed }, never);
    await opened.close();
    const has = new Set(explored.pairs.flatMap(({ sql }) => skeletonsOf(sql, catalog).map(({ skeleton }) => skeleton)));
    const gold = new Map(
      own
        .flatMap(({ sql }) => goldQueries(sql, 'sqlite').slice(0, 1))
        .flatMap((sql) => skeletonsOf(sql, catalog))
        .map((one) => [one.skeleton, { ...one, has: has.has(one.skeleton) }]),
    );
    found.push({
      gold: [...gold.values()],
      columns: explored.columnsCovered,
      joins: explored.joinsCovered,
      pairs: explored.pairs.length,
    });
  }
  if (show) showMissing(found.flatMap(({ gold }) => gold));
  const mean = (of: readonly number[]) => rounded(of.reduce((sum, one) => sum + one, 0) / Math.max(1, of.length));
  const shareOf = (gold: readonly Gold[]) => mean(gold.map(({ has }) => Number(has)));
  const all = found.flatMap(({ gold }) => gold);
  const summary = {
    databases: found.length,
    pairsEach: mean(found.map((one) => one.pairs)),
    skeletons: all.length,
    contained: mean(found.map(({ gold }) => shareOf(gold))),
    byShape: Object.fromEntries(
      [...Map.groupBy(all, ({ shape }) => shape)].map(([shape, gold]) => [shape, [shareOf(gold), gold.length]]),
    ),
    columnsCovered: mean(found.map((one) => one.columns)),
    joinsCovered: mean(found.map((one) => one.joins)),
  };
  if (json) console.log(JSON.stringify(summary));
  else for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(15)} ${JSON.stringify(value)}`);
  return 0;
}

function skeletonsOf(sql: string, catalog: DatabaseCatalog): readonly Omit<Gold, 'has'>[] {
  const parsed = parseSql(sql, catalog.engine);
  if (!parsed.ok) return [];
  const { query } = resolve(parsed.value, catalog.engine, catalog);
  return [{ skeleton: skeletonOf(query), shape: shapeOf(query), masked: printSql(maskedQuery(query), catalog.engine) }];
}

/** The shape of any query, by what it has, as the shapes of explored ones are called. */
function shapeOf(query: QueryIr): string {
  if (query.kind !== 'select') return 'set operation';
  const text = JSON.stringify(query);
  if (query.having) return 'having';
  if (/"kind":"(?:in-query|exists)"/.test(text)) return 'related';
  if (/"kind":"query"/.test(text)) return 'above average';
  if (query.orderBy.length && query.limit !== undefined) return 'top';
  if (query.groupBy.length) return 'group';
  if (query.items.some(({ expression }) => expression.kind === 'aggregate')) return 'aggregate';
  return 'list';
}

function showMissing(gold: readonly Gold[]): void {
  const missing = Map.groupBy(
    gold.filter(({ has }) => !has),
    ({ masked }) => masked,
  );
  for (const [masked, all] of [...missing].sort(([, a], [, b]) => b.length - a.length).slice(0, 80))
    console.log(`${all.length} ${masked}`);
}

program.action(runs(bench));
await runMeasuring(program);
