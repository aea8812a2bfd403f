import type { AdapterModel } from '#src/ports/chat-model.ts';
import { PROMPT_STYLES, type PromptStyle } from '#src/prompts/prompt-style.ts';
import { decomposeGenerator } from './decompose.ts';
import { directGenerator } from './direct.ts';
import { edlGenerator } from './edl-first.ts';
import type { Generator } from './generator.ts';
import { plainGenerator } from './plain.ts';

/** The style of the prompts that it was trained on. */
export const trainedStyle = (adapter: AdapterModel | undefined): PromptStyle | undefined =>
  PROMPT_STYLES.find(({ name }) => name === adapter?.trained?.style);

/**
 * A fine-tuned model as a way of writing of its own (sources.md#fine-tuned), asked in the prompt that it was trained on: in another it
 * forgets what it learned. What nobody says anything of is asked as the direct generator asks.
 *
 * @param grammar whether replies are held to a grammar, where the server can.
 */
export function adapterGenerator(adapter: AdapterModel, grammar: boolean): Generator {
  const id = `adapter:${adapter.model.id}`;
  const { generate } = askedAsTrained(adapter, grammar);
  return {
    id,
    async generate(context, signal) {
      const made = await generate(context, signal);
      return { ...made, candidates: made.candidates.map((one) => ({ ...one, generator: id })) };
    },
  };
}

function askedAsTrained(adapter: AdapterModel, grammar: boolean): Generator {
  const { model, trained } = adapter;
  const style = trainedStyle(adapter);
  if (!style) return directGenerator(model);
  switch (trained?.task) {
    case 'edl':
      return edlGenerator(model, style, grammar);
    case 'learnat':
      return decomposeGenerator(model);
    default:
      return plainGenerator(model, style, grammar);
  }
}
