import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { Frame, RowFilter, Scalar } from './frame.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { UNIT_STEMS } from './name-likeness.ts';
import { capture, meaning, pattern } from './pattern.ts';
import { NUMBER } from './sentence.ts';
import { inUnitOf, mayBeIn, UNITS, type Unit, unitOf } from './units.ts';

const TIMES = new Map([...UNITS].filter(([, { of }]) => of === 'time'));

/** "over 500 euros", "shorter than 30 sec": the unit is kept with its number, for the column that it is compared with. */
export const readUnits = inOrder(
  // an age counts from some date to now: no column that holds minutes of something else is meant
  rule(
    pattern` (?:older|younger|newer) than ${capture('number', NUMBER)} ${meaning('unit', TIMES)}(?= )`,
    (_, { frame }) => {
      frame.refused ??= 'I cannot tell from which date such an age counts.';
      return false;
    },
  ),
  rule(
    pattern` ${capture('number', NUMBER)} ${meaning('unit', UNITS)}(?: on the (?:clock|meter|odometer|dial))?(?= (?!old))`,
    ({ number, unit }, { sentence, frame }) => {
      frame.units.set(sentence.numberAt(number), unit);
      return { leaving: number };
    },
  ),
  rule(
    pattern` ${capture('number', NUMBER)} ${capture('unit', 'C\\d+')}(?= )`,
    ({ number, unit: code }, { sentence, frame }) => {
      const unit = UNITS.get(sentence.wording(code).toLowerCase());
      if (!unit) return false;
      frame.units.set(sentence.numberAt(number), unit);
      // the column may be named by nothing else
      return false;
    },
  ),
);

/** Units that one can be turned into another of without knowing more. */
const CONVERTIBLE: ReadonlySet<Unit['of']> = new Set(['time', 'length', 'weight', 'volume']);

/** The columns that are named before, or that something is reckoned of. */
function columnsSaid({ sentence, frame }: Reading, at: number): readonly ColumnRef[] {
  const named = sentence.mentions.flatMap(({ columns: [best], start }) => (best && start < at ? [best.target] : []));
  const reckoned = frame.items.flatMap((item) => (item.kind === 'aggregate' ? [item.ref] : []));
  return [...named, ...reckoned];
}

/** "capacity in pallets" of a column of which a comment says that it holds pallets. */
const isCommented = ({ column }: ColumnRef, word: string): boolean =>
  column.kind === 'number' &&
  splitIdentifier(column.comment ?? '')
    .map(stem)
    .includes(stem(word));

const endsIn = ({ column }: ColumnRef, word: string): boolean =>
  column.kind === 'number' &&
  UNIT_STEMS.has(stem(word)) &&
  new RegExp(`[ _]${word}$`, 'i').test(column.title ?? column.name);

/** "average duration, in minutes": the unit that the column which is named before is in, or is to be shown in. */
export const readUnitSaid = rule(
  pattern`(?: ,)? (?:in |as )?${capture('unit', '[a-z]+\\d?|[CB]\\d+')}(?= ·| $| ,| (?:per|by|for|among|of|in) )`,
  ({ unit: code }, reading, { said, before }) => {
    const { sentence, frame } = reading;
    const word = sentence.wording(code).toLowerCase();
    const unit = UNITS.get(word);
    const isPlaced = / (?:in|as|,) /.test(said);
    if (!isPlaced && !/ ·$/.test(before)) return false;
    if (word === 'days' && frame.items.some(({ kind }) => kind === 'duration')) return true;
    const refs = columnsSaid(reading, /^[CB]/.test(code) ? sentence.mention(code).start : Number.POSITIVE_INFINITY);
    if (!unit) return refs.some((ref) => endsIn(ref, word) || (/ in /.test(said) && isCommented(ref, word)));
    const { catalog } = reading.resolver;
    const ranked = frame.order.flatMap(({ measure }) => ('ref' in measure ? [measure.ref] : []));
    // "what they ordered in total (euro)"
    if (unit.of === 'money' && [...refs, ...ranked].some((ref) => mayBeIn(ref, unit, catalog))) return true;
    const owns = refs.map((ref) => ({ ref, own: unitOf(ref) })).filter(({ own }) => own?.of === unit.of);
    if (owns.some(({ own }) => own?.size === unit.size && own.currency === unit.currency)) return true;
    const [first, ...more] = owns;
    if (!first?.own || !isPlaced || !CONVERTIBLE.has(unit.of)) return false;
    if (more.some(({ ref }) => ref.column !== first.ref.column)) return false;
    frame.inUnit.set(first.ref.column, unit.size / first.own.size);
    return true;
  },
);

/** "a capacity of more than 5000 pallets", of which a comment says that it is in pallets. */
export const readCommented = rule(
  pattern`(?<= ·) ${capture('unit', '[a-z]{3,}')}(?= ·| $| ,)`,
  ({ unit }, { sentence, frame }) =>
    new RegExp(` N\\d+ ${unit} `).test(sentence.asked) &&
    frame.filters.some((filter) => filter.kind !== 'each' && isCommented(filter.ref, unit)),
);

/** Each number that was said in a unit is compared with a column in that unit, or the question is declined. */
export function settleUnits({ frame, resolver }: Reading): void {
  const left = new Map(frame.units);
  const convert = (ref: ColumnRef, scalar: Scalar): Scalar => {
    const unit = scalar.kind === 'number' ? frame.units.get(scalar.value) : undefined;
    if (!unit || scalar.kind !== 'number') return scalar;
    left.delete(scalar.value);
    const value = inUnitOf(ref, scalar.value, unit, resolver.catalog);
    if (value === undefined) refuse(frame, ref, unit);
    return value === undefined ? scalar : { kind: 'number', value };
  };
  frame.filters = frame.filters.map((filter) => (filter.kind === 'each' ? filter : converted(filter, convert)));
  if (left.size) frame.refused ??= 'I could not see what the number with its unit is compared with.';
}

function refuse(frame: Frame, { table, column }: ColumnRef, { of }: Unit): void {
  frame.refused ??= `I cannot tell whether ${table.name}.${column.name} is in that unit of ${of}.`;
}

function converted(filter: RowFilter, convert: (ref: ColumnRef, scalar: Scalar) => Scalar): RowFilter {
  switch (filter.kind) {
    case 'compare':
      return { ...filter, value: convert(filter.ref, filter.value) };
    case 'between':
      return { ...filter, low: convert(filter.ref, filter.low), high: convert(filter.ref, filter.high) };
    case 'one-of':
      return { ...filter, values: filter.values.map((value) => convert(filter.ref, value)) };
    default:
      return filter;
  }
}
