import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, it } from 'vitest';
import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { entryOf } from '#src/domain/trace.ts';
import { openPlanFor } from '#src/pipeline/support/plan-for.ts';
import { bareCatalog } from '#test/support/catalogs.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

type Small = Awaited<ReturnType<typeof startSmallQuerent>>;
let small: Small | undefined;
afterEach(async () => {
  await small?.close();
  small = undefined;
});

const shop = (table: string, rows: number) =>
  `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, amount REAL); ${Array.from({ length: rows }, (_, at) => `INSERT INTO ${table} VALUES (${at + 1}, ${at + 5});`).join(' ')}`;
const ADA = { teamId: 'T1', userId: 'U1' };

describe('rights that change between two statements of one question', () => {
  it('count from the next question on: a question is answered by what was settled when it was asked', async () => {
    let revoked = false;
    const started = await startSmallQuerent({
      databases: { fleet: shop('parcels', 3), store: shop('parcels', 2) },
      environment: { QUERENT_PIPELINE: 'full-with-probing' },
      change: (parts) => ({
        ...parts,
        audit: {
          ...parts.audit,
          async append(entry, at) {
            const written = await parts.audit.append(entry, at);
            // The first statement is a probe: the grant goes while the others are still to come.
            if (!revoked && JSON.stringify(entry).includes('SELECT')) {
              revoked = true;
              await parts.store.saveAccessRules('store', []);
            }
            return written;
          },
        },
      }),
    });
    small = started;
    const first = await started.ask('How many parcels are there?', { asker: ADA });
    assert.ok(revoked);
    assert.equal(first.kind, 'clarification');
    assert.deepEqual(
      entryOf(first.trace, 'probe')?.probes.map(({ found }) => found),
      ['rows', 'rows'],
    );
    const second = await started.ask('How many parcels are there?', { asker: ADA });
    assert.ok(second.kind === 'answer' && second.databaseId === 'fleet', second.kind);
    const named = await started.ask('How many parcels are there?', {
      asker: ADA,
      intent: { kind: 'from', databaseId: 'store' },
    });
    assert.ok(named.kind === 'failure', named.kind);
  });
});

describe('a table that was renamed since it was indexed', () => {
  it('keeps a probe from counting for its database, and the answer of the other stands', async () => {
    small = await startSmallQuerent({
      databases: { fleet: shop('parcels', 3), store: shop('parcels', 2) },
      environment: { QUERENT_PIPELINE: 'full-with-probing' },
    });
    const file = new DatabaseSync(path.join(small.home, 'store.sqlite'));
    file.exec('ALTER TABLE parcels RENAME TO boxes');
    file.close();
    const given = await small.ask('How many parcels are there?');
    const found = new Map(entryOf(given.trace, 'probe')?.probes.map((one) => [one.databaseId, one.found]));
    assert.deepEqual([found.get('fleet'), found.get('store')], ['rows', undefined]);
    assert.ok(given.kind === 'answer' && given.databaseId === 'fleet', given.kind);
  });

  it('is told so where nothing else can answer', async () => {
    small = await startSmallQuerent({ databases: { fleet: shop('trucks', 3) } });
    const file = new DatabaseSync(path.join(small.home, 'fleet.sqlite'));
    file.exec('ALTER TABLE trucks RENAME TO lorries');
    file.close();
    const given = await small.ask('How many trucks are there?');
    assert.ok(given.kind === 'failure');
    assert.match(sayFailure(given.failure), /the schema may have changed since it was indexed/);
  });
});

describe('names in other scripts', () => {
  it('are found, read and told apart like any others', async () => {
    small = await startSmallQuerent({
      databases: {
        cyrillic: `CREATE TABLE "заказы" ("номер" INTEGER PRIMARY KEY, "сумма" REAL); INSERT INTO "заказы" VALUES (1, 5), (2, 6);`,
        chinese: `CREATE TABLE "订单" ("编号" INTEGER PRIMARY KEY, "金额" REAL); INSERT INTO "订单" VALUES (1, 7), (2, 8);`,
        emoji: `CREATE TABLE "parcels 🛒" (id INTEGER PRIMARY KEY, "amount 💰" REAL); INSERT INTO "parcels 🛒" VALUES (1, 5);`,
      },
    });
    for (const [question, databaseId, says] of [
      ['Total сумма of заказы', 'cyrillic', /11/],
      ['how many 订单 are there?', 'chinese', /2/],
      ['total 金额 of 订单', 'chinese', /15/],
      ['How many parcels are there?', 'emoji', /1/],
    ] as const) {
      const given = await small.ask(question);
      assert.ok(given.kind === 'answer', `${question}: ${given.kind}`);
      assert.equal(given.databaseId, databaseId);
      assert.match(given.takeaway, says);
    }
  });
});

describe('twenty thousand tables in one schema', () => {
  const words = 'daily weekly archived staged raw clean merged audited'.split(' ');
  const things = 'order invoice shipment visit claim ticket booking lease'.split(' ');
  const lines = Array.from(
    { length: 20_000 },
    (_, at) =>
      `${words[at % 8]}_${things[(at >> 3) % 8]}_${at}: id, ${things[(at * 5) % 8]}_id, amount, note_${at % 50}`,
  );
  const lake = bareCatalog('lake', [...lines, 'giraffes: id, height, keeper_id', 'keepers: id, wage']);
  const keyed = (table: Table): Table => ({
    ...table,
    primaryKey: ['id'],
    foreignKeys:
      table.name === 'giraffes' ? [{ columns: ['keeper_id'], targetTable: 'keepers', targetColumns: ['id'] }] : [],
  });
  const catalog: DatabaseCatalog = { ...lake, tables: lake.tables.map(keyed) };
  const planOf = (text: string, ranked: readonly string[]) => {
    const tables = ranked.map((name, at) => ({
      databaseId: 'lake',
      table: catalog.tables.find((one) => one.name === name)!,
      score: -at,
    }));
    const slice = { tables, databases: [], coverage: 1, searchedTables: 20_002 };
    return openPlanFor({ text, revised: false, calendar: { today: '2026-01-05' } }, slice, () => catalog)('lake')?.plan;
  };

  it('are read by those that retrieval found and those that keys lead to, in a moment', () => {
    const started = performance.now();
    const plan = planOf('How many giraffes are there by wage of the keeper?', ['giraffes', 'raw_order_4']);
    assert.ok(plan?.kind === 'planned', JSON.stringify(plan));
    assert.match(plan.sql, /JOIN keepers/);
    assert.ok(performance.now() - started < 2_000, `${performance.now() - started} ms`);
  });

  it('are read by a name that the question says to the letter, too', () => {
    const plan = planOf('How many staged_visit_1243 are there?', ['giraffes']);
    assert.ok(plan?.kind === 'planned', JSON.stringify(plan));
    assert.deepEqual(plan.tables, ['staged_visit_1243']);
  });
});
