import { holdsNumerals } from '#src/domain/column-meaning.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { ComparisonOperator } from '#src/sql/query-ir.ts';
import { isKey, isNumeric, mayMeasure } from './column-roles.ts';
import { holdsNumbers, IS, LEAD, OPERATORS, scalar } from './comparisons.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { type ColumnRef, saysOwner } from './lexicon.ts';
import { nothingIn, somethingIn } from './nothing-in.ts';
import { capture, meaning, optional, pattern } from './pattern.ts';
import { readAbsence } from './read-absence.ts';
import { readCountBounds } from './read-count-bounds.ts';
import { readDates } from './read-dates.ts';
import { readEitherYear } from './read-either.ts';
import { bound, readBareBounds, readHinted, readHintedAverages } from './read-hinted.ts';
import { readNeither } from './read-listed-values.ts';
import { readNested } from './read-nested.ts';
import { readTimesBound } from './read-often.ts';
import { readBelowLeast } from './read-stock-levels.ts';
import { readHeldAs, readValues } from './read-values.ts';
import { COLUMN, NAME, NUMBER, type Taken } from './sentence.ts';

const column = capture('column', COLUMN);
const number = capture('number', NUMBER);
const operator = meaning('operator', OPERATORS);

/** The column that a condition is on; "whose name" is what the things asked about are called, not others near them. */
function columnOf(reading: Reading, code: string): ColumnRef | undefined {
  const { sentence, resolver } = reading;
  const subject = subjectOf(reading);
  const ref = resolver.column(code, subject);
  const elsewhere =
    /^names?$/i.test(sentence.wording(code)) && ref && ref.table !== subject && !resolver.isSaid(ref.table);
  return (elsewhere && subject ? resolver.label(subject) : undefined) ?? ref;
}

function between(reading: Reading, code: string, low: string, high: string): Taken {
  const { sentence } = reading;
  const ref = columnOf(reading, code);
  if (!ref) return false;
  return addFilter(reading, {
    kind: 'between',
    ref,
    low: scalar(sentence, low, ref),
    high: scalar(sentence, high, ref),
  });
}

const low = capture('low', NUMBER);
const high = capture('high', NUMBER);
const readRanges = inOrder(
  rule(
    pattern`${LEAD}(?:an? |the |their )?${column} ${IS}(?:ranging |in the range )?
      (?:between|from) ${low} (?:and|to) ${high}`,
    ({ column, low, high }, reading) => between(reading, column, low, high),
  ),
  rule(pattern`${LEAD}between ${low} and ${high} ${column}`, ({ column, low, high }, reading) =>
    between(reading, column, low, high),
  ),
);

/** Nothing but what asks stands before. */
const ASKED_FIRST = /^(?: (?:which|what|show|list|find|give|me|return|are|is|all|the|of|different|distinct))* ?$/;

/** @param write makes the pattern of LIKE from the text */
function like(
  reading: Reading,
  code: string,
  text: string,
  write: (text: string) => string,
  negated: boolean,
  before: string,
): Taken {
  const ref = columnOf(reading, code);
  if (!ref || ref.column.kind === 'number') return false;
  const said = /^[QVCTB]\d+$/.test(text) ? reading.sentence.wording(text) : text;
  // "languages that contain …": what is asked for is what is compared
  if (ASKED_FIRST.test(before) && !reading.frame.items.length) reading.frame.items.push({ kind: 'column', ref });
  return addFilter(reading, { kind: 'like', ref, pattern: write(said), negated });
}

const TEXT_KINDS = '(?:the )?(?:substring |word |words |letter |letters |text |phrase |string |prefix |suffix )*';
const THEM = '(?:that |which |who )?';
const text = capture('text', '[QV]\\d+|[CTB]\\d+|[a-z]+');
const not = optional(capture('not', 'not'));
const textRule = (verb: string, write: (text: string) => string, fits: (text: string, said: string) => boolean) =>
  rule(
    pattern`${LEAD}(?:the |their )?${column} ${THEM}(?:(?:does|do|did|that|which|whose)? ?${not} )?
      ${verb} ${TEXT_KINDS}${text}`,
    ({ column, text, not }, reading, { said, before }) =>
      fits(text, said) && like(reading, column, text, write, not !== undefined, before),
  );
const anyText = () => true;
/** Of what a name contains more kinds of text may be meant: a word counts where it is called one. */
const isQuoted = (text: string, said: string) =>
  text.startsWith('Q') ||
  // "carriers that have Android as their platform" hold no text of that kind
  (text.startsWith('V') && !/ (?:has|have) /.test(said)) ||
  /substring|word|letter|phrase|string/.test(said);

