import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'vitest';
import type { Reader } from '#src/domain/access.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { type NewRun, type RunResult, requestOf } from '#src/domain/run.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

const DAY_MS = 24 * 3_600_000;
const OWNER = { teamId: 'T1', userId: 'UOWNER' };
const ASKER: Reader = { teamId: 'T1', userId: 'UASKER' };
const SQL = 'SELECT count(*) FROM refunds';

describe('what people ask of those who answer for a database', () => {
  let small: Awaited<ReturnType<typeof startSmallQuerent>>;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-03-10T12:00:00Z');
    small = await startSmallQuerent({
      environment: { QUERENT_ADMINS: 'UADMIN' },
      databases: {
        shop: 'CREATE TABLE refunds (id INTEGER PRIMARY KEY); INSERT INTO refunds VALUES (1), (2)',
        desk: 'CREATE TABLE tickets (id INTEGER PRIMARY KEY)',
      },
      change: (parts) => ({ ...parts, clock: { ...parts.clock, now: () => now } }),
    });
    await own('shop', { owner: 'user:UOWNER' });
    await small.querent.access.change('shop', () => [], OPERATOR);
    await small.querent.access.change('desk', () => [], OPERATOR);
  });
  afterEach(() => small.close());

  async function own(id: string, change: object) {
    const found = (await small.parts.store.databases()).find((one) => one.id === id);
    assert.ok(found);
    await small.parts.store.saveDatabase({ ...found, ...change });
  }

  /** A question that ended so. */
  async function ended(id: string, result: Partial<RunResult> & object, more: Partial<NewRun> = {}) {
    const { store } = small.parts;
    const run: NewRun = {
      id,
      team: 'T1',
      channel: 'D1',
      thread: id,
      message: id,
      cause: { kind: 'message' },
      user: 'UASKER',
      text: 'How many refunds are there?',
      intent: { kind: 'any' },
      turnedDown: [],
      direct: true,
      external: false,
      ...more,
    };
    await store.record(`e-${id}`, run, now);
    await store.lease();
    await store.saveResult(id, 'failed', { kind: 'failure', text: run.text, ...result } as RunResult);
  }
  const refused = (id: string, more: Partial<NewRun> = {}) => ended(id, { wantsAccess: true }, more);
  const dear = (id: string) => ended(id, { costly: true, costs: 'about 40 M rows', databaseId: 'shop', sql: SQL });

  async function asked(id: string, who = ASKER) {
    const made = await small.querent.requests.askForAccess(id, who);
    assert.ok(made.ok, made.ok ? '' : made.failure.kind);
    return made.value.id;
  }
  const decide = async (id: string, days: number | undefined, by: Reader, databaseId?: string) => {
    const verdict = { kind: 'approve', ...(days ? { days } : {}), ...(databaseId ? { databaseId } : {}) } as const;
    const decided = await small.querent.requests.decide(id, verdict, by);
    return decided.ok ? 'decided' : decided.failure.kind;
  };
  const queued = async () => (await small.parts.store.lease())?.intent;
  const mayAsk = async () =>
    (await small.querent.access.readableBy(ASKER)).filter(({ tables }) => tables.length).length;

  it('goes to the owner of what seems to hold it, is granted for its days, and the question is asked again', async () => {
    await refused('one');
    const id = await asked('one');
    assert.equal((await small.querent.requests.request(id))?.databaseId, 'shop');
    assert.equal(await decide(id, 7, ASKER), 'not-an-admin');
    assert.equal(await mayAsk(), 0);
    assert.equal(await decide(id, 7, OWNER), 'decided');
    assert.deepEqual([await mayAsk(), await queued()], [1, { kind: 'any' }]);
    now = new Date(now.getTime() + 7 * DAY_MS);
    assert.equal(await mayAsk(), 0);
  });

  it('is about no database where none seems to hold it: an admin says which, and nobody else may', async () => {
    await refused('odd', { text: 'How tall is the tower?' });
    const id = await asked('odd');
    assert.equal((await small.querent.requests.request(id))?.databaseId, undefined);
    const admin = { teamId: 'T1', userId: 'UADMIN' };
    assert.equal(await decide(id, undefined, admin), 'request-without-database');
    assert.equal(await decide(id, undefined, admin, 'nope'), 'unknown-database');
    assert.equal(await decide(id, undefined, OWNER, 'desk'), 'not-an-admin');
    assert.equal(await decide(id, undefined, { ...admin, teamId: 'T2' }, 'desk'), 'not-an-admin');
    assert.equal(await decide(id, undefined, admin, 'desk'), 'decided');
    assert.equal((await small.querent.access.rules('desk'))[0]?.until, undefined);
  });

  it('joins the questions of one person, which are all asked again, each of them once', async () => {
    await refused('one');
    await refused('two');
    const id = await asked('one');
    assert.equal(await asked('two'), id);
    assert.equal(await decide(id, undefined, OPERATOR), 'decided');
    assert.equal(await decide(id, undefined, OPERATOR), 'request-over');
    assert.equal((await small.querent.access.rules('shop')).length, 1);
    assert.deepEqual([await queued(), await queued(), await queued()], [{ kind: 'any' }, { kind: 'any' }, undefined]);
  });

  it('is for nobody but the asker of a question that was refused, and over after its days', async () => {
    await refused('one');
    await ended('other', {});
    const kinds = async (id: string, who: Reader) => {
      const made = await small.querent.requests.askForAccess(id, who);
      return made.ok ? made.value.state : made.failure.kind;
    };
    assert.equal(await kinds('one', { ...ASKER, userId: 'UELSE' }), 'no-such-request');
    assert.equal(await kinds('other', ASKER), 'no-such-request');
    assert.equal(await kinds('one', ASKER), 'new');
    const [request] = await small.querent.requests.list();
    now = new Date(now.getTime() + 7 * DAY_MS);
    assert.equal(await decide(request!.id, 7, OWNER), 'request-over');
    assert.equal(await kinds('one', ASKER), 'new');
  });

  it('keeps the words of its asker out of the audit', async () => {
    await refused('one');
    await small.querent.requests.askForAccess('one', ASKER, 'for the month end close');
    const entries: unknown[] = [];
    for await (const entry of small.querent.audit.entries()) entries.push(entry);
    assert.match(JSON.stringify(entries), /asked for access/);
    assert.doesNotMatch(JSON.stringify(entries), /month end/);
  });

  describe('to run a query above its budget', () => {
    const anyway = async (more: Partial<NewRun> = {}) => {
      const run = {
        ...requestOf((await small.parts.store.run('one'))!),
        id: 'again',
        cause: { kind: 'anyway', of: 'one' } as const,
      };
      const intent = { kind: 'chosen', databaseId: 'shop', sql: SQL, costAccepted: true } as const;
      await small.parts.store.record('e-again', { ...run, intent, ...more }, now);
      const leased = await small.parts.store.lease();
      assert.ok(leased);
      return leased;
    };
    /** Whether a question is run whatever it costs: its audit says what was tried, its trace what was asked. */
    const runs = async (id: string, sql = SQL) => {
      const answer = await small.querent.ask(
        {
          text: 'How many refunds are there?',
          asker: { teamId: 'T1', userId: 'UASKER' },
          place: { kind: 'direct' },
          intent: { kind: 'chosen', databaseId: 'shop', sql, costAccepted: true },
          runId: id,
        },
        {},
        new AbortController().signal,
      );
      return answer.question.intent.kind === 'chosen' && answer.question.intent.costAccepted;
    };

    it('is nobody else’s business unless the policy says so', async () => {
      await dear('one');
      assert.ok(await small.querent.mayRunAnyway('shop', ASKER));
      await small.querent.access.setCostlyBy('shop', 'owner', OWNER);
      assert.ok(!(await small.querent.mayRunAnyway('shop', ASKER)));
      assert.ok(await small.querent.mayRunAnyway('shop', OWNER));
      await small.querent.access.setCostlyBy('shop', 'asker', OWNER);
      assert.ok(await small.querent.mayRunAnyway('shop', ASKER));
    });

    it('is set beside what others change of the database at the same time', async () => {
      const { access, databases } = small.querent;
      const { owner } = (await databases.list()).find(({ id }) => id === 'shop')!;
      const set = [
        databases.setOwner('shop', 'the shop team', OPERATOR),
        access.setCostlyBy('shop', 'owner', OWNER),
        databases.pause('shop', true, OPERATOR),
      ];
      assert.ok((await Promise.all(set)).every(({ ok }) => ok));
      const now = (await databases.list()).find(({ id }) => id === 'shop');
      assert.deepEqual([now?.owner, now?.costlyBy, now?.paused?.by], ['the shop team', 'owner', OPERATOR.userId]);
      await databases.pause('shop', false, OPERATOR);
      await databases.setOwner('shop', owner, OPERATOR);
      await access.setCostlyBy('shop', 'asker', OWNER);
    });

    it('counts for that query of that question alone, and is looked at when it is used', async () => {
      await small.querent.access.setCostlyBy('shop', 'owner', OWNER);
      await small.querent.access.change(
        'shop',
        () => [{ effect: 'grant', databaseId: 'shop', to: { kind: 'user', id: 'UASKER' } }],
        OPERATOR,
      );
      await dear('one');
      assert.equal(await runs((await anyway()).id), false, 'not by their own word');
      const made = await small.querent.requests.askToRun('one', ASKER);
      assert.ok(made.ok);
      assert.equal(await decide(made.value.id, 7, OWNER, 'desk'), 'decided');
      assert.equal(await runs('again'), true);
      assert.equal(await runs('again', 'SELECT id FROM refunds'), false, 'another query');
      assert.equal(await runs('one'), false, 'another question');
      const repeated = await small.querent.requests.askToRun('one', ASKER);
      assert.equal(repeated.ok ? '' : repeated.failure.kind, 'request-over');
      now = new Date(now.getTime() + 8 * DAY_MS);
      assert.equal(await runs('again'), false, 'approved too long ago');
    });
  });
});
