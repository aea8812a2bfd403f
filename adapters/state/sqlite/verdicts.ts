import { PART_KINDS } from '#src/domain/reading.ts';
import { PAST_ANSWERS_READ, type RunStore } from '#src/ports/run-store.ts';
import { RUNS } from './runs.ts';
import type { StateFile } from './state-file.ts';

type Verdicts = Pick<
  RunStore,
  | 'saveFeedback'
  | 'isWrong'
  | 'saveCorrection'
  | 'saveReadingChange'
  | 'readingChanges'
  | 'pastAnswers'
  | 'verifiedAnswers'
  | 'askedBack'
>;

/**
 * A rerun names its database, what costs a lot is run because somebody wants it run, and a changed reading answers to other words than
 * were asked: none says that it is right.
 */
const CHOSEN_BY_A_PERSON = `request ->> '$.reruns' IS NULL AND request ->> '$.intent.changed' IS NULL AND (request ->> '$.intent.kind' = 'from'
  OR (request ->> '$.intent.kind' = 'chosen' AND NOT request ->> '$.intent.costAccepted'))`;

const PAST_ANSWERS = `
  SELECT channel, user, result ->> '$.text' AS text, result ->> '$.databaseId' AS database_id, result ->> '$.sql' AS sql,
    CASE WHEN EXISTS (SELECT 1 FROM corrections c WHERE c.run_id = r.id) THEN 'wrong'
         WHEN (${CHOSEN_BY_A_PERSON}) OR EXISTS (SELECT 1 FROM feedback f WHERE f.run_id = r.id AND f.value = 'up')
         THEN 'confirmed' ELSE 'unknown' END AS verdict
  FROM ${RUNS} r WHERE (? IS NULL OR team = ?) AND state = 'done' AND result ->> '$.databaseId' IS NOT NULL
  ORDER BY created_at DESC, nth DESC LIMIT ${PAST_ANSWERS_READ}`;

/** With the pluses they are found by their ids: those of all time, or of a state, are many. */
const VERIFIED_ANSWERS = `
  SELECT result ->> '$.text' AS text, result ->> '$.databaseId' AS database_id, result ->> '$.sql' AS sql
  FROM ${RUNS} r WHERE id IN (SELECT run_id FROM feedback WHERE value = 'up' UNION SELECT id FROM runs WHERE team = ?1 AND user = ?2)
    AND +team = ?1 AND +state = 'done' AND result ->> '$.sql' IS NOT NULL AND request ->> '$.intent.changed' IS NULL
    AND ((user = ?2 AND request ->> '$.intent.kind' = 'chosen' AND NOT request ->> '$.intent.costAccepted')
      OR EXISTS (SELECT 1 FROM feedback f WHERE f.run_id = r.id AND f.value = 'up'
        AND (f.user = ?2 OR f.user IN (SELECT value FROM json_each(?3)))))
    AND NOT EXISTS (SELECT 1 FROM feedback f WHERE f.run_id = r.id AND f.value = 'down')
    AND NOT EXISTS (SELECT 1 FROM corrections c WHERE c.run_id = r.id)
  ORDER BY created_at DESC, nth DESC LIMIT ${PAST_ANSWERS_READ}`;

const BY_THE_TEAM = `
  SELECT question AS text, database_id, sql FROM verified WHERE team = ? ORDER BY at DESC, rowid DESC LIMIT ${PAST_ANSWERS_READ}`;

const READING_CHANGES = `
  SELECT c.run_id, c.user, c.at, c.part, c.was, c.becomes, r.result ->> '$.text' AS text,
    r.result ->> '$.databaseId' AS database_id, r.result ->> '$.sql' AS sql
  FROM reading_changes c JOIN ${RUNS} r ON r.id = c.run_id
  WHERE (? IS NULL OR r.team = ?) AND r.result ->> '$.sql' IS NOT NULL
  ORDER BY c.at DESC, c.rowid DESC LIMIT ${PAST_ANSWERS_READ}`;

const ASKED_BACK = `
  SELECT count(*) AS asked, coalesce(sum(
    NOT EXISTS (SELECT 1 FROM choices c WHERE c.run_id = r.id)
    AND NOT EXISTS (SELECT 1 FROM runs l WHERE l.team = r.team AND l.channel = r.channel AND l.thread = r.thread
      AND l.created_at > r.created_at)), 0) AS ignored
  FROM runs r WHERE team = ? AND channel = ? AND state IN ('clarifying', 'expired') AND created_at < ?`;

/** What people said of answers, and what earlier answers say about where a question belongs. */
export function sqliteVerdicts({ all, change }: StateFile): Verdicts {
  return {
    async saveFeedback(id, user, value, at, { fault = null, note = null } = {}) {
      change(
        'INSERT OR REPLACE INTO feedback (run_id, user, value, at, fault, note) VALUES (?, ?, ?, ?, ?, ?)',
        ...[id, user, value, at.toISOString(), fault, note],
      );
    },
    isWrong: async (id) =>
      all(
        `SELECT 1 FROM feedback WHERE run_id = ? AND value = 'down' UNION SELECT 1 FROM corrections WHERE run_id = ?`,
        id,
        id,
      ).length > 0,
    saveCorrection: async (id, user, at) =>
      change('INSERT OR IGNORE INTO corrections VALUES (?, ?, ?)', id, user, at.toISOString()) === 1,
    async saveReadingChange(id, user, { part, from, to }, at) {
      change(
        'INSERT OR REPLACE INTO reading_changes VALUES (?, ?, ?, ?, ?, ?)',
        id,
        user,
        at.toISOString(),
        part,
        from,
        to,
      );
    },
    readingChanges: async (team) =>
      all(READING_CHANGES, team ?? null, team ?? null).flatMap((row) => {
        const part = PART_KINDS.find((kind) => kind === row.part);
        if (!part) return [];
        return {
          runId: String(row.run_id),
          userId: String(row.user),
          at: String(row.at),
          text: String(row.text),
          databaseId: String(row.database_id),
          sql: String(row.sql),
          change: { part, from: String(row.was), to: String(row.becomes) },
        };
      }),
    pastAnswers: async (team) =>
      all(PAST_ANSWERS, team ?? null, team ?? null).map(({ channel, user, text, database_id, sql, verdict }) => ({
        channelId: String(channel),
        userId: String(user),
        text: String(text),
        databaseId: String(database_id),
        ...(sql === null || sql === undefined ? {} : { sql: String(sql) }),
        verdict: verdict === 'wrong' || verdict === 'confirmed' ? verdict : 'unknown',
      })),
    verifiedAnswers: async (team, asker, approvers) =>
      [...all(BY_THE_TEAM, team), ...all(VERIFIED_ANSWERS, team, asker, JSON.stringify(approvers))].map(
        ({ text, database_id, sql }) => ({ text: String(text), databaseId: String(database_id), sql: String(sql) }),
      ),
    async askedBack(team, channel, before) {
      const [row] = all(ASKED_BACK, team, channel, before.toISOString());
      return { asked: Number(row?.asked ?? 0), ignored: Number(row?.ignored ?? 0) };
    },
  };
}
