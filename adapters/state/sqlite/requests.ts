import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Decision, isSameRequest, type PermissionRequest, stateOf } from '#src/domain/permission-request.ts';
import type { RequestMessage, RequestStore } from '#src/ports/request-store.ts';
import { rulesOf, saveRules } from './records-of-database.ts';
import { registeredIn } from './registered-in.ts';
import { queueRun } from './runs.ts';
import type { StateFile } from './state-file.ts';
import { ifReadable, readStored, type StateRow, text, versioned, writeVersioned } from './stored.ts';

/** What is stored of a request beside its columns. */
const Request = z
  .strictObject({
    ...versioned,
    wants: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('access') }),
      z.strictObject({ kind: z.literal('costly-run'), sqlDigest: text, costs: text }),
    ]),
    reason: z.exactOptional(text),
    expiresAt: text,
  })
  .transform(({ version: _, ...request }) => request);

const DecisionRecord: z.ZodType<Decision> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('approved'), by: text, at: text, until: z.exactOptional(text) }),
  z.strictObject({ kind: z.literal('declined'), by: text, at: text, reason: z.exactOptional(text) }),
]);

const Message: z.ZodType<RequestMessage> = z.strictObject({
  to: text,
  part: z.enum(['decide', 'outcome']),
  channel: text,
  ts: z.exactOptional(text),
  shows: z.enum(['open', 'approved', 'declined', 'expired']),
});

const LATEST_FIRST = 'ORDER BY at DESC, rowid DESC';

/** What people ask of owners and admins. */
export function sqliteRequests(file: StateFile): RequestStore {
  const { all, change, transaction } = file;

  const runsOf = (id: string) =>
    all('SELECT run_id FROM request_runs WHERE request_id = ? ORDER BY rowid', id).map((row) => String(row.run_id));
  const readRequest = (row: StateRow): PermissionRequest => {
    const what = `the request ${String(row.id)}`;
    return {
      id: String(row.id),
      teamId: String(row.team),
      userId: String(row.user),
      runIds: runsOf(String(row.id)),
      at: String(row.at),
      ...(row.database_id === null ? {} : { databaseId: String(row.database_id) }),
      ...readStored(Request, String(row.request), what),
      ...(row.decision === null ? {} : { decision: readStored(DecisionRecord, String(row.decision), what) }),
    };
  };
  const readable = (rows: readonly StateRow[]) => rows.flatMap((row) => ifReadable(() => readRequest(row)) ?? []);

  return {
    saveRequest: async (request, now) =>
      transaction(() => {
        const { id, teamId, userId, databaseId, at, wants, reason, expiresAt, runIds } = request;
        const own = readable(all(`SELECT * FROM requests WHERE team = ? AND user = ? ${LATEST_FIRST}`, teamId, userId));
        const open = own.find((one) => stateOf(one, now) === 'open' && isSameRequest(one, request));
        if (!open)
          change(
            'INSERT INTO requests (id, team, user, database_id, at, request) VALUES (?, ?, ?, ?, ?, ?)',
            ...[id, teamId, userId, databaseId ?? null, at],
            writeVersioned({ wants, ...(reason === undefined ? {} : { reason }), expiresAt }),
          );
        const joins = open?.id ?? id;
        const added = runIds.map((run) => change('INSERT OR IGNORE INTO request_runs VALUES (?, ?)', joins, run));
        if (!open) return { id, state: 'new' };
        return { id: joins, state: added.some((count) => count > 0) ? 'joined' : 'told' };
      }),
    async request(id) {
      const [row] = all('SELECT * FROM requests WHERE id = ?', id);
      return row && readRequest(row);
    },
    requests: async () => readable(all(`SELECT * FROM requests ${LATEST_FIRST}`)),
    requestsOf: async (run) =>
      readable(
        all(
          `SELECT * FROM requests WHERE id IN (SELECT request_id FROM request_runs WHERE run_id = ?) ${LATEST_FIRST}`,
          run,
        ),
      ),
    decideRequest: async (id, decision, { databaseId, rules, runs }, now) =>
      transaction(() => {
        const [row] = all('SELECT * FROM requests WHERE id = ?', id);
        if (!row || stateOf(readRequest(row), now) !== 'open') return 'too-late';
        if (rules) {
          const same = isDeepStrictEqual(rulesOf(file, rules.databaseId), rules.before);
          if (!same || !registeredIn(file).has(rules.databaseId)) return 'rules-changed';
          saveRules(file, rules.databaseId, rules.after);
        }
        change(
          'UPDATE requests SET decision = ?, decided_by = ?, database_id = ? WHERE id = ?',
          ...[JSON.stringify(decision), decision.by, databaseId ?? row.database_id ?? null, id],
        );
        for (const run of runs) queueRun(file, run, now);
        return 'decided';
      }),

    async saveRequestMessage(id, { to, part, channel, ts, shows }) {
      change(
        'INSERT OR REPLACE INTO request_messages VALUES (?, ?, ?, ?, ?, ?)',
        id,
        to,
        part,
        channel,
        ts ?? null,
        shows,
      );
    },
    requestMessages: async (id) =>
      all('SELECT user, part, channel, ts, shows FROM request_messages WHERE request_id = ? ORDER BY rowid', id).map(
        ({ user, ts, ...rest }) =>
          readStored(
            Message,
            JSON.stringify({ ...rest, to: user, ...(ts === null ? {} : { ts }) }),
            `the messages of the request ${id}`,
          ),
      ),
  };
}
