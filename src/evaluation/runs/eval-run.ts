import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { DECISIONS } from '#src/domain/confidence.ts';
import { COMPARISONS, type Comparison, USUAL } from '../comparisons.ts';
import { jsonOf } from '../data/json-lines.ts';
import { addToCaseFile, startCaseFile } from './case-file.ts';
import { type EvalCase, STAGES } from './eval-case.ts';
import { KeptEvidence } from './kept-evidence.ts';

/** A case as it is stored. */
const StoredCase = z.object({
  id: z.string(),
  level: z.string(),
  answered: z.boolean(),
  right: z.boolean(),
  goldEmpty: z.boolean(),
  databaseRight: z.boolean(),
  ms: z.number(),
  calls: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  modelMs: z.number().default(0),
  overheadMs: z.number(),
  oracle: z.boolean(),
  selectedFrom: z.number(),
  byGenerator: z.record(
    z.string(),
    z.object({ wrote: z.number(), ran: z.number(), right: z.number(), chosen: z.boolean() }),
  ),
  candidates: z
    .array(
      z.object({
        generator: z.string(),
        sql: z.string(),
        samples: z.number().exactOptional(),
        likeliest: z.literal(true).exactOptional(),
        logprob: z.number().exactOptional(),
        mends: z.string().exactOptional(),
        ran: z.boolean(),
        right: z.boolean(),
        rows: z.number().exactOptional(),
        result: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  rightBy: z.record(z.enum(COMPARISONS), z.boolean()).exactOptional(),
  linking: z.object({ recall: z.number(), precision: z.number(), columns: z.number() }).exactOptional(),
  failedAt: z.enum(STAGES).exactOptional(),
  missed: z.array(z.string()).exactOptional(),
  confidence: z.number().exactOptional(),
  evidence: KeptEvidence.exactOptional(),
  decision: z.enum(DECISIONS).exactOptional(),
  goldFailed: z.literal(true).exactOptional(),
  unanswerable: z.boolean().exactOptional(),
}) satisfies z.ZodType<EvalCase>;

const Settings = z.record(z.string(), z.unknown());

const StoredRun = z.object({
  version: z.literal(1),
  questions: z.array(z.string()),
  commit: z.string(),
  at: z.string(),
  settings: Settings,
  summary: z.record(z.string(), z.unknown()),
  cases: z.array(StoredCase),
}) satisfies z.ZodType<EvalRun>;

/** One evaluation, as it is stored beside its predictions: what was asked, of what, by what, and what came of it. */
export interface EvalRun {
  readonly version: 1;
  readonly questions: readonly string[];
  readonly commit: string;
  readonly at: string;
  /** Settings that change results; a run goes on only under the same ones. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly summary: Readonly<Record<string, unknown>>;
  readonly cases: readonly EvalCase[];
}

/** What said that an answer of the run is right: Spider's, in runs that were stored before there were several. */
export const comparisonOf = ({ settings }: EvalRun): Comparison =>
  COMPARISONS.find((name) => name === settings.comparison) ?? USUAL;

const casesFile = (out: string) => `${out}.cases.jsonl`;
export const runFile = (out: string) => `${out}.run.json`;

/** The commit that runs, with `-dirty` where files differ from it; `unknown` outside a checkout. */
export function commitOf(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}

/** Starts the file of cases anew, or reads what an interrupted run left. */
export const startCases = (out: string, settings: EvalRun['settings'], resume: boolean): EvalCase[] =>
  startCaseFile(casesFile(out), settings, resume, StoredCase);

export const addCase = (out: string, made: EvalCase): void => addToCaseFile(casesFile(out), made);

export const saveRun = (out: string, record: EvalRun): void =>
  writeFileSync(runFile(out), `${JSON.stringify(record)}\n`);

/** A stored run, by its own file or that of its predictions. */
export function loadRun(file: string): EvalRun {
  const own = existsSync(runFile(file)) ? runFile(file) : file;
  const parsed = StoredRun.safeParse(jsonOf(readFileSync(own, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`${own} is no stored run of this version. Runs are the .run.json files beside predictions.`);
}
