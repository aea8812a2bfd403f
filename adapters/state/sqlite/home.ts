import type { AskedRun, HomeStore } from '#src/ports/home-store.ts';
import { RUNS } from './runs.ts';
import type { StateFile } from './state-file.ts';
import { ifReadable, type StateRow } from './stored.ts';
import { readRun } from './stored-runs.ts';

const RECENT = `
  SELECT * FROM runs WHERE team = ? AND user = ? AND state IN ('done', 'failed', 'clarifying') AND result IS NOT NULL
  ORDER BY created_at DESC, rowid DESC LIMIT ?`;

const SAVED = `
  SELECT r.* FROM saved s JOIN runs r ON r.id = s.run_id WHERE r.team = ? AND s.user = ? ORDER BY s.at DESC, s.rowid DESC LIMIT ?`;

const ASKED_OF = `
  SELECT result ->> '$.databaseId' AS database_id, count(*) AS asked, total(state = 'failed') AS failed
  FROM ${RUNS} WHERE created_at >= ? AND result ->> '$.databaseId' IS NOT NULL GROUP BY 1`;

const USAGE = `
  SELECT count(*) AS questions, total(state = 'done') AS answered, total(to_review = 'declined') AS declined
  FROM runs WHERE (? IS NULL OR team = ?) AND created_at >= ?`;

const VERDICTS = `
  SELECT total(value = 'up') AS good, total(value = 'down') AS bad
  FROM feedback f JOIN runs r ON r.id = f.run_id WHERE (? IS NULL OR r.team = ?) AND f.at >= ?`;

const TOKENS = `
  SELECT total(c.value ->> '$.promptTokens') + total(c.value ->> '$.completionTokens') AS tokens
  FROM traces t, json_each(CASE WHEN json_valid(t.trace) THEN t.trace ELSE '{}' END, '$.entries') e, json_each(e.value, '$.calls') c
  WHERE (? IS NULL OR t.team = ?) AND t.at >= ?`;

export function sqliteHome({ all, change }: StateFile): HomeStore {
  return {
    recentRuns: async (team, user, limit) =>
      all(RECENT, team, user, 3 * limit)
        .flatMap(askedRun)
        .filter(({ run }) => run.result?.kind !== 'courtesy')
        .slice(0, limit),
    savedRuns: async (team, user, limit) => all(SAVED, team, user, limit).flatMap(askedRun),
    saveAnswer: async (id, user, at) =>
      change('INSERT OR IGNORE INTO saved VALUES (?, ?, ?)', id, user, at.toISOString()) === 1,
    unsaveAnswer: async (id, user) => change('DELETE FROM saved WHERE run_id = ? AND user = ?', id, user) === 1,
    async openHome(team, user, page) {
      change('INSERT OR REPLACE INTO homes VALUES (?, ?, ?)', team, user, page);
    },
    async homePage(team, user) {
      const [row] = all('SELECT page FROM homes WHERE team = ? AND user = ?', team, user);
      return row && Number(row.page);
    },
    askedOf: async (since) =>
      all(ASKED_OF, since.toISOString()).map(({ database_id, asked, failed }) => ({
        databaseId: String(database_id),
        asked: Number(asked),
        failed: Number(failed),
      })),
    async usage(team, since) {
      const of = [team ?? null, team ?? null, since.toISOString()] as const;
      const [[runs], [verdicts], [spent]] = [all(USAGE, ...of), all(VERDICTS, ...of), all(TOKENS, ...of)];
      const number = (value: StateRow[string] | undefined) => Number(value ?? 0);
      return {
        questions: number(runs?.questions),
        answered: number(runs?.answered),
        declined: number(runs?.declined),
        good: number(verdicts?.good),
        bad: number(verdicts?.bad),
        tokens: number(spent?.tokens),
      };
    },
  };
}

const askedRun = (row: StateRow): AskedRun[] => {
  const run = ifReadable(() => readRun(row));
  return run ? [{ run, askedAt: String(row.created_at) }] : [];
};
