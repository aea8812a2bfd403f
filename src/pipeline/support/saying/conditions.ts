import { flagOf, isReference, isYear } from '#src/domain/column-meaning.ts';
import { type Days, dayAfter } from '#src/domain/days.ts';
import { columnWords, listed, singularOf, unitOf } from '#src/domain/plain-names.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import type { ConditionIr, ExpressionIr } from '#src/sql/query-ir.ts';
import { sayDays } from './period.ts';
import { columnIn, type ReadSelect, readSelect, type SourceColumn, type TableSource, wordsOf } from './sources.ts';

/** A part of what restricts rows, in words, with the word that leads it. */
export interface Phrase {
  readonly lead: 'marked' | 'in' | 'when' | 'with' | 'without';
  readonly text: string;
}

/** Conditions in words; those that there are no words for are counted alone. */
export interface Restriction {
  readonly phrases: readonly Phrase[];
  readonly unsaid: number;
  /** The only period, where it is all that the rows' own dates say. */
  readonly days?: Days;
}

/** Conditions about rows of a source. */
export function restrictionOf(
  conditions: readonly ConditionIr[],
  read: ReadSelect,
  subject: TableSource | undefined,
): Restriction {
  const periods = periodsOf(conditions, read);
  const dated = [...periods].map(([column, { days }]): Phrase => datePhrase(column, days, subject));
  const inPeriod = new Set([...periods.values()].flatMap(({ conditions }) => conditions));
  const others = conditions.filter((one) => !inPeriod.has(one));
  const said = others.map((one) => phraseOf(one, read, subject));
  const [only] = periods.values();
  return {
    phrases: [...said.filter((one) => one !== undefined), ...dated],
    unsaid: said.filter((one) => one === undefined).length,
    ...(periods.size === 1 && only ? { days: only.days } : {}),
  };
}

const LEADS = ['marked', 'in', 'when', 'with', 'without'] as const;

/** What restricts things, as it goes after them: "in 2026 with status lost and a further condition". */
export function sayRestriction({ phrases, unsaid }: Restriction): string {
  const led = LEADS.flatMap((lead) => {
    const texts = [...new Set(phrases.filter((one) => one.lead === lead).map(({ text }) => text))];
    if (!texts.length) return [];
    if (lead === 'when') return texts.join(' and ');
    return `${lead === 'marked' ? 'marked as' : lead} ${listed(texts, lead === 'without' ? 'or' : 'and')}`;
  });
  const further =
    unsaid === 0 ? '' : led.length ? ', under a further condition' : ' under a condition that the steps show';
  return led.map((part) => ` ${part}`).join('') + further;
}

/** What some of the things are besides: "have status lost", "are marked as opened"; undefined where there are no words. */
export function sayPredicate({ phrases, unsaid }: Restriction): string | undefined {
  if (unsaid || !phrases.length) return undefined;
  return listed(
    phrases.map(({ lead, text }) => {
      if (lead === 'marked') return `are marked as ${text}`;
      if (lead === 'with') return `have ${text}`;
      return lead === 'without'
        ? `have no ${text}`
        : `are ${text.startsWith('in ') || lead === 'when' ? '' : `${lead} `}${text}`;
    }),
  );
}

/* ── periods ── */

interface Period {
  readonly days: Days;
  readonly conditions: readonly ConditionIr[];
}

/** The days that conditions leave of each date column, by the column's key. */
function periodsOf(conditions: readonly ConditionIr[], read: ReadSelect): Map<SourceColumn, Period> {
  const found: { column: SourceColumn; days: Days; conditions: ConditionIr[] }[] = [];
  for (const condition of conditions) {
    const bound = boundOf(condition, read);
    if (!bound) continue;
    const same = found.find(
      ({ column }) => column.source === bound.column.source && column.column === bound.column.column,
    );
    if (!same) found.push({ ...bound, conditions: [condition] });
    else if (overlaps(same.days, bound.days)) {
      same.days = { ...same.days, ...bound.days };
      same.conditions.push(condition);
    }
  }
  return new Map(found.map(({ column, ...period }) => [column, period]));
}

