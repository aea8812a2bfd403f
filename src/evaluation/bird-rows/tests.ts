import { type ConditionIr, type ExpressionIr, type QueryIr, type SelectIr, visit } from '#src/sql/query-ir.ts';
import type { Planted } from '../suite/planted-literals.ts';

/** What a gold query asks of one cell: the value, or a slice of its text, compared with a literal. */
export interface CellTest {
  readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>=' | 'like' | 'null' | 'not null';
  readonly literal: Planted;
  /** Characters of a date or text that are compared, as `[from, to)`; the whole, if absent. */
  readonly slice?: readonly [from: number, to: number];
}

export interface PlacedTest {
  readonly alias: string;
  readonly column: string;
  readonly test: CellTest;
}

/** One SELECT of a query: its tables by alias, which of their cells are equal, and what is asked of others. */
export interface SelectScope {
  readonly sources: ReadonlyMap<string, string>;
  readonly joins: readonly (readonly [PlacedCell, PlacedCell])[];
  readonly tests: readonly PlacedTest[];
  /** Asked within CASE, IIF or HAVING: of some rows, not of all. */
  readonly softTests: readonly PlacedTest[];
  /** Rows that a group must have for HAVING COUNT(…) > n. */
  readonly groupRows: number;
}

export interface PlacedCell {
  readonly alias: string;
  readonly column: string;
}

/** Each SELECT of a query, those of subqueries and both sides of set operations too. */
export function selectScopes(query: QueryIr): SelectScope[] {
  const scopes: SelectScope[] = [];
  visit(query, (node) => {
    if (node.kind === 'select') scopes.push(scopeOf(node as SelectIr));
  });
  return scopes;
}

function scopeOf(select: SelectIr): SelectScope {
  const listed = [select.from, ...select.joins.map(({ source }) => source)];
  const sources = new Map(
    listed.flatMap((source) =>
      source?.kind === 'table' ? [[(source.alias ?? source.name).toLowerCase(), source.name] as const] : [],
    ),
  );
  const conditions = [select.where, ...select.joins.map(({ on }) => on)].flatMap((one) => (one ? parts(one) : []));
  const joins = conditions.flatMap((one) => joinOf(one, sources));
  const soft: PlacedTest[] = [];
  let groupRows = 1;
  const seeSoft = (tree: unknown) =>
    visit(tree, (node) => {
      if (node.kind === 'case')
        for (const { condition } of (node as Extract<ExpressionIr, { kind: 'case' }>).whens)
          soft.push(...parts(condition).flatMap((one) => testsOf(one, sources)));
      if (node.kind === 'function') for (const arg of node.args ?? []) soft.push(...testsOf(arg, sources));
      if (node.kind === 'compare' && node.left?.kind === 'aggregate' && node.right?.kind === 'number')
        groupRows = Math.max(groupRows, node.left.name === 'count' ? Math.min(Number(node.right.text) + 2, 30) : 1);
    });
  for (const tree of [select.items, select.having, select.orderBy]) seeSoft(tree);
  return { sources, joins, tests: conditions.flatMap((one) => testsOf(one, sources)), softTests: soft, groupRows };
}

/** What must hold at once; of alternatives the first. */
function parts(condition: ConditionIr): ConditionIr[] {
  if (condition.kind === 'and') return condition.parts.flatMap(parts);
  if (condition.kind === 'or') return parts(condition.parts[0]!);
  return [condition];
}

type Sources = ReadonlyMap<string, string>;

function cellOf(expression: ExpressionIr, sources: Sources): PlacedCell | undefined {
  if (expression.kind !== 'column' || expression.resolved === undefined) return undefined;
  const { table, resolved, name } = expression;
  const alias =
    table === undefined
      ? [...sources].find(([, own]) => own.toLowerCase() === resolved.toLowerCase())?.[0]
      : table.toLowerCase();
  return alias !== undefined && sources.has(alias) ? { alias, column: name.toLowerCase() } : undefined;
}

function joinOf(condition: ConditionIr, sources: Sources): [PlacedCell, PlacedCell][] {
  if (condition.kind !== 'compare' || condition.operator !== '=') return [];
  const [left, right] = [cellOf(condition.left, sources), cellOf(condition.right, sources)];
  return left && right ? [[left, right]] : [];
}

