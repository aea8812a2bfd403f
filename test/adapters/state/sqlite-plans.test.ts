import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { sqliteRunQueue } from '#adapters/state/sqlite/run-queue.ts';
import { sqliteRuns } from '#adapters/state/sqlite/runs.ts';
import { openStateFile, type StateFile } from '#adapters/state/sqlite/state-file.ts';
import { sqliteVerdicts } from '#adapters/state/sqlite/verdicts.ts';

type Value = Parameters<StateFile['all']>[1];

/** A state file that notes how SQLite goes about each statement. */
function noting(): StateFile & { readonly steps: string[] } {
  const file = openStateFile(path.join(mkdtempSync(path.join(os.tmpdir(), 'querent-plans-')), 'state.sqlite'));
  const steps: string[] = [];
  const explained =
    <T>(run: (sql: string, ...values: Value[]) => T) =>
    (sql: string, ...values: Value[]): T => {
      steps.push(...file.all(`EXPLAIN QUERY PLAN ${sql}`, ...values).map(({ detail }) => String(detail)));
      return run(sql, ...values);
    };
  return { ...file, steps, all: explained(file.all), change: explained(file.change) };
}

const thread = { channel: 'C1', thread: '1' };
const now = new Date('2025-01-01T00:00:00Z');

/** What is done for every question. Past answers are read up to a number, the newest first. */
const FOR_A_QUESTION: Readonly<Record<string, (file: StateFile) => Promise<unknown>>> = {
  'the next run': (file) => sqliteRunQueue(file).lease({ perPerson: 2, perTeam: 10 }),
  'what waits in a thread': (file) => sqliteRunQueue(file).waiting('T1', thread),
  'what is under way': (file) => sqliteRunQueue(file).underWay('T1'),
  'what was left': (file) => sqliteRunQueue(file).requeueLeft([], 3),
  'what expired': (file) => sqliteRunQueue(file).expire(now, 10),
  'the run of a message': (file) => sqliteRunQueue(file).ofMessage('T1', 'C1', '1'),
  'turns of threads': (file) => sqliteRuns(file).turns('T1', [thread, { channel: 'C2', thread: '2' }]),
  'who asked in a thread': (file) => sqliteRuns(file).askers('T1', thread),
  'a message that was posted': (file) => sqliteRuns(file).posted('r1', 'answer'),
  'past answers': (file) => sqliteVerdicts(file).pastAnswers('T1'),
};

describe('what is read for a question is looked up, however many there were before', () => {
  for (const [what, read] of Object.entries(FOR_A_QUESTION))
    it(what, async () => {
      const file = noting();
      await read(file);
      assert.ok(file.steps.length > 0);
      const throughAll = /^SCAN (?!json_each)|\(team=\?\)|\(team=\? AND user=\?\)/;
      assert.deepEqual(
        file.steps.filter((step) => throughAll.test(step)),
        [],
      );
      file.close();
    });

  it('verified answers: by those that somebody thinks good, and their own', async () => {
    const file = noting();
    await sqliteVerdicts(file).verifiedAnswers('T1', 'U1', []);
    assert.deepEqual(
      file.steps.filter((step) => /runs_by_state|\(team=\?\)/.test(step)),
      [],
    );
    file.close();
  });
});
