import { PART_KINDS } from '#src/domain/reading.ts';
import { FAULTS, type Review, type ReviewReason, type Settlement, type VerifiedOutcome } from '#src/domain/review.ts';
import { REASONS_READ, type ReviewFilter, type ReviewStore } from '#src/ports/review-store.ts';
import { registeredIn } from './registered-in.ts';
import { queueRun } from './runs.ts';
import type { StateFile } from './state-file.ts';
import { ifReadable, type StateRow } from './stored.ts';
import { readRun } from './stored-runs.ts';

/** Why runs are looked at, each of whatever table it is kept in. */
const REASONS = `
  SELECT run_id, 'handed-over' AS kind, user, at, NULL AS a, NULL AS b, NULL AS c FROM handed_over
  UNION ALL SELECT run_id, 'bad-answer', user, at, fault, note, NULL FROM feedback WHERE value = 'down'
  UNION ALL SELECT run_id, 'wrong-database', user, at, NULL, NULL, NULL FROM corrections
  UNION ALL SELECT run_id, 'reading-changed', user, at, part, was, becomes FROM reading_changes
  UNION ALL SELECT id, to_review, user, created_at, NULL, NULL, NULL FROM runs WHERE to_review IS NOT NULL`;

const WANTED: Readonly<Record<ReviewFilter['which'], string>> = {
  all: 'TRUE',
  open: 't.at IS NULL OR t.at < s.at',
  untold: 't.told = 0',
};

const reasonsThat = (which: ReviewFilter['which']) => `
  SELECT s.* FROM (${REASONS}) s JOIN runs r ON r.id = s.run_id LEFT JOIN settlements t ON t.run_id = s.run_id
  WHERE (? IS NULL OR r.team = ?) AND (? IS NULL OR r.id = ?) AND (${WANTED[which]})
  ORDER BY s.at DESC LIMIT ${REASONS_READ}`;

export function sqliteReviews(file: StateFile): ReviewStore {
  const { all, change, transaction } = file;

  function reviews({ team, run, which }: ReviewFilter): readonly Review[] {
    const [ofTeam, ofRun] = [team ?? null, run ?? null];
    const byRun = Map.groupBy(all(reasonsThat(which), ofTeam, ofTeam, ofRun, ofRun), (row) => String(row.run_id));
    return [...byRun].flatMap(([id, rows]) => reviewOf(file, id, rows));
  }

  return {
    reviews: async (of) => reviews(of),
    handOver: async (id, user, at) =>
      transaction(() => {
        const [known] = all('SELECT at FROM handed_over WHERE run_id = ? AND user = ?', id, user);
        const [settled] = all('SELECT at FROM settlements WHERE run_id = ?', id);
        if (known && !(settled && String(settled.at) >= String(known.at))) return false;
        change('INSERT OR REPLACE INTO handed_over VALUES (?, ?, ?)', id, user, at.toISOString());
        return true;
      }),
    settle: async (id, settlement, outcome) =>
      transaction(() => {
        const [review] = reviews({ run: id, which: 'open' });
        if (!review) return false;
        if (outcome && !keepOutcome(file, review, settlement, outcome)) return false;
        const { how, by, at, note = null } = settlement;
        change('INSERT OR REPLACE INTO settlements VALUES (?, ?, ?, ?, ?, 0)', id, how, by, at, note);
        return true;
      }),
    async saveTold(id, settledAt) {
      change('UPDATE settlements SET told = 1 WHERE run_id = ? AND at = ?', id, settledAt);
    },
    verifiedByTeam: async (team) =>
      all(
        'SELECT * FROM verified WHERE ? IS NULL OR team = ? ORDER BY at DESC, rowid DESC',
        team ?? null,
        team ?? null,
      ).map((row) => ({
        runId: String(row.run_id),
        databaseId: String(row.database_id),
        question: String(row.question),
        sql: String(row.sql),
        catalogVersion: Number(row.catalog_version),
        by: String(row.verified_by),
        at: String(row.at),
      })),
    withdrawVerified: async (id) => change('DELETE FROM verified WHERE run_id = ?', id) === 1,
    isDigestDue: async (team, user, day) =>
      all('SELECT day FROM digests WHERE team = ? AND user = ? AND day >= ?', team, user, day).length === 0,
    async saveDigest(team, user, day) {
      change(
        `INSERT INTO digests VALUES (?, ?, ?) ON CONFLICT (team, user) DO UPDATE SET day = excluded.day
         WHERE day < excluded.day`,
        ...[team, user, day],
      );
    },
  };
}

/** The answer that holds from now on, and the run that posts it; false where its database is gone. */
function keepOutcome(
  file: StateFile,
  { run }: Review,
  { by, at }: Omit<Settlement, 'told'>,
  { verified, next }: VerifiedOutcome,
): boolean {
  const { databaseId, question, sql } = verified;
  if (!registeredIn(file).has(databaseId)) return false;
  file.change(
    `INSERT OR REPLACE INTO verified VALUES (?, ?, ?, ?, ?, ?,
       (SELECT coalesce(max(version), 0) FROM catalogs WHERE database_id = ?), ?, ?)`,
    ...[run.id, run.team, run.user, databaseId, question, sql, databaseId, by, at],
  );
  queueRun(file, next, new Date(at));
  return true;
}

/** Nothing where the run cannot be read: it keeps no other from being looked at. */
function reviewOf({ all }: StateFile, id: string, rows: readonly StateRow[]): Review[] {
  const [row] = all('SELECT * FROM runs WHERE id = ?', id);
  const run = row && ifReadable(() => readRun(row));
  if (!row || !run) return [];
  const [settled] = all('SELECT * FROM settlements WHERE run_id = ?', id);
  const reasons = rows.flatMap((one) => reasonOf(one) ?? []);
  return [{ run, askedAt: String(row.created_at), reasons, ...(settled ? { settled: settlementOf(settled) } : {}) }];
}

function reasonOf({ kind, user, at, a, b, c }: StateRow): ReviewReason | undefined {
  const common = { by: String(user), at: String(at) };
  switch (kind) {
    case 'handed-over':
    case 'wrong-database':
    case 'declined':
    case 'unsure':
      return { ...common, kind };
    case 'bad-answer': {
      const fault = FAULTS.find((one) => one === a);
      return { ...common, kind, ...(fault ? { fault } : {}), ...(b === null ? {} : { note: String(b) }) };
    }
    case 'reading-changed': {
      const part = PART_KINDS.find((one) => one === a);
      return part && { ...common, kind, change: { part, from: String(b), to: String(c) } };
    }
    default:
      return undefined;
  }
}

const settlementOf = ({ how, settled_by, at, note, told }: StateRow): Settlement => ({
  how: how === 'verified' ? 'verified' : 'dismissed',
  by: String(settled_by),
  at: String(at),
  ...(note === null ? {} : { note: String(note) }),
  told: told === 1,
});
