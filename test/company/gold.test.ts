import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ANSWER_LIMITS } from '#src/domain/result-table.ts';
import { accepts } from '#src/evaluation/accept.ts';
import { type CompanyDatabases, openCompany } from '#src/evaluation/data/company-databases.ts';
import {
  type GoldQuery,
  HALVES,
  readCompanyQuestions,
  readCompanyThreads,
} from '#src/evaluation/data/company-questions.ts';
import { runAll } from '#src/evaluation/runs/ask-company.ts';

let company: CompanyDatabases;
beforeAll(async () => {
  company = await openCompany();
});
afterAll(() => company.close());

interface Asked {
  readonly id: string;
  readonly database: string;
  readonly gold: readonly GoldQuery[];
  readonly ordered: boolean;
}

const asked = HALVES.flatMap((half): Asked[] => [
  ...readCompanyQuestions(half).flatMap((one): Asked[] => {
    if ('gold' in one) return [one];
    return 'readings' in one ? one.readings.map((reading) => ({ ...reading, id: one.id, ordered: one.ordered })) : [];
  }),
  ...readCompanyThreads(half).flatMap(({ id, database, turns }) =>
    turns.map((turn, at) => ({ database, ...turn, id: `${id}/${at + 1}` })),
  ),
]);

describe('the gold queries of every question and turn', () => {
  it.each([...Map.groupBy(asked, ({ database }) => database)])(
    'over %s pass the gate and find rows',
    async (_, own) => {
      for (const { id, database, gold, ordered } of own)
        for (const { table, anyForm } of await runAll(database, gold, company)) {
          const { rows } = table;
          assert.ok(rows.length > 0 && rows.length < ANSWER_LIMITS.maxRows, id);
          assert.ok(
            rows.flat().some((cell) => cell !== null && Number(cell) !== 0),
            `${id} finds nothing but zeros`,
          );
          assert.ok(accepts({ table, anyForm }, table, { extra: false, ordered }), `${id} does not accept itself`);
        }
    },
  );

  it('sort where the order of rows counts, and neither sort nor cut where two rows tie', async () => {
    for (const { id, database, gold, ordered } of asked)
      for (const { sql } of gold) {
        const [, select, by, limit] = /^SELECT (.*) ORDER BY (.*?)(?: DESC)?(?: LIMIT (\d+))?$/s.exec(sql) ?? [];
        const sorts = by !== undefined && by.split('(').length === by.split(')').length;
        assert.ok(sorts || !ordered, `${id} does not sort`);
        if (!sorts || (!ordered && limit === undefined)) continue;
        const direction = / DESC(?: LIMIT \d+)?$/.test(sql) ? ' DESC' : '';
        const further = limit === undefined ? '' : ` LIMIT ${Number(limit) + 1}`;
        const query = `SELECT ${by} AS sorted_by, ${select} ORDER BY ${by}${direction}${further}`;
        const keys = (await runAll(database, [{ sql: query }], company))[0]!.table.rows.map(([key]) => String(key));
        const cut = limit === undefined ? keys.length : Number(limit);
        assert.notEqual(keys[cut - 1], keys[cut], `${id} cuts a tie`);
        if (ordered) assert.equal(new Set(keys).size, keys.length, `${id} sorts a tie`);
      }
  });
});
