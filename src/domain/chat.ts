/** One message to a model, or from it. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
  /** The parts of `content` that are rows of a result: a model reads them, and they are kept nowhere. */
  readonly rows?: readonly string[];
}
