import { inOrder, rule } from './frame-rule.ts';
import { pattern } from './pattern.ts';
import { readSorting } from './read-sorting.ts';
import { readSuperlatives } from './read-superlatives.ts';

/** "Sort …" at the beginning says no more than what it is sorted by. */
const readSort = rule(pattern`^ (?:sort|order|rank|arrange)(?= )`, (_, { frame }) => frame.order.length > 0);

/** Reads sorting and superlatives: "ordered by …", "the three largest …", "with the most …". */
export const readOrder = inOrder(readSorting, readSuperlatives, readSort);
