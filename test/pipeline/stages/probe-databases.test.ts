import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'vitest';
import type { Answer } from '#src/domain/answer.ts';
import { entryOf, sayStage } from '#src/domain/trace.ts';
import { startSmallQuerent } from '#test/support/small-querent.ts';

type Small = Awaited<ReturnType<typeof startSmallQuerent>>;
let small: Small | undefined;
afterEach(async () => {
  await small?.close();
  small = undefined;
});
async function start(databases: Readonly<Record<string, string>>, more: Parameters<typeof startSmallQuerent>[0] = {}) {
  small = await startSmallQuerent({ databases, environment: { QUERENT_PIPELINE: 'full-with-probing' }, ...more });
  return small;
}

const SHIPMENTS = 'CREATE TABLE shipments (id INTEGER PRIMARY KEY, weight REAL, status TEXT);';
const filled = (rows: number) =>
  Array.from({ length: rows }, (_, at) => `INSERT INTO shipments VALUES (${at + 1}, ${at + 2}, 'sent');`).join('\n');
/** What tells two databases apart besides their shipments. */
const TRUCKS = 'CREATE TABLE trucks (id INTEGER PRIMARY KEY, plate TEXT, bought_on DATE, garage TEXT, axles INTEGER);';
const SHELVES = 'CREATE TABLE shelves (id INTEGER PRIMARY KEY, aisle TEXT, height REAL, room TEXT, bins INTEGER);';
const HOW_MANY = 'How many shipments are there?';

const probesOf = ({ trace }: Answer) => entryOf(trace, 'probe')?.probes ?? [];
const foundIn = (given: Answer) => new Map(probesOf(given).map(({ databaseId, found }) => [databaseId, found]));

describe('near databases that are tried before asking', () => {
  it('are not asked about where something comes back from one alone', async () => {
    const { ask } = await start({ fleet: SHIPMENTS + TRUCKS + filled(3), store: SHIPMENTS + SHELVES });
    const given = await ask(HOW_MANY);
    assert.ok(given.kind === 'answer', given.kind);
    assert.equal(given.databaseId, 'fleet');
    assert.deepEqual(
      foundIn(given),
      new Map([
        ['fleet', 'rows'],
        ['store', 'nothing'],
      ]),
    );
    const entry = entryOf(given.trace, 'probe');
    assert.ok(entry);
    assert.match(sayStage(entry), /fleet has rows.*; fleet at \d\d %$/);
  });

  it('are asked about where something comes back from both: that settles nothing', async () => {
    const { ask } = await start({ fleet: SHIPMENTS + TRUCKS + filled(3), store: SHIPMENTS + SHELVES + filled(2) });
    const given = await ask(HOW_MANY);
    assert.equal(given.kind, 'clarification');
    assert.deepEqual([...foundIn(given).values()], ['rows', 'rows']);
  });

  it('count for what of the question they leave unread', async () => {
    const { ask } = await start({
      fleet: `${SHIPMENTS}${TRUCKS}${filled(3)}`,
      store: `CREATE TABLE shipments (id INTEGER PRIMARY KEY, weight REAL); ${SHELVES} INSERT INTO shipments VALUES (1, 2);`,
    });
    const given = await ask('How many shipments are there by garage and aisle of Nowhere?');
    for (const { unread, found } of probesOf(given)) assert.ok(unread > 0 && found === undefined);
    assert.ok(probesOf(given).length > 1);
  });

  it('are no others than those that the asker may read, and every statement is in the audit', async () => {
    const { ask, parts } = await start({
      fleet: SHIPMENTS + TRUCKS + filled(3),
      store: SHIPMENTS + SHELVES + filled(2),
      secret: `${SHIPMENTS} CREATE TABLE vault (id INTEGER PRIMARY KEY, code TEXT); ${filled(9)}`,
    });
    await parts.store.saveAccessRules('secret', []);
    const given = await ask(HOW_MANY, { asker: { teamId: 'T1', userId: 'U1' } });
    assert.deepEqual([...foundIn(given).keys()].sort(), ['fleet', 'store']);
    const asked: string[] = [];
    for await (const entry of parts.audit.entries()) asked.push(JSON.stringify(entry));
    const statements = asked.filter((entry) => /SELECT COUNT\(\*\) FROM shipments/.test(entry));
    for (const id of ['fleet', 'store'])
      assert.ok(
        statements.some((entry) => entry.includes(`"${id}"`)),
        asked.join('\n'),
      );
    assert.ok(!asked.some((entry) => entry.includes('"secret"') && entry.includes('SELECT')));
  });

  it('are not tried where retrieval is sure, where one is named, or where the pipeline does without', async () => {
    const databases = { fleet: SHIPMENTS + TRUCKS + filled(3), store: SHIPMENTS + SHELVES + filled(2) };
    const { ask } = await start(databases);
    assert.deepEqual(probesOf(await ask('How many shelves are there?')), []);
    assert.deepEqual(probesOf(await ask(HOW_MANY, { intent: { kind: 'from', databaseId: 'store' } })), []);
    await small?.close();
    const without = await start(databases, { environment: { QUERENT_PIPELINE: 'full-without-probing' } });
    assert.deepEqual(probesOf(await without.ask(HOW_MANY)), []);
  });

  it('are as if they had not been tried where a statement takes too long', async () => {
    const slow = `${SHELVES} CREATE VIEW shipments AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 50000000)
      SELECT id, 1.0 AS weight FROM n;`;
    const { ask } = await start({ fleet: SHIPMENTS + TRUCKS + filled(3), store: slow });
    const started = performance.now();
    const given = await ask(HOW_MANY);
    const found = foundIn(given);
    assert.ok(found.has('store') && found.get('store') === undefined, JSON.stringify([...found]));
    assert.equal(found.get('fleet'), 'rows');
    assert.ok(performance.now() - started < 20_000);
  }, 60_000);
});
