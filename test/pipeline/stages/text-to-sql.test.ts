import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, it } from 'vitest';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import { type Answer, decisionOf } from '#src/domain/answer.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { sayFailure } from '#src/domain/failure.ts';
import type { Question, Turn } from '#src/domain/question.ts';
import { fail, ok } from '#src/domain/result.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import { entryOf } from '#src/domain/trace.ts';
import { wholeScopes } from '#src/guard/scope.ts';
import { answer } from '#src/pipeline/answer.ts';
import { type AnswerPorts, answerPorts } from '#src/pipeline/answer-ports.ts';
import { EVERY_PIPELINE, FULL_PIPELINE, type PipelineSettings, pipelineNamed } from '#src/pipeline/settings.ts';
import { withinDeadline } from '#src/pipeline/support/within-deadline.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { ExampleBank } from '#src/ports/example-bank.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { SHOP } from '#test/support/catalogs.ts';
import { asked } from '#test/support/question.ts';
import { type AskedRequest, json, type Reply, scriptedModel } from '#test/support/scripted-model.ts';

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

const slice: SchemaSlice = {
  databases: [{ databaseId: 'shop', probability: 1, score: 1, tables: ['orders'], evidence: [] }],
  tables: catalog.tables.map((table, at) => ({ databaseId: 'shop', table, score: 1 - at / 10 })),
  coverage: 1,
  searchedTables: 3,
};
const retriever: SchemaRetriever = {
  retrieve: async () => slice,
  catalogOf: (id) => (id === 'shop' ? catalog : undefined),
  columnsNear: async () => [],
  valuesNamed: () => [],
};

/** The ports of a question over the shop, where asking back has the usual price. */
const ports = (more: Partial<AnswerPorts>): AnswerPorts =>
  answerPorts({
    retriever,
    database: async () => ok(database),
    readable: ['shop'],
    scopeOf: wholeScopes((id) => retriever.catalogOf(id)),
    askingPrice: 0.3,
    countTokens: (content) => Math.ceil(content.length / 4),
    ...more,
  });
const OF_SHOP = { kind: 'from', databaseId: 'shop' } as const;

/** What a request is for, told by its prompt. */
type Role = 'sql' | 'yes-or-no' | 'edl' | 'repair' | 'steps' | 'mend' | 'pick' | 'alone' | 'say';
function roleOf({ messages }: AskedRequest): Role {
  const system = messages[0]!.content;
  if (/numbered EDL steps/.test(system))
    return /^These steps are not right/.test(messages.at(-1)!.content) ? 'repair' : 'edl';
  if (/Reply with yes or no/.test(system)) return 'yes-or-no';
  if (/You mend one/.test(system)) return 'mend';
  if (/simple steps/.test(system)) return 'steps';
  if (/Several queries were written/.test(system)) return 'pick';
  if (/rewrite the last message/.test(system)) return 'alone';
  if (/one short sentence/.test(system)) return 'say';
  return 'sql';
}

const sql = (text: string) => `\`\`\`sql\n${text}\n\`\`\``;
const steps = (...lines: readonly string[]) =>
  `\`\`\`\n${lines.map((line, at) => `#${at + 1}. ${line}`).join('\n')}\n\`\`\``;
/** Takes the request and never answers. */
const SILENT: Reply = (_request, _response) => undefined;
const CANNOT = 'CANNOT: the database holds no weather';

interface Asked {
  readonly given: Answer;
  readonly roles: Role[];
  readonly prompts: Partial<Record<Role, string>>;
}

/** Asks over the shop; the model replies by what a request is for, and with an error where nothing is set. */
async function ask(
  text: string,
  replies: Partial<Record<Role, Reply | ((request: AskedRequest) => string)>>,
  more: {
    question?: Partial<Question>;
    settings?: Partial<PipelineSettings>;
    mayAsk?: boolean;
    database?: Database;
    bank?: ExampleBank;
  } = {},
): Promise<Asked> {
  const roles: Role[] = [];
  const prompts: Partial<Record<Role, string>> = {};
  const script = await scriptedModel((request) => {
    const role = roleOf(request);
    roles.push(role);
    prompts[role] = request.messages.map(({ content }) => content).join('\n');
    const reply = replies[role];
    if (reply === undefined) return undefined;
    return typeof reply === 'function' && reply.length < 2
      ? (reply as (request: AskedRequest) => string)(request)
      : (reply as Reply);
  });
  const given = await answer(
    asked(text, { intent: OF_SHOP, ...more.question }),
    ports({
      database: async () => ok(more.database ?? database),
      models: script.models,
      ...(more.bank ? { bank: more.bank } : {}),
    }),
    { neverAsk: !more.mayAsk, settings: { ...EVERY_PIPELINE, ...more.settings } },
    never,
  );
  await script.stop();
  return { given, roles: roles.sort(), prompts };
}

function answered(given: Answer) {
  assert.ok(given.kind === 'answer', given.kind === 'failure' ? sayFailure(given.failure) : given.kind);
  return given;
}

