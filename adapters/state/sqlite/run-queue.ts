import type { RunId } from '#src/domain/ids.ts';
import type { NewRun, RunLimits } from '#src/domain/run.ts';
import { StateUnreadable } from '#src/domain/state-unreadable.ts';
import type { RunStore } from '#src/ports/run-store.ts';
import type { StateFile } from './state-file.ts';
import { ifReadable } from './stored.ts';
import { readRequest, readRun, writeRequest, writeResult } from './stored-runs.ts';

const RUNNING = "SELECT count(*) FROM runs r WHERE r.state = 'running' AND r.team = q.team";

const NEXT_QUEUED = `
  UPDATE runs SET state = 'running', attempts = attempts + 1 WHERE id = (
    SELECT id FROM runs q WHERE state = 'queued' AND (
      (CASE WHEN json_valid(request) THEN request ->> '$.turnedAway' END) IS NOT NULL
      OR (NOT EXISTS (
            SELECT 1 FROM runs r WHERE r.state = 'running' AND r.team = q.team AND r.channel = q.channel AND r.thread = q.thread)
          AND (${RUNNING} AND r.user = q.user) < ? AND (${RUNNING}) < ?))
    ORDER BY created_at, rowid LIMIT 1) RETURNING *`;

const WAITING = `
  SELECT * FROM runs WHERE team = ? AND channel = ? AND thread = ? AND state IN ('queued', 'running') ORDER BY created_at, rowid`;

const EXPIRED = `
  UPDATE runs SET state = 'expired' WHERE id IN (
    SELECT id FROM runs WHERE state = 'clarifying' AND created_at < ? AND id NOT IN (SELECT run_id FROM choices)
    ORDER BY created_at LIMIT ?) RETURNING *`;

const NO_LIMITS: RunLimits = { perPerson: Number.MAX_SAFE_INTEGER, perTeam: Number.MAX_SAFE_INTEGER };

type Queue = Pick<
  RunStore,
  'lease' | 'requeue' | 'requeueLeft' | 'waiting' | 'ofMessage' | 'stopQueued' | 'restart' | 'expire'
>;

/** Which run is next, and what becomes of those that wait. */
export function sqliteRunQueue({ all, change, transaction }: StateFile): Queue {
  /** A typed reply as it was before it settled a question back, which is open again. */
  const unsettled = ({ settles: _, ...reply }: NewRun, settled: RunId): NewRun => {
    change('DELETE FROM choices WHERE run_id = ?', settled);
    return { ...reply, intent: { kind: 'any' }, turnedDown: [] };
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
      change(
        `UPDATE runs SET state = CASE WHEN attempts < ? THEN 'queued' ELSE 'failed' END
         WHERE state = 'running' AND id NOT IN (SELECT value FROM json_each(?))`,
        mostAttempts,
        JSON.stringify(held),
      ),
    waiting: async (team, { channel, thread }) =>
      all(WAITING, team, channel, thread).flatMap((row) => ifReadable(() => readRun(row)) ?? []),
    async ofMessage(team, channel, message) {
      const [row] = all('SELECT * FROM runs WHERE team = ? AND channel = ? AND cause = ?', team, channel, message);
      return row && readRun(row);
    },
    stopQueued: async (id, result) =>
      change(
        "UPDATE runs SET state = 'stopped', result = ? WHERE id = ? AND state = 'queued'",
        writeResult(result),
        id,
      ) === 1,
    restart: async (id, text) =>
      transaction(() => {
        const [row] = all("SELECT * FROM runs WHERE id = ? AND state IN ('queued', 'running')", id);
        if (!row) return false;
        const asked = readRequest(String(row.request), id);
        const request = asked.settles === undefined ? asked : unsettled(asked, asked.settles);
        change(
          "UPDATE runs SET state = 'queued', result = NULL, request = ? WHERE id = ?",
          writeRequest({ ...request, text }),
          id,
        );
        return true;
      }),
    expire: async (before, most) =>
      transaction(() => all(EXPIRED, before.toISOString(), most)).flatMap(
        (row) => ifReadable(() => readRun(row)) ?? [],
      ),
  };
}
