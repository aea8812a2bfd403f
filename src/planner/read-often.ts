import type { Table } from '#src/domain/catalog.ts';
import { isMoney } from '#src/domain/roles/currency-of.ts';
import { columnsWithRole, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { COUNTING } from './comparisons.ts';
import { inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { ownerSaid } from './owner-named.ts';
import { capture, meaning, oneOf, optional, part, pattern } from './pattern.ts';
import { ROWS, rank } from './rank-by.ts';
import { boundRows } from './read-count-bounds.ts';
import type { FrameResolver } from './resolve.ts';
import { COLUMN, NAME, NUMBER, TABLE, type Taken } from './sentence.ts';
import { isEvent, isRelation } from './verbs.ts';

const labelOf = ({ resolver }: Reading, table: Table | undefined) => table && resolver.label(table);

/** Says that something is done with it, more than that it occurs. */
const USED = / (?:popular|used|spoken)/;

/** The rows that are of a kind: of a list of kinds, those that refer to it. */
function rowsOf(ref: ColumnRef, resolver: FrameResolver): Table | undefined {
  if (resolver.key(ref.table)?.column !== ref.column) return resolver.rowsCalled(ref);
  const [only, ...more] = resolver.catalog.tables.filter((table) => resolver.refersTo(table).includes(ref.table));
  return more.length ? undefined : only;
}

/** Ranks the values of a column, or the names of a table's rows, by how often they occur. */
function rankByUse(
  reading: Reading,
  code: string,
  descending: boolean,
  used: boolean,
  count?: string,
  isListed = false,
): Taken {
  const { sentence, frame, resolver } = reading;
  const label = labelOf(reading, resolver.table(code));
  const ref = (code.startsWith('T') ? label : undefined) ?? resolver.column(code, frame.main) ?? label;
  // rows that are told by their key alone are each another: nothing of them is common
  if (!ref || (code.startsWith('T') && resolver.key(ref.table)?.column === ref.column)) return false;
  // each row of a list of kinds is one: those that are of a kind are counted, where nothing says of what else it is popular
  const rows = rowsOf(ref, resolver);
  const alone = rows !== ref.table && resolver.named.every((table) => table === ref.table);
  // and the most popular room type is that of the bookings, not of the rooms
  const isBooked =
    roleOf(ref, resolver.catalog) === 'reference' &&
    resolver.catalog.tables.some((table) => resolver.refersTo(table).includes(ref.table));
  // each code of a list is there once: how often it is used is told by other rows
  if (
    !code.startsWith('T') &&
    / used /.test(sentence.asked) &&
    rows === ref.table &&
    isOnceEach(ref) &&
    resolver.named.every((one) => one === ref.table)
  )
    return rankByUsers(reading, ref, descending, count);
  if ((alone && (!rows || used)) || (used && isBooked && resolver.named.length < 2)) return false;
  if (alone && rows) {
    frame.touched.add(rows);
    frame.counted = rows;
  }
  const named = new RegExp(`[CB]\\d+ of (?:the )?(?:N\\d+ )?(?:most|least) \\w+ ${code}`).test(sentence.text);
  if (!named && !isListed) frame.items.push({ kind: 'column', ref });
  frame.groups.push({ kind: 'column', ref });
  return rank(reading, ROWS, descending, count);
}

const isOnceEach = ({ table, column }: ColumnRef): boolean =>
  table.primaryKey.length === 1 && column.distinct !== undefined && column.distinct === table.rowEstimate;

/** By how many rows of the one table refer to each. */
function rankByUsers(reading: Reading, ref: ColumnRef, descending: boolean, count: string | undefined): Taken {
  const { frame, resolver } = reading;
  const [only, ...more] = resolver.catalog.tables.filter((table) => resolver.refersTo(table).includes(ref.table));
  if (!only || more.length || (frame.main ?? ref.table) !== ref.table) return false;
  frame.main = ref.table;
  frame.touched.add(only);
  frame.counted = only;
  frame.items.push({ kind: 'column', ref });
  return rank(reading, ROWS, descending, count);
}

const most = oneOf('most', ['most', 'least', 'fewest']);
const count = optional(capture('count', NUMBER));
const verb = capture('verb', '[a-z]{3,}|[CTBV]\\d+');
const operator = meaning('operator', COUNTING);
/** What may stand before a verb, and between it and what it is done to. */
const AUX = part`(?: (?:that|which|who|is|are|was|were|has|have|had|been|did))*`;
const TO = part`(?: (?:the|an?|all|in|by|on|for|at|to|from|with))*`;
const END = part`(?= ·| $| ,| D\d| (?:in|on|by|for|with|from|and|across|among|of) )`;

/** The table that is named just before, by itself or with a column of it: "names and ids of the attractions". */
function namedBefore({ sentence, resolver }: Reading, before: string, done: Table | undefined): Table | undefined {
  const [code] = /[CTB]\d+$/.exec(before) ?? [];
  if (code?.startsWith('T')) return resolver.table(code);
  const columns = code === undefined ? [] : sentence.mention(code).columns;
  const [only, ...more] = new Set(
    columns
      .filter(({ score }) => score >= (columns[0]?.score ?? 0) - NEARLY)
      .map(({ target }) => target.table)
      .filter((table) => table !== done && resolver.isInWords(table)),
  );
  return (more.length ? undefined : only) ?? resolver.table(code);
}
const NEARLY = 0.06;

/** What happens as often as a verb says: the rows of what is named beside it, else of the one table that bears the verb. */
function deed(reading: Reading, verb: string, object: string | undefined, before: string): Table | undefined {
  const { sentence, resolver, frame } = reading;
  const subject = subjectOf(reading);
  const said = sentence.wording(verb).toLowerCase();
  const named = resolver.table(object ?? (/^[TB]/.test(verb) ? verb : undefined));
  if (object !== undefined && !(isRelation(said) || isEvent(said))) return undefined;
  const owner = namedBefore(reading, before, named);
  if (owner && owner !== subject) {
    // the attractions are visited, not the visits; and of two things nothing tells which is meant
    if (!named || named !== subject || owner === named) return undefined;
    frame.main = owner;
  } else if (named === subject && named !== undefined) return undefined;
  return named ?? (subject && resolver.doneBy(said, subject));
}

/** "accessed the most": how often, or how much of it? */
const isMeasured = (table: Table, { resolver }: Reading): boolean =>
  columnsWithRole(table, 'additive measure', resolver.catalog).some(
    (column) => !isMoney({ table, column }, resolver.catalog),
  );

function rankByDeed(reading: Reading, table: Table | undefined, descending: boolean): Taken {
  if (!table) return false;
  reading.frame.touched.add(table);
  reading.frame.counted = table;
  return rank(reading, ROWS, descending);
}

const OFTEN = meaning(
  'often',
  new Map([
    ...['most often', 'most frequently', 'most times', 'most of times', 'most of the times'].map(
      (said) => [said, true] as const,
    ),
    ...['most', 'greatest', 'highest', 'largest'].map((said) => [`${said} number of times`, true] as const),
    ...['least often', 'least frequently', 'fewest times', 'least times'].map((said) => [said, false] as const),
    ...['least', 'fewest', 'lowest', 'smallest'].map((said) => [`${said} number of times`, false] as const),
  ]),
);

/** "the product that was ordered most often", "used the services the most times", "bought most often on invoices". */
const readMostDoneOften = inOrder(
  rule(
    pattern`${AUX} ${verb}(?:${TO} ${optional(capture('object', TABLE))})?(?: by)?(?: the)? ${OFTEN}(?:${TO} ${optional(capture('place', TABLE))})?${END}`,
    ({ verb, object, often, place }, reading, { before }) =>
      rankByDeed(reading, deed(reading, verb, object ?? place, before), often),
  ),
  // "the film that has been rented the most"
  rule(pattern`${AUX} ${verb} the ${most}(?= ·| $| ,)`, ({ verb, most }, reading, { before }) => {
    const table = deed(reading, verb, undefined, before);
    return table !== undefined && !isMeasured(table, reading) && rankByDeed(reading, table, most === 'most');
  }),
);

/** Whether a verb says no more of what a column holds than that it is there: "codes that are used", "the nominee who was nominated". */
function occurs({ sentence, resolver }: Reading, ref: ColumnRef, verb: string): boolean {
  if (/^[TBV]/.test(verb) || ref.column.kind !== 'text') return /^(?:used|appear|occur)/.test(verb);
  if (verb.startsWith('C')) return resolver.column(verb, ref.table)?.column === ref.column;
  if (/^(?:used|appear|occur)/.test(verb)) return true;
  // what a thing did is no row of its own
  const isThing = resolver.label(ref.table)?.column === ref.column && rowsOf(ref, resolver) === ref.table;
  return !isThing && isRelation(sentence.wording(verb).toLowerCase());
}

/** Whether a column is of the table that is named before it, if one is. */
function isOwn({ resolver, frame }: Reading, of: string | undefined, code: string): boolean {
  const table = resolver.table(of);
  if (!table) return of === undefined;
  if (!resolver.columnOf(code, table) || (frame.main ?? table) !== table) return false;
  frame.main = table;
  return true;
}

/** "the most common country", "the language used most often", "the type with the most records". */
const readMostUsed = inOrder(
  rule(
    pattern` ${capture('code', COLUMN)} (?:that )?(?:with|has|have|had|having) (?:the )?${most} (?:records?|rows?|entries)
      (?: in (?:the|our|this) (?:database|system|data|tables?|records?))?(?= ·| $| ,)`,
    ({ code, most }, reading, { said }) => rankByUse(reading, code, most === 'most', USED.test(said)),
  ),
  rule(
    pattern` (?:the )?(?:${count} )?${most} (?:common|popular|frequent|frequently used|used)(?: ${optional(capture('of', 'T\\d+(?= C)'))})? ${capture('code', NAME)}`,
    ({ count, most, of, code }, reading, { said, before }) =>
      // "the most common return reason"
      isOwn(reading, of, code) &&
      // "users with the most popular role": users are asked for, of whom several have it
      !(code.startsWith('T') && / (?:with|has|have|had|having|using)$/.test(before)) &&
      rankByUse(reading, code, most === 'most', USED.test(said), count),
  ),
  rule(
    pattern` ${capture('code', COLUMN)} (?:that |which )?(?:is |are |was )?(?:the )?(?:used |appears? |spoken )?
      (?:the )?${most}(?: common| popular| frequent| often| frequently|(?=(?: ·| ,)* $)(?<= used (?:the )?(?:most|least|fewest)))(?:ly)?(?: used)?`,
    ({ code, most }, reading, { said }) => rankByUse(reading, code, most === 'most', USED.test(said)),
  ),
  // "the form that is most common"
  rule(
    pattern` ${capture('code', TABLE)}${AUX}(?: the)? ${most} (?:common|popular|frequent)${END}`,
    ({ code, most }, reading, { said, before }) =>
      rankByUse(reading, code, most === 'most', USED.test(said), undefined, / of(?: the)?$/.test(before)),
  ),
  // "the code that occurs the fewest times", "the person who was nominated most often"
  rule(
    pattern` ${capture('code', COLUMN)}${AUX} ${verb}(?: the)? ${OFTEN}${END}`,
    ({ code, verb, often }, reading, { said }) => {
      const ref = reading.resolver.column(code, reading.frame.main);
      // "the price of the product that was ordered most often": the product was
      const { sentence } = reading;
      if (ref?.column.kind === 'number' && ownerSaid(sentence.mention(code), sentence)) return false;
      return ref !== undefined && occurs(reading, ref, verb) && rankByUse(reading, code, often, USED.test(said));
    },
  ),
);

/** Reads how often something happens or occurs, where it does so the most or the least. */
export const readOften = inOrder(readMostDoneOften, readMostUsed);

/** "the number of times it was ordered". */
export const readHowOften = rule(
  pattern` (?:how many times|(?:the )?(?:total )?number of times)(?: (?:do|does|did|was|were|is|are|has|have|it|they|he|she))*(?: each ${optional(capture('each', TABLE))})?${AUX} ${verb}(?:${TO} ${optional(capture('object', TABLE))})?(?= ·| $| ,)`,
  ({ each, verb, object }, reading, { before }) => {
    const { frame, resolver } = reading;
    const whom = resolver.table(each);
    // "how many times was each product returned": of each that is named
    const label = whom && resolver.label(whom);
    if (each !== undefined && (!label || (frame.main ?? whom) !== whom)) return false;
    frame.main ??= whom;
    const table = deed(reading, verb, object, before);
    if (!table) return false;
    if (label) frame.groups.push({ kind: 'column', ref: label, entity: true, asked: true });
    reading.frame.touched.add(table);
    // visits are counted, which tie the readers to the halls, not the halls
    reading.frame.items.push({ kind: 'count', distinct: false });
    return true;
  },
);

const TIMES = /^(?:once|twice)$/i;
const number = capture('number', NUMBER);
const times = optional(capture('times', ' times?'));
const PLACE = part`(?: (?:the|all|in|by|on|for|at|to|from|across))*`;
const place = optional(capture('place', TABLE));

/** "ordered more than 15 times", "visited at most once", "used more than twice in workshops": how many rows of what happens so often. */
export const readTimesBound = inOrder(
  rule(
    pattern`${AUX} ${verb}(?:${TO} ${optional(capture('object', TABLE))})?(?: for)?(?: ${optional(operator)})? ${number}${times}?(?:${PLACE} ${place})?${END}`,
    ({ verb, object, operator, number, times, place }, reading, { before }) => {
      const { sentence } = reading;
      if (times === undefined && !TIMES.test(sentence.wording(number))) return false;
      const table = deed(reading, verb, object ?? place, before);
      return table !== undefined && boundRows(reading, table, operator ?? '=', sentence.numberAt(number));
    },
  ),
  // "codes that were used less than 5 times", "nominees who were nominated twice": rows that hold it
  rule(
    pattern` ${capture('code', COLUMN)}${AUX} ${verb}(?: for)?(?: ${optional(operator)})? ${number}${times}?(?:${PLACE} ${place})?${END}`,
    ({ code, verb, operator, number, times, place }, reading) => {
      const { sentence, resolver, frame } = reading;
      if (times === undefined && !TIMES.test(sentence.wording(number))) return false;
      const ref = resolver.column(code, frame.main);
      const rows = ref && occurs(reading, ref, verb) ? rowsOf(ref, resolver) : undefined;
      if (!ref || !rows || (place !== undefined && resolver.table(place) !== rows)) return false;
      if (!boundRows(reading, rows, operator ?? '=', sentence.numberAt(number))) return false;
      frame.groups.push({ kind: 'column', ref });
      return { leaving: code };
    },
  ),
);
