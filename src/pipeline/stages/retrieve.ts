import { fail, ok, type Result } from '#src/domain/result.ts';
import type { SchemaSlice } from '#src/domain/schema-slice.ts';
import { EmbedderUnavailable } from '#src/ports/embedder.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { VectorsUnavailable } from '#src/ports/vector-collection.ts';

/** Tables kept for a question: enough that every gold table is among them for 98 % of Spider's (docs/figures.md). */
const TABLES = 15;

export interface RetrieveInput {
  /** The question, earlier turns merged in. */
  readonly text: string;
  /** Databases that the asker may read. */
  readonly readable: readonly string[];
  /** The only database to look in, where one is settled. */
  readonly databaseId?: string;
  readonly turnedDown: readonly string[];
  /** What is known of databases before the question is read, as logits. */
  readonly prior?: ReadonlyMap<string, number>;
  /** How many tables to return; TABLES, if absent. */
  readonly limit?: number;
  /** The clusters of columns that were found are told, too. */
  readonly explain?: boolean;
}

/**
 * Finds the tables and databases that the question is about, among those the asker may read and has not turned down. What was
 * turned down keeps its share of the probability, as the chance that none of the others is meant either: one that is left over is
 * not sure for being alone.
 */
export async function retrieve(
  input: RetrieveInput,
  ports: { readonly retriever: SchemaRetriever },
  signal: AbortSignal,
): Promise<Result<SchemaSlice>> {
  const { text, prior, readable, turnedDown, limit = TABLES, explain = false } = input;
  const look = (databaseIds: readonly string[], limit: number) =>
    ports.retriever.retrieve({ text, databaseIds, limit, explain, ...(prior ? { prior } : {}) }, signal);
  try {
    if (input.databaseId) return ok(await look([input.databaseId], limit));
    const left = readable.filter((id) => !turnedDown.includes(id));
    const slice = await look(left, limit);
    return ok(left.length < readable.length ? lessSure(slice, await look(readable, 1)) : slice);
  } catch (error) {
    if (signal.aborted) return fail({ kind: 'cancelled' });
    if (error instanceof EmbedderUnavailable) return fail({ kind: 'embedder-unavailable', cause: error });
    if (error instanceof VectorsUnavailable) return fail({ kind: 'index-unavailable', cause: error });
    throw error;
  }
}

function lessSure(left: SchemaSlice, all: SchemaSlice): SchemaSlice {
  const ids = new Set(left.databases.map((one) => one.databaseId));
  const turnedDown = all.databases.filter((one) => !ids.has(one.databaseId));
  const share = Math.max(0, 1 - turnedDown.reduce((sum, { probability }) => sum + probability, 0));
  return { ...left, databases: left.databases.map((one) => ({ ...one, probability: share * one.probability })) };
}
