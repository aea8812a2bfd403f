import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { RowFilter, Scalar } from './frame.ts';
import { addFilter, inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { IGNORABLE } from './ignorable.ts';
import type { ColumnRef, ValueRef } from './lexicon.ts';
import { capture, optional, part, pattern } from './pattern.ts';
import { isFlagNamed } from './read-flags.ts';
import { readListedValues } from './read-listed-values.ts';
import { COLUMN, NAME, VALUE } from './sentence.ts';
import { isEvent, isRelation } from './verbs.ts';

const textOf = ({ value }: ValueRef): Scalar => ({ kind: 'text', value });

/** The column that a stored value most likely is of. */
const valueMeant = (reading: Reading, code: string): ValueRef | undefined =>
  reading.resolver.value(code, subjectOf(reading));

const columnMeant = ({ frame, resolver }: Reading, code: string | undefined): ColumnRef | undefined =>
  resolver.column(code, frame.main);

/** Words that lead into a condition on a stored value. */
const OF = part`(?:(?: (?:due to|because of|caused by|through|via|about|and|that|which|who|whose|where|with|have|has|had|having|from|in|into|of|out of|for|at|by|under|is|are|was
  |were|located|live|lives|living|based|named|called|titled|the|an?|to|on|as|made|being))*)`;
const column = optional(capture('column', NAME));
const value = capture('value', VALUE);
const first = capture('first', VALUE);
const second = capture('second', VALUE);

/** "not from Chile", "other than the colour red". */
const readExcluded = rule(
  pattern`${OF}(?: but)?(?: ${column}(?: (?:is|are|was|were|do|does|did))*)?
    (?: not| never| other than| except(?: for)?| excluding| without| outside| besides)(?: ${optional(capture('verb', '(?:[a-z]+|[TC]\\d+)(?= (?:by|in|from|to|at|on|with) )'))})?
    (?: (?:in|from|of|for|to|the|an?|equal to|by|have|has|had|having|with|be|been|being|born|located|living|based|called
      |named|that is|any))*
    (?: ${optional(capture('beside', COLUMN))}(?: (?:is|of|as|equal|to|called|named|the|code|equals))*)? ${value}
    (?: ${optional(capture('after', 'C\\d+'))})?`,
  ({ column, verb, beside, value, after }, reading, { said }) => {
    const done = verb && reading.sentence.wording(verb).toLowerCase();
    if (done !== undefined && !isRelation(done) && !IGNORABLE.has(done)) return false;
    // "studios that never worked with …" tells of all rows of each
    if (verb !== undefined && / never /.test(said)) return false;
    const heldAfter = heldBy(reading, after, value);
    if (after !== undefined && !heldAfter) return false;
    const named = heldAfter ?? columnMeant(reading, beside);
    const held = reading.sentence.mention(value).values.find((one) => one.column === named?.column);
    const ref = held ?? valueMeant(reading, value);
    if (!ref) return false;
    // "channels that are not owned by …" are rows, whatever columns bear their name
    const asked = column?.startsWith('T') ? undefined : columnMeant(reading, column);
    if (asked && asked.column !== ref.column) reading.frame.items.push({ kind: 'column', ref: asked });
    return addFilter(reading, { kind: 'compare', ref, operator: '<>', value: textOf(ref) });
  },
);

/** "either red or green". */
const readAlternatives = rule(
  pattern`${OF}(?: ${column}(?: (?:is|are|was|were|of|as|equal|to|equals|either|named|called|the))*)?
    (?: either)? ${first} or(?: (?:in|from|the|by|an?))* ${second}`,
  ({ first, second }, reading) => {
    const [one, other] = [valueMeant(reading, first), valueMeant(reading, second)];
    if (!one || one.column !== other?.column) return false;
    return addFilter(reading, { kind: 'one-of', ref: one, values: [textOf(one), textOf(other)] });
  },
);

/** "both rock and jazz", "from Norway and Chile". */
const readBoth = rule(
  pattern`${OF}(?: ${optional(capture('both', 'both'))})?(?: (?:the|an?|from|in|of))* ${first}(?: [CTB]\d+)? and
    (?: (?:in|from|of|for|with|by|the|an?))* ${second}`,
  ({ both, first, second }, reading) => {
    const { frame, resolver } = reading;
    const [one, other] = [valueMeant(reading, first), valueMeant(reading, second)];
    if (!one || one.column !== other?.column || one.value === other.value) return false;
    const values = [textOf(one), textOf(other)];
    if (frame.compares) frame.groups.push({ kind: 'column', ref: one });
    const each = both !== undefined || resolver.isMany(subjectOf(reading), one.table);
    if (frame.compares || !each) return addFilter(reading, { kind: 'one-of', ref: one, values });
    const conditions = values.map((value): RowFilter => ({ kind: 'compare', ref: one, operator: '=', value }));
    return addFilter(reading, { kind: 'each', ref: one, conditions });
  },
);

/** "mountains in the country of Uganda": the column of that name that holds the value. */
export function heldBy(reading: Reading, code: string | undefined, value: string): ValueRef | undefined {
  if (code === undefined) return undefined;
  const { sentence } = reading;
  const { values } = sentence.mention(value);
  const named = columnMeant(reading, code);
  const alike = sentence.mention(code).columns;
  const table = code.startsWith('C') ? undefined : reading.resolver.table(code);
  const owned = values.filter((one) => one.table === table);
  return (
    // "lease L-2001", whose payments hold it as well
    (code.startsWith('T') && owned.length === 1 ? owned[0] : undefined) ??
    values.find((one) => one.column === named?.column) ??
    values.find((one) => alike.some(({ target }) => target.column === one.column)) ??
    (owned.length === 1 ? owned[0] : undefined)
  );
}

/** "paid by card": done in some way, which is not the state that is called so. */
const isPassive = ({ sentence }: Reading, value: string, after: string): boolean =>
  /(?:ed|paid|sent)$/i.test(sentence.wording(value)) && /^ (?:both )?by (?:the |an? )?[VTQC]\d/.test(after);

/** "in Norway", "the status shipped". */
const readEqual = rule(
  pattern`${OF}(?: ${column}(?: (?:is|are|was|were|of|as|equal|to|equals|named|called|the|with|for|being))*)? ${value}
    (?: ${optional(capture('after', 'C\\d+'))})?`,
  ({ column, value, after }, reading, { before, said: whole, after: rest }) => {
    const { sentence } = reading;
    if (isPassive(reading, value, rest)) return false;
    const heldBefore = heldBy(reading, column, value);
    const heldAfter = heldBy(reading, after, value);
    const ref = heldBefore ?? heldAfter ?? valueMeant(reading, value);
    if (!ref) return false;
    // "names of suspended sellers": the sellers', of whom the state is said
    const isOfThing = !heldBefore && / of (?:the )?V\d+$/.test(whole) && /^ [TB]\d/.test(rest);
    if (column && isOfThing && /^names?$/i.test(sentence.wording(column)))
      return (
        addFilter(reading, { kind: 'compare', ref, operator: '=', value: textOf(ref) }) && { leaving: `${column} of` }
      );
    // "the artist AC/DC", which bears the name; any other table before a value says something of its own
    if (column?.startsWith('T') && reading.resolver.table(column) !== ref.table) {
      // "members of the club Tennis Club", "who rated Gone with the Wind": the last word of it, or a verb
      const said = sentence.wording(column).toLowerCase();
      const own = splitIdentifier(ref.table.title ?? ref.table.name).map(stem);
      const isVerb = /(?:^| )(?:who|that|which)(?: (?:has|have|had))*$/.test(before) && /(?:s|ed|ing)$/.test(said);
      if (isVerb || (said.includes(' ') && own.length === 1 && own[0] === stem(said.split(' ').at(-1) ?? ''))) {
        addFilter(reading, { kind: 'compare', ref, operator: '=', value: textOf(ref) });
        return { leaving: column };
      }
      // "invoices of Acme", which are theirs
      if (new RegExp(` ${column} (?:of|for)(?: the)? ${value}(?= |$)`).test(whole)) {
        addFilter(reading, { kind: 'compare', ref, operator: '=', value: textOf(ref) });
        return { leaving: column };
      }
      // "invoices of Swedish accounts"
      const [, next] = /^ ([TB]\d+) /.exec(rest) ?? [];
      if (next === undefined || reading.resolver.table(next) !== ref.table) return false;
      addFilter(reading, { kind: 'compare', ref, operator: '=', value: textOf(ref) });
      return { leaving: `${column} of` };
    }
    // "events with attendees for Oslo": what is listed with them is read later
    const [, listed] = / (with (?:their |the )?C\d+) for V\d+ $/.exec(`${whole} `) ?? [];
    if (listed && !heldBefore && after === undefined)
      return addFilter(reading, { kind: 'compare', ref, operator: '=', value: textOf(ref) }) && { leaving: listed };
    // "loads that were delivered late", where it is a stop that is late
    if (after && !heldAfter && /ed$/i.test(sentence.wording(value)) && isFlagNamed(sentence, after, reading.resolver))
      return false;
    // A column beside the value that does not hold it is asked for, not compared.
    for (const code of [heldBefore ? undefined : column, heldAfter ? undefined : after]) {
      // "the team Columbus Crew", which bears the name: it is told which, and nothing more is asked
      if (code !== undefined && reading.resolver.table(code) === ref.table) {
        reading.frame.touched.add(ref.table);
        continue;
      }
      const asked = columnMeant(reading, code);
      if (asked) reading.frame.items.push({ kind: 'column', ref: asked });
    }
    return addFilter(reading, { kind: 'compare', ref, operator: '=', value: textOf(ref) });
  },
);

/** The column that tells men and women apart: of the thing that is asked about, else the only one that there is. */
export function sexOf(reading: Reading): ColumnRef | undefined {
  const { resolver } = reading;
  const own = resolver.hinted(subjectOf(reading), ['sex', 'gender'], ['text']);
  if (own) return own;
  const others = resolver.catalog.tables.flatMap((table) => resolver.hinted(table, ['sex', 'gender'], ['text']) ?? []);
  return others.length === 1 ? others[0] : undefined;
}

/** "female students": F or M in a column named sex or gender that holds no such word itself. */
const readGender = rule(
  pattern` ${capture('word', 'female|females|male|males|women|men|girls|boys')}(?= )`,
  ({ word }, reading, { after }) => {
    const [, of] = /^ (T\d+)(?= )/.exec(after) ?? [];
    const table = reading.resolver.table(of);
    const ref = (table && reading.resolver.hinted(table, ['sex', 'gender'], ['text'])) ?? sexOf(reading);
    const initial = /^(f|w|g)/.test(word) ? /^f/i : /^m/i;
    const value = ref?.column.values.find((stored) => initial.test(stored));
    if (!ref || value === undefined) return false;
    return addFilter(reading, { kind: 'compare', ref, operator: '=', value: { kind: 'text', value } });
  },
);

/** "with email as the contact channel": the column stands behind what it holds. */
export const readHeldAs = rule(
  pattern` ${value} as (?:(?:an?|the|their|its|his|her) )*${capture('as', NAME)}(?= ·| $| ,| D\d| (?:and|or|in|from|for|at|on|by) )`,
  ({ value, as }, reading, { before }) => {
    const held = heldBy(reading, as, value);
    const beside = / V\d+ (?:and|or)(?: the)?$/.test(before);
    if (held) return { leaving: as.startsWith('C') && !beside ? `${value} ${as}` : value };
    const table = reading.resolver.table(as);
    return reading.sentence.mention(value).values.some((one) => one.table === table) && { leaving: value };
  },
);

/** "approved requests", where requests hold a state that is called so: it is theirs, though a table of approvals bears the word, too. */
export const readOwnState = rule(
  pattern` ${capture('state', '[BT]\\d+')}(?= ${capture('thing', '[BT]\\d+')} )`,
  ({ state, thing }, reading) => {
    const { sentence, resolver } = reading;
    const of = resolver.table(thing);
    const [ref, ...more] = sentence.mention(state).values.filter(({ table }) => table === of);
    if (!ref || more.length || !/ed$/i.test(sentence.wording(state))) return false;
    return addFilter(reading, { kind: 'compare', ref, operator: '=', value: textOf(ref) });
  },
);

/** "paid with PayPal": the verb says no more than the column that holds how. */
export const readPaidWith = rule(
  pattern` ${capture('paid', 'paid|V\\d+|T\\d+')} (?:with|by|via|using|through|in)(?= ${capture('how', 'V\\d+')} )`,
  ({ paid, how }, { sentence, frame, resolver }) => {
    if (!/^paid$/i.test(sentence.wording(paid))) return false;
    const held = resolver.value(how, frame.main);
    return held !== undefined && /pay|method|card|tender/i.test(held.column.name);
  },
);

/** "without sick leave", "sick absences": of what they are is said behind the value, by a word of their table. */
export const readKindOf = rule(
  pattern` ${value} ${capture('word', '[a-z]{4,}')}(?= ·| $| ,| D\d| (?:in|by|per|for|from|of|and|or|this|last|is|are|was|were) )`,
  ({ value, word }, { sentence, frame, resolver }) => {
    const [held, ...more] = sentence.mention(value).values;
    if (!held || more.length) return false;
    // "leave" of leave_requests, which are spoken of already
    const own = splitIdentifier(held.table.title ?? held.table.name).map(stem);
    const isSpokenOf = [frame.main, ...frame.touched, ...resolver.named].includes(held.table);
    const isBare = own.length > 1 && own.includes(stem(word));
    return isSpokenOf && isBare && { leaving: value };
  },
);

/** "how many accounts did we open each month": what was done then, whatever is in that state now. */
const readDone = rule(
  pattern`(?<= (?:did|do|does) (?:we|they|you|people)) ${value}(?= )`,
  ({ value }, { sentence, frame }) =>
    isEvent(sentence.wording(value).toLowerCase()) &&
    (frame.filters.some(({ kind }) => kind === 'period') || frame.groups.some(({ kind }) => kind === 'period')),
);

/** "employees hired in 2024 or 2025": when they were, whatever state is called so elsewhere. */
const readDoneThen = rule(pattern` ${value}(?= ·)`, ({ value }, { sentence, frame, resolver }) => {
  const said = sentence.wording(value).toLowerCase();
  const day = frame.main && /ed$/.test(said) ? resolver.dateNamed(said, [frame.main]) : undefined;
  return (
    day !== undefined &&
    sentence.mention(value).values.every(({ table }) => table !== frame.main) &&
    frame.filters.some(({ kind, ref }) => kind === 'either' && ref.column === day.column)
  );
});

/** "customers who placed an order": what they did, though a state is called so. */
const readDeed = rule(
  pattern` (?:who|that|which)(?: (?:have|has|had))? ${value}(?= (?:an?|any|their|at least) )`,
  ({ value }, { sentence }) => {
    const said = sentence.wording(value).toLowerCase();
    return isEvent(said) || isRelation(said);
  },
);

/** "customers booked loads in 2024": what they did, though loads are `booked` until they are picked up. */
const readDeedsTo = rule(pattern` ${value}(?= )`, ({ value }, { sentence, resolver }) => {
  const said = sentence.wording(value).toLowerCase();
  const [, who, thing] =
    new RegExp(
      ` (T\\d+)(?: (?:who|that|which))?(?: (?:have|has|had))? ${value} (?:(?:an?|any|some|their|at least N\\d+) )?([TB]\\d+) `,
    ).exec(sentence.asked) ?? [];
  const [doer, table] = [resolver.table(who), resolver.table(thing)];
  if (!doer || !table || !/ed$/.test(said) || !(isEvent(said) || isRelation(said))) return false;
  return resolver.isMany(doer, table) && sentence.mention(value).values.every((one) => one.table === table);
});

/** Reads stored values that the question names: "in Norway", "not from Chile", "both rock and jazz". */
export const readValues = inOrder(
  readDone,
  readDoneThen,
  readDeed,
  readDeedsTo,
  readListedValues,
  readExcluded,
  readAlternatives,
  readBoth,
  readEqual,
  readGender,
);
