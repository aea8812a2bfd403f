import type { Column, Table } from '#src/domain/catalog.ts';
import type { AggregateFunction, ComparisonOperator, DateFormat } from '#src/sql/query-ir.ts';
import type { DateSpan } from './date-span.ts';
import type { Edge } from './db-graph.ts';
import type { ColumnRef } from './lexicon.ts';
import type { Unit } from './units.ts';

/** What a question asks for, in terms of the database: the step between words and QueryIR. */
export interface Frame {
  items: Measure[];
  distinct: boolean;
  /** Columns that the question lists by name: they are shown whatever a condition says of them. */
  listed: Set<Column>;
  /** The table whose rows are counted or listed. */
  main: Table | undefined;
  filters: Filter[];
  groups: Group[];
  having: Having | undefined;
  /** Bounds besides, on figures of the same rows: "at least 10 reviews and an average rating below 4". */
  bounds: Having[];
  /** "Compare …": the values that the question names are groups side by side. */
  compares: boolean;
  /** What they are ranked or bounded by the number of, or by what is reckoned of it: "customers with the most orders". */
  counted: Table | undefined;
  /** Columns that are what a word of the question speaks of by what they are for: "late" of the days when it was due and done. */
  told: Set<Column>;
  /** Columns on which an earlier condition is taken back: "for all countries", after "in Norway". */
  lifted: Set<Column>;
  /** The date of what is counted, where a noun says what happened: "deliveries", of shipments. */
  happened: ColumnRef | undefined;
  /** The date on which periods are read, where the question names it: "by closing date". */
  basis: ColumnRef | undefined;
  order: { readonly measure: Measure; readonly descending: boolean }[];
  limit: number | undefined;
  /** "top 3 by revenue": what they are ranked by is shown beside them. */
  rankShown: boolean;
  /** Of each group the first rows are asked for. */
  within: Within | undefined;
  /** The question is a phrase of its own ("fuel cost this year"): a figure is asked for rather than rows. */
  phrase: boolean;
  /** The question begins with the things themselves, of which a condition says which: "employees who work remotely". */
  listsRows: boolean;
  /** "…, total": what adds up of the rows is asked for. */
  totalled: boolean;
  /** "products with their price": what the rows are called is asked for beside what is named. */
  withLabels: boolean;
  /** A share of the rows is asked for; which of the conditions it is of is settled last. */
  share: boolean;
  /** How much of all that there is each group has is asked for, in percent. */
  portioned: boolean;
  /** Two periods whose figures stand beside each other. */
  beside: readonly DateSpan[] | undefined;
  /** How much the later of two periods differs from the earlier is asked for, beside their figures or alone; in percent of the earlier. */
  growth: { readonly percent: boolean; readonly alone: boolean } | undefined;
  /** "highest first": by what is reckoned or by the one number listed, which is known at the end. */
  sorted:
    | {
        readonly descending: boolean /** Words of the column that is meant. */;
        readonly hints?: readonly string[] /** By the date of what is listed. */;
        readonly byTime?: boolean;
      }
    | undefined;
  /** Rows of the main table that have no row here, */
  without: Table[];
  /** none at least of those that fulfil this: "no ticket in 2026". */
  absent: RowFilter[];
  /** Columns by whose name tables are spoken of that have no row, */
  lacked: ColumnRef[];
  /** and the verb that ties them to the things asked about: "who do not author any document". */
  tie: string | undefined;
  /** Tables spoken of only in what is looked up apart: they are not joined. */
  apart: Set<Table>;
  /** Tables that must be joined though no column of theirs is used. */
  touched: Set<Table>;
  /** Numbers that were said in a unit. */
  units: Map<number, Unit>;
  /** How many of a column's own unit one of the unit is in which it is to be shown: "in minutes" of seconds, 60. */
  inUnit: Map<Column, number>;
  /** Places behind the point to which figures are to be rounded. */
  digits: number | undefined;
  /** Choices that a reader should know, one sentence each. */
  assumptions: string[];
  /** Why what is asked for would mean nothing, one sentence: the question is declined. */
  refused: string | undefined;
}

