import { fail, ok, type Result } from '#src/domain/result.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import { EmbedderUnavailable } from '#src/ports/embedder.ts';
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
  /** What is known of databases before the question is read, as logits. */
  readonly prior?: ReadonlyMap<string, number>;
  /** How many tables to return; TABLES, if absent. */
  readonly limit?: number;
}

/** Finds the tables and databases that the question is about, among those the asker may read. */
export async function retrieve(
  input: RetrieveInput,
  ports: { readonly retriever: SchemaRetriever },
  signal: AbortSignal,
): Promise<Result<SchemaSlice>> {
  const databaseIds = input.databaseId
    ? [input.databaseId]
    : input.readable.filter((id) => !input.notDatabases.includes(id));
  try {
    const { text, prior, limit = TABLES } = input;
    return ok(await ports.retriever.retrieve({ text, databaseIds, limit, ...(prior ? { prior } : {}) }, signal));
  } catch (error) {
    if (signal.aborted) return fail({ kind: 'cancelled' });
    if (error instanceof EmbedderUnavailable) return fail({ kind: 'embedder-unavailable', cause: error });
    throw error;
  }
}
