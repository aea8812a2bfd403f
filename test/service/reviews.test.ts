import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { RunId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import type { Reviewer } from '#src/service/reviews.ts';
import { resultOf } from '#src/slack/run-result.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

const never = new AbortController().signal;
const TEAM = 'T1';
const SCRIPTS = {
  shop: `
    CREATE TABLE orders (id INTEGER PRIMARY KEY, placed_on DATE, amount REAL, channel TEXT);
    INSERT INTO orders VALUES (1, '2025-01-02', 10, 'web'), (2, '2025-02-03', 20, 'field'), (3, '2025-03-04', 30, 'web');`,
  desk: `
    CREATE TABLE tickets (id INTEGER PRIMARY KEY, subject TEXT, wages REAL);
    INSERT INTO tickets VALUES (1, 'late', 7), (2, 'broken', 8);`,
};
const someone = (userId: string): Reviewer => ({ reader: { teamId: TEAM, userId } });
const BOSS = someone('UBOSS');
const OWNER = someone('UOWNER');
const ADA = { teamId: TEAM, userId: 'UADA' } as const;

/** What the service takes for now. */
let clock = new Date('2026-06-01T05:00:00Z');
let small: Awaited<ReturnType<typeof startSmallQuerent>>;
beforeAll(async () => {
  small = await startSmallQuerent({
    environment: { QUERENT_ADMINS: 'UBOSS', QUERENT_TIME_ZONE: 'UTC' },
    databases: SCRIPTS,
    change: (parts) => ({ ...parts, clock: { ...parts.clock, now: () => clock } }),
  });
  const { store } = small.parts;
  for (const database of await store.databases())
    await store.saveDatabase({ ...database, ...(database.id === 'desk' ? { owner: 'user:UOWNER' } : {}) });
}, 60_000);
afterAll(() => small.close());

/** Asks as somebody in Slack does; the run is kept with what came of it. */
async function asked(id: RunId, text: string, asker = ADA) {
  const answer = await small.ask(text, { runId: id, asker, place: { kind: 'channel', channelId: 'C1' } });
  await small.parts.store.lease();
  await small.querent.runs.saveResult(id, answer.kind === 'failure' ? 'failed' : 'done', resultOf(answer));
  return answer;
}
const idsOf = async (who: Reviewer) => (await small.querent.reviews.list(who, 'open')).map(({ run }) => run.id);
const MYSTERY = 'how are the gronkles doing?';
const SQL = "SELECT COUNT(*) AS gronkles FROM orders WHERE channel = 'web'";
const query = (id: RunId, more = {}) => ({ id, question: MYSTERY, databaseId: 'shop', sql: SQL, ...more });

describe('the data team’s list', () => {
  it('has what nobody was answered, for admins and the owner of its database, and for nobody else', async () => {
    assert.equal((await asked('declined', MYSTERY)).kind, 'failure');
    const answered = await asked('of-desk', 'How many tickets are there?');
    assert.equal(answered.kind, 'answer');
    await small.querent.runs.saveFeedback('of-desk', 'UADA', 'down', clock, { fault: 'wrong-number' });
    assert.deepEqual(await idsOf(BOSS), ['of-desk', 'declined']);
    assert.deepEqual(await idsOf(OWNER), ['of-desk']);
    assert.deepEqual(await idsOf({ reader: OPERATOR }), ['of-desk', 'declined']);
    assert.deepEqual(await idsOf(someone('UADA')), []);
    assert.deepEqual(await idsOf({ reader: { teamId: 'T2', userId: 'UBOSS' } }), []);
  });

  it('shows one with its query, its steps and its trace', async () => {
    const shown = await small.querent.reviews.show('of-de', BOSS);
    assert.ok(shown.ok);
    const { databaseId, sql, steps, trace } = shown.value;
    assert.deepEqual([databaseId, trace?.runId], ['desk', 'of-desk']);
    assert.match(sql ?? '', /COUNT/);
    assert.ok(steps.length > 0);
    const stagesFor = async (who: Reviewer) => {
      const found = await small.querent.reviews.show('of-desk', who);
      return found.ok ? (found.value.trace?.entries.map(({ stage }) => stage) ?? []) : [];
    };
    assert.ok((await stagesFor(BOSS)).includes('retrieve'));
    const owners = await stagesFor(OWNER);
    assert.ok(owners.includes('execute') && !owners.includes('retrieve'), 'of other databases an owner learns nothing');
    const hidden = await small.querent.reviews.show('of-desk', someone('UADA'));
    assert.ok(!hidden.ok && hidden.failure.kind === 'no-such-run');
  });
});

describe('a query that a reviewer edits', () => {
  it('is judged and run with the reviewer’s rights, and nothing is kept of it', async () => {
    const { reviews } = small.querent;
    const right = await reviews.attempt(query('declined'), BOSS, never);
    assert.ok(right.ok);
    assert.deepEqual(right.value.table.rows, [[2]]);
    for (const [sql, kind] of [
      ['DELETE FROM orders', 'write-refused'],
      ['SELECT * FROM no_such_table', 'table-refused'],
      ['SELECT', 'unreadable-sql'],
    ] as const) {
      const refused = await reviews.attempt(query('declined', { sql }), BOSS, never);
      assert.ok(!refused.ok, sql);
      assert.equal(refused.failure.kind, kind);
    }
    const others = await reviews.attempt(query('declined'), OWNER, never);
    assert.ok(!others.ok && others.failure.kind === 'no-such-run');
    assert.deepEqual(await reviews.verified(BOSS), []);
  });

  it('is not verified over a database that the reviewer does not answer for', async () => {
    const elsewhere = await small.querent.reviews.verify(query('of-desk'), OWNER, never);
    assert.ok(!elsewhere.ok && elsewhere.failure.kind === 'not-an-admin');
  });

  it('answers the question where it was asked, and everybody who asks it later, without a model', async () => {
    const { reviews, audit } = small.querent;
    assert.ok((await reviews.verify(query('declined'), BOSS, never)).ok);
    const again = await reviews.verify(query('declined'), BOSS, never);
    assert.ok(!again.ok && again.failure.kind === 'settled-already');
    const posting = await small.parts.store.lease();
    assert.deepEqual(
      [posting?.user, posting?.channel, posting?.cause.kind, posting?.text],
      ['UADA', 'C1', 'review', MYSTERY],
    );
    await small.querent.runs.saveResult(posting!.id, 'done', { kind: 'catalog', text: '' });
    const later = await small.ask('How are the Gronkles doing', { asker: { teamId: TEAM, userId: 'UNEW' } });
    assert.ok(later.kind === 'answer', later.kind === 'failure' ? later.failure.kind : later.kind);
    assert.deepEqual([later.databaseId, later.table.rows, later.origin.generator], ['shop', [[2]], 'verified']);
    assert.ok(
      later.caveats.some((text) => /which was verified/.test(text)),
      later.caveats.join(),
    );
    const changes: string[] = [];
    for await (const entry of audit.entries()) if (entry.kind === 'change') changes.push(entry.what);
    assert.equal(changes.at(-1), 'verified an answer of shop');
    // Another workspace has its own.
    const elsewhere = await small.ask(MYSTERY, { asker: { teamId: 'T2', userId: 'UNEW' } });
    assert.equal(elsewhere.kind, 'failure');
  });

  it('tells its asker nothing of data that they may not see', async () => {
    const question = 'what do the wombles earn?';
    await asked('secret', question);
    await small.querent.access.change(
      'desk',
      () => [{ effect: 'grant', databaseId: 'desk', to: { kind: 'user', id: 'UBOSS' } }],
      OPERATOR,
    );
    const sql = 'SELECT SUM(wages) FROM tickets';
    assert.ok(
      (await small.querent.reviews.verify(query('secret', { question, databaseId: 'desk', sql }), BOSS, never)).ok,
    );
    const posting = (await small.parts.store.lease()) ?? assert.fail('nothing is posted');
    const { text, intent } = posting;
    const told = await small.ask(text, { asker: ADA, intent, place: { kind: 'direct' } });
    assert.ok(told.kind === 'failure');
    assert.deepEqual(told.failure, { kind: 'not-shared' });
    assert.equal(told.databaseId, undefined);
    // Nor does the question lead there.
    const later = await small.ask(question, { asker: ADA });
    assert.ok(!('databaseId' in later) || later.databaseId !== 'desk');
    await small.querent.access.change(
      'desk',
      () => [{ effect: 'grant', databaseId: 'desk', to: { kind: 'everyone' } }],
      OPERATOR,
    );
  });

  it('holds no more once it is withdrawn', async () => {
    const { reviews } = small.querent;
    assert.deepEqual((await reviews.verified(BOSS)).map(({ runId }) => runId).sort(), ['declined', 'secret']);
    const refused = await reviews.withdraw('declined', OWNER);
    assert.ok(!refused.ok);
    assert.ok((await reviews.withdraw('declined', BOSS)).ok);
    assert.equal((await small.ask(MYSTERY, { asker: ADA })).kind, 'failure');
  });
});

describe('what is dismissed', () => {
  it('leaves the list, and those who wait for it are known until they were told', async () => {
    const { reviews } = small.querent;
    assert.equal(await reviews.handOver('of-desk', 'UNEW'), true);
    assert.ok(!(await reviews.dismiss('of-desk', 'No.', someone('UADA'))).ok);
    assert.ok((await reviews.dismiss('of-desk', 'It is right as it is.', OWNER)).ok);
    assert.ok(!(await idsOf(BOSS)).includes('of-desk'));
    const told = (await reviews.untold(TEAM)).find(({ run }) => run.id === 'of-desk');
    assert.equal(told?.settled?.note, 'It is right as it is.');
    await reviews.saveTold('of-desk', told!.settled!.at);
    assert.ok(!(await reviews.untold(TEAM)).some(({ run }) => run.id === 'of-desk'));
  });
});

describe('a digest', () => {
  it('is of what is open, once a day to each who decides, and only where something is new', async () => {
    const { reviews, runs } = small.querent;
    await asked('again', 'How many tickets are there?');
    await asked('lost', 'where do the borogoves live?');
    const given = () => reviews.digests(TEAM, async () => []);
    assert.deepEqual(await given(), []); // it is too early
    clock = new Date('2026-06-02T09:30:00Z');
    await runs.saveFeedback('again', 'UADA', 'down', clock);
    const digests = await given();
    assert.deepEqual(digests.map(({ to, reviews: of }) => [to, of.map(({ run }) => run.id)]).sort(), [
      ['UOWNER', ['again']],
    ]);
    assert.equal((await given()).length, 1, 'it is given until they had it');
    for (const digest of digests) await reviews.saveDigest(TEAM, digest);
    assert.deepEqual(await given(), []);
    clock = new Date('2026-06-03T09:30:00Z');
    assert.deepEqual(await given(), []); // nothing came since
    await reviews.handOver('lost', 'UADA');
    clock = new Date('2026-06-04T05:30:00Z');
    assert.deepEqual(await given(), []);
    clock = new Date('2026-06-04T08:30:00Z');
    assert.deepEqual(
      (await given()).map(({ to }) => to),
      ['UBOSS'],
    );
  });

  it('goes to the members of a user group that answers for a database', async () => {
    const { reviews, databases } = small.querent;
    const { owner } = (await databases.list()).find(({ id }) => id === 'shop')!;
    await databases.setOwner('shop', 'group:S0DATA', OPERATOR);
    await asked('of-shop', 'How many orders are there?');
    clock = new Date('2026-06-05T09:30:00Z');
    await small.querent.runs.saveFeedback('of-shop', 'UADA', 'down', clock);
    const digests = await reviews.digests(TEAM, async (group) => (group === 'S0DATA' ? ['UDEE', 'UFAY'] : []));
    assert.deepEqual(digests.map(({ to }) => to).sort(), ['UDEE', 'UFAY']);
    await databases.setOwner('shop', owner, OPERATOR);
  });
});

describe('what the company says of its data', () => {
  it('is read by retrieval, by the catalog and by explanations, until it is taken back', async () => {
    const { descriptions, index } = small.querent;
    const found = async () => {
      const slice = await small.querent.find(
        { text: 'quibbles', asker: ADA, place: { kind: 'direct' } },
        { limit: 3 },
        never,
      );
      return slice.ok ? slice.value.coverage : 0;
    };
    const describeIt = (name: string, text?: string) =>
      descriptions.describe(
        { databaseId: 'shop', name, ...(text === undefined ? {} : { text }) },
        BOSS.reader,
        () => undefined,
        never,
      );
    assert.equal(await found(), 0);
    const readAt = await small.parts.store.readAt('shop');
    const made = await describeIt('orders', 'Quibbles that\n customers sent in');
    assert.ok(made.ok);
    assert.deepEqual(made.value, { name: 'orders', warnings: [] });
    assert.ok((await describeIt('orders.amount', 'In euros, with tax')).ok);
    assert.ok((await found()) > 0);
    const [table] = (await index.catalogOf('shop'))!.tables;
    assert.deepEqual(
      [table?.comment, table?.columns[2]?.comment],
      ['Quibbles that customers sent in', 'In euros, with tax'],
    );
    assert.deepEqual(await small.parts.store.readAt('shop'), readAt);
    // Reading the schema again keeps it.
    assert.ok((await index.build({}, () => undefined, never)).ok);
    assert.equal((await index.catalogOf('shop'))?.tables[0]?.comment, 'Quibbles that customers sent in');
    assert.ok((await describeIt('orders')).ok);
    assert.equal((await index.catalogOf('shop'))?.tables[0]?.comment, undefined);
    assert.equal(await found(), 0);
    assert.deepEqual(
      (await descriptions.list('shop')).map(({ text }) => text),
      ['In euros, with tax'],
    );
    const wrong = await describeIt('order.amount', 'x');
    assert.ok(!wrong.ok && wrong.failure.kind === 'no-such-name');
  });
});
