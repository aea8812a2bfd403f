import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { sayWords } from '#src/domain/reading.ts';
import { type CompanyDatabases, openCompany } from '#src/evaluation/data/company-databases.ts';
import { COMPANY_DAY, readCompanyQuestions } from '#src/evaluation/data/company-questions.ts';
import { openPlaces } from '#src/evaluation/data/places.ts';
import { readQuestions } from '#src/evaluation/data/questions.ts';
import { goldQueries } from '#src/evaluation/data/statements.ts';
import { type TriedReading, tryReading } from '#src/evaluation/readings.ts';

const calendar = { today: COMPANY_DAY };
/** Each n-th statement: all of them take minutes (`npm run -s bench:reading` tries every one of the company's). */
const EVERY = { company: 24, spider: 320 };

const bench = process.env.QUERENT_BENCH ?? '../shared/bench';
const spider = (name: string) => path.join(bench, 'spider', name);
const present = existsSync(spider('databases')) && existsSync(spider('train.jsonl'));

/** Each change is written, passes the gate, runs, and reads as it was asked for with the other parts as they were. */
function holds(tried: readonly TriedReading[]): void {
  const faults = tried.flatMap(({ sql, reading, edits }) =>
    edits.flatMap(({ fault, kind, edit, sql: edited }) =>
      fault === undefined
        ? []
        : [`${fault}: ${kind} ${edit.words} of ${sayWords(reading?.line ?? [])}\n${sql}\n${edited}`],
    ),
  );
  assert.deepEqual(faults, []);
  assert.ok(tried.filter(({ reading }) => reading).length > tried.length / 2, 'most statements have a reading');
  assert.ok(tried.flatMap(({ edits }) => edits).length > tried.length, 'readings can be changed');
}

describe('every change of every reading of the sample company', () => {
  let company: CompanyDatabases;
  beforeAll(async () => {
    company = await openCompany();
  }, 120_000);
  afterAll(() => company.close());

  it('does what it says', { timeout: 240_000 }, async () => {
    const asked = readCompanyQuestions('tuning').filter((_, at) => at % EVERY.company === 0);
    const tried: TriedReading[] = [];
    for (const one of asked) {
      if (!('gold' in one)) continue;
      const own = company.databases.get(one.database);
      const [gold] = one.gold;
      if (own && gold)
        tried.push(await tryReading(gold.sql, one.question, { ...own, database: own.databases.product, calendar }));
    }
    holds(tried);
  });
});

describe.skipIf(!present)('every change of every reading of Spider’s training queries (needs QUERENT_BENCH)', () => {
  it('does what it says', { timeout: 240_000 }, async () => {
    const places = await openPlaces({ engine: 'sqlite', databases: spider('databases') });
    const asked = readQuestions(spider('train.jsonl')).filter((_, at) => at % EVERY.spider === 7);
    const tried: TriedReading[] = [];
    for (const { db_id: id, sql, question } of asked) {
      const { catalog, databases } = await places.open(id ?? '');
      for (const gold of goldQueries(sql, 'sqlite').slice(0, 1))
        tried.push(await tryReading(gold, question, { catalog, database: databases?.product, calendar }));
    }
    await places.close();
    holds(tried);
  });
});