/** Two bounds that give one period: none of them says an end twice. */
const overlaps = (one: Days, other: Days): boolean =>
  !(one.from !== undefined && other.from !== undefined) && !(one.to !== undefined && other.to !== undefined);

function boundOf(condition: ConditionIr, read: ReadSelect): { column: SourceColumn; days: Days } | undefined {
  if (condition.kind === 'between' && !condition.negated) {
    const column = dateColumn(condition.value, read);
    const [low, high] = [dayOf(condition.low), dayOf(condition.high)];
    return column && low && high ? { column, days: { from: low, to: dayAfter(high) } } : undefined;
  }
  if (condition.kind !== 'compare' || condition.quantifier) return undefined;
  const whole = wholePeriod(condition.left, condition.right, read);
  if (condition.operator === '=' && whole) return whole;
  const column = dateColumn(condition.left, read);
  const day = dayOf(condition.right);
  if (!column || !day) return undefined;
  switch (condition.operator) {
    case '>=':
      return { column, days: { from: day } };
    case '>':
      return { column, days: { from: column.column.kind === 'date' ? dayAfter(day) : day } };
    case '<':
      return { column, days: { to: day } };
    case '<=':
      return { column, days: { to: dayAfter(day) } };
    case '=':
      return { column, days: { from: day, to: dayAfter(day) } };
    default:
      return undefined;
  }
}

/** `EXTRACT(YEAR FROM d) = 2026`, `STRFTIME('%Y-%m', d) = '2026-05'`. */
function wholePeriod(
  left: ExpressionIr,
  right: ExpressionIr,
  read: ReadSelect,
): { column: SourceColumn; days: Days } | undefined {
  const [of, text] = [bare(left), bare(right)];
  const argument = of.kind === 'date-part' || of.kind === 'date-text' ? of.argument : undefined;
  const column = argument && dateColumn(argument, read);
  const value = text.kind === 'number' ? text.text : text.kind === 'text' ? text.value : '';
  if (!column) return undefined;
  const yearly = (of.kind === 'date-part' && of.part === 'year') || (of.kind === 'date-text' && of.format === 'YYYY');
  if (yearly && /^\d{4}$/.test(value))
    return { column, days: { from: `${value}-01-01`, to: `${Number(value) + 1}-01-01` } };
  const monthly = of.kind === 'date-text' && of.format === 'YYYY-MM' && /^\d{4}-(?:0[1-9]|1[0-2])$/.test(value);
  if (!monthly) return undefined;
  const [year = 0, month = 1] = value.split('-').map(Number);
  return { column, days: { from: `${value}-01`, to: new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10) } };
}

function dateColumn(expression: ExpressionIr, read: ReadSelect): SourceColumn | undefined {
  const of = bare(expression);
  const plain = of.kind === 'date-of' && !of.adjusted.length ? of.argument : of;
  const found = columnIn(plain.kind === 'at-zone' ? plain.argument : plain, read);
  return found && (found.column.kind === 'date' || found.column.kind === 'timestamp') ? found : undefined;
}

/** An expression without casts around it. */
export const bare = (expression: ExpressionIr): ExpressionIr =>
  expression.kind === 'cast' ? bare(expression.argument) : expression;

/** The day that a literal names, at its beginning. */
function dayOf(expression: ExpressionIr): string | undefined {
  const literal = bare(expression);
  const text =
    literal.kind === 'date' || literal.kind === 'timestamp' || literal.kind === 'instant' || literal.kind === 'text'
      ? literal.value
      : '';
  return /^(\d{4}-\d\d-\d\d)(?:$|[T ])/.exec(text)?.[1];
}

/** When rows happened: "in 2026" where they have one date, "issued in 2026" where they have several. */
function datePhrase(of: SourceColumn, days: Days, subject: TableSource | undefined): Phrase {
  const when = sayDays(days);
  const how = datedBy(of, subject);
  return { lead: how.startsWith('with ') ? 'with' : 'when', text: `${how.replace(/^with /, '')} ${when}`.trim() };
}

