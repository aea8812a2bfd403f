import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { EXAMPLE_QUESTIONS } from '#src/demo/example-questions.ts';
import { readJsonLines } from './json-lines.ts';

/** The day that the questions are asked on; what they mean by "last month" is reckoned from it. */
export const COMPANY_DAY = '2026-06-30';
export const COMPANY_SEED = 7;

/** Where the questions lie. */
const FOLDER = path.resolve(import.meta.dirname, '../../../test/company');

/** Of the seeds below 3,000 the one under which kinds, departments and databases are most even in both halves. */
const SPLIT_SEED = 1899;

export const HALVES = ['tuning', 'reporting'] as const;
export type Half = (typeof HALVES)[number];

/** Kinds of questions that a query answers; the kinds of a thread's turns say what they change. */
const ANSWERED = [
  'count',
  'sum',
  'average',
  'list',
  'share',
  'top',
  'breakdown',
  'trend',
  'comparison',
  'absence',
  'date',
  'example',
] as const;
const TURN_KINDS = [
  'first',
  'restrict',
  'exchange',
  'drop',
  'regroup',
  'period',
  'share',
  'sort',
  'measure',
  'limit',
  'columns',
  'database',
] as const;

const GoldQuery = z.object({
  sql: z.string(),
  /** The first so many columns tell the rows apart and may be written in any form: a month as `2026-05`, `May` or 5. */
  anyForm: z.number().exactOptional(),
});
export type GoldQuery = z.infer<typeof GoldQuery>;

const Shown = {
  gold: z.array(GoldQuery).min(1),
  /** An answer may show further columns beside those of the gold query. */
  extra: z.boolean(),
  /** The rows must come in the gold query's order. */
  ordered: z.boolean(),
};

const Asked = { id: z.string(), department: z.string(), question: z.string() };

/** One reading of a question that has several, and the queries that answer it so. */
const Reading = z.object({ says: z.string(), database: z.string(), gold: z.array(GoldQuery).min(1) });

export const CompanyQuestion = z.discriminatedUnion('kind', [
  z.object({ ...Asked, kind: z.enum(ANSWERED), database: z.string(), ...Shown }),
  z.object({
    ...Asked,
    kind: z.literal('ambiguous'),
    readings: z.array(Reading).min(2),
    extra: z.boolean(),
    ordered: z.boolean(),
  }),
  z.object({ ...Asked, kind: z.literal('unanswerable'), topic: z.string(), missing: z.string() }),
  z.object({ ...Asked, kind: z.literal('out of domain'), topic: z.string() }),
  z.object({
    ...Asked,
    kind: z.literal('catalogue'),
    /** What an answer must name. */
    mentions: z.array(z.string()).min(1),
  }),
]);
export type CompanyQuestion = z.infer<typeof CompanyQuestion>;

const CompanyTurn = z.object({
  question: z.string(),
  kind: z.enum(TURN_KINDS),
  /** Where it is another one than the thread's. */
  database: z.string().exactOptional(),
  ...Shown,
});

export const CompanyThread = z.object({
  id: z.string(),
  department: z.string(),
  database: z.string(),
  turns: z.array(CompanyTurn).min(2),
});
export type CompanyThread = z.infer<typeof CompanyThread>;

/** The questions of a half; of the tuning one also those of the demo, by reference. */
export function readCompanyQuestions(half: Half): CompanyQuestion[] {
  const own = readJsonLines(path.join(FOLDER, `${half}.jsonl`), CompanyQuestion, 'question');
  return half === 'tuning' ? [...own, ...exampleQuestions()] : own;
}

export const readCompanyThreads = (half: Half): CompanyThread[] =>
  readJsonLines(path.join(FOLDER, `threads-${half}.jsonl`), CompanyThread, 'thread');

/** The demo's own questions; in some of them rows tie, so that their order is not looked at. */
const exampleQuestions = (): CompanyQuestion[] =>
  EXAMPLE_QUESTIONS.map(({ database, question, sql }, at) => ({
    id: `example-${at + 1}`,
    department: 'demo',
    kind: 'example',
    database,
    question,
    gold: [{ sql }],
    extra: true,
    ordered: false,
  }));

/** A query by what it computes, whatever the values in it and the aliases of its tables: paraphrases share it. */
export function skeletonOf(database: string, sql: string): string {
  const aliases = new Map(
    [...sql.matchAll(/\b(?:FROM|JOIN)\s+(\w+)\s+AS\s+(\w+)/gi)].map(([, name, as]) => [as, name]),
  );
  const bare = sql
    .replace(/\b(FROM|JOIN)\s+(\w+)\s+AS\s+\w+/gi, '$1 $2')
    .replace(/\b(\w+)\.(\w+)/g, (whole, as: string, column: string) =>
      aliases.has(as) ? `${aliases.get(as)}.${column}` : whole,
    )
    .replace(/'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b/g, '?')
    .replace(/\(\?(?:, \?)+\)/g, '(?)')
    .replace(/\s+/g, ' ');
  return `${database}: ${bare.trim().toLowerCase()}`;
}

/** What a question or thread must not share with the other half: its skeletons, or what it is about where it has none. */
export function keysOf(one: CompanyQuestion | CompanyThread): string[] {
  const keys = (database: string, gold: readonly GoldQuery[]) => gold.map(({ sql }) => skeletonOf(database, sql));
  if ('turns' in one) return one.turns.flatMap(({ database = one.database, gold }) => keys(database, gold));
  if ('gold' in one) return keys(one.database, one.gold);
  if ('readings' in one) return one.readings.flatMap(({ database, gold }) => keys(database, gold));
  return [`${one.kind}: ${'topic' in one ? one.topic : one.mentions.join(' ')}`];
}

/**
 * The half of each: those that share a key stand together, with the demo's questions in the tuning half, all others where the
 * hash of their first key says.
 */
export function splitByKeys(all: readonly (CompanyQuestion | CompanyThread)[]): Half[] {
  const above = new Map<string, string>();
  const root = (key: string): string => {
    const next = above.get(key) ?? key;
    return next === key ? key : root(next);
  };
  const smaller = (a: string, b: string) => (a < b ? [a, b] : [b, a]) as [string, string];
  for (const [first = '', ...others] of all.map(keysOf))
    for (const other of others) {
      const [low, high] = smaller(root(first), root(other));
      above.set(high, low);
    }
  const rootOf = (one: CompanyQuestion | CompanyThread) => root(keysOf(one)[0]!);
  const ofExamples = new Set(all.filter((one) => 'kind' in one && one.kind === 'example').map(rootOf));
  return all.map((one) => (ofExamples.has(rootOf(one)) || isEven(rootOf(one)) ? 'tuning' : 'reporting'));
}

const isEven = (key: string) => createHash('sha256').update(`${SPLIT_SEED} ${key}`).digest()[0]! % 2 === 0;
