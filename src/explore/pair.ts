import { z } from 'zod';

export const MECHANISMS = ['structural', 'semantic', 'progressive'] as const;
export type Mechanism = (typeof MECHANISMS)[number];

/** Why something that was written is not kept, in the order in which it is looked at. */
export const REJECTIONS = [
  'no query',
  'not explained',
  'not the same again',
  'refused by the gate',
  'error',
  'too slow',
  'empty',
  'constant',
  'too many rows',
  'literal not asked for',
  'near duplicate',
  'judge',
] as const;
export type Rejection = (typeof REJECTIONS)[number];

/** A question with the query that answers it, as a file holds it, a line each (docs/sources.md#db-explore). */
export const ExploredPair = z.object({
  id: z.string(),
  db_id: z.string(),
  question: z.string(),
  evidence: z.string().default(''),
  sql: z.string(),
  /** The explanation of the query, one step a line. */
  edl: z.string(),
  difficulty: z.enum(['simple', 'moderate', 'challenging']),
  tables: z.array(z.string()).readonly(),
  /** `table.column`. */
  columns: z.array(z.string()).readonly(),
  mechanism: z.enum(MECHANISMS),
  shape: z.string().exactOptional(),
  /** The pair that it was evolved from, and how many steps that one is from one that was not. */
  parent: z.string().exactOptional(),
  generation: z.number(),
  dialect: z.enum(['sqlite', 'postgres', 'mysql', 'mariadb']),
  result_rows: z.number(),
  exec_ms: z.number(),
  /** What was looked at, and held. */
  checks: z.array(z.string()).readonly(),
});
export type ExploredPair = z.infer<typeof ExploredPair>;
