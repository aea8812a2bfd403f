import type { Question } from '#src/domain/question.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';

/** Tables kept for a question: enough that every gold table is among them for 98 % of Spider's (docs/figures.md). */
const TABLES = 15;

/** Finds the tables and databases that the question is about, among those the asker may read. */
export function retrieve(
  input: { readonly question: Question; readonly text: string; readonly readable: readonly string[] },
  ports: { readonly retriever: SchemaRetriever },
  signal: AbortSignal,
): Promise<SchemaSlice> {
  const databaseIds = input.question.databaseId
    ? [input.question.databaseId]
    : input.readable.filter((id) => !input.question.notDatabases.includes(id));
  return ports.retriever.retrieve({ text: input.text, databaseIds, limit: TABLES }, signal);
}
