import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { it } from 'vitest';
import { openUseLite } from '#adapters/embedder/use-lite/open-use-lite.ts';
import { embeddedVectors } from '#adapters/vector/embedded/exact-index.ts';
import { readQuestions } from '#src/evaluation/data/questions.ts';
import { readSpiderTables } from '#src/evaluation/data/spider-tables.ts';
import { scoreRetrieval } from '#src/evaluation/retrieval.ts';
import { indexPool, productRank, runRetrieval } from '#src/evaluation/retrieval-run.ts';

const bench = process.env.QUERENT_BENCH ?? '../shared/bench';
const spider = path.join(bench, 'spider');
const absent = !existsSync(spider);
if (absent) console.log(`Retrieval on SpiderUnion is skipped: no benchmark at ${bench} (set QUERENT_BENCH).`);

it.skipIf(absent)('keeps the promised recall on SpiderUnion without any model', { timeout: 300_000 }, async () => {
  const embedder = openUseLite();
  const pool = { catalogs: readSpiderTables(path.join(spider, 'tables.json')) };
  const questions = ['dev-visible.jsonl', 'dev-norows.jsonl'].flatMap((file) => readQuestions(path.join(spider, file)));
  const { index } = await indexPool(pool, { embedder, vectors: embeddedVectors }, () => undefined);
  const { recall, n } = scoreRetrieval(await runRetrieval(pool, questions, embedder, productRank(index)));
  await embedder.close();
  assert.equal(n, 459);
  for (const [k, floor] of [
    ['1', 0.43],
    ['3', 0.88],
    ['5', 0.93],
    ['10', 0.97],
  ] as const)
    assert.ok(recall[k]! >= floor, `recall@${k} is ${recall[k]}`);
});
