import type { DatabaseCatalog, Engine } from '#src/domain/catalog.ts';
import { inOneOrder, type TreeNode } from '#src/sql/distance.ts';
import { type EdlResult, good, orTooDeep } from '#src/sql/problem.ts';
import type { ConditionIr, ExpressionIr, JoinIr, QueryIr, SelectIr, SortKeyIr, SourceIr } from '#src/sql/query-ir.ts';
import { parseSql } from '#src/sql/reader/parse-sql.ts';
import { resolve } from '#src/sql/resolve.ts';
import { expressionTree, operand } from './expression-tree.ts';
import { plainConditions } from './plain-conditions.ts';
import { plainNames } from './plain-names.ts';

/**
 * The syntax tree of a query as LearNAT compares queries (sources.md#learnat-trees): nodes are clauses, operators and operands, a label is
 * `kind:value`. What does not matter is made equal first: aliases and their letter case, which of two ways an inner join, a range or
 * a negation is written, the order of what has none, names of results, a WITH that is used once. A problem for what is no single SELECT.
 */
export function syntaxTree(sql: string, engine: Engine, catalog?: DatabaseCatalog): EdlResult<TreeNode> {
  return orTooDeep('S_SYNTAX', () => {
    const parsed = parseSql(sql, engine);
    return parsed.ok ? good(treeOf(parsed.value, engine, catalog)) : parsed;
  });
}

/** The same of a query that was read already. */
export const treeOf = (query: QueryIr, engine: Engine, catalog?: DatabaseCatalog): TreeNode =>
  queryTree(plainNames(resolve(query, engine, catalog).query));

const clause = (name: string, children: readonly TreeNode[]): readonly TreeNode[] =>
  children.length ? [{ label: `clause:${name}`, children }] : [];

function queryTree(query: QueryIr): TreeNode {
  if (query.kind === 'verbatim-query') return { label: 'clause:query', children: [operand('verbatim', query.sql)] };
  const ctes = query.ctes.map((cte) => ({ label: `clause:with ${cte.name}`, children: [queryTree(cte.query)] }));
  const own = query.kind === 'select' ? selectClauses(query) : setClauses(query);
  return {
    label: 'clause:query',
    children: [...ctes, ...own, ...clause('order by', query.orderBy.map(sortTree)), ...rowLimits(query)],
  };
}

function setClauses({ operator, left, right }: Extract<QueryIr, { kind: 'set-operation' }>): readonly TreeNode[] {
  const sides = [queryTree(left), queryTree(right)];
  return clause(operator.toLowerCase(), operator === 'EXCEPT' ? sides : inOneOrder(sides));
}

function selectClauses(query: SelectIr): readonly TreeNode[] {
  const inner = query.joins.filter(isInner);
  const outer = query.joins.filter((join) => !isInner(join));
  const met = plainConditions(inner.map(({ on }) => on));
  const asked = plainConditions([query.where]);
  const all = [...met, ...asked];
  return [
    ...clause(
      'select',
      query.items.map(({ expression }) => tree(expression)),
    ),
    ...(query.distinct ? [{ label: 'clause:distinct', children: [] }] : []),
    ...clause(
      'from',
      inOneOrder([...(query.from ? [query.from] : []), ...inner.map(({ source }) => source)].map(sourceTree)),
    ),
    ...clause('on', inOneOrder(all.filter(isLink).map(tree))),
    ...outer.map(joinTree),
    ...clause('where', inOneOrder(all.filter((one) => !isLink(one)).map(tree))),
    ...clause('group by', inOneOrder(query.groupBy.map(tree))),
    ...clause('having', inOneOrder(plainConditions([query.having]).map(tree))),
  ];
}

const tree = (expression: ExpressionIr): TreeNode => expressionTree(expression, queryTree);

const isInner = ({ type, natural }: JoinIr) => (type === 'inner' || type === 'cross') && !natural;

/** Whether a condition joins: two columns that are equal. */
const isLink = (condition: ConditionIr): boolean =>
  condition.kind === 'compare' &&
  condition.operator === '=' &&
  !condition.quantifier &&
  condition.left.kind === 'column' &&
  condition.right.kind === 'column' &&
  condition.left.table !== condition.right.table;

function joinTree({ type, natural, source, on, using }: JoinIr): TreeNode {
  return {
    label: `clause:join ${[...(natural ? ['natural'] : []), type].join(' ')}`,
    children: [
      sourceTree(source),
      ...clause('on', inOneOrder(plainConditions([on]).map(tree))),
      ...clause('using', inOneOrder((using ?? []).map((name) => operand('column', name.toLowerCase())))),
    ],
  };
}

function sourceTree(source: SourceIr): TreeNode {
  if (source.kind === 'derived') return queryTree(source.query);
  return source.kind === 'table' ? operand('table', source.name) : operand('verbatim', source.sql);
}

const sortTree = ({ expression, descending, nulls }: SortKeyIr): TreeNode => ({
  label: `operator:${[descending ? 'desc' : 'asc', ...(nulls ? [`nulls ${nulls}`] : [])].join(' ')}`,
  children: [tree(expression)],
});

const rowLimits = ({ limit, offset }: Pick<SelectIr, 'limit' | 'offset'>): readonly TreeNode[] => [
  ...(limit === undefined ? [] : clause('limit', [operand('number', String(limit))])),
  ...(offset ? clause('offset', [operand('number', String(offset))]) : []),
];
