import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { findValues } from '#schemas-index/values/find-values.ts';
import { jaccard, MinHashIndex, shinglesOf } from '#schemas-index/values/min-hash.ts';
import { rankSpellings } from '#schemas-index/values/rank-spellings.ts';
import { indexValues } from '#schemas-index/values/value-index.ts';
import type { Column, DatabaseCatalog } from '#src/domain/catalog.ts';
import { longestCommonBlock, sequenceRatio } from '#src/domain/likeness.ts';
import { mayIndexValues } from '#src/domain/personal.ts';

const column = (name: string, values: readonly string[], more: Partial<Column> = {}): Column => ({
  name,
  type: 'text',
  kind: 'text',
  nullable: true,
  values,
  valuesComplete: true,
  ...more,
});
const catalog = (databaseId: string, tables: Readonly<Record<string, readonly Column[]>>): DatabaseCatalog => ({
  databaseId,
  engine: 'sqlite',
  serverVersion: '',
  warnings: [],
  tables: Object.entries(tables).map(([name, columns]) => ({
    name,
    kind: 'table',
    columns,
    primaryKey: [],
    foreignKeys: [],
  })),
});

const catalogs = [
  catalog('crm', {
    accounts: [column('company', ['Acme', 'Globex Corporation', 'Initech']), column('region', ['EMEA', 'APAC'])],
    customers: [column('name', ['Ada Lovelace']), column('email', ['ada@example.com'])],
  }),
  catalog('geo', { cities: [column('city', ['San Francisco', 'Oslo', 'Saint Petersburg']), column('note', ['the'])] }),
];
const index = indexValues(catalogs);
const find = (question: string, names: readonly string[] = [], databases?: ReadonlySet<string>) =>
  findValues(index, question, {
    isName: (word) => names.includes(word.toLowerCase()),
    isShown: ({ databaseId }) => databases?.has(databaseId) ?? true,
  }).map(({ asked, value, how, table, column: { name } }) => [asked, value, how, `${table.name}.${name}`]);

describe('stored values', () => {
  it('are found exactly, whatever the case and however many words', () => {
    assert.deepEqual(find('how is acme doing in EMEA?'), [
      ['acme', 'Acme', 'exact', 'accounts.company'],
      ['EMEA', 'EMEA', 'exact', 'accounts.region'],
    ]);
    assert.deepEqual(find('flights to san francisco'), [['san francisco', 'San Francisco', 'exact', 'cities.city']]);
  });
  it('are found by their longest common block with the question', () => {
    assert.deepEqual(find('offices of Globex Corporation’s'), [
      ['Globex Corporation', 'Globex Corporation', 'exact', 'accounts.company'],
    ]);
    assert.deepEqual(find('offices of Globex Corporation.com'), [
      ['Globex Corporation.com', 'Globex Corporation', 'words', 'accounts.company'],
    ]);
  });
  it('are found misspelt, unless the word names a table or column', () => {
    assert.deepEqual(find('revenue of Initeck'), [['Initeck', 'Initech', 'similar', 'accounts.company']]);
    assert.deepEqual(find('revenue of Initeck', ['initeck']), []);
  });
  it('are found only in databases that may be asked', () => {
    assert.deepEqual(find('acme in Oslo', [], new Set(['geo'])), [['Oslo', 'Oslo', 'exact', 'cities.city']]);
  });
  it('are no stop words, and never personal data unless an admin says so', () => {
    assert.deepEqual(find('what about the ada lovelace and ada@example.com'), []);
    const name = column('name', ['Ada Lovelace']);
    assert.ok(!mayIndexValues(name, { name: 'customers' }));
    assert.ok(mayIndexValues({ ...name, indexValues: true }, { name: 'customers' }));
    assert.ok(!mayIndexValues(column('company', ['Acme'], { indexValues: false }), { name: 'accounts' }));
  });
});

describe('values spelt alike', () => {
  it('are told apart by meaning', async () => {
    const vectors: Readonly<Record<string, Float32Array>> = {
      Martens: Float32Array.of(1, 0),
      Martins: Float32Array.of(0.99, 0.14),
      Marlens: Float32Array.of(0.2, 0.98),
    };
    const embedder = {
      id: 'by hand',
      dimensions: 2,
      embed: async (texts: readonly string[]) => texts.map((text) => vectors[text]!),
      close: async () => undefined,
    };
    const hit = (value: string) => ({
      ...index.values[0]!.places[0]!,
      asked: 'Martens',
      value,
      how: 'similar' as const,
      score: 0.9,
    });
    const kept = await rankSpellings([hit('Martins'), hit('Marlens')], embedder, new AbortController().signal);
    assert.deepEqual(
      kept.map(({ value }) => value),
      ['Martins'],
    );
  });
});

describe('MinHash', () => {
  it('finds texts that share shingles and passes over those that do not', () => {
    const texts = ['San Francisco', 'San Fransisco', 'Reykjavik', 'Minneapolis', 'ab'];
    const similar = new MinHashIndex(texts, (text) => text);
    assert.deepEqual(similar.candidates('san francisco', 2), texts.slice(0, 2));
    assert.ok(!similar.candidates('san francisco', 5).includes('Reykjavik'));
    assert.deepEqual(similar.candidates('AB', 1), ['ab']);
    assert.deepEqual(new MinHashIndex([], String).candidates('x', 3), []);
  });
  it('compares sets of shingles', () => {
    assert.deepEqual([...shinglesOf('Oslo')], ['osl', 'slo']);
    assert.equal(jaccard(shinglesOf('abcd'), shinglesOf('bcde')), 1 / 3);
  });
});

describe('likeness', () => {
  it('is Ratcliff and Obershelp’s ratio', () => {
    assert.equal(sequenceRatio('custmers', 'customers'), 16 / 17);
    assert.equal(sequenceRatio('WIKIMEDIA', 'wikimania'), 14 / 18);
    assert.equal(sequenceRatio('', ''), 1);
    assert.equal(sequenceRatio('a', ''), 0);
  });
  it('finds the longest common block', () => {
    assert.deepEqual(longestCommonBlock('in san francisco now', 'san francisco'), { inA: 3, inB: 0, length: 13 });
  });
});
