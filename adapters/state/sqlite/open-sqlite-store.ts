import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AccessRule } from '#src/domain/access.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import type { PastAnswer } from '#src/domain/past-answers.ts';
import {
  type NewRun,
  PAST_ANSWERS_READ,
  type RegisteredDatabase,
  type Run,
  type RunResult,
  type RunState,
  type Store,
  type StoredRoleReport,
} from '#src/ports/store.ts';

/** The layout of the file; raise it with a migration below it. */
const VERSION = 4;

const SCHEMA = `
  CREATE TABLE databases (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
  CREATE TABLE catalogs (database_id TEXT NOT NULL, version INTEGER NOT NULL, fingerprint TEXT NOT NULL, extracted_at TEXT NOT NULL,
    catalog TEXT NOT NULL, PRIMARY KEY (database_id, version)) STRICT;
  CREATE TABLE deliveries (key TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT;
  CREATE TABLE runs (id TEXT PRIMARY KEY, team TEXT NOT NULL, channel TEXT NOT NULL, thread TEXT NOT NULL, message TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL, request TEXT NOT NULL, result TEXT,
    UNIQUE (team, channel, message)) STRICT;
  CREATE INDEX runs_by_thread ON runs (team, channel, thread);
  CREATE INDEX runs_by_state ON runs (state, created_at);
  CREATE TABLE posted (run_id TEXT NOT NULL, part TEXT NOT NULL, ts TEXT NOT NULL, PRIMARY KEY (run_id, part)) STRICT;
  CREATE TABLE choices (run_id TEXT PRIMARY KEY, choice TEXT NOT NULL, chosen_by TEXT NOT NULL) STRICT;
  CREATE TABLE feedback (run_id TEXT NOT NULL, user TEXT NOT NULL, value TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (run_id, user)) STRICT;`;

const CORRECTIONS = 'CREATE TABLE corrections (run_id TEXT PRIMARY KEY, user TEXT NOT NULL, at TEXT NOT NULL) STRICT;';

const ACCESS = `
  CREATE TABLE access_rules (database_id TEXT PRIMARY KEY, rules TEXT NOT NULL) STRICT;
  CREATE TABLE secrets (id TEXT PRIMARY KEY, sealed TEXT NOT NULL) STRICT;
  CREATE TABLE role_reports (database_id TEXT PRIMARY KEY, report TEXT NOT NULL) STRICT;`;

const BY_PLACE = 'CREATE INDEX posted_by_ts ON posted (ts);';

/** What takes a file from each earlier layout to the next. */
const MIGRATIONS: Readonly<Record<number, string>> = { 1: CORRECTIONS, 2: ACCESS, 3: BY_PLACE };

