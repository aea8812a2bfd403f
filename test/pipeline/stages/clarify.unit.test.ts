import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { PastAnswer } from '#src/domain/past-answers.ts';
import { NEW_THREAD, type Question, type Thread } from '#src/domain/question.ts';
import type { DatabaseScore, SchemaSlice } from '#src/domain/schema-slice.ts';
import { clarify } from '#src/pipeline/stages/clarify.ts';
import { priceIn } from '#src/pipeline/support/asking-price.ts';
import { priorOf } from '#src/pipeline/support/prior.ts';
import { asked } from '#test/support/question.ts';

function choiceOf(
  probabilities: Readonly<Record<string, number>>,
  able: readonly string[],
  {
    price = 0.4,
    offered = [],
    abilityTells = true,
  }: { readonly price?: number; readonly offered?: readonly string[]; readonly abilityTells?: boolean } = {},
) {
  const slice: SchemaSlice = {
    tables: [],
    databases: Object.entries(probabilities).map(([databaseId, probability]) => ({
      databaseId,
      probability,
      score: 0,
      tables: ['t'],
      evidence: [],
    })),
    coverage: 1,
    searchedTables: 10,
  };
  const tablesUsed = (id: string) => (able.includes(id) ? ['used'] : undefined);
  return clarify({ slice, price, offered, tablesUsed, abilityTells }, () => undefined);
}

/** What comes of databases with these probabilities, when those listed can answer. */
function choose(...asked: Parameters<typeof choiceOf>) {
  const choice = choiceOf(...asked);
  return choice.kind === 'settled' ? choice.database.databaseId : choice.options.map((option) => option.databaseId);
}

describe('choosing the database', () => {
  it.each([
    ['takes a sure one that can answer', { a: 0.9, b: 0.1 }, ['a', 'b'], 'a'],
    ['takes the first when no rival is near', { a: 0.7, b: 0.1 }, ['a', 'b'], 'a'],
    ['asks between two that are near and can both answer', { a: 0.5, b: 0.4 }, ['a', 'b'], ['a', 'b']],
    ['does not ask about a rival that cannot answer', { a: 0.5, b: 0.4 }, ['a'], 'a'],
    ['gives way where only a rival can answer, which speaks for it', { a: 0.6, b: 0.4 }, ['b'], 'b'],
    ['asks before it gives way to one that is likelier wrong all the same', { a: 0.96, b: 0.04 }, ['b'], ['b']],
    ['takes the only one that can answer where that makes it likely', { a: 0.52, b: 0.48 }, ['a'], 'a'],
    ['asks about one that is left over when the likelier were turned down', { c: 0.05 }, ['c'], ['c']],
    ['looks for a last resort among what is left', { c: 0.02, d: 0.001 }, ['d'], ['d']],
    ['does not give way to one that is out of the question', { a: 0.99, b: 0.001 }, ['b'], 'a'],
    ['does not ask where nothing can answer', { a: 0.4, b: 0.4 }, [], 'a'],
    [
      'offers four at the most',
      { a: 0.2, b: 0.2, c: 0.2, d: 0.2, e: 0.2 },
      ['a', 'b', 'c', 'd', 'e'],
      ['a', 'b', 'c', 'd'],
    ],
  ])('%s', (_, probabilities, able, chosen) => {
    assert.deepEqual(choose(probabilities, able), chosen);
  });

  it.each([
    ['sure-enough', { a: 0.9, b: 0.1 }, ['a', 'b'], {}],
    ['only-one-able', { a: 0.52, b: 0.48 }, ['a'], {}],
    ['none-able', { a: 0.4, b: 0.4 }, [], {}],
    ['offered-before', { a: 0.5, b: 0.4 }, ['a', 'b'], { offered: ['a', 'b'] }],
    ['never-asks', { a: 0.4, b: 0.3, c: 0.3 }, ['b', 'c'], { price: 1 }],
    ['doubt', { a: 0.5, b: 0.4 }, ['a', 'b'], {}],
  ] as const)('says why by a code: %s', (decision, probabilities, able, how) => {
    assert.equal(choiceOf(probabilities, able, how).decision, decision);
  });

  it('asks by what a wrong answer and a question cost', () => {
    const near = { a: 0.5, b: 0.4 };
    assert.deepEqual(choose(near, ['a', 'b'], { price: 0.6 }), 'a');
    assert.deepEqual(choose({ a: 0.49, b: 0.4 }, ['a', 'b'], { price: 0.9 }), ['a', 'b'], 'likelier wrong than right');
    assert.deepEqual(choose(near, ['a', 'b'], { price: 0.4 }), ['a', 'b']);
    assert.deepEqual(choose(near, ['a', 'b'], { price: 1 }), 'a');
  });

  it('takes it for more likely that one is meant because no other can answer, not because it is left over', () => {
    const probabilityOf = (choice: ReturnType<typeof choiceOf>) =>
      (choice.kind === 'settled' ? choice.database : choice.best).probability;
    const alone = choiceOf({ a: 0.52, b: 0.48 }, ['b']);
    assert.ok(alone.kind === 'settled' && probabilityOf(alone) > 0.7 && probabilityOf(alone) < 0.8);
    const leftOver = choiceOf({ c: 0.48 }, ['c']);
    assert.ok(leftOver.kind === 'doubt' && Math.abs(probabilityOf(leftOver) - 0.48) < 1e-3);
    const withModel = choiceOf({ a: 0.48, b: 0.1, c: 0.1, d: 0.1, e: 0.1, f: 0.1 }, ['a'], { abilityTells: false });
    assert.ok(withModel.kind === 'doubt' && probabilityOf(withModel) === 0.48);
  });

  it('does not offer the same databases twice in a row, but others', () => {
    const near = { a: 0.5, b: 0.4, c: 0.05 };
    assert.deepEqual(choose(near, ['a', 'b'], { offered: ['a', 'b'] }), 'a');
    assert.deepEqual(choose(near, ['a', 'b'], { offered: ['b', 'c'] }), ['a', 'b']);
  });

  it.each([
    ['nothing is ever asked', 1, []],
    ['it was asked about just now', 0.3, ['a', 'b']],
  ])('says that it guesses where %s', (_, price, offered) => {
    const choice = choiceOf({ a: 0.4, b: 0.3 }, ['a', 'b'], { price, offered });
    assert.ok(choice.kind === 'settled');
    assert.match(choice.assumption ?? '', /not sure/);
    const sure = choiceOf({ a: 0.8, b: 0.1 }, ['a', 'b'], { price, offered });
    assert.ok(sure.kind === 'settled' && sure.assumption === undefined);
  });

  it('tells options apart by a column that only one of them has', () => {
    const score = (databaseId: string, targets: string[]): DatabaseScore => ({
      databaseId,
      probability: 0.5,
      score: 0,
      tables: ['customers'],
      evidence: targets.map((target) => ({ kind: 'column-name', term: 'x', target })),
    });
    const databases = [
      score('crm', ['customers.name', 'customers.segment']),
      score('shop', ['clients.Name', 'clients.city']),
    ];
    const slice: SchemaSlice = { tables: [], databases, coverage: 1, searchedTables: 2 };
    const input = { slice, price: 0.1, offered: [], tablesUsed: () => ['customers'], abilityTells: true };
    const choice = clarify(input, () => undefined);
    assert.ok(choice.kind === 'doubt');
    assert.deepEqual(
      choice.options.map(({ column }) => column),
      ['customers.segment', 'clients.city'],
    );
  });
});

