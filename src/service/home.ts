import { LRUCache } from 'lru-cache';
import type { ReaderViews } from '#src/access/reader-views.ts';
import { type Calendar, calendarAt } from '#src/domain/calendar.ts';
import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { latestSeen } from '#src/domain/freshness.ts';
import type { DatabaseId, RunId, TeamId, UserId } from '#src/domain/ids.ts';
import { type PermissionRequest, stateOf } from '#src/domain/permission-request.ts';
import type { RegisteredDatabase } from '#src/domain/registered-database.ts';
import type { Review } from '#src/domain/review.ts';
import { nearestQuestions } from '#src/pipeline/support/nearest-questions.ts';
import type { AskedRun, Usage } from '#src/ports/home-store.ts';
import type { Administration, Responsible } from './administration.ts';
import type { ServiceParts } from './parts.ts';
import type { Reviewer, ReviewService } from './reviews.ts';

export type { AskedRun } from '#src/ports/home-store.ts';

/** A database as somebody may ask it. */
export interface HomeDatabase {
  readonly id: DatabaseId;
  readonly description?: string;
  /** Whom to ask about it, as its owner is written. */
  readonly owner?: string;
  readonly tables: number;
  /** The latest date that a sample of it held. */
  readonly latest?: string;
  readonly readAt?: Date;
  readonly paused: boolean;
  /** Questions that it answers right now, from what this person may see. */
  readonly questions: readonly string[];
}

export interface Home {
  readonly databases: readonly HomeDatabase[];
  /** Of all pages. */
  readonly databaseCount: number;
  readonly page: number;
  readonly pages: number;
  readonly recent: readonly AskedRun[];
  readonly saved: readonly AskedRun[];
  readonly admins: Responsible;
  /** Of those who administer something. */
  readonly administration?: HomeAdministration;
}

export interface HomeAdministration {
  readonly isAdmin: boolean;
  readonly health: readonly DatabaseHealth[];
  readonly reviews: readonly Review[];
  readonly requests: readonly PermissionRequest[];
  /** Of the workspace, for admins. */
  readonly usage?: Usage & { readonly engineMs: number };
}

export interface DatabaseHealth {
  readonly id: DatabaseId;
  readonly state: 'ok' | 'paused' | 'not read';
  readonly tables: number;
  readonly readAt?: Date;
  /** Questions of the last day that it did not answer, and all. */
  readonly failed: number;
  readonly asked: number;
}

export interface HomeService {
  /** What somebody's Home shows at a page of databases; what they may not see is not in it. Nothing while there is nothing to ask or to administer. */
  home(who: Reviewer, page: number): Promise<Home | undefined>;
  /**
   * Questions to begin with, of what somebody may see: one of each of the first databases, then more. `own`: those of a deployment, for
   * whoever may see all of it.
   */
  prompts(who: Reviewer, limit: number, own: readonly string[]): Promise<readonly string[]>;
  /** Keeps an answer on somebody's Home; false where it was there. */
  save(id: RunId, user: UserId): Promise<boolean>;
  unsave(id: RunId, user: UserId): Promise<boolean>;
  /** Remembers that somebody has opened their Home, at a page. */
  open(team: TeamId, user: UserId, page: number): Promise<void>;
  /** The page that they are at; nothing where they never opened it. */
  pageOf(team: TeamId, user: UserId): Promise<number | undefined>;
}

const DATABASES_A_PAGE = 15;
const QUESTIONS_EACH = 3;
const RUNS_SHOWN = 5;
const DAY_MS = 24 * 3_600_000;

type Parts = Pick<ServiceParts, 'store' | 'audit' | 'clock' | 'settings'>;

export interface AroundHome {
  /** What a reader may see now; nothing while there is no index. */
  readonly viewsOf: (who: Reviewer) => Promise<ReaderViews | undefined>;
  readonly administration: Administration;
  readonly reviews: Pick<ReviewService, 'list'>;
  readonly requests: { list(): Promise<readonly PermissionRequest[]> };
}

export function openHomeService(parts: Parts, around: AroundHome): HomeService {
  const { store, clock, settings } = parts;
  const questionsOf = openQuestions();
  const calendarOf = ({ timeZone }: Reviewer) => calendarAt(clock.now(), settings.calendar, timeZone);

  return {
    async home(who, wanted) {
      const views = await around.viewsOf(who);
      const administration = await administrationOf(who, parts, around);
      if (!views && !administration) return undefined;
      const { teamId, userId } = who.reader;
      const databases = (await store.databases()).filter(({ id }) => views?.readable.includes(id));
      const pages = Math.max(1, Math.ceil(databases.length / DATABASES_A_PAGE));
      const page = Math.min(Math.max(0, wanted), pages - 1);
      const shown = databases.slice(page * DATABASES_A_PAGE, (page + 1) * DATABASES_A_PAGE);
      return {
        databases: views
          ? await Promise.all(shown.map((one) => homeDatabase(one, views, calendarOf(who), questionsOf, store)))
          : [],
        databaseCount: databases.length,
        page,
        pages,
        recent: await store.recentRuns(teamId, userId, RUNS_SHOWN),
        saved: await store.savedRuns(teamId, userId, RUNS_SHOWN),
        admins: { users: settings.admins, groups: settings.adminGroup === undefined ? [] : [settings.adminGroup] },
        ...(administration ? { administration } : {}),
      };
    },
    async prompts(who, limit, own) {
      const views = await around.viewsOf(who);
      if (!views) return [];
      const all = await store.databases();
      if (own.length && all.every(({ id }) => views.readable.includes(id) && !views.isPartial(id)))
        return own.slice(0, limit);
      const made = views.readable.slice(0, limit).map((id) => {
        const catalog = views.retriever.catalogOf(id);
        return catalog ? questionsOf(catalog, views, calendarOf(who)) : [];
      });
      const rounds = Array.from({ length: QUESTIONS_EACH }, (_, at) => made.flatMap((of) => of[at] ?? []));
      return rounds.flat().slice(0, limit);
    },
    save: (id, user) => store.saveAnswer(id, user, clock.now()),
    unsave: (id, user) => store.unsaveAnswer(id, user),
    open: (team, user, page) => store.openHome(team, user, page),
    pageOf: (team, user) => store.homePage(team, user),
  };
}

