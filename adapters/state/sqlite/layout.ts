import type { DatabaseSync } from 'node:sqlite';
import { newerRun } from './older-runs.ts';
import { digestOf } from './stored.ts';

/** The layout of the file; raise it with a migration below it. */
export const LAYOUT = 12;

const CORRECTIONS = 'CREATE TABLE corrections (run_id TEXT PRIMARY KEY, user TEXT NOT NULL, at TEXT NOT NULL) STRICT;';

const READING_CHANGES = `
  CREATE TABLE reading_changes (run_id TEXT NOT NULL, user TEXT NOT NULL, at TEXT NOT NULL, part TEXT NOT NULL, was TEXT NOT NULL,
    becomes TEXT NOT NULL, PRIMARY KEY (run_id, user, part, was, becomes)) STRICT;`;

const ACCESS = `
  CREATE TABLE access_rules (database_id TEXT PRIMARY KEY, rules TEXT NOT NULL) STRICT;
  CREATE TABLE secrets (id TEXT PRIMARY KEY, sealed TEXT NOT NULL) STRICT;
  CREATE TABLE role_reports (database_id TEXT PRIMARY KEY, report TEXT NOT NULL) STRICT;`;

const SETUPS = 'CREATE TABLE setups (id TEXT PRIMARY KEY, at TEXT NOT NULL, setup TEXT NOT NULL) STRICT;';

const BY_PLACE = 'CREATE INDEX posted_by_ts ON posted (ts);';

const TRACES = `
  CREATE TABLE traces (run_id TEXT PRIMARY KEY, team TEXT NOT NULL, user TEXT NOT NULL, at TEXT NOT NULL, database_id TEXT,
    outcome TEXT NOT NULL, trace TEXT NOT NULL) STRICT;
  CREATE INDEX traces_by_time ON traces (at);`;

/** A delivery is known by the digest of its key, so that what names a person or a workspace in one is not kept. */
const DELIVERIES = 'CREATE TABLE deliveries (digest TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT;';

/** The database stands beside the record, which so names none: a new name is given, and a removal made, in one place. */
const REQUESTS = `
  CREATE TABLE requests (id TEXT PRIMARY KEY, team TEXT NOT NULL, user TEXT NOT NULL, database_id TEXT, at TEXT NOT NULL,
    request TEXT NOT NULL, decided_by TEXT, decision TEXT) STRICT;
  CREATE TABLE request_runs (request_id TEXT NOT NULL, run_id TEXT NOT NULL, PRIMARY KEY (request_id, run_id)) STRICT;
  CREATE TABLE request_messages (request_id TEXT NOT NULL, user TEXT NOT NULL, part TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT,
    shows TEXT NOT NULL, PRIMARY KEY (request_id, user, part)) STRICT;`;

/** What the data team looks at and decides, what it says of the data, and what a person's Home shows. */
const REVIEWS = `
  CREATE INDEX runs_to_review ON runs (created_at) WHERE to_review IS NOT NULL;
  CREATE INDEX runs_by_user ON runs (team, user, created_at);
  CREATE TABLE handed_over (run_id TEXT NOT NULL, user TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (run_id, user)) STRICT;
  CREATE TABLE settlements (run_id TEXT PRIMARY KEY, how TEXT NOT NULL, settled_by TEXT NOT NULL, at TEXT NOT NULL, note TEXT,
    told INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE verified (run_id TEXT PRIMARY KEY, team TEXT NOT NULL, asker TEXT NOT NULL, database_id TEXT NOT NULL,
    question TEXT NOT NULL, sql TEXT NOT NULL, catalog_version INTEGER NOT NULL, verified_by TEXT NOT NULL, at TEXT NOT NULL) STRICT;
  CREATE TABLE digests (team TEXT NOT NULL, user TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (team, user)) STRICT;
  CREATE TABLE descriptions (database_id TEXT NOT NULL, about TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (database_id, about)) STRICT;
  CREATE TABLE saved (run_id TEXT NOT NULL, user TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (run_id, user)) STRICT;
  CREATE TABLE homes (team TEXT NOT NULL, user TEXT NOT NULL, page INTEGER NOT NULL, PRIMARY KEY (team, user)) STRICT;`;

/** Questions with their queries that were written over a database before anybody asked. */
const EXPLORED = `
  CREATE TABLE explored (database_id TEXT NOT NULL, number INTEGER NOT NULL, pair TEXT NOT NULL, PRIMARY KEY (database_id, number)) STRICT;`;

/** To whom the bot listens, which database a channel is mostly about, and since when nobody is known to have asked there. */
const CONVERSATIONS = `
  CREATE TABLE thread_modes (team TEXT NOT NULL, channel TEXT NOT NULL, thread TEXT NOT NULL, mode TEXT NOT NULL,
    PRIMARY KEY (team, channel, thread)) STRICT;
  CREATE TABLE channel_databases (team TEXT NOT NULL, channel TEXT NOT NULL, database_id TEXT NOT NULL,
    PRIMARY KEY (team, channel)) STRICT;
  CREATE TABLE disengaged (team TEXT NOT NULL, channel TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (team, channel)) STRICT;`;

