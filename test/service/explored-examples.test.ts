import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { OPERATOR } from '#src/domain/question.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

const never = new AbortController().signal;
const SHOP = `
  CREATE TABLE categories (id INTEGER PRIMARY KEY, title TEXT, floor INTEGER);
  CREATE TABLE products (id INTEGER PRIMARY KEY, label TEXT, category_id INTEGER REFERENCES categories (id), price REAL);
  INSERT INTO categories VALUES (1, 'garden', 1), (2, 'kitchen', 2), (3, 'office', 2);
  INSERT INTO products VALUES (1, 'Spade', 1, 12), (2, 'Rake', 1, 30), (3, 'Pan', 2, 45), (4, 'Pot', 2, 20), (5, 'Desk', 3, 99);`;

let small: Awaited<ReturnType<typeof startSmallQuerent>>;
let script: Awaited<ReturnType<typeof scriptedModel>>;

beforeAll(async () => {
  script = await scriptedModel(() => '```sql\nSELECT COUNT(*) FROM categories\n```');
  small = await startSmallQuerent({
    environment: { QUERENT_MODEL_URL: script.baseUrl, QUERENT_PIPELINE: 'full-with-explored' },
    databases: { shop: SHOP },
  });
  const explored = await small.querent.exploring.explore('shop', { pairs: 60, seed: 1 }, () => undefined, never);
  assert.ok(explored.ok && explored.value.pairs.length > 30);
});
afterAll(async () => {
  await small.close();
  await script.stop();
});

/** The turns of the prompt that a query was asked with, and the queries that it shows. */
async function shownTo(userId?: string) {
  const before = script.asked.length;
  const asker = userId === undefined ? OPERATOR : { teamId: 'T1', userId };
  const place = userId === undefined ? ({ kind: 'terminal' } as const) : ({ kind: 'direct' } as const);
  await small.ask('How many titles of categories are kept on each floor, roughly?', { asker, place });
  const prompt = script.asked.slice(before).find(({ messages: [system] }) => /You write one/.test(system!.content));
  const turns = prompt?.messages.slice(1) ?? [];
  return { turns, queries: turns.filter(({ role }) => role === 'assistant').map(({ content }) => content) };
}

describe('what was explored over a database', () => {
  it('is shown after its schema, which begins the prompt, to whoever asks it', async () => {
    const { turns, queries } = await shownTo();
    assert.ok(queries.length > 0);
    assert.match(turns[0]!.content, /^CREATE TABLE categories/);
    assert.equal(turns.filter(({ content }) => content.includes('CREATE TABLE')).length, 1);
    assert.match(turns.at(-1)!.content, /Question: How many titles of categories are kept on each floor, roughly\?$/);
    const kept = await small.querent.exploring.pairsOf('shop');
    for (const query of queries) assert.ok(kept.some(({ sql }) => query.includes(sql)));
  });

  it('is kept from whoever may not read all that it reads', async () => {
    const everyone = { kind: 'everyone' } as const;
    const rule = { effect: 'grant', databaseId: 'shop', to: everyone, tables: ['categories'] } as const;
    assert.equal((await small.querent.access.change('shop', () => [rule], OPERATOR)).kind, 'changed');
    const { turns, queries } = await shownTo('UADA');
    assert.ok(queries.length > 0);
    assert.doesNotMatch(turns.map(({ content }) => content).join('\n'), /products|Spade|price/);
  });
});