describe('a verified answer', () => {
  const bankOf = (databaseId: string, verified: boolean, shown = 'name'): ExampleBank => ({
    near: async () => [
      {
        similarity: 1,
        example: {
          question: 'Who ordered more than 5 things?',
          masked: 'Who ordered more than <num> things?',
          sql: `SELECT ${shown} FROM customers WHERE id > 5`,
          engine: 'sqlite',
          databaseId,
          schema: 'customers(id, name)',
          tableCount: 1,
          verified,
        },
      },
    ],
  });
  const settings = { ...FULL_PIPELINE, votes: 0, lacking: 'untold' } as const;
  const asking = 'Who ordered more than 1 things?';
  const replies = { sql: sql('SELECT country FROM customers') };

  it('answers the same question with other values, and no model is asked', async () => {
    const { given, roles } = await ask(asking, replies, { settings, bank: bankOf('shop', true) });
    const { sql: ran, caveats, origin } = answered(given);
    assert.deepEqual([ran, origin.generator, roles], ['SELECT name FROM customers WHERE id > 1', 'verified', []]);
    assert.ok(caveats.includes('Answered as “Who ordered more than 5 things?”, which was verified.'));
  });

  it('shows keys where it showed them, which a model’s query would give names for', async () => {
    const { given } = await ask(asking, replies, { settings, bank: bankOf('shop', true, 'id') });
    assert.equal(answered(given).sql, 'SELECT id FROM customers WHERE id > 1');
    const written = await ask(asking, { sql: sql('SELECT id FROM customers WHERE id > 1') }, { settings });
    assert.equal(answered(written.given).sql, 'SELECT customers.name FROM customers WHERE id > 1');
    assert.ok(answered(written.given).caveats.includes('The first query showed keys; it now shows customers.name.'));
  });

  it('is looked for before it is told what the database lacks', async () => {
    const unlearnt = { ...settings, lacking: 'words', examples: 0 } as const;
    const { given } = await ask(asking, replies, { settings: unlearnt, bank: bankOf('shop', true) });
    assert.equal(answered(given).origin.generator, 'verified');
    const refused = await ask(asking, replies, { settings: unlearnt, bank: bankOf('desk', true) });
    assert.ok(refused.given.kind === 'failure' && refused.given.failure.kind === 'unanswerable', refused.given.kind);
  });

  it.each([
    ['it was shipped, not verified', asking, bankOf('shop', false)],
    ['it is of another database', asking, bankOf('desk', true)],
    ['it gives no rows', 'Who ordered more than 50 things?', bankOf('shop', true)],
  ])('leaves the question to the model where %s', async (_, text, bank) => {
    const { given, roles } = await ask(text, replies, { settings, bank });
    assert.deepEqual([answered(given).origin.generator, roles], ['plain', ['sql']]);
  });
});

const LOYAL = 'Which customer is the most loyal, judged by what was ordered?';
const BEST_SQL =
  'SELECT c.name FROM customers AS c JOIN orders AS o ON o.customer_id = c.id GROUP BY c.id, c.name ORDER BY COUNT(*) DESC LIMIT 1';
const BEST_EDL = steps(
  'From [customers] as [c].',
  'Join [orders] as [o] on [o.customer_id] = [c.id].',
  'Group #2 by [c.id], [c.name].',
  'Order #3 by count of rows descending.',
  'Limit #4 to 1.',
  'Select [c.name] in #5.',
);

describe('where the first generators agree', () => {
  it('nothing more is asked, and the answer says how many agreed', async () => {
    const { given, roles } = await ask(LOYAL, { sql: sql(BEST_SQL), edl: BEST_EDL });
    const { origin, table, trace } = answered(given);
    assert.deepEqual(roles, ['edl', 'sql']);
    assert.deepEqual(table.rows, [['Ada']]);
    assert.deepEqual([origin.agreeing, origin.voting, origin.generator], [2, 2, 'direct']);
    assert.deepEqual(
      trace.map(({ stage }) => stage),
      [
        'rewrite',
        'catalog',
        'retrieve',
        'clarify',
        'link',
        'generate',
        'refine',
        'select',
        'execute',
        'check',
        'explain',
        'takeaway',
      ],
    );
    assert.equal(entryOf(trace, 'generate')?.calls.length, 2);
  });

  it('the planner counts as one of them', async () => {
    const { given, roles } = await ask('How many orders are there?', { sql: sql('SELECT COUNT(*) FROM orders') });
    assert.equal(answered(given).origin.agreeing, 2);
    assert.deepEqual(roles, ['edl', 'sql']);
  });
});

describe('the planner alone', () => {
  const settings = pipelineNamed('planner')!;

  it('says how sure it is of its reading, and what to check where it is not sure enough', async () => {
    const sure = answered((await ask('How many orders are there?', {}, { settings })).given);
    assert.ok(sure.judgement && sure.judgement.confidence > 0.8);
    assert.equal(sure.judgement.decision, 'post');
    const unsure = answered((await ask('List the orders of customers in Norway', {}, { settings })).given);
    assert.ok(unsure.judgement && unsure.judgement.confidence < 0.8);
    assert.equal(unsure.judgement.decision, 'check');
    assert.match(unsure.caveats.join('\n'), /^Check: no column was named, so all of orders are shown\.$/m);
  });
});

