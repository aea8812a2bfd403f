import assert from 'node:assert/strict';
import { ANYWAY_LIMITS } from '#src/domain/result-table.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';
import type { Database } from '#src/ports/database.ts';
import { eventually } from '#test/support/wait.ts';

/** Stops a statement that would take for ever: the server lets go of it, too. `busy`: how many statements of its role it runs. */
export async function endsOnServer(database: Database, text: string, busy: () => Promise<number>): Promise<void> {
  const catalog = await database.catalog({}, new AbortController().signal);
  assert.ok(catalog.ok);
  const judged = await judge(text, database.engine, wholeCatalog(catalog.value));
  assert.ok(judged.ok, JSON.stringify(judged));
  const stop = new AbortController();
  const running = database.run(judged.value, ANYWAY_LIMITS, stop.signal);
  await eventually('it to run on the server', async () => (await busy()) > 0);
  stop.abort();
  const ran = await running;
  assert.equal(ran.ok ? 'ran' : ran.failure.kind, 'cancelled');
  await eventually('it to end on the server', async () => (await busy()) === 0);
}
