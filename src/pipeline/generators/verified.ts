import { fillTemplate } from '../support/examples/fill-template.ts';
import type { Generator } from './generator.ts';

const LOOKED_AT = 8;

/** An answer that somebody of the company said to be right, where the question is the same but for its values: no model writes a query. */
export const verifiedGenerator: Generator = {
  id: 'verified',
  async generate({ asked, linked, bank, masked, readable }, signal) {
    const near = (await bank?.near({ masked, limit: LOOKED_AT, readable }, signal)) ?? [];
    for (const { example } of near) {
      if (!example.verified || example.databaseId !== linked.catalog.databaseId) continue;
      const sql = fillTemplate(example, asked.text, linked.values);
      if (sql === undefined) continue;
      const assumptions = [`Answered as “${example.question}”, which was verified.`];
      return { candidates: [{ generator: 'verified', sql, tables: [], assumptions }], note: '1 query' };
    }
    return { candidates: [], note: 'nothing like it was verified' };
  },
};