/** The state of one deployment in one SQLite file, readable by its owner only. */
export function openSqliteStore(file: string): Store {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(file, { timeout: 5_000 });
  chmodSync(file, 0o600);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON');
  const found = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (found === 0)
    db.exec(`BEGIN; ${SCHEMA} ${CORRECTIONS} ${ACCESS} ${BY_PLACE} PRAGMA user_version = ${VERSION}; COMMIT`);
  else if (found < VERSION)
    for (let from = found; from < VERSION; from += 1)
      db.exec(`BEGIN; ${MIGRATIONS[from]} PRAGMA user_version = ${from + 1}; COMMIT`);
  else if (found !== VERSION)
    throw new Error(`${file} has layout ${found}, this version reads ${VERSION}. Use the version that wrote it.`);

  function transaction<T>(work: () => T): T {
    db.exec('BEGIN IMMEDIATE');
    try {
      const value = work();
      db.exec('COMMIT');
      return value;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }

  const all = (sql: string, ...values: (string | number)[]) =>
    db.prepare(sql).all(...values) as Record<string, string>[];
  const run = (sql: string, ...values: (string | number)[]) => Number(db.prepare(sql).run(...values).changes);

  /** A run to be answered, unless its message has one. */
  const queue = (request: NewRun, at: Date) =>
    run(
      "INSERT OR IGNORE INTO runs (id, team, channel, thread, message, state, created_at, request) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?)",
      request.id,
      request.team,
      request.channel,
      request.thread,
      request.message,
      at.toISOString(),
      JSON.stringify(request),
    );

  function removeRuns(ids: readonly string[]): number {
    for (const id of ids) {
      for (const table of ['posted', 'choices', 'feedback', 'corrections'])
        run(`DELETE FROM ${table} WHERE run_id = ?`, id);
      run('DELETE FROM runs WHERE id = ?', id);
    }
    return ids.length;
  }

  /** Runs that were answered from a database, and those asked of it that are done with. One under way still gets its answer. */
  const runsOf = (databaseId: string) =>
    all(
      `SELECT id FROM runs WHERE result ->> '$.databaseId' = ?
         OR (request ->> '$.databaseId' = ? AND state NOT IN ('queued', 'running'))`,
      databaseId,
      databaseId,
    ).map((row) => row.id!);

  /** Questions back that offered a database keep its name, by which it may be turned down, and nothing else of it. */
  function leaveOutOfOptions(databaseId: string): void {
    const offering = all(
      `SELECT id, result FROM runs WHERE result ->> '$.kind' = 'clarification'
         AND EXISTS (SELECT 1 FROM json_each(result, '$.options') WHERE value = ?)`,
      databaseId,
    );
    for (const { id, result: text } of offering) {
      const result = JSON.parse(text!) as RunResult;
      const optionWords = result.optionWords?.map((words, at) =>
        result.options?.[at] === databaseId ? databaseId : words,
      );
      run('UPDATE runs SET result = ? WHERE id = ?', JSON.stringify({ ...result, optionWords }), id!);
    }
  }

  return {
    databases: () =>
      all('SELECT record FROM databases ORDER BY id').map((row) => JSON.parse(row.record!) as RegisteredDatabase),
    saveDatabase: (database) =>
      void run('INSERT OR REPLACE INTO databases VALUES (?, ?)', database.id, JSON.stringify(database)),
    questionsOf: (id) => runsOf(id).length,
    removeDatabase: (id) => {
      const gone = transaction(() => {
        run('DELETE FROM databases WHERE id = ?', id);
        run('DELETE FROM catalogs WHERE database_id = ?', id);
        run('DELETE FROM access_rules WHERE database_id = ?', id);
        run('DELETE FROM role_reports WHERE database_id = ?', id);
        run('DELETE FROM secrets WHERE id = ?', id);
        leaveOutOfOptions(id);
        return removeRuns(runsOf(id));
      });
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return gone;
    },
    sealed: () => new Map(all('SELECT id, sealed FROM secrets ORDER BY id').map((row) => [row.id!, row.sealed!])),
    saveSealed: (secrets) =>
      transaction(() => {
        for (const [id, sealed] of secrets) run('INSERT OR REPLACE INTO secrets VALUES (?, ?)', id, sealed);
      }),
    accessRules: () =>
      all('SELECT rules FROM access_rules ORDER BY database_id').flatMap(
        (row) => JSON.parse(row.rules!) as AccessRule[],
      ),
    saveAccessRules: (databaseId, rules) =>
      void run('INSERT OR REPLACE INTO access_rules VALUES (?, ?)', databaseId, JSON.stringify(rules)),
    roleReport: (databaseId) => {
      const [row] = all('SELECT report FROM role_reports WHERE database_id = ?', databaseId);
      return row && (JSON.parse(row.report!) as StoredRoleReport);
    },
    saveRoleReport: (databaseId, report) =>
      void run('INSERT OR REPLACE INTO role_reports VALUES (?, ?)', databaseId, JSON.stringify(report)),
    saveCatalog: (catalog, at) =>
      transaction(() => {
        const text = JSON.stringify(catalog);
        const fingerprint = createHash('sha256').update(text).digest('hex');
        const [last] = all(
          'SELECT version, fingerprint FROM catalogs WHERE database_id = ? ORDER BY version DESC LIMIT 1',
          catalog.databaseId,
        );
        const version = Number(last?.version ?? 0);
        if (last?.fingerprint === fingerprint) {
          const same = [at.toISOString(), catalog.databaseId, version] as const;
          run('UPDATE catalogs SET extracted_at = ? WHERE database_id = ? AND version = ?', ...same);
          return version;
        }
        run(
          'INSERT INTO catalogs VALUES (?, ?, ?, ?, ?)',
          catalog.databaseId,
          version + 1,
          fingerprint,
          at.toISOString(),
          text,
        );
        return version + 1;
      }),
    catalogs: () =>
      all(
        'SELECT catalog FROM catalogs c WHERE version = (SELECT max(version) FROM catalogs WHERE database_id = c.database_id) ORDER BY database_id',
      ).map((row) => JSON.parse(row.catalog!) as DatabaseCatalog),

    readAt: (id) => {
      const [row] = all('SELECT max(extracted_at) AS at FROM catalogs WHERE database_id = ?', id);
      return row?.at ? new Date(row.at) : undefined;
    },

    record: (delivery, request, at) =>
      transaction(() => {
        if (run('INSERT OR IGNORE INTO deliveries VALUES (?, ?)', delivery, at.toISOString()) === 0) return false;
        if (request) queue(request, at);
        return true;
      }),
    lease: () =>
      transaction(() => {
        const [row] = all(
          `UPDATE runs SET state = 'running', attempts = attempts + 1 WHERE id = (
             SELECT id FROM runs q WHERE state = 'queued' AND NOT EXISTS (
               SELECT 1 FROM runs r WHERE r.state = 'running' AND r.team = q.team AND r.channel = q.channel AND r.thread = q.thread)
             ORDER BY created_at, message LIMIT 1) RETURNING *`,
        );
        return row && toRun(row);
      }),
    saveResult: (id, state, result) =>
      void run('UPDATE runs SET state = ?, result = ? WHERE id = ?', state, JSON.stringify(result), id),
    requeue: () => run("UPDATE runs SET state = 'queued' WHERE state = 'running'"),
    run: (id) => all('SELECT * FROM runs WHERE id = ?', id).map(toRun)[0],
    turns: (team, channel, thread, and = { channel, thread }) =>
      all(
        `SELECT * FROM runs WHERE team = ? AND (channel = ? AND thread = ? OR channel = ? AND thread = ?)
           AND state IN ('done', 'failed', 'clarifying') ORDER BY created_at, message`,
        team,
        channel,
        thread,
        and.channel,
        and.thread,
      ).map(toRun),

    askers: (team, channel, thread) =>
      all(
        'SELECT request FROM runs WHERE team = ? AND channel = ? AND thread = ? ORDER BY created_at, message',
        team,
        channel,
        thread,
      ).map((row) => (JSON.parse(row.request!) as NewRun).user),

    posted: (id, part) => all('SELECT ts FROM posted WHERE run_id = ? AND part = ?', id, part)[0]?.ts,
    savePosted: (id, part, ts) => void run('INSERT OR REPLACE INTO posted VALUES (?, ?, ?)', id, part, ts),
    privateRun: (team, channel, ts) =>
      all(
        `SELECT r.* FROM runs r JOIN posted p ON p.run_id = r.id
         WHERE r.team = ? AND p.ts = ? AND r.result ->> '$.privateTo' = ? AND p.part IN ('answer', 'clarify')`,
        team,
        ts,
        channel,
      ).map(toRun)[0],
    choose: (id, choice, next, at) =>
      transaction(() => {
        if (run('INSERT OR IGNORE INTO choices VALUES (?, ?, ?)', id, JSON.stringify(choice), next.user) === 0)
          return false;
        if (run('UPDATE runs SET request = ? WHERE id = ?', JSON.stringify(next), next.id) === 0) queue(next, at);
        return true;
      }),
    saveFeedback: (id, user, value, at) =>
      void run('INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)', id, user, value, at.toISOString()),
    isWrong: (id) =>
      all(
        `SELECT 1 FROM feedback WHERE run_id = ? AND value = 'down' UNION SELECT 1 FROM corrections WHERE run_id = ?`,
        id,
        id,
      ).length > 0,
    saveCorrection: (id, user, at) =>
      run('INSERT OR IGNORE INTO corrections VALUES (?, ?, ?)', id, user, at.toISOString()) === 1,
    pastAnswers: (team) =>
      all(
        `SELECT channel, request ->> '$.user' AS user, result ->> '$.text' AS text, result ->> '$.databaseId' AS database_id,
           CASE WHEN EXISTS (SELECT 1 FROM corrections c WHERE c.run_id = r.id) THEN 'wrong'
                WHEN (request ->> '$.databaseId' IS NOT NULL AND request ->> '$.reruns' IS NULL)
                  OR EXISTS (SELECT 1 FROM feedback f WHERE f.run_id = r.id AND f.value = 'up') THEN 'confirmed'
                ELSE 'unknown' END AS verdict
         FROM runs r WHERE (? = '' OR team = ?) AND state = 'done' AND result ->> '$.databaseId' IS NOT NULL
         ORDER BY created_at DESC, message DESC LIMIT ?`,
        team ?? '',
        team ?? '',
        PAST_ANSWERS_READ,
      ).map((row) => ({
        channelId: row.channel!,
        userId: row.user!,
        text: row.text!,
        databaseId: row.database_id!,
        verdict: row.verdict as PastAnswer['verdict'],
      })),
    verifiedAnswers: (team, asker, approvers) =>
      all(
        `SELECT result ->> '$.text' AS text, result ->> '$.databaseId' AS database_id, result ->> '$.sql' AS sql
         FROM runs r WHERE team = ? AND state = 'done' AND result ->> '$.sql' IS NOT NULL
           AND ((request ->> '$.user' = ? AND request ->> '$.chosenSql' IS NOT NULL)
             OR EXISTS (SELECT 1 FROM feedback f WHERE f.run_id = r.id AND f.value = 'up'
               AND (f.user = ? OR f.user IN (SELECT value FROM json_each(?)))))
           AND NOT EXISTS (SELECT 1 FROM feedback f WHERE f.run_id = r.id AND f.value = 'down')
           AND NOT EXISTS (SELECT 1 FROM corrections c WHERE c.run_id = r.id)
         ORDER BY created_at DESC, message DESC LIMIT ?`,
        team,
        asker,
        asker,
        JSON.stringify(approvers),
        PAST_ANSWERS_READ,
      ).map((row) => ({ text: row.text!, databaseId: row.database_id!, sql: row.sql! })),
    askedBack: (team, channel, before) => {
      const [row] = all(
        `SELECT count(*) AS asked, coalesce(sum(
           NOT EXISTS (SELECT 1 FROM choices c WHERE c.run_id = r.id)
           AND NOT EXISTS (SELECT 1 FROM runs l WHERE l.team = r.team AND l.channel = r.channel AND l.thread = r.thread
             AND l.created_at > r.created_at)), 0) AS ignored
         FROM runs r WHERE team = ? AND channel = ? AND state = 'clarifying' AND created_at < ?`,
        team,
        channel,
        before.toISOString(),
      );
      return { asked: Number(row!.asked), ignored: Number(row!.ignored) };
    },
    forget: (team, user) => {
      const gone = transaction(() => {
        const own =
          user === undefined
            ? all('SELECT id FROM runs WHERE team = ?', team)
            : all("SELECT id FROM runs WHERE team = ? AND request ->> '$.user' = ?", team, user);
        if (user !== undefined) {
          for (const table of ['feedback', 'corrections'])
            run(`DELETE FROM ${table} WHERE user = ? AND run_id IN (SELECT id FROM runs WHERE team = ?)`, user, team);
          run('DELETE FROM choices WHERE chosen_by = ? AND run_id IN (SELECT id FROM runs WHERE team = ?)', user, team);
        } else run("DELETE FROM deliveries WHERE key LIKE ? || ':%'", team);
        return removeRuns(own.map((row) => row.id!));
      });
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return gone;
    },
    prune: (before) =>
      transaction(() => {
        const at = before.toISOString();
        run('DELETE FROM deliveries WHERE at < ?', at);
        return removeRuns(all('SELECT id FROM runs WHERE created_at < ?', at).map((row) => row.id!));
      }),
    close: () => db.close(),
  };
}

function toRun(row: Record<string, string>): Run {
  const request = JSON.parse(row.request!) as NewRun;
  return {
    ...request,
    state: row.state as RunState,
    attempts: Number(row.attempts),
    ...(row.result ? { result: JSON.parse(row.result) as RunResult } : {}),
  };
}
