import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import { chooseDatabase } from '#src/pipeline/stages/choose-database.ts';
import { DatabaseChoiceReply } from '#src/prompts/choose-database.ts';
import { readJsonReply } from '#src/prompts/json-reply.ts';
import { bareCatalog } from '#test/support/catalogs.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';

const never = new AbortController().signal;
const shop = bareCatalog('shop', ['customers: id, name', 'orders: id, customer_id', 'refunds: id, order_id, amount']);
const crm = bareCatalog('crm', ['customers: id, segment', 'notes: id, text']);
const keyed: DatabaseCatalog = {
  ...shop,
  tables: shop.tables.map((table) => ({
    ...table,
    primaryKey: ['id'],
    foreignKeys: table.columns
      .filter(({ name }) => name.endsWith('_id'))
      .map(({ name }) => ({ columns: [name], targetTable: `${name.slice(0, -3)}s`, targetColumns: ['id'] })),
  })),
};
const catalogOf = (id: string) => [keyed, crm].find(({ databaseId }) => databaseId === id);
const slice: SchemaSlice = {
  databases: ['crm', 'shop'].map((databaseId, at) => ({
    databaseId,
    probability: at ? 0.4 : 0.6,
    score: 1 - at,
    tables: ['customers'],
    evidence: [],
  })),
  tables: [crm, keyed].map((catalog, at) => ({
    databaseId: catalog.databaseId,
    table: catalog.tables[0]!,
    score: 1 - at,
  })),
  coverage: 1,
  searchedTables: 5,
};

async function choose(replies: string[]) {
  const script = await scriptedModel(replies);
  const chosen = await chooseDatabase('refunds by customer', slice, { model: script.model, catalogOf }, never);
  await script.stop();
  return { chosen, asked: script.asked };
}

describe('a model that chooses the database', () => {
  it('puts its tables first and is as sure as the model is', async () => {
    const { chosen, asked } = await choose([
      'Sure! ```json\n{"database": "Shop", "confidence": 0.9, "why": "it holds refunds"}\n```',
    ]);
    assert.deepEqual(
      chosen.slice.databases.map(({ databaseId, probability }) => [databaseId, Number(probability.toFixed(2))]),
      [
        ['shop', 0.9],
        ['crm', 0.1],
      ],
    );
    assert.equal(chosen.slice.tables[0]?.databaseId, 'shop');
    const { how, databaseId, confidence, why } = chosen;
    assert.deepEqual([how, databaseId, confidence, why], ['chose', 'shop', 0.9, 'it holds refunds']);
    assert.match(asked[0]!.messages[1]!.content, /Database crm\n {2}customers\(id, segment\)/);
    assert.match(asked[0]!.messages[1]!.content, /Question: refunds by customer$/);
  });

  it.each([
    ['names none of them', ['{"database": "warehouse", "confidence": 1}'], 'named-none'],
    ['replies with no JSON', ['I would take the shop.'], 'named-none'],
    ['is not answering', [], 'not-answering'],
  ])('changes nothing when it %s', async (_, replies, how) => {
    const { chosen } = await choose(replies);
    assert.deepEqual(chosen, { slice, how });
    assert.equal(chosen.slice, slice);
  });
});

it('reads the first JSON object of a reply that fits, whatever stands around it', () => {
  const read = (text: string) => readJsonReply(text, DatabaseChoiceReply)?.database;
  assert.equal(read('{"x": 1} then {"database": "a \\"}\\" b", "confidence": "0.4"}'), 'a "}" b');
  assert.equal(read('{"database": "a", "confidence": 0.4'), undefined);
  assert.equal(read(''), undefined);
});
