import assert from 'node:assert/strict';
import { it } from 'vitest';
import type { Candidate } from '#src/domain/answer.ts';
import type { GenerateContext, Generator } from '#src/pipeline/generators/generator.ts';
import { generateWave } from '#src/pipeline/stages/generate.ts';
import { tryEarly } from '#src/pipeline/support/early-tries.ts';

const never = new AbortController().signal;
const wrote = (id: string): Generator => ({
  id,
  generate: async () => ({
    candidates: [{ generator: id, sql: `SELECT '${id}'`, tables: [], assumptions: [] }],
    note: '1 query',
  }),
});
/** Writes until it is stopped. */
const patient: Generator = {
  id: 'patient',
  generate: (_, signal) =>
    new Promise((resolve) => {
      const stopped = { candidates: [], note: 'cancelled', failure: { kind: 'cancelled' } } as const;
      signal.addEventListener('abort', () => resolve(stopped), { once: true });
    }),
};

const waveOf = (generators: readonly Generator[]) => ({ generators, samples: 1, samplesInAll: 1, seed: 1, left: 0 });

it('a generator that is still writing is called off once the others settle it, which is no failure', async () => {
  const tried: (readonly [sqls: readonly string[], out: number])[] = [];
  const settles = async (came: readonly Candidate[], out: number) => {
    tried.push([came.map(({ sql }) => sql), out]);
    return true;
  };
  const early = tryEarly(3, settles);
  const made = await generateWave(
    waveOf([wrote('a'), wrote('b'), patient]),
    {} as unknown as GenerateContext,
    early,
    never,
  );
  await early.done();
  assert.deepEqual(
    made.map(({ generator, note, failure }) => [generator, note, failure]),
    [
      ['a', '1 query', undefined],
      ['b', '1 query', undefined],
      ['patient', 'called off, the others settled it', undefined],
    ],
  );
  assert.deepEqual(tried, [[["SELECT 'a'", "SELECT 'b'"], 1]]);
});

it('nothing is tried early where all has come', async () => {
  const early = tryEarly(2, () => assert.fail('there is nothing to call off'));
  await generateWave(waveOf([wrote('a'), wrote('b')]), {} as unknown as GenerateContext, early, never);
  await early.done();
  assert.equal(early.calledOff.aborted, false);
});
