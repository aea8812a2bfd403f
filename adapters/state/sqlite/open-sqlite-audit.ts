import type { DatabaseSync } from 'node:sqlite';
import type { AuditEntry, ChainCheck, ForgottenEntries } from '#src/domain/audit-entry.ts';
import type { TeamId, UserId } from '#src/domain/ids.ts';
import type { AuditLog } from '#src/ports/audit.ts';
import { type EntryRow, hashOf, headOf, openAuditFile, rowsOf, STATEMENT_OF_RESULT } from './audit-file.ts';
import { EMPTIED, readEntry, withoutPerson } from './stored-entries.ts';

/** The audit in a SQLite file of its own, readable by its owner only. A file that is damaged is told at first use, and nothing runs. */
export function openSqliteAudit(name: string): AuditLog {
  const file = openAuditFile(name);
  return {
    append: async (entry, at) => file.transaction((db) => append(db, entry, at)),
    async *entries(since) {
      const rows = file.use((db) => rowsOf(db, since?.toISOString()));
      for (let next = file.use(() => rows.next()); !next.done; next = file.use(() => rows.next())) {
        const { seq, at, hash, entry } = next.value;
        yield { ...(readEntry(entry) ?? { kind: 'unreadable' }), seq, at, hash };
      }
    },
    async verify() {
      try {
        return file.reading(checkChain);
      } catch (error) {
        const cause = error instanceof Error ? error.cause : undefined;
        return { kind: 'broken', seq: 0, why: `the file cannot be read (${cause ?? error})` };
      }
    },
    engineMs: async (of, teamId, since) => file.use((db) => engineMs(db, of, teamId, since.toISOString())),
    prune: async (before) => file.transaction((db) => prune(db, before.toISOString())),
    async forget(teamId, userId, at) {
      const forgotten = file.transaction((db) => forget(db, teamId, userId, at));
      file.use((db) => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
      return forgotten;
    },
    close: async () => file.close(),
  };
}

function append(db: DatabaseSync, entry: AuditEntry, at: Date): number {
  const head = headOf(db);
  const seq = head.seq + 1;
  const [when, text] = [at.toISOString(), JSON.stringify(entry)];
  const hash = hashOf(head.hash, seq, when, text);
  const who = 'who' in entry ? entry.who : undefined;
  db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)').run(
    ...[seq, when, who?.teamId ?? null, who?.userId ?? null, who?.channelId ?? null, text, hash],
  );
  db.prepare('UPDATE head SET seq = ?, hash = ?').run(seq, hash);
  return seq;
}

/** Statements of the time by whose they are, then each one's result by its number: what others asked, and what is older, is not read. */
export const engineMsOf = (column: 'team' | 'user' | 'channel'): string =>
  `SELECT total((SELECT total(json_extract(entry, '$.ms')) FROM entries WHERE ${STATEMENT_OF_RESULT} = s.seq)) AS ms
     FROM entries s WHERE s.team = ? AND s.${column} = ? AND s.at >= ?`;

function engineMs(db: DatabaseSync, of: Parameters<AuditLog['engineMs']>[0], teamId: TeamId, since: string): number {
  const [column, value] =
    'all' in of
      ? (['team', teamId] as const)
      : 'userId' in of
        ? (['user', of.userId] as const)
        : (['channel', of.channelId] as const);
  return Number(db.prepare(engineMsOf(column)).get(teamId, value, since)?.ms ?? 0);
}

function checkChain(db: DatabaseSync): ChainCheck {
  const head = headOf(db);
  let [seq, before] = [head.baseSeq, head.baseHash];
  for (const row of rowsOf(db)) {
    if (row.seq !== seq + 1) return { kind: 'broken', seq: seq + 1, why: 'an entry is missing' };
    if (hashOf(before, row.seq, row.at, row.entry) !== row.hash)
      return { kind: 'broken', seq: row.seq, why: 'an entry was changed' };
    [seq, before] = [row.seq, row.hash];
  }
  return seq === head.seq && before === head.hash
    ? { kind: 'sound', entries: seq - head.baseSeq }
    : { kind: 'broken', seq: seq + 1, why: 'the last entries are missing' };
}

