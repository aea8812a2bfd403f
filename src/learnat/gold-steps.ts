import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { innerQueries } from '#src/sql/inner-queries.ts';
import { printSql } from '#src/sql/print-sql.ts';
import type { QueryIr, SelectIr } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { goalOf, kindOf } from './reward.ts';
import { treeOf } from './syntax-tree.ts';
import { isPart, NO_PARTS, together, treeParts } from './tree-parts.ts';

/**
 * A query taken apart along its own tree: statements that stand alone, each a proper part of it that the ones before do not have, and the
 * query itself last. Inner queries come first, then what is shown, then conditions, groups that are kept, and the order. Empty for what
 * cannot be read; the query alone where nothing smaller stands alone.
 */
export function goldSteps(sql: string, engine: Engine, catalog: DatabaseCatalog): readonly string[] {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok) return [];
  const goal = goalOf(treeOf(parsed.value, engine, catalog));
  const steps: string[] = [];
  let soFar = NO_PARTS;
  for (const query of [...stagesOf(parsed.value), ...slices(parsed.value)]) {
    const resolved = resolve(query, engine, catalog);
    if (resolved.problems.length) continue;
    const parts = treeParts(treeOf(query, engine, catalog));
    const next = together(soFar, parts);
    // What would leave nothing for the query itself to add is no step before it.
    if (kindOf(parts, soFar, goal) !== 'progress' || isPart(goal.parts, next)) continue;
    soFar = next;
    steps.push(printSql(resolved.query, engine));
  }
  return [...steps, sql];
}

/** The queries that a query is made of, then the query as far as each of its clauses. */
function stagesOf(query: QueryIr): readonly QueryIr[] {
  if (query.kind === 'verbatim-query') return [];
  const inner = innerQueries(query).flatMap((one) => [...stagesOf(one), one]);
  if (query.kind === 'set-operation') return inner;
  const base: SelectIr = {
    ...query,
    where: undefined,
    having: undefined,
    orderBy: [],
    limit: undefined,
    offset: undefined,
  };
  const filtered: SelectIr = { ...base, where: query.where };
  return [...inner, ...sliced(base), base, filtered, { ...filtered, having: query.having }];
}

/** The first column over the tables that it needs. */
function sliced(base: SelectIr): readonly QueryIr[] {
  const [first] = base.items;
  if (!first || base.groupBy.length) return [];
  return base.joins.length
    ? [
        { ...base, joins: [] },
        { ...base, joins: [], items: [first] },
      ]
    : [];
}

/** Of a query that shows several things, the first alone. */
function slices(query: QueryIr): readonly QueryIr[] {
  if (query.kind !== 'select' || query.items.length < 2) return [];
  return [{ ...query, items: query.items.slice(0, 1), orderBy: [], limit: undefined, offset: undefined }];
}
