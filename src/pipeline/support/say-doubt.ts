import type { Doubt, DoubtKind } from '#src/planner/doubts.ts';
import { weightiest } from '#src/planner/plan-confidence.ts';

/** What a reader may check about a reading; nothing of what only makes a query longer. */
const SAYS: Partial<Readonly<Record<DoubtKind, (about: string) => string>>> = {
  bridge: (about) => `no word names ${about}, which ties the tables together.`,
  'inferred key': (about) => `no key to ${about} is declared; the join goes by the names of columns.`,
  'repeated rows': (about) => `rows of ${about} may come more than once.`,
  'repeated values': (about) => `values of ${about} come as often as there are rows.`,
  'whole rows': (about) => `no column was named, so all of ${about} are shown.`,
  'counted once': (about) => `each of ${about} is counted once, however often it occurs.`,
  'grouped by the list': (about) => `the figure is given for each value that is listed of ${about}.`,
  'near name': (about) => `${about} was taken, which is called nearly so.`,
  'part of a name': (about) => `${about} was taken, of whose name only a part was said.`,
  'rival name': (about) => `${about} was taken, and another column is called much alike.`,
  'usual column': (about) => `no word names a column for it; ${about} was taken.`,
  'value elsewhere': (about) => `${about} was taken, and other columns hold that value, too.`,
  'part of a table': (about) => `${about} was taken, of whose name only a part was said.`,
  'called otherwise': (about) => `customers were taken for ${about}.`,
  misspelt: (about) => `a word was read as ${about}, which is spelt nearly so.`,
  'table not named': (about) => `no table was named; ${about} was taken.`,
};

/** The doubt that weighs most of those that can be checked, as a sentence after "Check:"; undefined where none can. */
export function sayDoubt(doubts: readonly Doubt[]): string | undefined {
  const most = weightiest(doubts.filter(({ kind, about }) => SAYS[kind] !== undefined && about !== ''));
  return most && SAYS[most.kind]?.(most.about);
}
