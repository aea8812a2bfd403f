import assert from 'node:assert/strict';
import { it } from 'vitest';
import { openDatabase, parseDatabaseUrl } from '#adapters/database/open-database.ts';
import { sayFailure } from '#src/domain/failure.ts';
import { ANSWER_LIMITS } from '#src/domain/result-table.ts';
import { explain } from '#src/edl/explain.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import { plan } from '#src/planner/plan.ts';
import { shopFile, shopOnPostgres } from '#test/support/shop.ts';

const WORDS =
  `how many number of the a all each every by per for with without not no never any both and or either than more less at
  least most over under between average total maximum highest top last first 2 10 3.5 -1 2024 in since before last month day this
  year customers customer names name country countries joined orders order amount status shipped placed placed_at payload Norway
  Chile "ak" Ada sorted ascending descending alphabetical distinct different contains starting show list which who whose that have
  has did do is are were , expensive cheapest oldest unknown null only mixed case quote select constructor '); DROP TABLE customer
  -- id ids`.split(/\s+/);
const never = new AbortController().signal;

it.each([
  ['SQLite', async () => `sqlite:${shopFile()}`],
  ['PostgreSQL', () => shopOnPostgres()],
])(
  'word salad is planned into SQL that %s runs, that the guard lets pass and that has words, or declined',
  async (_, make) => {
    const parsed = parseDatabaseUrl(await make());
    assert.ok(parsed.ok);
    const { url, engine, password } = parsed.value;
    const opened = await openDatabase({ id: 'shop', url, ...(password ? { secret: `plain:${password}` } : {}) }, {});
    assert.ok(opened.ok);
    const catalog = await opened.value.catalog({}, never);
    assert.ok(catalog.ok);
    const scope = wholeCatalog(catalog.value);
    const random = randomFrom(7);
    let planned = 0;
    for (let round = 0; round < 5_000; round += 1) {
      const question = Array.from({ length: 2 + random(9) }, () => WORDS[random(WORDS.length)]).join(' ');
      const made = plan({ question, catalog: catalog.value, ranked: [], today: '2025-03-15' });
      if (made.kind === 'declined') continue;
      planned += 1;
      const judged = await judge(made.sql, engine, scope);
      assert.ok(judged.ok, `${question}\n${made.sql}`);
      const ran = await opened.value.run(judged.value, ANSWER_LIMITS, never);
      assert.ok(ran.ok, `${question}\n${made.sql}\n${ran.ok || sayFailure(ran.failure)}`);
      const explained = explain(made.sql, engine, catalog.value);
      assert.ok(explained.ok && explained.value.certificate.complete, `${question}\n${made.sql}`);
      const { edl } = explained.value;
      assert.ok(edl.steps.length > 0 && !edl.steps.some((step) => step.verbatim), `${question}\n${made.sql}`);
    }
    await opened.value.close();
    assert.ok(planned > 100, `only ${planned} were planned`);
  },
);

function randomFrom(start: number): (below: number) => number {
  let seed = start;
  return (below) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
}
