import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import parser from 'node-sql-parser';
import { describe, it } from 'vitest';
import { readQuestions } from '#src/evaluation/data/questions.ts';
import { readSpiderTables } from '#src/evaluation/data/spider-tables.ts';
import { judge } from '#src/guard/judge.ts';
import { wholeCatalog } from '#src/guard/scope.ts';

const bench = process.env.QUERENT_BENCH ?? '../shared/bench';
const present = existsSync(path.join(bench, 'spider', 'tables.json'));

/**
 * The guard's list of tables decides what an asker may read, so another parser is asked too. It knows less SQL
 * (it misses one in 563: docs/decisions/0001), so it may fail to read a statement, but where it reads one, both
 * must name the same tables.
 */
describe.skipIf(!present)('the guard and a second parser (needs QUERENT_BENCH)', () => {
  it('name the same tables for every gold query of Spider', async () => {
    const catalogs = new Map(
      readSpiderTables(path.join(bench, 'spider', 'tables.json')).map((one) => [one.databaseId, wholeCatalog(one)]),
    );
    const questions = readQuestions(path.join(bench, 'spider', 'dev-visible.jsonl'));
    const second = new parser.Parser();
    const differing: string[] = [];
    let compared = 0;
    for (const { db_id, sql } of questions) {
      const scope = catalogs.get(db_id ?? '');
      if (!scope || typeof sql !== 'string') continue;
      const judged = await judge(sql, 'sqlite', scope, { doubleQuotedText: true });
      const theirs = tablesOf(second, sql);
      if (!judged.ok || !theirs) continue;
      compared += 1;
      const ours = judged.value.tables.map((table) => table.name.toLowerCase()).sort();
      if (ours.join() !== theirs.join()) differing.push(`${sql}\n  guard ${ours}\n  second ${theirs}`);
    }
    assert.ok(compared > 350, `only ${compared} statements were read by both`);
    assert.deepEqual(differing, []);
  });
});

function tablesOf(second: InstanceType<typeof parser.Parser>, sql: string): string[] | undefined {
  try {
    const list = second.tableList(sql, { database: 'postgresql' });
    return [...new Set(list.map((entry) => entry.split('::').at(-1)!.toLowerCase()))].sort();
  } catch {
    return undefined;
  }
}
