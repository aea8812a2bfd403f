import type { Expression, JoinType, SetOperator, SortKeyOf, Span } from '#src/sql/query-ir.ts';

/**
 * An EDL text as read: numbered steps (docs/edl.md). Expressions are the IR's, with the number of the step in
 * the place of a subquery. Made by decompile.ts from a query or by parse-edl.ts from text; read by print-edl.ts and
 * assemble.ts.
 */
export interface EdlText {
  readonly steps: readonly StepNode[];
}

export interface StepNode {
  /** From 1, rising. */
  readonly number: number;
  readonly body: StepBody;
  /** Where the step stands in the text that it was read from. */
  readonly span?: Span;
}

export type EdlExpression = Expression<number>;
export type EdlSortKey = SortKeyOf<number>;

export interface EdlItem {
  readonly expression: EdlExpression;
  readonly alias?: string;
}

export type EdlSource =
  | { readonly kind: 'table'; readonly name: string; readonly schema?: string; readonly alias?: string }
  | { readonly kind: 'step'; readonly step: number; readonly alias?: string }
  | { readonly kind: 'verbatim'; readonly sql: string };

export type StepBody =
  /** Opens a block. Without a source: one row, no table. */
  | { readonly kind: 'scan'; readonly source: EdlSource | undefined; readonly nested: boolean }
  /** Opens a block and closes it at once. */
  | {
      readonly kind: 'subquery';
      readonly source: EdlSource;
      readonly distinct: boolean;
      readonly items: readonly EdlItem[];
    }
  | {
      readonly kind: 'join';
      readonly type: JoinType;
      readonly natural: boolean;
      readonly source: EdlSource;
      readonly on: EdlExpression | undefined;
      readonly using: readonly string[];
    }
  | { readonly kind: 'reserve'; readonly input: number; readonly condition: EdlExpression }
  | { readonly kind: 'group'; readonly input: number; readonly keys: readonly EdlExpression[] }
  | { readonly kind: 'having'; readonly input: number; readonly condition: EdlExpression }
  | { readonly kind: 'sort'; readonly input: number; readonly keys: readonly EdlSortKey[] }
  | {
      readonly kind: 'limit';
      readonly input: number;
      /** Absent: all that follow the skipped ones. */
      readonly count: number | undefined;
      readonly offset: number | undefined;
    }
  | {
      readonly kind: 'select';
      readonly input: number;
      readonly distinct: boolean;
      readonly items: readonly EdlItem[];
      readonly name?: string;
    }
  | {
      readonly kind: 'set';
      readonly operator: SetOperator;
      /** EXCEPT: left without right. */
      readonly left: number;
      readonly right: number;
      readonly name?: string;
    }
  /** Compute, Case, Date, Window, Cast, Substring: binds a name in the block. */
  | { readonly kind: 'compute'; readonly name: string; readonly expression: EdlExpression }
  /** A whole query, quoted. */
  | { readonly kind: 'verbatim'; readonly sql: string; readonly name?: string };

/** Whether a step quotes SQL: a whole query, a source, an expression or a type. */
export const quotesSql = (body: StepBody): boolean => /"kind":"verbatim"|"name":"verbatim"/.test(JSON.stringify(body));

/** Names that an explanation makes up itself (v1, v2, …): they head no column of the result. */
export const isOwnName = (name: string): boolean => /^v[1-9]\d*$/.test(name);

/** Expressions that only a step of their own can say. */
export const needsStep = ({ kind }: { readonly kind?: string | undefined }): boolean =>
  kind === 'case' || kind === 'cast' || kind === 'substring' || kind === 'window';
