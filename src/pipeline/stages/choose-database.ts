import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import type { ChatMessage } from '#src/domain/chat.ts';
import type { DatabaseScore, SchemaSlice, TableScore } from '#src/domain/schema-slice.ts';
import type { DatabaseChoiceHow } from '#src/domain/trace.ts';
import type { ChatModel } from '#src/ports/chat-model.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { chooseDatabasePrompt, DatabaseChoiceReply, type ShownDatabase } from '#src/prompts/choose-database.ts';
import { readJsonReply } from '#src/prompts/json-reply.ts';

/** Databases shown to the model, tables of each, and columns of a table. */
const DATABASES_SHOWN = 5;
const TABLES_SHOWN = 6;
const COLUMNS_SHOWN = 15;
/** A choice less sure than this keeps the second database beside it (sources.md#schema-selection). */
const SURE = 0.6;
const MOST_TOKENS = 800;

export interface ChosenSlice {
  readonly slice: SchemaSlice;
  /** What came of it. */
  readonly how: DatabaseChoiceHow;
  readonly databaseId?: string;
  readonly confidence?: number;
  readonly why?: string;
  /** The model named a database and is sure enough that it can answer. */
  readonly sure?: boolean;
}

/**
 * Schema selection with a model (CRED-SQL's third component; sources.md#schema-selection; its choice of tables and columns is schema linking): which of the databases that
 * retrieval found can answer. The chosen one's tables come first; a model that is down or unclear leaves the slice as it is.
 */
export async function chooseDatabase(
  question: string,
  slice: SchemaSlice,
  ports: { readonly model: ChatModel; readonly catalogOf: SchemaRetriever['catalogOf'] },
  signal: AbortSignal,
): Promise<ChosenSlice> {
  const shown = slice.databases.slice(0, DATABASES_SHOWN);
  if (shown.length < 2) return { slice, how: 'only-one' };
  const text = await replyOf(
    ports.model,
    chooseDatabasePrompt(question, shownDatabases(slice, ports.catalogOf)),
    signal,
  );
  if (text === undefined) return { slice, how: 'not-answering' };
  const reply = readJsonReply(text, DatabaseChoiceReply);
  const chosen = shown.find(({ databaseId }) => databaseId.toLowerCase() === reply?.database.trim().toLowerCase());
  if (!reply || !chosen) return { slice, how: 'named-none' };
  return {
    slice: withFirst(slice, chosen, reply.confidence),
    sure: reply.confidence >= SURE,
    how: 'chose',
    databaseId: chosen.databaseId,
    confidence: reply.confidence,
    why: reply.why,
  };
}

/** The first databases as a model reads them, each with its nearest tables. */
export const shownDatabases = (slice: SchemaSlice, catalogOf: SchemaRetriever['catalogOf']): readonly ShownDatabase[] =>
  slice.databases.slice(0, DATABASES_SHOWN).map(({ databaseId }) => {
    const description = catalogOf(databaseId)?.description;
    return {
      databaseId,
      ...(description ? { description } : {}),
      tables: tablesOf(slice, databaseId, catalogOf(databaseId)).map((table) => ({
        name: table.name,
        columns: table.columns.slice(0, COLUMNS_SHOWN).map((column) => column.name),
      })),
    };
  });

function tablesOf(slice: SchemaSlice, databaseId: string, catalog: DatabaseCatalog | undefined): readonly Table[] {
  const found = slice.tables.filter((one) => one.databaseId === databaseId).map(({ table }) => table);
  const others = (catalog?.tables ?? []).filter((table) => !found.includes(table));
  return [...found, ...others].slice(0, TABLES_SHOWN);
}

/** The slice with a database's tables before all others; a sure choice leaves no others, an unsure one the second's. */
function withFirst(slice: SchemaSlice, chosen: DatabaseScore, confidence: number): SchemaSlice {
  const others = slice.databases.filter((one) => one !== chosen);
  const left = others.reduce((sum, { probability }) => sum + probability, 0) || 1;
  const kept = new Set([chosen.databaseId, ...(confidence < SURE && others[0] ? [others[0].databaseId] : [])]);
  const of = (one: TableScore) => (one.databaseId === chosen.databaseId ? 0 : kept.has(one.databaseId) ? 1 : 2);
  return {
    ...slice,
    databases: [
      { ...chosen, probability: confidence },
      ...others.map((one) => ({ ...one, probability: (one.probability / left) * (1 - confidence) })),
    ],
    tables: [...slice.tables].sort((a, b) => of(a) - of(b) || b.score - a.score),
  };
}

/** The model's reply; undefined when its server cannot be reached. */
async function replyOf(
  model: ChatModel,
  messages: readonly ChatMessage[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const reply = await model.reply({ messages, temperature: 0.1, maxTokens: MOST_TOKENS }, signal);
  return reply.ok ? reply.value.choices[0]!.text : undefined;
}
