import type { ReaderViews } from '#src/access/reader-views.ts';
import { pausedBecause } from '#src/databases/pause.ts';
import { isOfQuestion } from '#src/domain/failure.ts';
import type { CheckResult } from '#src/domain/health.ts';
import type { DatabaseId, RunId } from '#src/domain/ids.ts';
import type { Administration } from './administration.ts';
import type { ServiceParts } from './parts.ts';
import type { Reviewer } from './reviews.ts';

/** What the bot is doing, as somebody may know it. */
export interface Status {
  /** Questions of the workspace that are being answered and that wait, and how many of them are theirs. */
  readonly answering: number;
  readonly waiting: number;
  readonly own: number;
  /** The databases that they may ask or administer, in the order of their ids. */
  readonly databases: readonly DatabaseStatus[];
  /** Whether a model server writes queries beside the planner. */
  readonly hasModel: boolean;
  /** Of admins. */
  readonly administration?: {
    /** Every part of the deployment, looked at now. */
    readonly checks: readonly CheckResult[];
    /** Questions that ended in trouble that is not their own, the latest first. */
    readonly troubles: readonly Trouble[];
  };
}

export interface DatabaseStatus {
  readonly id: DatabaseId;
  readonly state: 'ok' | 'paused' | 'not read';
  readonly readAt?: Date;
}

export interface Trouble {
  readonly runId: RunId;
  readonly at: string;
  /** The failure's kind. */
  readonly kind: string;
  readonly databaseId?: DatabaseId;
}

const TROUBLES_SHOWN = 5;
/** Traces that are looked through for them. */
const TRACES_READ = 200;
const ANSWERED = new Set(['answer', 'catalog', 'courtesy', 'clarification', 'outcomes', 'cancelled']);

type Parts = Pick<ServiceParts, 'store' | 'models'>;

interface Around {
  readonly administration: Pick<Administration, 'mayAdminister' | 'administeredBy'>;
  /** What a reader may see now; nothing while there is no index. */
  readonly viewsOf: (who: Reviewer) => Promise<Pick<ReaderViews, 'readable'> | undefined>;
  readonly health: () => Promise<readonly CheckResult[]>;
}

export async function statusFor(who: Reviewer, { store, models }: Parts, around: Around): Promise<Status> {
  const { teamId, userId } = who.reader;
  const { administration, viewsOf, health } = around;
  const runs = await store.underWay(teamId);
  const readable = (await viewsOf(who))?.readable ?? [];
  const known = new Set([...readable, ...(await administration.administeredBy(who.reader))]);
  const isAdmin = await administration.mayAdminister(who.reader);
  return {
    answering: runs.filter(({ state }) => state === 'running').length,
    waiting: runs.filter(({ state }) => state === 'queued').length,
    own: runs.filter(({ user }) => user === userId).length,
    databases: await databasesAmong(known, store),
    hasModel: models !== undefined,
    ...(isAdmin ? { administration: { checks: await health(), troubles: await troublesIn(store) } } : {}),
  };
}

async function databasesAmong(
  known: ReadonlySet<DatabaseId>,
  store: ServiceParts['store'],
): Promise<readonly DatabaseStatus[]> {
  const found: DatabaseStatus[] = [];
  for (const database of await store.databases()) {
    const { id } = database;
    if (!known.has(id)) continue;
    const readAt = await store.readAt(id);
    const paused = await pausedBecause(database, store);
    found.push({ id, state: paused ? 'paused' : readAt ? 'ok' : 'not read', ...(readAt ? { readAt } : {}) });
  }
  return found;
}

async function troublesIn(store: ServiceParts['store']): Promise<readonly Trouble[]> {
  const latest = await store.latestTraces(TRACES_READ);
  return latest
    .filter(({ outcome }) => !ANSWERED.has(outcome) && !isOfQuestion({ kind: outcome }))
    .slice(0, TROUBLES_SHOWN)
    .map(({ outcome, ...trace }) => ({ ...trace, kind: outcome }));
}
