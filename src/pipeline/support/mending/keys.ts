import type { DatabaseCatalog, Engine, Table } from '#src/domain/catalog.ts';
import { dbGraph, type Edge, joinTables } from '#src/planner/db-graph.ts';
import { type EngineFamily, familyOf } from '#src/sql/functions.ts';
import { type SelectIr, type Span, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Edit, edited } from './edit.ts';
import type { MendedStatement } from './names.ts';
import { allSourcesOf, isCalled, keyOn, type Source, selectsOf, sourcesRead, tableOn } from './sources.ts';

/** A table that is joined, its condition's place, and the tables that are read before it. */
interface Loose {
  readonly source: Source;
  readonly on: Span;
  readonly join: Span;
  readonly before: readonly Source[];
}

/** Joins by which a table may be reached that was joined by nothing. */
const MOST_BETWEEN = 2;

/**
 * Mends joins whose condition says nothing of the table that they join (`JOIN vehicles AS v ON d.id = d.id`), so that every row meets
 * every other: a key that leads there takes its place, with the tables between if there are some. Undefined where all joins hold, or no
 * key leads there.
 */
export function joinByKeys(sql: string, engine: Engine, catalog: DatabaseCatalog): MendedStatement | undefined {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return undefined;
  const { query, problems } = resolve(parsed.value, engine, catalog);
  if (problems.length) return undefined;
  const family = familyOf(engine);
  const mended = loosesIn(query, catalog).flatMap((loose) => mend(loose, sql, catalog, family) ?? []);
  if (!mended.length) return undefined;
  return {
    sql: edited(
      sql,
      mended.flatMap(({ edits }) => edits),
    ),
    readAs: mended.map(({ written, read }) => ({ written, read })),
  };
}

/** Tables that a statement joins by nothing: every row of theirs meets every other. */
export const joinedByNothing = (query: unknown, catalog: DatabaseCatalog): readonly string[] =>
  loosesIn(query, catalog).map(({ source }) => source.table.name);

const loosesIn = (query: unknown, catalog: DatabaseCatalog): readonly Loose[] =>
  selectsOf(query).flatMap((select) => loosesOf(select, catalog));

function loosesOf(select: SelectIr, catalog: DatabaseCatalog): readonly Loose[] {
  const sources = allSourcesOf(select, catalog) ?? [];
  return sources.flatMap((source, at): Loose[] => {
    const { join } = source;
    if (!join?.on?.span || !join.span || (join.type !== 'inner' && join.type !== 'left')) return [];
    const before = sources.slice(0, at);
    const read = sourcesRead(join.on, sources);
    const holds = read.has(source) && before.some((one) => read.has(one));
    return holds || isCompared(source, select.where, sources)
      ? []
      : [{ source, on: join.on.span, join: join.span, before }];
  });
}

/** Whether a comparison outside the join holds a column of a table against one of another. */
function isCompared(source: Source, where: unknown, sources: readonly Source[]): boolean {
  let found = false;
  visit(where, (node) => {
    if (node.kind !== 'compare') return;
    const read = sourcesRead(node, sources);
    if (read.has(source) && read.size > 1) found = true;
  });
  return found;
}

function mend({ source, on, join, before }: Loose, sql: string, catalog: DatabaseCatalog, family: EngineFamily) {
  const graph = dbGraph(catalog);
  const ways = before.flatMap((one) => {
    const path = one.table === source.table ? undefined : joinTables(graph, [one.table, source.table]);
    return path?.length && path.length <= MOST_BETWEEN ? [{ from: one, path }] : [];
  });
  const [way] = ways.sort((a, b) => costOf(a.path) - costOf(b.path));
  if (!way) return undefined;
  const between = way.path.slice(0, -1);
  if (between.some(({ to }) => before.some((one) => isCalled(one, to.name)))) return undefined;
  const last = way.path.at(-1);
  if (!last) return undefined;
  const aliasOf = (table: Table) => (table === way.from.table ? way.from.alias : table.name);
  const inserted = between.map(
    (edge) => `JOIN ${tableOn(edge.to, family)} ON ${keyOn(edge, aliasOf(edge.from), edge.to.name, family)} `,
  );
  const read = keyOn(last, aliasOf(last.from), source.alias, family);
  const edits: Edit[] = [
    { ...on, text: read },
    ...(inserted.length ? [{ start: join.start, end: join.start, text: inserted.join('') }] : []),
  ];
  return { edits, written: sql.slice(on.start, on.end), read };
}

const costOf = (path: readonly Edge[]) => path.reduce((sum, { cost }) => sum + cost, 0);
