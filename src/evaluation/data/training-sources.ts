import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ExploredRecord } from '#adapters/state/sqlite/explored.ts';
import type { Candidate } from '#src/domain/answer.ts';
import type { Engine } from '#src/domain/catalog.ts';
import type { GoldPair } from '#src/training/lesson.ts';
import type { CandidatePool } from '#src/training/pool.ts';
import type { StepChoice, Trajectory } from '#src/training/tasks/steps.ts';
import { loadRun, runFile } from '../runs/eval-run.ts';
import { jsonOf } from './json-lines.ts';
import { goldQueries } from './statements.ts';

/** A file that was read: what a data card says of it. */
export interface ReadFile {
  readonly file: string;
  readonly sha256: string;
  readonly lines: number;
}

/** What a file says, with lines that say nothing which can be used counted by why. */
export interface ReadSource<T> extends ReadFile {
  readonly records: readonly T[];
  readonly unread: readonly string[];
}

const Lists = z
  .object({ postgres: z.array(z.string()), mysql: z.array(z.string()), sqlite: z.array(z.string()) })
  .partial();

/** A question as Spider's files have it, or ours, or those of test/company. In Spider's own, `sql` is the query taken apart. */
const Asked = z.object({
  id: z.string().nullish(),
  db_id: z.string().nullish(),
  db: z.string().nullish(),
  database: z.string().nullish(),
  question: z.string(),
  query: z.string().nullish(),
  sql: z.unknown().optional(),
  gold: z
    .array(z.object({ sql: z.string() }))
    .nullish()
    .catch(null),
  evidence: z.string().nullish(),
});

/** The pairs of a file that `explore` wrote, or of questions in Spider's format: a list, or one a line. */
export function readPairs(file: string, engine: Engine): ReadSource<GoldPair> {
  const { values, ...read } = valuesOf(file);
  const records: GoldPair[] = [];
  const unread: string[] = [];
  for (const [at, value] of values.entries()) {
    const made = pairOf(value, `${path.parse(file).name}/${at + 1}`, engine);
    if (typeof made === 'string') unread.push(made);
    else records.push(made);
  }
  return { ...read, records, unread };
}

function pairOf(value: unknown, usualId: string, engine: Engine): GoldPair | string {
  const explored = ExploredRecord.safeParse(value).data;
  if (explored) {
    const { id, db_id: databaseId, question, evidence, sql, mechanism, checks, dialect } = explored;
    const byProgram = mechanism === 'structural' && !checks.includes('judged');
    const about = { id: `${databaseId}/${id}`, databaseId, question, evidence, sql };
    return { ...about, engine: dialect, from: 'explored', byProgram };
  }
  const asked = Asked.safeParse(value).data;
  if (!asked) return 'the line is no question';
  const sql = queryOf(asked, engine);
  const databaseId = asked.db_id ?? asked.db ?? asked.database;
  if (!databaseId) return 'the line names no database';
  if (!sql?.trim()) return 'the line has no query';
  if (!asked.question.trim()) return 'the line has no question';
  const { question, evidence } = asked;
  const id = asked.id ?? usualId;
  return { id, databaseId, question, evidence: evidence ?? '', sql, from: 'questions', byProgram: false };
}

function queryOf({ query, sql, gold }: z.infer<typeof Asked>, engine: Engine): string | undefined {
  if (typeof query === 'string') return query;
  if (typeof sql === 'string') return sql;
  return goldQueries(Lists.safeParse(sql).data, engine)[0] ?? gold?.[0]?.sql;
}

/** All questions and queries that a file holds, wherever in a line: turns of dialogues, readings, accepted answers. */
export function readMeasured(file: string): ReadFile & { readonly said: Said } {
  const { values, ...read } = valuesOf(file);
  const said = saidBy(values);
  if (!said.questions.length) throw new Error(`${file} holds no question: nothing would be kept apart by it.`);
  return { ...read, said };
}

interface Said {
  readonly questions: readonly string[];
  readonly queries: readonly string[];
}

const QUERY_KEYS: ReadonlySet<string> = new Set(['sql', 'query', 'postgres', 'mysql', 'sqlite', 'gold_sql']);

