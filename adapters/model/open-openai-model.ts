import OpenAI from 'openai';
import { type ChatModel, ModelUnavailable } from '#src/ports/chat-model.ts';

export interface OpenAiModelOptions {
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
  readonly timeoutMs?: number;
}

/** A reply of some hundred tokens takes a few seconds; a server that hangs must not hold an answer up for long. */
const TIMEOUT_MS = 20_000;

/** Any OpenAI-compatible chat server (vLLM, llama.cpp). An abort closes the request, so the server stops working on it. */
export function openOpenAiModel(options: OpenAiModelOptions): ChatModel {
  const client = new OpenAI({
    baseURL: options.baseUrl,
    apiKey: options.apiKey ?? 'none',
    timeout: options.timeoutMs ?? TIMEOUT_MS,
    maxRetries: 0, // callers go on without a model; a second wait would only be longer
  });
  return {
    id: options.model,
    async reply({ messages, temperature, maxTokens }, signal) {
      try {
        const completion = await client.chat.completions.create(
          { model: options.model, messages: [...messages], temperature, max_tokens: maxTokens },
          { signal },
        );
        const text = completion.choices[0]?.message.content;
        if (!text) throw new ModelUnavailable('the model server returned no text');
        const { prompt_tokens: inputTokens = 0, completion_tokens: outputTokens = 0 } = completion.usage ?? {};
        return { text, inputTokens, outputTokens };
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof ModelUnavailable) throw error;
        throw new ModelUnavailable('the model server is not answering', { cause: error });
      }
    },
  };
}
