import { z } from 'zod';
import type { ChatMessage } from '#src/domain/chat.ts';

/** A database to choose from, as the model reads it: names and what matched, not the whole schema (sources.md#schema-selection). */
export interface ShownDatabase {
  readonly databaseId: string;
  readonly description?: string;
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[];
}

export const DatabaseChoiceReply = z.object({
  database: z.string(),
  confidence: z.coerce.number().min(0).max(1),
  why: z.string().default(''),
});

const RULES = `You choose the database that can answer a question. You see the names of databases, and for each the tables and
columns that look closest to the question.
- Every table and column the question needs must be in the one database you choose.
- Prefer a database whose tables are about the very things the question names over one that only shares common words (id, name, date).
- If two could answer equally well, choose the likelier and say a confidence of 0.5 or less.
Reply with one JSON object and nothing else: {"database": "<its name, exactly>", "confidence": <0 to 1>, "why": "<one short sentence>"}`;

export function chooseDatabasePrompt(question: string, databases: readonly ShownDatabase[]): ChatMessage[] {
  return [
    { role: 'system', content: RULES },
    { role: 'user', content: `${databases.map(sayDatabase).join('\n\n')}\n\nQuestion: ${question}` },
  ];
}

/** A database as a model reads it. */
export const sayDatabase = ({ databaseId, description, tables }: ShownDatabase): string =>
  `Database ${databaseId}${description ? `: ${description}` : ''}\n${tables
    .map(({ name, columns }) => `  ${name}(${columns.join(', ')})`)
    .join('\n')}`;
