import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { mergeTurns } from '#src/planner/follow-up.ts';
import { plan } from '#src/planner/plan.ts';

/** The day on which the planner's tests ask. */
export const TODAY = '2025-06-30';

/** The query that the planner makes of what a thread's turns ask together, or `declined: ` and what was missing. */
export function sqlOver(catalog: DatabaseCatalog, ...turns: string[]): string {
  const { text, revised } = mergeTurns(
    turns.map((text) => ({ text })),
    { today: TODAY },
  );
  const made = plan({ question: text, catalog, ranked: [], today: TODAY, revised });
  return made.kind === 'planned' ? made.sql : `declined: ${made.missing}`;
}
