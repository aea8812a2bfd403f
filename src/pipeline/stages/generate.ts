import type { ModelRoles } from '#src/ports/chat-model.ts';
import { decomposeGenerator } from '../generators/decompose.ts';
import { adapterGenerator, directGenerator, wideGenerator } from '../generators/direct.ts';
import { edlGenerator } from '../generators/edl-first.ts';
import { fewShotGenerator } from '../generators/few-shot.ts';
import type { GenerateContext, Generator, GeneratorResult } from '../generators/generator.ts';
import { plainGenerator } from '../generators/plain.ts';
import { plannerGenerator } from '../generators/planner.ts';
import type { GeneratorName, PipelineSettings } from '../settings.ts';

/**
 * The generators of a question in two waves: first those that are likeliest to agree and cost least (the planner, one prompt for SQL, one
 * for EDL, fine-tuned models), then, where they do not agree, those that look at it in another way.
 */
export function wavesFor(
  { examples, linked }: Pick<GenerateContext, 'examples' | 'linked'>,
  models: ModelRoles | undefined,
  { generators }: PipelineSettings,
): readonly (readonly Generator[])[] {
  const has = (name: GeneratorName) => generators.has(name);
  const planner = has('planner') ? [plannerGenerator] : [];
  if (!models) return [planner];
  const { generator: model, adapters } = models;
  // Without examples the direct prompt says the same; measured alone, few-shot is asked all the same.
  const fewShot = has('few-shot') && (examples.length > 0 || generators.size === 1);
  const direct = has('direct') ? [directGenerator(model)] : [];
  const wide = has('direct') && linked.wide !== linked.precise ? [wideGenerator(model)] : [];
  const first = [
    ...planner,
    ...(has('plain') ? [plainGenerator(model)] : []),
    ...(has('adapters') ? adapters.map(adapterGenerator) : []),
    ...(fewShot ? [fewShotGenerator(model)] : direct),
    ...(has('edl') ? [edlGenerator(model)] : []),
  ];
  const second = [...(has('decompose') ? [decomposeGenerator(model)] : []), ...(fewShot ? direct : wide)];
  return second.length ? (first.length ? [first, second] : [second]) : [first];
}

export interface WaveResult extends GeneratorResult {
  readonly generator: string;
}

/** Runs a wave's generators side by side. */
export function generateWave(
  wave: readonly Generator[],
  context: GenerateContext,
  signal: AbortSignal,
): Promise<readonly WaveResult[]> {
  return Promise.all(
    wave.map(async (generator) => ({ generator: generator.id, ...(await generator.generate(context, signal)) })),
  );
}
