import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { databasesOfTrace } from '#adapters/state/sqlite/database-names.ts';
import { openSqliteStore } from '#adapters/state/sqlite/open-sqlite-store.ts';
import type { Answered } from '#src/domain/answer.ts';
import type { KeptTrace } from '#src/domain/trace.ts';
import { FULL_PIPELINE } from '#src/pipeline/settings.ts';
import { keptTrace } from '#src/service/keep-trace.ts';
import { askRecorded } from './ask-recorded.ts';
import { loadCassette, replay } from './cassette.ts';
import { recordedQuestions } from './questions.ts';

/** When the walked question was asked, as its trace says. */
const AT = new Date('2026-01-15T09:00:00Z');

export interface Walk {
  readonly given: Answered;
  readonly kept: KeptTrace;
}

/** One recorded question with its answer, and its trace as the bot keeps it. */
export async function walkRecorded(id: string): Promise<Walk> {
  const { cases } = loadCassette();
  const question = recordedQuestions().find((one) => one.id === id);
  const recorded = cases.find((one) => one.id === id);
  if (!question || !recorded) throw new Error(`${id} is not recorded: ${cases.map((one) => one.id).join(', ')}`);
  const server = await replay(recorded);
  const { given } = await askRecorded(question, server.models, FULL_PIPELINE);
  await server.stop();
  if (given.kind !== 'answer') throw new Error(`${id} ended as ${given.kind}: ${server.missed.join(', ')}`);
  return { given, kept: keptTrace(given, true, AT) };
}

/** What `querent trace` prints of it, from a state of its own. */
export async function printedTrace(kept: KeptTrace, ...options: readonly string[]): Promise<string> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'querent-walk-'));
  try {
    const store = openSqliteStore(path.join(home, 'state.sqlite'));
    for (const id of databasesOfTrace(kept)) await store.saveDatabase({ id, url: `sqlite:/${id}` });
    await store.saveTrace(kept, { ofRun: false, since: new Date(0) });
    await store.close();
    const env = { PATH: process.env.PATH ?? '', QUERENT_HOME: home };
    const main = path.join(import.meta.dirname, '../../src/cli/main.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [main, 'trace', kept.runId, ...options], { env });
    return stdout.trimEnd();
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
