import { judgedFor, openMayRead } from '#src/access/may-read.ts';
import type { ReaderViews } from '#src/access/reader-views.ts';
import { type Connections, openConnections } from '#src/databases/connections.ts';
import type { Reader } from '#src/domain/access.ts';
import type { Answer, Answered } from '#src/domain/answer.ts';
import { calendarAt } from '#src/domain/calendar.ts';
import type { StepDetail } from '#src/domain/edl.ts';
import type { CheckResult } from '#src/domain/health.ts';
import type { DatabaseId, TeamId, UserId } from '#src/domain/ids.ts';
import type { LabelledQuestion } from '#src/domain/past-answers.ts';
import type { Progress } from '#src/domain/progress.ts';
import { OPERATOR } from '#src/domain/question.ts';
import type { Reading } from '#src/domain/reading.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import type { ResultTable } from '#src/domain/result-table.ts';
import { explainStep } from '#src/edl/explain.ts';
import { startGate } from '#src/guard/judge.ts';
import { questionsToTry } from '#src/pipeline/stages/offer-questions.ts';
import type { AuditLog } from '#src/ports/audit.ts';
import type { ConversationStore } from '#src/ports/conversation-store.ts';
import type { RunStore } from '#src/ports/run-store.ts';
import type { CalibrationFit, LoadedIndex } from '#src/ports/schema-indexes.ts';
import type { EditedStatement } from '#src/reading/reading.ts';
import { type AccessService, openAccessService } from './access-service.ts';
import { type Administration, openAdministration } from './administration.ts';
import { type Asked, type AskService, openAsk } from './ask.ts';
import { askUnregistered, type UnregisteredOptions } from './ask-unregistered.ts';
import { audienceCovers } from './audience.ts';
import { auditChange } from './audited.ts';
import { labelledByPeople } from './calibrate.ts';
import { type ChannelChoice, chooseChannelDatabase } from './channel-database.ts';
import { mayRunAnyway } from './cost-approval.ts';
import { type DatabaseService, openDatabaseService } from './database-service.ts';
import { type DescriptionService, openDescriptionService } from './descriptions.ts';
import { editReading, type ReadingEditRequest, readingForAudience, readingOfQuery } from './edit-reading.ts';
import { openExamples } from './examples.ts';
import { countAskers } from './explorations.ts';
import { type ExploreOver, type ExploreService, openExploreService } from './explore-service.ts';
import { type ExportRequest, exportRows } from './export-rows.ts';
import { checkHealth } from './health.ts';
import { type HomeService, openHomeService } from './home.ts';
import { type HousekeepingReport, keepHouse } from './housekeeping.ts';
import { type IndexService, openIndexService } from './index-service.ts';
import type { RunSettings, ServiceParts } from './parts.ts';
import { openRequests, type RequestService } from './requests.ts';
import { openReviewService, type Reviewer, type ReviewService } from './reviews.ts';
import { openSetupService, type SetupService } from './setup-service.ts';
import { type Status, statusFor } from './status.ts';
import { openTrainService, type TrainService } from './train-service.ts';

export type { ConversationStore } from '#src/ports/conversation-store.ts';
export type { RunStore } from '#src/ports/run-store.ts';

/** Everything that a surface (Slack, the command line) can have done. What a reader may not see, none of it shows them. */
export interface Querent extends AskService, Administration {
  readonly databases: DatabaseService;
  readonly setups: SetupService;
  readonly access: AccessService;
  /** What people ask of owners and admins. */
  readonly requests: RequestService;
  readonly exploring: ExploreService;
  readonly training: TrainService;
  readonly index: Pick<IndexService, 'build' | 'verify' | 'catalogOf'>;
  /** What the company says of its tables and columns. */
  readonly descriptions: DescriptionService;
  /** What a person's Home shows. */
  readonly home: HomeService;
  /** What the data team looks at and decides. */
  readonly reviews: ReviewService;
  /** What the chat surface keeps: deliveries, runs, where they were posted, what was chosen and said of them, their traces. */
  readonly runs: RunStore;
  readonly audit: Pick<AuditLog, 'entries' | 'verify'>;
  readonly runSettings: RunSettings;
  readonly conversations: ConversationStore;
  /** Users of the chat surface who are told what only an admin can mend. */
  readonly admins: readonly UserId[];

