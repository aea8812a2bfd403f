import { reviewedAs } from '#src/domain/review.ts';
import type { NewRun } from '#src/domain/run.ts';
import type { RunStore } from '#src/ports/run-store.ts';
import { withoutDatabases } from './database-names.ts';
import { registeredIn } from './registered-in.ts';
import { removeRequests } from './remove-requests.ts';
import type { StateFile } from './state-file.ts';
import { digestOf, ifReadable } from './stored.ts';
import { causeKey, readRun, writeChoice, writeRequest, writeResult } from './stored-runs.ts';
import { undoChoice } from './undo-choice.ts';

/** Runs for reading many at once: of one that was damaged what can be read is there, and it keeps no other from being read. */
export const RUNS = `(SELECT rowid AS nth, id, team, channel, thread, user, state, created_at,
  CASE WHEN json_valid(request) THEN request END AS request, CASE WHEN json_valid(result) THEN result END AS result FROM runs)`;

/** Nobody, where the last question of the thread is older than that, or the channel was left since. */
const ASKERS = `
  SELECT user FROM runs r WHERE team = ?1 AND channel = ?2 AND thread = ?3
    AND created_at > coalesce((SELECT at FROM disengaged d WHERE d.team = ?1 AND d.channel = ?2), '')
    AND EXISTS (SELECT 1 FROM runs l WHERE l.team = ?1 AND l.channel = ?2 AND l.thread = ?3 AND l.created_at >= ?4)
  ORDER BY created_at, rowid`;

type Runs = Pick<
  RunStore,
  | 'record'
  | 'wasRecorded'
  | 'saveResult'
  | 'run'
  | 'turns'
  | 'askers'
  | 'posted'
  | 'savePosted'
  | 'privateRun'
  | 'choose'
  | 'isChosen'
>;

/** A run to be answered, unless its cause has one. */
export function queueRun({ change }: StateFile, run: NewRun, at: Date): void {
  change(
    `INSERT OR IGNORE INTO runs (id, team, channel, thread, cause, user, state, created_at, request)
     VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
    ...[run.id, run.team, run.channel, run.thread, causeKey(run), run.user, at.toISOString(), writeRequest(run)],
  );
}

/** Deliveries, the runs that they make, and where those were posted. */
export function sqliteRuns(file: StateFile): Runs {
  const { all, change, transaction } = file;
  return {
    record: async (delivery, run, at) =>
      transaction(() => {
        const fresh = change('INSERT OR IGNORE INTO deliveries VALUES (?, ?)', digestOf(delivery), at.toISOString());
        if (fresh && run) queueRun(file, run, at);
        return fresh === 1;
      }),
    wasRecorded: async (delivery) =>
      all('SELECT digest FROM deliveries WHERE digest = ?', digestOf(delivery)).length > 0,
    saveResult: async (id, state, result) =>
      transaction(() => {
        const registered = registeredIn(file);
        const kept = withoutDatabases(result, (databaseId) => !registered.has(databaseId));
        const ended = kept.kind !== result.kind && state !== 'running' ? 'failed' : state;
        if (ended === 'stopped') undoChoice(file, id);
        change(
          'UPDATE runs SET state = ?, result = ?, to_review = ? WHERE id = ?',
          ...[ended, writeResult(kept), (ended !== 'running' && reviewedAs(kept)) || null, id],
        );
      }),
    async run(id) {
      const [row] = all('SELECT * FROM runs WHERE id = ?', id);
      return row && readRun(row);
    },
    turns: async (team, threads) =>
      all(
        `SELECT * FROM runs WHERE team = ? AND (channel, thread) IN (
           SELECT value ->> '$.channel', value ->> '$.thread' FROM json_each(?))
           AND state IN ('done', 'failed', 'clarifying', 'stopped', 'expired') ORDER BY created_at, rowid`,
        team,
        JSON.stringify(threads),
      ).flatMap((row) => ifReadable(() => readRun(row)) ?? []),
    askers: async (team, { channel, thread }, since = new Date(0)) =>
      all(ASKERS, ...[team, channel, thread, since.toISOString()]).map((row) => String(row.user)),
    async posted(id, part) {
      const ts = all('SELECT ts FROM posted WHERE run_id = ? AND part = ?', id, part)[0]?.ts;
      return ts === undefined ? undefined : String(ts);
    },
    async savePosted(id, part, ts) {
      change('INSERT OR REPLACE INTO posted VALUES (?, ?, ?)', id, part, ts);
    },
    async privateRun(team, channel, ts) {
      const [row] = all(
        `SELECT * FROM runs WHERE id IN (
           SELECT r.id FROM posted p JOIN ${RUNS} r ON r.id = p.run_id
           WHERE r.team = ? AND p.ts = ? AND r.result ->> '$.movedTo.channel' = ? AND p.part IN ('answer', 'clarify'))`,
        ...[team, ts, channel],
      );
      return row && readRun(row);
    },
    choose: async (id, choice, next, at) =>
      transaction(() => {
        if (change('INSERT OR IGNORE INTO choices VALUES (?, ?, ?)', id, writeChoice(choice), next.user) === 0)
          return false;
        // A typed reply keeps its cause in its column: it is still the run of its message.
        const typed = change(
          'UPDATE runs SET request = ?, user = ? WHERE id = ?',
          writeRequest(next),
          next.user,
          next.id,
        );
        if (typed === 0) queueRun(file, next, at);
        return true;
      }),
    isChosen: async (id) => all('SELECT run_id FROM choices WHERE run_id = ?', id).length > 0,
  };
}

/**
 * Runs that were answered from a database, or that offer queries over it, and those asked of it that are done with. One under way
 * still gets its answer.
 */
export const runsOfDatabase = ({ all }: StateFile, id: string): readonly string[] =>
  all(
    `SELECT id FROM ${RUNS} WHERE result ->> '$.databaseId' = ?
       OR EXISTS (SELECT 1 FROM json_tree(result, '$.options') WHERE key = 'databaseId' AND atom = ?)
       OR (request ->> '$.intent.databaseId' = ? AND state NOT IN ('queued', 'running'))`,
    ...[id, id, id],
  ).map((row) => String(row.id));

/** Tables that hold something of one run alone. What the data team verified outlives its run. */
const OF_A_RUN = [
  'posted',
  'choices',
  'feedback',
  'corrections',
  'reading_changes',
  'traces',
  'handed_over',
  'settlements',
  'saved',
  'request_runs',
];

/** Removes runs with everything that is kept of them. */
export function removeRuns(file: StateFile, ids: readonly string[]): number {
  const { change } = file;
  for (const id of ids) {
    for (const table of OF_A_RUN) change(`DELETE FROM ${table} WHERE run_id = ?`, id);
    change('DELETE FROM runs WHERE id = ?', id);
  }
  // A request is about its questions.
  removeRequests(file, 'id NOT IN (SELECT request_id FROM request_runs)');
  return ids.length;
}
