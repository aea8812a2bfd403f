import { type DatabaseCatalog, findTable, type Table, tableLabel } from '#src/domain/catalog.ts';
import type { ChatMessage } from '#src/domain/chat.ts';
import type { DatabaseScore, SchemaSlice, TableScore } from '#src/domain/schema-slice.ts';
import { type ChatModel, ModelUnavailable } from '#src/ports/chat-model.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { chooseDatabasePrompt, DatabaseChoiceReply } from '#src/prompts/choose-database.ts';
import { readJsonReply } from '#src/prompts/json-reply.ts';
import { selectTablesPrompt, TableSelectionReply } from '#src/prompts/select-tables.ts';

/** Databases shown to the model, tables of each, and columns of a table. */
const DATABASES_SHOWN = 5;
const TABLES_SHOWN = 6;
const COLUMNS_SHOWN = 15;
/** A choice less sure than this keeps the second database beside it (clsr.md 6.3). */
const SURE = 0.6;
const MAX_TABLES = 12;
const MAX_COLUMNS = 120;
const MOST_TOKENS = 800;

export interface Selected {
  readonly slice: SchemaSlice;
  /** What came of it, for the trace. */
  readonly note: string;
}

/**
 * Schema selection with a model, first part (CRED-SQL's third component; clsr.md 6.3, S1): which of the databases that
 * retrieval found can answer. The chosen one's tables come first; a model that is down or unclear leaves the slice as it is.
 */
export async function chooseDatabase(
  question: string,
  slice: SchemaSlice,
  ports: { readonly model: ChatModel; readonly catalogOf: SchemaRetriever['catalogOf'] },
  signal: AbortSignal,
): Promise<Selected> {
  const shown = slice.databases.slice(0, DATABASES_SHOWN);
  if (shown.length < 2) return { slice, note: 'one database only' };
  const choices = shown.map(({ databaseId }) => {
    const description = ports.catalogOf(databaseId)?.description;
    return {
      databaseId,
      ...(description ? { description } : {}),
      tables: tablesOf(slice, databaseId, ports.catalogOf(databaseId)).map((table) => ({
        name: table.name,
        columns: table.columns.slice(0, COLUMNS_SHOWN).map((column) => column.name),
      })),
    };
  });
  const text = await replyOf(ports.model, chooseDatabasePrompt(question, choices), signal);
  if (text === undefined) return { slice, note: 'the model server is not answering' };
  const reply = readJsonReply(text, DatabaseChoiceReply);
  const chosen = shown.find(({ databaseId }) => databaseId.toLowerCase() === reply?.database.trim().toLowerCase());
  if (!reply || !chosen) return { slice, note: 'the model named none of them' };
  return {
    slice: withFirst(slice, chosen, reply.confidence),
    note: `${chosen.databaseId} at ${reply.confidence}: ${reply.why}`,
  };
}

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

/**
 * Second part (S2): which tables and columns of the chosen database a query needs. Names are checked against the catalog,
 * unknown ones are asked about once more, and keys are always kept, with a table that alone connects two kept ones.
 */
export async function selectTables(
  question: string,
  catalog: DatabaseCatalog,
  ranked: readonly Table[],
  ports: { readonly model: ChatModel },
  signal: AbortSignal,
): Promise<{ readonly tables: readonly Table[]; readonly note: string }> {
  const candidates = ranked.slice(0, MAX_TABLES);
  const schema = renderTables(candidates, catalog);
  let faults: readonly string[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const text = await replyOf(ports.model, selectTablesPrompt(question, schema, faults), signal);
    if (text === undefined) return { tables: ranked, note: 'the model server is not answering' };
    const reply = readJsonReply(text, TableSelectionReply);
    const read = reply ? readSelection(reply.tables, candidates) : { tables: [], faults: ['a JSON object'] };
    if (read.tables.length && !read.faults.length) {
      const kept = withBridges(read.tables, catalog);
      return { tables: capColumns(kept), note: kept.map(({ name }) => name).join(', ') };
    }
    faults = read.faults;
  }
  return { tables: ranked, note: 'the selection could not be read; all tables are kept' };
}