  /** Asks a database that is not registered, at this address. */
  askUnregistered(
    address: string,
    asked: Omit<Asked, 'intent'>,
    options: UnregisteredOptions,
    signal: AbortSignal,
  ): Promise<Result<Answer>>;
  /** The rows of an answer's query for a file. */
  exportRows(request: ExportRequest, reader: Reader, signal: AbortSignal): Promise<Result<ResultTable>>;
  /** Whether a reader may see a query and what it reads. */
  permits(databaseId: DatabaseId, sql: string, reader: Reader): Promise<boolean>;
  /** Whether somebody lets a query above its budget run by their own word. */
  mayRunAnyway(databaseId: DatabaseId, reader: Reader): Promise<boolean>;
  /** One step of the explanation of an answer's query; nothing where the reader may not see it. */
  explainStep(databaseId: DatabaseId, sql: string, step: number, reader: Reader): Promise<StepDetail | undefined>;
  /** An answer's query after a change of how it was read, as a reader may have it run; nothing where it cannot be changed so any more. */
  editReading(
    request: ReadingEditRequest,
    reader: Reader,
    timeZone: string | undefined,
  ): Promise<EditedStatement | undefined>;
  /** How a query reads to somebody, with what they may change it to; nothing where they may not see it. */
  readingOf(
    query: Omit<ReadingEditRequest, 'editId'>,
    reader: Reader,
    timeZone: string | undefined,
  ): Promise<Reading | undefined>;
  /** How an answer reads for those whom it is shown to, with the changes that all of them may know of. */
  readingFor(answer: Answered, reader: Reader, how: 'posted' | 'shared'): Promise<Reading | undefined>;
  /** Whether everybody who reads a channel may see an answer that one of them asked for. */
  audienceCovers(answer: Answer, reader: Reader, how: 'posted' | 'shared'): Promise<boolean>;

