import { type DatabaseCatalog, type Engine, findTable, type Table } from '#src/domain/catalog.ts';
import { contentWords, splitIdentifier, stem } from '#src/domain/words.ts';
import { dbGraph } from '#src/planner/db-graph.ts';
import { familyOf } from '#src/sql/functions.ts';
import { nameOn } from '#src/sql/print-names.ts';
import {
  type ColumnIr,
  type IrNode,
  type JoinIr,
  type QueryIr,
  type SelectIr,
  type Span,
  visit,
} from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { type Edit, edited } from './edit.ts';

/** A statement without joins that nothing needs, and the tables that it no longer reads. */
export interface WithoutJoins {
  readonly sql: string;
  readonly leftOut: readonly string[];
}

/** A table that a SELECT reads, by the name that qualifies its columns. */
interface Source {
  readonly alias: string;
  readonly table: Table;
  /** How it is joined; the first of a SELECT is not. */
  readonly join: JoinIr | undefined;
  /** Its place and that of its alias. */
  readonly span: Span;
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
    const sources = sourcesOf(select, catalog);
    if (!sources) continue;
    for (const source of sources) {
      if (sources.length < 2 || isNamed(source.table, sources, asked) || !isUnused(source, sources, select)) continue;
      const edits = withoutSource(source, sources, catalog, engine);
      if (edits) return { sql: edited(sql, edits), table: source.table };
    }
  }
  return undefined;
}

function selectsOf(query: QueryIr): readonly SelectIr[] {
  const all: SelectIr[] = [];
  visit(query, (node) => {
    if (node.kind === 'select') all.push(node as IrNode & SelectIr);
  });
  return all;
}

/** The tables of a SELECT that joins tables alone, each inner and by a condition; undefined for any other. */
function sourcesOf({ from, joins }: SelectIr, catalog: DatabaseCatalog): readonly Source[] | undefined {
  const all = [{ source: from, join: undefined }, ...joins.map((join) => ({ source: join.source, join }))];
  const sources = all.flatMap(({ source, join }): Source[] => {
    if (source?.kind !== 'table' || !source.span || (join && (join.type !== 'inner' || !join.on?.span))) return [];
    const table = findTable(catalog, source.name, source.schema);
    return table ? [{ alias: (source.alias ?? source.name).toLowerCase(), table, join, span: source.span }] : [];
  });
  const isWhole = sources.length === all.length && new Set(sources.map(({ alias }) => alias)).size === all.length;
  return isWhole ? sources : undefined;
}

/** Whether the question has a word of the table's name that no other table of the query has. */
function isNamed(table: Table, sources: readonly Source[], asked: ReadonlySet<string>): boolean {
  const others = new Set(sources.filter((one) => one.table !== table).flatMap((one) => wordsOf(one.table)));
  const own = wordsOf(table).filter((word) => !others.has(word));
  return own.length === 0 || own.some((word) => asked.has(word));
}

const wordsOf = ({ name }: Table) => splitIdentifier(name).map(stem);

/** Whether nothing but conditions of joins reads a column of it. */
function isUnused(source: Source, sources: readonly Source[], { joins, ...rest }: SelectIr): boolean {
  let isUsed = false;
  visit({ ...rest, joins: [] } as SelectIr, (node) => {
    if (node.kind === 'star' && (node.table === undefined || node.table.toLowerCase() === source.alias)) isUsed = true;
    if (node.kind === 'column' && reads(node as IrNode & ColumnIr, source, sources)) isUsed = true;
    if (node.kind === 'aggregate' && node.argument === undefined) isUsed = true;
  });
  return !isUsed;
}

function reads(column: ColumnIr, { alias, table }: Source, sources: readonly Source[]): boolean {
  if (column.table !== undefined) return column.table.toLowerCase() === alias;
  const holders = sources.filter((one) =>
    one.table.columns.some(({ name }) => name.toLowerCase() === column.name.toLowerCase()),
  );
  return holders.some((one) => one.table === table);
}

/** The edits that leave a table out; undefined where others hang on it that no key leads to. */
function withoutSource(
  source: Source,
  sources: readonly Source[],
  catalog: DatabaseCatalog,
  engine: Engine,
): readonly Edit[] | undefined {
  const partners = (join: JoinIr | undefined) => partnersOf(join, sources);
  const hanging = sources.filter((one) => one !== source && one.join && partners(one.join).includes(source));
  const own = partners(source.join).filter((one) => one !== source);
  const neighbours = [...own, ...hanging];
  if (hanging.length === 0 && source.join?.span) return [{ ...source.join.span, text: '' }];
  const [next] = hanging;
  if (hanging.length !== 1 || !next?.join?.on?.span || !next.join.span) return undefined;
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
  const family = familyOf(engine);
  const column = (alias: string, name: string) => `${nameOn(alias, family)}.${nameOn(name, family)}`;
  const on = edge.pairs.map(([left, right]) => `${column(before.alias, left)} = ${column(next.alias, right)}`);
  return [
    { ...source.join.span, text: '' },
    { ...next.join.on.span, text: on.join(' AND ') },
  ];
}

/** The tables whose columns a join's condition reads. */
function partnersOf(join: JoinIr | undefined, sources: readonly Source[]): readonly Source[] {
  const found = new Set<Source>();
  if (join?.on)
    visit(join.on, (node) => {
      if (node.kind !== 'column') return;
      for (const one of sources) if (reads(node as IrNode & ColumnIr, one, sources)) found.add(one);
    });
  return [...found];
}
