import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { START_MARIADB } from '#adapters/database/mysql/scratch.ts';
import { judge } from '#src/guard/judge.ts';
import { eventually } from '#test/support/wait.ts';
import type { AttackEngine } from './attacks.ts';
import { CAMPAIGN_LIMITS, type Corpus, fuzz, ownCorpus, runCorpus, visibleCorpus } from './campaign.ts';
import { openScratch, type Scratch } from './scratch.ts';

const servers = { postgres: inject('postgresUrl'), mariadb: inject('mariadbUrl') };
/** Classes whose every way in was written out; the others hold at least sixty statements. */
const FUZZED = 10_000;

for (const engine of ['postgres', 'mysql', 'sqlite'] as const) {
  const missing = engine === 'mysql' && !servers.mariadb;
  describe.skipIf(missing)(missing ? `${engine} (skipped: none here; ${START_MARIADB})` : engine, () => {
    suite(engine, 'our own statements', ownCorpus(engine));
    suite(engine, 'the visible set', visibleCorpus(engine));
  });
}

function suite(engine: AttackEngine, label: string, corpus: Corpus | undefined): void {
  describe.skipIf(!corpus)(corpus ? label : `${label} (skipped: set QUERENT_BENCH)`, () => {
    let scratch: Scratch;
    beforeAll(async () => {
      scratch = await openScratch(engine, servers, corpus!.view, corpus!.script);
    });
    afterAll(() => scratch.close());

    it('reach the engine in no attack, run where they are harmless, and leave everything as it was', async () => {
      const before = await scratch.state();
      const result = await runCorpus(corpus!, scratch);
      assert.deepEqual(result.sent, []);
      assert.ok(result.refused.length <= result.harmless * 0.01, result.refused.join('\n'));
      for (const { sql, verdict } of result.resources) {
        assert.ok(verdict.ms < CAMPAIGN_LIMITS.timeoutMs + 3_000, `${sql} ended after ${verdict.ms} ms`);
      }
      assert.equal(await scratch.state(), before);
      let left: readonly string[] = [];
      const nothing = async () => {
        left = await scratch.leftovers();
        return !left.length;
      };
      await eventually('nothing to be left behind', nothing).catch(() => assert.deepEqual(left, []));
      const next = await judge('SELECT 1', scratch.engine, scratch.scope);
      assert.ok(next.ok && (await scratch.database.run(next.value, CAMPAIGN_LIMITS, new AbortController().signal)).ok);
    }, 300_000);

    it('cut, swapped and garbled, never let through more than the gate saw', async () => {
      const before = await scratch.state();
      const fuzzed = await fuzz(corpus!, scratch, label === 'the visible set' ? 1_000 : FUZZED);
      assert.deepEqual(fuzzed.differing, []);
      assert.ok(fuzzed.allowed > 0);
      assert.equal(await scratch.state(), before);
    }, 300_000);
  });
}
