import type { MSchema } from '#src/domain/m-schema.ts';
import { resultKey } from '#src/domain/result-key.ts';
import type { GenerateContext } from '#src/pipeline/generators/generator.ts';
import { plainGenerator } from '#src/pipeline/generators/plain.ts';
import { type AtHand, drawFor, rowsOf } from '../at-hand.ts';
import { augmentSchema } from '../augment-schema.ts';
import { fencedSql, type Lesson, leftOut, type Made } from '../lesson.ts';
import { promptOf } from '../overhear.ts';
import { rewriteQuery, type Writing } from '../rewrite-query.ts';
import { usedTables } from '../used-tables.ts';

/** Text to SQL, by the prompt that the pipeline asks with. */
export const sqlLesson = async (hand: AtHand): Promise<Made> => lessonOf(hand.context, hand, hand.sql);

/** The same question, answered by the query written anew. */
export async function rewrittenLesson(hand: AtHand, writing: Writing): Promise<Made> {
  const sql = rewriteQuery(hand.explained.query, hand.place.catalog, writing);
  if (sql === undefined) return leftOut(NOT_WRITTEN[writing]);
  if (!(await givesTheSame(sql, hand))) return leftOut('written anew it was not seen to give the same rows');
  return lessonOf(hand.context, hand, sql);
}

const NOT_WRITTEN: Readonly<Record<Writing, string>> = {
  standard: 'it has a part that cannot be written anew',
  chunked: 'it has no query within it to take out',
};

async function givesTheSame(sql: string, { sql: first, table, place }: AtHand): Promise<boolean> {
  if (sql === first) return true;
  const again = table && place.database && (await rowsOf(sql, place, place.database));
  const inOrder = /order\s+by/i.test(first);
  return table !== undefined && again !== undefined && resultKey(table, inOrder) === resultKey(again, inOrder);
}

/** A query over a context, as the plain prompt asks for it. */
export async function lessonOf(context: GenerateContext, { settings }: AtHand, sql: string): Promise<Lesson> {
  const { style } = settings.pipeline;
  const messages = await promptOf((model) => plainGenerator(model, style, false), context);
  return { kind: 'answer', messages, answer: fencedSql(sql) };
}

/** A pair whose schema is shown as another database might have it (XiYan's augmentation); undefined where what it uses cannot be told. */
export function augmentedHand(hand: AtHand, at: number): AtHand | undefined {
  const { context, explained, place, pair, settings } = hand;
  const used = usedTables(explained.query, place.catalog);
  if (!used) return undefined;
  const shown = augmentSchema(context.shown, used, drawFor(settings, pair.id, `schema ${at}`));
  return { ...hand, context: { ...context, shown, asked: { ...context.asked, values: valuesIn(shown, context) } } };
}

/** Stored values that the question names, of columns that are shown alone. */
function valuesIn({ tables }: MSchema, { asked, linked }: GenerateContext): readonly string[] {
  const isShown = ({ table, column }: GenerateContext['linked']['values'][number]) =>
    tables.some(({ name, columns }) => name === table.name && columns.some((one) => one.name === column.name));
  const hidden = linked.values
    .filter((one) => !isShown(one))
    .map(({ table, column }) => `${table.name}.${column.name} = `);
  return asked.values.filter((line) => !hidden.some((start) => line.startsWith(start)));
}
