import { readFileSync, writeFileSync } from 'node:fs';
import { ANSWER_LIMITS } from '#src/domain/result-table.ts';
import { startGate } from '#src/guard/judge.ts';
import { type AccessView, type Scope, scopeOf } from '#src/guard/scope.ts';
import { type ExitCode, runs } from '#src/terminal/command.ts';
import { openAddress } from '../parts.ts';
import { readPolicy } from '../safety/policy-file.ts';
import { type StatementVerdict, type TrialSetup, tryStatement } from '../safety/try-statement.ts';
import { atEnd, measuring, Option, runMeasuring, showProgress, usable } from './program.ts';

const program = measuring(
  'safety',
  'Takes every statement of a file through the gate and, unless --gate-only, through cost, engine and limits, with the rights of the policy, and writes one verdict a line in the same order. Exit code 0 when all lines were processed.',
)
  .addOption(
    new Option('--engine <engine>', 'mysql stands for MariaDB as well')
      .choices(['postgres', 'mysql', 'sqlite'] as const)
      .makeOptionMandatory(),
  )
  .requiredOption(
    '--url <url>',
    'a scratch database with the schema loaded: postgres://user:password@host/db, mysql://…, mariadb://… or sqlite:PATH',
  )
  .requiredOption(
    '--policy <file>',
    '{"tables": […], "hidden_columns": {"table": […]}, "user_functions": []}, or one such an engine under its name',
  )
  .requiredOption('--in <file.jsonl>', 'lines of {id, sql, …}')
  .requiredOption(
    '--out <file.jsonl>',
    'lines of {id, verdict, stage, code, sent, rows, bytes, ms, tables, columns, functions}',
  )
  .option('--gate-only', 'nothing is sent to the database but the reading of its schema');

type Options = ReturnType<typeof program.opts>;

async function tryAll(options: Options): Promise<ExitCode> {
  const view = readPolicy(options.policy, options.engine);
  const database = usable(await openAddress(options.url), program);
  atEnd(() => database.close());
  const scope = scopeOf(usable(await database.catalog({}, new AbortController().signal), program), view);
  for (const name of unknownTables(view, scope))
    console.error(`The policy names ${name}, which the database does not have.`);
  const lines = readFileSync(options.in, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const trial = {
    engine: database.engine,
    scope,
    limits: ANSWER_LIMITS,
    ...(options.gateOnly ? {} : { database }),
  };
  await startGate([database.engine]);
  const verdicts: string[] = [];
  for (const [at, line] of lines.entries()) {
    const { id, sql } = readLine(line);
    verdicts.push(JSON.stringify({ id, ...(await verdictOf(sql, trial)) }));
    showProgress('statements', at + 1, lines.length);
  }
  writeFileSync(options.out, verdicts.map((verdict) => `${verdict}\n`).join(''));
  return 0;
}

const unknownTables = (view: AccessView, scope: Scope) =>
  view.tables.filter(
    (name) => !scope.tables.some((table) => [table.name, `${table.schema}.${table.name}`].includes(name)),
  );

/** A fault of ours is a verdict as well: the lines after it are tried all the same. */
async function verdictOf(sql: string, trial: TrialSetup): Promise<StatementVerdict> {
  try {
    return await tryStatement(sql, trial);
  } catch (error) {
    return {
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
    };
  }
}

/** A line that is no statement is one that cannot be read, which the gate refuses. */
function readLine(line: string): { readonly id: unknown; readonly sql: string } {
  try {
    const value = JSON.parse(line) as { id?: unknown; sql?: unknown } | null;
    return { id: value?.id ?? null, sql: typeof value?.sql === 'string' ? value.sql : '' };
  } catch {
    return { id: null, sql: '' };
  }
}

program.action(runs(tryAll));
await runMeasuring(program);
