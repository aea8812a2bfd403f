import type { Reader } from '#src/domain/access.ts';
import type { Answered } from '#src/domain/answer.ts';
import type { AuditedPerson } from '#src/domain/audit-entry.ts';
import type { DatabaseId, RunId, TeamId, UserId } from '#src/domain/ids.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { byUrgency, databaseOfRun, type Review, type StoredVerified } from '#src/domain/review.ts';
import { type NewRun, queryOf, type Run } from '#src/domain/run.ts';
import type { KeptTrace, TraceEntry } from '#src/domain/trace.ts';
import { explainExecuted } from '#src/edl/explain.ts';
import type { ReviewFilter } from '#src/ports/review-store.ts';
import type { Administration } from './administration.ts';
import type { AskService } from './ask.ts';
import { auditChange, hashOf } from './audited.ts';
import { type DigestService, openDigests } from './digests.ts';
import type { IndexService } from './index-service.ts';
import type { ServiceParts } from './parts.ts';

/** Who looks at a question and decides, with their rights of now. The operator at the command line decides about all. */
export interface Reviewer {
  readonly reader: Reader & { readonly userId: UserId };
  readonly timeZone?: string;
}

/** A question with all that is known of how it was answered. */
export interface ReviewDetails extends Review {
  readonly databaseId?: DatabaseId;
  readonly sql?: string;
  /** What its query does, a line a step; none where there is no query. */
  readonly steps: readonly string[];
  readonly trace?: KeptTrace;
}

/** A question and query, as a reviewer has edited them. */
export interface ReviewedQuery {
  readonly id: RunId;
  readonly question: string;
  readonly databaseId: DatabaseId;
  readonly sql: string;
}

/** The data team's list. Whoever may administer a database decides about questions of it, admins about all; it is asked at every call. */
export interface ReviewService extends DigestService {
  /** The most urgent first. */
  list(who: Reviewer, which: 'open' | 'all'): Promise<readonly Review[]>;
  /** One question, by its id or its first characters. */
  show(id: RunId, who: Reviewer): Promise<Result<ReviewDetails>>;
  /** Databases whose questions somebody decides about. */
  databasesOf(who: Reviewer): Promise<readonly DatabaseId[]>;
  /** What a query gives, judged and run as the reviewer may have it. Nothing is kept of it. */
  attempt(query: ReviewedQuery, who: Reviewer, signal: AbortSignal): Promise<Result<Answered>>;
  /** It is tried once more; then later questions are answered by it, and so is the one that it came of, where that was asked. */
  verify(query: ReviewedQuery, who: Reviewer, signal: AbortSignal): Promise<Result<void>>;
  /** Leaves it as it is. `note`: what those who wait are told. */
  dismiss(id: RunId, note: string | undefined, who: Reviewer): Promise<Result<void>>;
  /** Puts a question on the list because somebody asks for that; false where they did before. */
  handOver(id: RunId, user: UserId): Promise<boolean>;
  /** Answers that hold for later questions. */
  verified(who: Reviewer): Promise<readonly StoredVerified[]>;
  withdraw(id: RunId, who: Reviewer): Promise<Result<void>>;
  /** Decisions of which those who wait have not heard, and that they have. */
  untold(team: TeamId): Promise<readonly Review[]>;
  saveTold(id: RunId, settledAt: string): Promise<void>;
}

type Parts = Pick<ServiceParts, 'store' | 'audit' | 'clock' | 'newId' | 'settings'>;

interface Around {
  readonly asking: Pick<AskService, 'ask'>;
  readonly administration: Administration;
  readonly index: Pick<IndexService, 'catalogOf'>;
}

