import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, it } from 'vitest';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import { UNPROBED } from '#adapters/model/abilities.ts';
import { openOpenAiModel } from '#adapters/model/open-openai-model.ts';
import type { AdapterRole } from '#src/domain/adapter.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { ok } from '#src/domain/result.ts';
import { schemaFingerprint } from '#src/domain/schema-fingerprint.ts';
import { edlGrammar } from '#src/edl/edl-grammar.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { answerPorts } from '#src/pipeline/answer-ports.ts';
import { EVERY_PIPELINE, type PipelineSettings, pipelineNamed } from '#src/pipeline/settings.ts';
import type { AdapterModel } from '#src/ports/chat-model.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { sqlGrammar } from '#src/sql/sql-grammar.ts';
import { SHOP } from '#test/support/catalogs.ts';
import { asked } from '#test/support/question.ts';
import { type AskedRequest, scriptedModel } from '#test/support/scripted-model.ts';

const never = new AbortController().signal;
const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'shop.sqlite');
const made = new DatabaseSync(file);
made.exec(SHOP);
made.close();
const database = openSqlite({ id: 'shop', file });
const extracted = await database.catalog({}, never);
assert.ok(extracted.ok);
const catalog: DatabaseCatalog = extracted.value;
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

const sql = (text: string) => `\`\`\`sql\n${text}\n\`\`\``;

interface Named {
  readonly role: AdapterRole;
  readonly task?: string;
  readonly style?: string;
  readonly databases?: Readonly<Record<string, readonly string[]>>;
}

/** Asks over the shop with adapters by name; gives who was asked what. */
async function ask(
  adapters: Readonly<Record<string, Named>>,
  settings: PipelineSettings,
  reply: (request: AskedRequest) => string = () => sql('SELECT COUNT(*) FROM orders'),
) {
  const script = await scriptedModel((request) => reply(request));
  const opened = Object.entries(adapters).map(([name, { role, task, style = 'kinds', databases }]): AdapterModel => {
    const { baseUrl } = script;
    const model = openOpenAiModel({
      baseUrl,
      model: name,
      timeoutMs: 2_000,
      countTokens: (text) => text.length,
      abilities: () => ({ ...UNPROBED, grammarKey: 'grammar' }),
    });
    return { model, role, ...(task ? { trained: { task, style, ...(databases ? { databases } : {}) } } : {}) };
  });
  const ports = answerPorts({
    retriever,
    database: async () => ok(database),
    readable: ['shop'],
    scopeOf: wholeScopes((id) => retriever.catalogOf(id)),
    countTokens: (content) => Math.ceil(content.length / 4),
    models: { ...script.models, adapters: opened },
  });
  const question = asked('which sorts of tallies do the parcels have', {
    intent: { kind: 'from', databaseId: 'shop' },
  });
  const given = await answer(question, ports, { neverAsk: true, settings }, never);
  await script.stop();
  return { given, asked: script.asked };
}

const alone = (name: string): PipelineSettings => {
  const found = pipelineNamed(name);
  assert.ok(found);
  return found;
};
const systemsOf = (requests: readonly AskedRequest[], name: string) =>
  requests.filter(({ model }) => model === name).map(({ messages }) => messages[0]!.content);
const grammarsOf = (requests: readonly AskedRequest[], name: string) =>
  requests.filter(({ model }) => model === name).map(({ grammar }) => grammar);

