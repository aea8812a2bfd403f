import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Engine } from '#src/domain/catalog.ts';
import { compile } from '#src/edl/compile.ts';
import { explain } from '#src/edl/explain.ts';
import { succeeded } from '#test/support/edl-result.ts';

const BY_MONTH = "SELECT TO_CHAR((placed_at AT TIME ZONE 'Europe/Oslo'), 'YYYY-MM') AS month, COUNT(*) FROM orders";

describe('time zones in steps', () => {
  it.each<[Engine, string]>([
    ['postgres', "SELECT id FROM orders WHERE placed_at >= TIMESTAMPTZ '2026-10-25 00:00:00+02:00'"],
    ['postgres', "SELECT id FROM orders WHERE placed_at < TIMESTAMP WITH TIME ZONE '2026-10-25 00:00:00 +02'"],
    ['postgres', `${BY_MONTH} GROUP BY TO_CHAR((placed_at AT TIME ZONE 'Europe/Oslo'), 'YYYY-MM')`],
    ['postgres', "SELECT DATE_TRUNC('month', placed_at AT TIME ZONE 'America/Los_Angeles') AS m FROM orders"],
    ['postgres', "SELECT (placed_at + INTERVAL '1 day') AT TIME ZONE 'Pacific/Auckland' FROM orders"],
    ['mariadb', "SELECT DATE_FORMAT(CONVERT_TZ(placed_at, '+00:00', 'Europe/Oslo'), '%Y-%m') AS month FROM orders"],
  ])('%s: “%s” is said whole, and the steps give it back', (engine, sql) => {
    const { certificate, text, query, edl } = succeeded(explain(sql, engine));
    assert.deepEqual(certificate.missing, []);
    assert.ok(
      edl.steps.every((step) => !step.verbatim),
      text,
    );
    const again = succeeded(compile(text, { engine }));
    assert.equal(succeeded(explain(again.sql, engine)).text, text);
    assert.equal(query.kind, 'select');
  });

  it('names the zone and the instant', () => {
    const sql =
      "SELECT TO_CHAR((placed_at AT TIME ZONE 'Europe/Oslo'), 'YYYY-MM') FROM orders WHERE placed_at >= TIMESTAMPTZ '2026-10-25 00:00:00+02:00'";
    assert.equal(
      succeeded(explain(sql, 'postgres')).text,
      `#1. Scan Table: Retrieve all rows from the [orders] table.
#2. Reserve Rows: Reserve rows of #1 where [placed_at] is greater than or equal to INSTANT '2026-10-25 00:00:00+02:00'.
#3. Select Column: Select the date text of (the time of [placed_at] at time zone 'Europe/Oslo') in format 'YYYY-MM' in #2.`,
    );
  });

  const STEPS = `#1. From [orders].
#2. Keep rows of #1 where [placed_at] >= INSTANT '2026-10-25 00:00:00+02:00'.
#3. Select the time of [placed_at] at time zone 'Europe/Oslo' in #2.`;
  it.each<[Engine, string]>([
    [
      'postgres',
      "SELECT (placed_at AT TIME ZONE 'Europe/Oslo') FROM orders WHERE placed_at >= TIMESTAMPTZ '2026-10-25 00:00:00+02:00'",
    ],
    [
      'mariadb',
      "SELECT CONVERT_TZ(placed_at, '+00:00', 'Europe/Oslo') FROM orders WHERE placed_at >= TIMESTAMP '2026-10-24 22:00:00'",
    ],
  ])('compile for %s', (engine, sql) => {
    assert.equal(succeeded(compile(STEPS, { engine })).sql, sql);
  });

  it('have no form for SQLite, which knows no zone, while an instant has one', () => {
    const refused = compile(STEPS, { engine: 'sqlite' });
    assert.ok(!refused.ok);
    assert.match(refused.problems[0]!.message, /SQLite knows no time zone by name/);
    const [scan, keep] = STEPS.split('\n');
    const kept = succeeded(compile(`${scan}\n${keep}\n#3. Select [id] in #2.`, { engine: 'sqlite' }));
    assert.equal(kept.sql, "SELECT id FROM orders WHERE placed_at >= '2026-10-24 22:00:00'");
  });

  it.each([
    ["SELECT TIMESTAMPTZ '2026-10-25' FROM orders", "TIMESTAMPTZ '2026-10-25'"],
    ["SELECT placed_at AT TIME ZONE '+02' FROM orders", "placed_at AT TIME ZONE '+02'"],
    ['SELECT placed_at AT TIME ZONE zone FROM orders', 'placed_at AT TIME ZONE zone'],
  ])('what the session or a sign would decide is quoted as it stands: %s', (sql, quoted) => {
    const { text, certificate } = succeeded(explain(sql, 'postgres'));
    assert.ok(text.includes(`{{ ${quoted} }}`), text);
    assert.deepEqual(certificate.missing, []);
  });

  it.each([
    ["#1. From [t].\n#2. Select the time of [c] at time zone 'Oslo' in #1.", /a time zone such as 'Europe\/Oslo'/],
    [
      "#1. From [t].\n#2. Keep rows of #1 where [c] > INSTANT '2026-10-25'.\n#3. Select [c] in #2.",
      /an instant such as/,
    ],
  ])('a zone or an instant that is none is named: %s', (text, expected) => {
    const made = compile(text, { engine: 'postgres' });
    assert.ok(!made.ok);
    assert.match(JSON.stringify(made.problems), expected);
  });
});
