import type { Generator } from './generator.ts';

/** The built-in planner, as one candidate among the others; it needs no model. */
export const plannerGenerator: Generator = {
  id: 'planner',
  async generate({ planned }) {
    if (planned.kind === 'declined') return { candidates: [], note: `declined: ${planned.missing}` };
    const { sql, tables, assumptions } = planned;
    return { candidates: [{ generator: 'planner', sql, tables, assumptions }], note: '1 query' };
  },
};
