import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { scoreRetrieval, twinKey } from '#src/evaluation/retrieval.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

describe('recall', () => {
  const ranked = ['a', 'b', 'c'].map((name) => ({ database: 'd', name, shape: `${name} of x` }));
  const one = (gold: string[], goldShapes: (string | undefined)[] = []) => ({
    gold,
    goldShapes,
    database: 'd',
    ranked,
    goldDatabases: ['d'],
    rankedDatabases: ['e', 'd'],
    ms: 1,
  });
  it('needs every gold table among the first k, spelt in any case', () => {
    const report = scoreRetrieval([one(['A']), one(['a', 'C']), one(['a', 'missing']), one([])]);
    assert.equal(report.n, 3);
    assert.deepEqual([report.recall['1'], report.recall['3']], [1 / 3, 2 / 3]);
    assert.equal(report.coverage10, (1 + 1 + 0.5) / 3);
    assert.deepEqual(report.database, { '1': 0, '3': 1 });
  });
  it('counts a twin elsewhere apart', () => {
    const report = scoreRetrieval([one(['z', 'c'], ['b of x', 'c of x']), one(['missing'], [undefined])]);
    assert.deepEqual([report.recall['3'], report.recallTwins['1'], report.recallTwins['3']], [0, 0, 0.5]);
  });
  it('knows twins by name and columns, whatever their case and order', () => {
    const table = (line: string) => bareCatalog('d', [line]).tables[0]!;
    assert.equal(twinKey(table('Orders: id, Total')), twinKey(table('orders: total, ID')));
    assert.notEqual(twinKey(table('orders: id')), twinKey(table('orders: id, total')));
    assert.notEqual(twinKey(table('a: b,c')), twinKey(table('a: b, c')));
  });
});
