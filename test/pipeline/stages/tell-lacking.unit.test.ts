import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { fail, ok } from '#src/domain/result.ts';
import { type LackingMode, tellLacking } from '#src/pipeline/stages/tell-lacking.ts';
import { plan } from '#src/planner/plan.ts';
import type { ChatModel, ChatRequest } from '#src/ports/chat-model.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const catalog = catalogOf(SHOP);
const never = new AbortController().signal;

/** Asks over the shop; the model says one word, with its probability. */
async function tell(text: string, mode: LackingMode, says?: readonly [word: string, probability?: number]) {
  const asked: ChatRequest[] = [];
  const model: ChatModel = {
    id: 'scripted',
    async reply(request) {
      asked.push(request);
      if (!says) return fail({ kind: 'model-unavailable', fault: 'overloaded' });
      const [word, probability] = says;
      const logprob = probability === undefined ? {} : { logprob: Math.log(probability) };
      return ok({ choices: [{ text: word, cut: true, ...logprob }], promptTokens: 1, completionTokens: 1 });
    },
  };
  const input = {
    text,
    catalog,
    shown: { catalog, tables: catalog.tables, values: new Map() },
    planned: plan({ question: text, catalog, ranked: [], today: '2026-01-15' }),
    taught: [],
    mode,
    askerId: 'u1',
  };
  return { told: await tellLacking(input, model, never), asked };
}

const FAR = 'How does photosynthesis produce oxygen in plants?';
const NEAR = 'Which customers asked for a refund in each country?';

describe('telling that a database lacks what is asked for', () => {
  it('says which words nothing stands for', async () => {
    const { told, asked } = await tell(FAR, 'words');
    assert.equal(told.missing, 'nothing in it stands for “photosynthesis”, “oxygen” or “plants”');
    assert.equal(asked.length, 0);
  });

  it('is told the surer that it is there, the more speaks against it', async () => {
    const missing = async (text: string) => (await tell(text, 'words-and-model', ['yes', 0.7])).told.missing;
    assert.deepEqual([await missing(NEAR), Boolean(await missing(FAR))], [undefined, true]);
  });

  it('is done with what the planner understood to the last word', async () => {
    const { told, asked } = await tell('How many customers are there?', 'words-and-model', ['no', 1]);
    assert.deepEqual(told, { words: [] });
    assert.equal(asked.length, 0);
  });

  it('asks a model for one word where words leave doubt, and goes by its probability', async () => {
    const refused = await tell(NEAR, 'words-and-model', ['no', 0.7]);
    assert.match(refused.told.missing ?? '', /“refund”/);
    const [request] = refused.asked;
    assert.deepEqual([request?.maxTokens, request?.temperature], [1, 0]);
    assert.match(request?.messages.at(-1)?.content ?? '', /CREATE TABLE customers[\s\S]*Question: Which customers/);
    const answered = await tell(NEAR, 'words-and-model', ['Yes', 0.9]);
    assert.equal(answered.told.missing, undefined);
    assert.ok(answered.told.words.includes('refund'), 'it is told with the answer');
  });

  it('takes a model that gives no probabilities at its word', async () => {
    assert.equal((await tell(NEAR, 'words-and-model', ['yes'])).told.missing, undefined);
    assert.ok((await tell(NEAR, 'words-and-model', ['no'])).told.missing);
  });

  it('goes by the words where the model says neither', async () => {
    const { told } = await tell(NEAR, 'words-and-model', ['```', 0.9]);
    assert.equal(told.missing, (await tell(NEAR, 'words')).told.missing);
    assert.ok(told.missing);
  });

  it('leaves a server in trouble to be told by those that write the query', async () => {
    const { told, asked } = await tell(NEAR, 'words-and-model');
    assert.equal(asked.length, 1);
    assert.equal(told.missing, undefined);
  });

  it('tells nothing where it is turned off', async () => {
    const { told, asked } = await tell(FAR, 'untold');
    assert.deepEqual(told, { words: [] });
    assert.equal(asked.length, 0);
  });
});
