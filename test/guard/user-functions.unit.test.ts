import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Engine } from '#src/domain/catalog.ts';
import { judge } from '#src/guard/judge.ts';
import type { Scope } from '#src/guard/scope.ts';

const scope = (engine: Engine, userFunctions: readonly string[]): Scope => ({
  databaseId: 'shop',
  engine,
  tables: [{ ...(engine === 'postgres' ? { schema: 'public' } : {}), name: 'orders', columns: ['id', 'amount'] }],
  searchPath: engine === 'postgres' ? ['public'] : ['shop'],
  userFunctions,
  ownCode: { functions: [{ name: 'net' }, { name: 'gross' }], operators: [] },
});

describe.each(['postgres', 'mariadb'] as const)('a function of the company’s own on %s', (engine) => {
  const may = async (sql: string, ...userFunctions: string[]) =>
    (await judge(sql, engine, scope(engine, userFunctions))).ok;
  const own = engine === 'postgres' ? 'public' : 'shop';

  it('is called only where an admin let it', async () => {
    assert.equal(await may('SELECT net(amount) FROM orders'), false);
    assert.equal(await may('SELECT net(amount) FROM orders', 'net'), true);
    assert.equal(await may('SELECT gross(amount) FROM orders', 'net'), false);
    assert.equal(await may('SELECT net(amount) FROM orders', `${own}.net`), true);
    assert.equal(await may('SELECT net(amount) FROM orders', 'other.net'), false);
    assert.equal(await may('SELECT other.net(amount) FROM orders', 'net'), false);
  });

  it('has as many arguments as its signature', async () => {
    assert.equal(await may('SELECT net(amount) FROM orders', 'net(integer)'), true);
    assert.equal(await may('SELECT net(amount, 2) FROM orders', 'net(integer)'), false);
    assert.equal(await may('SELECT net(amount, 2) FROM orders', `${own}.net(integer, integer)`), true);
    assert.equal(await may('SELECT net() FROM orders', 'net()'), true);
  });
});
