import { listed } from '#src/domain/plain-names.ts';
import type { PlacedColumn, Workbench } from '../workbench.ts';

/** What groups are made by, and what is shown of each. */
export interface Grouping {
  readonly keys: readonly PlacedColumn[];
  readonly shown: readonly PlacedColumn[];
  /** What a group is: "status", "customer". */
  readonly words: string;
  /** Groups are the rows of another table, each by its key, of which there is more to show than what they are grouped by. */
  readonly isOfRows: boolean;
}

/** So many groups are the rows that others lead to, where there are such. */
const OF_ROWS = 0.35;

/** Groups by a column, now and then by two, or by the rows of another table; none where nothing is fit for it. */
export function drawGrouping(bench: Workbench): Grouping | undefined {
  const { random } = bench;
  const rows = random.chance(OF_ROWS) ? groupsOfRows(bench) : undefined;
  if (rows) return rows;
  const first = drawGroup(bench);
  if (!first) return undefined;
  const other = random.chance(0.05) ? drawGroup(bench) : undefined;
  const keys = other && other !== first ? [first, other] : [first];
  return { keys, shown: keys, words: keys.map(({ words }) => words).join(' and '), isOfRows: false };
}

/** What groups are made by: a category, a flag, what the row of another table is called, a year. */
export function drawGroup({ random, columns }: Workbench): PlacedColumn | undefined {
  const fit = columns.filter(
    ({ role, column, at }) =>
      ['category', 'flag', 'currency', 'reference'].includes(role) ||
      (role === 'label' && at.path !== '') ||
      (role === 'other date' && column.kind === 'number'),
  );
  return fit.length ? random.weighted(fit, ({ role }) => (role === 'reference' ? 0.3 : 1)) : undefined;
}

/** By the whole key of a table that rows lead to, so that every engine knows that its other columns are one value a group. */
function groupsOfRows({ random, placed, columns }: Workbench): Grouping | undefined {
  const able = placed.flatMap((at) => {
    const [name] = at.table.primaryKey;
    const key = columns.find((one) => one.at === at && one.column.name === name);
    return at.path !== '' && at.table.primaryKey.length === 1 && key ? [{ at, key }] : [];
  });
  if (!able.length) return undefined;
  const { at, key } = random.pick(able);
  const own = columns.filter((one) => one.at === at);
  const labels = own.filter(({ role }) => role === 'label');
  const first = random.chance(0.6) ? key : random.pick(labels.length ? labels : own);
  const others = own.filter((one) => one !== first);
  const shown = [
    first,
    ...random.some(
      others,
      random.weighted([0, 1, 2], (one) => [1, 3, 1][one]!),
    ),
  ];
  return { keys: [key], shown: random.shuffled(shown), words: at.path, isOfRows: true };
}

/** "the customer's name and the customer's city of each customer". */
export const saidOfEach = ({ shown, words }: Grouping): string =>
  `${listed(shown.map((one) => `the ${one.words}`))} of each ${words}`;
