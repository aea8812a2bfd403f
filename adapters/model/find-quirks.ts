import { openOpenAiModel } from './open-openai-model.ts';
import { PROBE_MESSAGES, type Probed, type ProbeOptions } from './probe-model.ts';
import type { Quirk } from './quirks.ts';

const WORD_TOKENS = 30;

/** Asks for a word as every question is asked, with rules of the system and as a stream; what the server did otherwise than most. */
export async function findQuirks(
  { baseUrl, model, apiKey, timeoutMs }: ProbeOptions,
  { abilities }: Probed,
  signal: AbortSignal,
): Promise<readonly Quirk[]> {
  const found: Quirk[] = [];
  const asked = openOpenAiModel({
    baseUrl,
    model,
    ...(apiKey === undefined ? {} : { apiKey }),
    timeoutMs,
    abilities: () => abilities,
    countTokens: (text) => text.length,
    onLearned: (quirk) => found.push(quirk),
  });
  const messages = [
    { role: 'system', content: PROBE_MESSAGES.rules },
    { role: 'user', content: PROBE_MESSAGES.word },
  ] as const;
  await asked.reply({ messages, temperature: 0, maxTokens: WORD_TOKENS, enough: () => false }, signal);
  return found;
}
