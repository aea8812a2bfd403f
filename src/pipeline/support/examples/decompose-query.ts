import type { Engine } from '#src/domain/catalog.ts';
import { explain } from '#src/edl/explain.ts';
import { innerQueries } from '#src/sql/inner-queries.ts';
import { printSql } from '#src/sql/print-sql.ts';
import { type ExpressionIr, type QueryIr, type SelectIr, visit } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';

export interface DecompositionStep {
  /** What the step finds out, in words. */
  readonly question: string;
  readonly sql: string;
}

const MOST_STEPS = 4;

/**
 * A query taken apart into simpler ones, each a part of its syntax tree, the whole one last (LearNAT's step form;
 * sources.md#decomposition). By program: inner queries first, then the rows before they are grouped and sorted. The words of a step are those of
 * its EDL. A query that is simple already is its own single step; one that cannot be read has none.
 */
export function decomposeQuery(sql: string, engine: Engine): DecompositionStep[] {
  const parsed = parseSql(sql, engine);
  if (!parsed.ok || parsed.value.kind === 'verbatim-query') return [];
  const parts = partsOf(parsed.value);
  const texts = [...parts.map((part) => printSql(part, engine)), sql];
  return [...new Set(texts)].slice(-MOST_STEPS).flatMap((text) => {
    const explained = explain(text, engine);
    if (!explained.ok) return [];
    const question = explained.value.edl.short.map((line) => line.text).join(' ');
    return [{ question, sql: text }];
  });
}

function partsOf(query: QueryIr): QueryIr[] {
  if (query.kind === 'set-operation') return [...partsOf(query.left), query.left, ...partsOf(query.right), query.right];
  if (query.kind !== 'select') return [];
  const inner = innerQueries(query).filter(standsAlone);
  const rows = ungrouped(query);
  return [...inner.flatMap(partsOf), ...inner, ...(rows ? [rows] : [])];
}

/** Whether a query names only its own sources. */
function standsAlone(query: QueryIr): boolean {
  const own = new Set<string>();
  visit(query, (node) => {
    if (node.kind === 'table') own.add(String(node.alias ?? node.name).toLowerCase());
    if (node.kind === 'derived' && node.alias) own.add(String(node.alias).toLowerCase());
  });
  let alone = true;
  visit(query, (node) => {
    if (node.kind === 'column' && typeof node.table === 'string' && !own.has(node.table.toLowerCase())) alone = false;
  });
  return alone;
}

/** The rows that a grouped or sorted query starts from; undefined where that says nothing new. */
function ungrouped(query: SelectIr): SelectIr | undefined {
  const grouped = query.groupBy.length > 0 || query.having !== undefined;
  const sorted = query.orderBy.length > 0 && query.limit !== undefined;
  const worthIt = (query.joins.length > 0 || query.where !== undefined) && (grouped || sorted);
  const plain = [...query.groupBy, ...query.items.map(({ expression }) => expression)].filter(
    (expression): expression is ExpressionIr & { kind: 'column' } => expression.kind === 'column',
  );
  if (!worthIt || !plain.length || query.ctes.length) return undefined;
  const distinct = [...new Map(plain.map((column) => [`${column.table}.${column.name}`, column])).values()];
  return {
    ...query,
    distinct: false,
    items: distinct.map((expression) => ({ expression })),
    groupBy: [],
    having: undefined,
    orderBy: [],
    limit: undefined,
    offset: undefined,
  };
}