/** The first rows of each group, by a column of theirs: "the most expensive product in each category". */
export interface Within {
  readonly groups: readonly ColumnRef[];
  readonly by: ColumnRef;
  readonly descending: boolean;
  readonly limit: number;
}

/** A bound on each group: a number, the measure over all rows, or the measure of the one group that a value names. */
export interface Having {
  readonly measure: Measure;
  readonly operator: ComparisonOperator;
  readonly bound: /** Up to `high` where that is given, both included. */
    | { readonly kind: 'number'; readonly value: number; readonly high?: number }
    | { readonly kind: 'overall' }
    | { readonly kind: 'group'; readonly ref: ColumnRef; readonly value: Scalar };
}

export type Measure =
  | { readonly kind: 'column'; readonly ref: ColumnRef }
  | { readonly kind: 'all-columns' }
  | {
      readonly kind: 'count';
      readonly of?: ColumnRef;
      readonly distinct: boolean;
      /** What is counted, where the question names it. */
      readonly table?: Table;
      readonly when?: RowFilter;
    }
  | {
      readonly kind: 'aggregate';
      readonly name: Exclude<AggregateFunction, 'count'>;
      readonly ref: ColumnRef;
      /** Of the rows alone that fulfil it: one of two periods beside each other. */
      readonly when?: RowFilter;
    }
  /** How many of a hundred rows fulfil a condition. */
  | {
      readonly kind: 'share';
      readonly when: RowFilter;
      /** Of what adds up, rather than of rows. */
      readonly sum?: ColumnRef;
    }
  /** How many rows there are for each of what they refer to, or what adds up of them; for each period of a date, where it has a format. */
  | {
      readonly kind: 'ratio';
      readonly of: ColumnRef;
      readonly each: Table;
      readonly sum?: ColumnRef;
      readonly format?: PeriodFormat;
      readonly timeZone?: string;
      /** Of the rows alone that fulfil it: one of two periods beside each other. */
      readonly when?: RowFilter;
    }
  /** How many of a hundred rows of all groups are in each, or how much of what adds up. */
  | { readonly kind: 'portion'; readonly sum?: ColumnRef }
  /** How many days lie between two dates of a row. */
  | {
      readonly kind: 'duration';
      readonly name: 'avg' | 'min' | 'max';
      readonly from: ColumnRef;
      readonly to: ColumnRef;
    }
  /** What adds up of one column over what adds up of another of the same rows; of a hundred, where it is asked for so. */
  | { readonly kind: 'quotient'; readonly of: ColumnRef; readonly over: ColumnRef; readonly percent: boolean }
  /** How many rows fulfil one condition for each that fulfils another. */
  | { readonly kind: 'odds'; readonly when: RowFilter; readonly to: RowFilter }
  | Growth;

/** How much one figure differs from another; in percent of the other. */
export interface Growth {
  readonly kind: 'growth';
  readonly now: ByPeriod;
  readonly before: ByPeriod;
  readonly percent: boolean;
}

/** A figure of the rows of one period. */
export type ByPeriod = Extract<Measure, { readonly kind: 'count' | 'aggregate' | 'ratio' }>;

/** A date's format, or a period that no format says. */
export type PeriodFormat = DateFormat | 'quarter' | 'week' | 'weekday';

export type Group =
  | {
      readonly kind: 'column';
      readonly ref: ColumnRef;
      /** The question named a table, of which this is the label or key: "for each customer". */
      readonly entity?: boolean;
      /** "per customer", "by country": each has a row of its own, which a list "of each customer" need not give. */
      readonly asked?: boolean;
      /** "women vs men": values side by side, which something else may tell apart further. */
      readonly beside?: boolean;
      /** "cost per request": of each on average, where each has its own row. */
      readonly per?: boolean;
    }
  | {
      readonly kind: 'period';
      readonly ref: ColumnRef;
      readonly format: PeriodFormat;
      /** Instants are told apart by the days of this zone. */
      readonly timeZone?: string;
    };

