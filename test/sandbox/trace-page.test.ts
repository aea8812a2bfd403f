import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { KeptTrace } from '#src/domain/trace.ts';
import { startSandbox } from '#src/sandbox/start-sandbox.ts';

const KEPT: KeptTrace = {
  runId: '11111111-aaaa',
  team: 'T0FERNHILL',
  user: 'U0ADA',
  at: '2026-03-01T08:00:00.000Z',
  question: 'How many <b>orders</b>?',
  databaseId: 'shop',
  outcome: 'answer',
  entries: [
    { stage: 'rewrite', asked: 'q', text: 'q', how: 'as-asked', atMs: 0, ms: 1, calls: [] },
    {
      stage: 'generate',
      wave: 1,
      made: [{ generator: 'direct', queries: ['SELECT 1 -- </pre><script>'], note: 'one query' }],
      atMs: 1,
      ms: 2_400,
      calls: [
        {
          model: 'small',
          role: 'generator',
          messages: [{ role: 'user', content: 'Write <SQL>' }],
          replies: ['SELECT 1'],
          promptTokens: 1_200,
          completionTokens: 1,
          ms: 2_390,
        },
      ],
    },
  ],
};

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, traceOf: async (id) => (id === KEPT.runId ? KEPT : undefined) });
});
afterAll(() => sandbox.stop());

const open = (id: string) => {
  const { origin, search } = new URL(sandbox.url);
  return fetch(`${origin}/trace/${id}${search}`);
};

describe('the page of a trace', () => {
  it('says every stage with its time, its queries, and what each model call read and wrote', async () => {
    const page = await (await open(KEPT.runId)).text();
    for (const said of ['as asked', 'direct: one query', '2.4 s', '1,200 tokens read, 1 token written', '2 stages'])
      assert.ok(page.includes(said), said);
  });

  it('shows what people and models wrote as text, never as markup', async () => {
    const page = await (await open(KEPT.runId)).text();
    assert.ok(page.includes('How many &lt;b&gt;orders&lt;/b&gt;?'));
    assert.ok(page.includes('Write &lt;SQL&gt;'));
    assert.ok(!/<script|<b>/.test(page));
  });

  it('is there for the answers that a trace is kept of, and for whoever holds the token', async () => {
    assert.equal((await open('unknown')).status, 404);
    const { origin } = new URL(sandbox.url);
    assert.equal((await fetch(`${origin}/trace/${KEPT.runId}`)).status, 403);
  });
});
