import assert from 'node:assert/strict';
import { it } from 'vitest';
import { repeatsItself } from '#adapters/model/repeats-itself.ts';

it('sees a piece that is written over and over, whatever came before and wherever the text ends', () => {
  const piece = ' OR country = ‘Norway’ AND';
  for (const end of [0, 3, 11])
    assert.ok(repeatsItself(`SELECT a FROM b WHERE${piece.repeat(6)}${piece.slice(0, end)}`));
  assert.ok(repeatsItself(`x${'-'.repeat(130)}`));
  assert.ok(
    repeatsItself(
      `#1. From [a].\n${'#2. Keep rows of #1 where [x] = 1, and of those that are left the ones with [y].\n'.repeat(5)}`,
    ),
  );
});

it('leaves a query alone that repeats a piece some times', () => {
  const union = Array.from({ length: 6 }, (_, at) => `SELECT name FROM shop_${at}`).join(' UNION ');
  const list = `SELECT ${'sum(a), '.repeat(10)}b FROM c`;
  for (const text of ['', 'SELECT 1', union, list, `SELECT ${' '.repeat(60)}a`, 'IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'])
    assert.ok(!repeatsItself(text), text);
});