const readTexts = inOrder(
  // "whose detail contains the word Latte or the word Americano"
  rule(
    pattern`${LEAD}(?:the |their )?${column} ${THEM}(?:contains?|containing|includes?|including) ${TEXT_KINDS}${capture('first', '[QV]\\d+')} or ${TEXT_KINDS}${capture('second', '[QV]\\d+')}`,
    ({ column, first, second }, reading) => {
      const ref = columnOf(reading, column);
      if (ref?.column.kind !== 'text') return false;
      const filters = [first, second].map(
        (code) => ({ kind: 'like', ref, pattern: `%${reading.sentence.wording(code)}%`, negated: false }) as const,
      );
      return addFilter(reading, { kind: 'either', ref, filters });
    },
  ),
  textRule('(?:starts?|starting|begins?|beginning) with', (text) => `${text}%`, anyText),
  textRule('(?:ends?|ending) (?:with|in)', (text) => `%${text}`, anyText),
  textRule('(?:contains?|containing|includes?|including|has|have|like)', (text) => `%${text}%`, isQuoted),
  rule(
    pattern`${LEAD}(?:contains? |containing |includes? )?(?:the )?(?:word |substring |letters? |text )?
      ${capture('text', '[QV]\\d+')} in (?:the |their |its )${column}`,
    ({ column, text }, reading) =>
      (text.startsWith('Q') || reading.sentence.tokens[reading.sentence.mention(text).start]?.kind === 'quoted') &&
      like(reading, column, text, (said) => `%${said}%`, false, ''),
  ),
);

/** @param said the word for it: of "null" no value is meant, of others what is as good as none too */
function isNull(reading: Reading, code: string, negated: boolean, said: string): Taken {
  const ref = columnOf(reading, code);
  if (!ref) return false;
  const { catalog } = reading.resolver;
  if (/\bnull\b/.test(said)) return addFilter(reading, { kind: 'null', ref, negated });
  return addFilter(reading, negated ? somethingIn(ref, catalog) : nothingIn(ref, catalog));
}

const readNulls = inOrder(
  rule(
    pattern`${LEAD}(?:an? |the |their )?${column} ${IS}(?:${not} )?
      ${capture('state', 'null|missing|unknown|empty|blank|specified|known|recorded')}`,
    ({ column, not, state }, reading) =>
      isNull(reading, column, /^(specified|known|recorded)$/.test(state) !== (not !== undefined), state),
  ),
  rule(
    pattern` (?:with|have|has|having|without)? ?(?:no|without|missing|null|empty|unknown|an? unknown|an? missing) (?:an? |any )?
      ${capture('column', 'C\\d+')}`,
    ({ column }, reading, { said }) => isNull(reading, column, false, said),
  ),
);

function compare(reading: Reading, code: string, operator: ComparisonOperator, value: string): Taken {
  const { sentence } = reading;
  const ref = columnOf(reading, code);
  const stored = ref?.column.kind === 'text' && ref.column.values.includes(sentence.wording(value));
  const isSuch = operator === '=' && stored; // "room 268" of a text that holds it
  if (!ref || (value.startsWith('N') && ref.column.kind !== 'number' && !holdsNumbers(ref) && !isSuch)) return false;
  // "managers of more than 3 employees" bounds a number of employees, not the managers' keys
  const bounds = operator !== '=' && operator !== '<>';
  if (bounds && isKey(ref, reading.resolver.catalog) && !/\b(id|number|code)s?\b/i.test(sentence.wording(code)))
    return false;
  const compared = bounds && value.startsWith('N') && holdsNumerals(ref.column);
  return addFilter(reading, {
    kind: 'compare',
    ref,
    operator,
    value: compared ? { kind: 'number', value: sentence.numberAt(value) } : scalar(sentence, value, ref),
  });
}

/** "20 or more": a bound that is within. */
const OR_BEYOND: ReadonlyMap<string, ComparisonOperator> = new Map([
  ...['more', 'greater', 'higher', 'above', 'older', 'later', 'after', 'better', 'up', 'over'].map(
    (word) => [word, '>='] as const,
  ),
  ...['less', 'lower', 'below', 'younger', 'before', 'earlier', 'worse', 'fewer', 'under'].map(
    (word) => [word, '<='] as const,
  ),
]);

const DEGREES: ReadonlyMap<string, ComparisonOperator> = new Map([
  ...['more', 'higher', 'greater', 'larger', 'bigger', 'longer'].map((word) => [word, '>'] as const),
  ...['less', 'fewer', 'lower', 'smaller', 'shorter'].map((word) => [word, '<'] as const),
]);

