// What the cost gate stops: gold queries of a benchmark (it should stop next to none) and bombs (it should stop most).
import { existsSync } from 'node:fs';
import path from 'node:path';
import { COST_BUDGET, overBudget } from '#src/domain/cost.ts';
import { ANYWAY_LIMITS } from '#src/domain/result-table.ts';
import { JSON_LINE, measuring, runMeasuring, untilEnd } from '#src/evaluation/cli/program.ts';
import { openPlaces } from '#src/evaluation/data/places.ts';
import { readQuestions } from '#src/evaluation/data/questions.ts';
import { goldStatements } from '#src/evaluation/data/statements.ts';
import { needed, startEmbeddedPostgres, startScratchMariadb } from '#src/evaluation/parts.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import type { AttackEngine } from './attacks.ts';
import { POLICY, TABLES } from './fixture.ts';
import { openScratch, type Scratch, type Servers } from './scratch.ts';

const program = measuring(
  'bench:cost',
  'What the cost gate stops: gold queries of a benchmark (it should stop next to none) and bombs (it should stop most).',
).option('--json', JSON_LINE);

const bench = process.env.QUERENT_BENCH ?? '../shared/bench';
const never = new AbortController().signal;

/** 4,000 rows in each of two tables: two of them paired are sixteen million. */
const many = (rows: string) => `${TABLES}
  INSERT INTO orders SELECT 100 + n, 1, 1, n, '2024-01-01', NULL FROM (${rows}) s;
  INSERT INTO products SELECT 100 + n, 'thing', 1, NULL FROM (${rows}) s;`;
const digits =
  'SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9';
const numbers = `SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM (${digits}) a, (${digits}) b, (${digits}) c, (${digits}) e WHERE e.d < 4`;

const CROSSED = [
  'SELECT o.id FROM orders o, products p, orders q',
  'SELECT count(*) FROM orders o CROSS JOIN products p CROSS JOIN orders q',
  'SELECT max(o.amount + p.id) FROM orders o, orders p, products q',
  'SELECT o.id FROM orders o JOIN products p ON 1 = 1 JOIN orders q ON 1 = 1',
  'SELECT count(*) FROM (SELECT o.id FROM orders o, products p) x, orders y',
  'SELECT o.id FROM orders o, products p, orders q ORDER BY o.amount * p.id',
];
const BOMBS: Record<AttackEngine, readonly string[]> = {
  postgres: [
    ...CROSSED,
    'SELECT count(*) FROM generate_series(1, 99999999999)',
    'SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b',
    'SELECT a FROM generate_series(1, 2000000000) a ORDER BY a DESC',
  ],
  mysql: CROSSED,
  sqlite: CROSSED,
};
/** A plain scan joined with itself, which is run to its end. */
const PACED = 'SELECT count(*) FROM orders a, orders b WHERE a.amount < b.amount';

const SETS = [
  {
    name: 'spider dev-visible',
    engine: 'sqlite',
    questions: 'spider/dev-visible.jsonl',
    databases: 'spider/databases',
  },
  { name: 'sql-eval', engine: 'postgres', questions: 'sql-eval/questions.jsonl', databases: 'sql-eval/postgres' },
  { name: 'sql-eval', engine: 'mariadb', questions: 'sql-eval/questions.jsonl', databases: 'sql-eval/mysql' },
  { name: 'sql-eval', engine: 'sqlite', questions: 'sql-eval/questions.jsonl', databases: 'sql-eval/sqlite' },
] as const;

async function measure({ json }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const postgres = await untilEnd(startEmbeddedPostgres(), (server) => server.stop());
  const mariadb = await untilEnd(startScratchMariadb(), (server) => server?.stop());
  const servers = { postgres: postgres.url('postgres'), mariadb: mariadb?.url('') ?? '' };
  const report: Record<string, unknown> = {};
  for (const engine of ['postgres', 'mysql', 'sqlite'] as const) {
    if (engine === 'mysql' && !mariadb) continue;
    const scratch = await openScratch(engine, servers, POLICY, many(numbers));
    const missed = await missedBombs(engine, scratch);
    const pace = await paceOf(scratch);
    if (pace) report[`pace ${scratch.engine}`] = pace;
    await scratch.close();
    report[`bombs ${scratch.engine}`] = {
      tried: BOMBS[engine].length,
      stopped: BOMBS[engine].length - missed.length,
      missed,
    };
  }
  for (const set of SETS) {
    if (!existsSync(path.join(bench, set.questions)) || (set.engine === 'mariadb' && !mariadb)) continue;
    report[`gold ${set.name}, ${set.engine}`] = await goldStopped(set, servers);
  }
  if (json) console.log(JSON.stringify(report));
  else for (const [name, found] of Object.entries(report)) console.log(`${name}: ${JSON.stringify(found)}`);
  return 0;
}

/** The bombs that cost does not stop. */
async function missedBombs(engine: AttackEngine, { database, scope }: Scratch): Promise<string[]> {
  const missed: string[] = [];
  for (const sql of BOMBS[engine]) {
    const judged = needed(await judge(sql, database.engine, scope), sql);
    const expected = await database.estimate(judged, never);
    if (expected.ok && !overBudget(expected.value, COST_BUDGET)) missed.push(sql);
  }
  return missed;
}

/** What an estimate is worth in time. */
async function paceOf({ database, scope }: Scratch): Promise<Readonly<Record<string, number>> | undefined> {
  const paced = await judge(PACED, database.engine, scope);
  if (!paced.ok) return undefined;
  const expected = await database.estimate(paced.value, never);
  const ran = await database.run(paced.value, ANYWAY_LIMITS, never);
  if (!expected.ok || !ran.ok) return undefined;
  const { cost, rowsRead, seconds } = expected.value;
  const took = ran.value.elapsedMs / 1_000;
  return {
    estimatedSeconds: Number(seconds.toFixed(2)),
    tookSeconds: Number(took.toFixed(2)),
    ...(cost === undefined
      ? { rowsASecond: Math.round(rowsRead / took) }
      : { secondsAUnit: Number((took / cost).toExponential(1)) }),
  };
}

/** The gold queries of a set that cost would stop. */
async function goldStopped({ engine, questions, databases }: (typeof SETS)[number], servers: Servers) {
  const url = engine === 'postgres' ? servers.postgres : engine === 'mariadb' ? servers.mariadb : undefined;
  const places = await openPlaces({ engine, databases: path.join(bench, databases), url });
  const { statements } = goldStatements(readQuestions(path.join(bench, questions)), engine);
  const stopped: string[] = [];
  const costs: number[] = [];
  for (const { sql, database, id } of statements) {
    const place = await places.open(database);
    const judged = await judge(sql, engine, wholeCatalog(place.catalog), { doubleQuotedText: true });
    if (!judged.ok || !place.databases) continue;
    const opened = engine === 'sqlite' ? place.databases.gold : place.databases.product;
    const expected = await opened.estimate(judged.value, never);
    if (!expected.ok) continue;
    costs.push(expected.value.cost ?? expected.value.rowsRead);
    if (overBudget(expected.value, COST_BUDGET)) stopped.push(id);
  }
  await places.close();
  return {
    tried: costs.length,
    stopped: stopped.length,
    ids: stopped,
    highest: Math.round(Math.max(0, ...costs)),
  };
}

program.action(runs(measure));
await runMeasuring(program);
