import type { Reader } from '#src/domain/access.ts';
import type { DatabaseId, RunId } from '#src/domain/ids.ts';
import { type PermissionRequest, REQUEST_DAYS, type Wanted } from '#src/domain/permission-request.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { inDays } from '#src/domain/rule-end.ts';
import { queryOf, type Run } from '#src/domain/run.ts';
import { explainExecuted } from '#src/edl/explain.ts';
import type { RequestMessage } from '#src/ports/request-store.ts';
import type { Administration } from './administration.ts';
import type { AskService } from './ask.ts';
import { auditChange, hashOf } from './audited.ts';
import { decideRequest, questionsOf, type Verdict } from './decide-request.ts';
import type { ServiceParts } from './parts.ts';

export type { Verdict } from './decide-request.ts';

/** What people ask of those who answer for a database, and what these decide. */
export interface RequestService {
  /** Asks for access on behalf of a question that was refused for want of it; of whoever answers for what seems to hold it. */
  askForAccess(run: RunId, who: Reader, reason?: string): Promise<Result<Asking>>;
  /** Asks to have the query of a question run that is above its cost budget. */
  askToRun(run: RunId, who: Reader): Promise<Result<Asking>>;
  /** The latest first. */
  list(): Promise<readonly PermissionRequest[]>;
  request(id: string): Promise<PermissionRequest | undefined>;
  /** The questions that wait for a request. */
  questionsOf(request: PermissionRequest): Promise<readonly Run[]>;
  /** What a costly query does, a step each, for those who decide; of access none. */
  stepsOf(request: PermissionRequest): Promise<readonly string[]>;
  /** Where messages about a request were posted. */
  messages(id: string): Promise<readonly RequestMessage[]>;
  saveMessage(id: string, message: RequestMessage): Promise<void>;
  /** Decides a request, once, with the rights that whoever decides has now; what was asked is then answered by itself. */
  decide(id: string, verdict: Verdict, by: Reader): Promise<Result<PermissionRequest>>;
}

/** `joined`: one for the same is open, and this question is answered with it; `told`: it was in it before. */
export interface Asking {
  readonly id: string;
  readonly state: 'new' | 'joined' | 'told';
}

type Parts = Pick<ServiceParts, 'store' | 'audit' | 'clock' | 'newId'>;

/** Whoever answers for a database is asked of what it seems to hold where that is likelier than not; else the admins are. */
const LIKELY = 0.5;

export function openRequests(
  parts: Parts,
  administration: Pick<Administration, 'mayAdminister'>,
  asking: Pick<AskService, 'find'>,
): RequestService {
  const { store, audit, clock, newId } = parts;

  async function save(
    run: Run,
    wanted: {
      readonly wants: Wanted;
      readonly databaseId?: DatabaseId | undefined;
      readonly reason?: string | undefined;
    },
  ): Promise<Result<Asking>> {
    const { wants, databaseId, reason } = wanted;
    const now = clock.now();
    const request: PermissionRequest = {
      id: newId(),
      teamId: run.team,
      userId: run.user,
      wants,
      runIds: [run.id],
      ...(databaseId === undefined ? {} : { databaseId }),
      ...(reason ? { reason } : {}),
      at: now.toISOString(),
      expiresAt: inDays(REQUEST_DAYS, now),
    };
    // What its asker said of it is theirs, as a question's text is.
    const { reason: _, ...after } = request;
    const who = { teamId: run.team, userId: run.user };
    const unwritten = await auditChange(audit, { who, what: `asked for ${wants.kind}`, before: null, after }, now);
    return unwritten ? fail(unwritten) : ok(await store.saveRequest(request, now));
  }

  /** The database that a refused question seems to be about, whether or not its asker may know of it. */
  async function likelyDatabase(run: Run): Promise<DatabaseId | undefined> {
    const known = (await store.databases()).map(({ id }) => id);
    const named =
      'databaseId' in run.intent
        ? run.intent.databaseId
        : run.result && 'databaseId' in run.result
          ? run.result.databaseId
          : undefined;
    if (named !== undefined && known.includes(named)) return named;
    const asked = { text: run.result?.text ?? run.text, asker: OPERATOR, place: { kind: 'terminal' } } as const;
    const found = await asking.find(asked, { limit: 1 }, new AbortController().signal);
    const best = found.ok ? found.value.databases[0] : undefined;
    // Where no word of the question names anything, one is as likely as another.
    return best && best.evidence.length > 0 && best.probability >= LIKELY ? best.databaseId : undefined;
  }

  return {
    async askForAccess(id, who, reason) {
      const run = await ownRun(id, who);
      if (run?.result?.kind !== 'failure' || !run.result.wantsAccess) return fail({ kind: 'no-such-request' });
      return save(run, { wants: { kind: 'access' }, databaseId: await likelyDatabase(run), reason });
    },
    async askToRun(id, who) {
      const run = await ownRun(id, who);
      const query = queryOf(run?.result);
      if (!query || run?.result?.kind !== 'failure' || !run.result.costly) return fail({ kind: 'no-such-request' });
      const before = (await store.requestsOf(id)).find((one) => one.wants.kind === 'costly-run');
      if (before?.decision?.kind === 'approved') return fail({ kind: 'request-over', state: 'approved' });
      const { costs = 'more than its budget allows' } = run.result;
      return save(run, {
        wants: { kind: 'costly-run', sqlDigest: hashOf(query.sql), costs },
        databaseId: query.databaseId,
      });
    },
    list: () => store.requests(),
    request: (id) => store.request(id),
    questionsOf: (request) => questionsOf(request, store),
    async stepsOf(request) {
      const [run] = request.wants.kind === 'costly-run' ? await questionsOf(request, store) : [];
      const query = queryOf(run?.result);
      const catalog = (await store.catalogs()).find(({ databaseId }) => databaseId === query?.databaseId);
      return query && catalog ? explainExecuted(query.sql, catalog.engine, catalog).steps.map(({ text }) => text) : [];
    },
    messages: (id) => store.requestMessages(id),
    saveMessage: (id, message) => store.saveRequestMessage(id, message),
    decide: (id, verdict, by) => decideRequest(id, verdict, by, parts, administration),
  };

  async function ownRun(id: RunId, { teamId, userId }: Reader): Promise<Run | undefined> {
    const run = await store.run(id);
    return run?.team === teamId && run.user === userId ? run : undefined;
  }
}