function saidBy(value: unknown, key = ''): Said {
  if (typeof value === 'string')
    return { questions: key === 'question' ? [value] : [], queries: QUERY_KEYS.has(key) ? [value] : [] };
  if (typeof value !== 'object' || value === null) return { questions: [], queries: [] };
  const parts = Array.isArray(value)
    ? value.map((one) => saidBy(one, key))
    : Object.entries(value).map(([name, one]) => saidBy(one, name));
  return { questions: parts.flatMap((one) => one.questions), queries: parts.flatMap((one) => one.queries) };
}

const Step = z.object({ question: z.string(), sql: z.string() });
const Taken = z.object({
  id: z.string(),
  db_id: z.string(),
  question: z.string(),
  sql: z.string(),
  oracle: z.boolean(),
});
const TrajectoryLine = Taken.extend({ steps: z.array(Step) });
const Tree = z.object({
  label: z.string(),
  get children() {
    return z.array(Tree);
  },
});
const Side = Step.extend({ text: z.string(), kind: z.string(), reward: z.number(), tree: Tree.nullable() });
const ChoiceLine = Taken.extend({ before: z.array(Step), chosen: Side, rejected: Side, margin: z.number() });

/** What a line of learnat:search is of, and what it says. */
export interface TakenApartLine<T> {
  readonly pair: GoldPair;
  readonly says: T;
}

/** Trajectories and pairs of steps in a folder that learnat:search wrote; those of the oracle teach nothing, unless they are wanted. */
export function readSearch(folder: string, withOracle: boolean) {
  const trajectories: ReadSource<TakenApartLine<Trajectory>> = takenApart(
    path.join(folder, 'trajectories.jsonl'),
    TrajectoryLine,
    withOracle,
    ({ steps }) => ({ steps }),
  );
  const choices: ReadSource<TakenApartLine<StepChoice>> = takenApart(
    path.join(folder, 'pairs.jsonl'),
    ChoiceLine,
    withOracle,
    ({ before, chosen, rejected, margin }) => ({ before, chosen, rejected, margin }),
  );
  return { trajectories, choices };
}

function takenApart<L extends z.infer<typeof Taken>, T>(
  file: string,
  of: z.ZodType<L>,
  withOracle: boolean,
  saysOf: (line: L) => T,
): ReadSource<TakenApartLine<T>> {
  const { values, ...read } = valuesOf(file);
  const records: TakenApartLine<T>[] = [];
  const unread: string[] = [];
  for (const value of values) {
    const line = of.safeParse(value).data;
    if (!line) unread.push('the line is none of learnat:search');
    else if (line.oracle && !withOracle) unread.push('no model wrote it (oracle)');
    else {
      const { id, db_id: databaseId, question, sql } = line;
      const pair: GoldPair = { id, databaseId, question, evidence: '', sql, from: 'questions', byProgram: false };
      records.push({ pair, says: saysOf(line) });
    }
  }
  return { ...read, records, unread };
}

/** The candidates of an eval run, by its file or that of its predictions; cases that asked no model have none. */
export function readPools(file: string): ReadSource<CandidatePool> {
  const { cases } = loadRun(file);
  const records = cases.map(({ id, candidates = [] }): CandidatePool => {
    const all = candidates.map(({ generator, sql, samples, likeliest, logprob, mends }): Candidate => {
      return {
        generator,
        sql,
        tables: [],
        assumptions: [],
        ...(samples === undefined ? {} : { samples }),
        ...(likeliest ? { likeliest } : {}),
        ...(logprob === undefined ? {} : { logprob }),
        ...(mends === undefined ? {} : { mends }),
      };
    });
    return { id, candidates: all };
  });
  const own = existsSync(runFile(file)) ? runFile(file) : file;
  return { file: own, sha256: sha256(readFileSync(own)), lines: cases.length, records, unread: [] };
}

export const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** The values of a file: those of its one list, or one a line. What is no JSON at all is a sentence. */
function valuesOf(file: string): ReadFile & { readonly values: readonly unknown[] } {
  const bytes = readFileSync(file);
  const text = bytes.toString('utf8');
  const list = text.trimStart().startsWith('[') ? z.array(z.unknown()).safeParse(jsonOf(text)).data : undefined;
  const values =
    list ??
    text
      .split('\n')
      .filter((line) => line.trim())
      .map(jsonOf);
  if (values.length && values.every((one) => one === undefined)) throw new Error(`${file} holds no JSON.`);
  return { file, sha256: sha256(bytes), lines: values.length, values };
}