function renderTables(tables: readonly Table[], catalog: DatabaseCatalog): string {
  const lines = tables.map(
    (table) => `  ${tableLabel(table, catalog.engine)}(${table.columns.map(({ name }) => name).join(', ')})`,
  );
  const keys = tables.flatMap((table) =>
    table.foreignKeys.map(
      (key) => `  ${table.name}.${key.columns.join('+')} = ${key.targetTable}.${key.targetColumns.join('+')}`,
    ),
  );
  return [...lines, ...(keys.length ? ['Foreign keys:', ...keys] : [])].join('\n');
}

function readSelection(
  selection: Readonly<Record<string, 'keep_all' | readonly string[]>>,
  candidates: readonly Table[],
): { readonly tables: Table[]; readonly faults: string[] } {
  const faults: string[] = [];
  const tables = Object.entries(selection).flatMap(([name, columns]): Table[] => {
    const bare = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
    const table = candidates.find((one) => one.name.toLowerCase() === bare);
    if (!table) {
      faults.push(name);
      return [];
    }
    if (columns === 'keep_all') return [table];
    const wanted = new Set(columns.map((one) => one.toLowerCase()));
    for (const column of columns)
      if (!table.columns.some((one) => one.name.toLowerCase() === column.toLowerCase()))
        faults.push(`${name}.${column}`);
    const keys = new Set(
      [...table.primaryKey, ...table.foreignKeys.flatMap((key) => key.columns)].map((one) => one.toLowerCase()),
    );
    const kept = table.columns.filter(({ name: own }) => wanted.has(own.toLowerCase()) || keys.has(own.toLowerCase()));
    return [{ ...table, columns: kept }];
  });
  return { tables, faults };
}

/** Adds a table when two kept ones are connected by keys through it alone. */
function withBridges(tables: readonly Table[], catalog: DatabaseCatalog): Table[] {
  const names = new Set(tables.map(({ name }) => name));
  const linked = (a: Table, b: Table) =>
    a.foreignKeys.some((key) => key.targetTable.toLowerCase() === b.name.toLowerCase()) ||
    b.foreignKeys.some((key) => key.targetTable.toLowerCase() === a.name.toLowerCase());
  const bridges = catalog.tables.filter((middle) => {
    if (names.has(middle.name)) return false;
    const ends = tables.filter((table) => linked(middle, table));
    return ends.some((a) => ends.some((b) => a !== b && !linked(a, b)));
  });
  return [...tables, ...bridges];
}

/** At most MAX_COLUMNS columns in all: later tables are cut first; a table keeps its keys whatever happens. */
function capColumns(tables: readonly Table[]): Table[] {
  let left = MAX_COLUMNS;
  return tables.slice(0, MAX_TABLES).map((table) => {
    const columns = table.columns.filter(
      ({ name }, at) =>
        at < left || table.primaryKey.includes(name) || table.foreignKeys.some((key) => key.columns.includes(name)),
    );
    left = Math.max(0, left - columns.length);
    return columns.length === table.columns.length ? table : { ...table, columns };
  });
}

/** The model's reply; undefined when its server cannot be reached. */
async function replyOf(
  model: ChatModel,
  messages: readonly ChatMessage[],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await model.reply({ messages, temperature: 0.1, maxTokens: MOST_TOKENS }, signal)).text;
  } catch (error) {
    if (error instanceof ModelUnavailable) return undefined;
    throw error;
  }
}

/** The tables of a selection with all their columns. */
export const wholeTables = (selected: readonly Table[], catalog: DatabaseCatalog): Table[] =>
  selected.flatMap((table) => findTable(catalog, table.name, table.schema) ?? []);
