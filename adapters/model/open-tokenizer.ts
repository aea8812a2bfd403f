import { createRequire } from 'node:module';
import type { CountTokens } from '#src/ports/chat-model.ts';

/** The tokenizer that budgets and figures are counted with, whatever model is served: GPT-4's, on which Qwen's is built. */
export const TOKENIZER = 'cl100k_base (gpt-tokenizer 3.4.0)';

/** Loads its table (45 MB, 80 ms) at the first count. Text that looks like a special token counts as plain text. */
export function openTokenizer(): CountTokens {
  let count: CountTokens | undefined;
  return (text) => {
    count ??= load();
    return count(text);
  };
}

function load(): CountTokens {
  const { countTokens } = createRequire(import.meta.url)(
    'gpt-tokenizer/encoding/cl100k_base',
  ) as typeof import('gpt-tokenizer/encoding/cl100k_base');
  return (text) => countTokens(text, { allowedSpecial: new Set(), disallowedSpecial: new Set() });
}
