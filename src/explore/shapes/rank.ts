import { drawShown, itemsOf, type MakeDraft, saidColumns } from '../draft.ts';
import { selectOver } from '../workbench.ts';
import { orderable, sortedBy } from './figures.ts';
import { drawGroup } from './grouping.ts';

/** Rows with their place among those of their group. */
export const rank: MakeDraft = (bench) => {
  const { random, root } = bench;
  const keys = orderable(bench);
  const by = drawGroup(bench);
  if (!keys.length || !by) return undefined;
  const key = random.pick(keys);
  if (key === by) return undefined;
  const shown = [...drawShown(bench, 1, [key, by]).filter((one) => one !== key && one !== by), by, key];
  const query = selectOver(bench, shown, (name) => ({
    items: [
      ...itemsOf(shown, name),
      {
        expression: {
          kind: 'window',
          name: 'RANK',
          args: [],
          partitionBy: [name(by)],
          orderBy: [sortedBy(name(key), true)],
        },
        alias: 'position',
      },
    ],
  }));
  const question = `List ${saidColumns(shown)} of all ${root.things.many}, each with its position by ${key.words} from the highest among those of the same ${by.words}.`;
  return { shape: 'rank', query, question };
};
