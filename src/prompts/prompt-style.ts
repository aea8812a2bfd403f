/** How a prompt that asks for SQL is laid out. Which of them a model reads best is measured (`npm run tune:prompts`), not argued. */
export interface PromptStyle {
  readonly name: string;
  readonly schema: 'ddl' | 'm-schema';
  /** Example values of a column at most. */
  readonly values: number;
  /** All values of a text column that has no more than so many, in place of examples (DDL alone). */
  readonly kinds: number;
  /** Characters of what people wrote about a table or column (DDL alone; M-Schema has them always). */
  readonly comments: number;
  /** Whether what is known of the question stands above it: stored values that it names, relative dates with their bounds. */
  readonly named: boolean;
  /** Whether the question stands before the schema as well (XiYan's template). */
  readonly twice: boolean;
  /** Whether some questions over a small schema are shown with their queries, always the same: a server that remembers reads them once. */
  readonly worked: boolean;
  /** Earlier questions with their queries at most. */
  readonly examples: number;
}

/** Two sentences, the CREATE TABLE statements and the question: what every other way of asking is measured against. */
export const PLAIN: PromptStyle = {
  name: 'plain',
  schema: 'ddl',
  values: 0,
  kinds: 0,
  comments: 0,
  named: false,
  twice: false,
  worked: false,
  examples: 0,
};

/** The same with the stored values that the question names, and its relative dates with their bounds. */
export const NAMED: PromptStyle = { ...PLAIN, name: 'named', named: true };

/** The same with the kinds that a column's rows come in, and with comments. */
export const KINDS: PromptStyle = { ...NAMED, name: 'kinds', kinds: 8, comments: 100 };

export const PROMPT_STYLES: readonly PromptStyle[] = [
  PLAIN,
  NAMED,
  KINDS,
  { ...NAMED, name: 'values', values: 3 },
  { ...NAMED, name: 'm-schema', schema: 'm-schema', values: 3 },
  { ...NAMED, name: 'twice', twice: true },
  { ...NAMED, name: 'worked', worked: true },
  { ...NAMED, name: 'examples', examples: 3 },
];
