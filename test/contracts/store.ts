import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { AccessRule } from '#src/domain/access.ts';
import type { NewRun, RunOption, RunResult } from '#src/domain/run.ts';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import type { KeptTrace } from '#src/domain/trace.ts';
import type { TraceKeeping } from '#src/ports/run-store.ts';
import type { Store } from '#src/ports/store.ts';
import { bareCatalog } from '#test/support/catalogs.ts';

/** A state that can be opened more than once, as several processes and later versions do. */
export interface StoreUnderTest {
  open(): Store | Promise<Store>;
  /** Everything that is stored, as text: what was removed must not be found in it. */
  everything(): string;
  /** Puts a text in the place of what is stored of something. */
  damage(what: Damaged, id: string, stored: string): void;
}
export type Damaged = 'run' | 'result' | 'database' | 'catalog' | 'rules' | 'role report' | 'trace';

export interface StoreBackend {
  readonly name: string;
  readonly make: () => StoreUnderTest;
}

const at = new Date('2025-01-01T00:00:00Z');
const later = (ms: number) => new Date(at.getTime() + ms);

export const run = (message: string, more: Partial<NewRun> = {}): NewRun => ({
  id: `run-${message}`,
  team: 'T',
  channel: 'C',
  thread: message,
  message,
  cause: { kind: 'message' },
  user: 'U',
  text: 'q',
  intent: { kind: 'any' },
  turnedDown: [],
  direct: true,
  external: false,
  ...more,
});
const from = (databaseId: string) => ({ intent: { kind: 'from', databaseId } }) as const;
const answered = (databaseId: string, more: { text?: string; sql?: string } = {}): RunResult => ({
  kind: 'answer',
  text: 'q',
  databaseId,
  sql: 'SELECT 1',
  ...more,
});
const option = (id: string): RunOption => ({ label: id, words: `${id} words`, target: { kind: 'database', id } });
const askedAbout = (...ids: readonly string[]): RunResult => ({
  kind: 'question-back',
  about: 'database',
  text: 'q',
  prompt: 'Which?',
  options: ids.map(option),
});
const grant = (databaseId: string, more: Partial<AccessRule> = {}): AccessRule => ({
  effect: 'grant',
  databaseId,
  to: { kind: 'everyone' },
  ...more,
});
const trace = (runId: string, more: Partial<KeptTrace> = {}): KeptTrace => ({
  runId,
  team: 'T',
  user: 'U',
  at: at.toISOString(),
  question: 'q',
  databaseId: 'shop',
  outcome: 'answer',
  entries: [
    {
      stage: 'retrieve',
      text: 'q',
      databases: [{ databaseId: 'shop', probability: 0.75 }],
      tables: [{ databaseId: 'shop', table: 'orders', score: 1.5 }],
      searched: 3,
      coverage: 1,
      atMs: 0,
      ms: 1.5,
      calls: [],
    },
    {
      stage: 'generate',
      wave: 1,
      made: [{ generator: 'direct', queries: ['SELECT 1'], note: 'wrote one', failure: 'model-unavailable' }],
      atMs: 2,
      ms: 3,
      calls: [
        {
          model: 'm',
          role: 'generator',
          messages: [{ role: 'user', content: 'write' }],
          replies: ['SELECT 1'],
          promptTokens: 1,
          completionTokens: 2,
          ms: 3,
        },
      ],
    },
    {
      stage: 'refine',
      wave: 1,
      tried: [
        { generator: 'direct', sql: 'SELECT 1', mended: false, failure: 'unreadable-sql' },
        {
          generator: 'direct',
          sql: 'SELECT 2',
          mended: true,
          readAs: [{ written: 'name', read: 'customers.full_name' }],
          leftOut: ['orders'],
          endsBefore: ['2026-07-01'],
          toldApart: ['customers.id'],
          rows: 1,
          meaningless: ['flag-counted'],
        },
      ],
      atMs: 5,
      ms: 1,
      calls: [],
    },
  ],
  ...more,
});

/** How the traces of runs are kept here, and of what is asked in a terminal. */
const OF_RUN: TraceKeeping = { ofRun: true, since: at };
const IN_TERMINAL: TraceKeeping = { ofRun: false, since: at };

/** A run that cannot be written: whatever writes it down fails halfway. */
const unwritable = (message: string): NewRun =>
  Object.defineProperty(run(message), 'text', {
    enumerable: true,
    get: () => {
      throw new Error('cannot be written');
    },
  });

/** Records a question and takes it up; `lease` gives the oldest, so nothing else may be queued. */
async function takeUp(store: Store, message: string, more: Partial<NewRun> = {}, when = at): Promise<string> {
  await store.record(`event-${message}`, run(message, more), when);
  const leased = await store.lease();
  assert.ok(leased);
  return leased.id;
}

/** Registers what is not registered yet. */
async function register(store: Store, ...ids: readonly string[]): Promise<void> {
  const known = (await store.databases()).map(({ id }) => id);
  for (const id of ids) if (!known.includes(id)) await store.saveDatabase({ id, url: `sqlite:/${id}` });
}

async function answer(store: Store, message: string, databaseId: string, more: Partial<NewRun> = {}, when = at) {
  await register(store, databaseId);
  const id = await takeUp(store, message, more, when);
  await store.saveResult(id, 'done', answered(databaseId));
  return id;
}

