import type { ChatMessage } from '#src/domain/chat.ts';

/** A model that answers messages (any OpenAI-compatible `/v1/chat/completions`). */
export interface ChatModel {
  /** The model's name, for the trace. */
  readonly id: string;
  /** One reply. Rejects with ModelUnavailable when the server cannot be reached or refuses. */
  reply(request: ChatRequest, signal: AbortSignal): Promise<ChatReply>;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  readonly maxTokens: number;
}

export interface ChatReply {
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export class ModelUnavailable extends Error {
  override name = 'ModelUnavailable';
}
