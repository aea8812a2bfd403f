/**
 * QueryIR: one analytic SELECT, whoever wrote it. Built from SQL (sql/parse-sql.ts), from EDL steps (assemble.ts) or from
 * a plan (src/planner); read by print-sql.ts, decompile.ts, certificate.ts and distance.ts. What it has no node for is
 * quoted as `verbatim`, so nothing of a statement is ever lost.
 */

/** A half-open range of UTF-16 offsets in the source text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Located {
  /** Where the node stands in the text that it was read from; absent when it was built. */
  readonly span?: Span;
}

export type QueryIr = SelectIr | SetOperationIr | VerbatimQueryIr;

export interface SelectIr extends Located {
  readonly kind: 'select';
  /** Common table expressions that open this query, in order. */
  readonly ctes: readonly CteIr[];
  readonly distinct: boolean;
  readonly items: readonly ItemIr[];
  readonly from: SourceIr | undefined;
  readonly joins: readonly JoinIr[];
  readonly where: ConditionIr | undefined;
  readonly groupBy: readonly ExpressionIr[];
  readonly having: ConditionIr | undefined;
  readonly orderBy: readonly SortKeyIr[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
  /** Where LIMIT and OFFSET stand. */
  readonly limitSpan?: Span;
}

export type SetOperator = 'UNION' | 'UNION ALL' | 'INTERSECT' | 'EXCEPT';

export interface SetOperationIr extends Located {
  readonly kind: 'set-operation';
  readonly ctes: readonly CteIr[];
  readonly operator: SetOperator;
  readonly left: QueryIr;
  readonly right: QueryIr;
  readonly orderBy: readonly SortKeyIr[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
  /** Where LIMIT and OFFSET stand. */
  readonly limitSpan?: Span;
}

/** A whole query that is quoted: recursive CTEs, GROUPING SETS, DISTINCT ON, VALUES and the like. */
export interface VerbatimQueryIr extends Located {
  readonly kind: 'verbatim-query';
  readonly sql: string;
}

export interface CteIr extends Located {
  readonly name: string;
  readonly query: QueryIr;
}

export interface ItemIr extends Located {
  readonly expression: ExpressionIr;
  readonly alias?: string;
}

export type SourceIr = TableSourceIr | DerivedSourceIr | VerbatimSourceIr;

export interface TableSourceIr extends Located {
  readonly kind: 'table';
  readonly schema?: string;
  readonly name: string;
  readonly alias?: string;
}

export interface DerivedSourceIr extends Located {
  readonly kind: 'derived';
  readonly query: QueryIr;
  /** Absent only where the engine allows a derived table without a name. */
  readonly alias?: string;
}

/** A source that is quoted: LATERAL, a table function, a join in parentheses. It carries its own alias. */
export interface VerbatimSourceIr extends Located {
  readonly kind: 'verbatim';
  readonly sql: string;
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'cross';

/** An inner join without a condition is SQL's comma. */
export interface JoinIr extends Located {
  readonly type: JoinType;
  readonly natural?: true;
  readonly source: SourceIr;
  readonly on: ConditionIr | undefined;
  readonly using?: readonly string[];
}

export interface SortKeyOf<Q> extends Located {
  readonly expression: Expression<Q>;
  readonly descending: boolean;
  readonly nulls?: 'first' | 'last';
}
export type SortKeyIr = SortKeyOf<QueryIr>;

export type AggregateFunction = 'count' | 'sum' | 'avg' | 'min' | 'max';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '||';
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'is distinct from' | 'is not distinct from';

export type TypeName = 'INTEGER' | 'BIGINT' | 'REAL' | 'DECIMAL' | 'TEXT' | 'DATE' | 'TIMESTAMP' | 'BOOLEAN';

/** A type to cast to; `verbatim` is the engine's own type text. */
export type CastType =
  | { readonly name: TypeName; readonly precision?: number; readonly scale?: number }
  | { readonly name: 'verbatim'; readonly sql: string };

export type DatePart =
  | 'year'
  | 'quarter'
  | 'month'
  | 'week'
  | 'day'
  | 'day of the year'
  | 'hour'
  | 'minute'
  | 'second'
  | 'weekday'
  | 'epoch seconds'
  | 'julian day';

export type DateUnit = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second';

/** Format of a date as text: YYYY, MM, DD and the other tokens of dates.ts, anything else as it is. */
export type DateFormat = string;

/** An expression whose subqueries are of type Q: whole queries in the IR, step numbers in EDL. */
export type Expression<Q> = Located &
  (
    | {
        readonly kind: 'column';
        readonly table?: string;
        readonly name: string;
        /** Written in double quotes: SQLite takes it for a text when no column has the name. */
        readonly quoted?: true;
        /** EDL: a name that holds a dot and no table. */
        readonly whole?: true;
        /** The table that it was found in, by its own name, or the name of the derived table. */
        readonly resolved?: string;
      }
    | { readonly kind: 'star'; readonly table?: string }
    /** Column n of the result, from 1: only in ORDER BY of a set operation whose column has no name. */
    | { readonly kind: 'position'; readonly index: number }
    | { readonly kind: 'number'; readonly text: string }
    | { readonly kind: 'text'; readonly value: string }
    | { readonly kind: 'date'; readonly value: string }
    | { readonly kind: 'timestamp'; readonly value: string }
    /** A date and time with its offset from UTC: `2026-10-25 00:00:00+02:00`. */
    | { readonly kind: 'instant'; readonly value: string }
    | { readonly kind: 'interval'; readonly amount: Expression<Q>; readonly unit: DateUnit }
    | { readonly kind: 'null' }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'negative'; readonly argument: Expression<Q> }
    | {
        readonly kind: 'aggregate';
        readonly name: AggregateFunction;
        readonly distinct: boolean;
        /** Absent for COUNT(*). */
        readonly argument: Expression<Q> | undefined;
        /** Only rows for which it holds are aggregated. */
        readonly filter?: Expression<Q>;
      }
    | {
        readonly kind: 'list';
        readonly distinct: boolean;
        readonly argument: Expression<Q>;
        /** Absent: the engine's own (a comma). */
        readonly separator?: Expression<Q>;
      }
    | {
        readonly kind: 'arithmetic';
        readonly operator: ArithmeticOperator;
        readonly left: Expression<Q>;
        readonly right: Expression<Q>;
      }
    | {
        readonly kind: 'case';
        /** CASE x WHEN v …: the value that each `condition` is compared with. */
        readonly operand?: Expression<Q>;
        readonly whens: readonly CaseWhen<Q>[];
        readonly otherwise?: Expression<Q>;
      }
    | { readonly kind: 'cast'; readonly argument: Expression<Q>; readonly type: CastType }
    | {
        readonly kind: 'substring';
        readonly argument: Expression<Q>;
        readonly start: Expression<Q>;
        readonly length?: Expression<Q>;
      }
    | { readonly kind: 'date-part'; readonly part: DatePart; readonly argument: Expression<Q> }
    | {
        readonly kind: 'date-text';
        readonly argument: Expression<Q>;
        readonly format: DateFormat;
        /** SQLite's modifiers ('start of month', '-1 day'), in order. */
        readonly adjusted?: readonly Expression<Q>[];
      }
    /** The first moment of the year, month, … that holds the argument. */
    | { readonly kind: 'date-start'; readonly unit: DateUnit; readonly argument: Expression<Q> }
    /** SQLite's DATE(x, …) and DATETIME(x, …). */
    | {
        readonly kind: 'date-of';
        readonly form: 'date' | 'time';
        readonly argument: Expression<Q>;
        readonly adjusted: readonly Expression<Q>[];
      }
    /** left − right, in whole units. */
    | {
        readonly kind: 'date-difference';
        readonly unit: DateUnit;
        readonly left: Expression<Q>;
        readonly right: Expression<Q>;
      }
    /** SQL's AT TIME ZONE: what the clocks of a named zone show at an instant; of a timestamp without zone, the reverse. */
    | { readonly kind: 'at-zone'; readonly argument: Expression<Q>; readonly zone: string }
    | { readonly kind: 'date-read'; readonly argument: Expression<Q>; readonly format: DateFormat }
    | { readonly kind: 'current'; readonly what: 'date' | 'time' }
    | { readonly kind: 'function'; readonly name: string; readonly args: readonly Expression<Q>[] }
    | {
        readonly kind: 'window';
        readonly name: string;
        readonly args: readonly Expression<Q>[];
        readonly partitionBy: readonly Expression<Q>[];
        readonly orderBy: readonly SortKeyOf<Q>[];
      }
    | { readonly kind: 'query'; readonly query: Q }
    | { readonly kind: 'verbatim'; readonly sql: string }
    // Conditions
    | {
        readonly kind: 'compare';
        readonly operator: ComparisonOperator;
        /** `= ANY (query)`, `> ALL (query)`. */
        readonly quantifier?: 'any' | 'all';
        readonly left: Expression<Q>;
        readonly right: Expression<Q>;
      }
    | {
        readonly kind: 'between';
        readonly negated: boolean;
        readonly value: Expression<Q>;
        readonly low: Expression<Q>;
        readonly high: Expression<Q>;
      }
    | {
        readonly kind: 'like';
        readonly negated: boolean;
        readonly value: Expression<Q>;
        readonly pattern: Expression<Q>;
        readonly ignoreCase: boolean;
      }
    | { readonly kind: 'null-test'; readonly negated: boolean; readonly value: Expression<Q> }
    | { readonly kind: 'truth-test'; readonly negated: boolean; readonly is: boolean; readonly value: Expression<Q> }
    | {
        readonly kind: 'in';
        readonly negated: boolean;
        readonly value: Expression<Q>;
        readonly options: readonly Expression<Q>[];
      }
    | { readonly kind: 'in-query'; readonly negated: boolean; readonly value: Expression<Q>; readonly query: Q }
    | { readonly kind: 'exists'; readonly negated: boolean; readonly query: Q }
    | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression<Q>[] }
    | { readonly kind: 'not'; readonly part: Expression<Q> }
  );

export interface CaseWhen<Q> {
  readonly condition: Expression<Q>;
  readonly result: Expression<Q>;
}

export type ExpressionIr = Expression<QueryIr>;
/** An expression that stands where SQL wants a condition. */
export type ConditionIr = ExpressionIr;

const CONDITIONS: ReadonlySet<string> = new Set(
  'compare between like null-test truth-test in in-query exists and or not'.split(' '),
);

/** True for comparisons, tests and their combinations, false for plain values. */
export const isCondition = (expression: Expression<unknown>): boolean => CONDITIONS.has(expression.kind);

export const EMPTY_SELECT: SelectIr = {
  kind: 'select',
  ctes: [],
  distinct: false,
  items: [],
  from: undefined,
  joins: [],
  where: undefined,
  groupBy: [],
  having: undefined,
  orderBy: [],
  limit: undefined,
  offset: undefined,
};

/** The parts joined by AND, one part as it is, nothing for none. */
export function allOf(parts: readonly ConditionIr[]): ConditionIr | undefined {
  return parts.length > 1 ? { kind: 'and', parts } : parts[0];
}

/** Properties that hold places in a text and no nodes. */
export const SPANS: ReadonlySet<string> = new Set(['span', 'limitSpan']);

type ColumnExpression<Q> = Extract<Expression<Q>, { kind: 'column' }>;
export type ColumnIr = ColumnExpression<QueryIr>;

type Node = QueryIr | SourceIr | ExpressionIr | CteIr | ItemIr | JoinIr | SortKeyIr | CaseWhen<QueryIr> | CastType;
type KeysOf<T> = T extends unknown ? keyof T : never;
type WithAbsent<T, K extends PropertyKey> = T extends unknown
  ? T & { readonly [P in Exclude<K, keyof T>]?: undefined }
  : never;

/** Any node of a query; what only other nodes have is undefined, so it can be asked for before the kind is known. */
export type IrNode = WithAbsent<Node, KeysOf<Node>>;

const KINDS: Readonly<Record<NonNullable<IrNode['kind']>, true>> = {
  select: true,
  'set-operation': true,
  'verbatim-query': true,
  table: true,
  derived: true,
  verbatim: true,
  column: true,
  star: true,
  position: true,
  number: true,
  text: true,
  date: true,
  timestamp: true,
  instant: true,
  interval: true,
  null: true,
  boolean: true,
  negative: true,
  aggregate: true,
  list: true,
  arithmetic: true,
  case: true,
  cast: true,
  substring: true,
  'date-part': true,
  'date-text': true,
  'date-start': true,
  'date-of': true,
  'date-difference': true,
  'date-read': true,
  'at-zone': true,
  current: true,
  function: true,
  window: true,
  query: true,
  compare: true,
  between: true,
  like: true,
  'null-test': true,
  'truth-test': true,
  in: true,
  'in-query': true,
  exists: true,
  and: true,
  or: true,
  not: true,
};
const NODE_KINDS: ReadonlySet<unknown> = new Set(Object.keys(KINDS));

/** Clauses have no kind; every other node has one of the IR's. */
const isNode = (value: object): value is IrNode => !('kind' in value) || NODE_KINDS.has(value.kind);

/** Calls `seen` for every node below (and with) a part of a query; the parts of a subquery too. */
export function visit(tree: unknown, seen: (node: IrNode) => void): void {
  if (Array.isArray(tree)) for (const part of tree) visit(part, seen);
  else if (tree !== null && typeof tree === 'object') {
    if (isNode(tree)) seen(tree);
    for (const [key, value] of Object.entries(tree)) if (!SPANS.has(key)) visit(value, seen);
  }
}

/** What becomes of the parts of an expression whose copy is made. */
interface PartMap<Q, R> {
  expression(part: Expression<Q>): Expression<R>;
  query(query: Q): R;
  /** By their expressions, if absent. */
  when?(when: CaseWhen<Q>): CaseWhen<R>;
  sortKey?(key: SortKeyOf<Q>): SortKeyOf<R>;
}

/** A copy of an expression with the expressions and queries that it is directly made of mapped, in the order of its words. */
export function mapParts<Q, R>(node: Expression<Q>, to: PartMap<Q, R>): Expression<R> {
  const each = (parts: readonly Expression<Q>[]) => parts.map((part) => to.expression(part));
  const located = node.span ? { span: node.span } : {};
  switch (node.kind) {
    case 'negative':
    case 'cast':
    case 'date-part':
    case 'date-start':
    case 'date-read':
    case 'at-zone':
      return { ...node, argument: to.expression(node.argument) };
    case 'interval':
      return { ...node, amount: to.expression(node.amount) };
    case 'aggregate': {
      const { kind, name, distinct, argument, filter } = node;
      const of = argument && to.expression(argument);
      return { kind, name, distinct, argument: of, ...(filter && { filter: to.expression(filter) }), ...located };
    }
    case 'list': {
      const { kind, distinct, separator } = node;
      const argument = to.expression(node.argument);
      return { kind, distinct, argument, ...(separator && { separator: to.expression(separator) }), ...located };
    }
    case 'case': {
      const { kind, operand, otherwise } = node;
      return {
        kind,
        ...(operand && { operand: to.expression(operand) }),
        whens: node.whens.map((when) => to.when?.(when) ?? mapWhen(when, to)),
        ...(otherwise && { otherwise: to.expression(otherwise) }),
        ...located,
      };
    }
    case 'substring': {
      const { kind, length } = node;
      const [argument, start] = [to.expression(node.argument), to.expression(node.start)];
      return { kind, argument, start, ...(length && { length: to.expression(length) }), ...located };
    }
    case 'date-text': {
      const { kind, format, adjusted } = node;
      const argument = to.expression(node.argument);
      return { kind, argument, format, ...(adjusted && { adjusted: each(adjusted) }), ...located };
    }
    case 'date-of':
      return { ...node, argument: to.expression(node.argument), adjusted: each(node.adjusted) };
    case 'arithmetic':
    case 'date-difference':
    case 'compare':
      return { ...node, left: to.expression(node.left), right: to.expression(node.right) };
    case 'function':
      return { ...node, args: each(node.args) };
    case 'window':
      return {
        ...node,
        args: each(node.args),
        partitionBy: each(node.partitionBy),
        orderBy: node.orderBy.map((key) => to.sortKey?.(key) ?? mapSortKey(key, to)),
      };
    case 'between':
      return {
        ...node,
        value: to.expression(node.value),
        low: to.expression(node.low),
        high: to.expression(node.high),
      };
    case 'like':
      return { ...node, value: to.expression(node.value), pattern: to.expression(node.pattern) };
    case 'null-test':
    case 'truth-test':
      return { ...node, value: to.expression(node.value) };
    case 'in':
      return { ...node, value: to.expression(node.value), options: each(node.options) };
    case 'in-query':
      return { ...node, value: to.expression(node.value), query: to.query(node.query) };
    case 'query':
    case 'exists':
      return { ...node, query: to.query(node.query) };
    case 'and':
    case 'or':
      return { ...node, parts: each(node.parts) };
    case 'not':
      return { ...node, part: to.expression(node.part) };
    default:
      return node;
  }
}

/** The expressions that an expression is directly made of; none of those in its queries. */
export function partsOf<Q>(node: Expression<Q>): readonly Expression<Q>[] {
  const parts: Expression<Q>[] = [];
  const expression = (part: Expression<Q>) => {
    parts.push(part);
    return part;
  };
  mapParts(node, { expression, query: (query) => query });
  return parts;
}

function mapWhen<Q, R>(when: CaseWhen<Q>, to: PartMap<Q, R>): CaseWhen<R> {
  return { ...when, condition: to.expression(when.condition), result: to.expression(when.result) };
}

function mapSortKey<Q, R>(key: SortKeyOf<Q>, to: PartMap<Q, R>): SortKeyOf<R> {
  return { ...key, expression: to.expression(key.expression) };
}

/** What becomes of the parts of a query whose copy is made. */
export interface QueryMap {
  expression(part: ExpressionIr): ExpressionIr;
  source(part: SourceIr): SourceIr;
  query(part: QueryIr): QueryIr;
}

/** A copy of a query with the expressions, sources and queries that it is directly made of mapped, in the order of its clauses. */
export function mapQuery(query: QueryIr, to: QueryMap): QueryIr {
  if (query.kind === 'verbatim-query') return query;
  const one = (part: ExpressionIr) => to.expression(part);
  const keys = () => query.orderBy.map((key) => ({ ...key, expression: one(key.expression) }));
  const ctes = query.ctes.map((cte) => ({ ...cte, query: to.query(cte.query) }));
  if (query.kind === 'set-operation') {
    return { ...query, ctes, left: to.query(query.left), right: to.query(query.right), orderBy: keys() };
  }
  return {
    ...query,
    ctes,
    items: query.items.map((item) => ({ ...item, expression: one(item.expression) })),
    from: query.from && to.source(query.from),
    joins: query.joins.map((join) => ({ ...join, source: to.source(join.source), on: join.on && one(join.on) })),
    where: query.where && one(query.where),
    groupBy: query.groupBy.map(one),
    having: query.having && one(query.having),
    orderBy: keys(),
  };
}

/** A copy of a query, the queries within it included, with every expression and source changed, its parts first. */
export function rewrite(query: QueryIr, change: Omit<QueryMap, 'query'>): QueryIr {
  const within: QueryMap = {
    query: (part) => mapQuery(part, within),
    expression: (part) => change.expression(mapParts(part, within)),
    source: (part) => change.source(part.kind === 'derived' ? { ...part, query: within.query(part.query) } : part),
  };
  return within.query(query);
}

/** The tree as text, keys in order, without spans and what only one reading knows: equal texts are equal trees. */
export function canonical(tree: unknown): string {
  return JSON.stringify(tree, (key, value) => {
    if (key === 'span' || key === 'limitSpan' || key === 'quoted' || key === 'resolved') return undefined;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}
