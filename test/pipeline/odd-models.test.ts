import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import { openModelServer } from '#adapters/model/open-model-server.ts';
import type { Answer } from '#src/domain/answer.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { ok } from '#src/domain/result.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { answerPorts } from '#src/pipeline/answer-ports.ts';
import { FULL_PIPELINE, type PipelineSettings } from '#src/pipeline/settings.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { SHOP } from '#test/support/catalogs.ts';
import { BEST_SQL, ODD_MODELS } from '#test/support/odd-models.ts';
import { asked } from '#test/support/question.ts';
import { scriptedModel } from '#test/support/scripted-model.ts';
import { makeSqlite } from '#test/support/small-querent.ts';

const never = new AbortController().signal;
const file = makeSqlite(path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'shop.sqlite'), SHOP);
const database = openSqlite({ id: 'shop', file });
const extracted = await database.catalog({}, never);
assert.ok(extracted.ok);
const catalog = extracted.value;
afterAll(() => database.close());

const retriever: SchemaRetriever = {
  retrieve: async () => ({
    databases: [{ databaseId: 'shop', probability: 1, score: 1, tables: ['orders'], evidence: [] }],
    tables: catalog.tables.map((table, at) => ({ databaseId: 'shop', table, score: 1 - at / 10 })),
    coverage: 1,
    searchedTables: 3,
  }),
  catalogOf: (id) => (id === 'shop' ? catalog : undefined),
  columnsNear: async () => [],
  valuesNamed: () => [],
};

const ABLE = {
  replySchemaKey: 'none',
  grammarKey: 'none',
  severalSamples: true,
  logprobs: true,
  saysCut: true,
} as const;
/** A question that the planner declines. */
const LOYAL = 'Which customer is the most loyal, judged by what was ordered?';

/** Asks one whole question of a server over HTTP, retries and breaker included. */
async function askAt(baseUrl: string, settings: Partial<PipelineSettings> = {}, timeoutMs = 2_000): Promise<Answer> {
  const server = openModelServer({
    baseUrl,
    timeoutMs,
    concurrency: 8,
    abilities: () => ABLE,
    countTokens: (text) => Math.ceil(text.length / 4),
  });
  const model = server.model('odd');
  const ports = answerPorts({
    retriever,
    database: async () => ok(database),
    readable: ['shop'],
    scopeOf: wholeScopes((id) => retriever.catalogOf(id)),
    askingPrice: 0.3,
    countTokens: (text) => Math.ceil(text.length / 4),
    models: { linker: model, generator: model, refiner: model, selector: model, adapters: [] },
  });
  const question = asked(LOYAL, { intent: { kind: 'from', databaseId: 'shop' } });
  // Whether the database lacks something is another question to the model.
  const all = { ...FULL_PIPELINE, lacking: 'untold', ...settings } as const;
  return answer(question, ports, { neverAsk: true, settings: all }, never);
}

const saidBy = (given: Answer) => (given.kind === 'failure' ? sayFailure(given.failure) : given.kind);

async function askOdd(kind: string) {
  const odd = ODD_MODELS[kind]?.odd();
  assert.ok(odd);
  const script = await scriptedModel(() => odd);
  const given = await askAt(script.baseUrl);
  await script.stop();
  return { given, asked: script.asked, hungUp: script.hungUp() };
}

describe('a question to a model that', () => {
  it.each(Object.entries(ODD_MODELS))('%s is answered, or says what to do', async (kind, { says }) => {
    const { given } = await askOdd(kind);
    if (says) return assert.match(saidBy(given), says);
    assert.ok(given.kind === 'answer', saidBy(given));
    assert.deepEqual(
      given.table.rows.map((row) => row.map((cell) => String(cell).toLowerCase())),
      [['ada']],
    );
  });

  it('has no system role is told once what the system says in the user’s turn, and from then on', async () => {
    const { asked: requests } = await askOdd('has no system role');
    const withSystem = requests.filter(({ messages }) => messages.some(({ role }) => role === 'system'));
    assert.equal(withSystem.length, 1);
    const [system] = withSystem[0]?.messages ?? [];
    assert.ok(requests.at(-1)?.messages[0]?.content.startsWith(`${system?.content}\n\n`));
  });

  it('thinks beyond its limit is given room once, and from then on', async () => {
    const { asked: requests } = await askOdd('thinks beyond its limit, in tags');
    assert.deepEqual(
      requests.map(({ max_tokens: limit }) => limit),
      [600, 4_600, 4_600],
    );
  });

  it('repeats itself is cut long before its limit', async () => {
    const { hungUp, given } = await askOdd('repeats itself for ever');
    assert.equal(given.kind, 'failure');
    assert.ok(hungUp > 0);
  });
});

describe('votes are asked for one by one', () => {
  const fenced = (sql: string) => `\`\`\`sql\n${sql}\n\`\`\``;

  it.each([
    ['until no other can change the answer', BEST_SQL, 'Ada', 2],
    ['to the last where they are divided', 'SELECT name FROM customers WHERE id = 2', 'Bo', 5],
  ])('%s', async (_, drawn, wins, requests) => {
    const script = await scriptedModel(({ temperature }) => fenced(temperature ? drawn : BEST_SQL));
    const given = await askAt(script.baseUrl);
    assert.ok(given.kind === 'answer', saidBy(given));
    assert.deepEqual([given.table.rows, script.asked.length], [[[wins]], requests]);
    await script.stop();
  });
});

it('the tokens of a question are spent by all its stages together, and what it has by then is gone on with', async () => {
  const script = await scriptedModel(() => '```sql\nSELECT name FROM customers WHERE id = 1\n```');
  const given = await askAt(script.baseUrl, { writtenTokens: 5 });
  assert.ok(given.kind === 'answer', saidBy(given));
  assert.equal(script.asked.length, 1, 'a reply of five tokens spends them: no votes are asked for');
  await script.stop();
});
