import { readerOf } from '#src/access/reader-views.ts';
import type { Reader } from '#src/domain/access.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import { REQUEST_DAYS } from '#src/domain/permission-request.ts';
import { OPERATOR, type Question } from '#src/domain/question.ts';
import type { Administration } from './administration.ts';
import { hashOf } from './audited.ts';
import { daysBefore } from './housekeeping.ts';
import type { ServiceParts } from './parts.ts';

/** Whether somebody lets a query above its budget run by their own word: anybody, unless the database's policy leaves it to its owner. */
export async function mayRunAnyway(
  databaseId: DatabaseId,
  reader: Reader,
  { store }: Pick<ServiceParts, 'store'>,
  { mayAdminister }: Pick<Administration, 'mayAdminister'>,
): Promise<boolean> {
  if (reader.teamId === OPERATOR.teamId) return true;
  const database = (await store.databases()).find(({ id }) => id === databaseId);
  return database?.costlyBy !== 'owner' || (await mayAdminister(reader, databaseId));
}

/**
 * A question as it may be run now. That its asker takes what it costs counts where they may say so, or where one who may has approved
 * this query for this question lately (COST-3): an approval is looked at when it is used, not when it is given.
 */
export async function withCostApproved(
  question: Question,
  parts: Pick<ServiceParts, 'store' | 'clock'>,
  administration: Pick<Administration, 'mayAdminister'>,
): Promise<Question> {
  const { intent } = question;
  if (intent.kind !== 'chosen' || !intent.costAccepted) return question;
  if (await mayRunAnyway(intent.databaseId, readerOf(question), parts, administration)) return question;
  const { store, clock } = parts;
  const cause = (await store.run(question.runId))?.cause;
  const requests = cause?.kind === 'anyway' ? await store.requestsOf(cause.of) : [];
  const since = daysBefore(clock.now(), REQUEST_DAYS).toISOString();
  const approved = requests.some(
    ({ wants, databaseId, decision }) =>
      wants.kind === 'costly-run' &&
      wants.sqlDigest === hashOf(intent.sql) &&
      databaseId === intent.databaseId &&
      decision?.kind === 'approved' &&
      decision.at >= since,
  );
  return approved ? question : { ...question, intent: { ...intent, costAccepted: false } };
}