async function homeDatabase(
  { id, description, owner, paused }: RegisteredDatabase,
  views: ReaderViews,
  calendar: Calendar,
  questionsOf: QuestionsOf,
  store: ServiceParts['store'],
): Promise<HomeDatabase> {
  const catalog = views.retriever.catalogOf(id);
  const dates = catalog?.tables.flatMap((table) => latestSeen(table)?.date ?? []) ?? [];
  const latest = dates
    .filter((date) => date <= calendar.today)
    .sort()
    .at(-1);
  const readAt = await store.readAt(id);
  return {
    id,
    ...(description === undefined ? {} : { description }),
    ...(owner === undefined ? {} : { owner }),
    tables: catalog?.tables.length ?? 0,
    ...(latest === undefined ? {} : { latest }),
    ...(readAt ? { readAt } : {}),
    paused: paused !== undefined,
    questions: catalog && !paused ? questionsOf(catalog, views, calendar) : [],
  };
}

type QuestionsOf = (catalog: DatabaseCatalog, views: ReaderViews, calendar: Calendar) => readonly string[];

const QUESTIONS_KEPT = 1_000;

/** Questions that the planner answers over what a reader may see of a database; planned once a day for each view. */
function openQuestions(): QuestionsOf {
  const known = new LRUCache<string, readonly string[]>({ max: QUESTIONS_KEPT });
  return (catalog, { digest }, calendar) => {
    const key = JSON.stringify([digest, catalog.databaseId, catalog.tables.length, calendar.today]);
    const found = known.get(key);
    if (found) return found;
    const near = nearestQuestions('', { catalog, ranked: [] }, calendar).map(({ text, planned }) => ({
      text,
      table: planned.tables[0],
    }));
    // Several questions of one table say less than those of three.
    const byTable = [...Map.groupBy(near, ({ table }) => table).values()];
    const rounds = Array.from({ length: QUESTIONS_EACH }, (_, at) => byTable.flatMap((of) => of[at] ?? []));
    const made = rounds
      .flat()
      .slice(0, QUESTIONS_EACH)
      .map(({ text }) => text);
    known.set(key, made);
    return made;
  };
}

async function administrationOf(
  who: Reviewer,
  { store, audit, clock }: Parts,
  { administration, reviews, requests }: AroundHome,
): Promise<HomeAdministration | undefined> {
  const ids = await administration.administeredBy(who.reader);
  const isAdmin = await administration.mayAdminister(who.reader);
  if (!ids.length && !isAdmin) return undefined;
  const { teamId: team } = who.reader;
  const since = new Date(clock.now().getTime() - DAY_MS);
  const open: PermissionRequest[] = [];
  for (const request of await requests.list())
    if (
      stateOf(request, clock.now()) === 'open' &&
      request.teamId === team &&
      (await administration.mayAdminister(who.reader, request.databaseId))
    )
      open.push(request);
  return {
    isAdmin,
    health: await healthOf(ids, store, since),
    reviews: await reviews.list(who, 'open'),
    requests: open,
    ...(isAdmin
      ? { usage: { ...(await store.usage(team, since)), engineMs: await audit.engineMs({ all: true }, team, since) } }
      : {}),
  };
}

async function healthOf(
  ids: readonly DatabaseId[],
  store: ServiceParts['store'],
  since: Date,
): Promise<readonly DatabaseHealth[]> {
  const databases = await store.databases();
  const catalogs = await store.catalogs();
  const counts = await store.askedOf(since);
  return Promise.all(
    ids.map(async (id): Promise<DatabaseHealth> => {
      const tables = catalogs.find((one) => one.databaseId === id)?.tables.length;
      const readAt = await store.readAt(id);
      const paused = databases.find((one) => one.id === id)?.paused !== undefined;
      const { asked, failed } = counts.find((one) => one.databaseId === id) ?? { asked: 0, failed: 0 };
      return {
        id,
        state: paused ? 'paused' : tables === undefined ? 'not read' : 'ok',
        tables: tables ?? 0,
        ...(readAt ? { readAt } : {}),
        asked,
        failed,
      };
    }),
  );
}
