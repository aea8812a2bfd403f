import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { startEmbeddedPostgres } from '#adapters/database/postgres/embedded.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { ANYWAY_LIMITS } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { percentile } from '../retrieval.ts';
import { readArguments, rounded, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s bench:cancel -- [--rounds N] [--json]
Starts a query that would run for hours, aborts it, and measures how long the engine goes on working for it:
PostgreSQL until no backend of ours is active, SQLite until the process that ran the query is gone (Linux only).
  --rounds  aborted queries an engine and kind of query (20)
  --json    the last line is one JSON object`;

const args = readArguments(USAGE, { rounds: { type: 'string', default: '20' }, json: { type: 'boolean' } });
const rounds = Number(args.rounds);
if (!Number.isInteger(rounds) || rounds < 1) stopWith('--rounds is a whole number from 1 up.');

const ABORT_AFTER_MS = 150;
const GIVE_UP_MS = 30_000;

const QUERIES = {
  reading: 'SELECT count(*) FROM item a, item b, item c WHERE a.id + b.id + c.id < 0',
  sorting: 'SELECT a.id FROM item a, item b ORDER BY a.id * b.id, b.id',
  grouping: 'SELECT a.id * b.id, count(*) FROM item a, item b GROUP BY a.id * b.id ORDER BY 2',
};

interface Bench {
  readonly engine: string;
  readonly database: Database;
  /** Kinds of endless work: reading, sorting and grouping, which engines interrupt at different points. */
  readonly queries: Readonly<Record<string, string>>;
  readonly busy: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

const report: Record<string, { readonly n: number; readonly p50Ms: number; readonly maxMs: number }> = {};
for (const open of [postgresBench, sqliteBench]) {
  const bench = await open();
  try {
    for (const [kind, sql] of Object.entries(bench.queries)) {
      const checked = await check(bench.database, sql);
      const times: number[] = [];
      for (let round = 0; round < rounds; round++) {
        times.push(await idleAfterAbort(bench, checked));
        showProgress(`${bench.engine}, ${kind}`, round + 1, rounds);
      }
      const summary = {
        n: times.length,
        p50Ms: rounded(percentile(times, 0.5), 1),
        maxMs: rounded(Math.max(...times), 1),
      };
      report[`${bench.engine} ${kind}`] = summary;
      if (!args.json)
        console.log(
          `${bench.engine}, ${kind}: idle ${summary.p50Ms} ms after abort (p50), at most ${summary.maxMs} ms`,
        );
    }
  } finally {
    await bench.close();
  }
}
if (args.json) console.log(JSON.stringify(report));
process.exit(0);

async function check(database: Database, text: string): Promise<ReadOnlySql> {
  const catalog = await database.catalog({}, new AbortController().signal);
  if (!catalog.ok) throw new Error(sayFailure(catalog.failure));
  const sql = await judge(text, database.engine, wholeCatalog(catalog.value));
  if (!sql.ok) throw new Error(sayFailure(sql.failure));
  return sql.value;
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
  const server = await startEmbeddedPostgres();
  const url = server.url('postgres');
  await server.execute(
    'postgres',
    'CREATE TABLE item AS SELECT i AS id FROM generate_series(1, 20000) AS s (i); ANALYZE item',
  );
  const watcher = new pg.Client({ connectionString: url });
  await watcher.connect();
  const parsed = parseDatabaseUrl(url);
  if (!parsed.ok) throw new Error(sayFailure(parsed.failure));
  const opened = openDatabase({ id: 'bench', url: parsed.value.url, secret: `plain:${parsed.value.password}` }, {});
  if (!opened.ok) throw new Error(sayFailure(opened.failure));
  const ACTIVE = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'querent' AND state = 'active'`;
  return {
    engine: 'PostgreSQL',
    database: opened.value,
    queries: QUERIES,
    busy: async () => (await watcher.query(ACTIVE)).rows.length > 0,
    close: async () => {
      await opened.value.close();
      await watcher.end();
      await server.stop();
    },
  };
}

async function sqliteBench(): Promise<Bench> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'querent-bench-'));
  const file = path.join(folder, 'bench.sqlite');
  const made = new DatabaseSync(file);
  made.exec(`CREATE TABLE item (id INTEGER);
    INSERT INTO item WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n`);
  made.close();
  const opened = openDatabase({ id: 'bench', url: `sqlite:${file}` }, {});
  if (!opened.ok) throw new Error(sayFailure(opened.failure));
  return {
    engine: 'SQLite',
    database: opened.value,
    queries: QUERIES,
    busy: async () => queryProcesses().length > 0,
    close: async () => {
      await opened.value.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Our living children that run SQLite, by /proc; a killed one that is not reaped yet (state Z) does no work. */
function queryProcesses(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      if (Number(parent) !== process.pid || state === 'Z' || state === 'X') return false;
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(path.join('sqlite', 'child.ts'));
    } catch {
      return false; // it ended while we looked
    }
  });
}
