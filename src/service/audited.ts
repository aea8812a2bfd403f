import { createHash } from 'node:crypto';
import type { Answer } from '#src/domain/answer.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { Question } from '#src/domain/question.ts';
import { fail } from '#src/domain/result.ts';
import { resultBytes } from '#src/domain/result-table.ts';
import { type AuditedPerson, type AuditLog, AuditUnavailable } from '#src/ports/audit.ts';
import type { Database } from '#src/ports/database.ts';

export interface AuditedRun {
  readonly run: string;
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
export function auditQuestion(audit: AuditLog, entry: QuestionEntry, at: Date): Failure | undefined {
  const { question, keepText, ...rest } = entry;
  const questionHash = createHash('sha256').update(question).digest('hex');
  return unless(() => audit.append({ kind: 'question', ...rest, questionHash, ...(keepText ? { question } : {}) }, at));
}

/** Writes down how a question ended and what was refused on the way. */
export function auditAnswer(audit: AuditLog, run: string, answer: Answer, at: Date): Failure | undefined {
  const tried = ('candidates' in answer && answer.candidates) || [];
  const refused = tried.flatMap(({ sql, attempt }) =>
    attempt?.kind === 'failed' ? [{ sql, code: attempt.failure.kind }] : [],
  );
  const database = 'databaseId' in answer && answer.databaseId ? { database: answer.databaseId } : {};
  const outcome = answer.kind === 'failure' ? answer.failure.kind : answer.kind;
  return unless(() => audit.append({ kind: 'answer', run, outcome, ...database, refused }, at));
}

/** The database whose every statement is written down before it runs, and its result after. What cannot be written is not run. */
export function auditedDatabase(database: Database, audit: AuditLog, about: AuditedRun, now: () => Date): Database {
  return {
    ...database,
    async run(sql, limits, signal) {
      const { run, who, scopeDigest } = about;
      const tables = sql.tables.map(({ schema, name }) => (schema === undefined ? name : `${schema}.${name}`));
      let of: number;
      try {
        const statement = { run, who, scopeDigest, database: database.id, sql: sql.text, tables };
        of = audit.append({ kind: 'statement', ...statement }, now());
      } catch (error) {
        if (!(error instanceof AuditUnavailable)) throw error;
        return fail(UNAVAILABLE);
      }
      const started = performance.now();
      const ran = await database.run(sql, limits, signal);
      const ms = Math.round(performance.now() - started);
      const size = ran.ok
        ? { code: 'ran', rows: ran.value.rows.length, bytes: resultBytes(ran.value) }
        : { code: ran.failure.kind, rows: 0, bytes: 0 };
      const unwritten = unless(() => audit.append({ kind: 'result', run, of, ...size, ms }, now()));
      return unwritten ? fail(unwritten) : ran;
    },
  };
}

export const personOf = ({ asker, channelId }: Pick<Question, 'asker' | 'channelId'>): AuditedPerson => ({
  teamId: asker.teamId,
  userId: asker.userId,
  ...(channelId === undefined ? {} : { channelId }),
});

function unless(write: () => unknown): Failure | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (error instanceof AuditUnavailable) return UNAVAILABLE;
    throw error;
  }
}