describe('the price of a question back', () => {
  it('rises where questions back are ignored, and only there', () => {
    assert.equal(priceIn(0.5, { asked: 0, ignored: 0 }), 0.5);
    assert.equal(priceIn(0.5, { asked: 20, ignored: 0 }), 0.5);
    assert.ok(priceIn(0.5, { asked: 20, ignored: 20 }) > 0.85);
    assert.ok(priceIn(0.5, { asked: 1, ignored: 1 }) < 0.6);
  });
});

describe('what is known before the question is read', () => {
  const question = (more: Partial<Question> = {}): Question =>
    asked('how many refunds were paid', { asker: { teamId: 'T', userId: 'U1' }, ...more });
  /** A question in a thread that an answer from the shop was given in. */
  const inThread = (more: Partial<Thread> = {}): Question =>
    question({ thread: { ...NEW_THREAD, earlier: [{ text: 'orders by month', databaseId: 'shop' }], ...more } });
  const past = (databaseId: string, more: Partial<PastAnswer> = {}): PastAnswer => ({
    channelId: 'C1',
    userId: 'U1',
    text: 'anything else',
    databaseId,
    verdict: 'unknown',
    ...more,
  });
  const of = (one: Question, answers: PastAnswer[], id: string) => priorOf(one, answers, new Set()).get(id) ?? 0;

  it('leans to what the channel and the asker use', () => {
    const answers = [
      ...Array.from({ length: 10 }, () => past('billing', { channelId: 'C2', userId: 'U2' })),
      ...Array.from({ length: 10 }, () => past('fleet')),
    ];
    const here = question({ place: { kind: 'channel', channelId: 'C2' } });
    assert.ok(of(here, answers, 'billing') > of(question(), answers, 'billing'));
    assert.ok(of(question(), answers, 'fleet') > of(question(), answers, 'billing'));
    assert.equal(priorOf(question(), [], new Set()).size, 0);
  });
  it('stays with the thread, and more so with a database that somebody chose there', () => {
    assert.ok(of(inThread(), [], 'shop') > 0);
    assert.ok(of(inThread({ pinnedId: 'crm' }), [], 'crm') > of(inThread(), [], 'shop'));
  });
  it('does not stay with a database that was turned down', () => {
    assert.equal(of(inThread({ pinnedId: 'shop', turnedDown: ['shop'] }), [], 'shop'), 0);
  });
  it('does not speak against a table that the question names: only for a database that has it', () => {
    const answers = Array.from({ length: 30 }, () => past('fleet', { verdict: 'confirmed' }));
    const here = question({ text: 'How many refunds are there?' });
    assert.equal(priorOf(here, answers, new Set(['billing'])).get('fleet'), undefined);
    assert.ok((priorOf(here, answers, new Set(['billing', 'fleet'])).get('fleet') ?? 0) > 0);
  });
  it('remembers for a question like this one what was wrong and what was right', () => {
    const text = 'How many refunds were paid?';
    const answers = [past('shop', { text, verdict: 'wrong' }), past('billing', { text, verdict: 'confirmed' })];
    assert.ok(of(question(), answers, 'shop') < -2);
    assert.ok(of(question(), answers, 'billing') > 2);
    assert.ok(of(question({ text: 'list of drivers' }), answers, 'shop') >= 0);
  });
});
