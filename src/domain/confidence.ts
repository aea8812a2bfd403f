/** What is known of an answer before anybody reads it, each 0–1 and the more the likelier it is right. */
export interface Evidence {
  /** Votes that its result has, of all; 1 where it is the only one. */
  readonly agreement: number;
  /** The planner, which asks no model, came to the same. */
  readonly planner: number;
  /** It is as it was written: nothing of it was mended. */
  readonly asWritten: number;
  /** It has rows. */
  readonly rows: number;
}

/** What the pipeline does with a question as it is now: posts, posts with a warning to check, asks back, or gives no answer. */
export const DECISIONS = ['post', 'check', 'ask', 'decline'] as const;
export type Decision = (typeof DECISIONS)[number];

/** How likely an answer is right, by what, and what is done about it. */
export interface Judgement {
  /** 0–1. */
  readonly confidence: number;
  readonly evidence: Evidence;
  /** Where nothing may be asked back, what would be done where it may. */
  readonly decision: Exclude<Decision, 'decline'>;
}
