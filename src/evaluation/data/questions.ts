import { z } from 'zod';
import { readJsonLines } from './json-lines.ts';

const SqlLists = z.union([
  z.string(),
  z.object({ postgres: z.array(z.string()), mysql: z.array(z.string()), sqlite: z.array(z.string()) }).partial(),
]);

/** One question of a benchmark file. Fields that a measure does not need may be absent. */
export const BenchQuestion = z.object({
  id: z.string(),
  db_id: z.string().nullish(),
  db: z.string().nullish(),
  question: z.string(),
  sql: SqlLists.nullish(),
  tables: z.array(z.string()).nullish(),
  hardness: z.string().nullish(),
  difficulty: z.string().nullish(),
  category: z.string().nullish(),
  engine: z.string().nullish(),
  /** What BIRD and sql-eval tell besides the question. */
  evidence: z.string().nullish(),
  instructions: z.string().nullish(),
  /** False where the database cannot answer it. */
  answerable: z.boolean().nullish(),
});
export type BenchQuestion = z.infer<typeof BenchQuestion>;

export const readQuestions = (file: string): BenchQuestion[] => readJsonLines(file, BenchQuestion, 'question');