/** Entries that are not as they were written, or that follow one that was taken out. */
function changedEntries(db: DatabaseSync): ReadonlySet<number> {
  const changed = new Set<number>();
  let before = headOf(db).baseHash;
  for (const row of rowsOf(db)) {
    if (hashOf(before, row.seq, row.at, row.entry) !== row.hash) changed.add(row.seq);
    before = row.hash;
  }
  return changed;
}

/**
 * Writes the chain anew over what is left.
 * @param changed entries that were changed before: they get a hash that can be none, so that they still show.
 */
function sealAnew(db: DatabaseSync, changed: ReadonlySet<number>): void {
  const head = headOf(db);
  let [last, before] = [head.baseSeq, head.baseHash];
  const update = db.prepare('UPDATE entries SET hash = ? WHERE seq = ?');
  for (const row of rowsOf(db)) {
    const hash = hashOf(before, row.seq, row.at, row.entry);
    before = changed.has(row.seq) ? `changed:${hash}` : hash;
    update.run(before, row.seq);
    last = row.seq;
  }
  db.prepare('UPDATE head SET seq = max(seq, ?), hash = ?').run(last, before);
}

/** Lets go of the entries up to the first that is not from before a time. How many they were. */
function prune(db: DatabaseSync, before: string): number {
  const kept = db.prepare('SELECT min(seq) AS seq FROM entries WHERE at >= ?').get(before)?.seq;
  const last = Number(kept ?? headOf(db).seq + 1) - 1;
  const changed = changedEntries(db);
  const gone = Number(db.prepare('DELETE FROM entries WHERE seq <= ?').run(last).changes);
  if (!gone) return 0;
  db.prepare('UPDATE head SET base_seq = ?, base_hash = ?').run(last, `pruned:${last}`);
  sealAnew(db, changed);
  return gone;
}

/** Takes a person, or a whole workspace, out of every entry of theirs and of their runs. */
function forget(db: DatabaseSync, teamId: TeamId, userId: UserId | undefined, at: Date): ForgottenEntries {
  const isOwn: IsOwn = (team, user) => team === teamId && (userId ?? user) === user;
  const runs = runsOf(db, isOwn);
  const changedBefore = changedEntries(db);
  const update = db.prepare('UPDATE entries SET entry = ?, team = NULL, user = NULL, channel = NULL WHERE seq = ?');
  const unreadable: number[] = [];
  let changed = 0;
  for (const row of rowsOf(db)) {
    const entry = readEntry(row.entry);
    if (!entry && row.team === undefined && row.entry !== EMPTIED) unreadable.push(row.seq);
    const isTheirs = entry && !('who' in entry) ? runs.has(entry.run) : isOwn(...personOf(row, entry));
    if (!isTheirs) continue;
    update.run(entry ? JSON.stringify(withoutPerson(entry, at)) : EMPTIED, row.seq);
    changed += 1;
  }
  if (changed) sealAnew(db, changedBefore);
  return { changed, unreadable };
}

type IsOwn = (team: TeamId | undefined, user: UserId | undefined) => boolean;

/** Whose an entry is: by itself, or where it cannot be read by what stands beside it. */
const personOf = (row: EntryRow, entry: AuditEntry | undefined): Parameters<IsOwn> =>
  entry && 'who' in entry ? [entry.who.teamId, entry.who.userId] : [row.team, row.user];

function runsOf(db: DatabaseSync, isOwn: IsOwn): ReadonlySet<string> {
  const runs = new Set<string>();
  for (const row of rowsOf(db)) {
    const entry = readEntry(row.entry);
    if (entry && 'who' in entry && 'run' in entry && isOwn(...personOf(row, entry))) runs.add(entry.run);
  }
  return runs;
}