/** Whether a name of a column ends with that of its rows in the plural. */
function countsRows(reading: Reading, code: string): boolean {
  const last = reading.sentence.wording(code).toLowerCase().split(' ').at(-1) ?? '';
  const table = columnOf(reading, code)?.table;
  const own = table && splitIdentifier(table.title ?? table.name).at(-1);
  return own !== undefined && /s$/.test(last) && stem(own) === stem(last);
}

const readComparisons = inOrder(
  // "greater than 300 or less than 100"
  rule(
    pattern`${LEAD}(?:an? |the |their )?${column} ${IS}${operator} ${number} or ${IS}${meaning('other', OPERATORS)} ${capture('second', NUMBER)}`,
    ({ column, operator, number, other, second }, reading) => {
      const ref = columnOf(reading, column);
      if (ref?.column.kind !== 'number' || isKey(ref, reading.resolver.catalog)) return false;
      const bound = (said: ComparisonOperator, code: string) =>
        ({ kind: 'compare', ref, operator: said, value: scalar(reading.sentence, code, ref) }) as const;
      return addFilter(reading, { kind: 'either', ref, filters: [bound(operator, number), bound(other, second)] });
    },
  ),
  rule(
    pattern`${LEAD}(?:an? |the |their )?${column} ${IS}${operator} (?:the )?${capture('value', '[NVQ]\\d+')}`,
    ({ column, operator, value }, reading) => compare(reading, column, operator, value),
  ),
  rule(
    pattern`${LEAD}(?:an? |the |their )?${column} ${IS}${number} or ${meaning('operator', OR_BEYOND)}`,
    ({ column, operator, number }, reading) => compare(reading, column, operator, number),
  ),
  rule(
    pattern`${LEAD}(?:an? )?${operator} ${number} (?:in |of |as )?(?:their |the )?${column}`,
    // "at least 20 marked enrolments" are so many rows, whatever mark each has
    ({ column, operator, number }, reading) =>
      !countsRows(reading, column) && compare(reading, column, operator, number),
  ),
  // "with more weight than 70"
  rule(
    pattern` (?:with|has|have|had|having)(?: an?)? ${meaning('degree', DEGREES)} ${column} than ${number}`,
    ({ degree, column, number }, reading) => compare(reading, column, degree, number),
  ),
  // "who are above age 46", "after season 2010"
  rule(
    pattern`${LEAD}(?:is |are |was |were )?${operator} (?:the |an? )?${column} (?:of )?${number}`,
    ({ column, operator, number }, reading) => compare(reading, column, operator, number),
  ),
  // "of 20 percent or more"
  rule(
    pattern`${LEAD}(?:an? )?${number} ${column} or ${meaning('operator', OR_BEYOND)}`,
    ({ column, operator, number }, reading) => compare(reading, column, operator, number),
  ),
);

/** "id 1004", "department of 12": equality with a number that the column could hold. */
const readEquality = rule(
  pattern`${LEAD}(?:an? |the |their )?${column} ${IS}(?:equal to |equals |= )?${capture('value', 'N\\d+|Q\\d+')}`,
  ({ column, value }, reading) => compare(reading, column, '=', value),
);

/** "5 star hotels": how many of it each of them has. */
const readOfSo = rule(
  pattern` ${number} ${column}(?= ·| $| ,| (?:in|of|from|with|for|at|on) )`,
  ({ number, column: code }, reading) => {
    const { sentence, frame, resolver } = reading;
    const [of] = sentence.mention(code).columns;
    if (!of || !saysOwner(of.score) || of.target.column.kind !== 'number' || isKey(of.target, resolver.catalog))
      return false;
    if ((frame.main ?? of.target.table) !== of.target.table || /^(?:N\d+ )?(?:top|first|last)/.test(sentence.asked))
      return false;
    frame.main = of.target.table;
    return addFilter(reading, {
      kind: 'compare',
      ref: of.target,
      operator: '=',
      value: scalar(sentence, number, of.target),
    });
  },
);

/** "courses with 1 credit": a number of its own that each of them has. */
const readWithSoMany = rule(
  pattern` (?:with|have|has|had|having|of|worth|and) (?:exactly |only )?${number} ${column}(?= ·| $| ,| (?:and|in|of|from|for|at|on|by) )`,
  ({ number, column: code }, reading) => {
    const { sentence, resolver } = reading;
    const ref = columnOf(reading, code);
    const subject = subjectOf(reading);
    if (!ref || ref.table !== subject || isKey(ref, resolver.catalog)) return false;
    if (!isNumeric(ref, resolver.catalog) && !ref.column.values.includes(sentence.wording(number))) return false;
    return addFilter(reading, { kind: 'compare', ref, operator: '=', value: scalar(sentence, number, ref) });
  },
);

