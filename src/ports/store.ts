import type { TeamId, UserId } from '#src/domain/ids.ts';
import type { ConversationStore } from './conversation-store.ts';
import type { DatabaseStore } from './database-store.ts';
import type { DescriptionStore } from './description-store.ts';
import type { ExploredStore } from './explored-store.ts';
import type { HomeStore } from './home-store.ts';
import type { RequestStore } from './request-store.ts';
import type { ReviewStore } from './review-store.ts';
import type { RunStore } from './run-store.ts';
import type { SetupStore } from './setup-store.ts';

/** The state of one deployment. What is read from it has been checked; what cannot be read rejects with StateUnreadable (domain/state-unreadable.ts). */
export interface Store
  extends ConversationStore,
    DatabaseStore,
    RunStore,
    RequestStore,
    ReviewStore,
    DescriptionStore,
    HomeStore,
    SetupStore,
    ExploredStore {
  /** Removes everything of a person, or of a whole workspace; what it removes is overwritten. Returns the runs removed. */
  forget(team: TeamId, user?: UserId): Promise<number>;
  /** Removes runs with their traces, and deliveries, from before a time. */
  prune(before: Date): Promise<number>;
  close(): Promise<void>;
}
