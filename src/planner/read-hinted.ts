import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { type ColumnOf, holdsNumerals } from '#src/domain/column-meaning.ts';
import type { ComparisonOperator } from '#src/sql/query-ir.ts';
import { isKey, mayMeasure } from './column-roles.ts';
import { ADJECTIVES, IS, LEAD, OPERATORS, scalar } from './comparisons.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { capture, meaning, oneOf, optional, pattern } from './pattern.ts';
import { isOfPeople } from './people.ts';
import { isCharge } from './reckon-measures.ts';
import { NUMBER, TABLE, type Taken } from './sentence.ts';
import { PAY } from './superlatives.ts';
import { columnsIn, type Unit } from './units.ts';

const number = capture('number', NUMBER);

/** What stands just before, of which a condition is said: "parties with hosts older than 50". */
function saidOf({ resolver }: Reading, before: string): Table | undefined {
  const [, code] = / ([TB]\d+)(?: (?:that|which|who|are|is|were|was))*$/.exec(before) ?? [];
  return resolver.table(code);
}

/** "who earns more than 5000 in the sales team": the one table of people that holds it, where no people are named. */
function whoMeant({ sentence, frame, resolver }: Reading, hints: readonly string[]): Table | undefined {
  if (!sentence.asked.startsWith(' who ') || (frame.main && isOfPeople(frame.main, resolver))) return undefined;
  const [only, ...more] = resolver.catalog.tables.filter(
    (table) => isOfPeople(table, resolver) && resolver.hinted(table, hints, ['number']),
  );
  return more.length ? undefined : only;
}

function compareHinted(
  reading: Reading,
  hints: readonly string[],
  operator: ComparisonOperator,
  number: string,
  of: Table | undefined = undefined,
): Taken {
  const { resolver, frame } = reading;
  const said = of ?? subjectOf(reading);
  // "entrepreneurs who are taller than 1.85", whose height is with the people they are
  const own = said
    ? [said, ...resolver.besides(said)].find((one) => resolver.hinted(one, hints, ['number']))
    : undefined;
  if (own && own !== frame.main) frame.touched.add(own);
  const who = own ? undefined : whoMeant(reading, hints);
  if (who) frame.main = who;
  const table = own ?? who ?? subjectOf(reading);
  const unit = reading.frame.units.get(reading.sentence.numberAt(number));
  const measured = table && unit ? columnsIn(table, unit) : [];
  const ref = reading.resolver.hinted(table, hints, ['number']) ?? (measured.length === 1 ? measured[0] : undefined);
  if (!ref) return hints[0] === 'age' && bornBefore(reading, operator, number);
  const { sentence } = reading;
  const value = holdsNumerals(ref.column)
    ? ({ kind: 'number', value: sentence.numberAt(number) } as const)
    : scalar(sentence, number, ref);
  return addFilter(reading, { kind: 'compare', ref, operator, value });
}

/** "older than 65" where a day of birth is kept: born before this day so many years ago. */
function bornBefore(reading: Reading, operator: ComparisonOperator, number: string): Taken {
  const { resolver, sentence } = reading;
  const ref = resolver.hinted(
    subjectOf(reading),
    ['birth', 'birthday', 'birthdate', 'dob', 'born'],
    ['date', 'timestamp'],
  );
  const years = sentence.numberAt(number);
  if (!ref || !Number.isInteger(years) || years < 1 || years > 120) return false;
  const [year = 0, ...rest] = resolver.today.split('-');
  const value = [String(Number(year) - years).padStart(4, '0'), ...rest].join('-').replace('-02-29', '-02-28');
  const turned: ComparisonOperator | undefined = operator === '>' ? '<' : operator === '<' ? '>' : undefined;
  if (!turned) return false;
  reading.frame.units.delete(years);
  reading.frame.assumptions.push(`Ages are reckoned from ${ref.table.name}.${ref.column.name}, today.`);
  return addFilter(reading, { kind: 'compare', ref, operator: turned, value: { kind: 'date', value } });
}

/** Captures one of some ways of saying a bound. */
export const bound = (words: string) => capture('operator', words, (word) => OPERATORS.get(word));

const readByWord = inOrder(
  rule(
    pattern`${LEAD}(?:${IS})${meaning('adjective', ADJECTIVES)} than ${number}(?: years old| years)?`,
    ({ adjective, number }, reading, { before }) =>
      compareHinted(reading, adjective.hints, adjective.operator, number, saidOf(reading, before)),
  ),
  rule(
    pattern` (?:,? ?(?:that |which |who )?(?:cost|costs|costing|weigh|weighs|weighing|priced|price|earn|earns|earning|make|makes|making) )
      ${bound('more than|less than|over|under|at least|at most|above|below')} ${number}`,
    ({ operator, number }, reading, { said }) => compareHinted(reading, hintsOf(said), operator, number),
  ),
);

/** "people who are under 40". */
const readAged = rule(
  pattern` (?:(?:that|which|who) )?(?:is|are|was|were|aged) ${bound('under|over|above|below|at least|at most|more than|less than')} ${number}(?: years old| years)?(?= ·| $| ,| (?:for|in|by|per|and|or|from|with) )`,
  ({ operator, number }, reading) => {
    const ref = reading.resolver.hinted(subjectOf(reading), ['age'], ['number']);
    return (
      ref !== undefined &&
      addFilter(reading, {
        kind: 'compare',
        ref,
        operator,
        value: { kind: 'number', value: reading.sentence.numberAt(number) },
      })
    );
  },
);

