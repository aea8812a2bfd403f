import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'vitest';
import { explain } from '#src/edl/explain.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import { plan } from '#src/planner/plan.ts';
import { catalogOf, SHOP } from '#test/support/catalogs.ts';

const WORDS =
  `how many number of the a all each every by per for with without not no never any both and or either than more less at
  least most over under between average total maximum highest top last first 2 10 3.5 -1 2024 in since before last month this year
  customers customer names name countries country joined orders order amount status shipped placed products titles title price
  color red Norway Chile "ak" Spade sorted ascending descending alphabetical distinct different different contains starting show
  list which who whose that have has did do is are were , expensive cheapest oldest constructor '); DROP TABLE orders -- id ids`.split(
    /\s+/,
  );

it('plans SQL that runs, passes the guard and is explained in words, or declines, whatever it is told', async () => {
  const catalog = await catalogOf(SHOP);
  const scope = wholeCatalog(catalog);
  const database = new DatabaseSync(':memory:');
  database.exec(SHOP);
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  let planned = 0;
  for (let round = 0; round < 6_000; round += 1) {
    const question = Array.from({ length: 2 + random(9) }, () => WORDS[random(WORDS.length)]).join(' ');
    const made = plan({ question, catalog, ranked: [], today: '2025-03-15' });
    if (made.kind === 'declined') continue;
    planned += 1;
    assert.doesNotThrow(() => database.prepare(made.sql).all(), `${question}\n${made.sql}`);
    const judged = await judge(made.sql, 'sqlite', scope);
    assert.ok(judged.ok, `${question}\n${made.sql}`);
    const edl = await explain(made.sql, 'sqlite');
    assert.ok(edl.steps.length > 0 && !edl.steps.some((step) => step.verbatim), `${question}\n${made.sql}`);
  }
  assert.ok(planned > 200, `only ${planned} were planned`);
});
