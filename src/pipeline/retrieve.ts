import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';

/** Tables kept for a question: enough that every gold table is among them for 98 % of Spider's (docs/figures.md). */
const TABLES = 15;

export interface RetrieveInput {
  /** The question, earlier turns merged in. */
  readonly text: string;
  /** Databases that the asker may read. */
  readonly readable: readonly string[];
  /** The only database to look in, where one is settled. */
  readonly databaseId?: string;
  readonly notDatabases: readonly string[];
}

/** Finds the tables and databases that the question is about, among those the asker may read. */
export function retrieve(
  input: RetrieveInput,
  ports: { readonly retriever: SchemaRetriever },
  signal: AbortSignal,
): Promise<SchemaSlice> {
  const databaseIds = input.databaseId
    ? [input.databaseId]
    : input.readable.filter((id) => !input.notDatabases.includes(id));
  return ports.retriever.retrieve({ text: input.text, databaseIds, limit: TABLES }, signal);
}