  /** Which database questions of a channel are taken to be about; for admins. */
  chooseChannelDatabase(choice: ChannelChoice): Promise<Result<void>>;
  /** Keeps other bots from this state until it is released or this process ends; the failure says who holds it. */
  holdState(): Result<() => void>;
  /** Removes what was kept of a person, or of a whole workspace, in every store. */
  forget(team: TeamId, user?: UserId): Promise<Result<Forgotten>>;
  /** What a running bot does beside answering: prunes what was kept long enough, and looks at roles that are due. */
  keepHouse(signal: AbortSignal): Promise<HousekeepingReport>;
  /** Fits how sure it says it is of a database to labelled questions, or to what people chose, confirmed and turned down. */
  calibrate(
    on: readonly LabelledQuestion[] | 'people',
    what: string,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<Result<CalibrationFit>>;
  /** Databases that the declared configuration names: it wins over what is changed from a chat. */
  declared(): Promise<readonly DatabaseId[]>;
  /** Questions that are answered right now of a database, over what a reader may see of it, without a model; at most three. */
  questionsToTry(reader: Reader, id: DatabaseId): Promise<readonly string[]>;
  /** Starts what the first question would else wait for, and keeps a spare of it: for a process that answers for long. */
  warm(): Promise<void>;
  health(signal: AbortSignal): Promise<readonly CheckResult[]>;
  /** What it is doing, as somebody may know it; for admins every part is looked at. */
  status(who: Reviewer, signal: AbortSignal): Promise<Status>;
  close(): Promise<void>;
}

export interface Forgotten {
  readonly runs: number;
  readonly entries: number;
  /** Numbers of audit entries that cannot be read and whose they are is not known. */
  readonly unreadable: readonly number[];
}

const never = new AbortController().signal;

/** What is kept of runs and threads, and what is set for them. */
const conversationsOf = ({ store, settings, audit }: ServiceParts) => ({
  runs: store,
  audit,
  admins: settings.admins,
  conversations: store,
  runSettings: settings.runs,
});

/** What is written over a database before anybody asks, and what a model learns of it. */
const learningOf = (parts: ServiceParts, over: ExploreOver) => ({
  exploring: openExploreService(parts, over),
  training: openTrainService(parts, over),
});

export function openQuerent(parts: ServiceParts): Querent {
  const { store, audit, clock } = parts;
  const connections = openConnections(store, parts.opener, parts.log);
  const index = openIndexService(parts, connections);
  const mayRead = openMayRead();
  const administration = openAdministration(parts);
  const askers = countAskers(openAsk(parts, connections, index, openExamples(parts, mayRead), mayRead, administration));
  const { asking } = askers;
  const databases = openDatabaseService(parts, connections, index);
  const access = openAccessService(parts);
  const setups = openSetupService(parts, { databases, access, index });
  const requests = openRequests(parts, administration, asking);
  const reviews = openReviewService(parts, { asking, administration, index });
  const viewsOf = async ({ reader }: Reviewer) => {
    const held = await heldFor(reader);
    return held.ok ? held.value.views : undefined;
  };

  async function heldFor(reader: Reader): Promise<Result<{ readonly views: ReaderViews; readonly over: LoadedIndex }>> {
    const held = await index.held(never);
    if (!held.ok) return held;
    const { teamId, userId } = reader;
    const identity = reader.identity ?? (userId === undefined ? undefined : parts.identityOf(teamId, userId));
    const known = identity === undefined ? reader : { ...reader, identity };
    return ok({ views: await held.value.viewsOf(known, never), over: held.value.index });
  }

  return {
    ...asking,
    ...administration,
    databases,
    setups,
    access,
    requests,
    mayRunAnyway: (databaseId, reader) => mayRunAnyway(databaseId, reader, parts, administration),
    index,
    ...learningOf(parts, { connections, index, askers }),
    descriptions: openDescriptionService(parts, index),
    reviews,
    home: openHomeService(parts, { administration, reviews, requests, viewsOf }),
    ...conversationsOf(parts),
    askUnregistered: (address, asked, options, signal) => askUnregistered(address, asked, parts, options, signal),
    async exportRows(request, reader, signal) {
      const held = await heldFor(reader);
      return held.ok ? exportRows(request, held.value.views, parts, connections, signal) : held;
    },
    async permits(databaseId, sql, reader) {
      const held = await heldFor(reader);
      return held.ok && (await judgedFor(held.value.views, databaseId, sql)).ok;
    },
    async explainStep(databaseId, sql, step, reader) {
      const held = await heldFor(reader);
      if (!held.ok || !(await judgedFor(held.value.views, databaseId, sql)).ok) return undefined;
      const catalog = held.value.views.retriever.catalogOf(databaseId);
      return catalog && explainStep(sql, catalog.engine, step, catalog);
    },
    ...readings(parts, heldFor),
    async audienceCovers(answer, reader, how) {
      if (reader.channelId === undefined) return true;
      const held = await heldFor(reader);
      if (!held.ok) return false;
      const { views, over } = held.value;
      return audienceCovers(answer, reader, how, views, await store.accessRules(), over.catalogs, clock.now());
    },
    chooseChannelDatabase: (choice) => chooseChannelDatabase(choice, parts, administration),
    holdState: parts.holdState,
    async forget(team, user) {
      const runs = await store.forget(team, user);
      const { changed: entries, unreadable } = await audit.forget(team, user, clock.now());
      const forgotten = { runs, entries, unreadable };
      const what = `forgot a ${user === undefined ? 'team' : 'user'}`;
      const failure = await auditChange(audit, { who: OPERATOR, what, before: null, after: forgotten }, clock.now());
      return failure ? fail(failure) : ok(forgotten);
    },
    async calibrate(on, what, onProgress, signal) {
      const labelled = on === 'people' ? await labelledByPeople(store) : on;
      return index.calibrate(labelled, what, onProgress, signal);
    },
    keepHouse: (signal) => keepHouse(parts, { databases, access, setups }, signal),
    declared: parts.declared,
    async questionsToTry(reader, id) {
      const held = await heldFor(reader);
      const catalog = held.ok ? held.value.views.retriever.catalogOf(id) : undefined;
      return catalog ? questionsToTry(catalog, calendarAt(clock.now(), parts.settings.calendar)) : [];
    },
    warm: async () => startGate(await connections.engines()),
    ...lookingAt(parts, connections, { administration, viewsOf }),
    async close() {
      await connections.close();
      await parts.embedder.close();
      await store.close();
      await audit.close();
    },
  };
}

/** How it is, and what it is doing. */
function lookingAt(
  parts: ServiceParts,
  connections: Connections,
  around: Pick<Parameters<typeof statusFor>[2], 'administration' | 'viewsOf'>,
): Pick<Querent, 'health' | 'status'> {
  const health = (signal: AbortSignal) => checkHealth(parts, connections, signal);
  return { health, status: (who, signal) => statusFor(who, parts, { ...around, health: () => health(signal) }) };
}

/** What is said and changed of how queries read. */
function readings(
  { store, clock, settings }: ServiceParts,
  heldFor: (reader: Reader) => Promise<Result<{ readonly views: ReaderViews }>>,
): Pick<Querent, 'editReading' | 'readingOf' | 'readingFor'> {
  return {
    async editReading(request, reader, timeZone) {
      const held = await heldFor(reader);
      if (!held.ok) return undefined;
      return editReading(request, held.value.views, calendarAt(clock.now(), settings.calendar, timeZone));
    },
    async readingOf(query, reader, timeZone) {
      const held = await heldFor(reader);
      if (!held.ok) return undefined;
      return readingOfQuery(query, held.value.views, calendarAt(clock.now(), settings.calendar, timeZone));
    },
    async readingFor(answer, reader, how) {
      const held = await heldFor(reader);
      if (!held.ok) return undefined;
      return readingForAudience(answer, how, held.value.views, await store.accessRules(), clock.now());
    },
  };
}
