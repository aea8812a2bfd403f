import type { Table } from '#src/domain/catalog.ts';
import type { Comparison } from '#src/edl/query-ir.ts';
import type { DateSpan } from './dates.ts';
import type { Filter, Frame, Scalar } from './frame.ts';
import type { ColumnRef } from './lexicon.ts';
import { isKey } from './read-order.ts';
import type { Resolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';
import { isEvent, isRelation } from './verbs.ts';

const OPERATORS: Readonly<Record<string, Comparison>> = {
  'more than': '>',
  'greater than': '>',
  'higher than': '>',
  'larger than': '>',
  'bigger than': '>',
  'longer than': '>',
  over: '>',
  above: '>',
  exceeding: '>',
  exceeds: '>',
  after: '>',
  'later than': '>',
  'older than': '>',
  'heavier than': '>',
  'taller than': '>',
  bigger: '>',
  'less than': '<',
  'fewer than': '<',
  'lower than': '<',
  'smaller than': '<',
  'shorter than': '<',
  under: '<',
  below: '<',
  before: '<',
  'earlier than': '<',
  'younger than': '<',
  'cheaper than': '<',
  'lighter than': '<',
  'at least': '>=',
  'no less than': '>=',
  'not less than': '>=',
  'a minimum of': '>=',
  'greater than or equal to': '>=',
  'more than or equal to': '>=',
  'at most': '<=',
  'no more than': '<=',
  'not more than': '<=',
  'up to': '<=',
  'less than or equal to': '<=',
  'a maximum of': '<=',
  exactly: '=',
  'equal to': '=',
  equals: '=',
  'not equal to': '<>',
  not: '<>',
  'different from': '<>',
  'other than': '<>',
};
const OPERATOR = Object.keys(OPERATORS)
  .sort((a, b) => b.length - a.length)
  .join('|');
const LEAD = '(?:,? ?(?:and |that |which |who |whose |where |with |have |has |had |having |of |for |in |by )*)';
const IS = '(?:is |are |was |were |be |being |that is |that are |which is |as |of |to be )*';

/** Words that compare by a column of their own: "older than 20" speaks of age. */
const ADJECTIVES: Readonly<Record<string, readonly string[]>> = {
  older: ['age'],
  younger: ['age'],
  heavier: ['weight'],
  lighter: ['weight'],
  taller: ['height'],
  longer: ['length', 'duration', 'distance'],
  shorter: ['length', 'duration', 'height'],
  cheaper: ['price', 'cost'],
};

/** Reads conditions: comparisons, ranges, text, nulls, dates and stored values. */
export function readFilters(sentence: Sentence, frame: Frame, resolver: Resolver): void {
  const add = (filter: Filter | undefined | false): boolean => {
    if (!filter) return false;
    frame.filters.push(filter);
    return true;
  };
  const near = () => frame.main ?? resolver.named[0];
  readWithout(sentence, frame, resolver);
  readHaving(sentence, frame, resolver);

  sentence.take(
    new RegExp(
      `${LEAD}(?:an? |the |their )?([CB]\\d+) ${IS}(?:ranging |in the range )?(?:between|from) (N\\d+) (?:and|to) (N\\d+)`,
    ),
    (m) => {
      const ref = resolver.column(m[1], near());
      return (
        ref && add({ kind: 'between', ref, low: scalar(sentence, m[2]!, ref), high: scalar(sentence, m[3]!, ref) })
      );
    },
  );
  sentence.take(new RegExp(`${LEAD}between (N\\d+) and (N\\d+) ([CB]\\d+)`), (m) => {
    const ref = resolver.column(m[3], near());
    return ref && add({ kind: 'between', ref, low: scalar(sentence, m[1]!, ref), high: scalar(sentence, m[2]!, ref) });
  });

  const like = (
    code: string | undefined,
    text: string | undefined,
    shape: (text: string) => string,
    negated: boolean,
  ) => {
    const ref = resolver.column(code, near());
    if (!ref || !text || ref.column.kind === 'number') return false;
    const said = /^[QVCTB]\d+$/.test(text) ? sentence.wording(text) : text;
    return add({ kind: 'like', ref, pattern: shape(said), negated });
  };
  const WHAT =
    '(?:the )?(?:substring |word |words |letter |letters |text |phrase |string |prefix |suffix )*([QV]\\d+|[CTB]\\d+|[a-z]+)';
  const NOT = '(?:(?:does|do|did|that|which|whose)? ?(not) )?';
  const THEM = '(?:that |which |who )?';
  sentence.take(
    new RegExp(`${LEAD}(?:the |their )?([CB]\\d+) ${THEM}${NOT}(?:starts?|starting|begins?|beginning) with ${WHAT}`),
    (m) => like(m[1], m[3], (t) => `${t}%`, Boolean(m[2])),
  );
  sentence.take(
    new RegExp(`${LEAD}(?:the |their )?([CB]\\d+) ${THEM}${NOT}(?:ends?|ending) (?:with|in) ${WHAT}`),
    (m) => like(m[1], m[3], (t) => `%${t}`, Boolean(m[2])),
  );
  sentence.take(
    new RegExp(
      `${LEAD}(?:the |their )?([CB]\\d+) ${THEM}${NOT}(?:contains?|containing|includes?|including|has|have|like) ${WHAT}`,
    ),
    (m) => {
      const quoted = /^[QV]/.test(m[3]!) || /substring|word|letter|phrase|string/.test(m[0]);
      return quoted && like(m[1], m[3], (t) => `%${t}%`, Boolean(m[2]));
    },
  );
  sentence.take(new RegExp(`${LEAD}(Q\\d+) in (?:the |their |its )?([CB]\\d+)`), (m) =>
    like(m[2], m[1], (t) => `%${t}%`, false),
  );

  sentence.take(
    new RegExp(
      `${LEAD}(?:an? |the |their )?([CB]\\d+) ${IS}(not )?(?:null|missing|unknown|empty|blank|specified|known|recorded)`,
    ),
    (m) => {
      const ref = resolver.column(m[1], near());
      const positive = /(specified|known|recorded)$/.test(m[0].trim()) && !/unknown$/.test(m[0].trim());
      return ref && add({ kind: 'null', ref, negated: positive ? !m[2] : Boolean(m[2]) });
    },
  );
  sentence.take(
    / (?:with|have|has|having|without)? ?(?:no|without|missing|unknown|an? unknown|an? missing) (?:an? |any )?(C\d+)/,
    (m) => {
      const ref = resolver.column(m[1], near());
      return ref && add({ kind: 'null', ref, negated: false });
    },
  );

  const compare = (code: string | undefined, operator: string, value: string) => {
    const ref = resolver.column(code, near());
    if (!ref || (value.startsWith('N') && ref.column.kind !== 'number' && !holdsNumbers(ref))) return false;
    return add({ kind: 'compare', ref, operator: OPERATORS[operator] ?? '=', value: scalar(sentence, value, ref) });
  };
  sentence.take(new RegExp(`${LEAD}(?:an? |the |their )?([CB]\\d+) ${IS}(${OPERATOR}) (?:the )?([NVQ]\\d+)`), (m) =>
    compare(m[1], m[2]!, m[3]!),
  );
  sentence.take(
    new RegExp(
      `${LEAD}(?:an? |the |their )?([CB]\\d+) ${IS}(N\\d+) or (more|less|greater|higher|lower|above|below|older|younger)`,
    ),
    (m) => compare(m[1], /^(less|lower|below|younger)/.test(m[3]!) ? 'at most' : 'at least', m[2]!),
  );
  sentence.take(new RegExp(`${LEAD}(?:an? )?(${OPERATOR}) (N\\d+) (?:in |of |as )?(?:their |the )?([CB]\\d+)`), (m) =>
    compare(m[3], m[1]!, m[2]!),
  );
  sentence.take(
    new RegExp(`${LEAD}(?:${IS})(${Object.keys(ADJECTIVES).join('|')}) than (N\\d+)(?: years old| years)?`),
    (m) => {
      const ref = resolver.hinted(near(), ADJECTIVES[m[1]!]!, ['number']);
      return (
        ref &&
        add({ kind: 'compare', ref, operator: OPERATORS[`${m[1]} than`] ?? '>', value: scalar(sentence, m[2]!, ref) })
      );
    },
  );
  sentence.take(
    / (?:,? ?(?:that |which |who )?(?:cost|costs|costing|weigh|weighs|weighing|priced|price) )(more than|less than|over|under|at least|at most|above|below) (N\d+)/,
    (m) => {
      const hints = /weigh/.test(m[0]) ? ['weight'] : ['price', 'cost', 'amount'];
      const ref = resolver.hinted(near(), hints, ['number']);
      return ref && add({ kind: 'compare', ref, operator: OPERATORS[m[1]!]!, value: scalar(sentence, m[2]!, ref) });
    },
  );

  readDates(sentence, frame, resolver);
  readValues(sentence, frame, resolver);

  readBareBounds(sentence, frame, resolver);

  // "id 1004", "department of 12": equality with a number that the column could hold
  sentence.take(new RegExp(`${LEAD}(?:an? |the |their )?([CB]\\d+) ${IS}(?:equal to |equals |= )?(N\\d+|Q\\d+)`), (m) =>
    compare(m[1], 'equal to', m[2]!),
  );
}

/** "payments over 1000": a bound that names no column is on the one amount of the thing asked about. */
function readBareBounds(sentence: Sentence, frame: Frame, resolver: Resolver): void {
  sentence.take(
    /(?<= [TB]\d+)(?: (?:of|for|that|which|are|is|were|was))* (over|above|below|under|more than|less than|at least|at most|exceeding) (N\d+)(?= ·| $| D\d| in | from | for | by )/,
    (m) => {
      const table = frame.main ?? resolver.named[0];
      const amounts = table?.columns.filter(
        (column) =>
          column.kind === 'number' && !isKey({ table, column }) && /amount|total|price|cost|value/i.test(column.name),
      );
      const column = amounts?.length === 1 ? amounts[0] : undefined;
      if (!table || !column) return false;
      const ref = { table, column };
      frame.filters.push({ kind: 'compare', ref, operator: OPERATORS[m[1]!]!, value: scalar(sentence, m[2]!, ref) });
      frame.assumptions.push(`“${m[1]} ${sentence.wording(m[2]!)}” is read on ${table.name}.${column.name}.`);
      return true;
    },
  );
}

/** Two conditions with an "or" left between them. */
export function readEither(sentence: Sentence, frame: Frame): void {
  if (frame.filters.length !== 2) return;
  const [first] = frame.filters;
  sentence.take(
    / ·(?: ,)?(?: (?:either|is|are|the|an?|with|have|has|who|that))* or(?: (?:is|are|the|an?|with|have|has|who|that|in|from))*(?= ·)/,
    () => {
      frame.filters = [{ kind: 'either', ref: first!.ref, filters: frame.filters }];
    },
  );
}

/** "price above the average": read before aggregates, which would take the average for what is asked. */
export function readAverages(sentence: Sentence, frame: Frame, resolver: Resolver): void {
  const average = (code: string | undefined, operator: string | undefined) => {
    const ref = resolver.column(code, frame.main ?? resolver.named[0]);
    return (
      ref?.column.kind === 'number' &&
      frame.filters.push({ kind: 'average', ref, operator: OPERATORS[operator ?? 'above'] ?? '>' }) > 0
    );
  };
  sentence.take(
    new RegExp(`${LEAD}(?:an? |the |their )?([CB]\\d+) ${IS}(${OPERATOR}) (?:the )?average(?: [CB]\\d+)?`),
    (m) => average(m[1], m[2]),
  );
  sentence.take(
    new RegExp(
      `${LEAD}(above|below|over|under|higher than|lower than|more than|less than) (?:the |an )?average ([CB]\\d+)`,
    ),
    (m) => average(m[2], m[1]),
  );
  sentence.take(new RegExp(`${LEAD}(above|below) average ([CB]\\d+)`), (m) => average(m[2], m[1]));
}

/** "students who do not have any pets", "customers without orders". */
function readWithout(sentence: Sentence, frame: Frame, resolver: Resolver): void {
  const without = (code: string | undefined) => {
    const table = resolver.table(code);
    if (!table || table === (frame.main ?? resolver.named[0])) return false;
    frame.without.push(table);
    return true;
  };
  sentence.take(
    / (?:and )?(?:that |who |which )?(?:without|with no|have no|has no|had no|having no) (?:any |an? )?([TB]\d+)/,
    (m) => without(m[1]),
  );
  sentence.take(
    /(?: (?:and )?(?:that|who|which))? (?:(?:do|does|did|have|has|had|is|are|was|were) (?:not|never)|never|don't|doesn't|didn't|haven't|hasn't) (?:yet )?(?:been )?((?:[a-z]+ |V\d+ (?=any ))?)(?:in |to |by |with |for |of |on )?(?:any |an? |the |some )?([TB]\d+)/,
    (m) => {
      const after = sentence.text.slice(m.index + m[0].length);
      const verb = sentence.wording(m[1]!.trim());
      const known = !verb || isRelation(verb) || /^(any|in|to|by|with|for|been|the)$/.test(verb);
      // "have not used a phone with full accreditation" is no absence of phones
      return known && /^ *(·|$)/.test(after) && without(m[2]);
    },
  );
}

/** "with more than two orders", "that have at least 3 students": a bound on how many rows belong to each. */
function readHaving(sentence: Sentence, frame: Frame, resolver: Resolver): void {
  const having = (code: string | undefined, operator: Comparison, number: string): boolean => {
    const table = resolver.table(code);
    if (!table) return false;
    frame.having = { measure: { kind: 'count', distinct: false }, operator, value: sentence.token(number).value ?? 0 };
    frame.touched.add(table);
    return true;
  };
  const VERB =
    '(?:,? ?(?:and |that |which |who |whose |with |have |has |had |having |own |owns |placed |made |contain |contains |containing |offer |offers |belong to |used by |by |in |taken |written |produced |hosted |received )+)';
  sentence.take(
    new RegExp(`${VERB}(?:an? )?(${OPERATOR}|only) (N\\d+|one|an?) (?:different |distinct )?([TB]\\d+)`),
    (m) => (/^N/.test(m[2]!) ? having(m[3], OPERATORS[m[1]!] ?? '=', m[2]!) : having1(m[3], OPERATORS[m[1]!] ?? '=')),
  );
  sentence.take(new RegExp(`${VERB}(N\\d+) or (more|fewer|less) (?:different |distinct )?([TB]\\d+)`), (m) =>
    having(m[3], m[2] === 'more' ? '>=' : '<=', m[1]!),
  );
  function having1(code: string | undefined, operator: Comparison): boolean {
    const table = resolver.table(code);
    if (!table) return false;
    frame.having = { measure: { kind: 'count', distinct: false }, operator, value: 1 };
    frame.touched.add(table);
    return true;
  }
}

function readDates(sentence: Sentence, frame: Frame, resolver: Resolver): void {
  // "hired after 2024", "signed up last month": the verb names the date column
  sentence.take(/ ([a-z]{4,}|[VCB]\d+)(?: (?:up|in|on|out|at|during|by))* D(\d+)/, (match) => {
    const period = sentence.dates[Number(match[2])];
    const ref = period && resolver.dateNamed(sentence.wording(match[1]!), subjects(frame, resolver));
    return ref ? addPeriod(frame, resolver, period, ref) : false;
  });
  sentence.take(
    /(?: (?:with|whose|where|and|that|which|who|were|was|are|is|have|has|had|been))*(?: (?:the |an? |their )?([CB]\d+))?(?: (?:is|are|was|were|of|in|on|been))* D(\d+)/,
    (match) => {
      const period = sentence.dates[Number(match[2])];
      if (!period) return false;
      const named = match[1] ? resolver.column(match[1], frame.main) : undefined;
      const dated =
        named && (named.column.kind === 'date' || named.column.kind === 'timestamp' || /year/i.test(named.column.name))
          ? named
          : undefined;
      if (match[1] && !dated) return false;
      return addPeriod(frame, resolver, period, dated);
    },
  );
  sentence.take(/ D(\d+)/, (match) => {
    const period = sentence.dates[Number(match[1])];
    return period ? addPeriod(frame, resolver, period, undefined) : false;
  });
}

/** The tables that the question is about, the main one first. */
function subjects(frame: Frame, resolver: Resolver): Table[] {
  const main = frame.main ? [frame.main] : [];
  return [...new Set([...main, ...subjectsOf(frame), ...resolver.named, ...frame.touched])];
}

const subjectsOf = (frame: Frame): Table[] =>
  frame.items.flatMap((item) => (item.kind === 'column' || item.kind === 'aggregate' ? [item.ref.table] : []));

/** Puts a date span on the named column, else on the date of the table that is asked about or of one joined to it. */
function addPeriod(frame: Frame, resolver: Resolver, period: DateSpan, named: ColumnRef | undefined): boolean {
  const years = [period.from, period.to].every((day) => day === undefined || day.endsWith('-01-01'));
  const dateOf = (table: Table) => resolver.eventDate(table) ?? (years ? resolver.yearColumn(table) : undefined);
  const ref =
    named ??
    subjects(frame, resolver)
      .map(dateOf)
      .find((found) => found !== undefined);
  if (!ref) return false;
  frame.filters.push({ kind: 'period', ref, span: period });
  frame.assumptions.push(`The period ${period.label} is read on ${ref.table.name}.${ref.column.name}.`);
  return true;
}

/** Verbs that only tie together what is joined or compared anyway are understood; alone they are not. */
export function readRelations(sentence: Sentence, frame: Frame, resolver: Resolver): void {
  const tied =
    frame.filters.length > 0 ||
    frame.having !== undefined ||
    new Set([frame.main, ...frame.touched, ...subjectsOf(frame)]).size > 1;
  const dated =
    frame.filters.some((filter) => filter.kind === 'period') || frame.groups.some((group) => group.kind === 'period');
  if (dated) sentence.take(/ ([a-z]{3,})(?= )/, (match) => isEvent(match[1]!));
  if (!tied) return;
  sentence.take(/ ([a-z]{3,})(?= )/, (match) => {
    if (!isRelation(match[1]!)) return false;
    const link = resolver.linkNamed(match[1]!); // "advised by" goes through the table of advisors
    if (link) frame.touched.add(link);
    return true;
  });
}

/** "orders that we shipped": a verb that shares its stem with a stored state of the thing asked about. Read last. */
export function readVerbs(sentence: Sentence, frame: Frame, resolver: Resolver): void {
  sentence.take(/ ([a-z]{4,})(?= )/, (match) => {
    const found = isEvent(match[1]!) ? undefined : resolver.stateNamed(match[1]!, frame.main);
    if (!found) return false;
    frame.filters.push({ kind: 'compare', ref: found, operator: '=', value: { kind: 'text', value: found.value } });
    frame.assumptions.push(`“${match[1]}” is read as ${found.table.name}.${found.column.name} = ${found.value}.`);
    return true;
  });
}

function readValues(sentence: Sentence, frame: Frame, resolver: Resolver): void {
  const place = (code: string) => resolver.value(code, frame.main ?? resolver.named[0]);
  const OF =
    '(?:(?: (?:and|that|which|who|whose|where|with|have|has|had|having|from|in|of|for|at|by|is|are|was|were|located|live|lives|living|based|named|called|titled|the|an?|to|on|as|made|being))*)';
  sentence.take(
    new RegExp(
      `${OF}(?: ([CB]\\d+)(?: (?:is|are|was|were|do|does|did))*)? (?:not|other than|except|excluding|outside|besides)(?: (?:in|from|of|for|the|equal to|by))* (V\\d+)`,
    ),
    (m) => {
      const ref = place(m[2]!);
      if (!ref) return false;
      const asked = resolver.column(m[1], frame.main);
      if (asked && asked.column !== ref.column) frame.items.push({ kind: 'column', ref: asked });
      frame.filters.push({ kind: 'compare', ref, operator: '<>', value: { kind: 'text', value: ref.value } });
      return true;
    },
  );
  sentence.take(
    new RegExp(
      `${OF}(?: ([CB]\\d+)(?: (?:is|are|was|were|of|as|equal|to|equals|either|named|called|the))*)? (?:either )?(V\\d+) or (?:in |from |the |by |an? )*(V\\d+)`,
    ),
    (m) => {
      const [first, second] = [place(m[2]!), place(m[3]!)];
      if (!first || !second || first.column !== second.column) return false;
      frame.filters.push({
        kind: 'one-of',
        ref: first,
        values: [first, second].map(({ value }) => ({ kind: 'text', value })),
      });
      return true;
    },
  );
  // "both rock and jazz", "from Norway and Chile"
  sentence.take(
    new RegExp(
      `${OF}( both)?(?: (?:the|an?|from|in|of))* (V\\d+)(?: [CTB]\\d+)? and (?:in |from |of |for |with |by |the |an? )*(V\\d+)`,
    ),
    (m) => {
      const [first, second] = [place(m[2]!), place(m[3]!)];
      if (!first || !second || first.column !== second.column || first.value === second.value) return false;
      const values = [first, second].map(({ value }): Scalar => ({ kind: 'text', value }));
      const each = m[1] !== undefined || resolver.isMany(frame.main ?? resolver.named[0], first.table);
      frame.filters.push({ kind: each ? 'each' : 'one-of', ref: first, values });
      return true;
    },
  );
  sentence.take(
    new RegExp(
      `${OF}(?: ([CB]\\d+)(?: (?:is|are|was|were|of|as|equal|to|equals|named|called|the|with|for|being))*)? (V\\d+)(?: (C\\d+))?`,
    ),
    (m) => {
      const held = (code: string | undefined) => {
        const ref = code ? resolver.column(code, frame.main) : undefined;
        return ref ? sentence.mention(m[2]!).values.find((value) => value.column === ref.column) : undefined;
      };
      const before = held(m[1]);
      const after = held(m[3]);
      const ref = before ?? after ?? place(m[2]!);
      if (!ref) return false;
      // A column beside the value that does not hold it is asked for, not compared.
      for (const code of [before ? undefined : m[1], after ? undefined : m[3]]) {
        const asked = resolver.column(code, frame.main);
        if (asked) frame.items.push({ kind: 'column', ref: asked });
      }
      frame.filters.push({ kind: 'compare', ref, operator: '=', value: { kind: 'text', value: ref.value } });
      return true;
    },
  );
  readGender(sentence, frame, resolver);
}

/** "female students": F or M in a column named sex or gender that holds no such word itself. */
function readGender(sentence: Sentence, frame: Frame, resolver: Resolver): void {
  sentence.take(/ (female|females|male|males|women|men|girls|boys)(?= )/, (m) => {
    const ref = resolver.hinted(frame.main ?? resolver.named[0], ['sex', 'gender'], ['text']);
    const female = /^(f|w|g)/.test(m[1]!);
    const value = ref?.column.values.find((stored) => (female ? /^f/i : /^m/i).test(stored));
    if (!ref || !value) return false;
    frame.filters.push({ kind: 'compare', ref, operator: '=', value: { kind: 'text', value } });
    return true;
  });
}

/** Text that is all digits: compared as it is stored. */
const holdsNumbers = ({ column }: ColumnRef) =>
  column.kind === 'text' &&
  column.values.slice(0, 50).every((value) => /^-?[\d.,]+$/.test(value)) &&
  column.values.length > 0;

function scalar(sentence: Sentence, code: string, ref: ColumnRef): Scalar {
  if (code.startsWith('N')) {
    const token = sentence.token(code);
    if (ref.column.kind === 'number') return { kind: 'number', value: token.value ?? 0 };
    return { kind: 'text', value: token.text };
  }
  const said = sentence.wording(code);
  const stored = ref.column.values.find((value) => value.toLowerCase() === said.toLowerCase());
  if (ref.column.kind === 'number' && !isKey(ref) && /^-?\d+(\.\d+)?$/.test(said))
    return { kind: 'number', value: Number(said) };
  return { kind: 'text', value: stored ?? said };
}
