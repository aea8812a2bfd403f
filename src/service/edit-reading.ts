import { labelOf } from '#src/access/access-view.ts';
import { judgedFor } from '#src/access/may-read.ts';
import { narrowCatalog } from '#src/access/narrow-catalog.ts';
import { audienceAccessView, type ReaderViews } from '#src/access/reader-views.ts';
import type { AccessRule } from '#src/domain/access.ts';
import type { Answered } from '#src/domain/answer.ts';
import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseId } from '#src/domain/ids.ts';
import type { Reading } from '#src/domain/reading.ts';
import { type EditedStatement, editStatement, readingOf } from '#src/reading/reading.ts';

/** A change of how an answer's query was read. */
export interface ReadingEditRequest {
  readonly databaseId: DatabaseId;
  readonly sql: string;
  /** The question, which ranks what is near. */
  readonly text: string;
  readonly editId: string;
}

/** The query after the change, by what its reader may see of the schema now; nothing where it cannot be changed so any more. */
export async function editReading(
  { databaseId, sql, text, editId }: ReadingEditRequest,
  views: ReaderViews,
  calendar: Calendar,
): Promise<EditedStatement | undefined> {
  const catalog = views.retriever.catalogOf(databaseId);
  const edited = catalog && editStatement(sql, catalog, { question: text, calendar }, editId);
  return edited && (await judgedFor(views, databaseId, edited.sql)).ok ? edited : undefined;
}

/** How a query reads to its reader, with what they may change it to now; nothing where they may not see it. */
export async function readingOfQuery(
  { databaseId, sql, text }: Omit<ReadingEditRequest, 'editId'>,
  views: ReaderViews,
  calendar: Calendar,
): Promise<Reading | undefined> {
  const catalog = views.retriever.catalogOf(databaseId);
  if (!catalog || !(await judgedFor(views, databaseId, sql)).ok) return undefined;
  return readingOf(sql, catalog, { question: text, calendar });
}

/** A reading as a channel may see it: what it offers names tables and values of them that not everybody there may know of. */
export function readingForAudience(
  { databaseId, sql, question, reading }: Answered,
  how: 'posted' | 'shared',
  views: ReaderViews,
  rules: readonly AccessRule[],
  now: Date,
): Reading | undefined {
  const { teamId, channelId } = views.reader;
  if (!reading || channelId === undefined) return reading;
  const catalog = views.retriever.catalogOf(databaseId);
  const view = catalog && audienceAccessView(catalog, rules, { teamId, channelId }, how, now);
  if (!catalog || !view) return undefined;
  const { tables, hiddenColumns } = view;
  const isWhole = catalog.tables.every((table) => tables.includes(labelOf(table)));
  if (isWhole && !Object.keys(hiddenColumns).length) return reading;
  return readingOf(sql, narrowCatalog(catalog, view), { question: question.text, calendar: question.calendar });
}
