import type { OutcomeOption } from '#src/domain/answer.ts';
import { tableLabel } from '#src/domain/catalog.ts';
import { latestSeen } from '#src/domain/freshness.ts';
import type { PastAnswer } from '#src/domain/past-answers.ts';
import type { Question } from '#src/domain/question.ts';
import type { StageRecord } from '#src/domain/trace.ts';
import type { AnswerPorts } from '../answer-ports.ts';
import { isHere, listed } from '../support/near-copies.ts';
import type { PlannedOver } from '../support/plan-for.ts';
import type { CopyReading, OpenCopies } from '../support/table-copies.ts';

/** What a question is answered over where its database has near copies of a table that it needs. */
export type AmongTables =
  | {
      readonly kind: 'settled';
      readonly over: PlannedOver;
      readonly how: HowSettled;
      readonly taken?: string;
      readonly assumption?: string;
    }
  | {
      readonly kind: 'asks';
      readonly prompt: string;
      readonly options: readonly OutcomeOption[];
      readonly reason: string;
    };

/** `only`: there is nothing to choose; `chosen-before`: one was chosen here; `freshest`: nobody is asked. */
export type HowSettled = 'only' | 'chosen-before' | 'freshest';

export interface AmongTablesInput {
  readonly question: Question;
  readonly over: PlannedOver;
  readonly neverAsk: boolean;
}

/**
 * Asks which of several near copies within a database is meant, each told by its rows, how fresh it is, what it alone has and how often it
 * answered here. Where one was chosen before in the same channel, that one is taken, and said.
 */
export function askAmongTables(
  { question, over, neverAsk }: AmongTablesInput,
  { pastAnswers }: Pick<AnswerPorts, 'pastAnswers'>,
): AmongTables {
  const { copies } = over;
  if (!copies) return { kind: 'settled', over, how: 'only' };
  const here = pastAnswers.filter((past) => isHere(past, question));
  const before = chosenBefore(copies, over, here);
  const freshest = copies.readings[0];
  const taken = before ?? (neverAsk ? freshest : undefined);
  const same = sayTables(copies, over);
  if (taken) {
    const why = before ? 'which was chosen here before' : 'the latest of them';
    return {
      kind: 'settled',
      over: { schema: taken.schema, plan: taken.plan },
      how: before ? 'chosen-before' : 'freshest',
      taken: nameOf(taken, over),
      assumption: `${same} This is from ${nameOf(taken, over)}, ${why}.`,
    };
  }
  const options = copies.readings.map((reading) => ({
    label: nameOf(reading, over),
    differs: toldApart(reading, copies, over, here),
    sql: reading.plan.sql,
  }));
  const prompt = `${same} Which should answer this?`;
  return { kind: 'asks', prompt, options, reason: `near copies: ${options.map(({ label }) => label).join(', ')}` };
}

/** What the trace keeps of it. */
export const recordOfTables =
  (over: PlannedOver) =>
  (made: AmongTables): StageRecord => ({
    stage: 'tables',
    how: made.kind === 'asks' ? 'asked' : made.how,
    tables: (over.copies?.readings ?? []).map((reading) => nameOf(reading, over)),
    ...(made.kind === 'settled' && made.taken !== undefined ? { taken: made.taken } : {}),
  });

const nameOf = ({ copy: { table } }: CopyReading, { schema }: PlannedOver): string =>
  tableLabel(table, schema.catalog.engine);

/** The one that somebody chose here last, unless that answer was the wrong one. */
function chosenBefore(
  { readings }: OpenCopies,
  over: PlannedOver,
  here: readonly PastAnswer[],
): CopyReading | undefined {
  for (const { databaseId, verdict, sql } of here) {
    if (databaseId !== over.schema.catalog.databaseId || verdict === 'unknown' || sql === undefined) continue;
    const read = readings.find((reading) => isRead(sql, reading));
    if (read) return verdict === 'confirmed' ? read : undefined;
  }
  return undefined;
}

/** Whether a statement reads a table, by the identifiers in it. */
function isRead(sql: string, { copy: { table } }: CopyReading): boolean {
  const names = new Set(sql.toLowerCase().split(/[^\p{L}\p{N}_$#]+/u));
  return [table.name, ...(table.schema === undefined ? [] : [table.schema])].every((name) =>
    names.has(name.toLowerCase()),
  );
}

/** What tells one copy from the others. */
function toldApart(
  reading: CopyReading,
  { readings }: OpenCopies,
  { schema }: PlannedOver,
  here: readonly PastAnswer[],
): readonly string[] {
  const { table } = reading.copy;
  const elsewhere = new Set(
    readings.flatMap(({ copy }) =>
      copy.table === table ? [] : copy.table.columns.map(({ name }) => name.toLowerCase()),
    ),
  );
  const alone = table.columns.filter(({ name }) => !elsewhere.has(name.toLowerCase())).map(({ name }) => name);
  const used = here.filter(
    ({ databaseId, verdict, sql }) =>
      databaseId === schema.catalog.databaseId && verdict !== 'wrong' && sql !== undefined && isRead(sql, reading),
  ).length;
  const latest = latestSeen(table)?.date;
  return [
    ...(table.comment ? [table.comment] : []),
    ...(table.rowEstimate === undefined ? [] : [`About ${table.rowEstimate.toLocaleString('en-US')} rows.`]),
    ...(latest === undefined ? [] : [`Up to ${latest}.`]),
    ...(alone.length ? [`It alone has ${listed(alone)}.`] : []),
    ...(used ? [`It answered here ${used === 1 ? 'once' : `${used} times`}.`] : []),
  ];
}

/** "orders_2024 and orders_2025 hold the same columns." */
function sayTables({ family, readings }: OpenCopies, over: PlannedOver): string {
  const names = readings.map((reading) => nameOf(reading, over));
  const shapes = new Set(
    readings.map(({ copy }) =>
      copy.table.columns
        .map(({ name }) => name.toLowerCase())
        .sort()
        .join('\n'),
    ),
  );
  const same = shapes.size === 1 ? 'the same columns' : 'nearly the same columns';
  const { length } = family.members;
  return length > names.length
    ? `${length} tables hold ${same}, the latest of them ${listed(names)}.`
    : `${listed(names)} hold ${same}.`;
}
