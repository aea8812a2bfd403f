import { rule } from './frame-rule.ts';
import { capture, pattern } from './pattern.ts';
import { TABLE } from './sentence.ts';

/** How a code is written, whatever it is: `L-20010` and `L-20499` are alike. */
const shapeOf = (code: string): string =>
  code
    .replace(/\p{Lu}/gu, 'A')
    .replace(/\p{Ll}/gu, 'a')
    .replace(/\d/g, '9');

/** How many of the stored codes are looked at. */
const SEEN = 50;

/** "payments of lease L-20010": a code as the table's keys are, though it is none of those that were seen. */
export const readCodes = rule(
  pattern` ${capture('thing', TABLE)} (?:number |no |nr |code |id )?${capture('code', '[a-z]+[-/]?\\d[a-z0-9/-]*')}(?= )`,
  ({ thing, code }, { sentence, frame, resolver }) => {
    const table = resolver.table(thing);
    const key = table && resolver.key(table);
    const typed = sentence.tokens.find(({ lower }) => lower === code)?.text;
    if (!table || key?.column.kind !== 'text' || typed === undefined || sentence.wording(thing).endsWith('s'))
      return false;
    if (!key.column.values.slice(0, SEEN).some((stored) => shapeOf(stored) === shapeOf(typed))) return false;
    frame.touched.add(table);
    frame.filters.push({ kind: 'compare', ref: key, operator: '=', value: { kind: 'text', value: typed } });
    return true;
  },
);
