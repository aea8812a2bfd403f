import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import { openSqlite } from '#adapters/database/sqlite/open-sqlite.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { readQuestions } from '#src/evaluation/data/questions.ts';
import { readSpiderTables } from '#src/evaluation/data/spider-tables.ts';
import { meaningless } from '#src/pipeline/support/meaningless.ts';

const bench = path.resolve(process.env.QUERENT_BENCH ?? '../shared/bench');
const absent = !existsSync(path.join(bench, 'spider'));
if (absent)
  console.log(`Right queries taken for meaningless are not looked for: no benchmark at ${bench} (set QUERENT_BENCH).`);

const struck = (file: string, catalogOf: (id: string) => DatabaseCatalog | undefined) =>
  readQuestions(file).flatMap(({ id, db_id, question, sql }) => {
    const catalog = catalogOf(db_id ?? '');
    const [gold] = [sql ?? []].flat();
    return catalog && typeof gold === 'string' && meaningless(gold, catalog, question).length ? [id] : [];
  });

describe.skipIf(absent)('right queries', () => {
  it('of Spider’s development set are never taken for meaningless', async () => {
    const file = path.join(bench, 'spider/dev-visible.jsonl');
    const catalogs = new Map<string, DatabaseCatalog>();
    const ids = new Set(readQuestions(file).map(({ db_id }) => db_id ?? ''));
    for (const id of ids) {
      const database = openSqlite({ id, file: path.join(bench, 'spider/databases', id, `${id}.sqlite`) });
      const extracted = await database.catalog({}, new AbortController().signal);
      await database.close();
      if (extracted.ok) catalogs.set(id, extracted.value);
    }
    assert.equal(catalogs.size, ids.size);
    assert.deepEqual(
      struck(file, (id) => catalogs.get(id)),
      [],
    );
  });

  it('of BIRD are but for three: the mean of the ids of posts, and two that join comments and posts by nothing', () => {
    const schemas = readSpiderTables(path.join(bench, 'bird/tables.json'));
    const file = path.join(bench, 'bird/questions.jsonl');
    assert.equal(struck(file, (id) => schemas.find((one) => one.databaseId === id)).length, 3);
  });
});