/**
 * What a period of a date column is said with: nothing where the things' own word is in it (`order_date` of orders), "issued" of `issued_on`,
 * "that start" of `starts_on`, else "with hire date".
 */
export function datedBy(of: SourceColumn, subject: TableSource | undefined): string {
  if (of.source.key !== subject?.key) return `with ${wordsOf(of, subject)}`;
  const words = splitIdentifier(of.column.name);
  const last = words.at(-1) ?? '';
  const verb =
    words.length > 1 && /^(?:on|at|date|day|time)$/.test(last) ? words.slice(0, -1).join(' ') : words.join(' ');
  const things = splitIdentifier(subject.table.name);
  if (/^(?:date|day|time|timestamp|month|year|period|since)$/.test(verb) || sharesStem(verb, things)) return '';
  if (PARTICIPLE.test(verb)) return verb;
  if (/^(?:on|at)$/.test(last) && !verb.includes(' ') && /[^s]s$/.test(verb)) return `that ${verb.replace(/s$/, '')}`;
  return `with ${columnWords(of.column)}`;
}

const sharesStem = (verb: string, things: readonly string[]): boolean =>
  things.some((word) => word.slice(0, 4) === verb.slice(0, 4) || singularOf(word) === verb);

/** What was done to a thing, as date columns are named by. */
const PARTICIPLE =
  /^(?:\w+ )?(?:\w+ed|begun|bought|brought|built|done|drawn|found|given|held|hurt|kept|left|lent|lost|made|met|paid|put|read|run|seen|sent|set|shown|shut|sold|spent|started|taken|told|won|written)(?: (?:up|in|out|off|back|down))?$/;

/* ── other conditions ── */

/** Places that a thing is in. */
const PLACE = /^(?:country|city|town|region|state|province|county)$/;

function phraseOf(condition: ConditionIr, read: ReadSelect, subject: TableSource | undefined): Phrase | undefined {
  switch (condition.kind) {
    case 'compare':
      return condition.quantifier ? undefined : comparison(condition, read, subject);
    case 'between': {
      const of = columnIn(condition.value, read);
      const [low, high] = [valueText(condition.low), valueText(condition.high)];
      if (!of || low === undefined || high === undefined || condition.negated) return undefined;
      return { lead: 'with', text: `${wordsOf(of, subject)} from ${low} to ${high}` };
    }
    case 'in': {
      const of = columnIn(condition.value, read);
      const values = of ? condition.options.map((one) => literalOf(bare(one), of, read)) : [];
      if (!of || !values.every((value) => value !== undefined) || values.length > 6) return undefined;
      return valued(of, listed(values as string[], 'or'), condition.negated, subject);
    }
    case 'like':
      return likeness(condition, read, subject);
    case 'null-test': {
      const of = columnIn(condition.value, read);
      if (!of) return undefined;
      const words = dateNoun(wordsOf(of, subject));
      return condition.negated
        ? { lead: 'with', text: `${article(words)} ${words}` }
        : { lead: 'without', text: words };
    }
    case 'truth-test':
    case 'column':
    case 'not':
      return truth(condition, read, subject);
    case 'in-query':
      return related(condition.value, condition.query, condition.negated, read, subject);
    default:
      return undefined;
  }
}

const article = (words: string) => (/^[aeiou]/.test(words) ? 'an' : 'a');

/** `ends_on` as a thing that can be absent: "end date". */
export const dateNoun = (words: string): string =>
  words
    .replace(/([^s])s (?:on|at)$/, '$1 date')
    .replace(/((?!(.)\2)[^aeiou]{2})ed (?:on|at)$/, '$1 date')
    .replace(/ (?:on|at)$/, ' date');

