import { LINK_SETTINGS, type LinkSettings } from './stages/link.ts';
import type { SelectionMode } from './stages/select.ts';

/** The ways of writing a query, in the order of docs/how-it-answers.md. */
const GENERATORS = ['planner', 'few-shot', 'direct', 'edl', 'decompose', 'adapters'] as const;
/** `plain` is no part of the full pipeline: it is what that is measured against. */
export type GeneratorName = (typeof GENERATORS)[number] | 'plain';

/** What a run of the pipeline does; evaluation names them, the product runs `full`. */
export interface PipelineSettings {
  readonly name: string;
  readonly generators: ReadonlySet<GeneratorName>;
  readonly link: LinkSettings;
  /** Few-shot examples at most. */
  readonly examples: number;
  /** Whether names that the database lacks are mended by the program, before a model is asked. */
  readonly mendNames: boolean;
  /** Corrective turns a candidate. */
  readonly mendTurns: number;
  readonly selection: SelectionMode;
  /** Whether the dearer generators are left out where the first ones agree. */
  readonly stopEarly: boolean;
  /** Samples of each generator's reply. */
  readonly samples: number;
  /** Who writes the sentence above a result: the program, or a model whose sentence is checked (one call more). */
  readonly takeaway: 'program' | 'model';
  /** All model work for one question; what was had by then is gone on with. */
  readonly deadlineMs: number;
}

export const FULL_PIPELINE: PipelineSettings = {
  name: 'full',
  generators: new Set(GENERATORS),
  link: LINK_SETTINGS,
  examples: 4,
  mendNames: true,
  mendTurns: 1,
  selection: 'hybrid',
  stopEarly: true,
  samples: 1,
  takeaway: 'program',
  deadlineMs: 120_000,
};

const alone = (name: string, generator: GeneratorName): PipelineSettings => ({
  ...FULL_PIPELINE,
  name,
  generators: new Set([generator]),
  link: { ...LINK_SETTINGS, rounds: 0 },
  mendNames: false,
  mendTurns: 0,
  selection: 'majority',
});

const without = (generator: GeneratorName): ReadonlySet<GeneratorName> =>
  new Set(GENERATORS.filter((name) => name !== generator));

/** Samples of `plain`, of which the result that most have is taken. */
const VOTES = [4, 8, 16] as const;

const PIPELINES: readonly PipelineSettings[] = [
  FULL_PIPELINE,
  alone('planner', 'planner'),
  alone('plain', 'plain'),
  ...VOTES.map((samples) => ({ ...alone(`plain-vote-${samples}`, 'plain'), samples })),
  { ...alone('plain-mended', 'plain'), mendNames: true },
  ...VOTES.map((samples) => ({
    ...alone(`plain-mended-vote-${samples}`, 'plain'),
    samples,
    mendNames: true,
  })),
  alone('direct', 'direct'),
  alone('few-shot', 'few-shot'),
  alone('edl', 'edl'),
  alone('decompose', 'decompose'),
  ...GENERATORS.map((name) => ({ ...FULL_PIPELINE, name: `full-without-${name}`, generators: without(name) })),
  { ...FULL_PIPELINE, name: 'full-without-linking', link: { ...LINK_SETTINGS, wholeTokens: 1e9, budgetTokens: 1e9 } },
  { ...FULL_PIPELINE, name: 'full-without-refiner', mendNames: false, mendTurns: 0 },
  { ...FULL_PIPELINE, name: 'full-without-mending-names', mendNames: false },
  { ...FULL_PIPELINE, name: 'full-without-selector', selection: 'majority' },
  { ...FULL_PIPELINE, name: 'full-without-hybrid', selection: 'model' },
  { ...FULL_PIPELINE, name: 'full-with-takeaway', takeaway: 'model' },
  { ...FULL_PIPELINE, name: 'full-without-examples', examples: 0 },
  { ...FULL_PIPELINE, name: 'full-without-stopping', stopEarly: false },
];

export const pipelineNames: readonly string[] = PIPELINES.map(({ name }) => name);

export const pipelineNamed = (name: string): PipelineSettings | undefined =>
  PIPELINES.find((pipeline) => pipeline.name === name);
