import { z } from 'zod';
import type { ChatMessage } from '#src/domain/chat.ts';

/** For each table that is kept, its columns, or all of them. */
export const TableSelectionReply = z.object({
  tables: z.record(z.string(), z.union([z.literal('keep_all'), z.array(z.string())])),
});

const RULES = `You pick the tables and columns of one database that a query for a question needs.
- Keep every table that the query has to read, those that only join others included. When in doubt, keep it.
- For a table of at most 10 columns write "keep_all". For a wider one list its needed columns, the most relevant first, at least 6.
- Keep primary and foreign key columns of the tables you keep. Leave out tables that have nothing to do with the question.
Reply with one JSON object and nothing else, names exactly as shown: {"tables": {"<table>": "keep_all", "<table>": ["<column>", …]}}

Example
Tables:
  head(head_ID, name, born_state, age)
  management(department_ID, head_ID, temporary_acting)
  city(City_ID, Name, Population)
Question: Which department heads were born in California?
{"tables": {"head": "keep_all"}}`;

/** @param schema the candidate tables in M-Schema, or as `table(column, …)` lines, with their foreign keys. */
export function selectTablesPrompt(question: string, schema: string, faults: readonly string[] = []): ChatMessage[] {
  const again = faults.length ? `\n\nYour last reply named what is not there: ${faults.join(', ')}. Reply again.` : '';
  return [
    { role: 'system', content: RULES },
    { role: 'user', content: `Tables:\n${schema}\n\nQuestion: ${question}${again}` },
  ];
}
