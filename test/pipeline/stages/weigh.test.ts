import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, it } from 'vitest';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import { ok } from '#src/domain/result.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import { nothingTried, refine } from '#src/pipeline/stages/refine.ts';
import { type EvidenceKind, groupByResult, type ResultGroup } from '#src/pipeline/stages/select.ts';
import { weigh } from '#src/pipeline/stages/weigh.ts';
import { probe } from '#src/pipeline/support/probes.ts';
import type { ChatModel, ChatRequest } from '#src/ports/chat-model.ts';
import { SHOP } from '#test/support/catalogs.ts';

const never = new AbortController().signal;
const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-test-')), 'shop.sqlite');
const made = new DatabaseSync(file);
made.exec(SHOP);
made.close();
const database = openSqlite({ id: 'shop', file });
const extracted = await database.catalog({}, never);
assert.ok(extracted.ok);
const catalog = extracted.value;
const scope = wholeCatalog(catalog);
afterAll(() => database.close());

describe('the database says against a query', () => {
  const against = (sql: string, question = 'Which customers are there?') =>
    probe({ sql, question, catalog, scope }, database, never);

  it('that a text is not stored where it is looked for, but for case and spaces', async () => {
    assert.deepEqual(await against("SELECT id FROM customers WHERE country = 'Oslo'"), ['not-stored']);
    assert.deepEqual(await against("SELECT id FROM customers WHERE country IN ('Chile', 'Peru')"), ['not-stored']);
    assert.deepEqual(await against("SELECT id FROM customers WHERE country = ' norway '"), []);
  });

  it('that a join repeats the rows whose column is added up', async () => {
    const joined = 'FROM customers AS c JOIN orders AS o ON o.customer_id = c.id';
    assert.deepEqual(await against(`SELECT SUM(c.id) ${joined}`), ['multiplied']);
    assert.deepEqual(await against(`SELECT SUM(o.amount) ${joined}`), []);
  });

  it('that it shows keys where names are asked for', async () => {
    const question = 'What are the names of the customers?';
    assert.deepEqual(await against('SELECT id FROM customers', question), ['no-names']);
    assert.deepEqual(await against('SELECT id, name FROM customers', question), []);
    assert.deepEqual(await against('SELECT id FROM customers'), []);
  });
});

describe('results that disagree', () => {
  const text = 'How many customers are from Norway?';
  const asked = { text, hint: '', engine: 'sqlite', dates: [], values: [], earlier: [], today: '2026-01-15' } as const;
  const whole = { catalog, tables: catalog.tables, values: new Map() };
  const linked = { catalog, ranked: [], precise: whole, wide: whole, values: [] };

  async function groupsOf(...queries: readonly string[]): Promise<readonly ResultGroup[]> {
    const candidates = queries.map((sql) => ({ generator: 'plain', sql, tables: [], assumptions: [] }));
    const tried = await refine(
      { candidates, asked, linked, schemaText: '', scope, rules: new Set(), turns: 0, askerId: 'a' },
      { database },
      nothingTried(),
      never,
    );
    return groupByResult(tried, { question: text, engine: 'sqlite', mode: 'votes' });
  }

  async function weighedBy(kind: EvidenceKind, chanceOfYes: (prompt: string) => number) {
    const requests: ChatRequest[] = [];
    const verifier: ChatModel = {
      id: 'verifier',
      reply: async (request) => {
        requests.push(request);
        const yes = chanceOfYes(request.messages.at(-1)!.content);
        const first = [
          { text: 'Yes', logprob: Math.log(yes) },
          { text: 'No', logprob: Math.log(1 - yes) },
        ];
        return ok({ choices: [{ text: 'Yes', cut: true, first }], promptTokens: 1, completionTokens: 1 });
      },
    };
    const all = "SELECT COUNT(*) FROM customers WHERE country = 'norge'";
    const groups = await weigh(
      {
        groups: await groupsOf(all, "SELECT COUNT(*) FROM customers WHERE country = 'Norway'"),
        kinds: new Set([kind]),
        reads: 'query',
        asked,
        catalog,
        scope,
        written: [{ role: 'user', content: 'the schema' }],
        mode: 'votes',
        askerId: 'a',
      },
      { database, verifier },
      never,
    );
    return { first: groups[0]?.candidates[0]?.attempt.table.rows[0]?.[0], groups, requests };
  }

  it('are ranked by what the database says against them', async () => {
    const { first, groups, requests } = await weighedBy('probes', () => 0.5);
    assert.equal(first, 2);
    assert.deepEqual(
      groups.map(({ faults }) => faults),
      [[], ['not-stored']],
    );
    assert.equal(requests.length, 0);
  });

  it('are ranked by how likely a verifier says yes to each, in a word', async () => {
    const { first, groups, requests } = await weighedBy('verifier', (prompt) => (/norge/.test(prompt) ? 0.2 : 0.9));
    assert.equal(first, 2);
    assert.deepEqual(
      groups.map(({ verified }) => verified?.toFixed(1)),
      ['0.9', '0.2'],
    );
    assert.deepEqual(
      requests.map(({ maxTokens, temperature, alternatives }) => [maxTokens, temperature, alternatives]),
      [
        [1, 0, 10],
        [1, 0, 10],
      ],
    );
  });
});
