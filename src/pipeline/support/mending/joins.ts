import type { DatabaseCatalog, Engine, Table } from '#src/domain/catalog.ts';
import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';
import { dbGraph } from '#src/planner/db-graph.ts';
import { familyOf } from '#src/sql/functions.ts';
import { type JoinIr, type SelectIr, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Edit, edited } from './edit.ts';
import { allSourcesOf, isCalled, keyOn, type Source, selectsOf, sourcesRead } from './sources.ts';

/** A statement without joins that nothing needs, and the tables that it no longer reads. */
export interface WithoutJoins {
  readonly sql: string;
  readonly leftOut: readonly string[];
}

const MOST = 3;

/**
 * Leaves out inner joins of tables that the question does not name and of which nothing is shown, compared, grouped or ordered by: such
 * a join only repeats rows or loses them. A table that links two others goes where a key leads from one to the other. Undefined where
 * every join has its use.
 */
export function leaveOutJoins(
  sql: string,
  engine: Engine,
  catalog: DatabaseCatalog,
  question: string,
): WithoutJoins | undefined {
  let made: WithoutJoins = { sql, leftOut: [] };
  for (let round = 0; round < MOST; round += 1) {
    const next = leaveOneOut(made.sql, engine, catalog, question);
    if (!next) break;
    made = { sql: next.sql, leftOut: [...made.leftOut, next.table.name] };
  }
  return made.leftOut.length ? made : undefined;
}

function leaveOneOut(sql: string, engine: Engine, catalog: DatabaseCatalog, question: string) {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return undefined;
  const { query, problems } = resolve(parsed.value, engine, catalog);
  if (problems.length) return undefined;
  const asked = new Set(contentWords(question).keys());
  for (const select of selectsOf(query)) {
    const sources = innerSources(select, catalog);
    if (!sources) continue;
    for (const source of sources) {
      if (sources.length < 2 || isNamed(source.table, sources, asked) || !isUnused(source, sources, select)) continue;
      const edits = withoutSource(source, sources, catalog, engine);
      if (edits) return { sql: edited(sql, edits), table: source.table };
    }
  }
  return undefined;
}

/** The tables of a SELECT that joins tables alone, each inner and by a condition, under names of their own; undefined for any other. */
function innerSources(select: SelectIr, catalog: DatabaseCatalog): readonly Source[] | undefined {
  const sources = allSourcesOf(select, catalog);
  const isInner = sources?.every(({ join }) => !join || (join.type === 'inner' && join.on?.span));
  return isInner && new Set(sources?.map(({ alias }) => alias.toLowerCase())).size === sources?.length
    ? sources
    : undefined;
}

/** Whether the question has a word of the table's name that no other table of the query has. */
function isNamed(table: Table, sources: readonly Source[], asked: ReadonlySet<string>): boolean {
  const others = new Set(sources.filter((one) => one.table !== table).flatMap((one) => wordsOf(one.table)));
  const own = wordsOf(table).filter((word) => !others.has(word));
  return own.length === 0 || own.some((word) => asked.has(word));
}

const wordsOf = ({ name }: Table) => splitIdentifier(name).map(stem);

/** Whether nothing but conditions of joins reads a column of it. */
function isUnused(source: Source, sources: readonly Source[], { joins: _, ...rest }: SelectIr): boolean {
  if (sourcesRead(rest, sources).has(source)) return false;
  let isUsed = false;
  visit(rest, (node) => {
    if (node.kind === 'star' && (node.table === undefined || isCalled(source, node.table))) isUsed = true;
    if (node.kind === 'aggregate' && node.argument === undefined) isUsed = true;
  });
  return !isUsed;
}

/** The edits that leave a table out; undefined where others hang on it that no key leads to. */
function withoutSource(
  source: Source,
  sources: readonly Source[],
  catalog: DatabaseCatalog,
  engine: Engine,
): readonly Edit[] | undefined {
  const partners = (join: JoinIr | undefined) => [...sourcesRead(join?.on, sources)];
  const hanging = sources.filter((one) => one !== source && one.join && partners(one.join).includes(source));
  const own = partners(source.join).filter((one) => one !== source);
  const neighbours = [...own, ...hanging];
  if (hanging.length === 0 && source.join?.span) return [{ ...source.join.span, text: '' }];
  const [next] = hanging;
  if (hanging.length !== 1 || !next?.join?.on?.span || !next.join.span) return undefined;
  if (!source.span || !next.span) return undefined;
  if (!source.join)
    // The first table: the one that hangs on it takes its place.
    return [
      { start: source.span.start, end: next.span.start, text: '' },
      { start: next.span.end, end: next.join.span.end, text: '' },
    ];
  const [before] = own;
  if (neighbours.length !== 2 || !before || !source.join.span) return undefined;
  const edge = dbGraph(catalog)
    .edges.get(before.table)
    ?.find(({ to }) => to === next.table);
  if (!edge) return undefined;
  return [
    { ...source.join.span, text: '' },
    { ...next.join.on.span, text: keyOn(edge, before.alias, next.alias, familyOf(engine)) },
  ];
}
