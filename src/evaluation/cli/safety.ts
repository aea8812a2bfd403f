import { readFileSync, writeFileSync } from 'node:fs';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { ANSWER_LIMITS } from '#src/domain/result-table.ts';
import { startGate } from '#src/guard/judge.ts';
import { scopeOf } from '#src/guard/scope.ts';
import { readPolicy } from '../safety/policy-file.ts';
import { tryStatement } from '../safety/try-statement.ts';
import { readArguments, showProgress, stopWith } from './terminal.ts';

const USAGE = `Usage: npm run -s safety -- --engine postgres|mysql|sqlite --url URL --policy FILE --in FILE.jsonl --out FILE.jsonl
Takes every statement of a file through the gate and, unless --gate-only, through cost, engine and limits, with the rights of
the policy, and writes one verdict a line in the same order. Exit code 0 when all lines were processed.
  --engine     mysql stands for MariaDB as well
  --url        a scratch database with the schema loaded: postgres://user:password@host/db, mysql://…, mariadb://… or sqlite:PATH
  --policy     {"tables": […], "hidden_columns": {"table": […]}, "user_functions": []}, or one such an engine under its name
  --in         lines of {id, sql, …}
  --out        lines of {id, verdict, stage, code, sent, rows, bytes, ms, tables, columns, functions}
  --gate-only  nothing is sent to the database but the reading of its schema`;

const args = readArguments(USAGE, {
  engine: { type: 'string' },
  url: { type: 'string' },
  policy: { type: 'string' },
  in: { type: 'string' },
  out: { type: 'string' },
  'gate-only': { type: 'boolean' },
});
const { url, policy, in: input, out } = args;
const engine = args.engine as 'postgres' | 'mysql' | 'sqlite';
if (!['postgres', 'mysql', 'sqlite'].includes(engine)) stopWith('--engine is postgres, mysql or sqlite.');
if (!url || !policy || !input || !out) stopWith(`--url, --policy, --in and --out are needed.\n${USAGE}`);

const view = readPolicy(policy, engine);
const parsed = parseDatabaseUrl(url);
if (!parsed.ok) stopWith(sayFailure(parsed.failure));
const { password } = parsed.value;
const opened = openDatabase(
  { id: parsed.value.name, url: parsed.value.url, ...(password === undefined ? {} : { secret: `plain:${password}` }) },
  {},
);
if (!opened.ok) stopWith(sayFailure(opened.failure));
const database = opened.value;
const catalog = await database.catalog({}, new AbortController().signal);
if (!catalog.ok) stopWith(sayFailure(catalog.failure));
const scope = scopeOf(catalog.value, view);
for (const name of view.tables) {
  const known = scope.tables.some((table) => [table.name, `${table.schema}.${table.name}`].includes(name));
  if (!known) console.error(`The policy names ${name}, which the database does not have.`);
}

const lines = readFileSync(input, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '');
const trial = {
  engine: database.engine,
  scope,
  limits: ANSWER_LIMITS,
  ...(args['gate-only'] ? {} : { database }),
};
await startGate([database.engine]);
const verdicts: string[] = [];
for (const [at, line] of lines.entries()) {
  const { id, sql } = readLine(line);
  const verdict = await tryStatement(sql, trial).catch((error: unknown) => ({
    verdict: 'ended',
    stage: 'engine',
    code: `fault: ${error instanceof Error ? error.message : String(error)}`,
    sent: true,
    rows: 0,
    bytes: 0,
    ms: 0,
    tables: [],
    columns: [],
    functions: [],
  }));
  verdicts.push(JSON.stringify({ id, ...verdict }));
  showProgress('statements', at + 1, lines.length);
}
writeFileSync(out, `${verdicts.join('\n')}${verdicts.length ? '\n' : ''}`);
await database.close();
process.exit(0);

/** A line that is no statement is one that cannot be read, which the gate refuses. */
function readLine(line: string): { readonly id: unknown; readonly sql: string } {
  try {
    const value = JSON.parse(line) as { id?: unknown; sql?: unknown } | null;
    return { id: value?.id ?? null, sql: typeof value?.sql === 'string' ? value.sql : '' };
  } catch {
    return { id: null, sql: '' };
  }
}
