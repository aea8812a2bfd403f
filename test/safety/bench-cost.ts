// What the cost gate stops: gold queries of a benchmark (it should stop next to none) and bombs (it should stop most).
// npm run -s bench:cost [-- --json]
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startScratchMariadb } from '#adapters/database/mysql/scratch.ts';
import { startEmbeddedPostgres } from '#adapters/database/postgres/embedded.ts';
import { COST_BUDGET, overBudget } from '#src/domain/cost.ts';
import { ANYWAY_LIMITS } from '#src/domain/result-table.ts';
import { openPlaces } from '#src/evaluation/data/places.ts';
import { readQuestions } from '#src/evaluation/data/questions.ts';
import { goldStatements } from '#src/evaluation/data/statements.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import type { AttackEngine } from './attacks.ts';
import { POLICY, TABLES } from './fixture.ts';
import { openScratch } from './scratch.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' } } });
const bench = process.env.QUERENT_BENCH ?? '../shared/bench';
const never = new AbortController().signal;
const report: Record<string, unknown> = {};

const postgres = await startEmbeddedPostgres();
const mariadb = await startScratchMariadb();

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

for (const engine of ['postgres', 'mysql', 'sqlite'] as const) {
  if (engine === 'mysql' && !mariadb) continue;
  const servers = { postgres: postgres.url('postgres'), mariadb: mariadb?.url('') ?? '' };
  const scratch = await openScratch(engine, servers, POLICY, many(numbers));
  const missed: string[] = [];
  for (const sql of BOMBS[engine]) {
    const judged = await judge(sql, scratch.engine, scratch.scope);
    if (!judged.ok) throw new Error(`${sql}: ${judged.failure.kind}`);
    const expected = await scratch.database.estimate(judged.value, never);
    if (expected.ok && !overBudget(expected.value, COST_BUDGET)) missed.push(sql);
  }
  // What an estimate is worth in time: a plain scan joined with itself, run to its end.
  const paced = await judge(
    'SELECT count(*) FROM orders a, orders b WHERE a.amount < b.amount',
    scratch.engine,
    scratch.scope,
  );
  const expected = paced.ok ? await scratch.database.estimate(paced.value, never) : paced;
  const ran = paced.ok ? await scratch.database.run(paced.value, ANYWAY_LIMITS, never) : paced;
  if (expected.ok && ran.ok) {
    const { cost, rowsRead, seconds } = expected.value;
    const took = ran.value.elapsedMs / 1_000;
    report[`pace ${scratch.engine}`] = {
      estimatedSeconds: Number(seconds.toFixed(2)),
      tookSeconds: Number(took.toFixed(2)),
      ...(cost === undefined
        ? { rowsASecond: Math.round(rowsRead / took) }
        : { secondsAUnit: Number((took / cost).toExponential(1)) }),
    };
  }
  await scratch.close();
  report[`bombs ${scratch.engine}`] = {
    tried: BOMBS[engine].length,
    stopped: BOMBS[engine].length - missed.length,
    missed,
  };
}

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

for (const set of SETS) {
  const file = path.join(bench, set.questions);
  if (!existsSync(file) || (set.engine === 'mariadb' && !mariadb)) continue;
  const url =
    set.engine === 'postgres' ? postgres.url('postgres') : set.engine === 'mariadb' ? mariadb!.url('') : undefined;
  const places = await openPlaces({ engine: set.engine, databases: path.join(bench, set.databases), url });
  const { statements } = goldStatements(readQuestions(file), set.engine);
  const stopped: string[] = [];
  const costs: number[] = [];
  let tried = 0;
  for (const { sql, database, id } of statements) {
    const { catalog, databases } = await places.open(database);
    const judged = await judge(sql, set.engine, wholeCatalog(catalog), { doubleQuotedText: true });
    if (!judged.ok || !databases) continue;
    const expected = await (set.engine === 'sqlite' ? databases.gold : databases.product).estimate(judged.value, never);
    if (!expected.ok) continue;
    tried += 1;
    costs.push(expected.value.cost ?? expected.value.rowsRead);
    if (overBudget(expected.value, COST_BUDGET)) stopped.push(id);
  }
  await places.close();
  report[`gold ${set.name}, ${set.engine}`] = {
    tried,
    stopped: stopped.length,
    ids: stopped,
    highest: Math.round(Math.max(0, ...costs)),
  };
}
await postgres.stop();
await mariadb?.stop();
if (values.json) console.log(JSON.stringify(report));
else for (const [name, found] of Object.entries(report)) console.log(`${name}: ${JSON.stringify(found)}`);
process.exit(0);
