import { randomBytes } from 'node:crypto';
import type { KeptTrace } from '#src/domain/trace.ts';
import type { CallLimits } from './call-limits.ts';
import type { Faults } from './fault.ts';
import type { Journal } from './journal.ts';
import type { Manifest } from './manifest.ts';
import type { SocketMode } from './socket-mode.ts';
import type { Views } from './views.ts';
import type { SandboxMessage, Workspace } from './workspace.ts';

export type { Fault } from './fault.ts';

/** Where an interaction may be answered: by a message in its channel, five times within half an hour. */
export interface ResponseUrl {
  readonly user: string;
  readonly channel: string;
  readonly at: number;
  readonly threadTs?: string;
  /** The message that was pressed, which an answer may replace. */
  readonly message?: SandboxMessage;
  uses: number;
}

/** A message that is being written piece by piece. */
export interface Stream {
  readonly startedAt: number;
  text: string;
  plan: string | undefined;
  readonly tasks: Map<
    string,
    { readonly title: string; readonly status: string; readonly details: string; readonly output: string }
  >;
  readonly blocks: unknown[];
}

/** How this workspace differs from one that takes everything. */
export interface Switches {
  /** What agents.* and streams answer where a workspace lacks them. */
  agentSurface: 'on' | 'not_authorized' | 'feature_disabled';
  /** Types of blocks that are refused. */
  readonly refusedBlocks: Set<string>;
  /** How long a stream lives. */
  streamMs: number;
  /** Calls above Slack's limits are refused with 429. */
  limitsCalls: boolean;
}

/** What the parts of one sandbox share. */
export interface SandboxContext {
  readonly workspace: Workspace;
  readonly sockets: SocketMode;
  readonly tokens: { readonly page: string; readonly bot: string; readonly app: string };
  /** Sockets that may still be opened, each once. */
  readonly tickets: Set<string>;
  /** Files whose bytes have come and that no message holds yet. */
  readonly uploads: Map<string, { name: string; content: Buffer | undefined }>;
  /** Triggers, with the user they belong to and whether they have opened a view. */
  readonly triggers: Map<string, { readonly user: string; readonly at: number; used?: true }>;
  readonly views: Views;
  /** Where interactions may be answered, by the last part of the address. */
  readonly responses: Map<string, ResponseUrl>;
  /** Agent sessions, by `channel/thread`. */
  readonly sessions: Map<string, { title: string; status: string }>;
  /** What the app says that it does, by `channel/thread`. */
  readonly statuses: Map<string, string>;
  readonly streams: Map<string, Stream>;
  readonly switches: Switches;
  readonly now: () => number;
  /** What the app may do here. */
  readonly manifest: Manifest;
  readonly faults: Faults;
  readonly callLimits: CallLimits;
  readonly journal: Journal;
  /** The trace of a run that a message names; none are shown, if absent. */
  readonly traceOf?: ((runId: string) => Promise<KeptTrace | undefined>) | undefined;
  /** The address of this server; known once it listens. */
  readonly origin: () => string;
}

export const randomToken = (): string => randomBytes(18).toString('base64url');