/** What every store of a deployment's state promises. */
export function storeContract(backend: StoreBackend): void {
  const promises = (title: string, check: (store: Store, state: StoreUnderTest) => Promise<void>) =>
    it(title, async () => {
      const state = backend.make();
      const store = await state.open();
      try {
        await check(store, state);
      } finally {
        await store.close();
      }
    });

  describe(`${backend.name} as a store of runs`, () => {
    promises('records a delivery once, and one run a message whatever delivered it', async (store) => {
      assert.equal(await store.record('e1', run('1'), at), true);
      assert.equal(await store.record('e1', run('1'), at), false);
      assert.equal(await store.record('e2', run('1', { id: 'twin' }), at), true);
      assert.equal((await store.lease())?.id, 'run-1');
      assert.equal(await store.lease(), undefined);
    });

    promises('records a delivery that asks for nothing, once', async (store) => {
      assert.deepEqual(
        [await store.record('e1', undefined, at), await store.record('e1', undefined, at)],
        [true, false],
      );
      assert.equal(await store.lease(), undefined);
    });

    promises('records a delivery together with its run or not at all', async (store) => {
      await assert.rejects(store.record('e1', unwritable('1'), at));
      assert.equal(await store.record('e1', run('1'), at), true);
    });

    promises('makes one run of a press however often it comes, and others of presses at other times', async (store) => {
      const pressed = (id: string, when: string) =>
        run('1', { id, thread: 'x', cause: { kind: 'rerun', of: 'run-1', at: when } });
      await store.record('e1', run('1', { thread: 'x' }), at);
      await store.record('e2', pressed('a', '8.1'), later(1));
      await store.record('e3', pressed('b', '8.1'), later(2));
      await store.record('e4', pressed('c', '9.1'), later(3));
      assert.deepEqual((await store.run('a'))?.cause, { kind: 'rerun', of: 'run-1', at: '8.1' });
      assert.equal(await store.run('b'), undefined);
      assert.equal((await store.run('c'))?.state, 'queued');
    });

    promises('runs one question a thread at a time, in the order in which they came', async (store) => {
      await store.record('e1', run('1', { thread: 'x' }), at);
      await store.record('e2', run('2', { thread: 'x' }), later(1));
      await store.record('e3', run('3', { thread: 'y' }), later(2));
      const leased = [await store.lease(), await store.lease(), await store.lease()];
      assert.deepEqual(
        leased.map((one) => one?.id),
        ['run-1', 'run-3', undefined],
      );
      await register(store, 'd');
      await store.saveResult('run-1', 'done', answered('d'));
      assert.equal((await store.lease())?.id, 'run-2');
      const turns = await store.turns('T', [{ channel: 'C', thread: 'x' }]);
      assert.deepEqual(
        turns.map((turn) => turn.result),
        [answered('d')],
      );
    });

    promises('holds back what a person or a workspace has too much of, and lets the next one by', async (store) => {
      const limits = { perPerson: 1, perTeam: 2 };
      for (const [nth, user] of ['UA', 'UA', 'UB', 'UC'].entries())
        await store.record(`e${nth}`, run(String(nth), { user, thread: String(nth) }), later(nth));
      const leased = [await store.lease(limits), await store.lease(limits), await store.lease(limits)];
      assert.deepEqual(
        leased.map((one) => one?.id),
        ['run-0', 'run-2', undefined],
      );
      await store.record('e9', run('9', { user: 'UA', thread: '0', turnedAway: 3 }), later(9));
      assert.equal((await store.lease(limits))?.turnedAway, 3);
      await store.saveResult('run-0', 'failed', { kind: 'failure', text: 'q' });
      await store.saveResult('run-9', 'failed', { kind: 'failure', text: 'q' });
      assert.equal((await store.lease(limits))?.id, 'run-1');
    });

    promises('gives what waits in a thread, and what a message asked for', async (store) => {
      await store.record('e1', run('1', { thread: 'x' }), at);
      await store.record('e2', run('2', { thread: 'x' }), later(1));
      await store.lease();
      const waiting = await store.waiting('T', { channel: 'C', thread: 'x' });
      assert.deepEqual(
        waiting.map(({ id, state }) => [id, state]),
        [
          ['run-1', 'running'],
          ['run-2', 'queued'],
        ],
      );
      assert.equal((await store.ofMessage('T', 'C', '2'))?.id, 'run-2');
      assert.equal(await store.ofMessage('T', 'C', '3'), undefined);
    });

    promises('stops what still waits, and nothing else', async (store) => {
      await store.record('e1', run('1', { thread: 'x' }), at);
      await store.record('e2', run('2', { thread: 'x' }), later(1));
      await store.lease();
      const stopped = { kind: 'stopped', text: 'q', why: 'deleted' } as const;
      assert.deepEqual(
        [await store.stopQueued('run-1', stopped), await store.stopQueued('run-2', stopped)],
        [false, true],
      );
      assert.deepEqual((await store.run('run-2'))?.result, stopped);
      assert.equal(await store.lease(), undefined);
    });

    promises('begins a run anew with other words until it has ended', async (store) => {
      await store.record('e1', run('1'), at);
      await store.lease();
      assert.equal(await store.restart('run-1', 'other words'), true);
      assert.equal((await store.lease())?.text, 'other words');
      await store.saveResult('run-1', 'failed', { kind: 'failure', text: 'q' });
      assert.equal(await store.restart('run-1', 'more words'), false);
    });

    promises('takes up a run that came late once, which waited for no other until then', async (store) => {
      await takeUp(store, '1', { thread: 'x' });
      assert.equal(await takeUp(store, '2', { thread: 'x', late: true }, later(1)), 'run-2');
      const result = { kind: 'stopped', text: 'q', why: 'late' } as const;
      await store.saveResult('run-2', 'stopped', result);
      assert.deepEqual((await store.run('run-2'))?.result, result);
      assert.deepEqual(
        [await store.takeUp('run-2'), await store.takeUp('run-2'), await store.takeUp('run-1')],
        [true, false, false],
      );
      const { late, result: ended, state, attempts } = (await store.run('run-2')) ?? assert.fail('it is gone');
      assert.deepEqual([late, ended, state, attempts], [undefined, undefined, 'queued', 0]);
      assert.equal(await store.lease(), undefined);
    });

    promises('undoes the choice of a typed reply that is begun anew', async (store) => {
      const back = { kind: 'question-back', text: 'q', about: 'database', prompt: 'Which?', options: [] } as const;
      await store.saveResult(await takeUp(store, '1'), 'clarifying', back);
      const id = await takeUp(store, '2');
      const settling = run('2', {
        text: 'q',
        settles: 'run-1',
        turnedDown: ['d'],
        intent: { kind: 'from', databaseId: 'e' },
      });
      assert.equal(await store.choose('run-1', { kind: 'none' }, settling, later(1)), true);
      assert.equal(await store.restart(id, 'other words'), true);
      const anew = await store.lease();
      assert.deepEqual(
        [anew?.text, anew?.settles, anew?.turnedDown, anew?.intent],
        ['other words', undefined, [], { kind: 'any' }],
      );
      assert.equal(await store.choose('run-1', { kind: 'none' }, settling, later(2)), true);
    });

    promises('ends questions back from before a time, but for those that were settled', async (store) => {
      const back = { kind: 'question-back', text: 'q', about: 'database', prompt: 'Which?', options: [] } as const;
      for (const message of ['1', '2', '3']) {
        const id = await takeUp(store, message, { thread: message }, message === '3' ? later(60) : at);
        await store.saveResult(id, 'clarifying', back);
      }
      await store.choose('run-2', { kind: 'none' }, run('4', { thread: '4' }), later(1));
      assert.deepEqual(
        (await store.expire(later(30), 9)).map(({ id }) => id),
        ['run-1'],
      );
      assert.equal((await store.run('run-1'))?.state, 'expired');
      // It is given until it was said.
      assert.equal((await store.expire(later(30), 9)).length, 1);
      await store.savePosted('run-1', 'expired', '1.1');
      assert.deepEqual(await store.expire(later(30), 9), []);
    });

    promises('gives each queued run to one of those who take them at once', async (store, state) => {
      const other = await state.open();
      for (let nth = 0; nth < 10; nth += 1) await store.record(`e${nth}`, run(String(nth)), later(nth));
      const leased = await Promise.all(Array.from({ length: 12 }, (_, nth) => (nth % 2 ? store : other).lease()));
      const ids = leased.flatMap((one) => one?.id ?? []);
      assert.equal(ids.length, 10);
      assert.equal(new Set(ids).size, 10);
      await other.close();
    });

    promises('hands a run that was under way to the next process', async (store, state) => {
      await takeUp(store, '1');
      const next = await state.open();
      assert.equal(await next.requeue(), 1);
      assert.equal((await next.lease())?.attempts, 2);
      await next.close();
    });

    promises('queues again what runs and is held by nobody, until it was tried often enough', async (store) => {
      for (const message of ['1', '2']) await takeUp(store, message, { thread: message });
      assert.deepEqual(await store.requeueLeft(['run-1'], 2), { queued: 1, spent: [] });
      assert.deepEqual([(await store.run('run-1'))?.state, (await store.lease())?.id], ['running', 'run-2']);
      const { queued, spent } = await store.requeueLeft(['run-1'], 2);
      assert.deepEqual([queued, spent.map(({ id }) => id)], [0, ['run-2']]);
      assert.equal((await store.run('run-2'))?.state, 'running', 'whoever holds it says that it has failed');
    });

    promises('undoes a choice with the run that made it, as that is stopped, and with no other', async (store) => {
      const back = { kind: 'question-back', text: 'q', about: 'database', prompt: 'Which?', options: [] } as const;
      const stopped = { kind: 'stopped', text: 'q', why: 'superseded' } as const;
      await store.saveResult(await takeUp(store, '1'), 'clarifying', back);
      const chosen = (id: string, kind: 'choice' | 'rerun') =>
        run(id, {
          id,
          settles: 'run-1',
          cause: { kind, of: 'run-1', at: id },
          intent: { kind: 'from', databaseId: 'e' },
        });
      const choose = (id: string) => store.choose('run-1', { kind: 'none' }, chosen(id, 'choice'), later(1));
      assert.equal(await choose('a'), true);
      assert.deepEqual([await store.isChosen('run-1'), await choose('b')], [true, false]);
      assert.equal(await store.stopQueued('a', stopped), true); // while it waits
      assert.deepEqual([await store.isChosen('run-1'), await choose('c')], [false, true]);
      // One that only repeats it made no choice.
      await store.record('e', chosen('d', 'rerun'), later(2));
      assert.equal(await store.stopQueued('d', stopped), true);
      assert.equal(await store.isChosen('run-1'), true);
    });

    promises('undoes a choice once: what is chosen after that stands', async (store) => {
      const back = { kind: 'question-back', text: 'q', about: 'database', prompt: 'Which?', options: [] } as const;
      const stopped = { kind: 'stopped', text: 'q', why: 'pressed' } as const;
      await store.saveResult(await takeUp(store, '1'), 'clarifying', back);
      const reply = await takeUp(store, '2');
      const typed = run('2', { settles: 'run-1', intent: { kind: 'from', databaseId: 'e' } });
      assert.equal(await store.choose('run-1', { kind: 'none' }, typed, later(1)), true);
      await store.saveResult(reply, 'stopped', stopped); // while it is answered
      assert.equal(await store.isChosen('run-1'), false);
      assert.equal(await store.choose('run-1', { kind: 'none' }, run('3', { settles: 'run-1' }), later(2)), true);
      await store.saveResult(reply, 'stopped', stopped);
      assert.equal(await store.isChosen('run-1'), true);
    });

    promises('gives a run back as it was recorded, odd ids and words included', async (store) => {
      const odd = run('1', {
        id: 'run\'%_"\\ ☂',
        team: 'T%',
        channel: 'C_',
        thread: '$.x',
        user: "U'; --",
        text: 'a\nb \u0000 “ü” 🛒',
        intent: { kind: 'chosen', databaseId: 'd"', sql: "SELECT '1'", costAccepted: true },
        turnedDown: ['a', "b'"],
        settles: 's',
        reruns: 'r',
      });
      await store.record("e'%", odd, at);
      const { state, attempts, ...stored } = (await store.run(odd.id)) ?? assert.fail('no run');
      assert.deepEqual(stored, odd);
      assert.deepEqual([state, attempts], ['queued', 0]);
      assert.deepEqual(await store.askers('T%', { channel: 'C_', thread: '$.x' }), ["U'; --"]);
      assert.deepEqual(await store.askers('Tx', { channel: 'C_', thread: '$.x' }), []);
      assert.equal(await store.run('no such'), undefined);
    });

    promises('gives every kind of result back as it was saved', async (store) => {
      const results: readonly RunResult[] = [
        { ...answered('d'), movedTo: { channel: 'D1', thread: '7.1' } },
        { kind: 'catalog', text: 'q', movedTo: { channel: 'D1' } },
        askedAbout('a', 'b'),
        {
          kind: 'question-back',
          about: 'outcome',
          text: 'q',
          prompt: 'Which?',
          options: [{ label: '2', words: 'two', target: { kind: 'query', databaseId: 'd', sql: 'SELECT 2' } }],
        },
        { kind: 'failure', text: 'q' },
        { kind: 'failure', text: 'q', databaseId: 'd', sql: 'SELECT 1', costly: true },
      ];
      await register(store, 'a', 'b', 'd');
      for (const [nth, result] of results.entries()) {
        const id = await takeUp(store, String(nth));
        await store.saveResult(id, 'done', result);
        assert.deepEqual((await store.run(id))?.result, result);
      }
    });

    promises('tells the turns of threads that are one conversation in their order, and no others', async (store) => {
      await answer(store, '1', 'a', { thread: 'x' }, at);
      await answer(store, '2', 'b', { thread: 'y', channel: 'D' }, later(1));
      await answer(store, '3', 'c', { thread: 'x', user: 'V' }, later(2));
      await answer(store, '4', 'd', { thread: 'x', team: 'T2' }, later(3));
      await store.record('waiting', run('5', { thread: 'x', user: 'W' }), later(4));
      const told = async (...threads: readonly (readonly [string, string])[]) =>
        (
          await store.turns(
            'T',
            threads.map(([channel, thread]) => ({ channel, thread })),
          )
        ).map((turn) => turn.id);
      assert.deepEqual(await told(['C', 'x']), ['run-1', 'run-3']);
      assert.deepEqual(await told(['C', 'x'], ['D', 'y']), ['run-1', 'run-2', 'run-3']);
      assert.deepEqual(await told(['D', 'x']), []);
      assert.deepEqual(await told(), []);
      assert.deepEqual(await store.askers('T', { channel: 'C', thread: 'x' }), ['U', 'V', 'W']);
    });

    promises(
      'keeps nothing of a database that was removed while a question was answered from it',
      async (store, state) => {
        await register(store, 'shop', 'desk');
        const ids = ['answer', 'failure', 'outcomes', 'offered', 'posted'];
        for (const id of ids) await takeUp(store, id);
        await store.removeDatabase('shop');
        const movedTo = { channel: 'D1' };
        const query = {
          label: '2',
          words: 'two',
          target: { kind: 'query', databaseId: 'shop', sql: 'SELECT 2' },
        } as const;
        await store.saveResult('run-answer', 'done', { ...answered('shop'), movedTo });
        await store.saveResult('run-posted', 'running', answered('shop'));
        await store.saveResult('run-failure', 'failed', {
          kind: 'failure',
          text: 'q',
          databaseId: 'shop',
          sql: 'SELECT 3',
        });
        const outcomes = { ...askedAbout('desk'), about: 'outcome', options: [query] } as RunResult;
        await store.saveResult('run-outcomes', 'clarifying', outcomes);
        await store.saveResult('run-offered', 'clarifying', askedAbout('shop', 'desk'));
        const kept = await Promise.all(ids.map((id) => store.run(`run-${id}`)));
        assert.deepEqual(
          kept.map((one) => [one?.state, one?.result]),
          [
            ['failed', { kind: 'failure', text: 'q', movedTo }],
            ['failed', { kind: 'failure', text: 'q' }],
            ['failed', { kind: 'failure', text: 'q' }],
            [
              'clarifying',
              { ...askedAbout('shop', 'desk'), options: [{ ...option('shop'), words: 'shop' }, option('desk')] },
            ],
            ['running', { kind: 'failure', text: 'q' }],
          ],
        );
        await register(store, 'shop');
        assert.deepEqual(await store.pastAnswers(), []);
        assert.equal(await store.questionsOf('shop'), 0);
        assert.doesNotMatch(state.everything(), /SELECT/);
      },
    );

    promises('remembers where the parts of an answer were posted', async (store) => {
      const id = await takeUp(store, '1');
      assert.equal(await store.posted(id, 'answer'), undefined);
      await store.savePosted(id, 'answer', '1.2');
      await store.savePosted(id, 'answer', '1.3');
      assert.deepEqual([await store.posted(id, 'answer'), await store.posted(id, 'notice')], ['1.3', undefined]);
      assert.equal(await store.privateRun('T', 'D1', '1.3'), undefined);
      await register(store, 'd');
      await store.saveResult(id, 'done', { ...answered('d'), movedTo: { channel: 'D1' } });
      assert.equal((await store.privateRun('T', 'D1', '1.3'))?.id, id);
      assert.equal(await store.privateRun('T2', 'D1', '1.3'), undefined);
      assert.equal(await store.privateRun('T', 'D1', '1.2'), undefined);
    });
  });

  describe(`${backend.name} as a store of what people chose and said`, () => {
    promises('takes the first choice, together with the run that follows from it', async (store) => {
      const asked = await takeUp(store, '1', { thread: 'x' });
      await store.saveResult(asked, 'clarifying', askedAbout('a', 'b'));
      const next = (message: string, id: string) => run(message, { thread: 'x', settles: asked, ...from(id) });
      assert.equal(await store.choose(asked, { kind: 'option', at: 0 }, next('2', 'a'), at), true);
      assert.equal(await store.choose(asked, { kind: 'option', at: 1 }, next('3', 'b'), at), false);
      assert.deepEqual((await store.lease())?.intent, { kind: 'from', databaseId: 'a' });
      assert.equal(await store.run('run-3'), undefined);
    });

    promises('settles nothing by a choice whose run cannot be written', async (store) => {
      const asked = await takeUp(store, '1');
      await store.saveResult(asked, 'clarifying', askedAbout('a'));
      await assert.rejects(store.choose(asked, { kind: 'none' }, unwritable('2'), at));
      assert.equal(await store.choose(asked, { kind: 'none' }, run('2'), at), true);
    });

    promises('lets one of two who choose at once have it', async (store, state) => {
      const other = await state.open();
      const asked = await takeUp(store, '1');
      const made = await Promise.all([
        store.choose(asked, { kind: 'none' }, run('2'), at),
        other.choose(asked, { kind: 'database', id: 'b' }, run('3'), at),
      ]);
      assert.deepEqual(made.filter(Boolean), [true]);
      await other.close();
    });

    promises('makes a typed reply the run that its choice asks for, once', async (store) => {
      const asked = await takeUp(store, '1', { thread: 'x' });
      await store.saveResult(asked, 'clarifying', askedAbout('a', 'b'));
      const typed = await takeUp(store, '2', { thread: 'x', text: 'the second one' });
      const chosen = run('2', { thread: 'x', text: 'q', settles: asked, ...from('b') });
      assert.equal(await store.choose(asked, { kind: 'option', at: 1 }, chosen, at), true);
      const now = await store.run(typed);
      assert.deepEqual([now?.text, now?.state], ['q', 'running']);
      await register(store, 'b');
      await store.saveResult(typed, 'done', answered('b'));
      assert.equal((await store.pastAnswers('T'))[0]?.verdict, 'confirmed');
    });

    promises('takes a database that a rerun names for no verdict of a person', async (store) => {
      await answer(store, '1', 'd', {}, at);
      await answer(store, '2', 'd', { reruns: 'run-1', ...from('d') }, later(1));
      await answer(store, '3', 'd', from('d'), later(2));
      assert.deepEqual(
        (await store.pastAnswers('T')).map(({ verdict }) => verdict),
        ['confirmed', 'unknown', 'unknown'],
      );
    });

    promises(
      'keeps what people changed of how answers were read, each change once a person, the latest first',
      async (store) => {
        const first = await answer(store, '1', 'd', {}, at);
        const year = { part: 'period', from: '2025', to: '2026' } as const;
        const figure = { part: 'measure', from: 'number of orders', to: 'total of amount' } as const;
        await store.saveReadingChange(first, 'U', year, at);
        await store.saveReadingChange(first, 'V', figure, later(1));
        await store.saveReadingChange(first, 'U', year, later(2));
        const { result } = (await store.run(first)) ?? {};
        assert.ok(result?.kind === 'answer');
        const of = { runId: first, text: result.text, databaseId: 'd', sql: result.sql };
        assert.deepEqual(await store.readingChanges('T'), [
          { ...of, userId: 'U', at: later(2).toISOString(), change: year },
          { ...of, userId: 'V', at: later(1).toISOString(), change: figure },
        ]);
        assert.deepEqual(await store.readingChanges('T2'), []);
        await store.forget('T', 'V');
        assert.deepEqual(
          (await store.readingChanges()).map(({ userId }) => userId),
          ['U'],
        );
      },
    );

    promises('takes a changed reading for no verdict, and for no example: it answers to other words', async (store) => {
      const changed = { part: 'period', from: '2025', to: '2026' } as const;
      const intent = { kind: 'chosen', databaseId: 'd', sql: 'SELECT 1', costAccepted: false, changed } as const;
      const id = await answer(store, '1', 'd', { intent, cause: { kind: 'edit', of: 'run-0', at: '1.2' } }, at);
      await store.saveFeedback(id, 'BOSS', 'up', at);
      assert.deepEqual((await store.run(id))?.intent, intent);
      assert.deepEqual(await store.verifiedAnswers('T', 'U', ['BOSS']), []);
    });

    promises('knows past answers with their verdicts, the latest first, of one workspace or of all', async (store) => {
      const first = await answer(store, '1', 'a', {}, at);
      const second = await answer(store, '2', 'b', { user: 'V' }, later(1));
      await answer(store, '3', 'c', { team: 'T2' }, later(2));
      await store.saveFeedback(first, 'V', 'up', at);
      assert.deepEqual(
        [await store.saveCorrection(second, 'U', at), await store.saveCorrection(second, 'V', at)],
        [true, false],
      );
      const known = (await store.pastAnswers('T')).map(({ userId, databaseId, verdict }) => [
        userId,
        databaseId,
        verdict,
      ]);
      assert.deepEqual(known, [
        ['V', 'b', 'wrong'],
        ['U', 'a', 'confirmed'],
      ]);
      assert.deepEqual(
        (await store.pastAnswers()).map(({ databaseId }) => databaseId),
        ['c', 'b', 'a'],
      );
      assert.deepEqual([await store.isWrong(first), await store.isWrong(second)], [false, true]);
      await store.saveFeedback(first, 'V', 'down', at);
      assert.equal(await store.isWrong(first), true);
    });

    promises(
      'gives as examples what an approver or the asker said is right, and nothing that anybody said is wrong',
      async (store) => {
        const marked = async (message: string, by: string, value: string) => {
          const id = await answer(store, message, message);
          await store.saveFeedback(id, by, value, at);
          return id;
        };
        await answer(store, 'unsaid', 'unsaid');
        await marked('by-approver', 'BOSS', 'up');
        await marked('by-asker', 'U', 'up');
        await marked('by-another', 'V', 'up');
        const both = await marked('both', 'BOSS', 'up');
        await store.saveFeedback(both, 'V', 'down', at);
        const corrected = await marked('corrected', 'BOSS', 'up');
        await store.saveCorrection(corrected, 'V', at);
        const chosen = (message: string, costAccepted: boolean) =>
          answer(store, message, message, {
            intent: { kind: 'chosen', databaseId: 'd', sql: 'SELECT 1', costAccepted },
          });
        await chosen('chosen', false);
        await chosen('costly', true);
        const verified = async (asker: string) =>
          (await store.verifiedAnswers('T', asker, ['BOSS'])).map(({ databaseId }) => databaseId).sort();
        assert.deepEqual(await verified('U'), ['by-approver', 'by-asker', 'chosen']);
        assert.deepEqual(await verified('V'), ['by-another', 'by-approver']);
        assert.deepEqual(await store.verifiedAnswers('T2', 'U', ['BOSS']), []);
      },
    );

    promises('counts questions back in a channel, and those that nobody took up', async (store) => {
      for (const [nth, message] of ['1', '2', '3'].entries()) {
        const id = await takeUp(store, message, {}, later(nth));
        await store.saveResult(id, 'clarifying', askedAbout('a'));
      }
      await store.choose('run-1', { kind: 'none' }, run('4', { thread: '1' }), later(10));
      await takeUp(store, '5', { thread: '2' }, later(11));
      assert.deepEqual(await store.askedBack('T', 'C', later(100)), { asked: 3, ignored: 1 });
      assert.deepEqual(await store.askedBack('T', 'C', later(1)), { asked: 1, ignored: 0 });
      assert.deepEqual(await store.askedBack('T', 'other', later(100)), { asked: 0, ignored: 0 });
    });
  });

  describe(`${backend.name} as a store of traces`, () => {
    promises('gives traces back as they were kept, by the first letters of their run, at most two', async (store) => {
      await register(store, 'shop');
      for (const id of ['ab1', 'ab2', 'ab3', 'x%1', 'xy1']) await store.saveTrace(trace(id), IN_TERMINAL);
      assert.deepEqual(await store.traces('ab1'), [trace('ab1')]);
      assert.equal((await store.traces('ab')).length, 2);
      assert.deepEqual(
        (await store.traces('x%')).map(({ runId }) => runId),
        ['x%1'],
      );
      assert.deepEqual(await store.traces('b'), []);
      await store.saveTrace(trace('ab1', { outcome: 'failure' }), IN_TERMINAL);
      assert.equal((await store.traces('ab1'))[0]?.outcome, 'failure');
    });

    promises('keeps no trace of a run that was removed while it was answered', async (store, state) => {
      await register(store, 'shop');
      const id = await takeUp(store, '1', { user: 'UGONE' });
      await store.forget('T', 'UGONE');
      await store.saveTrace(trace(id, { user: 'UGONE' }), OF_RUN);
      assert.deepEqual(await store.traces(id), []);
      assert.doesNotMatch(state.everything(), /UGONE/);
      await store.saveTrace(trace('in a terminal'), IN_TERMINAL);
      assert.equal((await store.traces('in a')).length, 1);
    });

    promises('keeps no trace that names a database that was removed meanwhile', async (store, state) => {
      await register(store, 'shop', 'desk');
      await store.removeDatabase('shop');
      const { databaseId: _, ...none } = trace('retrieved');
      const considered = (options: readonly string[]): Partial<KeptTrace> => ({
        databaseId: 'desk',
        entries: [
          {
            stage: 'clarify',
            decision: 'doubt',
            databaseId: 'desk',
            probability: 0.5,
            askedBelow: 0.7,
            options,
            ...{ atMs: 0, ms: 1, calls: [] },
          },
        ],
      });
      for (const ofRun of [OF_RUN, IN_TERMINAL])
        for (const kept of [trace('named'), none, trace('offered', considered(['desk', 'shop']))])
          await store.saveTrace(kept, ofRun);
      assert.deepEqual(await store.latestTraces(9), []);
      assert.doesNotMatch(state.everything(), /shop/);
      await store.saveTrace(trace('others', considered(['desk'])), IN_TERMINAL);
      assert.equal((await store.latestTraces(9)).length, 1);
    });

    promises('lets go of traces that were kept long enough as another comes', async (store) => {
      await register(store, 'shop');
      const id = await takeUp(store, '1');
      await store.saveTrace(trace(id), OF_RUN);
      await store.saveTrace(trace('old'), IN_TERMINAL);
      const next = (runId: string, ms: number) => trace(runId, { at: later(ms).toISOString() });
      await store.saveTrace(next('new', 5), { ofRun: false, since: at });
      assert.equal((await store.latestTraces(9)).length, 3);
      await store.saveTrace(next('newer', 9), { ofRun: false, since: later(5) });
      assert.deepEqual(
        (await store.latestTraces(9)).map(({ runId }) => runId),
        ['newer', 'new'],
      );
    });

    promises('lists the latest first, without what they hold', async (store) => {
      const { databaseId: _, question: _text, ...bare } = trace('none');
      await register(store, 'shop');
      await store.saveTrace(trace('old'), IN_TERMINAL);
      await store.saveTrace(trace('new', { at: later(5).toISOString() }), IN_TERMINAL);
      await store.saveTrace({ ...bare, at: later(3).toISOString(), outcome: 'no-access' }, IN_TERMINAL);
      assert.deepEqual(await store.latestTraces(2), [
        { runId: 'new', at: later(5).toISOString(), outcome: 'answer', databaseId: 'shop' },
        { runId: 'none', at: later(3).toISOString(), outcome: 'no-access' },
      ]);
    });
  });

  describe(`${backend.name} as a store of databases`, () => {
    const shop = {
      id: 'shop',
      url: 'sqlite:/shop',
      secret: 'sealed',
      description: 'Web “shop”',
      userFunctions: ['net'],
      owner: 'data',
      searchValues: ['a.b'],
      hideValues: ['c.d'],
      columnRoles: { 'a.b': 'other measure' as const },
      paused: { since: at.toISOString(), by: 'U' },
    };

    promises('gives databases back as they were saved, in the order of their ids', async (store) => {
      await store.saveDatabase(shop);
      await store.saveDatabase({ id: 'desk', url: 'sqlite:/desk' });
      await store.saveDatabase({ ...shop, description: 'Shop' });
      assert.deepEqual(await store.databases(), [
        { id: 'desk', url: 'sqlite:/desk' },
        { ...shop, description: 'Shop' },
      ]);
    });

    promises('keeps several catalogs at once, of registered databases alone', async (store) => {
      for (const id of ['shop', 'desk']) await store.saveDatabase({ id, url: `sqlite:/${id}` });
      const of = (id: string) => bareCatalog(id, ['orders: id']);
      await store.saveCatalogs([
        [of('shop'), at],
        [of('gone'), at],
        [of('desk'), later(5)],
      ]);
      assert.deepEqual(await store.catalogs(), [of('desk'), of('shop')]);
      assert.deepEqual([await store.readAt('shop'), await store.readAt('desk')], [at, later(5)]);
    });

    promises('keeps a new version of a catalog only when it changed', async (store) => {
      const catalog = bareCatalog('shop', ['orders: id']);
      assert.deepEqual([await store.saveCatalog(catalog, at), await store.saveCatalog(catalog, later(5))], [1, 1]);
      assert.deepEqual(await store.readAt('shop'), later(5));
      assert.equal(await store.saveCatalog(bareCatalog('shop', ['orders: id, amount']), at), 2);
      assert.deepEqual(await store.catalogs(), [bareCatalog('shop', ['orders: id, amount'])]);
      assert.equal(await store.readAt('desk'), undefined);
    });

    promises('replaces the rules of one database and leaves those of others', async (store) => {
      const denied = grant('shop', { effect: 'deny', hide: { orders: ['wage'] }, to: { kind: 'user', id: 'U' } });
      await store.saveAccessRules('shop', [grant('shop')]);
      await store.saveAccessRules('desk', [grant('desk', { shared: true })]);
      await store.saveAccessRules('shop', [grant('shop', { teamId: 'T', ownRows: ['orders'] }), denied]);
      assert.deepEqual(await store.accessRules(), [
        grant('desk', { shared: true }),
        grant('shop', { teamId: 'T', ownRows: ['orders'] }),
        denied,
      ]);
    });

    promises('changes rules only where they are still what was read', async (store, state) => {
      const [one, two, three] = ['A', 'B', 'C'].map((id) => grant('shop', { to: { kind: 'user', id } }));
      assert.ok(one && two && three);
      assert.equal(await store.changeAccessRules('shop', [], [one]), false, 'it is not registered');
      await register(store, 'shop', 'desk');
      await store.saveAccessRules('desk', [grant('desk')]);
      assert.equal(await store.changeAccessRules('shop', [one], [two]), false);
      assert.equal(await store.changeAccessRules('shop', [], [one]), true);
      const other = await state.open();
      const [before, same] = [await store.accessRules(), await other.accessRules()];
      const ofShop = (rules: readonly AccessRule[]) => rules.filter(({ databaseId }) => databaseId === 'shop');
      const changed = await Promise.all([
        store.changeAccessRules('shop', ofShop(before), [one, two]),
        other.changeAccessRules('shop', ofShop(same), [one, three]),
      ]);
      assert.deepEqual(changed.filter(Boolean), [true]);
      await other.close();
      assert.deepEqual(ofShop(await store.accessRules()), changed[0] ? [one, two] : [one, three]);
      // However a rule's parts are ordered, it is the same.
      const [last] = changed[0] ? [two] : [three];
      const { to, ...rest } = last;
      assert.equal(await store.changeAccessRules('shop', [one, { to, ...rest }], [last, one]), true);
      assert.equal(await store.changeAccessRules('shop', [one, last], []), false, 'the order is another');
      assert.deepEqual(await store.accessRules(), [grant('desk'), last, one]);
    });

    promises('keeps what a role was last found to do, and sealed secrets all or none', async (store) => {
      const report = {
        role: 'reader',
        findings: [{ severity: 'warn', code: 'primary', what: 'it is the primary' }],
        checkedAt: at.toISOString(),
        accepted: ['primary'],
      } as const;
      await store.saveRoleReport('shop', { ...report, accepted: [] });
      await store.saveRoleReport('shop', report);
      assert.deepEqual(await store.roleReport('shop'), report);
      assert.equal(await store.roleReport('desk'), undefined);
      await store.saveSealed(new Map([['a', '1'], ['b', '2']])); // biome-ignore format: one line
      const torn = new Map([['a', '3']]);
      const halfway = Object.assign(new Map(torn), {
        *[Symbol.iterator](): MapIterator<[string, string]> {
          yield ['a', '3'];
          throw new Error('cannot be read on');
        },
      });
      await assert.rejects(store.saveSealed(halfway));
      assert.deepEqual([...(await store.sealed())], [['a', '1'], ['b', '2']]); // biome-ignore format: one line
    });

    promises('gives a database another name everywhere', async (store, state) => {
      await store.saveDatabase(shop);
      await store.saveDatabase({ id: 'desk', url: 'sqlite:/desk' });
      await store.saveCatalog(bareCatalog('shop', ['shop: id, shop']), at);
      await store.saveAccessRules('shop', [grant('shop', { tables: ['shop'] })]);
      await store.saveRoleReport('shop', { role: 'r', findings: [], checkedAt: at.toISOString(), accepted: [] });
      await store.saveSealed(new Map([['shop', 'sealed-under-the-old-name'], ['store', 'sealed-anew']])); // biome-ignore format: one line
      await answer(store, '1', 'shop', from('shop'));
      const asked = await takeUp(store, '2', { turnedDown: ['shop'] });
      await store.saveResult(asked, 'clarifying', askedAbout('shop', 'desk'));
      await store.saveTrace(trace('run-1'), OF_RUN);

      assert.equal(await store.renameDatabase('shop', 'desk'), false);
      assert.equal(await store.renameDatabase('gone', 'new'), false);
      assert.equal(await store.renameDatabase('shop', 'store'), true);

      assert.deepEqual(
        (await store.databases()).map(({ id, description }) => [id, description]),
        [['desk', undefined], ['store', shop.description]], // biome-ignore format: one line
      );
      assert.deepEqual(await store.catalogs(), [bareCatalog('store', ['shop: id, shop'])]);
      assert.equal(await store.saveCatalog(bareCatalog('store', ['shop: id, shop']), at), 1);
      assert.deepEqual(await store.accessRules(), [grant('store', { tables: ['shop'] })]);
      assert.equal((await store.roleReport('store'))?.role, 'r');
      assert.deepEqual([...(await store.sealed())], [['store', 'sealed-anew']]);
      const renamed = await store.run('run-1');
      assert.deepEqual([renamed?.intent, renamed?.result], [from('store').intent, answered('store')]);
      const back = await store.run(asked);
      assert.deepEqual(back?.turnedDown, ['store']);
      assert.deepEqual(back?.result?.kind === 'question-back' && back.result.options.map(({ target }) => target), [
        { kind: 'database', id: 'store' },
        { kind: 'database', id: 'desk' },
      ]);
      const [kept] = await store.traces('run-1');
      assert.equal(kept?.databaseId, 'store');
      assert.doesNotMatch(JSON.stringify(kept), /"shop"/);
      await store.removeDatabase('store');
      assert.doesNotMatch(state.everything(), /sealed-under|sealed-anew|SELECT 1/);
    });

    promises('renames a database and no table or column that is called so', async (store) => {
      await register(store, 'shop');
      const hide = {
        options: ['shop', 'wage'],
        turnedDown: ['shop'],
        databaseId: ['shop'],
        target: ['shop'],
        shop: ['shop'],
      };
      const rules = [grant('shop', { hide }), grant('shop', { effect: 'deny', tables: ['shop'], ownRows: ['shop'] })];
      await store.saveAccessRules('shop', rules);
      const catalog = bareCatalog('shop', ['options: shop, wage', 'target: shop']);
      await store.saveCatalog(catalog, at);
      const worded = trace('run', { question: 'shop', outcome: 'shop' });
      await store.saveTrace(worded, IN_TERMINAL);
      await store.renameDatabase('shop', 'store');
      assert.deepEqual(
        await store.accessRules(),
        rules.map((rule) => ({ ...rule, databaseId: 'store' })),
      );
      assert.deepEqual(await store.catalogs(), [{ ...catalog, databaseId: 'store' }]);
      const [kept] = await store.traces('run');
      assert.deepEqual([kept?.question, kept?.outcome, kept?.databaseId], ['shop', 'shop', 'store']);
    });

    promises('removes questions back whose outcomes are queries over a removed database', async (store, state) => {
      await register(store, 'shop', 'desk');
      for (const databaseId of ['shop', 'desk']) {
        const id = await takeUp(store, databaseId);
        const target = { kind: 'query', databaseId, sql: `SELECT ${databaseId}_wage` } as const;
        const options = [{ label: '2', words: 'two', target }];
        await store.saveResult(id, 'clarifying', {
          kind: 'question-back',
          about: 'outcome',
          text: 'q',
          prompt: '',
          options,
        });
      }
      assert.equal(await store.questionsOf('shop'), 1);
      assert.equal(await store.removeDatabase('shop'), 1);
      assert.doesNotMatch(state.everything(), /shop_wage/);
      assert.match(state.everything(), /desk_wage/);
    });

    promises('removes a database with all that is kept of it, and leaves the others', async (store, state) => {
      for (const id of ['shop', 'desk']) {
        await store.saveDatabase({ id, url: `sqlite:/${id}`, description: `about ${id}` });
        await store.saveCatalog(bareCatalog(id, [`${id}_orders: id`]), at);
        await store.saveAccessRules(id, [grant(id, { tables: [`${id}_orders`] })]);
        await store.saveRoleReport(id, { role: `${id}_role`, findings: [], checkedAt: '', accepted: [] });
        await store.saveSealed(new Map([[id, `${id}_sealed`]]));
        const done = await answer(store, id, id, { text: `asked of ${id}`, ...from(id) });
        await store.saveFeedback(done, 'U', `said of ${id}`, at);
        await store.savePosted(done, 'answer', `${id}.1`);
        await store.saveTrace(trace(done, { databaseId: id }), OF_RUN);
      }
      const shown = { databaseId: 'desk', question: 'a prompt that shows shop_orders' };
      await store.saveTrace(trace('elsewhere', shown), IN_TERMINAL);
      const offered = await takeUp(store, 'offered');
      await store.saveResult(offered, 'clarifying', askedAbout('shop', 'desk'));
      await store.record('waiting', run('waiting', from('shop')), at);

      assert.equal(await store.questionsOf('shop'), 1);
      assert.equal(await store.removeDatabase('shop'), 1);
      assert.equal(await store.questionsOf('shop'), 0);
      assert.doesNotMatch(
        state.everything(),
        /about shop|shop_orders|shop_role|shop_sealed|asked of shop|said of shop|shop words|shop\.1/,
      );
      assert.equal((await store.run('run-waiting'))?.state, 'queued');
      assert.deepEqual(
        (await store.databases()).map(({ id }) => id),
        ['desk'],
      );
      assert.equal((await store.run('run-desk'))?.result?.text, 'q');
      assert.deepEqual(await store.accessRules(), [grant('desk', { tables: ['desk_orders'] })]);
    });
  });

  describe(`${backend.name} as a store that lets go`, () => {
    promises('of everything of a person: nothing of theirs is found in it', async (store, state) => {
      const own = await answer(store, 'own', 'd', { user: 'UGONE', text: 'zebrafish', channel: 'DGONE' });
      await store.savePosted(own, 'answer', '1.2');
      await store.saveFeedback(own, 'UGONE', 'up', at);
      await register(store, 'shop');
      await store.saveTrace(trace(own, { user: 'UGONE', question: 'zebrafish' }), OF_RUN);
      const others = await answer(store, 'others', 'd', { user: 'USTAYS', text: 'axolotl' });
      await store.saveFeedback(others, 'UGONE', 'down', at);
      await store.saveCorrection(others, 'UGONE', at);
      await store.saveTrace(
        trace(others, { user: 'USTAYS', question: 'a prompt that shows “zebrafish” as an example' }),
        OF_RUN,
      );
      await store.record('csv:own:UGONE:9.9', undefined, at);
      await answer(store, 'elsewhere', 'd', { user: 'UGONE', team: 'T2', text: 'okapi' });

      assert.equal(await store.forget('T', 'UGONE'), 1);
      assert.doesNotMatch(state.everything(), /zebrafish|DGONE|csv:own/);
      assert.equal((await store.run(others))?.text, 'axolotl');
      assert.equal(await store.isWrong(others), false);
      assert.equal((await store.run('run-elsewhere'))?.user, 'UGONE');
      assert.equal(await store.forget('T2', 'UGONE'), 1);
      assert.doesNotMatch(state.everything(), /UGONE|okapi/);
    });

    promises('of everything of a workspace, and of no other whose id is alike', async (store, state) => {
      for (const team of ['T_1', 'TX1']) {
        const id = await answer(store, team, 'd', { team, text: `asked in ${team}` });
        await register(store, 'shop');
        await store.saveTrace(trace(id, { team, question: `asked in ${team}` }), OF_RUN);
        await store.record(`${team}:event`, undefined, at);
      }
      assert.equal(await store.forget('T_1'), 1);
      assert.doesNotMatch(state.everything(), /T_1/);
      assert.equal((await store.run('run-TX1'))?.text, 'asked in TX1');
      assert.equal((await store.traces('run-TX1')).length, 1);
    });

    promises('of runs, deliveries and traces from before a time', async (store) => {
      const old = await answer(store, 'old', 'd', {}, at);
      await register(store, 'shop');
      await store.saveTrace(trace(old), OF_RUN);
      await store.saveTrace(trace('asked in a terminal'), IN_TERMINAL);
      const fresh = await answer(store, 'fresh', 'd', {}, later(10));
      await store.saveTrace(trace(fresh, { at: later(10).toISOString() }), OF_RUN);
      assert.equal(await store.prune(later(5)), 1);
      assert.deepEqual([await store.run(old), (await store.run(fresh))?.state], [undefined, 'done']);
      assert.deepEqual(
        (await store.latestTraces(9)).map(({ runId }) => runId),
        [fresh],
      );
      assert.deepEqual(
        [await store.record('event-old', undefined, at), await store.record('event-fresh', undefined, at)],
        [true, false],
      );
    });
  });

  describe(`${backend.name} as a store that was damaged, or that another version wrote to`, () => {
    const unreadable = (work: Promise<unknown>, what: RegExp) =>
      assert.rejects(work, (error: unknown) => {
        assert.ok(error instanceof StateUnreadable, String(error));
        assert.match(error.message, what);
        return true;
      });
    const NEWER = '{"version":2,"kind":"answer"}';

    for (const [how, stored] of [
      ['cut off', '{"version":1,"te'],
      ['of another version', NEWER],
      ['something else', '[1,2]'],
    ] as const) {
      promises(
        `says of a run that is ${how} that it cannot be read, and goes on with the others`,
        async (store, state) => {
          const bad = await answer(store, 'bad', 'd', from('d'), at);
          const good = await answer(store, 'good', 'd', from('d'), later(1));
          state.damage('run', bad, stored);
          await unreadable(store.run(bad), /^the run run-bad cannot be read/);
          assert.deepEqual(await store.turns('T', [{ channel: 'C', thread: 'bad' }]), []);
          assert.equal((await store.run(good))?.state, 'done');
          assert.deepEqual(
            (await store.verifiedAnswers('T', 'U', [])).map(({ databaseId }) => databaseId),
            [],
          );
          assert.ok((await store.pastAnswers('T')).some(({ verdict }) => verdict === 'confirmed'));
          assert.deepEqual(await store.askers('T', { channel: 'C', thread: 'bad' }), ['U']);
          assert.equal(await store.forget('T', 'U'), 2);
        },
      );

      promises(`says of a result that is ${how} that it cannot be read`, async (store, state) => {
        const bad = await answer(store, 'bad', 'd');
        state.damage('result', bad, stored);
        await unreadable(store.run(bad), /^the run run-bad cannot be read/);
        assert.deepEqual(await store.askedBack('T', 'C', later(1)), { asked: 0, ignored: 0 });
      });

      promises(`says of a trace that is ${how} that it cannot be read`, async (store, state) => {
        await register(store, 'shop');
        await store.saveTrace(trace('bad'), IN_TERMINAL);
        await store.saveTrace(trace('good'), IN_TERMINAL);
        state.damage('trace', 'bad', stored);
        await unreadable(store.traces('bad'), /the trace of the run bad/);
        assert.equal((await store.traces('good')).length, 1);
        assert.equal((await store.latestTraces(5)).length, 2);
      });
    }

    promises('takes up the next run after one that cannot be read, and that one no more', async (store, state) => {
      await store.record('e1', run('bad', { thread: 'x' }), at);
      await store.record('e2', run('good', { thread: 'x' }), later(1));
      state.damage('run', 'run-bad', NEWER);
      await unreadable(store.lease(), /run-bad/);
      assert.equal((await store.lease())?.id, 'run-good');
      assert.equal(await store.requeue(), 1);
      assert.equal((await store.lease())?.id, 'run-good');
    });

    promises('leaves what cannot be read out of the turns of its thread', async (store, state) => {
      await answer(store, 'bad', 'd', { thread: 'x' }, at);
      await answer(store, 'good', 'd', { thread: 'x' }, later(1));
      await answer(store, 'worse', 'd', { thread: 'x' }, later(2));
      state.damage('run', 'run-bad', NEWER);
      state.damage('result', 'run-worse', '{"kind"');
      const turns = await store.turns('T', [{ channel: 'C', thread: 'x' }]);
      assert.deepEqual(
        turns.map(({ id }) => id),
        ['run-good'],
      );
    });

    promises('removes and renames databases though some of what is stored cannot be read', async (store, state) => {
      await register(store, 'shop', 'desk');
      for (const [nth, stored] of ['{"kind":"question-back","databases":["shop"]}', '"shop"', '{"shop"'].entries()) {
        const id = await answer(store, `bad-${nth}`, 'desk');
        state.damage('result', id, stored);
      }
      const asked = await takeUp(store, 'asked', from('shop'));
      await store.saveResult(asked, 'clarifying', askedAbout('shop', 'desk'));
      state.damage('result', asked, '{"version":2,"options":["shop"]}');
      const offered = await takeUp(store, 'offered', { turnedDown: ['shop'] });
      await store.saveResult(offered, 'clarifying', askedAbout('shop', 'desk'));
      await store.saveTrace(trace('bad'), IN_TERMINAL);
      state.damage('trace', 'bad', '{"version":2,"databaseId":"shop"}');
      assert.equal(await store.renameDatabase('shop', 'store'), true);
      assert.deepEqual((await store.run(offered))?.turnedDown, ['store']);
      assert.equal(await store.renameDatabase('store', 'shop'), true);
      assert.equal(await store.removeDatabase('shop'), 1);
      const { result } = (await store.run(offered)) ?? assert.fail('no run');
      assert.deepEqual(result?.kind === 'question-back' && result.options.map(({ words }) => words), [
        'shop',
        'desk words',
      ]);
    });

    promises('says of what is kept of a database which of it cannot be read', async (store, state) => {
      await store.saveDatabase({ id: 'shop', url: 'sqlite:/shop' });
      await store.saveCatalog(bareCatalog('shop', ['orders: id']), at);
      await store.saveAccessRules('shop', [grant('shop')]);
      await store.saveRoleReport('shop', { role: 'r', findings: [], checkedAt: '', accepted: [] });
      state.damage('database', 'shop', '{"id":"shop"}');
      state.damage('catalog', 'shop', '{"databaseId":"shop","tables":[{"name":"orders"}]}');
      state.damage('rules', 'shop', '[{"effect":"allow","databaseId":"shop","to":{"kind":"everyone"}}]');
      state.damage('role report', 'shop', '{"role":"r"');
      await unreadable(store.databases(), /the registered database shop/);
      await unreadable(store.catalogs(), /the catalog of shop/);
      await unreadable(store.accessRules(), /the access rules of shop/);
      await unreadable(store.roleReport('shop'), /the role report of shop/);
    });
  });
}
