import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Answer } from '#src/domain/answer.ts';
import { OPERATOR } from '#src/domain/question.ts';
import type { KeptTrace, ModelCall, TraceEntry } from '#src/domain/trace.ts';
import { keptTrace } from '#src/service/keep-trace.ts';
import type { ServiceParts } from '#src/service/parts.ts';
import { asked as question } from '#test/support/question.ts';
import { type AskedRequest, scriptedModel } from '#test/support/scripted-model.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

const never = new AbortController().signal;
const ADA = { asker: { teamId: 'T1', userId: 'UADA' }, place: { kind: 'direct' } } as const;

/** What comes of these two queries is stored nowhere: 7,781.25 and 2,593.75. */
const DATABASES = {
  shop: `CREATE TABLE refunds (id INTEGER PRIMARY KEY, amount REAL);
    INSERT INTO refunds VALUES (1, 7000), (2, 700.25), (3, 81);`,
};
const TOTAL = '```sql\nSELECT sum(amount) AS total FROM refunds\n```';
const CELLS = /7,?781|2,?593/;

/** A model whose queries disagree, so that it is asked to choose by their rows, and which says them again. */
const talkative = ({ messages }: AskedRequest): string => {
  const system = String(messages[0]?.content);
  if (/You say in one short sentence/.test(system)) return 'The total is 7781.25.';
  if (/Choose the one whose result/.test(system)) return 'A gives 7781.25 and B gives 2593.75; the best is A';
  if (/EDL/.test(system)) return '```\n#1. From [refunds].\n#2. Select average of [amount] in #1.\n```';
  return TOTAL;
};

async function started(
  environment: Readonly<Record<string, string>> = {},
  change?: (parts: ServiceParts) => ServiceParts,
) {
  const script = await scriptedModel(talkative);
  const small = await startSmallQuerent({
    environment: { QUERENT_MODEL_URL: script.baseUrl, QUERENT_PIPELINE: 'every-with-takeaway', ...environment },
    databases: DATABASES,
    ...(change ? { change } : {}),
  });
  return {
    ...small,
    script,
    /** Asks, and gives the answer with what was kept of it. */
    async traced(text: string, runId = 'run-1') {
      const answer = await small.ask(text, { ...ADA, runId });
      const [kept] = await small.querent.runs.traces(runId);
      return { answer, kept: kept ?? assert.fail(`no trace was kept of ${JSON.stringify(answer)}`) };
    },
    async stop() {
      await small.close();
      await script.stop();
    },
  };
}

const callsOf = ({ entries }: Pick<KeptTrace, 'entries'>) => entries.flatMap(({ calls }) => calls);
const ASKED = 'What is the total of all refund amounts, zebrafish aside?';