/** "sex M", "of gender X", "who got grade C": a stored letter or two, which in other places would be a word. */
const readLetters = rule(
  pattern`${LEAD}(?:an? |the |their )?${column} ${IS}(?:of )?${capture('letters', '[a-z]{1,2}')}(?= ·| $| ,| (?:and|or|in|from|for|at|on|by|who|that|with) )`,
  ({ column, letters }, reading) => {
    const ref = columnOf(reading, column);
    const stored =
      ref?.column.kind === 'text' ? ref.column.values.filter((value) => value.toLowerCase() === letters) : [];
    const [value, ...more] = stored;
    if (!ref || value === undefined || more.length) return false;
    return addFilter(reading, { kind: 'compare', ref, operator: '=', value: { kind: 'text', value } });
  },
);

/** "order 1004", "store 1": told by its number. */
const readNumbered = rule(
  pattern` ${capture('thing', NAME)} (?:number |no |nr |id )?${number}(?= ·| $| ,| D\d| (?:in|of|from|by|for|with|and|that|which|have|has|had|was|is) )`,
  ({ thing, number }, reading) => {
    const { sentence, resolver, frame } = reading;
    // "the status of order 5": a column with its owner behind it
    const [of] = sentence.mention(thing).columns;
    const owner = of && saysOwner(of.score) ? of.target.table : undefined;
    const table = thing.startsWith('C') ? owner : resolver.table(thing);
    const key = table && resolver.key(table);
    const last = sentence.wording(thing).toLowerCase().split(' ').at(-1) ?? '';
    const stored = key?.column.kind === 'text' && key.column.values.includes(sentence.wording(number));
    if (!table || !key || (key.column.kind !== 'number' && !stored) || /(?:s|ed)$/.test(last)) return false;
    if (
      owner &&
      !splitIdentifier(table.title ?? table.name)
        .map(stem)
        .includes(stem(last))
    )
      return false;
    frame.touched.add(table);
    addFilter(reading, { kind: 'compare', ref: key, operator: '=', value: scalar(sentence, number, key) });
    return thing.startsWith('C') ? { leaving: thing } : true;
  },
);

/** "a score of 9 or 10". */
const readEitherNumber = rule(
  pattern`${LEAD}(?:an? |the |their )?${column} ${IS}(?:either )?${capture('low', NUMBER)} or ${capture('high', NUMBER)}(?= ·| $| ,| D\d| in | for | by )`,
  ({ column, low, high }, reading) => {
    const ref = columnOf(reading, column);
    if (ref?.column.kind !== 'number') return false;
    return addFilter(reading, {
      kind: 'one-of',
      ref,
      values: [low, high].map((code) => scalar(reading.sentence, code, ref)),
    });
  },
);

/** Reads conditions: comparisons, ranges, text, nulls, dates and stored values. */
export const readFilters = inOrder(
  readHeldAs,
  readNeither,
  readEitherYear,
  readAbsence,
  readTimesBound,
  readCountBounds,
  readNested,
  readRanges,
  readEitherNumber,
  readTexts,
  readLetters,
  readNulls,
  readBelowLeast,
  readComparisons,
  readHinted,
  readDates,
  readValues,
  readBareBounds,
  readEquality,
  readOfSo,
  readWithSoMany,
  readNumbered,
);

function average(reading: Reading, code: string, operator: ComparisonOperator): Taken {
  const ref = columnOf(reading, code);
  if (!ref || !mayMeasure(ref, 'avg', reading.resolver.catalog)) return false;
  return addFilter(reading, { kind: 'average', ref, operator });
}

/** "price above the average": read before aggregates, which would take the average for what is asked. */
export const readAverages = inOrder(
  rule(
    pattern`${LEAD}(?:an? |the |their )?${column} ${IS}${operator} (?:the )?average(?: [CB]\d+)?`,
    ({ column, operator }, reading) => average(reading, column, operator),
  ),
  rule(
    pattern`${LEAD}${bound('above|below|over|under|higher than|lower than|more than|less than|greater than|larger than|smaller than')}
      (?: the| an)? average(?: (?:number|amount) of)? ${column}`,
    ({ column, operator }, reading) => average(reading, column, operator),
  ),
  readHintedAverages,
);
