import assert from 'node:assert/strict';
import { it } from 'vitest';
import type { ExploredPair, Mechanism } from '#src/domain/explored-pair.ts';
import { openTurns } from '#src/explore/mechanisms.ts';
import { openNearQuestions } from '#src/explore/model/near-questions.ts';
import { pickSeeds } from '#src/explore/model/pick-seeds.ts';
import { randomFrom } from '#src/explore/random.ts';

const never = new AbortController().signal;
const pair = (mechanism: Mechanism): ExploredPair => ({
  id: '',
  db_id: '',
  question: '',
  evidence: '',
  sql: '',
  edl: '',
  difficulty: 'simple',
  tables: [],
  columns: [],
  mechanism,
  generation: 0,
  dialect: 'sqlite',
  result_rows: 1,
  exec_ms: 1,
  checks: [],
});

/** So many pairs, each by the mechanism whose turn it is, of which all are kept but those of some. */
function fill(pairs: number, mechanisms: readonly Mechanism[], fails: readonly Mechanism[] = []) {
  const turns = openTurns(mechanisms);
  const kept: ExploredPair[] = [];
  let tries = 0;
  while (kept.length < pairs) {
    const mechanism = turns.next(kept, () => true);
    if (!mechanism) break;
    tries += 1;
    const isKept = !fails.includes(mechanism);
    turns.tried(mechanism, isKept);
    if (isKept) kept.push(pair(mechanism));
  }
  const count = (one: Mechanism) => kept.filter(({ mechanism }) => mechanism === one).length;
  return { structural: count('structural'), semantic: count('semantic'), progressive: count('progressive'), tries };
}

it('shares a set by its mechanisms, a quarter at most being made of others', () => {
  assert.deepEqual(fill(100, ['structural', 'semantic', 'progressive']), {
    structural: 40,
    semantic: 35,
    progressive: 25,
    tries: 100,
  });
  assert.equal(fill(100, ['structural', 'progressive']).progressive, 25);
  assert.equal(fill(100, ['progressive']).tries, 0);
});

it('lets the others write the share of a mechanism of which nothing is kept, and gives it up', () => {
  const all = ['structural', 'semantic', 'progressive'] as const;
  const { structural, semantic, progressive, tries } = fill(10, all, ['progressive']);
  assert.deepEqual([structural + semantic, progressive], [10, 0]);
  assert.ok(tries <= 18, `${tries} tries`);
  assert.equal(fill(1_000, all, ['semantic']).tries, 1_024);
});

it('keeps one of questions that are nearly the same, those of before counted', async () => {
  const at = (...values: readonly number[]) => Float32Array.from(values);
  const vectors: Readonly<Record<string, Float32Array>> = { one: at(1, 0), near: at(0.95, 0.312), other: at(0, 1) };
  const embedded: string[][] = [];
  const embedder = {
    embed: async (texts: readonly string[]) => {
      embedded.push([...texts]);
      return texts.map((text) => vectors[text]!);
    },
  };
  const questions = openNearQuestions(embedder, ['one']);
  assert.equal(await questions.isNew('near', never), false);
  assert.equal(await questions.isNew('other', never), true);
  assert.equal(await questions.isNew('other', never), true); // not kept yet
  questions.add('other');
  assert.equal(await questions.isNew('other', never), false);
  assert.deepEqual(embedded[0], ['one', 'near']);
});

it('shows no more than one example that nobody asked', () => {
  const random = randomFrom(1);
  for (let draw = 0; draw < 50; draw += 1) {
    const seeds = pickSeeds(['asked'], ['written', 'written too'], random);
    assert.ok(seeds.filter((seed) => seed.startsWith('written')).length <= seeds.length / 2);
    assert.equal(pickSeeds([], ['written'], random).length, 2);
    assert.equal(pickSeeds(['a', 'b', 'c'], [], random).length, 2);
  }
});