describe('the trace of an answer', () => {
  it('is kept under its run: every stage, its time, prompts and replies', async () => {
    const { traced, stop } = await started();
    try {
      const { answer, kept } = await traced(ASKED);
      assert.equal(answer.kind, 'answer');
      assert.deepEqual(
        kept.entries.map(({ stage, atMs, ms }) => ({ stage, atMs, ms })),
        answer.trace.map(({ stage, atMs, ms }) => ({ stage, atMs, ms })),
      );
      const { runId, team, user, question: text, databaseId, outcome } = kept;
      assert.deepEqual(
        { runId, team, user, text, databaseId, outcome },
        { runId: 'run-1', team: 'T1', user: 'UADA', text: ASKED, databaseId: 'shop', outcome: 'answer' },
      );
      const writing = callsOf(kept).find(({ replies }) => replies.includes(TOTAL));
      assert.match(writing?.messages.at(-1)?.content ?? '', /zebrafish aside/);
    } finally {
      await stop();
    }
  });

  it('holds no cell of a result, though the model read them and said them again', async () => {
    const asksTheModel = (parts: ServiceParts): ServiceParts => ({
      ...parts,
      settings: { ...parts.settings, pipeline: { ...parts.settings.pipeline, selection: 'model', stopEarly: false } },
    });
    const { traced, stop, script } = await started({}, asksTheModel);
    try {
      const { answer, kept } = await traced(ASKED);
      assert.match(answer.kind === 'answer' ? String(answer.table.rows[0]?.[0]) : answer.kind, CELLS);
      const sent = script.asked.map(({ messages }) => JSON.stringify(messages));
      assert.ok(
        sent.some((prompt) => /<candidate A>/.test(prompt) && CELLS.test(prompt)),
        'the selector read rows',
      );
      assert.ok(
        sent.some((prompt) => /<result>/.test(prompt) && CELLS.test(prompt)),
        'and so did who says the takeaway',
      );
      assert.doesNotMatch(sent.join(), /"rows"/, 'what is marked in a prompt is not sent');
      assert.doesNotMatch(JSON.stringify(kept), CELLS);
      const prompts = callsOf(kept).map(({ messages }) => messages.at(-1)?.content ?? '');
      assert.ok(
        prompts.some((prompt) => /Result: \(not kept\)\n<\/candidate>/.test(prompt)),
        prompts.join('\n'),
      );
      assert.ok(prompts.some((prompt) => prompt.includes('<result>\n(not kept)\n</result>')));
    } finally {
      await stop();
    }
  });

  it('holds no word of the question, nor of what repeats it, where the audit keeps their hashes alone', async () => {
    const { traced, stop, parts } = await started({ QUERENT_AUDIT_QUESTIONS: 'hash' });
    try {
      const { kept } = await traced(ASKED);
      assert.doesNotMatch(JSON.stringify(kept), /zebrafish/i);
      assert.equal(kept.question, undefined);
      assert.ok(callsOf(kept).length > 0);
      assert.ok(callsOf(kept).every(({ messages, replies }) => !messages.length && !replies.length));
      assert.ok(
        callsOf(kept).every(({ promptTokens }) => promptTokens > 0),
        'what they cost is kept',
      );
      const failed = await parts.store.latestTraces(1);
      assert.equal(failed[0]?.runId, 'run-1');
    } finally {
      await stop();
    }
  });

  it('is kept of a failure, too, and of the operator’s questions at the terminal', async () => {
    const { ask, querent, stop } = await started({ QUERENT_PIPELINE: 'planner' });
    try {
      const answer = await ask('Which refund is the most loyal one, all things considered?');
      assert.equal(answer.kind, 'failure');
      const [latest] = await querent.runs.latestTraces(1);
      assert.equal(latest?.outcome, answer.kind === 'failure' && answer.failure.kind);
      const [kept] = await querent.runs.traces(String(latest?.runId));
      assert.deepEqual([kept?.team, kept?.user], [OPERATOR.teamId, OPERATOR.userId]);
    } finally {
      await stop();
    }
  });

  it('is not kept of somebody who was forgotten while their question was answered', async () => {
    const { ask, querent, parts, stop } = await started({ QUERENT_PIPELINE: 'planner' });
    try {
      let forgotten: Promise<number> | undefined;
      const onPhase = () => {
        forgotten ??= parts.store.forget('T1', 'UADA');
      };
      await ask('How many refunds are there?', { ...ADA, runId: 'ada' }, { onPhase });
      assert.equal(await forgotten, 1);
      assert.deepEqual(await querent.runs.latestTraces(9), []);
    } finally {
      await stop();
    }
  });

  it('that cannot be kept costs nobody their answer, and is told', async () => {
    const refusing = (parts: ServiceParts): ServiceParts => ({
      ...parts,
      store: { ...parts.store, saveTrace: () => Promise.reject(new RangeError('no room')) },
    });
    const { ask, said, stop } = await started({}, refusing);
    try {
      assert.equal((await ask(ASKED, { ...ADA, runId: 'run-1' })).kind, 'answer');
      assert.deepEqual(said, ['the trace of run run-1 could not be kept: RangeError']);
    } finally {
      await stop();
    }
  });

  it('goes with whoever asked, and with every trace of the workspace, whose prompts may show their questions', async () => {
    const { ask, querent, stop } = await started();
    try {
      await ask(ASKED, { ...ADA, runId: 'ada' });
      await ask(ASKED, { ...ADA, asker: { teamId: 'T1', userId: 'UBO' }, runId: 'bo' });
      await ask(ASKED, { ...ADA, asker: { teamId: 'T2', userId: 'UCY' }, runId: 'cy' });
      assert.equal((await querent.runs.latestTraces(9)).length, 3);
      assert.ok((await querent.forget('T1', 'UADA')).ok);
      assert.deepEqual(
        (await querent.runs.latestTraces(9)).map(({ runId }) => runId),
        ['cy'],
      );
    } finally {
      await stop();
    }
  });

  it('is let go of with the questions, after their days', async () => {
    let day = 0;
    const clock = (parts: ServiceParts): ServiceParts => ({
      ...parts,
      clock: { ...parts.clock, now: () => new Date(Date.now() + day * 24 * 3_600_000) },
    });
    const { ask, querent, stop } = await started({ QUERENT_KEEP_QUESTIONS_DAYS: '30' }, clock);
    try {
      await ask(ASKED, { ...ADA, runId: 'old' });
      day = 20;
      await ask(ASKED, { ...ADA, runId: 'new' });
      day = 31;
      await querent.keepHouse(never);
      assert.deepEqual(
        (await querent.runs.latestTraces(9)).map(({ runId }) => runId),
        ['new'],
      );
      const kept = async () => (await querent.runs.latestTraces(9)).length;
      day = 51;
      await ask(ASKED);
      assert.equal(await kept(), 1, 'no bot has to keep house for what is old to go');
    } finally {
      await stop();
    }
  });
});

