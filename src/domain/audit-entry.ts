import type { ChannelId, TeamId, UserId } from './ids.ts';

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
  readonly teamId: TeamId;
  readonly userId: UserId;
  readonly channelId?: ChannelId;
}

export type StoredEntry = (AuditEntry | UnreadableEntry) & {
  readonly seq: number;
  readonly at: string;
  readonly hash: string;
};

/** Stands where an entry cannot be read: it was damaged, another version wrote it, or it was emptied since. */
export interface UnreadableEntry {
  readonly kind: 'unreadable';
}

/** What forgetting somebody did to the audit. */
export interface ForgottenEntries {
  /** How many entries are without the person now. */
  readonly changed: number;
  /** Numbers of entries that cannot be read and whose they are is not known: words of the person may be in them. */
  readonly unreadable: readonly number[];
}

/** What a check of the chain found. */
export type ChainCheck =
  | { readonly kind: 'sound'; readonly entries: number }
  | { readonly kind: 'broken'; readonly seq: number; readonly why: string };
