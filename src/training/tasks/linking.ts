import type { Table } from '#src/domain/catalog.ts';
import type { MSchema } from '#src/domain/m-schema.ts';
import type { Random } from '#src/explore/random.ts';
import { type AtHand, drawFor, linkedBy } from '../at-hand.ts';
import { jsonText, leftOut, type Made } from '../lesson.ts';
import { type UsedTables, usedTables } from '../used-tables.ts';
import { lessonOf } from './write-sql.ts';

const NOT_TOLD = 'what the query uses cannot be told';
const NOT_SHOWN = 'retrieval does not show all that the query uses';

/** DB-Explore's first stage: of the tables that are shown, those that the query reads with the columns that it uses, in the catalog's order. */
export async function linkingLesson(hand: AtHand): Promise<Made> {
  const used = usedTables(hand.explained.query, hand.place.catalog);
  if (!used) return leftOut(NOT_TOLD);
  const answer = selectionOf(used);
  const { context, asked } = await linkedBy(answer, hand);
  if (!asked) return leftOut('there is nothing to choose from');
  return showsAll(context.linked.wide, used) ? { kind: 'answer', messages: asked, answer } : leftOut(NOT_SHOWN);
}

/** One line in so many has columns that linking took by mistake (sources.md#db-explore): errors of the first stage must be survivable. */
const DISTRACTED = 0.2;
const MOST_DISTRACTORS = 5;

/** DB-Explore's second stage: the query, from what the first one left. */
export async function linkedSqlLesson(hand: AtHand): Promise<Made> {
  const { pair, place, settings, explained } = hand;
  const used = usedTables(explained.query, place.catalog);
  if (!used) return leftOut(NOT_TOLD);
  const random = drawFor(settings, pair.id, 'distractors');
  const distracted = random.chance(DISTRACTED);
  const selected = distracted ? withDistractors(used, place.catalog.tables, random) : used;
  const { context } = await linkedBy(selectionOf(selected), hand);
  if (!showsAll(context.shown, used)) return leftOut(NOT_SHOWN);
  const lesson = await lessonOf(context, hand, hand.sql);
  return { ...lesson, notes: { distractors: distracted ? columnsIn(selected) - columnsIn(used) : 0 } };
}

const nameOf = ({ schema, name }: Table) => (schema === undefined ? name : `${schema}.${name}`);

const selectionOf = (used: UsedTables): string =>
  jsonText({ tables: Object.fromEntries([...used].map(([table, columns]) => [nameOf(table), columns])) });

const showsAll = ({ tables }: MSchema, used: UsedTables): boolean =>
  [...used].every(([{ name, schema }, columns]) => {
    const shown = tables.find((one) => one.name === name && one.schema === schema);
    return shown !== undefined && columns.every((column) => shown.columns.some((one) => one.name === column));
  });

const columnsIn = (used: UsedTables) => [...used.values()].reduce((sum, columns) => sum + columns.length, 0);

function withDistractors(used: UsedTables, tables: readonly Table[], random: Random): UsedTables {
  const others = tables.flatMap((table) =>
    table.columns.filter(({ name }) => !used.get(table)?.includes(name)).map(({ name }) => ({ table, name })),
  );
  const added = random.some(others, 1 + random.below(MOST_DISTRACTORS));
  return new Map(
    tables.flatMap((table) => {
      const own = used.get(table);
      const more = added.filter((one) => one.table === table).map(({ name }) => name);
      if (!own && !more.length) return [];
      const all = new Set([...(own ?? []), ...more]);
      return [[table, table.columns.map(({ name }) => name).filter((name) => all.has(name))] as const];
    }),
  );
}
