import { type AccessRule, type Reader, withRule } from '#src/domain/access.ts';
import type { AuditedPerson } from '#src/domain/audit-entry.ts';
import type { Failure } from '#src/domain/failure.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { type Decision, type PermissionRequest, stateOf } from '#src/domain/permission-request.ts';
import { OPERATOR } from '#src/domain/question.ts';
import { fail, ok, type Result } from '#src/domain/result.ts';
import { inDays } from '#src/domain/rule-end.ts';
import { type NewRun, queryOf, type Run, requestOf } from '#src/domain/run.ts';
import type { Follows } from '#src/ports/request-store.ts';
import type { RunStore } from '#src/ports/run-store.ts';
import type { Administration } from './administration.ts';
import { auditChange, hashOf } from './audited.ts';
import type { ServiceParts } from './parts.ts';

export type Verdict =
  /** `databaseId`: another than the request is about. Without days for ever; a query is run once. */
  | { readonly kind: 'approve'; readonly databaseId?: DatabaseId; readonly days?: number }
  | { readonly kind: 'decline'; readonly reason?: string };

type Parts = Pick<ServiceParts, 'store' | 'audit' | 'clock' | 'newId'>;

/** Others may change the rules of the database meanwhile so many times. */
const TRIES = 3;

/** Decides a request once, with the rights that whoever decides has now, and with all that follows from it. */
export async function decideRequest(
  id: string,
  verdict: Verdict,
  by: Reader,
  parts: Parts,
  administration: Pick<Administration, 'mayAdminister'>,
): Promise<Result<PermissionRequest>> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const decided = await decideOnce(id, verdict, by, parts, administration);
    if (decided) return decided;
  }
  return fail({ kind: 'rules-changed', database: (await parts.store.request(id))?.databaseId ?? '' });
}

/** Nothing, where somebody changed the rules of the database between they were read and saved. */
async function decideOnce(
  id: string,
  verdict: Verdict,
  by: Reader,
  parts: Parts,
  administration: Pick<Administration, 'mayAdminister'>,
): Promise<Result<PermissionRequest> | undefined> {
  const { store, audit, clock } = parts;
  const now = clock.now();
  const request = await store.request(id);
  if (!request) return fail({ kind: 'no-such-request' });
  const databaseId = databaseFor(request, verdict);
  const refused = await mayNotDecide(request, databaseId, by, administration);
  if (refused) return fail(refused);
  const state = stateOf(request, now);
  if (state !== 'open') return fail({ kind: 'request-over', state });
  const who: AuditedPerson = { teamId: by.teamId, userId: by.userId ?? '' };
  const decision = decisionOf(verdict, request, who.userId, now);
  const follows = await following(request, databaseId, decision, parts);
  if (!follows.ok) return follows;
  // Without the words of who asked and who decided: the audit keeps none (docs/security.md).
  const { reason: _, ...asked } = request;
  const { reason: _said, ...decidedAs }: Decision & { readonly reason?: string } = decision;
  const after = { decision: decidedAs, ...follows.value.rules };
  const entry = { who, what: `request ${id}`, before: asked, after };
  const unwritten = await auditChange(audit, entry, now);
  if (unwritten) return fail(unwritten);
  const decided = await store.decideRequest(id, decision, follows.value, now);
  if (decided === 'rules-changed') return undefined;
  const stored = await store.request(id);
  if (!stored) return fail({ kind: 'no-such-request' });
  if (decided === 'decided') return ok(stored);
  const over = stateOf(stored, now);
  return fail(over === 'open' ? { kind: 'no-such-request' } : { kind: 'request-over', state: over });
}

/** Whoever approves access may say which database that is to; a query is of the one that it was written for. */
function databaseFor({ wants, databaseId }: PermissionRequest, verdict: Verdict): DatabaseId | undefined {
  const other = wants.kind === 'access' && verdict.kind === 'approve' ? verdict.databaseId : undefined;
  return other ?? databaseId;
}

