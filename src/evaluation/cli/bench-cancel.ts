import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { ANYWAY_LIMITS } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { needed, openAddress, startEmbeddedPostgres } from '../parts.ts';
import { percentile, rounded } from '../statistics.ts';
import { atEnd, count, JSON_LINE, measuring, runMeasuring, showProgress, untilEnd } from './program.ts';

const program = measuring(
  'bench:cancel',
  'Starts a query that would run for hours, aborts it, and measures how long the engine goes on working for it: PostgreSQL until no backend of ours is active, SQLite until the process that ran the query is gone (Linux only).',
)
  .option('--rounds <n>', 'aborted queries an engine and kind of query', count(), 20)
  .option('--json', JSON_LINE);

const ABORT_AFTER_MS = 150;
const GIVE_UP_MS = 30_000;

/** Kinds of endless work, which engines interrupt at different points. */
const QUERIES = {
  reading: 'SELECT count(*) FROM item a, item b, item c WHERE a.id + b.id + c.id < 0',
  sorting: 'SELECT a.id FROM item a, item b ORDER BY a.id * b.id, b.id',
  grouping: 'SELECT a.id * b.id, count(*) FROM item a, item b GROUP BY a.id * b.id ORDER BY 2',
};

interface Bench {
  readonly engine: string;
  readonly database: Database;
  readonly busy: () => Promise<boolean>;
}

async function bench({ rounds, json }: ReturnType<typeof program.opts>): Promise<ExitCode> {
  const report: Record<string, ReturnType<typeof summaryOf>> = {};
  for (const open of [postgresBench, sqliteBench]) {
    const opened = await open();
    for (const [kind, sql] of Object.entries(QUERIES)) {
      const summary = summaryOf(await timesOf(opened, kind, sql, rounds));
      report[`${opened.engine} ${kind}`] = summary;
      if (!json)
        console.log(
          `${opened.engine}, ${kind}: idle ${summary.p50Ms} ms after abort (p50), at most ${summary.maxMs} ms`,
        );
    }
  }
  if (json) console.log(JSON.stringify(report));
  return 0;
}

const summaryOf = (times: readonly number[]) => ({
  n: times.length,
  p50Ms: rounded(percentile(times, 0.5), 1),
  maxMs: rounded(Math.max(...times), 1),
});

/** Milliseconds until the engine was idle after each abort, ascending. */
async function timesOf(opened: Bench, kind: string, sql: string, rounds: number): Promise<number[]> {
  const checked = await check(opened.database, sql);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    times.push(await idleAfterAbort(opened, checked));
    showProgress(`${opened.engine}, ${kind}`, round + 1, rounds);
  }
  return times.sort((a, b) => a - b);
}

async function check(database: Database, text: string): Promise<ReadOnlySql> {
  const catalog = needed(await database.catalog({}, new AbortController().signal));
  return needed(await judge(text, database.engine, wholeCatalog(catalog)));
}

/** Milliseconds from the abort until the engine does no more work for the query. */
async function idleAfterAbort({ database, busy }: Bench, sql: ReadOnlySql): Promise<number> {
  const stop = new AbortController();
  const running = database.run(sql, { ...ANYWAY_LIMITS, timeoutMs: GIVE_UP_MS }, stop.signal);
  await sleep(ABORT_AFTER_MS);
  if (!(await busy())) throw new Error('the query had ended before it was aborted');
  const started = performance.now();
  stop.abort();
  while (await busy()) {
    if (performance.now() - started > GIVE_UP_MS) throw new Error('the engine goes on working after the abort');
    await sleep(1);
  }
  const elapsed = performance.now() - started;
  await running;
  return elapsed;
}

async function postgresBench(): Promise<Bench> {
  const server = await untilEnd(startEmbeddedPostgres(), (started) => started.stop());
  const url = server.url('postgres');
  await server.execute(
    'postgres',
    'CREATE TABLE item AS SELECT i AS id FROM generate_series(1, 20000) AS s (i); ANALYZE item',
  );
  const watcher = new pg.Client({ connectionString: url });
  await watcher.connect();
  atEnd(() => watcher.end());
  const database = needed(await openAddress(url, 'bench'));
  atEnd(() => database.close());
  const ACTIVE = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'querent' AND state = 'active'`;
  return { engine: 'PostgreSQL', database, busy: async () => (await watcher.query(ACTIVE)).rows.length > 0 };
}

async function sqliteBench(): Promise<Bench> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-bench-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'bench.sqlite');
  const made = new DatabaseSync(file);
  made.exec(`CREATE TABLE item (id INTEGER);
    INSERT INTO item WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n`);
  made.close();
  const database = needed(await openAddress(`sqlite:${file}`, 'bench'));
  atEnd(() => database.close());
  return { engine: 'SQLite', database, busy: async () => queryProcesses().length > 0 };
}

/** Our living children that run SQLite, by /proc; a killed one that is not reaped yet (state Z) does no work. */
function queryProcesses(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      if (Number(parent) !== process.pid || state === 'Z' || state === 'X') return false;
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(path.join('sqlite', 'child.ts'));
    } catch {
      return false; // it ended while we looked
    }
  });
}

program.action(runs(bench));
await runMeasuring(program);