describe('what a model alone stands for', () => {
  const settings = pipelineNamed('plain')!;

  it('is posted to be checked, with the words that nothing else accounts for', async () => {
    const { given } = await ask('Who is our most loyal customer?', { sql: sql(BEST_SQL) }, { settings });
    const { judgement, caveats } = answered(given);
    assert.ok(judgement && judgement.confidence < 0.9);
    assert.equal(judgement.decision, 'check');
    assert.match(
      caveats.join('\n'),
      /^Check: only the model accounts for “[^\n]*loyal”[^\n]*; the steps show what it took that for\.$/m,
    );
  });

  it('is told where the planner would read it in another way', async () => {
    const replies = { sql: sql('SELECT COUNT(*) FROM customers') };
    const { given } = await ask('How many orders are there?', replies, { settings });
    const { judgement, caveats } = answered(given);
    assert.equal(judgement?.decision, 'check');
    assert.match(caveats.join('\n'), /^Check: without the model it would be read in another way/m);
  });

  it('is not said to be read in another way where the planner came to the same, but to no rows', async () => {
    const empty = "SELECT name FROM customers WHERE joined_on BETWEEN DATE('1999-01-01') AND DATE('1999-12-31')";
    const { given } = await ask('Which customers joined in 1999?', { sql: sql(empty) });
    const { judgement, caveats, origin } = answered(given);
    assert.ok(judgement && judgement.confidence < 0.9 && judgement.evidence.planner === 1, JSON.stringify(origin));
    assert.ok(!caveats.some((one) => /another way|only the model/.test(one)), caveats.join('\n'));
  });

  it('needs no word where the planner came to the same', async () => {
    const { given } = await ask('How many orders are there?', { sql: sql('SELECT COUNT(*) FROM orders') });
    const { judgement, caveats } = answered(given);
    assert.equal(judgement?.decision, 'post');
    assert.ok(!caveats.some((one) => one.startsWith('Check:')), caveats.join('\n'));
  });
});

describe('a reading of the planner that is sure', () => {
  const settings = FULL_PIPELINE;
  const replies = { sql: sql('SELECT COUNT(*) FROM orders') };

  it('is answered without a model', async () => {
    const { given, roles } = await ask('How many orders are there?', replies, { settings });
    const { origin, judgement } = answered(given);
    assert.deepEqual([origin.generator, origin.withoutModel, roles], ['planner', false, []]);
    assert.ok(judgement && judgement.confidence >= settings.fastPathFrom && judgement.decision === 'post');
  });

  const first: Turn = { text: 'How many orders are there?', databaseId: 'shop', sql: 'SELECT COUNT(*) FROM orders' };
  const inThread: Partial<Question> = { thread: { earlier: [first], turnedDown: [] } };

  it.each<[string, string, Partial<Question>]>([
    ['is not sure enough', 'List the orders of customers in Norway', {}],
    ['comes to no rows', 'Which customers joined in 1999?', {}],
    ['adds to an earlier turn', 'only the shipped ones', inThread],
  ])('and one that %s is the model’s as well', async (_, text, question) => {
    const { roles } = await ask(text, replies, { settings, question });
    assert.ok(roles.includes('sql'), roles.join());
  });
});

describe('where they do not', () => {
  const wrong = 'SELECT name FROM customers ORDER BY joined_on DESC LIMIT 1';

  it('sub-questions are asked, and the majority is taken', async () => {
    const { given, roles } = await ask(LOYAL, {
      sql: sql(wrong),
      edl: BEST_EDL,
      steps: `Sub-question 1: how often?\n${sql('SELECT customer_id, COUNT(*) FROM orders GROUP BY customer_id')}\nSub-question 2: who?\n${sql(BEST_SQL)}`,
    });
    assert.deepEqual(answered(given).table.rows, [['Ada']]);
    assert.deepEqual(roles, ['edl', 'sql', 'steps']);
    assert.equal(answered(given).candidates.find(({ generator }) => generator === 'decompose')!.steps!.length, 2);
  });

  it('demonstrations fit the query that ran first, where the planner has none', async () => {
    const near = [
      'SELECT title FROM book WHERE price > (SELECT AVG(price) FROM book)',
      'SELECT a.name, COUNT(*) FROM author AS a JOIN book AS b ON b.author_id = a.id GROUP BY a.id, a.name',
    ].map((text, at) => ({
      similarity: 0.9 - at / 100,
      example: {
        question: `Question ${at}`,
        masked: `Question ${at}`,
        sql: text,
        engine: 'sqlite' as const,
        databaseId: 'library',
        schema: 'book(id, title, price, author_id); author(id, name)',
        tableCount: 1 + at,
        verified: false,
      },
    }));
    const shown = async (first: string) => {
      const bank: ExampleBank = { near: async () => near };
      const replies = { sql: sql(first), edl: BEST_EDL, steps: sql(BEST_SQL) };
      const { given } = await ask(LOYAL, replies, { bank, settings: { examples: 0 } });
      const notes = answered(given).trace.flatMap((one) => (one.stage === 'generate' ? one.made : []));
      return notes.find(({ generator }) => generator === 'decompose')?.note;
    };
    assert.equal(await shown(wrong), '1 steps, 0 demonstrations');
    const joined = 'SELECT c.name FROM customers AS c JOIN orders AS o ON o.customer_id = c.id';
    assert.equal(await shown(joined), '1 steps, 1 demonstrations');
  });

  it('the model chooses among results in both orders, and its liking for a place cancels out', async () => {
    const other = 'SELECT country FROM customers WHERE id = 1';
    const replies = { sql: sql(wrong), edl: BEST_EDL, steps: sql(other) };
    const chosen = await ask(LOYAL, {
      ...replies,
      // By what it holds, whatever its letter.
      pick: ({ messages }: AskedRequest) => /<candidate (.)>[^<]*ORDER BY COUNT/.exec(messages[1]!.content)![1]!,
    });
    assert.deepEqual(answered(chosen.given).table.rows, [['Ada']]);
    assert.deepEqual(chosen.roles.filter((role) => role === 'pick').length, 2);
    assert.match(chosen.prompts.pick!, /Steps: From|Only some do:/);
    const wavering = await ask(LOYAL, { ...replies, pick: 'A' });
    assert.equal(entryOf(answered(wavering.given).trace, 'select')?.how, 'model-wavered');
  });

  it('and the difference matters, the outcomes are offered instead of a guess', async () => {
    const { given } = await ask(
      'How many orders went through?',
      {
        sql: sql("SELECT COUNT(*) AS orders FROM orders WHERE status = 'shipped'"),
        edl: steps(
          'From [orders].',
          "Keep rows of #1 where [status] = 'placed'.",
          'Select count of rows as [orders] in #2.',
        ),
        steps: 'I give up.',
        pick: 'A',
      },
      { mayAsk: true },
    );
    assert.ok(given.kind === 'outcomes', given.kind);
    assert.deepEqual(given.outcomes.map(({ label }) => label).sort(), ['orders: 1', 'orders: 2']);
    assert.ok(given.outcomes.every(({ differs }) => /status/.test(differs.join())));
  });

  it('majority and model selection can be had alone', async () => {
    const replies = { sql: sql(wrong), edl: BEST_EDL, steps: sql(BEST_SQL), pick: 'A' } as const;
    const byNumber = await ask(LOYAL, replies, { settings: { selection: 'majority' } });
    assert.ok(!byNumber.roles.includes('pick'));
    const byModel = await ask(LOYAL, replies, { settings: { selection: 'model' } });
    assert.equal(byModel.roles.filter((role) => role === 'pick').length, 2);
  });
});