async function mayNotDecide(
  { teamId }: PermissionRequest,
  databaseId: DatabaseId | undefined,
  by: Reader,
  { mayAdminister }: Pick<Administration, 'mayAdminister'>,
): Promise<Failure | undefined> {
  if (by.teamId === OPERATOR.teamId && by.userId === OPERATOR.userId) return undefined;
  if (by.teamId === teamId && (await mayAdminister(by, databaseId))) return undefined;
  return { kind: 'not-an-admin', ...(databaseId === undefined ? {} : { database: databaseId }) };
}

/** What a decision brings about: a grant, and the questions asked anew; or the query run; nothing, where it declines. */
async function following(
  request: PermissionRequest,
  databaseId: DatabaseId | undefined,
  decision: Decision,
  { store, newId }: Parts,
): Promise<Result<Follows>> {
  if (decision.kind === 'declined') return ok({ runs: [] });
  if (databaseId === undefined) return fail({ kind: 'request-without-database' });
  const known = (await store.databases()).map((one) => one.id);
  if (!known.includes(databaseId)) return fail({ kind: 'unknown-database', name: databaseId, known });
  const runs = await questionsOf(request, store);
  const { wants } = request;
  if (wants.kind === 'costly-run') {
    const run = runs.find(({ result }) => hashOf(queryOf(result)?.sql ?? '') === wants.sqlDigest);
    const anyway = run && queryOf(run.result)?.databaseId === databaseId ? runAnyway(run, newId()) : undefined;
    return anyway ? ok({ databaseId, runs: [anyway] }) : fail({ kind: 'no-such-request' });
  }
  const before = (await store.accessRules()).filter((rule) => rule.databaseId === databaseId);
  const rule: AccessRule = {
    effect: 'grant',
    databaseId,
    teamId: request.teamId,
    to: { kind: 'user', id: request.userId },
    ...(decision.until === undefined ? {} : { until: decision.until }),
  };
  return ok({
    databaseId,
    rules: { databaseId, before, after: withRule(before, rule) },
    runs: runs.map((run) => askedAgain(run, databaseId, request.id, newId())),
  });
}

/** The questions that wait for a request; one that was removed is none. */
export async function questionsOf({ runIds }: PermissionRequest, store: RunStore): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const id of runIds) {
    const run = await store.run(id);
    if (run) runs.push(run);
  }
  return runs;
}

function decisionOf(verdict: Verdict, { wants }: PermissionRequest, by: string, now: Date): Decision {
  const at = now.toISOString();
  if (verdict.kind === 'decline')
    return { kind: 'declined', by, at, ...(verdict.reason ? { reason: verdict.reason } : {}) };
  const days = wants.kind === 'access' ? verdict.days : undefined;
  return { kind: 'approved', by, at, ...(days === undefined ? {} : { until: inDays(days, now) }) };
}

/** A question that was refused, once more: of the database that was granted where it had named one, else of what its asker may ask now. */
function askedAgain(run: Run, databaseId: DatabaseId, request: string, id: string): NewRun {
  const { reruns: _, ...asked } = requestOf(run);
  const { intent } = asked;
  return {
    ...asked,
    id,
    text: run.result?.text ?? run.text,
    cause: { kind: 'granted', of: run.id, at: request },
    intent: intent.kind === 'from' ? { kind: 'from', databaseId } : intent,
  };
}

/** The query of a run that cost too much, whatever it costs: the same whoever lets it run, and however often. */
export function runAnyway(run: Run, id: string): NewRun | undefined {
  const query = queryOf(run.result);
  if (!query) return undefined;
  const { reruns: _, ...asked } = requestOf(run);
  const changed = run.intent.kind === 'chosen' ? run.intent.changed : undefined;
  return {
    ...asked,
    id,
    text: run.result?.text ?? run.text,
    cause: { kind: 'anyway', of: run.id },
    intent: { kind: 'chosen', ...query, costAccepted: true, ...(changed ? { changed } : {}) },
  };
}
