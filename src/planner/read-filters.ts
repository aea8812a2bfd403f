import type { AggregateFunction, ComparisonOperator } from '#src/sql/query-ir.ts';
import { isKey, mayMeasure } from './column-roles.ts';
import { ADJECTIVES, holdsNumbers, IS, LEAD, OPERATOR, OPERATORS, scalar } from './comparisons.ts';
import { type Filter, type Frame, type Having, type Measure, rowFilters } from './frame.ts';
import { readDates } from './read-dates.ts';
import { readValues } from './read-values.ts';
import type { FrameResolver } from './resolve.ts';
import type { Sentence } from './sentence.ts';
import { isRelation } from './verbs.ts';

/** Reads conditions: comparisons, ranges, text, nulls, dates and stored values. */
export function readFilters(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
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
        ref !== undefined &&
        add({ kind: 'between', ref, low: scalar(sentence, m[2]!, ref), high: scalar(sentence, m[3]!, ref) })
      );
    },
  );
  sentence.take(new RegExp(`${LEAD}between (N\\d+) and (N\\d+) ([CB]\\d+)`), (m) => {
    const ref = resolver.column(m[3], near());
    return (
      ref !== undefined &&
      add({ kind: 'between', ref, low: scalar(sentence, m[1]!, ref), high: scalar(sentence, m[2]!, ref) })
    );
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
  sentence.take(
    new RegExp(
      `${LEAD}(?:contains? |containing |includes? )?(?:the )?(?:word |substring |letters? |text )?(Q\\d+) in (?:the |their |its )?([CB]\\d+)`,
    ),
    (m) => like(m[2], m[1], (t) => `%${t}%`, false),
  );

  sentence.take(
    new RegExp(
      `${LEAD}(?:an? |the |their )?([CB]\\d+) ${IS}(not )?(?:null|missing|unknown|empty|blank|specified|known|recorded)`,
    ),
    (m) => {
      const ref = resolver.column(m[1], near());
      const positive = /(specified|known|recorded)$/.test(m[0].trim()) && !/unknown$/.test(m[0].trim());
      return ref !== undefined && add({ kind: 'null', ref, negated: positive ? !m[2] : Boolean(m[2]) });
    },
  );
  sentence.take(
    / (?:with|have|has|having|without)? ?(?:no|without|missing|unknown|an? unknown|an? missing) (?:an? |any )?(C\d+)/,
    (m) => {
      const ref = resolver.column(m[1], near());
      return ref !== undefined && add({ kind: 'null', ref, negated: false });
    },
  );

  const compare = (code: string | undefined, operator: string, value: string) => {
    const ref = resolver.column(code, near());
    if (!ref || (value.startsWith('N') && ref.column.kind !== 'number' && !holdsNumbers(ref))) return false;
    // "managers of more than 3 employees" bounds a number of employees, not the managers' keys
    const bounds = /[<>]=?$/.test(OPERATORS[operator] ?? '=') && OPERATORS[operator] !== '<>';
    if (bounds && isKey(ref) && !/\b(id|number|code)s?\b/i.test(sentence.wording(code!))) return false;
    return add({ kind: 'compare', ref, operator: OPERATORS[operator] ?? '=', value: scalar(sentence, value, ref) });
  };
  sentence.take(new RegExp(`${LEAD}(?:an? |the |their )?([CB]\\d+) ${IS}(${OPERATOR}) (?:the )?([NVQ]\\d+)`), (m) =>
    compare(m[1], m[2]!, m[3]!),
  );
  sentence.take(
    new RegExp(
      `${LEAD}(?:an? |the |their )?([CB]\\d+) ${IS}(N\\d+) or (more|less|greater|higher|lower|above|below|older|younger|later|after|before|earlier)`,
    ),
    (m) => compare(m[1], /^(less|lower|below|younger|before|earlier)/.test(m[3]!) ? 'at most' : 'at least', m[2]!),
  );
  sentence.take(new RegExp(`${LEAD}(?:an? )?(${OPERATOR}) (N\\d+) (?:in |of |as )?(?:their |the )?([CB]\\d+)`), (m) =>
    compare(m[3], m[1]!, m[2]!),
  );
  sentence.take(
    new RegExp(`${LEAD}(?:${IS})(${Object.keys(ADJECTIVES).join('|')}) than (N\\d+)(?: years old| years)?`),
    (m) => {
      const ref = resolver.hinted(near(), ADJECTIVES[m[1]!]!, ['number']);
      return (
        ref !== undefined &&
        add({ kind: 'compare', ref, operator: OPERATORS[`${m[1]} than`] ?? '>', value: scalar(sentence, m[2]!, ref) })
      );
    },
  );
  sentence.take(
    / (?:,? ?(?:that |which |who )?(?:cost|costs|costing|weigh|weighs|weighing|priced|price) )(more than|less than|over|under|at least|at most|above|below) (N\d+)/,
    (m) => {
      const hints = /weigh/.test(m[0]) ? ['weight'] : ['price', 'cost', 'amount'];
      const ref = resolver.hinted(near(), hints, ['number']);
      return (
        ref !== undefined &&
        add({ kind: 'compare', ref, operator: OPERATORS[m[1]!]!, value: scalar(sentence, m[2]!, ref) })
      );
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
function readBareBounds(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
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
  const filters = rowFilters(frame);
  const [first] = filters;
  if (!first || filters.length !== 2 || frame.filters.length !== 2) return;
  sentence.take(
    / ·(?: ,)?(?: (?:either|is|are|the|an?|with|have|has|who|that))* or(?: (?:is|are|the|an?|with|have|has|who|that|in|from))*(?= ·)/,
    () => {
      frame.filters = [{ kind: 'either', ref: first.ref, filters }];
    },
  );
}

/** "price above the average": read before aggregates, which would take the average for what is asked. */
export function readAverages(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  const average = (code: string | undefined, operator: string | undefined) => {
    const ref = resolver.column(code, frame.main ?? resolver.named[0]);
    return (
      ref !== undefined &&
      mayMeasure(ref, 'avg', resolver.catalog) &&
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

const MEASURES: Readonly<Record<string, Exclude<AggregateFunction, 'count'>>> = {
  average: 'avg',
  mean: 'avg',
  total: 'sum',
  combined: 'sum',
  maximum: 'max',
  highest: 'max',
  minimum: 'min',
  lowest: 'min',
};
const MEASURE = Object.keys(MEASURES).join('|');

/** "departments with an average salary above 50000", "with more students than Physics": bounds on a measure of each. */
export function readGroupBounds(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  const measured = (word: string, code: string): Measure | undefined => {
    const ref = resolver.column(code);
    const main = frame.main ?? resolver.named[0];
    const sums = ref && mayMeasure(ref, MEASURES[word]!, resolver.catalog) && main && resolver.isMany(main, ref.table);
    return sums ? { kind: 'aggregate', name: MEASURES[word]!, ref } : undefined;
  };
  const bounded = (measure: Measure | undefined, operator: string, bound: Having['bound']): boolean => {
    if (!measure || frame.having) return false;
    frame.having = { measure, operator: OPERATORS[operator] ?? '>', bound };
    if (measure.kind === 'aggregate') frame.touched.add(measure.ref.table);
    return true;
  };
  sentence.take(
    new RegExp(
      `${LEAD}(?:an? |the |their )?(${MEASURE}) ([CB]\\d+) ${IS}(${OPERATOR}) (?:the )?(?:overall )?average(?: [CB]\\d+)?(?: of all [TB]\\d+| overall)?`,
    ),
    (m) => bounded(measured(m[1]!, m[2]!), m[3]!, { kind: 'overall' }),
  );
  sentence.take(new RegExp(`${LEAD}(?:an? |the |their )?(${MEASURE}) ([CB]\\d+) ${IS}(${OPERATOR}) (N\\d+)`), (m) =>
    bounded(measured(m[1]!, m[2]!), m[3]!, { kind: 'number', value: sentence.token(m[4]!).value ?? 0 }),
  );
  sentence.take(
    new RegExp(`${LEAD}(more|fewer|less) ([TB]\\d+) than (?:the |in |in the )?(V\\d+)(?: [TB]\\d+)?`),
    (m) => {
      const table = resolver.table(m[2]);
      const value = resolver.value(m[3]!, frame.main);
      const main = frame.main ?? resolver.named[0];
      if (!table || !value || value.table !== main || table === main) return false;
      frame.touched.add(table);
      const scalar = { kind: 'text' as const, value: value.value };
      return bounded({ kind: 'count', distinct: false }, m[1] === 'more' ? 'more than' : 'less than', {
        kind: 'group',
        ref: value,
        value: scalar,
      });
    },
  );
}

/** "students who do not have any pets", "customers without orders". */
function readWithout(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
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
    /(?: (?:and )?(?:that|who|which))? (?:(?:do|does|did|have|has|had|is|are|was|were) (?:not|never)|never|don't|doesn't|didn't|haven't|hasn't) (?:yet )?(?:been )?((?:[a-z]+ |[VTB]\d+ (?=any ))?)(?:in |to |by |with |for |of |on )?(?:any |an? |the |some )?([TB]\d+)/,
    (m) => {
      const after = sentence.text.slice(m.index + m[0].length);
      const verb = sentence.wording(m[1]!.trim());
      const known =
        !verb || /^[VTB]\d/.test(m[1]!) || isRelation(verb) || /^(any|in|to|by|with|for|been|the)$/.test(verb);
      // "have not used a phone with full accreditation" is no absence of phones
      return known && /^ *(·|$)/.test(after) && without(m[2]);
    },
  );
}

/** "with more than two orders", "that have at least 3 students": a bound on how many rows belong to each. */
function readHaving(sentence: Sentence, frame: Frame, resolver: FrameResolver): void {
  const having = (code: string | undefined, operator: ComparisonOperator, number: string): boolean => {
    const table = resolver.table(code);
    if (!table) return false;
    frame.having = {
      measure: { kind: 'count', distinct: false },
      operator,
      bound: { kind: 'number', value: sentence.token(number).value ?? 0 },
    };
    frame.touched.add(table);
    return true;
  };
  const VERB =
    '(?:,? ?(?:and |that |which |who |whose |with |have |has |had |having |own |owns |placed |made |contain |contains |containing |offer |offers |belong to |used by |by |in |taken |written |produced |hosted |received )+)';
  sentence.take(
    new RegExp(`${VERB}(?:an? )?(${OPERATOR}|only) (N\\d+|one|an?) (?:different |distinct )?(V\\d+ )?([TB]\\d+)`),
    (m) => {
      const operator = OPERATORS[m[1]!] ?? '=';
      const read = /^N/.test(m[2]!) ? having(m[4], operator, m[2]!) : having1(m[4], operator);
      // "more than 12 shipped orders": the state is read with the other values
      return read && (m[3]?.trim() ?? true);
    },
  );
  sentence.take(new RegExp(`${VERB}(N\\d+) or (more|fewer|less) (?:different |distinct )?([TB]\\d+)`), (m) =>
    having(m[3], m[2] === 'more' ? '>=' : '<=', m[1]!),
  );
  function having1(code: string | undefined, operator: ComparisonOperator): boolean {
    const table = resolver.table(code);
    if (!table) return false;
    frame.having = { measure: { kind: 'count', distinct: false }, operator, bound: { kind: 'number', value: 1 } };
    frame.touched.add(table);
    return true;
  }
}
