import { createHash } from 'node:crypto';
import type { Answer } from '#src/domain/answer.ts';
import type { AuditEntry, AuditedPerson } from '#src/domain/audit-entry.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { RunId } from '#src/domain/ids.ts';
import { channelOf, type Question } from '#src/domain/question.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { resultBytes } from '#src/domain/result-table.ts';
import { type AuditLog, AuditUnavailable } from '#src/ports/audit.ts';
import type { Database } from '#src/ports/database.ts';

export { AuditUnavailable } from '#src/ports/audit.ts';

export interface AuditedRun {
  readonly run: RunId;
  readonly who: AuditedPerson;
  readonly scopeDigest: string;
}

export interface QuestionEntry extends AuditedRun {
  readonly question: string;
  readonly keepText: boolean;
  readonly policyVersion: string;
  readonly model?: string;
}

const UNAVAILABLE: Failure = { kind: 'audit-unavailable' };

/** Writes a question down before anything is done about it. The failure says that it could not be, and then nothing may be. */
export function auditQuestion(audit: AuditLog, entry: QuestionEntry, at: Date): Promise<Failure | undefined> {
  const { question, keepText, ...rest } = entry;
  const text = keepText ? { question } : {};
  return written(audit, { kind: 'question', ...rest, questionHash: hashOf(question), ...text }, at);
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Writes down how a question ended and what was refused on the way. */
export function auditAnswer(audit: AuditLog, run: RunId, answer: Answer, at: Date): Promise<Failure | undefined> {
  const tried = ('candidates' in answer && answer.candidates) || [];
  const refused = tried.flatMap(({ sql, attempt }) =>
    attempt?.kind === 'failed' ? [{ sql, code: attempt.failure.kind }] : [],
  );
  const database = 'databaseId' in answer && answer.databaseId ? { database: answer.databaseId } : {};
  const outcome = answer.kind === 'failure' ? answer.failure.kind : answer.kind;
  return written(audit, { kind: 'answer', run, outcome, ...database, refused }, at);
}

/** Writes down a change that an admin makes, before it is made. */
export function auditChange(
  audit: AuditLog,
  change: Omit<Extract<AuditEntry, { readonly kind: 'change' }>, 'kind'>,
  at: Date,
): Promise<Failure | undefined> {
  return written(audit, { kind: 'change', ...change }, at);
}

/** The database whose every statement is written down before it runs, and its result after. What cannot be written is not run. */
export function auditedDatabase(database: Database, audit: AuditLog, about: AuditedRun, now: () => Date): Database {
  return {
    ...database,
    async run(sql, limits, signal) {
      const { run, who, scopeDigest } = about;
      const tables = sql.tables.map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`));
      const statement = { run, who, scopeDigest, database: database.id, sql: sql.text, tables };
      const of = await appended(audit, { kind: 'statement', ...statement }, now());
      if (!of.ok) return of;
      const started = performance.now();
      const ran = await database.run(sql, limits, signal);
      const ms = Math.round(performance.now() - started);
      const size = ran.ok
        ? { code: 'ran', rows: ran.value.rows.length, bytes: resultBytes(ran.value) }
        : { code: ran.failure.kind, rows: 0, bytes: 0 };
      const unwritten = await written(audit, { kind: 'result', run, of: of.value, ...size, ms }, now());
      return unwritten ? fail(unwritten) : ran;
    },
  };
}

export function personOf({ asker, place }: Pick<Question, 'asker' | 'place'>): AuditedPerson {
  const channelId = channelOf(place);
  return { teamId: asker.teamId, userId: asker.userId, ...(channelId === undefined ? {} : { channelId }) };
}

async function appended(audit: AuditLog, entry: AuditEntry, at: Date): Promise<Result<number>> {
  try {
    return ok(await audit.append(entry, at));
  } catch (error) {
    if (error instanceof AuditUnavailable) return fail(UNAVAILABLE);
    throw error;
  }
}

async function written(audit: AuditLog, entry: AuditEntry, at: Date): Promise<Failure | undefined> {
  const made = await appended(audit, entry, at);
  return made.ok ? undefined : made.failure;
}
