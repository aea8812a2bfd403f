import type { Table } from '#src/domain/catalog.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { mayMeasure } from './column-roles.ts';
import { inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { capture, meaning, optional, pattern } from './pattern.ts';
import { TABLE } from './sentence.ts';
import { PAY, PRICE } from './superlatives.ts';
import { unitOf } from './units.ts';

/** Words of the columns by which things are so, the likeliest first. */
const MEASURED_BY: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    old: ['age'],
    big: ['area', 'size', 'capacity', 'population'],
    large: ['area', 'size', 'capacity', 'population'],
    long: ['length', 'duration', 'distance'],
    heavy: ['weight'],
    tall: ['height'],
    high: ['height'],
    wide: ['width'],
    deep: ['depth'],
    fast: ['speed'],
    expensive: PRICE,
    costly: PRICE,
    'well paid': PAY,
  }),
);

const adjective = meaning('adjective', MEASURED_BY);
const BE = '(?:is|are|was|were)';

/** The mean of the one column of a table whose name has one of the words. */
function average({ frame, resolver }: Reading, table: Table | undefined, hints: readonly string[]): boolean {
  const ref = table && resolver.hinted(table, hints, ['number']);
  if (!ref || !mayMeasure(ref, 'avg', resolver.catalog) || frame.items.length) return false;
  frame.main ??= ref.table;
  frame.touched.add(ref.table);
  frame.items.push({ kind: 'aggregate', name: 'avg', ref });
  if (hints[0] !== 'age') frame.assumptions.push(`${ref.table.name}.${ref.column.name} is averaged.`);
  return true;
}

const ANSWERING = /^(?:answer|reply|replie|respon[ds]e?|react)/;

/** Whether a column of durations is of what a verb says: `reply_minutes` of answering. */
const isTimeTo = (name: string, verb: string): boolean =>
  splitIdentifier(name).some((word) => stem(word) === stem(verb) || (ANSWERING.test(word) && ANSWERING.test(verb)));

/** The table that some words name first. */
const firstIn = (reading: Reading, words: string): Table | undefined =>
  reading.resolver.table(/ (T\d+)(?= |$)/.exec(words)?.[1]) ?? subjectOf(reading);

/** "how old are the students on average", "how big is the average garden", "on average how heavy are our items". */
export const readHowBig = inOrder(
  rule(
    pattern` how ${adjective} ${BE} (?:the|our|an?) (?:average|typical) ${capture('table', TABLE)}`,
    (found, reading) => average(reading, reading.resolver.table(found.table), found.adjective),
  ),
  rule(
    pattern`(?: (?:on average|in general))(?: ,)? how ${adjective} ${BE}${capture('whom', '(?= )(?:(?! (?:on|in) average).)*')}`,
    ({ adjective, whom }, reading) => average(reading, firstIn(reading, whom), adjective) && { leaving: whom },
  ),
  rule(
    pattern` how ${adjective} ${BE}${capture('whom', ' .*?')}(?: ,)? on average(?= ·| $| ,| D\d| [a-z])`,
    ({ adjective, whom }, reading) => average(reading, firstIn(reading, whom), adjective) && { leaving: whom },
  ),
  // "how fast do we answer urgent tickets on average"
  rule(
    pattern` how (?:fast|quickly|soon) (?:do|does|did) (?:we|you|they|our people) ${capture('verb', '[a-z]+|C\\d+')}${capture('whom', ' .*?')}(?: ,)? on average(?= ·| $| ,| D\d| [a-z])`,
    ({ verb, whom }, reading) => {
      const table = firstIn(reading, whom);
      const { frame, resolver, sentence } = reading;
      const said = sentence.wording(verb).toLowerCase();
      const [column, ...more] = (table?.columns ?? []).filter(
        (one) =>
          table && one.kind === 'number' && unitOf({ table, column: one })?.of === 'time' && isTimeTo(one.name, said),
      );
      if (!table || !column || more.length || frame.items.length) return false;
      const ref = { table, column };
      if (!mayMeasure(ref, 'avg', resolver.catalog)) return false;
      frame.main ??= table;
      frame.touched.add(table);
      frame.items.push({ kind: 'aggregate', name: 'avg', ref });
      frame.assumptions.push(`${table.name}.${column.name} is averaged.`);
      return { leaving: whom };
    },
  ),
  // "how much does a repair cost on average"
  rule(
    pattern` how much (?:do|does|did|is|are|was|were)(?: (?:an?|the|our|each|every))*(?: ${optional(capture('state', 'V\\d+'))})? ${capture('column', 'C\\d+')} on average(?= ·| $| ,| D\d| [a-z])`,
    ({ state, column }, reading) => {
      const { frame, resolver } = reading;
      const ref = resolver.column(column, frame.main);
      if (!ref || !mayMeasure(ref, 'avg', resolver.catalog) || frame.items.length) return false;
      frame.main ??= ref.table;
      frame.items.push({ kind: 'aggregate', name: 'avg', ref });
      return state === undefined || { leaving: state };
    },
  ),
  // "how much does an item weigh on average"
  rule(
    pattern` how much (?:do|does|did)(?: (?:an?|the|our|each|every))*${capture('whom', ' .*?')} ${capture('verb', 'cost|weigh|earn|make')} on average(?= ·| $| ,| D\d| [a-z])`,
    ({ whom, verb }, reading) =>
      average(reading, firstIn(reading, whom), verb === 'cost' ? PRICE : verb === 'weigh' ? ['weight'] : PAY) && {
        leaving: whom,
      },
  ),
  // "…, minutes to first reply": which column is meant
  rule(
    pattern`(?: ,| ·) ${capture('column', 'C\\d+')}(?: to ${optional(capture('more', 'C\\d+'))})?(?= ·| $| ,)`,
    ({ column, more }, { sentence, frame: { items } }) => {
      const [item, ...others] = items;
      if (item?.kind !== 'aggregate' || item.name !== 'avg' || others.length) return false;
      const isSame = (code: string) =>
        sentence.mention(code).columns.some(({ target }) => target.column === item.ref.column);
      return [column, more].every((code) => code === undefined || isSame(code));
    },
  ),
);
