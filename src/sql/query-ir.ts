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

/** Calls `seen` for every object below (and with) a node; the parts of a subquery too. */
export function visit(
  node: unknown,
  seen: (node: { readonly kind?: string; readonly [key: string]: unknown }) => void,
): void {
  if (Array.isArray(node)) for (const part of node) visit(part, seen);
  else if (node !== null && typeof node === 'object') {
    seen(node as { kind?: string });
    for (const [key, value] of Object.entries(node)) if (!SPANS.has(key)) visit(value, seen);
  }
}

/** A copy of the tree in which `change` was applied to every object, children first. */
export function rewrite<T>(tree: T, change: (node: never) => unknown): T {
  if (Array.isArray(tree)) return tree.map((part) => rewrite(part, change)) as T;
  if (tree === null || typeof tree !== 'object') return tree;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(tree)) copy[key] = SPANS.has(key) ? value : rewrite(value, change);
  return change(copy as never) as T;
}

/** The tree as text, keys in order, without spans and what only one reading knows: equal texts are equal trees. */
export function canonical(tree: unknown): string {
  return JSON.stringify(tree, (key, value) => {
    if (key === 'span' || key === 'limitSpan' || key === 'quoted' || key === 'resolved') return undefined;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}
