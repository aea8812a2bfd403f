import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { AuditEntry } from '#src/domain/audit-entry.ts';
import type { AuditLog } from '#src/ports/audit.ts';
import { allOf } from '#test/support/all-of.ts';

/** An audit that can be opened more than once, and meddled with behind its back. */
export interface AuditUnderTest {
  open(): AuditLog;
  /** Everything that is stored, as text. */
  everything(): string;
  meddle(how: Meddling): void;
}
export type Meddling =
  /** One text within an entry becomes another. */
  | { readonly kind: 'change'; readonly seq: number; readonly from: string; readonly to: string }
  | { readonly kind: 'backdate'; readonly seq: number }
  | { readonly kind: 'remove'; readonly seq: number }
  /** The whole entry becomes this. */
  | { readonly kind: 'overwrite'; readonly seq: number; readonly entry: string };

export interface AuditBackend {
  readonly name: string;
  readonly make: () => AuditUnderTest;
}

export const day = (nth: number) => new Date(`2026-01-${String(nth).padStart(2, '0')}T10:00:00Z`);
const who = { teamId: 'T1', userId: 'U1', channelId: 'C1' };

/** An ID as files hold it, in JSON or beside the others of its row: two letters alone stand in any checksum now and then. */
const stored = (id: string) => new RegExp(`(?:["' ,]|T1|U1|U2)${id}(?:["' ,]|U1|U2|C1|\\d{4}-)`);
export const asked = (run: string, by = who): AuditEntry => ({
  kind: 'question',
  run,
  who: by,
  questionHash: 'h',
  question: `what does ${by.userId} earn`,
  scopeDigest: 's',
  policyVersion: 'p',
});
const ran = (run: string, sql = 'SELECT 1', by = who): AuditEntry => ({
  kind: 'statement',
  run,
  who: by,
  database: 'shop',
  sql,
  tables: [],
  scopeDigest: 's',
});
const came = (run: string, of: number, ms: number): AuditEntry => ({
  kind: 'result',
  run,
  of,
  code: 'ran',
  rows: 1,
  bytes: 8,
  ms,
});
const other = { ...who, userId: 'U2' };

async function fill(audit: AuditLog): Promise<void> {
  await audit.append(asked('r1'), day(1));
  const of = await audit.append(ran('r1'), day(1));
  await audit.append(came('r1', of, 40), day(1));
  await audit.append(asked('r2', other), day(5));
}

const entriesOf = (audit: AuditLog, since?: Date) => allOf(audit.entries(since));

