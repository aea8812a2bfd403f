/**
 * What is written down of every question and every change (AUD-1). Entries are only ever added; each holds the hash of
 * the one before it, so that a line taken out or changed shows.
 */
export type AuditEntry =
  | {
      readonly kind: 'question';
      readonly run: string;
      readonly who: AuditedPerson;
      readonly questionHash: string;
      /** Left out where the operator keeps question texts out of the audit. */
      readonly question?: string;
      readonly scopeDigest: string;
      /** Of the access rules in force. */
      readonly policyVersion: string;
      readonly model?: string;
    }
  | {
      readonly kind: 'statement';
      readonly run: string;
      readonly who: AuditedPerson;
      readonly database: string;
      readonly sql: string;
      readonly tables: readonly string[];
      readonly scopeDigest: string;
    }
  | {
      readonly kind: 'result';
      readonly run: string;
      /** The entry of the statement that it is the result of. */
      readonly of: number;
      readonly code: string;
      readonly rows: number;
      readonly bytes: number;
      readonly ms: number;
    }
  | {
      readonly kind: 'answer';
      readonly run: string;
      readonly outcome: string;
      readonly database?: string;
      /** What the gate or the engine refused on the way, by code. */
      readonly refused: readonly { readonly sql: string; readonly code: string }[];
    }
  | {
      readonly kind: 'change';
      readonly who: AuditedPerson;
      readonly what: string;
      readonly before: unknown;
      readonly after: unknown;
    };

export interface AuditedPerson {
  readonly teamId: string;
  readonly userId: string;
  readonly channelId?: string;
}

export type StoredEntry = AuditEntry & { readonly seq: number; readonly at: string; readonly hash: string };

/** What a check of the chain found. */
export type ChainCheck =
  | { readonly kind: 'sound'; readonly entries: number }
  | { readonly kind: 'broken'; readonly seq: number; readonly why: string };

export interface AuditLog {
  /** Adds an entry and gives its number. Throws AuditUnavailable; then what it is about must not happen. */
  append(entry: AuditEntry, at: Date): number;
  /** Entries from a time on, oldest first. */
  entries(since?: Date): Iterable<StoredEntry>;
  verify(): ChainCheck;
  /** Milliseconds of engine time that a user or channel has used since a time. */
  engineMs(of: { readonly userId: string } | { readonly channelId: string }, teamId: string, since: Date): number;
  /** Removes entries before a time, or the words of a person or a whole workspace; the chain is sealed anew over what is left. */
  prune(before: Date): number;
  forget(teamId: string, userId: string | undefined, at: Date): number;
  close(): void;
}

/** The audit cannot be written or read. */
export class AuditUnavailable extends Error {
  constructor(cause: unknown) {
    super('the audit cannot be written', { cause });
    this.name = 'AuditUnavailable';
  }
}
