/** Execution Description Language: a query as numbered steps, in the order in which they run (docs/edl.md). */
export interface EdlStep {
  /** Step number, from 1. */
  readonly number: number;
  readonly operator: EdlOperator;
  /** The step's sentence without its number and operator label, ending in a full stop. */
  readonly text: string;
  /** True when the step quotes SQL for which the grammar has no words. */
  readonly verbatim: boolean;
  /** The part of the statement that the step stands for. */
  readonly sql?: string;
  /** Columns that the step uses, each with the table that holds it. */
  readonly columns?: readonly EdlColumn[];
  /** Tables that the step reads. */
  readonly tables?: readonly string[];
}

export interface EdlColumn {
  readonly table: string;
  readonly name: string;
}

export type EdlOperator =
  | 'Scan Table'
  | 'Subquery'
  | 'Join'
  | 'Reserve Rows'
  | 'Group'
  | 'Apply Having Clause'
  | 'Sort Row'
  | 'Limit'
  | 'Select Column'
  | 'Set Operation'
  | 'Arithmetic Calculation'
  | 'Date Operation'
  | 'Case Statement'
  | 'Substring'
  | 'Cast'
  | 'Window Function'
  | 'Run as written';

/** A line of the short form: some steps in everyday words. */
export interface EdlLine {
  readonly text: string;
  /** The steps that it stands for. */
  readonly steps: readonly number[];
}

export interface Edl {
  readonly steps: readonly EdlStep[];
  /** The steps grouped, for a first look; at most twelve lines. */
  readonly short: readonly EdlLine[];
  /** What no step says of the statement, one sentence each; empty when the steps say all of it. */
  readonly missing: readonly string[];
}

export interface DescribedName {
  /** `table`, or `table.column`. */
  readonly label: string;
  /** Its comment, or its plain-English name; absent where the database says nothing. */
  readonly description?: string;
}

/** One step with what it stands on, for a reader who asks about it. */
export interface StepDetail {
  readonly text: string;
  readonly tables: readonly DescribedName[];
  readonly columns: readonly DescribedName[];
  /** The part of the statement that the step stands for. */
  readonly sql?: string;
}

/** Canonical text of one step: `#1. Scan Table: Retrieve all rows from the [t] table.` */
export function stepText(step: EdlStep): string {
  return `#${step.number}. ${step.operator}: ${step.text}`;
}
