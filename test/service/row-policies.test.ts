import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { UserId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { registerOpen } from '#test/support/register-open.ts';
import { shopOnPostgres } from '#test/support/shop.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

const never = new AbortController().signal;

/** One table whose policy knows people by what the company calls them, and one by their Slack user. */
const TABLES = `
  CREATE TABLE payslip (id INTEGER PRIMARY KEY, mail TEXT NOT NULL, net NUMERIC);
  INSERT INTO payslip VALUES (1, 'ada@example.com', 10), (2, 'ada@example.com', 20), (3, 'bo@example.com', 30), (4, '', 40);
  ALTER TABLE payslip ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON payslip FOR SELECT USING (mail <> '' AND mail = current_setting('app.identity', true));
  CREATE TABLE errand (id INTEGER PRIMARY KEY, slack_user TEXT NOT NULL);
  INSERT INTO errand VALUES (1, 'UADA'), (2, 'UBO'), (3, 'UBO'), (4, 'UBO');
  ALTER TABLE errand ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON errand FOR SELECT USING (slack_user = current_setting('app.asker', true));`;

let small: Awaited<ReturnType<typeof startSmallQuerent>>;
beforeAll(async () => {
  const identities = path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-identities-')), 'identities.yaml');
  writeFileSync(identities, 'UADA: ada@example.com\nT1:UBO: bo@example.com\n');
  small = await startSmallQuerent({ environment: { QUERENT_IDENTITIES: identities } });
  const url = new URL(await shopOnPostgres(TABLES));
  url.password = '';
  await registerOpen(small.querent, { id: 'hr', url: url.toString(), secret: 'plain:reader' });
  const indexed = await small.querent.index.build({}, () => undefined, never);
  assert.ok(indexed.ok && !indexed.value.failures.length);
  const everyone = { kind: 'everyone' } as const;
  const ownRows = { effect: 'grant', databaseId: 'hr', to: everyone, ownRows: ['payslip', 'errand'] } as const;
  assert.equal((await small.querent.access.change('hr', () => [ownRows], OPERATOR)).kind, 'changed');
});
afterAll(() => small.close());

const askerOf = (userId: UserId, teamId = 'T1') => ({ asker: { teamId, userId }, place: { kind: 'direct' } }) as const;

/** The one number that an answer is. */
async function counted(what: string, userId: UserId, teamId?: string): Promise<unknown> {
  const given = await small.ask(`How many ${what} are there?`, askerOf(userId, teamId));
  return given.kind === 'answer' ? Number(given.table.rows[0]?.[0]) : JSON.stringify(given);
}

describe('rows that a policy keeps apart', () => {
  it('by what the company calls somebody are seen by them alone', async () => {
    assert.equal(await counted('payslips', 'UADA'), 2);
    assert.equal(await counted('payslips', 'UBO'), 1);
  });

  it('are seen by nobody whom the configuration does not name, in this workspace or another', async () => {
    assert.equal(await counted('payslips', 'UCY'), 0);
    assert.equal(await counted('payslips', 'UBO', 'T2'), 0);
    assert.equal(await counted('payslips', 'UADA', 'T2'), 2, 'named without a workspace: in every one');
  });

  it('by who asks in Slack are seen by them alone', async () => {
    assert.equal(await counted('errands', 'UADA'), 1);
    assert.equal(await counted('errands', 'UBO'), 3);
    assert.equal(await counted('errands', 'UCY'), 0);
  });

  it('stay apart when people ask at once, and go into the file of whom they are of', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, (_, at) => counted('payslips', at % 2 ? 'UBO' : 'UADA')));
    assert.deepEqual(all, [2, 1, 2, 1, 2, 1, 2, 1]);
    const exported = async (userId: UserId) => {
      const sql = 'SELECT id FROM payslip ORDER BY id';
      const rows = await small.querent.exportRows({ databaseId: 'hr', sql, maxRows: 9 }, askerOf(userId).asker, never);
      return rows.ok ? rows.value.rows.map(([id]) => id) : rows.failure.kind;
    };
    assert.deepEqual([await exported('UADA'), await exported('UBO'), await exported('UCY')], [[1, 2], [3], []]);
  });

  it('are refused where the table has no policy of its own', async () => {
    const everyone = { kind: 'everyone' } as const;
    const rule = {
      effect: 'grant',
      databaseId: 'hr',
      to: everyone,
      tables: ['customer'],
      ownRows: ['customer'],
    } as const;
    const { access } = small.querent;
    const before = await access.rules('hr');
    const changed = await access.change('hr', () => [rule], OPERATOR);
    assert.match(changed.kind === 'changed' ? changed.oddities.join() : changed.kind, /no row policy on it/);
    assert.match(String(await counted('customers', 'UADA')), /no-access/);
    await access.change('hr', () => before, OPERATOR);
  });
});