describe('what is kept of a trace', () => {
  const call = (content: string, more: Partial<ModelCall> = {}): ModelCall => ({
    model: 'm',
    role: 'generator',
    messages: [{ role: 'user', content }],
    replies: ['reply'],
    promptTokens: 7,
    completionTokens: 3,
    ms: 1,
    ...more,
  });
  const generate = (...calls: readonly ModelCall[]): TraceEntry => ({
    stage: 'generate',
    wave: 1,
    made: [],
    atMs: 0,
    ms: 1,
    calls,
  });
  const answerWith = (trace: readonly TraceEntry[]): Answer => ({
    kind: 'failure',
    question: question('q'.repeat(10_000)),
    failure: { kind: 'empty-question' },
    databases: [],
    trace,
  });
  const keep = (...trace: readonly TraceEntry[]) => keptTrace(answerWith(trace), true, new Date(0));

  it('is bounded: long texts are cut, and of many calls the latest are kept whole', () => {
    const long = Array.from({ length: 40 }, (_, nth) =>
      call(`${nth}:${'x'.repeat(30_000)}`, { replies: ['y'.repeat(30_000)] }),
    );
    const kept = keep(generate(...long.slice(0, 20)), generate(...long.slice(20)));
    assert.ok(JSON.stringify(kept).length < 450_000);
    assert.equal(kept.question?.length, 4_001);
    const calls = callsOf(kept);
    assert.equal(calls.length, 40);
    assert.deepEqual(
      calls.map(({ promptTokens }) => promptTokens),
      Array.from({ length: 40 }, () => 7),
    );
    const whole = calls.flatMap(({ messages }) => messages.map(({ content }) => Number.parseInt(content, 10)));
    assert.deepEqual(whole, [24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
    assert.ok(
      calls.every(({ messages, replies }) =>
        [...messages.map(({ content }) => content), ...replies].every((text) => text.length <= 20_001),
      ),
    );
  });

  it('has none of the rows that a prompt marks, also where one result begins as another does', () => {
    const rows = ['1 row\ncount\n3', '1 row\ncount\n35'];
    const content = `<candidate A>\nResult: ${rows[0]}\n</candidate>\n<candidate B>\nResult: ${rows[1]}\n</candidate>`;
    const marked = call('', { messages: [{ role: 'user', content, rows }], replies: ['B, because of 35'] });
    const [kept] = callsOf(keep(generate(marked)));
    assert.deepEqual(kept?.messages, [
      {
        role: 'user',
        content: '<candidate A>\nResult: (not kept)\n</candidate>\n<candidate B>\nResult: (not kept)\n</candidate>',
      },
    ]);
    assert.deepEqual(kept?.replies, ['(not kept)']);
  });
});

it('without the words of the question that nothing of a database stands for', () => {
  const lacking: TraceEntry = {
    stage: 'lacking',
    words: ['zebrafish'],
    missing: 'nothing in it stands for “zebrafish”',
    yes: 0.2,
    atMs: 0,
    ms: 1,
    calls: [],
  };
  const answer: Answer = {
    kind: 'failure',
    question: question(ASKED),
    failure: { kind: 'unanswerable', database: 'shop', missing: '' },
    databases: [],
    trace: [lacking],
  };
  const entriesOf = (keepTexts: boolean) => keptTrace(answer, keepTexts, new Date(0)).entries;
  assert.deepEqual(entriesOf(true), [lacking]);
  assert.deepEqual(entriesOf(false), [{ ...lacking, words: [], missing: '(not kept)' }]);
});
