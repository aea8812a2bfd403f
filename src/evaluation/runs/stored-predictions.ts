import { existsSync } from 'node:fs';
import { z } from 'zod';
import { type EvalMode, readItems } from '../data/items.ts';
import { readJsonLines } from '../data/json-lines.ts';
import type { BenchQuestion } from '../data/questions.ts';
import type { EvalRun } from './eval-run.ts';

const StoredPrediction = z.object({ id: z.string(), sql: z.string().nullable(), reason: z.string().optional() });
export type StoredPrediction = z.infer<typeof StoredPrediction>;

/** The predictions beside a stored run, by question; none where their file is gone. */
export function predictionsOf(file: string): ReadonlyMap<string, StoredPrediction> {
  const predictions = file.replace(/\.run\.json$/, '');
  const read = existsSync(predictions) ? readJsonLines(predictions, StoredPrediction, 'prediction') : [];
  return new Map(read.map((one) => [one.id, one]));
}

/** The questions of a stored run, turns of dialogues each by itself, as far as their files are still there. */
export function questionsOf(run: Pick<EvalRun, 'questions' | 'settings'>): ReadonlyMap<string, BenchQuestion> {
  const files = run.questions.filter((file) => existsSync(file));
  const turns = readItems(files, modeOf(run)).flatMap((item) => item.turns);
  return new Map(turns.map((question) => [question.id, question]));
}

/** The mode that a run was asked in. */
const modeOf = ({ settings }: Pick<EvalRun, 'settings'>): EvalMode =>
  settings.mode === 'dialogues' ? 'dialogues' : 'questions';
