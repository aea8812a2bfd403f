import type { ModelRoles } from '#src/ports/chat-model.ts';
import { adapterGenerator } from '../generators/adapter.ts';
import { decomposeGenerator } from '../generators/decompose.ts';
import { directGenerator, wideGenerator } from '../generators/direct.ts';
import { edlGenerator } from '../generators/edl-first.ts';
import { fewShotGenerator } from '../generators/few-shot.ts';
import type { GenerateContext, Generator, GeneratorResult } from '../generators/generator.ts';
import { plainGenerator } from '../generators/plain.ts';
import { plannerGenerator } from '../generators/planner.ts';
import { verifiedGenerator } from '../generators/verified.ts';
import type { GeneratorName, PipelineSettings } from '../settings.ts';
import { adaptersFor } from '../support/fine-tuned.ts';

/** Generators that run side by side, and which samples each is asked for: the first has this seed, the others those after it. */
export interface Wave {
  readonly generators: readonly Generator[];
  readonly samples: number;
  /** In all of its rounds: one alone is not drawn, but the likeliest. */
  readonly samplesInAll: number;
  readonly seed: number;
  /** Samples of the same generators that come in later waves. */
  readonly left: number;
  /** It only adds to what others wrote. */
  readonly votes?: true;
}

/** Samples of one request: the prompt is read once for all of them, and after each some votes are decided. */
const SAMPLES_AT_ONCE = 4;
const FIRST_SEED = 1;

/** Votes of one request: most are decided by the first, and a small machine writes several together no faster than one by one. */
const VOTES_AT_ONCE = 1;

/** A wave's samples, some at a time. What has none, the planner, is asked once. */
function inRounds(generators: readonly Generator[], samples: number, atOnce = SAMPLES_AT_ONCE): readonly Wave[] {
  return Array.from({ length: Math.ceil(samples / atOnce) }, (_, round) => {
    const asked = round * atOnce;
    const now = Math.min(atOnce, samples - asked);
    return {
      generators: round === 0 ? generators : generators.filter(({ id }) => id !== plannerGenerator.id),
      samples: now,
      samplesInAll: samples,
      seed: FIRST_SEED + asked,
      left: samples - asked - now,
    };
  }).filter((wave) => wave.generators.length > 0);
}

/** What was verified is looked at before all else: it is right, and costs nothing. */
export const verifiedWaves = (
  { bank }: Pick<GenerateContext, 'bank'>,
  { generators }: PipelineSettings,
): readonly Wave[] => (generators.has('verified') && bank ? inRounds([verifiedGenerator], 1) : []);

/**
 * The other generators of a question in waves: first those that are likeliest to agree and cost least (the planner, one prompt for SQL, one
 * for EDL, fine-tuned models), then, where they do not agree, those that look at it in another way, and last samples that vote.
 */
export function wavesFor(
  { examples, linked }: Pick<GenerateContext, 'examples' | 'linked'>,
  models: ModelRoles | undefined,
  { generators, samples, votes, style, grammar }: PipelineSettings,
): readonly Wave[] {
  const has = (name: GeneratorName) => generators.has(name);
  const planner = has('planner') ? [plannerGenerator] : [];
  if (!models) return inRounds(planner, 1);
  const { generator: model } = models;
  // Without examples the direct prompt says the same; measured alone, few-shot is asked all the same.
  const fewShot = has('few-shot') && (examples.length > 0 || generators.size === 1);
  const direct = has('direct') ? [directGenerator(model)] : [];
  const wide = has('direct') && linked.wide !== linked.precise ? [wideGenerator(model)] : [];
  const first = [
    ...planner,
    ...(has('plain') ? [plainGenerator(model, style, grammar)] : []),
    ...(has('adapters')
      ? adaptersFor(models, 'generator', linked.catalog).map((one) => adapterGenerator(one, grammar))
      : []),
    ...(fewShot ? [fewShotGenerator(model)] : direct),
    ...(has('edl') ? [edlGenerator(model, style, grammar)] : []),
  ];
  const second = [...(has('decompose') ? [decomposeGenerator(model)] : []), ...(fewShot ? direct : wide)];
  const waves = second.length ? (first.length ? [first, second] : [second]) : [first];
  return [
    ...waves.flatMap((wave) => inRounds(wave, samples)),
    ...inRounds(votes ? [plainGenerator(model, style, grammar)] : [], votes, VOTES_AT_ONCE).map(
      (wave): Wave => ({ ...wave, votes: true }),
    ),
  ];
}

export interface WaveResult extends GeneratorResult {
  readonly generator: string;
}

/** Runs a wave's generators side by side. */
export function generateWave(
  { generators, samples, samplesInAll, seed }: Wave,
  context: GenerateContext,
  signal: AbortSignal,
): Promise<readonly WaveResult[]> {
  const own = { ...context, samples, samplesInAll, seed };
  return Promise.all(
    generators.map(async (generator) => ({ generator: generator.id, ...(await generator.generate(own, signal)) })),
  );
}
