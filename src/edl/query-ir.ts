/**
 * QueryIR, first version: the analytic SELECTs that the built-in planner writes. Built from a plan (planner) or from SQL
 * text (parse-sql.ts); read by print-sql.ts and explain.ts. What has no node here is quoted as `verbatim`.
 */
export type QueryIr = SelectIr | SetOperationIr;

export interface SelectIr {
  readonly kind: 'select';
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
}

export interface SetOperationIr {
  readonly kind: 'set-operation';
  readonly operator: 'UNION' | 'UNION ALL' | 'INTERSECT' | 'EXCEPT';
  readonly left: QueryIr;
  readonly right: QueryIr;
  readonly orderBy: readonly SortKeyIr[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
}

export interface ItemIr {
  readonly expression: ExpressionIr;
  readonly alias?: string;
}

export type SourceIr =
  | { readonly kind: 'table'; readonly schema?: string; readonly name: string; readonly alias?: string }
  | { readonly kind: 'query'; readonly query: QueryIr; readonly alias: string };

export interface JoinIr {
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross';
  readonly source: SourceIr;
  readonly on: ConditionIr | undefined;
}

export interface SortKeyIr {
  readonly expression: ExpressionIr;
  readonly descending: boolean;
  readonly nulls?: 'first' | 'last';
}

export type AggregateFunction = 'count' | 'sum' | 'avg' | 'min' | 'max';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '||';

export type ExpressionIr =
  | { readonly kind: 'column'; readonly table?: string; readonly name: string }
  | { readonly kind: 'star'; readonly table?: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'date'; readonly value: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | {
      readonly kind: 'aggregate';
      readonly name: AggregateFunction;
      readonly distinct: boolean;
      readonly argument: ExpressionIr | undefined;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: ExpressionIr;
      readonly right: ExpressionIr;
    }
  | { readonly kind: 'date-text'; readonly argument: ExpressionIr; readonly format: DateFormat }
  | { readonly kind: 'query'; readonly query: QueryIr }
  | { readonly kind: 'verbatim'; readonly sql: string };

/** Formats of a date as text that every engine can write. */
export type DateFormat = 'YYYY' | 'YYYY-MM' | 'YYYY-MM-DD' | 'MM';

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type ConditionIr =
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: ExpressionIr;
      readonly right: ExpressionIr;
    }
  | {
      readonly kind: 'between';
      readonly negated: boolean;
      readonly value: ExpressionIr;
      readonly low: ExpressionIr;
      readonly high: ExpressionIr;
    }
  | {
      readonly kind: 'like';
      readonly negated: boolean;
      readonly value: ExpressionIr;
      readonly pattern: ExpressionIr;
      readonly ignoreCase: boolean;
    }
  | { readonly kind: 'null-test'; readonly negated: boolean; readonly value: ExpressionIr }
  | {
      readonly kind: 'in';
      readonly negated: boolean;
      readonly value: ExpressionIr;
      readonly options: readonly ExpressionIr[] | QueryIr;
    }
  | { readonly kind: 'exists'; readonly negated: boolean; readonly query: QueryIr }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ConditionIr[] }
  | { readonly kind: 'not'; readonly part: ConditionIr }
  | { readonly kind: 'verbatim'; readonly sql: string };

export const EMPTY_SELECT: SelectIr = {
  kind: 'select',
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