const SCHEMA = `
  CREATE TABLE databases (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
  CREATE TABLE catalogs (database_id TEXT NOT NULL, version INTEGER NOT NULL, fingerprint TEXT NOT NULL, extracted_at TEXT NOT NULL,
    catalog TEXT NOT NULL, PRIMARY KEY (database_id, version)) STRICT;
  CREATE TABLE runs (id TEXT PRIMARY KEY, team TEXT NOT NULL, channel TEXT NOT NULL, thread TEXT NOT NULL, cause TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL, request TEXT NOT NULL, result TEXT,
    user TEXT NOT NULL DEFAULT '', to_review TEXT, UNIQUE (team, channel, cause)) STRICT;
  CREATE INDEX runs_by_thread ON runs (team, channel, thread);
  CREATE INDEX runs_by_state ON runs (state, created_at);
  CREATE TABLE posted (run_id TEXT NOT NULL, part TEXT NOT NULL, ts TEXT NOT NULL, PRIMARY KEY (run_id, part)) STRICT;
  CREATE TABLE choices (run_id TEXT PRIMARY KEY, choice TEXT NOT NULL, chosen_by TEXT NOT NULL) STRICT;
  CREATE TABLE feedback (run_id TEXT NOT NULL, user TEXT NOT NULL, value TEXT NOT NULL, at TEXT NOT NULL, fault TEXT, note TEXT,
    PRIMARY KEY (run_id, user)) STRICT;
  ${CORRECTIONS} ${ACCESS} ${BY_PLACE} ${TRACES} ${DELIVERIES} ${READING_CHANGES} ${REQUESTS} ${REVIEWS} ${SETUPS} ${EXPLORED}
  ${CONVERSATIONS}`;

/** What takes a file from each earlier layout to the next, and an empty one to the last. */
export const MIGRATIONS: Readonly<Record<number, (db: DatabaseSync) => void>> = {
  0: (db) => db.exec(SCHEMA),
  1: (db) => db.exec(CORRECTIONS),
  2: (db) => db.exec(ACCESS),
  3: (db) => db.exec(BY_PLACE),
  4: (db) => {
    db.exec(TRACES);
    digestDeliveries(db);
    rewriteRuns(db);
  },
  5: (db) => db.exec(READING_CHANGES),
  6: (db) => db.exec(REQUESTS),
  7: (db) =>
    db.exec(`ALTER TABLE runs ADD COLUMN to_review TEXT;
      ALTER TABLE feedback ADD COLUMN fault TEXT; ALTER TABLE feedback ADD COLUMN note TEXT; ${REVIEWS}`),
  8: (db) => db.exec(SETUPS),
  9: (db) => db.exec(EXPLORED),
  10: (db) => db.exec(CONVERSATIONS),
  // Of what had expired before it was said then.
  11: (db) => db.exec("INSERT OR IGNORE INTO posted SELECT id, 'expired', '' FROM runs WHERE state = 'expired'"),
};

function digestDeliveries(db: DatabaseSync): void {
  db.exec(`ALTER TABLE deliveries RENAME TO older_deliveries; ${DELIVERIES}`);
  const add = db.prepare('INSERT INTO deliveries VALUES (?, ?)');
  for (const { key, at } of db.prepare('SELECT key, at FROM older_deliveries').all())
    add.run(digestOf(String(key)), String(at));
  db.exec('DROP TABLE older_deliveries');
}

/**
 * A run that cannot be read is left as it is, and so is one whose cause another has: whoever reads it is told, and no other is
 * kept from being read.
 */
function rewriteRuns(db: DatabaseSync): void {
  db.exec("ALTER TABLE runs RENAME COLUMN message TO cause; ALTER TABLE runs ADD COLUMN user TEXT NOT NULL DEFAULT ''");
  const rows = db.prepare('SELECT id, team, channel, cause, request, result FROM runs').all();
  const keyOf = (...parts: readonly unknown[]) => JSON.stringify(parts);
  const ids = new Map(rows.map(({ id, team, channel, cause }) => [keyOf(team, channel, cause), String(id)]));
  const update = db.prepare('UPDATE OR IGNORE runs SET cause = ?, request = ?, result = ?, user = ? WHERE id = ?');
  for (const { id, team, channel, request, result } of rows) {
    const runOf = (key: string) => ids.get(keyOf(team, channel, key));
    const run = newerRun(String(request), result === null ? null : String(result), runOf);
    if (run) update.run(run.cause, run.request, run.result, run.user, String(id));
  }
}