/** What every audit promises. */
export function auditContract(backend: AuditBackend): void {
  const promises = (title: string, check: (audit: AuditLog, state: AuditUnderTest) => Promise<void>) =>
    it(title, async () => {
      const state = backend.make();
      const audit = state.open();
      try {
        await check(audit, state);
      } finally {
        await audit.close();
      }
    });

  describe(`${backend.name} as an audit`, () => {
    promises('is sound as it was written, and gives entries from a time on, oldest first', async (audit, state) => {
      await fill(audit);
      assert.deepEqual(await audit.verify(), { kind: 'sound', entries: 4 });
      const read = await entriesOf(audit);
      assert.deepEqual(
        read.map(({ seq, at, kind }) => [seq, at, kind]),
        [
          [1, day(1).toISOString(), 'question'],
          [2, day(1).toISOString(), 'statement'],
          [3, day(1).toISOString(), 'result'],
          [4, day(5).toISOString(), 'question'],
        ],
      );
      assert.deepEqual(
        (await entriesOf(audit, day(4))).map(({ seq }) => seq),
        [4],
      );
      const again = state.open();
      assert.deepEqual(await entriesOf(again), read);
      await again.close();
    });

    promises('gives every kind of entry back as it was added', async (audit) => {
      const entries: readonly AuditEntry[] = [
        { ...asked('r'), model: 'm' } as AuditEntry,
        ran('r', "SELECT '“'"),
        came('r', 2, 7),
        { kind: 'answer', run: 'r', outcome: 'answer', database: 'shop', refused: [{ sql: 'DROP', code: 'write' }] },
        {
          kind: 'change',
          who: { teamId: 'local', userId: 'operator' },
          what: 'rules',
          before: null,
          after: [{ a: 1 }],
        },
      ];
      for (const entry of entries) await audit.append(entry, day(1));
      const bare = (await entriesOf(audit)).map(({ seq: _, at: _at, hash: _hash, ...entry }) => entry);
      assert.deepEqual(bare, entries);
    });

    promises('has thousands of entries in their order', async (audit) => {
      for (let nth = 1; nth <= 2_100; nth += 1) await audit.append(came('r', nth, nth), day(1));
      const read = await entriesOf(audit);
      assert.deepEqual(
        [read.length, read.every(({ seq }, at) => seq === at + 1), await audit.verify()],
        [2_100, true, { kind: 'sound', entries: 2_100 }],
      );
    });

    promises('numbers entries one after another, whoever adds them at once', async (audit, state) => {
      const second = state.open();
      const seqs = await Promise.all(
        Array.from({ length: 40 }, (_, nth) => (nth % 2 ? audit : second).append(asked(`r${nth}`), day(1))),
      );
      assert.deepEqual(
        seqs.toSorted((a, b) => a - b),
        Array.from({ length: 40 }, (_, nth) => nth + 1),
      );
      assert.deepEqual(await audit.verify(), { kind: 'sound', entries: 40 });
      await second.close();
    });

    const MEDDLINGS: readonly (readonly [string, Meddling, number, string])[] = [
      ['changed a statement', { kind: 'change', seq: 2, from: 'SELECT 1', to: 'SELECT 2' }, 2, 'an entry was changed'],
      ['removed an entry', { kind: 'remove', seq: 2 }, 2, 'an entry is missing'],
      ['removed the last entry', { kind: 'remove', seq: 4 }, 4, 'the last entries are missing'],
      ['backdated an entry', { kind: 'backdate', seq: 1 }, 1, 'an entry was changed'],
    ];
    for (const [what, how, seq, why] of MEDDLINGS)
      promises(`shows that somebody ${what}`, async (audit, state) => {
        await fill(audit);
        state.meddle(how);
        const again = state.open();
        assert.deepEqual(await again.verify(), { kind: 'broken', seq, why });
        await again.close();
      });

    for (const entry of ['{"kind":"question","run"', '{"kind":"rumour","run":"r1"}', '[]'])
      promises(`tells an entry that is none as such and goes on: ${entry}`, async (audit, state) => {
        await fill(audit);
        state.meddle({ kind: 'overwrite', seq: 2, entry });
        assert.deepEqual(
          (await entriesOf(audit)).map(({ seq, kind }) => [seq, kind]),
          [
            [1, 'question'],
            [2, 'unreadable'],
            [3, 'result'],
            [4, 'question'],
          ],
        );
        assert.deepEqual(await audit.verify(), { kind: 'broken', seq: 2, why: 'an entry was changed' });
      });

    promises('forgets a person though entries cannot be read, and says which may be theirs', async (audit, state) => {
      await fill(audit);
      await audit.append({ kind: 'answer', run: 'r1', outcome: 'answer', refused: [] }, day(5));
      await audit.append(ran('r2', 'SELECT theirs', other), day(5));
      for (const seq of [2, 5, 6]) state.meddle({ kind: 'overwrite', seq, entry: `{"kind":"rumour of ${seq}"` });
      assert.deepEqual(await audit.forget('T1', 'U1', day(9)), { changed: 3, unreadable: [5] });
      assert.doesNotMatch(state.everything(), stored('U1'));
      assert.doesNotMatch(state.everything(), /rumour of 2/);
      assert.match(state.everything(), /U2.*rumour of 6/s);
      assert.match(state.everything(), /rumour of 5/);
      assert.deepEqual(
        (await entriesOf(audit)).map(({ kind }) => kind),
        ['question', 'unreadable', 'result', 'question', 'unreadable', 'unreadable'],
      );
      assert.deepEqual(await audit.verify(), { kind: 'broken', seq: 2, why: 'an entry was changed' });
      assert.deepEqual(await audit.forget('T1', 'U1', day(9)), { changed: 0, unreadable: [5] });
    });

    promises('adds up the database time of a person and of a channel', async (audit) => {
      await fill(audit);
      await audit.append(came('r9', await audit.append(ran('r9', 'SELECT 9', other), day(1)), 2), day(1));
      assert.equal(await audit.engineMs({ userId: 'U1' }, 'T1', day(1)), 40);
      assert.equal(await audit.engineMs({ channelId: 'C1' }, 'T1', day(1)), 42);
      assert.equal(await audit.engineMs({ userId: 'U1' }, 'T2', day(1)), 0);
      assert.equal(await audit.engineMs({ userId: 'U1' }, 'T1', day(2)), 0);
      assert.equal(await audit.engineMs({ channelId: 'C2' }, 'T1', day(1)), 0);
    });

    promises('forgets a person and stays sound', async (audit, state) => {
      await fill(audit);
      const exported = (by: typeof who, sql: string) => audit.append(ran('export', sql, by), day(5));
      await exported(who, 'SELECT mine');
      await exported(other, 'SELECT theirs');
      for (const id of ['T1', 'U1', 'U2', 'C1']) assert.match(state.everything(), stored(id));
      assert.deepEqual(await audit.forget('T1', 'U1', day(9)), { changed: 4, unreadable: [] });
      assert.deepEqual(await audit.verify(), { kind: 'sound', entries: 6 });
      const left = JSON.stringify(await entriesOf(audit));
      assert.doesNotMatch(left, /U1|SELECT 1|SELECT mine/);
      assert.match(left, /U2.*SELECT theirs/);
      assert.doesNotMatch(state.everything(), stored('U1'));
      assert.doesNotMatch(state.everything(), /SELECT 1|SELECT mine/);
      await audit.append(asked('r3'), day(9));
      const again = state.open();
      assert.deepEqual(await again.verify(), { kind: 'sound', entries: 7 });
      await again.close();
    });

    promises('forgets a whole workspace and no other', async (audit, state) => {
      await fill(audit);
      await audit.append(asked('r3', { teamId: 'TSTAYS', userId: 'U3', channelId: 'C3' }), day(6));
      assert.deepEqual(await audit.forget('T1', undefined, day(9)), { changed: 4, unreadable: [] });
      for (const id of ['T1', 'U1', 'U2', 'C1']) assert.doesNotMatch(state.everything(), stored(id));
      assert.match(state.everything(), /TSTAYS/);
      assert.equal((await audit.verify()).kind, 'sound');
      assert.deepEqual(await audit.forget('T1', undefined, day(9)), { changed: 0, unreadable: [] });
    });

    for (const [what, how, seq, why] of MEDDLINGS)
      promises(
        `shows that somebody ${what}, also once somebody was forgotten and old entries are gone`,
        async (audit, state) => {
          await audit.append(asked('r0', other), new Date('2019-01-01'));
          await fill(audit);
          await audit.append(asked('r9', { ...who, userId: 'U9' }), day(6));
          state.meddle({ ...how, seq: how.seq + 1 });
          await audit.forget('T1', 'U9', day(9));
          assert.equal(await audit.prune(new Date('2019-06-01')), 1);
          const found = { kind: 'broken', seq: seq + 1, why: how.kind === 'remove' ? 'an entry is missing' : why };
          assert.deepEqual(await audit.verify(), found);
          await audit.append(asked('r10'), day(9));
          assert.deepEqual(await audit.verify(), found);
        },
      );

    promises('lets go of what is old and stays sound', async (audit) => {
      await fill(audit);
      assert.equal(await audit.prune(day(3)), 3);
      assert.deepEqual(await audit.verify(), { kind: 'sound', entries: 1 });
      assert.equal(await audit.append(asked('r4'), day(6)), 5);
      assert.deepEqual(await audit.verify(), { kind: 'sound', entries: 2 });
      assert.equal(await audit.prune(day(20)), 2);
      assert.deepEqual(await audit.verify(), { kind: 'sound', entries: 0 });
      assert.equal(await audit.append(asked('r5'), day(21)), 6);
      assert.deepEqual(await audit.verify(), { kind: 'sound', entries: 1 });
    });
  });
}
