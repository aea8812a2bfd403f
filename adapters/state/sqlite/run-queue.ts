import type { NewRun, Run, RunLimits } from '#src/domain/run.ts';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import type { RunStore } from '#src/ports/run-store.ts';
import type { StateFile } from './state-file.ts';
import { ifReadable, type StateRow } from './stored.ts';
import { readRequest, readRun, writeRequest, writeResult } from './stored-runs.ts';
import { undoChoice } from './undo-choice.ts';

/** Those that run are few, those of a team or a person all there ever were: with the plus they are looked up by their state. */
const RUNNING = "SELECT count(*) FROM runs r WHERE r.state = 'running' AND +r.team = q.team";

const NEXT_QUEUED = `
  UPDATE runs SET state = 'running', attempts = attempts + 1 WHERE id = (
    SELECT id FROM runs q WHERE state = 'queued' AND (
      (CASE WHEN json_valid(request) THEN coalesce(request ->> '$.turnedAway', request ->> '$.late') END) IS NOT NULL
      OR (NOT EXISTS (
            SELECT 1 FROM runs r WHERE r.state = 'running' AND r.team = q.team AND r.channel = q.channel AND r.thread = q.thread)
          AND (${RUNNING} AND +r.user = q.user) < ? AND (${RUNNING}) < ?))
    ORDER BY created_at, rowid LIMIT 1) RETURNING *`;

const WAITING = `
  SELECT * FROM runs WHERE team = ? AND channel = ? AND thread = ? AND state IN ('queued', 'running') ORDER BY created_at, rowid`;

const EXPIRED = `
  UPDATE runs SET state = 'expired' WHERE id IN (
    SELECT id FROM runs WHERE state = 'clarifying' AND created_at < ? AND id NOT IN (SELECT run_id FROM choices)
    ORDER BY created_at LIMIT ?)`;

const UNSAID = `
  SELECT * FROM runs WHERE state = 'expired' AND id NOT IN (SELECT run_id FROM choices)
    AND NOT EXISTS (SELECT 1 FROM posted p WHERE p.run_id = runs.id AND p.part = 'expired') ORDER BY created_at LIMIT ?`;

const LEFT = "state = 'running' AND id NOT IN (SELECT value FROM json_each(?))";

const NO_LIMITS: RunLimits = { perPerson: Number.MAX_SAFE_INTEGER, perTeam: Number.MAX_SAFE_INTEGER };

/** A typed reply as it was before it settled a question back. */
const unsettled = ({ settles: _, ...reply }: NewRun): NewRun => ({ ...reply, intent: { kind: 'any' }, turnedDown: [] });

type Queue = Pick<
  RunStore,
  | 'lease'
  | 'requeue'
  | 'requeueLeft'
  | 'waiting'
  | 'underWay'
  | 'ofMessage'
  | 'stopQueued'
  | 'restart'
  | 'takeUp'
  | 'expire'
>;

/** Which run is next, and what becomes of those that wait. */
export function sqliteRunQueue(file: StateFile): Queue {
  const { all, change, transaction } = file;
  /** One that cannot be read has failed: nobody can be told of it. */
  const spentRun = (row: StateRow): Run | undefined => {
    const run = ifReadable(() => readRun(row));
    if (!run) change("UPDATE runs SET state = 'failed' WHERE id = ?", String(row.id));
    return run;
  };
  return {
    async lease({ perPerson, perTeam } = NO_LIMITS) {
      const row = transaction(() => all(NEXT_QUEUED, perPerson, perTeam)[0]);
      if (!row) return undefined;
      try {
        return readRun(row);
      } catch (error) {
        // It would be taken up again at every start and could never be answered.
        if (error instanceof StateUnreadable) change("UPDATE runs SET state = 'failed' WHERE id = ?", String(row.id));
        throw error;
      }
    },
    requeue: async () => change("UPDATE runs SET state = 'queued' WHERE state = 'running'"),
    requeueLeft: async (held, mostAttempts) =>
      transaction(() => {
        const ids = JSON.stringify(held);
        const queued = change(`UPDATE runs SET state = 'queued' WHERE ${LEFT} AND attempts < ?`, ids, mostAttempts);
        return { queued, spent: all(`SELECT * FROM runs WHERE ${LEFT}`, ids).flatMap((row) => spentRun(row) ?? []) };
      }),
    waiting: async (team, { channel, thread }) =>
      all(WAITING, team, channel, thread).flatMap((row) => ifReadable(() => readRun(row)) ?? []),
    underWay: async (team) =>
      all("SELECT user, state FROM runs WHERE +team = ? AND state IN ('queued', 'running')", team).map(
        ({ user, state }) => ({ user: String(user), state: state === 'queued' ? 'queued' : 'running' }),
      ),
    async ofMessage(team, channel, message) {
      const [row] = all('SELECT * FROM runs WHERE team = ? AND channel = ? AND cause = ?', team, channel, message);
      return row && readRun(row);
    },
    stopQueued: async (id, result) =>
      transaction(() => {
        if (!all("SELECT id FROM runs WHERE id = ? AND state = 'queued'", id).length) return false;
        undoChoice(file, id); // while it has not ended
        return change("UPDATE runs SET state = 'stopped', result = ? WHERE id = ?", writeResult(result), id) === 1;
      }),
    restart: async (id, text) =>
      transaction(() => {
        const [row] = all("SELECT * FROM runs WHERE id = ? AND state IN ('queued', 'running')", id);
        if (!row) return false;
        const asked = readRequest(String(row.request), id);
        undoChoice(file, id);
        const request = asked.settles === undefined ? asked : unsettled(asked);
        change(
          "UPDATE runs SET state = 'queued', result = NULL, request = ? WHERE id = ?",
          writeRequest({ ...request, text }),
          id,
        );
        return true;
      }),
    takeUp: async (id) =>
      transaction(() => {
        const [row] = all("SELECT * FROM runs WHERE id = ? AND state IN ('running', 'stopped')", id);
        if (!row) return false;
        const { late, ...request } = readRequest(String(row.request), id);
        if (!late) return false;
        change(
          "UPDATE runs SET state = 'queued', attempts = 0, result = NULL, request = ? WHERE id = ?",
          writeRequest(request),
          id,
        );
        return true;
      }),
    expire: async (before, most) =>
      transaction(() => {
        change(EXPIRED, before.toISOString(), most);
        return all(UNSAID, most);
      }).flatMap((row) => ifReadable(() => readRun(row)) ?? []),
  };
}
