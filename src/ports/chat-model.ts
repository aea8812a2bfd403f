import type { AdapterManifest, AdapterRole } from '#src/domain/adapter.ts';
import type { ChatMessage } from '#src/domain/chat.ts';
import type { Result } from '#src/domain/result.ts';

/** A model that answers messages (any OpenAI-compatible `/v1/chat/completions`). */
export interface ChatModel {
  /** The model's name, for the trace. */
  readonly id: string;
  /** One reply with one or several samples. Fails with `model-unavailable`, or `cancelled` when the signal aborts. */
  reply(request: ChatRequest, signal: AbortSignal): Promise<Result<ChatReply>>;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  readonly maxTokens: number;
  /** Independent samples of the reply; 1, if absent. */
  readonly samples?: number;
  /** Where drawing begins, for a server that can repeat itself; the i-th sample has `seed + i`. */
  readonly seed?: number;
  /** What the reply must look like. A server that can hold a model to it does; others are only asked to by the prompt. */
  readonly replySchema?: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
  /** GBNF that the reply must be of, where the server was found to hold a model to it; others are only asked to by the prompt. */
  readonly grammar?: string;
  /** Asks for the tokens' probabilities where the server offers them. */
  readonly logprobs?: boolean;
  /** Asks, besides, for the likeliest first tokens, so many of them. */
  readonly alternatives?: number;
  /** Whose question it serves: askers take turns where the server is busy. */
  readonly askerId?: string;
  /** Reads the reply as it is written, and ends it once it holds all that is wanted: the server stops working on it. */
  readonly enough?: (textSoFar: string) => boolean;
}

/** The asker of what nobody waits for: its turn comes when no other waits. */
export const NOBODY_WAITS = 'nobody waits';

export interface ChatChoice {
  readonly text: string;
  /** The reply ended at a limit, so its end is missing. */
  readonly cut: boolean;
  /** Mean log-probability of a token, where it was asked for and offered. */
  readonly logprob?: number;
  /** The likeliest first tokens, where they were asked for and offered. */
  readonly first?: readonly TokenChance[];
  /** How many tokens it took, where the server says so of each sample. */
  readonly tokens?: number;
}

export interface TokenChance {
  readonly text: string;
  readonly logprob: number;
}

export interface ChatReply {
  /** At least one, none of them empty. */
  readonly choices: readonly ChatChoice[];
  /** As the server counts them, or counted here where it does not. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Milliseconds that the server took, where the reply was kept from earlier. */
  readonly keptMs?: number;
}

/** The models of a run by what they do; several may be the same one (sources.md#xiyan-sql). */
export interface ModelRoles {
  /** Chooses databases, tables and columns, and makes follow-ups stand alone. */
  readonly linker: ChatModel;
  /** Writes SQL, EDL and decompositions. */
  readonly generator: ChatModel;
  /** Mends a candidate that failed. */
  readonly refiner: ChatModel;
  /** Chooses among candidates that disagree. */
  readonly selector: ChatModel;
  /** Fine-tuned models: each generator is one more way of writing, the others stand in the place of an untrained model. */
  readonly adapters: readonly AdapterModel[];
  /** Tokens of prompt and reply together that the server takes, where it was found to say so. */
  readonly contextTokens?: () => number | undefined;
}

/** A fine-tuned model with what it was trained for; without that it is a generator that is asked by the direct prompt. */
export interface AdapterModel {
  readonly model: ChatModel;
  readonly role: AdapterRole;
  readonly trained?: Pick<AdapterManifest, 'task' | 'style' | 'databases'>;
}

/** A model server as a deployment uses it. */
export interface ModelServer {
  /** The name of its main model. */
  readonly name: string;
  readonly roles: ModelRoles;
  /** Finds out what it can do, unless that is known; one that does not answer is told by its first use. */
  readonly learn: (signal: AbortSignal) => Promise<void>;
}

/** The same roles, each model changed: booked, limited, timed, written down. */
export function mapRoles(models: ModelRoles, change: (model: ChatModel, role: string) => ChatModel): ModelRoles {
  return {
    ...models,
    linker: change(models.linker, 'linker'),
    generator: change(models.generator, 'generator'),
    refiner: change(models.refiner, 'refiner'),
    selector: change(models.selector, 'selector'),
    adapters: models.adapters.map((one) => ({ ...one, model: change(one.model, 'adapter') })),
  };
}

/** How many tokens a text is. */
export type CountTokens = (text: string) => number;
