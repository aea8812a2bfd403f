import type { Engine } from './catalog.ts';
import type { Decision } from './confidence.ts';

/** How a pair came to be: its query first and by program, its question first by a model, or out of another pair. */
export const MECHANISMS = ['structural', 'semantic', 'progressive'] as const;
export type Mechanism = (typeof MECHANISMS)[number];

/** Why something that was written is not kept. */
export type Rejection =
  | 'no query'
  | 'not explained'
  | 'literal not asked for'
  | 'near duplicate'
  | 'refused by the gate'
  | 'error'
  | 'too slow'
  | 'not the same again'
  | 'empty'
  | 'constant'
  | 'too many rows';

/** A question with the query that answers it, written over a database before anybody asked; the names are those of a file's lines (docs/exploring.md). */
export interface ExploredPair {
  readonly id: string;
  readonly db_id: string;
  readonly question: string;
  readonly evidence: string;
  readonly sql: string;
  /** The explanation of the query, one step a line. */
  readonly edl: string;
  readonly difficulty: 'simple' | 'moderate' | 'challenging';
  readonly tables: readonly string[];
  /** `table.column`. */
  readonly columns: readonly string[];
  readonly mechanism: Mechanism;
  readonly shape?: string;
  /** The pair that it was evolved from, and how many steps that one is from one that was not. */
  readonly parent?: string;
  readonly generation: number;
  readonly dialect: Engine;
  readonly result_rows: number;
  readonly exec_ms: number;
  /** What was looked at, and held. */
  readonly checks: readonly string[];
  /** What came of it when it was last asked as people ask. */
  readonly asked?: { readonly decision: Decision; readonly right?: boolean };
}
