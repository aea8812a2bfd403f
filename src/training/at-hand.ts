import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { resultKey } from '#src/domain/result-key.ts';
import { ANYWAY_LIMITS, type ResultTable, type StatementLimits } from '#src/domain/result-table.ts';
import { type Explanation, explain } from '#src/edl/explain.ts';
import { type Random, randomFrom } from '#src/explore/random.ts';
import { judge } from '#src/guard/judge.ts';
import { type Scope, wholeCatalog } from '#src/guard/scope.ts';
import type { GenerateContext } from '#src/pipeline/generators/generator.ts';
import type { PipelineSettings } from '#src/pipeline/settings.ts';
import { retrieve } from '#src/pipeline/stages/retrieve.ts';
import { contextOf, type TextToSqlInput } from '#src/pipeline/stages/text-to-sql.ts';
import { quoteTexts } from '#src/pipeline/support/mending/quoted-text.ts';
import { openPlanFor } from '#src/pipeline/support/plan-for.ts';
import type { CountTokens, ModelRoles } from '#src/ports/chat-model.ts';
import type { Database } from '#src/ports/database.ts';
import type { SchemaRetriever } from '#src/ports/schema-retriever.ts';
import { familyOf } from '#src/sql/functions.ts';
import { type GoldPair, type LeftOut, leftOut } from './lesson.ts';
import { overhearing, rolesOf } from './overhear.ts';

/** A database whose questions are taught. */
export interface TaughtDatabase {
  readonly catalog: DatabaseCatalog;
  readonly retriever: SchemaRetriever;
  /** As the product opens it; absent where only its schema is known: then no query is run. */
  readonly database?: Database;
  /** The same data under the rules that gold queries rely on. */
  readonly gold?: Database;
}

export interface TeachSettings {
  readonly pipeline: PipelineSettings;
  readonly seed: number;
  /** Results may stand in the lines whoever they name: the data are everybody's. */
  readonly personal: boolean;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  readonly countTokens: CountTokens;
}

/** A pair with all that its lines are made of. */
export interface AtHand {
  readonly pair: GoldPair;
  readonly place: TaughtDatabase;
  readonly settings: TeachSettings;
  /** The query as it is taught: as the product runs it. */
  readonly sql: string;
  readonly explained: Explanation;
  /** Its rows; absent where there is no data. */
  readonly table?: ResultTable;
  readonly context: GenerateContext;
}

const never = new AbortController().signal;
/** A gold query is waited for as long as an answer at the command line. */
const LIMITS: StatementLimits = { ...ANYWAY_LIMITS, timeoutMs: 25_000 };

/** Reads and runs a pair's query, and links its question as the pipeline does; else why nothing is taught of it. */
export async function takeInHand(
  pair: GoldPair,
  place: TaughtDatabase,
  settings: TeachSettings,
): Promise<AtHand | LeftOut> {
  const { catalog } = place;
  if (pair.engine && familyOf(pair.engine) !== familyOf(catalog.engine))
    return leftOut('the query is of another engine');
  const ran = await asTaught(pair.sql, place);
  if ('kind' in ran) return ran;
  const explained = explain(ran.sql, catalog.engine, catalog);
  if (!explained.ok) return leftOut('the query cannot be read');
  if (explained.value.unknown.length) return leftOut('the query names what the database lacks');
  const input = await inputOf(pair, place, settings);
  const context = await contextOver(input, { place, settings }, settings.pipeline, rolesOf(overhearing().model));
  return { pair, place, settings, ...ran, explained: explained.value, context };
}

/** The query as the product runs it, with its rows. Texts in double quotes, which SQLite's own shell takes, are put in single ones. */
async function asTaught(
  sql: string,
  place: TaughtDatabase,
): Promise<{ readonly sql: string; readonly table?: ResultTable } | LeftOut> {
  const { catalog, database, gold } = place;
  const plain = inOneLine(sql);
  const quoted = quoteTexts(plain, catalog.engine, catalog)?.sql;
  if (!database) return { sql: quoted ?? plain };
  const table = await rowsOf(plain, place, database);
  if (table) return { sql: plain, table };
  const again = quoted === undefined ? undefined : await rowsOf(quoted, place, database);
  if (quoted === undefined || !again) return leftOut('the query does not run');
  const first = gold && (await rowsOf(plain, place, gold, true));
  if (first && resultKey(first, false) !== resultKey(again, false))
    return leftOut('the query gives other rows when its texts are quoted');
  return { sql: quoted, table: again };
}

