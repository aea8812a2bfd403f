/** Execution Description Language: a query as numbered steps, in the order in which they run (specs/edl.md). */
export interface EdlStep {
  /** Step number, from 1. */
  readonly number: number;
  readonly operator: EdlOperator;
  /** The step's sentence without its number and operator label, ending in a full stop. */
  readonly text: string;
  /** True when the step quotes SQL for which the grammar has no words. */
  readonly verbatim: boolean;
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
  | 'Run as written';

export interface Edl {
  readonly steps: readonly EdlStep[];
}

/** Canonical text of one step: `#1. Scan Table: Retrieve all rows from the [t] table.` */
export function stepText(step: EdlStep): string {
  return `#${step.number}. ${step.operator}: ${step.text}`;
}