export type Scalar =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'date'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean };

/** What one row must fulfil. */
export type RowFilter =
  | { readonly kind: 'compare'; readonly ref: ColumnRef; readonly operator: ComparisonOperator; readonly value: Scalar }
  | { readonly kind: 'between'; readonly ref: ColumnRef; readonly low: Scalar; readonly high: Scalar }
  | { readonly kind: 'one-of'; readonly ref: ColumnRef; readonly values: readonly Scalar[] }
  | { readonly kind: 'like'; readonly ref: ColumnRef; readonly pattern: string; readonly negated: boolean }
  | { readonly kind: 'null'; readonly ref: ColumnRef; readonly negated: boolean }
  /** At least one condition holds. */
  | { readonly kind: 'either'; readonly ref: ColumnRef; readonly filters: readonly RowFilter[] }
  | { readonly kind: 'average'; readonly ref: ColumnRef; readonly operator: ComparisonOperator }
  /** Compared with a figure over other rows, or without one with what the one row holds that fulfils a condition. */
  | {
      readonly kind: 'figure';
      readonly ref: ColumnRef;
      readonly operator: ComparisonOperator;
      readonly name?: Exclude<AggregateFunction, 'count' | 'sum'>;
      readonly of: ColumnRef;
      readonly where: readonly RowFilter[];
      /** Joins from the table of what is reckoned to those of its conditions. */
      readonly edges: readonly Edge[];
    }
  /** A column of a row with the same of the row that it refers to: more than their manager. */
  | {
      readonly kind: 'superior';
      readonly ref: ColumnRef;
      readonly operator: ComparisonOperator;
      /** The reference, and the key that it leads to. */
      readonly by: Column;
      readonly key: Column;
    }
  /** There are rows of another table that belong to it, or none. */
  | {
      readonly kind: 'linked';
      /** What the first of the joins to them leads from. */
      readonly ref: ColumnRef;
      readonly negated: boolean;
      readonly steps: readonly Edge[];
      /** Conditions on those rows. */
      readonly where: readonly RowFilter[];
    }
  /** Two columns of one row. */
  | {
      readonly kind: 'columns';
      readonly ref: ColumnRef;
      readonly operator: ComparisonOperator;
      readonly other: ColumnRef;
    }
  | {
      readonly kind: 'period';
      readonly ref: ColumnRef;
      readonly span: DateSpan;
      /** Instants are compared: with the first moments of the span's days in this zone. */
      readonly timeZone?: string;
    };

/** Every condition must be met, each by some row ("albums with tracks of both rock and jazz"), or none by any. */
export interface EachFilter {
  readonly kind: 'each';
  readonly ref: ColumnRef;
  readonly conditions: readonly RowFilter[];
  readonly negated?: boolean;
  /** What ties those rows to the ones asked about, where it is said. */
  readonly via?: Table;
}

export type Filter = RowFilter | EachFilter;

export const rowFilters = (frame: Frame) => frame.filters.filter((filter) => filter.kind !== 'each');
export const eachFilters = (frame: Frame) => frame.filters.filter((filter) => filter.kind === 'each');

export function emptyFrame(): Frame {
  return {
    items: [],
    distinct: false,
    listed: new Set(),
    main: undefined,
    filters: [],
    groups: [],
    having: undefined,
    bounds: [],
    compares: false,
    counted: undefined,
    happened: undefined,
    basis: undefined,
    told: new Set(),
    lifted: new Set(),
    order: [],
    limit: undefined,
    rankShown: false,
    within: undefined,
    phrase: false,
    listsRows: false,
    totalled: false,
    withLabels: false,
    share: false,
    portioned: false,
    beside: undefined,
    growth: undefined,
    sorted: undefined,
    without: [],
    absent: [],
    lacked: [],
    tie: undefined,
    apart: new Set(),
    touched: new Set(),
    units: new Map(),
    inUnit: new Map(),
    digits: undefined,
    assumptions: [],
    refused: undefined,
  };
}
