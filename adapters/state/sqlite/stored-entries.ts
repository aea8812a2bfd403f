import { z } from 'zod';
import type { AuditEntry } from '#src/domain/audit-entry.ts';

const text = z.string();
const who = z.strictObject({ teamId: text, userId: text, channelId: z.exactOptional(text) });

const Entry: z.ZodType<AuditEntry> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('question'),
    run: text,
    who,
    questionHash: text,
    question: z.exactOptional(text),
    scopeDigest: text,
    policyVersion: text,
    model: z.exactOptional(text),
  }),
  z.strictObject({
    kind: z.literal('statement'),
    run: text,
    who,
    database: text,
    sql: text,
    tables: z.array(text),
    scopeDigest: text,
  }),
  z.strictObject({
    kind: z.literal('result'),
    run: text,
    of: z.number(),
    code: text,
    rows: z.number(),
    bytes: z.number(),
    ms: z.number(),
  }),
  z.strictObject({
    kind: z.literal('answer'),
    run: text,
    outcome: text,
    database: z.exactOptional(text),
    refused: z.array(z.strictObject({ sql: text, code: text })),
  }),
  z.strictObject({ kind: z.literal('change'), who, what: text, before: z.unknown(), after: z.unknown() }),
]);

/** A stored entry of the audit; nothing where it was damaged or another version wrote it. */
export function readEntry(stored: string): AuditEntry | undefined {
  try {
    return Entry.parse(JSON.parse(stored));
  } catch {
    return undefined;
  }
}

/** What is left of an entry that could not be read once it was emptied. */
export const EMPTIED = '{"kind":"unreadable"}';

/** An entry without the person and their words: that something happened stays, by whom and about what goes. */
export function withoutPerson(entry: AuditEntry, at: Date): AuditEntry {
  const nobody = { teamId: 'forgotten', userId: 'forgotten' };
  const mark = `forgotten ${at.toISOString().slice(0, 10)}`;
  switch (entry.kind) {
    case 'question': {
      const { question: _, ...rest } = entry;
      return { ...rest, who: nobody, questionHash: mark };
    }
    case 'statement':
      return { ...entry, who: nobody, sql: mark };
    case 'answer':
      return { ...entry, refused: [] };
    case 'change':
      return { ...entry, who: nobody };
    case 'result':
      return entry;
  }
}