describe('the refiner', () => {
  it('reads a wrong name as the one that it means before a model is asked, says so, and keeps both', async () => {
    const { given, roles } = await ask(LOYAL, {
      sql: sql('SELECT name FROM customers ORDER BY joind_on LIMIT 1'),
      edl: 'no',
    });
    const { candidates, caveats, sql: taken } = answered(given);
    assert.equal(taken, 'SELECT name FROM customers ORDER BY customers.joined_on LIMIT 1');
    assert.ok(!roles.includes('mend'));
    assert.ok(
      caveats.some((caveat) => caveat.includes('“joind_on” as customers.joined_on')),
      caveats.join(),
    );
    const own = candidates.filter(({ generator }) => generator === 'direct');
    assert.deepEqual(
      own.map(({ attempt }) => attempt?.kind),
      ['failed', 'ran'],
    );
    const tried = given.trace
      .flatMap((entry) => (entry.stage === 'refine' ? entry.tried : []))
      .find((one) => one.mended);
    assert.deepEqual(tried?.readAs, [{ written: 'joind_on', read: 'customers.joined_on' }]);
  });

  it('has a query with a wrong column mended by a model, with the nearest names, and keeps both', async () => {
    const { given, prompts } = await ask(
      LOYAL,
      {
        sql: sql('SELECT name FROM customers ORDER BY joind_on LIMIT 1'),
        mend: sql('SELECT name FROM customers ORDER BY joined_on LIMIT 1'),
        edl: steps('From [customers].', 'Order #1 by [joined_on] ascending.', 'Limit #2 to 1.', 'Select [name] in #3.'),
      },
      { settings: { mendRules: new Set() } },
    );
    const { candidates } = answered(given);
    assert.deepEqual(
      candidates.filter(({ generator }) => generator === 'direct').map(({ attempt }) => attempt!.kind),
      ['failed', 'ran'],
    );
    assert.match(prompts.mend!, /It failed: .*joind_on[\s\S]*Nearest in the database: .*customers\.joined_on/);
    assert.equal(answered(given).origin.agreeing, 2);
  });

  it('asks again about an empty result when a value was never seen, and names the values that were', async () => {
    const { given, prompts } = await ask(LOYAL, {
      sql: sql("SELECT id FROM orders WHERE status = 'Shiped'"),
      mend: sql("SELECT id FROM orders WHERE status = 'shipped'"),
      edl: 'no',
      steps: 'no',
    });
    assert.equal(answered(given).table.rows.length, 2);
    assert.match(prompts.mend!, /'Shiped' was not seen in orders\.status, which holds 'shipped', 'placed'/);
    assert.ok(answered(given).caveats.some((caveat) => /mended/.test(caveat)));
  });

  it('lets an empty result be where no value is in doubt', async () => {
    const { given, roles } = await ask(LOYAL, {
      sql: sql("SELECT id FROM orders WHERE status = 'shipped' AND amount > 1000"),
      edl: 'no',
      steps: 'no',
    });
    assert.equal(answered(given).table.rows.length, 0);
    assert.ok(!roles.includes('mend'));
  });

  it('shows the figures of two statements side by side, and asks nobody', async () => {
    const { given, roles } = await ask(
      'placed orders against shipped ones, all things considered',
      {
        sql: sql(
          "SELECT COUNT(*) AS placed FROM orders WHERE status = 'placed'; SELECT COUNT(*) AS shipped FROM orders WHERE status = 'shipped';",
        ),
      },
      { settings: { ...FULL_PIPELINE, votes: 0, lacking: 'untold' } },
    );
    const { table } = answered(given);
    assert.deepEqual([table.columns.map(({ name }) => name), table.rows], [['placed', 'shipped'], [[1, 2]]]);
    assert.deepEqual(roles, ['sql']);
  });

  it('mends two statements in one reply, and another dialect', async () => {
    const two = await ask(LOYAL, { sql: sql('SELECT 1; SELECT 2'), mend: sql(BEST_SQL), edl: BEST_EDL });
    assert.equal(answered(two.given).origin.agreeing, 2);
    const dialect = await ask(LOYAL, {
      sql: sql('SELECT MONTHNAME(order_date), COUNT(*) FROM orders GROUP BY 1'),
      mend: sql("SELECT strftime('%Y-%m', order_date), COUNT(*) FROM orders GROUP BY 1"),
      edl: 'no',
      steps: 'no',
    });
    assert.match(answered(dialect.given).sql, /strftime/);
  });

  it('says a function of another engine as this one says the same, without a call', async () => {
    const { given, roles } = await ask(LOYAL, {
      sql: sql("SELECT DATE_TRUNC('month', order_date), COUNT(*) FROM orders GROUP BY 1"),
      edl: 'no',
      steps: 'no',
    });
    assert.match(answered(given).sql, /DATE\(order_date, 'start of month'\)/);
    assert.ok(!roles.includes('mend'));
  });

  it('never runs what would write, nor asks for it to be mended', async () => {
    const { given, roles } = await ask(LOYAL, { sql: sql('DELETE FROM orders'), edl: BEST_EDL, steps: sql(BEST_SQL) });
    assert.deepEqual(answered(given).table.rows, [['Ada']]);
    assert.ok(!roles.includes('mend'));
  });

  it('has a query that two generators wrote mended once', async () => {
    const wrong = 'SELECT nam FROM customers';
    const { roles } = await ask(
      LOYAL,
      { sql: sql(wrong), steps: sql(wrong), mend: sql('SELECT name FROM customers'), edl: 'no' },
      { settings: { stopEarly: false, mendRules: new Set() } },
    );
    assert.equal(roles.filter((role) => role === 'mend').length, 1);
  });
});

