import type { Engine } from '#src/domain/catalog.ts';
import type { ChatMessage } from '#src/domain/chat.ts';
import type { TreeNode } from '#src/sql/distance.ts';

/** What a model can be trained for, each with a file of its own (docs/training.md). */
export const TASKS = [
  'sql',
  'sql-standard',
  'sql-chunked',
  'linking',
  'linked-sql',
  'question',
  'evidence',
  'refine',
  'selection',
  'merge',
  'edl',
  'edl-sql',
  'learnat',
  'learnat-pairs',
] as const;
export type Task = (typeof TASKS)[number];

/** A question with the query that answers it, whoever wrote it. */
export interface GoldPair {
  readonly id: string;
  readonly databaseId: string;
  readonly question: string;
  readonly evidence: string;
  readonly sql: string;
  /** The engine that it is written for, where that is told. */
  readonly engine?: Engine;
  readonly from: 'explored' | 'questions';
  /** A program wrote the question as well: it says the query word for word. */
  readonly byProgram: boolean;
}

/** What a model reads and should reply. */
export interface Lesson {
  readonly kind: 'answer';
  readonly messages: readonly ChatMessage[];
  readonly answer: string;
  /** What of it is counted: where the right one stands, what was wrong. */
  readonly notes?: Readonly<Record<string, string | number | boolean>>;
}

/** One side of a preference, with all that its reward was reckoned from. */
export interface PreferenceSide {
  readonly text: string;
  readonly question: string;
  readonly sql: string;
  readonly kind: string;
  readonly reward: number;
  readonly tree: TreeNode | null;
  /** It is the last step: the reply ends here. */
  readonly last: boolean;
}

/** Two replies to the same messages, of which one is better by so much. */
export interface Preference {
  readonly kind: 'preference';
  readonly messages: readonly ChatMessage[];
  /** What both replies begin with: the steps so far. */
  readonly before: string;
  readonly chosen: PreferenceSide;
  readonly rejected: PreferenceSide;
  readonly margin: number;
}

/** Why a task has no line of a pair. */
export interface LeftOut {
  readonly kind: 'left out';
  readonly why: string;
}

export type Made = Lesson | Preference | LeftOut;

export const leftOut = (why: string): LeftOut => ({ kind: 'left out', why });

/** JSON as prompts show it, with blanks. */
export function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}: ${jsonText(one)}`)
    .join(', ')}}`;
}

/** A query as prompts ask for it. */
export const fencedSql = (sql: string): string => `\`\`\`sql\n${sql}\n\`\`\``;
