import type pg from 'pg';
import type { PoolClient } from 'pg';
import type { CostEstimate } from '#src/domain/cost.ts';

/** Seconds that one of PostgreSQL’s units takes, on the cautious side of what `npm run bench:cost` prints. */
const SECONDS_A_UNIT = 5e-6;

interface ExplainNode {
  readonly 'Node Type': string;
  readonly 'Plan Rows': number;
  readonly 'Total Cost': number;
  readonly 'Join Type'?: string;
  readonly 'Join Filter'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly Filter?: string;
  readonly Plans?: readonly ExplainNode[];
}

/**
 * What the planner expects, by EXPLAIN without ANALYZE. It is only ever asked about a statement that the gate allowed, inside the
 * transaction and under a limit of its own: planning folds constants and calls, so it runs code (COST-2).
 */
export async function estimate(client: PoolClient, text: string): Promise<CostEstimate> {
  const query = { text: `EXPLAIN (FORMAT JSON) ${text}`, queryMode: 'extended', rowMode: 'array' };
  const result = await client.query<[string][]>(query as unknown as pg.QueryArrayConfig);
  const explained = JSON.parse(String((result.rows[0] as unknown as string[])[0])) as { readonly Plan: ExplainNode }[];
  const plan = explained[0]!.Plan;
  const cost = plan['Total Cost'];
  return {
    rowsOut: plan['Plan Rows'],
    rowsRead: rowsRead(plan),
    pairs: pairsOf(plan),
    seconds: cost * SECONDS_A_UNIT,
    cost,
  };
}

const plansOf = (plan: ExplainNode) => plan.Plans ?? [];

function rowsRead(plan: ExplainNode): number {
  const own = plansOf(plan).length ? 0 : plan['Plan Rows'];
  if (plan['Node Type'] !== 'Nested Loop') return own + plansOf(plan).reduce((sum, inner) => sum + rowsRead(inner), 0);
  const [outer, inner] = plansOf(plan);
  return rowsRead(outer!) + outer!['Plan Rows'] * Math.max(1, rowsRead(inner!));
}

/** Pairs of the largest join without a condition: a nested loop that filters nothing and whose inner side looks nothing up. */
function pairsOf(plan: ExplainNode): number {
  const [outer, inner] = plansOf(plan);
  const below = Math.max(0, ...plansOf(plan).map(pairsOf));
  if (plan['Node Type'] !== 'Nested Loop' || plan['Join Filter'] !== undefined || !outer || !inner) return below;
  if (plan['Join Type'] === 'Semi' || plan['Join Type'] === 'Anti' || looksUp(inner)) return below;
  return Math.max(below, outer['Plan Rows'] * inner['Plan Rows']);
}

function looksUp(plan: ExplainNode): boolean {
  return plan['Index Cond'] !== undefined || plan['Recheck Cond'] !== undefined || plansOf(plan).some(looksUp);
}