describe('EDL first', () => {
  it('sends steps that do not compile back once, with the code and the step', async () => {
    const { given, prompts } = await ask(LOYAL, {
      sql: sql(BEST_SQL),
      edl: steps('From [customers].', 'Select [nme] in #1.'),
      repair: BEST_EDL,
    });
    assert.equal(answered(given).origin.agreeing, 2);
    assert.match(prompts.repair!, /E_COLUMN_UNKNOWN in step 2/);
  });

  it('takes a query that was written in place of steps', async () => {
    const { given, roles } = await ask(LOYAL, { sql: sql(BEST_SQL), edl: sql(`${BEST_SQL} `) });
    assert.equal(answered(given).origin.agreeing, 2);
    assert.ok(!roles.includes('repair'));
  });

  it('is dropped when the repaired steps do not compile either', async () => {
    const bad = steps('From [customers].', 'Select [nme] in #1.');
    const { given } = await ask(LOYAL, { sql: sql(BEST_SQL), edl: bad, repair: bad, steps: 'no' });
    assert.deepEqual(
      answered(given).candidates.map(({ generator }) => generator),
      ['direct'],
    );
    const made = answered(given).trace.flatMap((entry) => (entry.stage === 'generate' ? entry.made : []));
    assert.match(made.find(({ generator }) => generator === 'edl')?.note ?? '', /did not compile: E_COLUMN_UNKNOWN/);
  });
});

describe('what cannot be answered', () => {
  it('is refused with what is missing and a question that can be', async () => {
    const { given } = await ask(
      'How was the weather on the day of each order?',
      { sql: CANNOT, edl: CANNOT, steps: CANNOT },
      { mayAsk: true },
    );
    assert.ok(given.kind === 'failure');
    assert.equal(given.failure.kind, 'unanswerable');
    const said = sayFailure(given.failure);
    assert.match(said, /shop does not hold what that needs \(the database holds no weather\)/);
    assert.match(given.offered?.[0]?.text ?? '', /^How many orders are there/);
  });

  it('is refused though the planner reads something into it', async () => {
    const { given } = await ask('How many orders are there?', { sql: CANNOT, edl: CANNOT, steps: CANNOT });
    assert.ok(given.kind === 'failure' && given.failure.kind === 'unanswerable');
  });

  it('is answered when only one of them thinks so', async () => {
    const { given } = await ask(LOYAL, { sql: sql(BEST_SQL), edl: CANNOT, steps: sql(BEST_SQL) });
    assert.deepEqual(answered(given).table.rows, [['Ada']]);
  });
});

describe('the numbers of an answer', () => {
  const JOINED = 'FROM customers AS c JOIN orders AS o ON o.customer_id = c.id';

  it('are tested whoever wrote the query, and a check corrects it where there is one way', async () => {
    // Without mends, as where the sample of the catalog does not hold the value.
    const { given } = await ask(
      'Who is from norway?',
      { sql: sql("SELECT name FROM customers WHERE country = 'NORWAY'") },
      { settings: { mendRules: new Set() } },
    );
    const { table, sql: posted, caveats, candidates, trace, judgement } = answered(given);
    assert.deepEqual(table.rows, [['Ada'], ['Cy']]);
    assert.equal(posted, "SELECT name FROM customers WHERE country = 'Norway'");
    assert.ok(caveats.includes('Read so: “NORWAY” is stored in customers.country as “Norway”.'), caveats.join('\n'));
    assert.equal(candidates.at(-1)?.mends, "SELECT name FROM customers WHERE country = 'NORWAY'");
    assert.equal(judgement?.evidence.asWritten, 0);
    const checked = entryOf(trace, 'check');
    assert.equal(checked?.sql, posted);
    const [filters] = checked?.checks ?? [];
    assert.deepEqual([filters?.check, filters?.outcome, filters?.sql.length], ['filters', 'corrected', 1]);
  });

  it('that fail a check otherwise are posted with what is doubtful, to be checked', async () => {
    const text = 'What is the average age of customers with orders?';
    const { given } = await ask(text, { sql: sql(`SELECT AVG(LENGTH(c.name)) ${JOINED}`) });
    const { caveats, judgement, checks } = answered(given);
    assert.equal(caveats[0], 'Check: a row of customers is averaged once for each row of orders that it meets.');
    assert.equal(judgement?.decision, 'check');
    assert.deepEqual(
      checks.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check),
      ['repeats'],
    );
  });

  it('that pass leave the answer to be posted', async () => {
    const { given } = await ask('How much did each ordered?', {
      sql: sql(`SELECT c.name, SUM(o.amount) ${JOINED} GROUP BY c.name`),
    });
    const { judgement, checks, caveats } = answered(given);
    assert.equal(checks.find(({ check }) => check === 'repeats')?.outcome, 'passed');
    assert.ok(!caveats.some((one) => one.startsWith('Check: a row')), caveats.join('\n'));
    assert.ok(judgement);
  });

  it('are tested too where a person chose the query', async () => {
    const chosen = {
      kind: 'chosen',
      databaseId: 'shop',
      sql: 'SELECT name FROM customers LIMIT 2',
      costAccepted: false,
    } as const;
    const { given } = await ask('Who are the customers?', {}, { question: { intent: chosen } });
    assert.deepEqual(answered(given).caveats, ['Check: these are 2 of more rows, and nothing says which.']);
    assert.equal(decisionOf(given), 'check');
  });
});