const MIRRORED = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

function testsOf(condition: ExpressionIr, sources: Sources): PlacedTest[] {
  const made = (
    value: ExpressionIr,
    operator: CellTest['operator'],
    literal: ExpressionIr | undefined,
  ): PlacedTest[] => {
    const place = placeOf(value, sources);
    const wanted = literal === undefined ? '' : literalOf(literal);
    if (!place || wanted === undefined) return [];
    const { slice, ...cell } = place;
    return [{ ...cell, test: { operator, literal: wanted, ...(slice ? { slice } : {}) } }];
  };
  switch (condition.kind) {
    case 'compare': {
      const { operator, left, right } = condition;
      if (!(operator in MIRRORED)) return [];
      const known = operator as keyof typeof MIRRORED;
      return [...made(left, known, right), ...made(right, MIRRORED[known], left)];
    }
    case 'between':
      return condition.negated
        ? made(condition.value, '>', condition.high)
        : [...made(condition.value, '>=', condition.low), ...made(condition.value, '<=', condition.high)];
    case 'in':
      return condition.negated
        ? condition.options.flatMap((option) => made(condition.value, '<>', option))
        : made(condition.value, '=', condition.options[0]);
    case 'like':
      return condition.negated ? [] : made(condition.value, 'like', condition.pattern);
    case 'null-test':
      return made(condition.value, condition.negated ? 'not null' : 'null', undefined);
    case 'and':
      return condition.parts.flatMap((part) => testsOf(part, sources));
    default:
      return [];
  }
}

const SLICES: Readonly<Record<string, readonly [number, number]>> = {
  YYYY: [0, 4],
  MM: [5, 7],
  DD: [8, 10],
  'YYYY-MM': [0, 7],
  'YYYY-MM-DD': [0, 10],
  year: [0, 4],
  month: [5, 7],
  day: [8, 10],
};

/** The cell that a value is read from, with the slice of it that is read. */
function placeOf(value: ExpressionIr, sources: Sources): (PlacedCell & Pick<CellTest, 'slice'>) | undefined {
  const cell = cellOf(value, sources);
  if (cell) return cell;
  const within = (argument: ExpressionIr, slice: CellTest['slice']) => {
    const place = placeOf(argument, sources);
    return place && !place.slice && slice ? { ...place, slice } : undefined;
  };
  switch (value.kind) {
    case 'cast':
      return placeOf(value.argument, sources);
    case 'date-text':
      return within(value.argument, SLICES[value.format]);
    case 'date-part':
      return within(value.argument, SLICES[value.part]);
    case 'date-of':
      return within(value.argument, value.form === 'date' ? [0, 10] : undefined);
    case 'substring': {
      const [start, length] = [value.start, value.length].map((one) => (one?.kind === 'number' ? Number(one.text) : 0));
      return start && length ? within(value.argument, [start - 1, start - 1 + length]) : undefined;
    }
    default:
      return undefined;
  }
}

function literalOf(literal: ExpressionIr): Planted | undefined {
  if (literal.kind === 'number') return Number(literal.text);
  if (literal.kind === 'negative' && literal.argument.kind === 'number') return -Number(literal.argument.text);
  if (literal.kind === 'text' || literal.kind === 'date' || literal.kind === 'timestamp') return literal.value;
  return undefined;
}

/** Whether a cell is as a test asks; texts and numbers are compared as SQLite does, a number in a text as one. */
export function holds({ operator, literal, slice }: CellTest, cell: Planted | null): boolean {
  if (operator === 'null') return cell === null;
  if (cell === null) return false;
  if (operator === 'not null') return true;
  const read = slice ? String(cell).slice(...slice) : cell;
  if (operator === 'like') return likeness(String(literal)).test(String(read));
  const [left, right] =
    typeof literal === 'number' && !Number.isNaN(Number(read))
      ? [Number(read), literal]
      : [String(read), String(literal)];
  switch (operator) {
    case '=':
      return left === right;
    case '<>':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

const likeness = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('%', '.*')
      .replaceAll('_', '.')}$`,
    'is',
  );
