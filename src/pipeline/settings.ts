import { KINDS, NAMED, PLAIN, PROMPT_STYLES, type PromptStyle } from '#src/prompts/prompt-style.ts';
import { LINK_SETTINGS, type LinkSettings } from './stages/link.ts';
import type { EvidenceKind, SelectionMode } from './stages/select.ts';
import type { LackingMode } from './stages/tell-lacking.ts';
import type { VerifierReads } from './stages/weigh.ts';
import { SURE } from './support/confidence.ts';
import { MEND_RULES, type MendRule } from './support/mending/rules.ts';

/** The ways of writing a query, in the order of docs/how-it-answers.md. */
const GENERATORS = ['verified', 'planner', 'few-shot', 'direct', 'edl', 'decompose', 'adapters'] as const;
/** `plain` is what all others are measured against, and what the product asks with. */
export type GeneratorName = (typeof GENERATORS)[number] | 'plain';

export { PROMPT_STYLES, type PromptStyle };
/** Best for the models that were measured here. */
export const USUAL_STYLE = KINDS;

/** The retrieved tables that come first shown whole, in as many tokens as linking leaves. */
const SHOWN_WHOLE: LinkSettings = { ...LINK_SETTINGS, keeps: 'tables' };

/** Best on training questions (docs/exploring.md). */
const EXPLORED_SHOWN = 3;

/** What a run of the pipeline does; evaluation names them, the product runs `full`. */
export interface PipelineSettings {
  readonly name: string;
  readonly generators: ReadonlySet<GeneratorName>;
  /** Whether the near databases are tried where it is in doubt which one is meant. */
  readonly probes: boolean;
  /** How the plain prompt is laid out. */
  readonly style: PromptStyle;
  readonly link: LinkSettings;
  /** Whether the plain prompt's and the EDL prompt's replies are held to a grammar of what they are shown, where the server can. */
  readonly grammar: boolean;
  /** Few-shot examples at most. */
  readonly examples: number;
  /** Of them, and in their place, questions that were explored over the database that is asked, at most. */
  readonly explored: number;
  /** How it is told, before a query is written, that the database lacks what is asked for. */
  readonly lacking: LackingMode;
  /** What the program mends before a model is asked. */
  readonly mendRules: ReadonlySet<MendRule>;
  /** Corrective turns a candidate. */
  readonly mendTurns: number;
  readonly selection: SelectionMode;
  /** Samples of the plain prompt that vote where the first generators do not agree. */
  readonly votes: number;
  /** Milliseconds of model work on a question after which no vote is begun any more. */
  readonly votesUntilMs: number;
  /** Confidence of the planner's reading, 0–1, from which no model is asked; above 1 one always is. */
  readonly fastPathFrom: number;
  /** Whether a reviser reads the two best results where they disagree and writes one query. */
  readonly merge: boolean;
  /** What, besides votes, tells apart results that disagree. */
  readonly evidence: ReadonlySet<EvidenceKind>;
  readonly verifierReads: VerifierReads;
  /** Whether the dearer generators are left out where the first ones agree. */
  readonly stopEarly: boolean;
  /** Samples of each generator's reply. */
  readonly samples: number;
  /** Who writes the sentence above a result: the program, or a model whose sentence is checked (one call more). */
  readonly takeaway: 'program' | 'model';
  /** All model work for one question; what was had by then is gone on with. */
  readonly deadlineMs: number;
  /** Tokens that the models may write for one question, all stages together. */
  readonly writtenTokens: number;
}

/** No confidence is as high. */
const NEVER = 2;

/** What the product runs: only what earned its place on a real model (docs/figures.md). */
export const FULL_PIPELINE: PipelineSettings = {
  name: 'full',
  generators: new Set(['verified', 'planner', 'plain', 'adapters']),
  probes: true,
  style: USUAL_STYLE,
  link: LINK_SETTINGS,
  grammar: false,
  examples: 2,
  explored: 0,
  lacking: 'words-and-model',
  mendRules: new Set(MEND_RULES),
  mendTurns: 0,
  selection: 'votes',
  merge: false,
  evidence: new Set(),
  verifierReads: 'query',
  stopEarly: true,
  samples: 1,
  votes: 4,
  votesUntilMs: 8_000,
  fastPathFrom: SURE,
  takeaway: 'program',
  deadlineMs: 120_000,
  // A question takes some 200. Five replies that all run to their limit are 3,000, and of a model that thinks 2,000 before each 13,000.
  writtenTokens: 16_000,
};

/** All that the systems which Querent follows (XiYan-SQL, CRED-SQL, LearNAT) write, mend and choose with, whatever it costs. */
export const EVERY_PIPELINE: PipelineSettings = {
  ...FULL_PIPELINE,
  name: 'every',
  generators: new Set(GENERATORS),
  examples: 4,
  explored: EXPLORED_SHOWN,
  lacking: 'untold',
  mendTurns: 1,
  selection: 'hybrid',
  votes: 0,
  fastPathFrom: NEVER,
};

/** Each way of writing by itself. Only the one that lives by examples has those that were explored. */
const alone = (name: string, generator: GeneratorName): PipelineSettings => ({
  ...EVERY_PIPELINE,
  name,
  generators: new Set([generator]),
  style: PLAIN,
  link: { ...LINK_SETTINGS, rounds: 0 },
  mendRules: new Set(),
  mendTurns: 0,
  selection: 'majority',
  explored: generator === 'few-shot' || generator === 'decompose' ? EXPLORED_SHOWN : 0,
});

const without = (generator: GeneratorName): ReadonlySet<GeneratorName> =>
  new Set(GENERATORS.filter((name) => name !== generator));

