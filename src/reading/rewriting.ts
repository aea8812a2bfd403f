import { DEFAULT_SCHEMA, type Table } from '#src/domain/catalog.ts';
import { dbGraph, type Edge } from '#src/planner/db-graph.ts';
import { conjunctsOf } from '#src/sql/outline.ts';
import {
  allOf,
  type ConditionIr,
  type ExpressionIr,
  type JoinIr,
  mapParts,
  mapQuery,
  type SelectIr,
  type SourceIr,
} from '#src/sql/query-ir.ts';
import { isSame } from './outline.ts';
import { withoutDress } from './say-expression.ts';
import { isToOne, isUnique, refersTo, type Source, type SourceColumn, type Statement, sourcesIn } from './statement.ts';

/** WHERE with some conditions taken out and others put in their place. */
export function withConditions(
  query: SelectIr,
  out: readonly ConditionIr[],
  put: readonly ConditionIr[],
  clause: 'where' | 'having' = 'where',
): SelectIr {
  const kept = conjunctsOf(query[clause]).filter((one) => !out.some((other) => isSame(one, other)));
  return { ...query, [clause]: allOf([...kept, ...put]) };
}

/** The query with one item another; what it was sorted by follows it. A heading that was written for another is left out. */
export function withItem(query: SelectIr, at: number, expression: ExpressionIr): SelectIr {
  const old = query.items[at]?.expression;
  const isOld = (one: ExpressionIr) => old !== undefined && isSame(withoutDress(one), withoutDress(old));
  return {
    ...query,
    items: query.items.map((item, place) => (place === at ? { expression } : item)),
    orderBy: query.orderBy.map((key) => (isOld(key.expression) ? { ...key, expression } : key)),
  };
}

/** How a table is reached from a source: by joins that find one row at most. */
interface Way {
  readonly table: Table;
  readonly edges: readonly Edge[];
}

/** Joins beyond what a statement reads: a customer's region is near, what lies behind that is another question. */
const MOST_JOINS = 2;

/** Tables that rows of a statement belong to and that it does not read yet, the nearest first. */
export function tablesAbove({ catalog, grain, sources }: Statement): readonly Way[] {
  if (!grain) return [];
  const read = new Set(sources.map(({ table }) => table));
  const names = new Set(sources.map(({ alias }) => alias.toLowerCase()));
  const ways: Way[] = [];
  let open: readonly Way[] = sources.map(({ table }) => ({ table, edges: [] }));
  for (let step = 0; step < MOST_JOINS; step += 1) {
    const further: Way[] = [];
    for (const { table, edges } of open)
      for (const edge of dbGraph(catalog).edges.get(table) ?? []) {
        const isOne = isUnique(
          edge.to,
          edge.pairs.map(([, to]) => to),
          catalog,
        );
        if (!isOne || read.has(edge.to) || names.has(edge.to.name.toLowerCase())) continue;
        read.add(edge.to);
        further.push({ table: edge.to, edges: [...edges, edge] });
      }
    ways.push(...further);
    open = further;
  }
  return ways;
}

/** The query with a way's tables joined. Rows that have none are kept out, as the planner does. */
export function withWay(query: SelectIr, { edges }: Way, { sources, catalog }: Statement): SelectIr {
  const aliasOf = (table: Table) => sources.find((one) => one.table === table)?.alias ?? table.name;
  const joins = edges.map(({ from, to, pairs }): JoinIr => {
    const schema = to.schema === DEFAULT_SCHEMA[catalog.engine] ? undefined : to.schema;
    const conditions = pairs.map(
      ([theirs, own]): ConditionIr => ({
        kind: 'compare',
        operator: '=',
        left: { kind: 'column', table: aliasOf(from), name: theirs },
        right: { kind: 'column', table: aliasOf(to), name: own },
      }),
    );
    const source: SourceIr = { kind: 'table', name: to.name, ...(schema === undefined ? {} : { schema }) };
    return { type: 'inner', source, on: allOf(conditions) };
  });
  return { ...query, joins: [...query.joins, ...joins] };
}

/** A column of a table that a way leads to, as the statement will name it. */
export const columnBeyond = (table: Table, column: Table['columns'][number]): SourceColumn => ({
  source: { table, alias: table.name, optional: false },
  column,
});

/** The query as it is written: without joins that only a part needed that is gone, and without qualifiers that say nothing. */
export function finished(query: SelectIr, statement: Statement): SelectIr {
  const bare = withoutSpareJoins(query, statement);
  if (bare.joins.length || bare.from?.kind !== 'table') return bare;
  const { alias: _, ...from } = bare.from;
  return unqualified({ ...bare, from });
}

function unqualified(query: SelectIr): SelectIr {
  const expression = (one: ExpressionIr): ExpressionIr => {
    if (one.kind === 'column' || one.kind === 'star') {
      const { table: _, ...bare } = one;
      return bare;
    }
    return mapParts(one, { expression, query: (inner) => inner });
  };
  const made = mapQuery(query, { expression, source: (one) => one, query: (one) => one });
  return made.kind === 'select' ? made : query;
}

/** A table was joined for a part that is gone, if it was used before and is not now, and each row found one of it at most. */
function withoutSpareJoins(query: SelectIr, statement: Statement): SelectIr {
  const usedIn = ({ joins: _, from: _from, ...clauses }: SelectIr) => sourcesIn(clauses, statement);
  const [before, after] = [usedIn(statement.query), usedIn(query)];
  const { grain } = statement;
  if (!grain || query.joins.some(({ using }) => using?.length)) return query;
  let made = query;
  const gone = new Set<Source>();
  for (const source of statement.sources.toReversed()) {
    const leads = statement.sources.filter(({ joined }) => joined?.to === source);
    const isSpare =
      source !== grain &&
      source.joined !== undefined &&
      refersTo(source.joined.to.table, source.table) &&
      !after.has(source) &&
      (before.has(source) || leads.some((one) => gone.has(one)));
    if (!isSpare || !leads.every((one) => gone.has(one)) || !isToOne(source, statement.catalog)) continue;
    const rest = made.joins.filter((join) => join.source.kind !== 'table' || nameOf(join.source) !== source.alias);
    if (sourcesIn(rest, statement).has(source)) continue;
    gone.add(source);
    made = { ...made, joins: rest };
  }
  return withoutSpareFirst(made, statement, before, after);
}

const nameOf = ({ alias, name }: Extract<SourceIr, { readonly kind: 'table' }>) => alias ?? name;

/** The same of the table that a query begins with: the one table that is joined to it takes its place. */
function withoutSpareFirst(
  query: SelectIr,
  { sources, catalog, grain }: Statement,
  before: ReadonlySet<Source>,
  after: ReadonlySet<Source>,
): SelectIr {
  const [first] = sources;
  if (!first || first === grain || after.has(first) || !before.has(first)) return query;
  const [next, ...others] = query.joins;
  const child =
    next?.source.kind === 'table' ? sources.find(({ alias }) => alias === nameOf(next.source as never)) : undefined;
  if (!next || child?.joined?.to !== first || child.optional || !refersTo(child.table, first.table)) return query;
  const isOne = isUnique(
    first.table,
    child.joined.pairs.map(([theirs]) => theirs),
    catalog,
  );
  const isNeeded = others.some(({ on }) => sourcesIn(on, { sources } as Statement).has(first));
  return isOne && !isNeeded ? { ...query, from: next.source, joins: others } : query;
}