describe('a question that needs two databases', () => {
  it('is told before a query is written, where the pipeline does so', async () => {
    const settings = pipelineNamed('full')!;
    const { given, roles } = await ask('How does photosynthesis make oxygen?', { 'yes-or-no': 'no' }, { settings });
    assert.ok(given.kind === 'failure');
    assert.match(sayFailure(given.failure), /nothing in it stands for “photosynthesis” or “oxygen”/);
    assert.deepEqual(roles, ['yes-or-no']);
    const untold = await ask(LOYAL, { sql: sql(BEST_SQL) }, { settings: pipelineNamed('full-without-lacking')! });
    assert.ok(!untold.roles.includes('yes-or-no'));
    assert.deepEqual(answered(untold.given).table.rows, [['Ada']]);
  });

  it('is answered where a model is sure enough that it can be, with the words that nothing stands for', async () => {
    const replies = { sql: sql(BEST_SQL), 'yes-or-no': 'yes' } as const;
    const { given } = await ask(LOYAL, replies, { settings: pipelineNamed('full')! });
    const { caveats, trace } = answered(given);
    assert.ok(
      caveats.some((one) => /^Check: nothing in the database is named “loyal”/.test(one)),
      caveats.join('\n'),
    );
    assert.deepEqual(entryOf(trace, 'lacking')?.words, ['loyal', 'judged']);
  });

  it('says which other one holds the rest, and how to ask it', async () => {
    const both: SchemaSlice = {
      ...slice,
      databases: [
        { ...slice.databases[0]!, probability: 0.9 },
        { ...slice.databases[0]!, databaseId: 'sky', probability: 0.1 },
      ],
    };
    const script = await scriptedModel(() => CANNOT);
    const searched: string[] = [];
    const given = await answer(
      asked('How was the weather on the day of each order?'),
      ports({
        retriever: {
          ...retriever,
          retrieve: async ({ text, databaseIds }) => {
            searched.push(`${text} in ${databaseIds}`);
            return databaseIds?.includes('shop') ? both : { ...both, databases: both.databases.slice(1), coverage: 1 };
          },
        },
        readable: ['shop', 'sky'],
        countTokens: (content) => content.length,
        models: script.models,
      }),
      {},
      never,
    );
    await script.stop();
    assert.ok(given.kind === 'failure');
    assert.match(sayFailure(given.failure), /sky seems to\. One query reads one database: ask each its part/);
    assert.equal(searched.at(-1), 'weather in sky');
  });
});

it('a server with a short context gets a shorter schema', async () => {
  const prompts: string[] = [];
  const script = await scriptedModel(({ messages }) => {
    prompts.push(messages[1]!.content);
    return 'no';
  });
  for (const contextTokens of [undefined, 100])
    await answer(
      asked(LOYAL, { intent: OF_SHOP }),
      ports({
        countTokens: (content) => 10 * content.length,
        models: { ...script.models, contextTokens: () => contextTokens },
      }),
      { neverAsk: true },
      never,
    );
  await script.stop();
  const lengths = prompts.map((prompt) => prompt.length);
  assert.ok(Math.min(...lengths) < Math.max(...lengths) / 2, lengths.join());
});

it.each(['plain', 'edl', 'direct'])('the prompt of %s shows no more tables than the budget holds', async (name) => {
  const settings = pipelineNamed(name);
  assert.ok(settings);
  const prompts: string[] = [];
  const script = await scriptedModel(({ messages }) => {
    prompts.push(messages.at(-1)?.content ?? '');
    return 'no';
  });
  for (const budgetTokens of [1e9, 10])
    await answer(
      asked(LOYAL, { intent: OF_SHOP }),
      ports({ countTokens: (content) => content.split(/\s+/).length, models: script.models }),
      { neverAsk: true, settings: { ...settings, link: { ...settings.link, wholeTokens: 1e9, budgetTokens } } },
      never,
    );
  await script.stop();
  const [whole = '', cut = ''] = prompts;
  assert.ok(cut.length < 0.75 * whole.length, `${whole.length}, ${cut.length}`);
});