const KEPT = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]\n]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|\s+/g;

/** A statement without comments, on one line, with single blanks; what stands in quotes stays. */
export const inOneLine = (sql: string): string =>
  sql
    .replace(KEPT, (one) => (/^(?:\s|--|\/\*)/.test(one) ? ' ' : one))
    .replace(/ {2,}(?=[^'"]*(?:(?:'[^']*'|"[^"]*")[^'"]*)*$)/g, ' ')
    .trim()
    .replace(/\s*;$/, '');

const scopes = new WeakMap<DatabaseCatalog, Scope>();

export function scopeOf(catalog: DatabaseCatalog): Scope {
  const scope = scopes.get(catalog) ?? wholeCatalog(catalog);
  scopes.set(catalog, scope);
  return scope;
}

/** The rows of a statement that the gate lets through; undefined where it does not run. */
export async function rowsOf(
  sql: string,
  { catalog }: TaughtDatabase,
  database: Database,
  doubleQuotedText = false,
): Promise<ResultTable | undefined> {
  const judged = await judge(sql, catalog.engine, scopeOf(catalog), doubleQuotedText ? { doubleQuotedText } : {});
  if (!judged.ok) return undefined;
  const ran = await database.run(judged.value, LIMITS, never);
  return ran.ok ? ran.value : undefined;
}

/** A question as the pipeline is asked it, the database being known. */
async function inputOf(
  { question: text, evidence: hint, databaseId }: GoldPair,
  { catalog, retriever }: TaughtDatabase,
  { today }: TeachSettings,
): Promise<TextToSqlInput> {
  const calendar = { today };
  const readable = [databaseId];
  const found = await retrieve({ text, readable, databaseId, turnedDown: [] }, { retriever }, never);
  const slice = found.ok ? found.value : { tables: [], databases: [], coverage: 0, searchedTables: 0 };
  const over = openPlanFor({ text, revised: false, calendar }, slice, () => catalog)(databaseId);
  if (!over) throw new TypeError(`${databaseId} has no catalog.`);
  const { schema, plan: planned } = over;
  return { text, hint, earlier: [], calendar, schema, planned, scope: scopeOf(catalog), askerId: 'training', readable };
}

interface Over {
  readonly place: TaughtDatabase;
  readonly settings: TeachSettings;
}

function contextOver(
  input: TextToSqlInput,
  { place: { retriever }, settings: { countTokens } }: Over,
  pipeline: PipelineSettings,
  models: ModelRoles,
): Promise<GenerateContext> {
  return contextOf(input, { retriever, countTokens, models }, pipeline, never);
}

/** The pair linked by a column selector that says what is given, asked whatever the size of the schema; and what it was asked. */
export async function linkedBy(says: string, { pair, place, settings }: Pick<AtHand, 'pair' | 'place' | 'settings'>) {
  const { model, asked } = overhearing(says);
  const { pipeline } = settings;
  const link = { ...pipeline.link, wholeTokens: 0, rounds: 1 };
  const input = await inputOf(pair, place, settings);
  const context = await contextOver(input, { place, settings }, { ...pipeline, link }, rolesOf(model));
  return { context, asked: asked[0] };
}

/** Draws for one line: by the seed, the pair and what it is drawn for, so that no other line changes them. */
export function drawFor(settings: Pick<TeachSettings, 'seed'>, pairId: string, what: string): Random {
  let hash = 0x811c9dc5 ^ settings.seed;
  for (const sign of `${pairId}\u0001${what}`) hash = Math.imul(hash ^ sign.codePointAt(0)!, 0x01000193);
  return randomFrom(hash);
}
