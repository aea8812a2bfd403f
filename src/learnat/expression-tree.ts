import { inOneOrder, type TreeNode } from '#src/sql/distance.ts';
import { type ExpressionIr, partsOf, type QueryIr } from '#src/sql/query-ir.ts';

export const operand = (kind: string, value: string): TreeNode => ({ label: `operand:${kind}:${value}`, children: [] });

/**
 * An expression as nodes. An operator is labelled by what it is applied to as well, `operator:>(operand:column:t.a, operand:number:3)`,
 * so that a set of labels knows `a = 1 and b = 2` from `a = 2 and b = 1`; AND and OR are not, because a step may say some of their parts.
 */
export function expressionTree(node: ExpressionIr, ofQuery: (query: QueryIr) => TreeNode): TreeNode {
  const below = (part: ExpressionIr) => expressionTree(part, ofQuery);
  switch (node.kind) {
    case 'column':
      return operand('column', [...(node.table ? [node.table] : []), node.name].join('.'));
    case 'star':
      return operand('star', node.table ?? '');
    case 'position':
      return operand('position', String(node.index));
    case 'number':
      return operand('number', plainNumber(node.text));
    case 'text':
    case 'date':
    case 'timestamp':
    case 'instant':
      // SQLite's dates are texts: what is meant is told by what it is compared with.
      return operand('text', node.value);
    case 'boolean':
      return operand('boolean', String(node.value));
    case 'null':
      return operand('null', '');
    case 'verbatim':
      return operand('verbatim', node.sql);
    case 'current':
      return operand('current', node.what);
    case 'negative':
      return node.argument.kind === 'number'
        ? operand('number', `-${plainNumber(node.argument.text)}`)
        : applied('-', [below(node.argument)]);
    case 'query':
      return ofQuery(node.query);
    case 'in-query':
      return applied(node.negated ? 'not in' : 'in', [below(node.value), ofQuery(node.query)]);
    case 'exists':
      return applied(node.negated ? 'not exists' : 'exists', [ofQuery(node.query)]);
    case 'and':
    case 'or':
      return { label: `operator:${node.kind}`, children: inOneOrder(node.parts.map(below)) };
    case 'aggregate':
      return aggregateTree(node, below);
    default:
      return applied(nameOf(node), ordered(node, partsOf(node).map(below)));
  }
}

function aggregateTree(
  { name, distinct, argument, filter }: Extract<ExpressionIr, { kind: 'aggregate' }>,
  below: (part: ExpressionIr) => TreeNode,
): TreeNode {
  const ofAll = argument === undefined || (name === 'count' && !distinct && argument.kind === 'number');
  const of = ofAll ? operand('star', '') : below(argument);
  return applied(distinct ? `${name} distinct` : name, [of, ...(filter ? [below(filter)] : [])]);
}

const applied = (name: string, children: readonly TreeNode[]): TreeNode => ({
  label: `operator:${name}(${children.map(({ label }) => label).join(', ')})`,
  children,
});

/** What an operator is, by all that it says besides its parts. */
function nameOf(node: ExpressionIr): string {
  const said = Object.entries(node).flatMap(([key, value]) => {
    if (key === 'kind' || value === false || value === undefined) return [];
    if (key === 'orderBy' && Array.isArray(value))
      return value.map((one: { descending?: boolean }) => (one.descending ? 'desc' : 'asc'));
    if (key === 'type' && typeof value === 'object') return [JSON.stringify(value)];
    return typeof value === 'object' ? [] : [value === true ? key : String(value).toLowerCase()];
  });
  return [...(node.kind === 'compare' || node.kind === 'arithmetic' ? [] : [node.kind]), ...said].join(' ');
}

const COMMUTES: ReadonlySet<string> = new Set(['=', '<>', '+', '*', 'is distinct from', 'is not distinct from']);

function ordered(node: ExpressionIr, parts: readonly TreeNode[]): readonly TreeNode[] {
  if (node.kind === 'in') return [...parts.slice(0, 1), ...inOneOrder(parts.slice(1))];
  const commutes = (node.kind === 'compare' && !node.quantifier) || node.kind === 'arithmetic';
  return commutes && COMMUTES.has(node.operator) ? inOneOrder(parts) : parts;
}

/** `3.0` is `3`. */
const plainNumber = (text: string): string =>
  Number.isFinite(Number(text)) && text.trim() ? String(Number(text)) : text;
