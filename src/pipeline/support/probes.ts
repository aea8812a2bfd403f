import { type DatabaseCatalog, type Engine, findColumn, findTable, type Table } from '#src/domain/catalog.ts';
import { ANSWER_LIMITS, type StatementLimits } from '#src/domain/result-table.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { explain } from '#src/edl/explain.ts';
import { judge } from '#src/guard/judge.ts';
import type { Scope } from '#src/guard/scope.ts';
import { dbGraph } from '#src/planner/db-graph.ts';
import type { Database } from '#src/ports/database.ts';
import { familyOf } from '#src/sql/functions.ts';
import { nameOn } from '#src/sql/print-names.ts';
import { type QueryIr, type SelectIr, visit } from '#src/sql/query-ir.ts';
import { type Source, selectsOf, sourcesOf, sourcesRead, tableOn } from './mending/sources.ts';

/** What a cheap look at the database says against a query; `probes` are selected by it. */
export const PROBES = ['not-stored', 'multiplied', 'no-names'] as const;
export type Probe = (typeof PROBES)[number];

export interface ProbeInput {
  readonly sql: string;
  readonly question: string;
  readonly catalog: DatabaseCatalog;
  readonly scope: Scope;
}

/** What is against a query: texts that its columns do not hold, sums that a join multiplies, keys where names are asked for. */
export async function probe(
  { sql, question, catalog, scope }: ProbeInput,
  database: Database,
  signal: AbortSignal,
): Promise<readonly Probe[]> {
  const explained = explain(sql, catalog.engine, catalog);
  if (!explained.ok) return [];
  const { query } = explained.value;
  const stored = await Promise.all(
    comparedTexts(query, catalog).map((one) => isStored(one, catalog.engine, scope, database, signal)),
  );
  return [
    ...(stored.some((is) => is === false) ? (['not-stored'] as const) : []),
    ...(multiplies(query, catalog) ? (['multiplied'] as const) : []),
    ...(lacksNames(query, question) ? (['no-names'] as const) : []),
  ];
}

interface ComparedText {
  readonly table: Table;
  readonly column: string;
  readonly text: string;
}

/** Texts that a column must equal, each with its column. */
function comparedTexts(query: QueryIr, catalog: DatabaseCatalog): readonly ComparedText[] {
  const found = new Map<string, ComparedText>();
  const add = (left: unknown, right: unknown) => {
    const column = left as { kind?: string; resolved?: string; name?: string };
    const text = right as { kind?: string; value?: string };
    if (column?.kind !== 'column' || text?.kind !== 'text' || !column.resolved || !text.value) return;
    const table = findTable(catalog, column.resolved);
    const stored = table && findColumn(table, column.name!);
    if (!table || !stored || stored.kind !== 'text') return;
    found.set(`${table.name}.${stored.name}=${text.value}`, { table, column: stored.name, text: text.value });
  };
  visit(query, (node) => {
    if (node.kind === 'compare' && node.operator === '=') {
      add(node.left, node.right);
      add(node.right, node.left);
    }
    if (node.kind === 'in') for (const option of (node.options ?? []) as unknown[]) add(node.value, option);
  });
  return [...found.values()];
}

/** One row is enough, soon. */
const LOOK_LIMITS: StatementLimits = { ...ANSWER_LIMITS, timeoutMs: 2_000, maxRows: 1 };

/** Whether a column holds a text, but for case and spaces around it; undefined where that cannot be told. */
async function isStored(
  { table, column, text }: ComparedText,
  engine: Engine,
  scope: Scope,
  database: Database,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const family = familyOf(engine);
  const quoted = `'${text.trim().toLowerCase().replaceAll("'", "''")}'`;
  if (quoted.includes('\\')) return undefined; // an escape in one engine and a character in another
  const sql = `SELECT 1 FROM ${tableOn(table, family)} WHERE LOWER(TRIM(${nameOn(column, family)})) = ${quoted} LIMIT 1`;
  const judged = await judge(sql, engine, scope);
  if (!judged.ok) return undefined;
  const ran = await database.run(judged.value, LOOK_LIMITS, signal);
  return ran.ok ? ran.value.rows.length > 0 : undefined;
}

/** Whether it adds up or averages a column of rows that a join repeats: the key that joins is the other table's own only on one side. */
function multiplies(query: QueryIr, catalog: DatabaseCatalog): boolean {
  return selectsOf(query).some((select) => {
    const sources = sourcesOf(select, catalog);
    return sources.length > 1 && summedIn(select, sources).some((summed) => isRepeated(summed, sources, catalog));
  });
}

/** The tables of which a SELECT's own sums and averages read columns. */
function summedIn(select: SelectIr, sources: readonly Source[]): readonly Source[] {
  const found = new Set<Source>();
  visit(select.items, (node) => {
    if (node.kind === 'aggregate' && (node.name === 'sum' || node.name === 'avg') && !node.distinct)
      for (const source of sourcesRead(node.argument, sources)) found.add(source);
  });
  return [...found];
}

/** Whether another table of the query has several rows for one of this. */
const isRepeated = ({ table }: Source, sources: readonly Source[], catalog: DatabaseCatalog): boolean =>
  sources.some(({ table: other }) =>
    dbGraph(catalog)
      .edges.get(table)
      ?.some(
        ({ to, pairs }) => to === other && other !== table && !pairs.every(([, its]) => other.primaryKey.includes(its)),
      ),
  );

const ASKS_NAMES = /\bnames?\b/i;
const NAMES = /^(?:name|names|title|titles|fname|lname)$/;

/** Whether names are asked for and what it shows is keys alone. */
function lacksNames(query: QueryIr, question: string): boolean {
  if (!ASKS_NAMES.test(question)) return false;
  const [outer] = selectsOf(query);
  const shown: string[] = [];
  visit(outer?.items, (node) => {
    if (node.kind === 'column') shown.push(String(node.name));
  });
  const words = shown.flatMap(splitIdentifier);
  return (
    shown.length > 0 &&
    words.some((word) => /^ids?$/.test(word)) &&
    !words.some((word) => NAMES.test(word) || word.endsWith('name'))
  );
}