const hintsOf = (said: string) => (/weigh/.test(said) ? ['weight'] : /earn|mak/.test(said) ? PAY : PRICED);
const PRICED = ['price', 'cost', 'amount'];

const bareBound = capture('said', 'over|above|below|under|more than|less than|at least|at most|exceeding');

/** The one amount of a table, or its one column in the unit that a number was said in: "trips over 200 km". */
function onlyBounded(table: Table, unit: Unit | undefined, catalog: DatabaseCatalog): ColumnOf | undefined {
  const amounts = table.columns
    .filter((column) => column.kind === 'number' && /amount|total|price|cost|value/i.test(column.name))
    .map((column) => ({ table, column }))
    .filter((ref) => !isKey(ref, catalog));
  const [ref, ...more] = (unit && unit.of !== 'money' ? columnsIn(table, unit) : amounts).filter(
    ({ column }) => !isCharge(column, table),
  );
  return more.length ? undefined : ref;
}

/** "payments over 1000", "invoices refunded above 400": a bound that names no column is on the one amount of what stands before it, else of the thing asked about. */
export const readBareBounds = rule(
  pattern`(?<= (?:[TB]\d+|·)(?: yet)?(?: ,)?)(?: (?:of|for|that|which|are|is|were|was|with|have|has|had|and|worth))* ${bareBound} ${number}
    (?= ·| $| ,| D\d| in | from | for | by | at | with | to )`,
  ({ said, number }, reading, { said: whole, before }) => {
    const { sentence, frame, resolver } = reading;
    const [, code] = / ([TB]\d+)(?: ,)?$/.exec(before) ?? [];
    const beside = resolver.table(code);
    const subject = subjectOf(reading);
    // "films with an inventory of below 3": of the inventory, which has no amount
    const tables = /^ of /.test(whole) && beside ? [beside] : [beside, subject];
    const operator = OPERATORS.get(said);
    const unit = frame.units.get(sentence.numberAt(number));
    const [ref] = tables.flatMap((table) => (table && onlyBounded(table, unit, resolver.catalog)) ?? []);
    if (!ref || !operator) return false;
    frame.assumptions.push(`“${said} ${sentence.wording(number)}” is read on ${ref.table.name}.${ref.column.name}.`);
    return addFilter(reading, { kind: 'compare', ref, operator, value: scalar(sentence, number, ref) });
  },
);

/** "cost more than the average", "older than average". */
export const readHintedAverages = inOrder(
  // "rooms that cost more than the average", "older than average"
  rule(
    pattern` (?:,? ?(?:that |which |who )?(?:cost|costs|costing|weigh|weighs|weighing|earn|earns|earning|make|makes|making) )
      ${bound('more than|less than|over|under|above|below')} (?:the )?average(?= ·| $| ,| (?:of|for) (?:all )?[TB]\d)`,
    ({ operator }, reading, { said }) => averageHinted(reading, hintsOf(said), operator),
  ),
  rule(
    pattern`${LEAD}(?:${IS})${meaning('adjective', ADJECTIVES)} than (?:the )?average(?: [CB]\d+)?(?= ·| $| ,| (?:for|in|of|per) )`,
    ({ adjective }, reading) => averageHinted(reading, adjective.hints, adjective.operator),
  ),
);

function averageHinted(reading: Reading, hints: readonly string[], operator: ComparisonOperator): Taken {
  const ref = reading.resolver.hinted(subjectOf(reading), hints, ['number']);
  if (!ref || !mayMeasure(ref, 'avg', reading.resolver.catalog)) return false;
  return addFilter(reading, { kind: 'average', ref, operator });
}

/** "how old is the youngest driver". */
export const readHowOld = rule(
  pattern` how old (?:is|was) the ${oneOf('most', ['oldest', 'youngest'])} ${capture('table', TABLE)}`,
  ({ most, table }, reading) => askAge(reading, reading.resolver.table(table), most === 'oldest' ? 'max' : 'min'),
);

function askAge({ frame, resolver }: Reading, table: Table | undefined, name: 'max' | 'min'): boolean {
  const ref = table && resolver.hinted(table, ['age'], ['number']);
  if (!ref) return false;
  frame.main ??= ref.table;
  frame.touched.add(ref.table);
  frame.items.push({ kind: 'aggregate', name, ref });
  return true;
}

/** Reads comparisons that name their column by an adjective or a verb: "older than 65", "cost more than 10". */
/** "customers over 65": people, in years. */
const readPeopleAged = rule(
  pattern`(?<=(?: T\d+| ·| who| that)(?: is| are)?) ${bound('under|over|above|below')} ${number}(?: years old| years)?(?: ${optional(capture('day', 'D\\d+'))})?(?= ·| $| ,| (?:for|in|by|per|and|or|from|with) )`,
  ({ operator, number, day }, reading) => {
    const subject = subjectOf(reading);
    // ages are those of today
    if (day !== undefined && reading.sentence.dateAt(day)?.from !== reading.resolver.today) return false;
    const years = reading.sentence.numberAt(number);
    if (!subject || !isOfPeople(subject, reading.resolver) || years < 10 || years > 110) return false;
    return compareHinted(reading, ['age'], operator, number);
  },
);

export const readHinted = inOrder(readByWord, readAged, readPeopleAged);
