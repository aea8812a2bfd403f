import { randomBytes } from 'node:crypto';
import type { KeptTrace } from '#src/domain/trace.ts';
import type { SocketMode } from './socket-mode.ts';
import type { Workspace } from './workspace.ts';

/** What becomes of a call: an error code, or an HTTP status, a wait, a lost connection. */
export type Fault =
  | string
  | {
      /** The call takes its effect all the same; only its reply is lost. */
      readonly after?: true;
      readonly error?: string;
      /** The scope that `missing_scope` names. */
      readonly needed?: string;
      /** What is wrong with the blocks, as `response_metadata.messages` say it. */
      readonly messages?: readonly string[];
      /** Of a 5xx, or 429 with `retryAfterS`. */
      readonly status?: number;
      readonly retryAfterS?: number;
      /** The connection ends without a reply. */
      readonly drop?: true;
    };

/** What the parts of one sandbox share. */
export interface SandboxContext {
  readonly workspace: Workspace;
  readonly sockets: SocketMode;
  readonly tokens: { readonly page: string; readonly bot: string; readonly app: string };
  /** Sockets that may still be opened, each once. */
  readonly tickets: Set<string>;
  /** Files whose bytes have come and that no message holds yet. */
  readonly uploads: Map<string, { name: string; content: Buffer | undefined }>;
  /** Triggers that may still open a view, with the user they belong to. */
  readonly triggers: Map<string, { readonly user: string; readonly at: number }>;
  /** Set by tests: what becomes of the next calls of a method. */
  readonly faults: Map<string, Fault[]>;
  /** The trace of a run that a message names; none are shown, if absent. */
  readonly traceOf?: ((runId: string) => Promise<KeptTrace | undefined>) | undefined;
  /** The address of this server; known once it listens. */
  readonly origin: () => string;
}

export const randomToken = (): string => randomBytes(18).toString('base64url');