const OVER: Readonly<Partial<Record<string, string>>> = {
  '>': 'over',
  '>=': 'of at least',
  '<': 'under',
  '<=': 'of at most',
};

function comparison(
  { left, right, operator }: Extract<ConditionIr, { kind: 'compare' }>,
  read: ReadSelect,
  subject: TableSource | undefined,
): Phrase | undefined {
  const of = columnIn(caseless(left), read);
  if (!of) return undefined;
  const truthValue = flagged(of, right, read);
  if (truthValue !== undefined && (operator === '=' || operator === '<>'))
    return flagPhrase(of, operator === '=' ? truthValue : !truthValue, subject);
  const over = OVER[operator];
  const mean = over && meanOver(right, of, read);
  if (over && mean) return { lead: 'with', text: `${wordsOf(of, subject)} ${over.replace('of at', 'at')} ${mean}` };
  const value = literalOf(caseless(right), of, read);
  if (value === undefined) return undefined;
  if (operator === '=' || operator === '<>') return valued(of, value, operator === '<>', subject);
  const unit = unitOf(of.column);
  return over === undefined
    ? undefined
    : { lead: 'with', text: `${wordsOf(of, subject)} ${over} ${value}${unit ? ` ${unit}` : ''}` };
}

/** A literal beside a column: years and keys keep their digits. */
function literalOf(
  literal: ExpressionIr,
  { source: { table }, column }: SourceColumn,
  { catalog }: ReadSelect,
): string | undefined {
  const digits = literal.kind === 'number' && (isYear(column) || isReference({ table, column }, catalog));
  return digits ? literal.text : valueText(literal);
}

/** LOWER(x) compares the same thing. */
function caseless(expression: ExpressionIr): ExpressionIr {
  const of = bare(expression);
  const [only] = of.kind === 'function' && /^(?:lower|upper|trim)$/i.test(of.name) ? of.args : [];
  return only ? caseless(only) : of;
}

function valued(of: SourceColumn, value: string, negated: boolean, subject: TableSource | undefined): Phrase {
  const own = of.source.key === subject?.key;
  if (own && !negated && PLACE.test(columnWords(of.column))) return { lead: 'in', text: value };
  return { lead: 'with', text: `${wordsOf(of, subject)} ${negated ? `other than ${value}` : value}` };
}

/** The mean of all rows of the same column. */
function meanOver(right: ExpressionIr, of: SourceColumn, read: ReadSelect): string | undefined {
  if (right.kind !== 'query' || right.query.kind !== 'select') return undefined;
  const { items, where, joins, groupBy, from } = right.query;
  const [item] = items;
  const { expression } = item ?? {};
  const plain = !where && !joins.length && !groupBy.length && from?.kind === 'table' && items.length === 1;
  const own = from?.kind === 'table' && from.name.toLowerCase() === of.source.table.name.toLowerCase();
  if (!plain || !own || expression?.kind !== 'aggregate' || expression.name !== 'avg') return undefined;
  const { argument } = expression;
  return argument?.kind === 'column' && argument.name.toLowerCase() === of.column.name.toLowerCase() && read
    ? 'the average'
    : undefined;
}

function likeness(
  { value, pattern, negated }: Extract<ConditionIr, { kind: 'like' }>,
  read: ReadSelect,
  subject: TableSource | undefined,
): Phrase | undefined {
  const of = columnIn(caseless(value), read);
  const text = caseless(pattern);
  if (!of || text.kind !== 'text' || negated) return undefined;
  const [, before = '', middle = '', after = ''] = /^(%?)([^%_]+)(%?)$/.exec(text.value) ?? [];
  if (!middle) return undefined;
  const how = before && after ? 'containing' : before ? 'ending with' : after ? 'starting with' : '';
  return { lead: 'with', text: [wordsOf(of, subject), how, `“${middle}”`].filter(Boolean).join(' ') };
}

/* ── flags ── */