export function openReviewService(parts: Parts, around: Around): ReviewService {
  const { store, clock } = parts;
  const { administration, index } = around;
  const mayDecide = ({ reader }: Reviewer, id: DatabaseId | undefined) =>
    isOperator(reader) || administration.mayAdminister(reader, id);
  const teamOf = ({ reader }: Reviewer) => (isOperator(reader) ? {} : { team: reader.teamId });

  async function decidable(who: Reviewer, of: Omit<ReviewFilter, 'team'>): Promise<readonly Review[]> {
    const found: Review[] = [];
    for (const review of await store.reviews({ ...of, ...teamOf(who) }))
      if (await mayDecide(who, databaseOfRun(review.run))) found.push(review);
    return found;
  }

  async function decidableOne(id: RunId, who: Reviewer): Promise<Result<Review>> {
    const all = await decidable(who, { which: 'all' });
    const begun = all.filter(({ run }) => run.id.startsWith(id));
    const found = all.find(({ run }) => run.id === id) ?? (begun.length === 1 ? begun[0] : undefined);
    return found ? ok(found) : fail({ kind: 'no-such-run', id });
  }

  const service: Omit<ReviewService, 'verify' | 'dismiss' | 'withdraw' | keyof DigestService> = {
    list: async (who, which) => byUrgency(await decidable(who, { which })),
    async show(id, who) {
      const found = await decidableOne(id, who);
      if (!found.ok) return found;
      const details = await detailsOf(found.value, store, index);
      return ok((await mayDecide(who, undefined)) ? details : withoutOthers(details));
    },
    databasesOf: async ({ reader }) =>
      isOperator(reader) ? (await store.databases()).map(({ id }) => id) : administration.administeredBy(reader),
    async attempt(query, who, signal) {
      const found = await decidableOne(query.id, who);
      if (!found.ok) return found;
      return tried(query, who, around.asking, signal);
    },
    handOver: (id, user) => store.handOver(id, user, clock.now()),
    async verified(who) {
      const found: StoredVerified[] = [];
      const { team } = teamOf(who);
      for (const one of await store.verifiedByTeam(team)) if (await mayDecide(who, one.databaseId)) found.push(one);
      return found;
    },
    untold: (team) => store.reviews({ team, which: 'untold' }),
    saveTold: (id, at) => store.saveTold(id, at),
  };
  return {
    ...service,
    ...decisions(parts, around, { decidableOne, mayDecide }),
    ...openDigests(parts, administration),
  };
}

const isOperator = ({ teamId, userId }: Reader) => teamId === OPERATOR.teamId && userId === OPERATOR.userId;

interface Rights {
  readonly decidableOne: (id: RunId, who: Reviewer) => Promise<Result<Review>>;
  readonly mayDecide: (who: Reviewer, id: DatabaseId | undefined) => boolean | Promise<boolean>;
}

/** What is decided, each written down before it holds. */
function decisions(
  { store, audit, clock, newId, settings }: Parts,
  { asking }: Around,
  { decidableOne, mayDecide }: Rights,
): Pick<ReviewService, 'verify' | 'dismiss' | 'withdraw'> {
  const writeDown = (who: Reviewer, what: string, before: unknown, after: unknown) =>
    auditChange(audit, { who: personOf(who), what, before, after }, clock.now());
  const worded = (question: string) => (settings.keepQuestionTexts ? { question } : { questionHash: hashOf(question) });

  return {
    async verify(query, who, signal) {
      const { databaseId, question } = query;
      const found = await decidableOne(query.id, who);
      if (!found.ok) return found;
      if (!(await mayDecide(who, databaseId))) return fail({ kind: 'not-an-admin', database: databaseId });
      const answer = await tried(query, who, asking, signal);
      if (!answer.ok) return answer;
      const { run } = found.value;
      const { sql } = answer.value;
      const before = { run: run.id, ...worded(run.result?.text ?? run.text), sql: queryOf(run.result)?.sql ?? null };
      const what = `verified an answer of ${databaseId}`;
      const unwritten = await writeDown(who, what, before, { ...worded(question), sql });
      if (unwritten) return fail(unwritten);
      const at = clock.now().toISOString();
      const next = postingRun(run, { ...query, sql }, newId(), at);
      const settlement = { how: 'verified', by: who.reader.userId, at } as const;
      const isSettled = await store.settle(run.id, settlement, { verified: { databaseId, question, sql }, next });
      return isSettled ? ok(undefined) : fail({ kind: 'settled-already' });
    },
    async dismiss(id, note, who) {
      const found = await decidableOne(id, who);
      if (!found.ok) return found;
      const { run } = found.value;
      // Without the note: the audit keeps no words of anybody.
      const unwritten = await writeDown(who, 'dismissed a review', { run: run.id }, null);
      if (unwritten) return fail(unwritten);
      const at = clock.now().toISOString();
      const settlement = {
        how: 'dismissed',
        by: who.reader.userId,
        at,
        ...(note === undefined ? {} : { note }),
      } as const;
      return (await store.settle(run.id, settlement)) ? ok(undefined) : fail({ kind: 'settled-already' });
    },
    async withdraw(id, who) {
      const team = isOperator(who.reader) ? undefined : who.reader.teamId;
      const all = (await store.verifiedByTeam(team)).filter(({ runId }) => runId.startsWith(id));
      const [one] = all;
      if (!one || all.length > 1 || !(await mayDecide(who, one.databaseId))) return fail({ kind: 'no-such-run', id });
      const before = { ...worded(one.question), sql: one.sql };
      const unwritten = await writeDown(who, `withdrew a verified answer of ${one.databaseId}`, before, null);
      if (unwritten) return fail(unwritten);
      await store.withdrawVerified(one.runId);
      return ok(undefined);
    },
  };
}

