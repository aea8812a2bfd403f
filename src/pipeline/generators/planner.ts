import { calendarOf } from '#src/domain/calendar.ts';
import { plan } from '#src/planner/plan.ts';
import type { Generator } from './generator.ts';

/** The built-in planner, as one candidate among the others; it needs no model. */
export const plannerGenerator: Generator = {
  id: 'planner',
  async generate({ linked: { catalog, ranked }, asked, revised }) {
    const planned = plan({ question: asked.text, catalog, ranked, ...calendarOf(asked), revised });
    if (planned.kind === 'declined') return { candidates: [], note: `declined: ${planned.missing}` };
    const { sql, tables, assumptions } = planned;
    return { candidates: [{ generator: 'planner', sql, tables, assumptions }], note: '1 query' };
  },
};