/** Samples of `plain`, of which the result that most have is taken. */
const VOTES = [4, 8, 16] as const;

const PIPELINES: readonly PipelineSettings[] = [
  FULL_PIPELINE,
  { ...FULL_PIPELINE, name: 'full-without-planner', generators: new Set(['verified', 'plain', 'adapters']) },
  { ...FULL_PIPELINE, name: 'full-without-probing', probes: false },
  { ...FULL_PIPELINE, name: 'full-with-probing', probes: true },
  { ...FULL_PIPELINE, name: 'full-without-votes', votes: 0 },
  { ...FULL_PIPELINE, name: 'full-without-fast-path', fastPathFrom: NEVER },
  { ...FULL_PIPELINE, name: 'full-without-haste', votesUntilMs: Number.POSITIVE_INFINITY },
  { ...FULL_PIPELINE, name: 'full-without-lacking', lacking: 'untold' },
  { ...FULL_PIPELINE, name: 'full-without-lacking-asked', lacking: 'words' },
  { ...FULL_PIPELINE, name: 'full-without-mending', mendRules: new Set() },
  { ...FULL_PIPELINE, name: 'full-without-named', style: PLAIN },
  { ...FULL_PIPELINE, name: 'full-without-kinds', style: NAMED },
  { ...FULL_PIPELINE, name: 'full-without-linking', link: SHOWN_WHOLE },
  { ...FULL_PIPELINE, name: 'full-without-stopping', stopEarly: false },
  { ...FULL_PIPELINE, name: 'full-with-edl', generators: new Set(['verified', 'planner', 'plain', 'edl', 'adapters']) },
  { ...FULL_PIPELINE, name: 'full-with-likelihood', evidence: new Set(['likelihood']) },
  { ...FULL_PIPELINE, name: 'full-with-probes', evidence: new Set(['probes']) },
  { ...FULL_PIPELINE, name: 'full-with-verifier', evidence: new Set(['verifier']) },
  { ...FULL_PIPELINE, name: 'full-with-verifier-of-steps', evidence: new Set(['verifier']), verifierReads: 'steps' },
  { ...FULL_PIPELINE, name: 'full-with-verifier-of-both', evidence: new Set(['verifier']), verifierReads: 'both' },
  { ...FULL_PIPELINE, name: 'full-with-merge', merge: true },
  { ...FULL_PIPELINE, name: 'full-with-explored', explored: EXPLORED_SHOWN },
  { ...FULL_PIPELINE, name: 'full-with-takeaway', takeaway: 'model' },
  alone('planner', 'planner'),
  alone('plain', 'plain'),
  { ...alone('plain-with-explored', 'plain'), explored: EXPLORED_SHOWN },
  ...VOTES.map((samples) => ({ ...alone(`plain-vote-${samples}`, 'plain'), samples, selection: 'votes' as const })),
  { ...alone('plain-mended', 'plain'), mendRules: FULL_PIPELINE.mendRules },
  { ...alone('plain-mended-with-explored', 'plain'), mendRules: FULL_PIPELINE.mendRules, explored: EXPLORED_SHOWN },
  { ...alone('plain-mended-with-grammar', 'plain'), mendRules: FULL_PIPELINE.mendRules, grammar: true },
  ...VOTES.map((samples) => ({
    ...alone(`plain-mended-vote-${samples}`, 'plain'),
    samples,
    selection: 'votes' as const,
    mendRules: FULL_PIPELINE.mendRules,
  })),
  ...MEND_RULES.map((rule) => ({
    ...alone(`plain-mended-without-${rule}`, 'plain'),
    mendRules: new Set(MEND_RULES.filter((one) => one !== rule)),
  })),
  ...PROMPT_STYLES.map((style) => ({
    ...alone(`style-${style.name}`, 'plain'),
    mendRules: FULL_PIPELINE.mendRules,
    examples: style.examples,
    style,
  })),
  alone('direct', 'direct'),
  alone('few-shot', 'few-shot'),
  { ...alone('few-shot-without-examples', 'few-shot'), examples: 0, explored: 0 },
  alone('edl', 'edl'),
  { ...alone('edl-with-grammar', 'edl'), grammar: true },
  alone('decompose', 'decompose'),
  { ...alone('adapters', 'adapters'), mendRules: FULL_PIPELINE.mendRules },
  { ...alone('adapters-with-grammar', 'adapters'), mendRules: FULL_PIPELINE.mendRules, grammar: true },
  EVERY_PIPELINE,
  ...GENERATORS.map((name) => ({ ...EVERY_PIPELINE, name: `every-without-${name}`, generators: without(name) })),
  { ...EVERY_PIPELINE, name: 'every-without-linking', link: SHOWN_WHOLE },
  { ...EVERY_PIPELINE, name: 'every-without-refiner', mendRules: new Set(), mendTurns: 0 },
  { ...EVERY_PIPELINE, name: 'every-without-selector', selection: 'majority' },
  { ...EVERY_PIPELINE, name: 'every-without-hybrid', selection: 'model' },
  { ...EVERY_PIPELINE, name: 'every-without-examples', examples: 0, explored: 0 },
  { ...EVERY_PIPELINE, name: 'every-without-explored', explored: 0 },
  { ...EVERY_PIPELINE, name: 'every-with-takeaway', takeaway: 'model' },
  { ...EVERY_PIPELINE, name: 'every-without-stopping', stopEarly: false },
];

export const pipelineNames: readonly string[] = PIPELINES.map(({ name }) => name);

export const pipelineNamed = (name: string): PipelineSettings | undefined =>
  PIPELINES.find((pipeline) => pipeline.name === name);
