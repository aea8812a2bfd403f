import { canonical, type QueryIr, rewrite, visit } from './query-ir.ts';

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

/** 1 − distance / nodes of the larger tree (sources.md#tree-distance), no less than 0: 1 for equal queries. */
export function treeSimilarity(left: QueryIr, right: QueryIr): number {
  const [first, second] = [queryTree(left), queryTree(right)];
  return Math.max(0, 1 - editsBetween(first, second) / Math.max(size(first), size(second)));
}

const size = (node: TreeNode): number => node.children.reduce((sum, child) => sum + size(child), 1);

/** The query as a tree whose labels are kinds, names and values. Resolve it first, so that columns know their tables. */
export function queryTree(query: QueryIr): TreeNode {
  return toTree('query', normalised(query));
}

const COMMUTES: ReadonlySet<string> = new Set(['and', 'or', 'in']);
const MIRRORED: Readonly<Record<string, string>> = { '>': '<', '>=': '<=' };

/** Properties that say how a thing is written, or that another property says already. */
const UNSAID: ReadonlySet<string> = new Set(['kind', 'span', 'limitSpan', 'quoted', 'resolved', 'whole', 'alias']);

function normalised(query: QueryIr): QueryIr {
  const tables = new Map<string, string>();
  visit(query, (node) => {
    if (node.kind !== 'table' || typeof node.alias !== 'string') return;
    tables.set(node.alias.toLowerCase(), String(node.name).toLowerCase());
  });
  return rewrite(query, (node: Record<string, unknown>) => {
    if (node.kind === 'column') return plainColumn(node, tables);
    if (node.kind === 'table') return { ...node, name: String(node.name).toLowerCase() };
    if (node.kind === 'compare') return ordered(node);
    if (COMMUTES.has(String(node.kind))) {
      const key = node.kind === 'in' ? 'options' : 'parts';
      const parts = [...(node[key] as unknown[])].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
      return { ...node, [key]: parts };
    }
    return node;
  });
}

/** The table that a column was resolved to, else the one its alias stands for, else none. */
function plainColumn(node: Record<string, unknown>, tables: ReadonlyMap<string, string>) {
  const qualifier = typeof node.table === 'string' ? node.table.toLowerCase() : undefined;
  const table =
    typeof node.resolved === 'string' ? node.resolved.toLowerCase() : qualifier && (tables.get(qualifier) ?? qualifier);
  return { kind: 'column', name: String(node.name).toLowerCase(), ...(table ? { table } : {}) };
}

/** `3 < a` is `a > 3`; the sides of = and <> have no order. */
function ordered(node: Record<string, unknown>) {
  const operator = String(node.operator);
  const mirrored = MIRRORED[operator];
  if (mirrored && !node.quantifier) return { ...node, operator: mirrored, left: node.right, right: node.left };
  if (operator !== '=' && operator !== '<>') return node;
  if (node.quantifier || canonical(node.left) <= canonical(node.right)) return node;
  return { ...node, left: node.right, right: node.left };
}

/** Scalars go into the label, objects become children under the name of their property. */
function toTree(role: string, node: object): TreeNode {
  const kind = (node as { kind?: string }).kind ?? role;
  const scalars: string[] = [];
  const children: TreeNode[] = [];
  for (const [key, value] of Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (UNSAID.has(key) || value === undefined || value === null) continue;
    if (Array.isArray(value)) {
      const parts = value.map((part) =>
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
  const distances = first.labels.map(() => new Array<number>(second.labels.length).fill(0));
  for (const i of first.keyroots) for (const j of second.keyroots) forest(first, second, i, j, distances);
  return distances.at(-1)!.at(-1)!;
}

interface Postorder {
  readonly labels: string[];
  /** For each node the index of its leftmost leaf. */
  readonly leaves: number[];
  readonly keyroots: number[];
}

function postorder(root: TreeNode): Postorder {
  const labels: string[] = [];
  const leaves: number[] = [];
  const walk = (node: TreeNode): number => {
    let leaf: number | undefined;
    for (const child of node.children) {
      const first = walk(child);
      leaf ??= first;
    }
    labels.push(node.label);
    leaves.push(leaf ?? labels.length - 1);
    return leaves.at(-1)!;
  };
  walk(root);
  // The last node of each leftmost leaf: the root, and every node with a sibling to its left.
  const last = new Map(leaves.map((leaf, at) => [leaf, at]));
  return { labels, leaves, keyroots: [...last.values()].sort((a, b) => a - b) };
}

function forest(first: Postorder, second: Postorder, i: number, j: number, distances: number[][]): void {
  const [from, to] = [first.leaves[i]!, second.leaves[j]!];
  const rows = i - from + 2;
  const columns = j - to + 2;
  const costs = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  for (let row = 1; row < rows; row += 1) costs[row]![0] = row;
  for (let column = 1; column < columns; column += 1) costs[0]![column] = column;
  for (let row = 1; row < rows; row += 1) {
    for (let column = 1; column < columns; column += 1) {
      const [a, b] = [from + row - 1, to + column - 1];
      const edits = Math.min(costs[row - 1]![column]!, costs[row]![column - 1]!) + 1;
      if (first.leaves[a] === from && second.leaves[b] === to) {
        const relabel = first.labels[a] === second.labels[b] ? 0 : 1;
        costs[row]![column] = Math.min(edits, costs[row - 1]![column - 1]! + relabel);
        distances[a]![b] = costs[row]![column]!;
      } else {
        const above = costs[first.leaves[a]! - from]![second.leaves[b]! - to]!;
        costs[row]![column] = Math.min(edits, above + distances[a]![b]!);
      }
    }
  }
}