describe('a fine-tuned model', () => {
  it('that writes queries is asked in the style that it was trained on, by its name', async () => {
    const run = await ask({ 'shop-sql': { role: 'generator', task: 'sql', style: 'm-schema' } }, alone('adapters'));
    assert.ok(run.given.kind === 'answer');
    assert.equal(run.given.origin.generator, 'adapter:shop-sql');
    const [request] = run.asked.filter(({ model }) => model === 'shop-sql');
    assert.match(request!.messages[0]!.content, /^You write one SQLite query/);
    assert.match(request!.messages[1]!.content, /【Schema】/);
    const plain = await ask({ 'shop-sql': { role: 'generator', task: 'sql', style: 'plain' } }, alone('adapters'));
    assert.match(plain.asked.at(-1)!.messages[1]!.content, /^CREATE TABLE/);
  });

  it('is asked in steps if it learned these, and by the direct prompt where nothing says what it learned', async () => {
    const edl = await ask(
      { steps: { role: 'generator', task: 'edl' } },
      alone('adapters'),
      () =>
        '```\n#1. Scan Table: Retrieve all rows from the orders table.\n#2. Select Column: Select the count of all rows.\n```',
    );
    assert.match(systemsOf(edl.asked, 'steps')[0]!, /numbered EDL steps/);
    const learnat = await ask({ parts: { role: 'generator', task: 'learnat' } }, alone('adapters'));
    assert.match(systemsOf(learnat.asked, 'parts')[0]!, /by simple steps/);
    const unknown = await ask({ some: { role: 'generator' } }, alone('adapters'));
    assert.match(unknown.asked.at(-1)!.messages[1]!.content, /【Schema】/);
  });

  it('is held to the grammar of what it writes, steps or SQL, where the pipeline says so', async () => {
    const steps = '```\n#1. From [orders].\n#2. Select count of rows in #1.\n```';
    const adapters = { steps: { role: 'generator', task: 'edl', style: 'plain' } } as const;
    const held = await ask(adapters, alone('adapters-with-grammar'), () => steps);
    assert.ok(held.given.kind === 'answer');
    assert.equal(held.given.origin.generator, 'adapter:steps');
    const tables = [...catalog.tables];
    assert.deepEqual(grammarsOf(held.asked, 'steps'), [edlGrammar(tables)]);
    const queries = await ask({ queries: { role: 'generator', task: 'sql' } }, alone('adapters-with-grammar'));
    assert.deepEqual(grammarsOf(queries.asked, 'queries'), [sqlGrammar(tables, 'sqlite')]);
    const free = await ask(adapters, alone('adapters'), () => steps);
    assert.deepEqual(grammarsOf(free.asked, 'steps'), [undefined]);
  });

  it('of another database, or of one that is mostly another by now, is not asked', async () => {
    const own = { shop: schemaFingerprint(catalog) };
    const adapters = {
      own: { role: 'generator', task: 'sql', databases: own },
      others: { role: 'generator', task: 'sql', databases: { warehouse: own.shop } },
      former: { role: 'generator', task: 'sql', databases: { shop: own.shop.map((mark) => `0${mark}`) } },
    } as const;
    const { asked: requests } = await ask(adapters, alone('adapters'));
    assert.deepEqual([...new Set(requests.map(({ model }) => model))], ['own']);
  });

  it('has its role and no other: the untrained model does the rest', async () => {
    const settings = {
      ...EVERY_PIPELINE,
      generators: new Set(['plain', 'direct'] as const),
      selection: 'model' as const,
    };
    const adapters = {
      mender: { role: 'refiner', task: 'refine' },
      picker: { role: 'selector', task: 'selection' },
      merging: { role: 'merger', task: 'merge', style: 'm-schema' },
    } as const;
    const run = await ask(adapters, { ...settings, merge: true }, ({ model, messages }) => {
      if (model === 'picker') return 'A';
      if (model === 'mender') return sql('SELECT COUNT(*) FROM orders');
      if (model === 'merging') return sql('SELECT amount FROM orders');
      return /^You write one SQLite query/.test(messages[0]!.content)
        ? sql('SELECT status FROM orders')
        : sql('SELECT nothing_like_it FROM orders WHERE x = 1');
    });
    assert.match(systemsOf(run.asked, 'mender')[0] ?? '', /^You mend one/);
    assert.match(run.asked.find(({ model }) => model === 'merging')?.messages[1]?.content ?? '', /【Schema】/);
    assert.ok(systemsOf(run.asked, 'picker').every((system) => /^Several queries were written/.test(system)));
    assert.ok(systemsOf(run.asked, 'picker').length > 0);
    assert.ok(systemsOf(run.asked, 'scripted').every((system) => !/^You mend one|^Several queries/.test(system)));
  });
});
