import { type DatabaseCatalog, findTable, type Table } from '#src/domain/catalog.ts';
import { type MSchema, mSchemaText, valueKey } from '#src/domain/m-schema.ts';
import type { LinkedSchema, NamedValue, RankedSchema } from '#src/domain/schema-slice.ts';
import type { StageRecord } from '#src/domain/trace.ts';
import { explain } from '#src/edl/explain.ts';
import type { ChatModel, CountTokens } from '#src/ports/chat-model.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { VectorsUnavailable } from '#src/ports/vector-collection.ts';
import { visit } from '#src/sql/query-ir.ts';
import { fitSchema, LEAST_TOKENS_A_COLUMN } from '../support/linking/fit-schema.ts';
import { type KeptColumns, keepAlso, keyOf, withKeys } from '../support/linking/keep-columns.ts';
import { readKeywords } from '../support/linking/read-keywords.ts';
import { selectColumns } from '../support/linking/select-columns.ts';

export interface LinkSettings {
  /** A database whose whole M-Schema is no longer than this is shown whole. */
  readonly wholeTokens: number;
  /** Tokens of a schema in a prompt at most. */
  readonly budgetTokens: number;
  /** What is kept of a database that is not shown whole: columns, or (to compare with) as many whole tables as take no more tokens. */
  readonly keeps: 'columns' | 'tables';
  /** Rounds of the column selector: the first is precise, a second adds what it left out (XiYan V2 uses 2; 0: no model). */
  readonly rounds: number;
}

/** A column selector reads the schema once to shorten it for those who read it after: docs/figures.md says where it pays. */
export const LINK_SETTINGS: LinkSettings = { wholeTokens: 2_500, budgetTokens: 4_000, keeps: 'columns', rounds: 1 };

export interface LinkInput {
  readonly text: string;
  readonly hint: string;
  readonly schema: RankedSchema;
  readonly settings: LinkSettings;
  readonly askerId: string;
  /** Columns that a draft of the query uses (RSL-SQL, sources.md#drafted-columns): kept in the wide schema. */
  readonly drafted: readonly (readonly [table: Table, column: string])[];
}

type LinkRecord = Extract<StageRecord, { readonly stage: 'link' }>;

export interface LinkPorts {
  readonly retriever: SchemaRetriever;
  readonly linker?: ChatModel;
  readonly countTokens: CountTokens;
}

/** Columns a phrase that retrieval gives (sources.md#column-retrieval). */
const COLUMNS_A_PHRASE = 5;
/** Tables beside those with a hit that are kept whole, the most relevant first. */
const WHOLE_TABLES = 8;

/**
 * Schema linking (sources.md#schema-linking): a small database goes whole; of a large one, the tables that retrieval ranks first, with the
 * columns near the question's phrases and those that hold its values, of which a model then selects. Keys and the tables between
 * kept ones always stay.
 */
export async function link(
  input: LinkInput,
  ports: LinkPorts,
  signal: AbortSignal,
): Promise<{ readonly linked: LinkedSchema; readonly record: LinkRecord }> {
  const { catalog, ranked } = input.schema;
  const { wholeTokens, budgetTokens } = input.settings;
  const values = ports.retriever.valuesNamed(catalog.databaseId, `${input.text} ${input.hint}`);
  const all: MSchema = { catalog, tables: catalog.tables, values: valuesByColumn(values) };
  const done = (how: LinkRecord['how'], retrieved: MSchema, precise: MSchema, wide: MSchema, tokens: number) => ({
    linked: { ...input.schema, precise, wide, values },
    record: {
      stage: 'link' as const,
      how,
      tables: precise.tables.map(({ name }) => name),
      tablesOf: catalog.tables.length,
      columnsRetrieved: columnsIn(retrieved),
      columnsKept: columnsIn(precise),
      tokens,
      values: values.map(({ table, column, value }) => `${table.name}.${column.name} = ${value}`),
    },
  });
  const whole = wholeFits(all, wholeTokens, ports.countTokens);
  if (whole !== undefined) return done('whole', all, all, all, whole);
  if (input.settings.keeps === 'tables') {
    const kept = await link({ ...input, settings: { ...input.settings, keeps: 'columns' } }, ports, signal);
    const { text } = fitSchema(kept.linked.precise, ranked, budgetTokens, ports.countTokens);
    const { shown, tokens } = fitSchema({ ...all, tables: ranked }, ranked, ports.countTokens(text), ports.countTokens);
    return done('retrieved', shown, shown, shown, tokens);
  }

  const retrieved = await retrieveColumns(input, values, ports, signal);
  const wide = { ...all, tables: withKeys(catalog, keepAlso(retrieved, input.drafted)) };
  const fitted = fitSchema(wide, ranked, budgetTokens, ports.countTokens);
  if (!ports.linker || input.settings.rounds === 0 || fitted.tokens <= wholeTokens)
    return done('retrieved', wide, wide, wide, fitted.tokens);

  const kept = await selectInRounds(input, wide, ports.linker, ports.countTokens, signal);
  if (!kept) return done('none-selected', wide, wide, wide, fitted.tokens);
  const precise = { ...all, tables: withKeys(catalog, keepAlso(kept.first, input.drafted)) };
  const second = kept.second ? { ...all, tables: withKeys(catalog, keepAlso(kept.second, input.drafted)) } : precise;
  return done('selected', wide, precise, second, fitted.tokens);
}