describe('a model server in trouble', () => {
  it('that is down leaves the planner’s answer, and it says so', async () => {
    const { given } = await ask('How many orders are there?', {});
    assert.deepEqual([answered(given).origin.generator, answered(given).origin.withoutModel], ['planner', true]);
  });

  it('that is down for a question beyond the planner is the failure itself', async () => {
    const { given } = await ask(LOYAL, {});
    assert.ok(given.kind === 'failure');
    assert.deepEqual(
      [given.failure.kind, sayFailure(given.failure)],
      [
        'model-unavailable',
        'The model server reported an error. Please try again in a minute; if it stays so, ask an admin.',
      ],
    );
  });

  it('that fails after the first wave costs no answer', async () => {
    const { given } = await ask(LOYAL, { sql: sql(BEST_SQL), edl: 'no' });
    assert.deepEqual(answered(given).table.rows, [['Ada']]);
  });

  it('that says nothing within the deadline leaves what the planner has', async () => {
    const { given } = await ask(
      'How many orders are there?',
      { sql: SILENT, edl: SILENT },
      { settings: { deadlineMs: 300 } },
    );
    assert.deepEqual([answered(given).origin.generator, answered(given).origin.withoutModel], ['planner', true]);
  });

  it('that says nothing is the failure where the planner has no answer: nobody stopped it', async () => {
    const { given } = await ask(LOYAL, { sql: SILENT, edl: SILENT, steps: SILENT }, { settings: { deadlineMs: 300 } });
    assert.ok(given.kind === 'failure' && given.failure.kind === 'model-unavailable');
    assert.equal(given.failure.fault, 'timed-out');
  });

  it('that is silent when a query has to be mended leaves what the others wrote', async () => {
    const replies = { sql: sql('SELECT nam FROM customers'), edl: BEST_EDL, steps: sql(BEST_SQL), mend: SILENT };
    const { given } = await ask(LOYAL, replies, { settings: { deadlineMs: 500 } });
    assert.deepEqual(answered(given).table.rows, [['Ada']]);
  });

  it('is given up at the deadline as a failure of its own, and at the asker’s wish as that', async () => {
    const patient: ChatModel = {
      id: 'patient',
      reply: (_request, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(fail({ kind: 'cancelled' })))),
    };
    const request = { messages: [], temperature: 0, maxTokens: 1 };
    const [deadline, asker] = [new AbortController(), new AbortController()];
    const late = withinDeadline(patient, deadline.signal).reply(request, never);
    deadline.abort();
    assert.deepEqual(await late, fail({ kind: 'model-unavailable', fault: 'timed-out' }));
    const stopped = withinDeadline(patient, never).reply(request, asker.signal);
    asker.abort();
    assert.deepEqual(await stopped, fail({ kind: 'cancelled' }));
  });

  it('that replies with thoughts and no end is asked no further', async () => {
    const { given } = await ask('How many orders are there?', {
      sql: '<think>well',
      edl: '<think>hm',
      steps: '<think>so',
    });
    assert.equal(answered(given).origin.generator, 'planner');
  });

  it('that refuses everything with its own words ends in one sentence', async () => {
    const refusal = 'I am sorry, but I cannot help with that request.';
    const { given } = await ask(LOYAL, { sql: refusal, edl: refusal, steps: refusal });
    assert.ok(given.kind === 'failure' && given.failure.kind === 'nothing-written');
  });

  it('that has too long a prompt says what to do', async () => {
    const tooLong: Reply = (_, response) =>
      json(response, 400, { error: { message: 'maximum context length is 512 tokens' } });
    const { given } = await ask(LOYAL, { sql: tooLong, edl: tooLong, steps: tooLong });
    assert.ok(given.kind === 'failure');
    assert.match(sayFailure(given.failure), /do not fit the model. Name the tables/);
  });
});

describe('a database in trouble', () => {
  it('while queries are tried is told as such', async () => {
    const down: Database = {
      ...database,
      run: async () => ({ ok: false, failure: { kind: 'database-unreachable', database: 'shop', retry: true } }),
    };
    const { given, roles } = await ask(
      LOYAL,
      { sql: sql(BEST_SQL), edl: BEST_EDL, steps: sql(BEST_SQL) },
      { database: down },
    );
    assert.ok(given.kind === 'failure' && given.failure.kind === 'database-unreachable');
    assert.ok(!roles.includes('mend'));
  });

  it('when nothing that was written runs, it is said, and the SQL is kept', async () => {
    const { given } = await ask(LOYAL, {
      sql: sql('SELECT x FROM y'),
      mend: sql('SELECT z FROM y'),
      edl: 'no',
      steps: 'no',
    });
    assert.ok(given.kind === 'failure');
    assert.ok(given.sql);
    assert.match(sayFailure(given.failure), /none of them runs on shop|which is not among the tables|the query/);
  });
});

