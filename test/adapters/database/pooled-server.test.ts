import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { pooledServer, type ServerEngine } from '#adapters/database/pooled-server.ts';
import type { ReadOnlySql } from '#src/domain/read-only-sql.ts';
import { ANSWER_LIMITS, ANYWAY_LIMITS } from '#src/domain/result-table.ts';

const notAsked = () => assert.fail('it is not asked for');
const sql = { text: 'SELECT 1' } as unknown as ReadOnlySql;

/** A server on which a statement is stopped while its session begins: the cancel comes between two statements, and ends none. */
function stoppedInBetween() {
  const stop = new AbortController();
  const calls: string[] = [];
  const engine: ServerEngine<object> = {
    engine: 'postgres',
    capabilities: {
      comments: true,
      schemas: true,
      engineStatistics: true,
      cancels: 'protocol-cancel',
      engineTimeout: true,
    },
    connect: async () => ({}),
    giveBack: (_, clean) => void calls.push(`given back ${clean ? 'as new' : 'to be closed'}`),
    close: async () => undefined,
    streamOf: () => ({ bytesRead: 0, destroy: () => undefined }),
    cancel: () => void calls.push('cancel'),
    async begin() {
      stop.abort();
      calls.push('begun');
      return async () => undefined;
    },
    reset: async () => true,
    async estimate() {
      calls.push('estimate');
      return { rowsRead: 1, seconds: 0, pairs: 0 } as Awaited<ReturnType<ServerEngine<object>['estimate']>>;
    },
    async readRows() {
      calls.push('the statement');
      return { ok: true, value: { columns: [], rows: [] } } as never;
    },
    version: notAsked,
    probeRole: notAsked,
    loggedStatements: notAsked,
    extract: notAsked,
    schemaParts: notAsked,
    extractTimeoutMs: 1,
    connectFailure: notAsked,
    runFailure: notAsked,
  };
  const at = { host: 'db.example.com', port: 1, database: 'shop', user: 'reader', tls: true };
  return { stop, calls, database: pooledServer({ id: 'shop', ...at }, engine) };
}

describe('a statement that is stopped while its session begins', () => {
  it.each([
    ['under its budget', ANSWER_LIMITS],
    ['anyway', ANYWAY_LIMITS],
  ])('is not begun after that (%s), and its connection is closed', async (_, limits) => {
    const { stop, calls, database } = stoppedInBetween();
    const ran = await database.run(sql, limits, stop.signal);
    assert.equal(ran.ok ? 'ran' : ran.failure.kind, 'cancelled');
    assert.ok(!calls.includes('the statement'), calls.join());
    assert.equal(calls.at(-1), 'given back to be closed');
  });

  it('is not estimated after that', async () => {
    const { stop, calls, database } = stoppedInBetween();
    const told = await database.estimate(sql, stop.signal);
    assert.equal(told.ok ? 'told' : told.failure.kind, 'cancelled');
    assert.deepEqual(calls, ['cancel', 'begun', 'given back to be closed']);
  });
});
