import { editGrid, Grid } from './grid.ts';
import {
  type ColumnIr,
  type ComparisonOperator,
  canonical,
  type ExpressionIr,
  type QueryIr,
  rewrite,
  visit,
} from './query-ir.ts';

/** An ordered, labelled tree. */
export interface TreeNode {
  readonly label: string;
  readonly children: readonly TreeNode[];
}

/**
 * Edits (insert, delete or relabel one node, each of cost 1) between two queries, after what does not matter is made
 * equal: aliases, letter case, the order of AND, OR, IN and of the sides of an equality. Zhang and Shasha (SIAM J. Comput.
 * 1989). Symmetric; 0 exactly for queries that are equal after that.
 */
export function treeDistance(left: QueryIr, right: QueryIr): number {
  return editsBetween(queryTree(left), queryTree(right));
}

/** How alike two queries are built (sources.md#tree-distance), 0–1: 1 for equal queries. */
export function treeSimilarity(left: QueryIr, right: QueryIr): number {
  return likenessOf(queryTree(left), queryTree(right));
}

/** 1 − edits / nodes of the larger tree, no less than 0. */
export const likenessOf = (left: TreeNode, right: TreeNode): number =>
  Math.max(0, 1 - editsBetween(left, right) / Math.max(size(left), size(right)));

const size = (node: TreeNode): number => node.children.reduce((sum, child) => sum + size(child), 1);

/** Nodes whose order says nothing, in one order. */
export const inOneOrder = (nodes: readonly TreeNode[]): TreeNode[] =>
  nodes.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** The query as a tree whose labels are kinds, names and values. Resolve it first, so that columns know their tables. */
export function queryTree(query: QueryIr): TreeNode {
  return toTree('query', normalised(query));
}

/** Comparisons that are written the other way round. */
const MIRRORED: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['>', '<'],
  ['>=', '<='],
]);

/** Properties that say how a thing is written, or that another property says already. */
const UNSAID: ReadonlySet<string> = new Set(['kind', 'span', 'limitSpan', 'quoted', 'resolved', 'whole', 'alias']);

function normalised(query: QueryIr): QueryIr {
  const tables = new Map<string, string>();
  visit(query, (node) => {
    if (node.kind === 'table' && node.alias !== undefined)
      tables.set(node.alias.toLowerCase(), node.name.toLowerCase());
  });
  return rewrite(query, {
    source: (node) => (node.kind === 'table' ? { ...node, name: node.name.toLowerCase() } : node),
    expression(node) {
      switch (node.kind) {
        case 'column':
          return plainColumn(node, tables);
        case 'compare':
          return ordered(node);
        case 'and':
        case 'or':
          return { ...node, parts: sorted(node.parts) };
        case 'in':
          return { ...node, options: sorted(node.options) };
        default:
          return node;
      }
    },
  });
}

const sorted = (parts: readonly ExpressionIr[]) =>
  [...parts].sort((left, right) => (canonical(left) < canonical(right) ? -1 : 1));

/** The table that a column was resolved to, else the one its alias stands for, else none. */
function plainColumn({ name, table, resolved }: ColumnIr, tables: ReadonlyMap<string, string>): ColumnIr {
  const qualifier = table?.toLowerCase();
  const own = resolved?.toLowerCase() ?? (qualifier && (tables.get(qualifier) ?? qualifier));
  return { kind: 'column', name: name.toLowerCase(), ...(own ? { table: own } : {}) };
}

/** `3 < a` is `a > 3`; the sides of = and <> have no order. */
function ordered(node: Extract<ExpressionIr, { kind: 'compare' }>): ExpressionIr {
  if (node.quantifier) return node;
  const { operator, left, right } = node;
  const mirrored = MIRRORED.get(operator);
  if (mirrored) return { ...node, operator: mirrored, left: right, right: left };
  if (operator !== '=' && operator !== '<>') return node;
  return canonical(left) <= canonical(right) ? node : { ...node, left: right, right: left };
}

/** Scalars go into the label, objects become children under the name of their property. */
function toTree(role: string, node: object): TreeNode {
  const kind = 'kind' in node && typeof node.kind === 'string' ? node.kind : role;
  const scalars: string[] = [];
  const children: TreeNode[] = [];
  const properties: [string, unknown][] = Object.entries(node);
  for (const [key, value] of properties.sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (UNSAID.has(key) || value === undefined || value === null) continue;
    if (Array.isArray(value)) {
      const parts = value.map((part: unknown) =>
        typeof part === 'object' && part !== null ? toTree(key, part) : { label: String(part), children: [] },
      );
      if (parts.length) children.push({ label: key, children: parts });
    } else if (typeof value === 'object') {
      const child = toTree(key, value);
      // A clause is a node of its own, so that WHERE and HAVING never pair by chance.
      children.push(CLAUSES.has(key) ? { label: key, children: [child] } : child);
    } else if (value !== false) scalars.push(value === true ? key : String(value));
  }
  return { label: [kind, ...scalars].join(' '), children };
}

const CLAUSES: ReadonlySet<string> = new Set(['where', 'having', 'from', 'on', 'filter']);

/** Zhang–Shasha: distances of all pairs of subtrees by their keyroots. */
export function editsBetween(left: TreeNode, right: TreeNode): number {
  const [first, second] = [postorder(left), postorder(right)];
  const distances = new Grid(first.length, second.length);
  const roots = keyroots(second);
  for (const one of keyroots(first)) for (const other of roots) compareSubtrees(first, second, one, other, distances);
  return distances.at(first.length - 1, second.length - 1);
}

/** A node of a tree in postorder. */
interface Visited {
  readonly label: string;
  readonly at: number;
  /** Where its leftmost leaf is. */
  readonly leaf: number;
}

function postorder(root: TreeNode): Visited[] {
  const nodes: Visited[] = [];
  const walk = ({ label, children }: TreeNode): number => {
    let leftmost: number | undefined;
    for (const child of children) {
      const own = walk(child);
      leftmost ??= own;
    }
    const leaf = leftmost ?? nodes.length;
    nodes.push({ label, at: nodes.length, leaf });
    return leaf;
  };
  walk(root);
  return nodes;
}

/** The last node of each leftmost leaf: the root, and every node with a sibling to its left. In postorder. */
function keyroots(nodes: readonly Visited[]): Visited[] {
  const last = new Map(nodes.map((node) => [node.leaf, node]));
  return [...last.values()].sort((a, b) => a.at - b.at);
}

/** Fills in the distances of the subtrees that end in two keyroots; those of the smaller ones are there. */
function compareSubtrees(
  first: readonly Visited[],
  second: readonly Visited[],
  one: Visited,
  other: Visited,
  distances: Grid,
): void {
  const [left, right] = [first.slice(one.leaf, one.at + 1), second.slice(other.leaf, other.at + 1)];
  const costs = editGrid(left.length + 1, right.length + 1);
  for (const a of left) {
    const row = a.at - one.leaf + 1;
    for (const b of right) {
      const column = b.at - other.leaf + 1;
      const edits = Math.min(costs.at(row - 1, column), costs.at(row, column - 1)) + 1;
      if (a.leaf === one.leaf && b.leaf === other.leaf) {
        const relabelled = costs.at(row - 1, column - 1) + (a.label === b.label ? 0 : 1);
        costs.set(row, column, Math.min(edits, relabelled));
        distances.set(a.at, b.at, Math.min(edits, relabelled));
      } else {
        const above = costs.at(a.leaf - one.leaf, b.leaf - other.leaf);
        costs.set(row, column, Math.min(edits, above + distances.at(a.at, b.at)));
      }
    }
  }
}