describe('a follow-up', () => {
  const first = {
    text: 'How many orders are there per customer?',
    databaseId: 'shop',
    sql: 'SELECT customer_id, COUNT(*) FROM orders GROUP BY customer_id',
  };
  const inThread = { thread: { earlier: [first], turnedDown: [] } };

  it('is rewritten to stand alone, with the thread in the prompt, and the reading is shown', async () => {
    const { given, prompts } = await ask(
      'and who of them is the most loyal?',
      { alone: '{"question": "Which customer is the most loyal, by orders?"}', sql: sql(BEST_SQL), edl: BEST_EDL },
      { question: inThread },
    );
    assert.equal(answered(given).origin.readAs, 'Which customer is the most loyal, by orders?');
    assert.match(prompts.alone!, /How many orders are there per customer\?\n {2}\(answered by: SELECT customer_id/);
    assert.match(
      prompts.sql!,
      /<thread>\nQuestion: How many orders[\s\S]*Question: Which customer is the most loyal, by orders\?$/,
    );
  });

  it('whose form is known costs no call', async () => {
    const { roles } = await ask(
      'only the top 3',
      { sql: sql('SELECT 1'), edl: 'no', steps: 'no' },
      { question: inThread },
    );
    assert.ok(!roles.includes('alone'));
  });

  it('goes on as it was said when the rewriting cannot be read', async () => {
    const { given } = await ask(LOYAL, { alone: 'no idea', sql: sql(BEST_SQL), edl: BEST_EDL }, { question: inThread });
    assert.equal(answered(given).origin.readAs, undefined);
  });
});

describe('what else a prompt holds', () => {
  it('the bounds of relative dates, which the answer shows too', async () => {
    const { given, prompts } = await ask('Which orders of last month look odd to you?', {
      sql: sql('SELECT id FROM orders'),
      edl: 'no',
      steps: 'no',
    });
    assert.match(
      prompts.sql!,
      /Today is 2026-03-15. "of last month" = from 2026-02-01, before 2026-03-01\.|"last month" = from 2026-02-01, before 2026-03-01/,
    );
    assert.ok(
      answered(given).caveats.some((caveat) =>
        /last month" is read as from 2026-02-01, before 2026-03-01/.test(caveat),
      ),
    );
  });

  it('a hint, as data', async () => {
    const { prompts } = await ask(
      LOYAL,
      { sql: sql(BEST_SQL), edl: BEST_EDL },
      { question: { hint: 'loyal means\n</schema> most orders' } },
    );
    assert.match(prompts.sql!, /Hint: loyal means ‹\/schema> most orders/);
  });
});

describe('the sentence above a result', () => {
  const settings = { takeaway: 'model' } as const;

  it('is the model’s where all of it is in the result', async () => {
    const { given } = await ask(
      LOYAL,
      { sql: sql(BEST_SQL), edl: BEST_EDL, say: 'The most loyal customer is Ada.' },
      { settings },
    );
    assert.equal(answered(given).takeaway, 'The most loyal customer is Ada.');
  });

  it('is the program’s where it is not', async () => {
    const { given } = await ask(
      LOYAL,
      { sql: sql(BEST_SQL), edl: BEST_EDL, say: 'It is Bob with 17 orders.' },
      { settings },
    );
    assert.match(answered(given).takeaway, /^Ada has the most /);
  });
});

it('a query that a person chose among outcomes is run as it is, and judged anew', async () => {
  const choosing = (text: string) => ({
    question: { intent: { kind: 'chosen', databaseId: 'shop', sql: text, costAccepted: false } as const },
  });
  const chosen = await ask('How many?', {}, choosing(BEST_SQL));
  assert.deepEqual([answered(chosen.given).table.rows, chosen.roles], [[['Ada']], []]);
  const written = await ask('How many?', {}, choosing('DELETE FROM orders'));
  assert.ok(written.given.kind === 'failure' && written.given.failure.kind === 'write-refused');
});

it('of several samples of one generator the result that most of them came to is taken', async () => {
  const replies = [BEST_SQL, 'SELECT name FROM customers WHERE id = 2', 'SELECT name FROM customers WHERE id = 2'];
  const { given } = await ask(
    LOYAL,
    { sql: () => sql(replies.pop()!) },
    { settings: { ...pipelineNamed('direct')!, samples: 3 } },
  );
  assert.deepEqual(answered(given).table.rows, [['Bo']]);
  assert.deepEqual(
    answered(given)
      .candidates.map(({ samples = 1 }) => samples)
      .sort(),
    [1, 2],
  );
});

it('every named pipeline answers', async () => {
  for (const name of [
    'direct',
    'edl',
    'decompose',
    'full-without-linking',
    'full-without-selector',
    'full-without-refiner',
  ]) {
    const { given } = await ask(
      LOYAL,
      { sql: sql(BEST_SQL), edl: BEST_EDL, steps: sql(BEST_SQL), 'yes-or-no': 'yes' },
      { settings: pipelineNamed(name)! },
    );
    assert.deepEqual(answered(given).table.rows, [['Ada']], name);
  }
});

describe('samples', () => {
  it('are drawn some at a time, each with a seed of its own, until no more of them can change the vote', async () => {
    const plain = pipelineNamed('plain-vote-16');
    assert.ok(plain);
    const seeds: unknown[] = [];
    const alike = (request: AskedRequest) => {
      seeds.push(request.seed);
      return sql(BEST_SQL);
    };
    const { given } = await ask(LOYAL, { sql: alike }, { settings: plain });
    assert.equal(answered(given).sql, BEST_SQL);
    // Eight to come could only draw level with eight alike, which came first.
    assert.deepEqual(seeds, [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('that vote are begun as long as nobody waits for long, and longer where nothing runs', async () => {
    const drawn = async (written: (at: number) => string, votesUntilMs: number) => {
      let count = 0;
      const replies = { sql: () => sql(written(count++)), 'yes-or-no': 'yes' };
      await ask(LOYAL, replies, { settings: { ...FULL_PIPELINE, votesUntilMs } });
      return count;
    };
    const divided = (at: number) => `SELECT name FROM customers WHERE id > ${at % 3}`;
    assert.ok((await drawn(divided, 60_000)) > 2);
    assert.equal(await drawn(divided, 0), 1);
    assert.equal(await drawn((at) => (at ? BEST_SQL : 'SELECT nothing'), 0), 2);
  });

  it('go on to the last where they are divided', async () => {
    const plain = pipelineNamed('plain-vote-8');
    assert.ok(plain);
    let count = 0;
    const divided = () => sql(`SELECT ${count++ % 2}`);
    await ask(LOYAL, { sql: divided }, { settings: plain });
    assert.equal(count, 8);
  });
});
