/** What an engine expects of a statement before it runs (COST-1, COST-4). A courtesy to the database; the limits are the wall. */
export interface CostEstimate {
  /** Rows of the result, where the engine says. */
  readonly rowsOut?: number;
  /** Rows that are looked at, all tables together. */
  readonly rowsRead: number;
  /** Pairs of the largest join that has no condition. */
  readonly pairs: number;
  /** How long it may take. */
  readonly seconds: number;
  /** PostgreSQL's own units. */
  readonly cost?: number;
}

export interface CostBudget {
  readonly maxRowsOut: number;
  readonly maxRowsRead: number;
  readonly maxPairs: number;
  /** PostgreSQL's own units. */
  readonly maxCost: number;
}

export const COST_BUDGET: CostBudget = {
  maxRowsOut: 10_000_000,
  maxRowsRead: 50_000_000,
  maxPairs: 1_000_000,
  maxCost: 5_000_000,
};

/** Why a statement should not run unasked; nothing where it may. */
export function overBudget(estimate: CostEstimate, budget: CostBudget): string | undefined {
  const { rowsOut = 0, rowsRead, pairs, cost = 0 } = estimate;
  if (pairs > budget.maxPairs) return `it would pair every row with every other, about ${roughly(pairs)} pairs`;
  if (rowsOut > budget.maxRowsOut) return `about ${roughly(rowsOut)} rows would come back`;
  if (rowsRead > budget.maxRowsRead || cost > budget.maxCost) return `about ${roughly(rowsRead)} rows would be read`;
  return undefined;
}

/** 40,123,000 → `40 M`. */
function roughly(count: number): string {
  if (count >= 1e15) return 'countless';
  for (const [size, unit] of UNITS) if (count >= size) return `${Math.round(count / size)} ${unit}`;
  return String(Math.round(count));
}

const UNITS: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];