/** What a flag's comparison asks for; undefined where the column is none, or the value is neither. */
function flagged({ column }: SourceColumn, right: ExpressionIr, { catalog }: ReadSelect): boolean | undefined {
  const flag = flagOf(column, catalog.engine);
  const literal = bare(right);
  if (literal.kind === 'boolean') return literal.value;
  if (!flag) return undefined;
  const value = literal.kind === 'number' ? Number(literal.text) : literal.kind === 'text' ? literal.value : undefined;
  if (flag.yes.kind === 'boolean' && (value === 0 || value === 1)) return value === 1;
  if (value === flag.yes.value) return true;
  return value === flag.no.value ? false : undefined;
}

function truth(condition: ConditionIr, read: ReadSelect, subject: TableSource | undefined): Phrase | undefined {
  if (condition.kind === 'column') {
    const of = columnIn(condition, read);
    return of && flagOf(of.column, read.catalog.engine) && flagPhrase(of, true, subject);
  }
  if (condition.kind === 'truth-test') {
    const of = columnIn(condition.value, read);
    return of && flagPhrase(of, condition.is !== condition.negated, subject);
  }
  if (condition.kind !== 'not' || condition.part.kind !== 'column') return undefined;
  const of = columnIn(condition.part, read);
  return of && flagOf(of.column, read.catalog.engine) && flagPhrase(of, false, subject);
}

/** "marked as approved", "marked as not approved"; what others are is told with whose it is. */
function flagPhrase(of: SourceColumn, yes: boolean, subject: TableSource | undefined): Phrase {
  const words = splitIdentifier(of.column.name);
  const said = (/^(?:is|was|are)$/.test(words[0] ?? '') ? words.slice(1) : words).join(' ');
  if (of.source.key === subject?.key) return { lead: 'marked', text: yes ? said : `not ${said}` };
  return { lead: 'with', text: `${of.source.role} ${yes ? '' : 'not '}${said}` };
}

/* ── rows of another table ── */

/** `id NOT IN (SELECT customer_id FROM quotes …)` is "without quotes …". */
function related(
  value: ExpressionIr,
  query: Parameters<typeof readSelect>[0],
  negated: boolean,
  read: ReadSelect,
  subject: TableSource | undefined,
): Phrase | undefined {
  const of = columnIn(value, read);
  const inner = readSelect(query, read.catalog);
  if (
    !of ||
    of.source.key !== subject?.key ||
    !inner?.finest ||
    inner.select.having ||
    inner.select.limit !== undefined
  )
    return undefined;
  const [item] = inner.select.items;
  const chosen = item && columnIn(item.expression, inner);
  // The key of these rows, given by rows that refer to them.
  if (!of.source.table.primaryKey.includes(of.column.name) || chosen?.source !== inner.finest) return undefined;
  const conditions = inner.conditions.filter((one) => !(one.kind === 'null-test' && one.negated));
  const restriction = restrictionOf(conditions, inner, inner.finest);
  if (restriction.unsaid) return undefined;
  return { lead: negated ? 'without' : 'with', text: `${inner.finest.things.many}${sayRestriction(restriction)}` };
}

/* ── values ── */

/** A literal as it is said; undefined for what is none. */
export function valueText(expression: ExpressionIr): string | undefined {
  const literal = bare(expression);
  switch (literal.kind) {
    case 'number':
      return /^\d+(?:\.\d+)?$/.test(literal.text)
        ? Number(literal.text).toLocaleString('en-US', { maximumFractionDigits: 6 })
        : literal.text;
    case 'negative': {
      const of = valueText(literal.argument);
      return of === undefined ? undefined : `-${of}`;
    }
    case 'text':
      return literal.value.trim() === '' || literal.value.length > 40 || /[.,;:]|\band\b|\bor\b/.test(literal.value)
        ? `“${literal.value}”`
        : literal.value;
    case 'date':
    case 'timestamp':
    case 'instant':
      return literal.value.replace('T', ' ').replace(/ 00:00:00$/, '');
    case 'boolean':
      return literal.value ? 'yes' : 'no';
    default:
      return undefined;
  }
}
