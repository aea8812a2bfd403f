import type { Engine } from '#src/domain/catalog.ts';
import type { Failure } from '#src/domain/failure.ts';
import { resultBytes, type StatementLimits } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import type { Scope } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';

/** What became of one statement (security.md#a-corpus-of-your-own). */
export interface StatementVerdict {
  readonly verdict: 'allow' | 'refuse' | 'ended';
  readonly stage: 'rights' | 'gate' | 'cost' | 'engine' | 'limit' | null;
  readonly code: string | null;
  /** Whether any byte of it reached the engine. */
  readonly sent: boolean;
  readonly rows: number;
  readonly bytes: number;
  readonly ms: number;
  readonly tables: readonly string[];
  readonly columns: readonly string[];
  readonly functions: readonly string[];
}

export interface TrialSetup {
  readonly engine: Engine;
  readonly scope: Scope;
  /** Absent: the gate alone. */
  readonly database?: Database;
  readonly limits: StatementLimits;
}

/** Takes a statement through the gate and, unless only that is tried, through cost, engine and limits. */
export async function tryStatement(
  sql: string,
  { engine, scope, database, limits }: TrialSetup,
): Promise<StatementVerdict> {
  const started = performance.now();
  const judged = await judge(sql, engine, scope);
  const seen = judged.ok
    ? {
        tables: judged.value.tables.map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`)),
        columns: judged.value.tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`)),
        functions: judged.value.functions,
      }
    : { tables: [], columns: [], functions: [] };
  const close = (
    what: Pick<StatementVerdict, 'verdict' | 'stage' | 'code' | 'sent'>,
    rows = 0,
    bytes = 0,
  ): StatementVerdict => ({
    ...what,
    rows,
    bytes,
    ms: Math.round((performance.now() - started) * 1_000) / 1_000,
    ...seen,
  });
  if (!judged.ok) return close({ verdict: 'refuse', stage: 'gate', code: judged.failure.kind, sent: false });
  if (!database) return close({ verdict: 'allow', stage: null, code: null, sent: false });
  const ran = await database.run(judged.value, limits, new AbortController().signal);
  if (!ran.ok) return close({ ...ending(ran.failure), code: ran.failure.kind, sent: true });
  const bytes = resultBytes(ran.value);
  const cut = ran.value.truncated !== undefined;
  return close(
    cut
      ? { verdict: 'ended', stage: 'limit', code: `${ran.value.truncated}-cap`, sent: true }
      : { verdict: 'allow', stage: null, code: null, sent: true },
    ran.value.rows.length,
    bytes,
  );
}

function ending(failure: Failure): Pick<StatementVerdict, 'verdict' | 'stage'> {
  switch (failure.kind) {
    case 'query-too-costly':
      return { verdict: 'refuse', stage: 'cost' };
    case 'query-timed-out':
    case 'query-too-big':
    case 'query-incomplete':
      return { verdict: 'ended', stage: 'limit' };
    default:
      return { verdict: 'refuse', stage: 'engine' };
  }
}
