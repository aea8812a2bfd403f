import type { Engine } from './catalog.ts';
import type { Decision } from './confidence.ts';

/** How a pair came to be: its query first and by program, its question first by a model, or out of another pair. */
export const MECHANISMS = ['structural', 'semantic', 'progressive'] as const;
export type Mechanism = (typeof MECHANISMS)[number];

/** Those that a model writes the query of. */
export const MODEL_MECHANISMS = ['semantic', 'progressive'] as const satisfies readonly Mechanism[];

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
  | 'too many rows'
  /** A model gave nothing that can be read. */
  | 'no reply'
  /** It reads what the model was not shown. */
  | 'not of what was shown'
  /** It has not what was to be added to its parent. */
  | 'not as it was to be'
  | 'same as its parent'
  /** By a model that judged it, question and query do not say the same. */
  | 'not faithful'
  | 'ambiguous';

/** Something that was written and is not kept. */
export interface Rejected {
  readonly stage: Rejection;
  readonly mechanism: Mechanism;
  readonly question?: string;
  readonly sql?: string;
  /** More of why, where there is more to say. */
  readonly reason?: string;
}

/** What became of what a mechanism wrote. */
export interface Acceptance {
  readonly kept: number;
  readonly of: number;
}

const POOR = 0.4;
/** Of fewer a share says nothing. */
const ENOUGH = 10;

/** A sentence for each mechanism of a model of which too little is kept. */
export const poorMechanisms = (acceptance: Readonly<Record<Mechanism, Acceptance>>): readonly string[] =>
  MODEL_MECHANISMS.filter(
    (one) => acceptance[one].of >= ENOUGH && acceptance[one].kept < POOR * acceptance[one].of,
  ).map(
    (one) =>
      `Of what the model wrote (${one}), ${Math.round((100 * acceptance[one].kept) / acceptance[one].of)} % was kept, less than ${100 * POOR} %: a larger model writes better, and --mechanisms leaves it out.`,
  );

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