const personOf = ({ reader: { teamId, userId } }: Reviewer): AuditedPerson => ({ teamId, userId });

/** The query as any that a person chose: judged, costed, run read-only and written down, with the rights of who tries it. */
async function tried(
  { question, databaseId, sql }: ReviewedQuery,
  { reader, timeZone }: Reviewer,
  { ask }: Pick<AskService, 'ask'>,
  signal: AbortSignal,
): Promise<Result<Answered>> {
  const { teamId, userId, groups, unknownGroups } = reader;
  const asker = {
    teamId,
    userId,
    ...(groups ? { groups } : {}),
    ...(unknownGroups ? { unknownGroups } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
  const place = isOperator(reader) ? ({ kind: 'terminal' } as const) : ({ kind: 'direct' } as const);
  const intent = { kind: 'chosen', databaseId, sql, costAccepted: false } as const;
  const answer = await ask({ text: question, asker, place, intent }, {}, signal);
  if (answer.kind === 'answer') return ok(answer);
  return fail(answer.kind === 'failure' ? answer.failure : { kind: 'settled-already' });
}

/** The run that answers the question where it was asked, to who asked it and with their rights. */
function postingRun(run: Run, { question, databaseId, sql }: ReviewedQuery, id: RunId, at: string): NewRun {
  const { state: _, attempts: _attempts, result: _result, reruns: _reruns, settles: _settles, ...request } = run;
  const intent = { kind: 'chosen', databaseId, sql, costAccepted: false, verified: true } as const;
  return { ...request, id, cause: { kind: 'review', of: run.id, at }, text: question, intent, turnedDown: [] };
}

/** Stages that tell of databases besides the one that was asked. */
const OF_ALL_DATABASES: ReadonlySet<TraceEntry['stage']> = new Set([
  'catalog',
  'retrieve',
  'probe',
  'rerank',
  'choose-database',
  'clarify',
  'examples',
  'offer',
]);

/** As the owner of the database sees it: how it was found among others is for admins. */
const withoutOthers = ({ trace, ...details }: ReviewDetails): ReviewDetails => ({
  ...details,
  ...(trace ? { trace: { ...trace, entries: trace.entries.filter(({ stage }) => !OF_ALL_DATABASES.has(stage)) } } : {}),
});

async function detailsOf(
  review: Review,
  store: ServiceParts['store'],
  index: Pick<IndexService, 'catalogOf'>,
): Promise<ReviewDetails> {
  const { run } = review;
  const databaseId = databaseOfRun(run);
  const sql = queryOf(run.result)?.sql;
  const catalog = databaseId === undefined ? undefined : await index.catalogOf(databaseId);
  const edl = sql !== undefined && catalog ? explainExecuted(sql, catalog.engine, catalog) : undefined;
  const [trace] = await store.traces(run.id);
  return {
    ...review,
    ...(databaseId === undefined ? {} : { databaseId }),
    ...(sql === undefined ? {} : { sql }),
    steps: edl?.short.map(({ text }) => text) ?? [],
    ...(trace ? { trace } : {}),
  };
}