const columnsIn = ({ tables }: MSchema) => tables.reduce((sum, { columns }) => sum + columns.length, 0);

/** The tokens of the whole schema, if it is short enough. */
function wholeFits(all: MSchema, most: number, countTokens: CountTokens): number | undefined {
  const columns = all.tables.reduce((sum, table) => sum + table.columns.length, 0);
  if (columns * LEAST_TOKENS_A_COLUMN > most) return undefined;
  const tokens = countTokens(mSchemaText(all, { style: 'linked' }));
  return tokens <= most ? tokens : undefined;
}

function valuesByColumn(values: readonly NamedValue[]): ReadonlyMap<string, readonly string[]> {
  const byColumn = new Map<string, string[]>();
  for (const { table, column, value } of values) {
    const key = valueKey(table, column);
    byColumn.set(key, [...(byColumn.get(key) ?? []), value]);
  }
  return byColumn;
}

/** S_rtrv: whole tables that rank first, columns near a phrase, and columns that hold a named value. */
async function retrieveColumns(
  { text, hint, schema: { catalog, ranked } }: LinkInput,
  values: readonly NamedValue[],
  { retriever }: LinkPorts,
  signal: AbortSignal,
): Promise<KeptColumns> {
  const phrases = readKeywords(text, hint);
  const question = `${text} ${hint}`.trim();
  const near = await retriever
    .columnsNear({ databaseId: catalog.databaseId, question, phrases, limit: COLUMNS_A_PHRASE }, signal)
    .catch((error: unknown) => {
      // Tables and values are had already; the prompt holds less.
      if (error instanceof VectorsUnavailable) return [];
      throw error;
    });
  const first = (ranked.length ? ranked : catalog.tables).slice(0, WHOLE_TABLES);
  return keepAlso(new Map(), [
    ...first.flatMap((table) => table.columns.map((column) => [table, column.name] as const)),
    ...[...near, ...values].map(({ table, column }) => [table, column.name] as const),
  ]);
}

/** XiYan's iterative column selection: what a round selects is taken away, and the next selects of what is left. */
async function selectInRounds(
  input: LinkInput,
  wide: MSchema,
  linker: ChatModel,
  countTokens: CountTokens,
  signal: AbortSignal,
): Promise<{ readonly first: KeptColumns; readonly second?: KeptColumns } | undefined> {
  const { text: question, hint, askerId, settings, schema } = input;
  const select = (tables: readonly Table[]) => {
    const { text } = fitSchema({ ...wide, tables }, schema.ranked, settings.budgetTokens, countTokens);
    return selectColumns({ question, hint, schema: text, tables, askerId }, linker, signal);
  };
  const first = await select(wide.tables);
  if (!first || settings.rounds < 2) return first && { first };
  const left = wide.tables.flatMap((table) => {
    const taken = first.get(keyOf(table));
    const columns = table.columns.filter(({ name }) => !taken?.has(name.toLowerCase()) || isKey(table, name));
    return columns.every(({ name }) => isKey(table, name)) ? [] : [{ ...table, columns }];
  });
  const more = left.length ? await select(left) : undefined;
  if (!more) return { first };
  const added = left.flatMap((table) => [...(more.get(keyOf(table)) ?? [])].map((column) => [table, column] as const));
  return { first, second: keepAlso(first, added) };
}

const isKey = (table: Table, name: string) =>
  table.primaryKey.includes(name) || table.foreignKeys.some((key) => key.columns.includes(name));

/** The columns that a draft of the query uses, by the tables of the catalog. */
export function columnsOfDraft(sql: string, catalog: DatabaseCatalog): (readonly [table: Table, column: string])[] {
  const explained = explain(sql, catalog.engine, catalog);
  if (!explained.ok) return [];
  const found: (readonly [Table, string])[] = [];
  visit(explained.value.query, ({ kind, resolved, name }) => {
    const table = kind === 'column' && typeof resolved === 'string' ? findTable(catalog, resolved) : undefined;
    if (table) found.push([table, String(name)]);
  });
  return found;
}
