import type { SandboxContext } from './sandbox-context.ts';
import type { SandboxMessage } from './workspace.ts';

/** What the methods of the Web API are made of. */
export type ApiArguments = Readonly<Record<string, unknown>>;
export type ApiReply = { readonly ok: boolean; readonly [field: string]: unknown };

export interface ApiContext extends SandboxContext {
  /** The address of a socket that may be opened once. */
  readonly socketTicket: () => string;
  /** Tells the bot about a message, as Slack echoes what apps post. */
  readonly echo: (message: SandboxMessage) => void;
  readonly tellChanged: (message: SandboxMessage, before: Record<string, unknown>) => void;
  readonly tellDeleted: (message: SandboxMessage) => void;
}

export type Method = (args: ApiArguments, context: ApiContext) => ApiReply;

export const error = (code: string, more: Record<string, unknown> = {}): ApiReply => ({
  ok: false,
  error: code,
  ...more,
});
export const text = (value: unknown) => (value === undefined || value === null ? '' : String(value));

/** Form bodies carry nested values as JSON text. */
export function nested(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
