import { type CheckResult, resultOf } from '#src/domain/health.ts';
import { type Abilities, saveAbilities } from './abilities.ts';
import { findQuirks } from './find-quirks.ts';
import type { ModelsOptions } from './open-models.ts';
import { type Probed, type ProbeOptions, probeModel } from './probe-model.ts';
import { SAY_QUIRK } from './quirks.ts';

const PART = 'model server';
const PROBE_TIMEOUT_MS = 60_000;
/** A schema at its budget, rules, examples and the reply. */
const LEAST_CONTEXT = 8_000;

export const NO_MODEL: CheckResult = {
  part: PART,
  state: 'off',
  says: 'none; the built-in planner answers plain questions (QUERENT_MODEL_URL names one)',
};

export interface CheckModelOptions {
  readonly model: ModelsOptions;
  readonly embedder?: NonNullable<ProbeOptions['embeddings']> & { readonly dimensions: number };
  /** Where what was found is kept. */
  readonly home: string;
}

/** Asks a model server what it can do, and keeps that for the bot. */
export const checkModel = (options: CheckModelOptions, signal: AbortSignal, now: Date) =>
  resultOf(PART, () => askWhatItCan(options, signal, now));

async function askWhatItCan(
  { model, embedder, home }: CheckModelOptions,
  signal: AbortSignal,
  now: Date,
): Promise<CheckResult> {
  const probing = {
    baseUrl: model.baseUrl,
    model: model.generator,
    ...(model.apiKey === undefined ? {} : { apiKey: model.apiKey }),
    timeoutMs: Math.min(model.timeoutMs, PROBE_TIMEOUT_MS),
    ...(embedder ? { embeddings: embedder } : {}),
  };
  let probed: Probed;
  try {
    const can = await probeModel(probing, signal, now);
    const quirks = [...(await findQuirks(probing, can, signal))];
    probed = { ...can, abilities: { ...can.abilities, quirks } };
  } catch {
    const says = `${model.baseUrl} does not answer a message to ${model.generator}. Check QUERENT_MODEL_URL, QUERENT_MODEL_NAME and that the server is running.`;
    return { part: PART, state: 'wrong', says };
  }
  await saveAbilities(home, { ...probed.abilities, model: model.name });
  const can = sayAbilities(probed);
  const trouble = troubleWith(probed, model, embedder?.dimensions);
  return trouble === undefined
    ? { part: PART, state: 'ok', says: `${model.generator} answers: ${can}` }
    : { part: PART, state: 'wrong', says: `${trouble} (${can})` };
}

function troubleWith(
  { abilities, listed }: Probed,
  model: ModelsOptions,
  dimensions: number | undefined,
): string | undefined {
  const wanted = [...new Set([model.linker, model.generator, model.refiner, model.selector])];
  const unknown = listed.length ? wanted.filter((name) => !listed.includes(name)) : [];
  if (unknown.length)
    return `has no model ${unknown.join(', ')}; it lists ${listed.slice(0, 5).join(', ')}. Check QUERENT_MODEL_NAME.`;
  if (abilities.contextTokens && abilities.contextTokens < LEAST_CONTEXT)
    return `its context is too short: prompts take up to ${LEAST_CONTEXT} tokens. Start it with a longer one.`;
  if (dimensions !== undefined && abilities.embeddingWidth && abilities.embeddingWidth !== dimensions)
    return `embeddings have ${abilities.embeddingWidth} numbers; set QUERENT_EMBEDDER_DIMENSIONS to that.`;
  return undefined;
}

function sayAbilities({ abilities, answersAs, thinks }: Probed): string {
  const { contextTokens, replySchemaKey, grammarKey, severalSamples, logprobs, saysCut, embeddingWidth }: Abilities =
    abilities;
  const quirks = new Set([...(thinks ? (['thinks'] as const) : []), ...(abilities.quirks ?? [])]);
  return [
    ...(answersAs ? [`it answers as ${answersAs}`] : []),
    contextTokens ? `context of ${contextTokens.toLocaleString('en-US')} tokens` : 'context unknown',
    replySchemaKey === 'none' ? 'JSON by asking only' : `JSON by ${replySchemaKey}`,
    grammarKey === 'none' ? 'no grammars' : 'grammars',
    severalSamples ? 'several samples' : 'one sample a request',
    logprobs ? 'probabilities' : 'no probabilities',
    saysCut ? 'says when a reply is cut' : 'does not say when a reply is cut',
    ...(embeddingWidth ? [`embeddings of ${embeddingWidth}`] : []),
    ...[...quirks].map((quirk) => SAY_QUIRK[quirk]),
  ].join(', ');
}
