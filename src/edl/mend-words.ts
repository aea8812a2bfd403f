import type { EdlToken } from './lex-edl.ts';
import { meantStep, outline } from './mend-outline.ts';
import { AGGREGATES_SAID, ANYWHERE, COMPARING, FILLERS, INSTEAD, TYPES_SAID } from './mend-phrases.ts';
import { insideOf, type KnownNames, type Place, type TokenEdit, type WordRule } from './mend-place.ts';
import { furtherAt } from './mend-sentences.ts';
import { RANKS, WANTED } from './phrases.ts';
import { bracket } from './print-edl.ts';

/** Names, values and phrases within a sentence, as models write them. Tried in this order, after the rules for sentences. */
export const WORD_RULES: readonly WordRule[] = [
  { id: 'N31', code: 'M_PARTS', mend: parts },
  { id: 'N32', code: 'M_OF_TABLE', mend: ofTable },
  { id: 'N33', code: 'M_BRACKETS', mend: bracketed },
  { id: 'N36', code: 'M_AGGREGATE', mend: aggregate },
  { id: 'N37', code: 'M_STAR', mend: star },
  { id: 'N40', code: 'M_WINDOW', mend: window },
  { id: 'N39', code: 'M_CAST', mend: cast },
  { id: 'N38', code: 'M_COMPUTED', mend: computed },
  { id: 'N34', code: 'M_WORDS', mend: words },
  { id: 'N35', code: 'M_DIRECTION', mend: direction },
  { id: 'N30', code: 'M_BARE', mend: bare },
];

/** `[a].[b]`, `a.[b]`: one name in two parts. */
function parts(place: Place): TokenEdit | undefined {
  const dot = [place.at, place.at - 1].find((at) => place.is(at, '.') && isInParts(place, at));
  if (dot === undefined) return undefined;
  return place.edit(dot - 1, dot + 2, bracket(`${place.called(dot - 1)}.${place.called(dot + 1)}`));
}

/** Behind a full stop a word may begin anything; it is a column only where a table before is named and the catalog has it. */
function isInParts(place: Place, dot: number): boolean {
  const [table, column] = [place.called(dot - 1), place.called(dot + 1)];
  if (!place.isNameLike(dot - 1) || !place.isNameLike(dot + 1) || table.includes('.')) return false;
  if (place.kind(dot + 1) !== 'word') return true;
  return place.kind(dot - 1) !== 'word' && place.names.isColumn(column) && place.sources.has(table.toLowerCase());
}

/** `in table T2`, `from the T2 table`, `from [T2]`: of which table a column is. */
function ofTable(place: Place): TokenEdit | undefined {
  const { at } = place;
  const from = place.wants(WANTED.step) && place.is(at - 1, 'in', 'from') ? at - 1 : at;
  if (!place.is(from, 'in', 'from', 'of') || place.kind(from - 1) === 'symbol') return undefined;
  const name = from + 1 + place.oneStands(['the table', 'the', 'table'], from + 1);
  const isTable = place.is(name - 1, 'table') || place.is(name + 1, 'table');
  const isRight = place.stands('from the', from) > 0 && place.kind(name) === 'name' && place.is(name + 1, 'table');
  const isKnown = isTable || place.sources.has(place.value(name).toLowerCase());
  if (!place.isNameLike(name) || !isKnown || isRight) return undefined;
  const to = place.is(name + 1, 'table') ? name + 2 : name + 1;
  return place.edit(from, to, `from the ${bracket(place.called(name))} table`);
}

const BRACKETED_WORD = /^(?:asc|desc|ascending|descending|union(?: all)?|intersect|except)$/i;

/** Brackets round a number or a word of EDL where that must stand: `[3]`, `in [descending] order`. */
function bracketed(place: Place): TokenEdit | undefined {
  const { at, problem, tokens } = place;
  for (const index of [at, at + 1]) {
    const token = tokens[index];
    if (token?.kind !== 'name' || problem.code !== 'E_SYNTAX') continue;
    const isNumber = index === at && place.wants(WANTED.number) && /^\d+$/.test(token.value);
    const put = isNumber || BRACKETED_WORD.test(token.value) ? insideOf(token) : undefined;
    if (put) return place.edit(index, index + 1, put);
  }
  return undefined;
}

const MORE_THAN_A_NAME = /[=<>*()+,]|^(?:the )?(?:count|sum|average|avg|minimum|min|maximum|max|number) of |^\d+$/i;

/**
 * N33 all over a text that is not EDL: brackets round a step, a condition, a computation or several names are none. A catalog must
 * know no such column; without one only a step and a comparison are sure.
 */
export function unbracketed(tokens: readonly EdlToken[], names: KnownNames): TokenEdit | undefined {
  const given = new Set(
    tokens.flatMap(({ value }, at) => (['as', 'compute'].includes(tokens[at - 1]?.value ?? '') ? [value] : [])),
  );
  for (const [at, token] of tokens.entries()) {
    const { kind, value } = token;
    if (kind !== 'name' || given.has(value) || names.isColumn(value) || names.tables(value).length) continue;
    const isMore = names.catalog ? MORE_THAN_A_NAME.test(value) : /\S\s*[<>=]\s*\S/.test(value);
    const put = isMore || /^#\s*\d+$/.test(value) ? insideOf(token) : undefined;
    if (put?.length) return { from: at, to: at + 1, put };
  }
  return undefined;
}

/** `COUNT(*)`, `count rows`, `average [x]`: aggregates as SQL has them, or without their words. */
function aggregate(place: Place): TokenEdit | undefined {
  const { at } = place;
  const said = (index: number) => AGGREGATES_SAID.get(place.plain(index));
  const counts = said(at - 2) === 'count';
  if (counts && place.stands('( * )', at - 1)) return place.edit(at - 2, at + 2, 'the count of rows');
  if (counts && place.stands('of *', at - 1)) return place.edit(at, at + 1, 'rows');
  if (said(at - 2) && place.stands('( distinct', at - 1))
    return place.edit(at - 2, at + 1, `( the ${said(at - 2)} of distinct`);
  if (place.is(at, 'distinct') && said(at + 1) && place.is(at + 2, 'of'))
    return place.edit(at, at + 3, `${said(at + 1)} of distinct`);
  const total = [at - 1, at].find((index) => place.is(index, 'total') && said(index + 1) === 'count');
  if (total !== undefined) return place.edit(total, total + 1);
  const name = said(at) ? at : said(at - 1) && place.wants('of') ? at - 1 : undefined;
  const read = name === undefined ? undefined : said(name);
  if (name === undefined || read === undefined) return undefined;
  const next = name + 1;
  if (place.is(next, 'of')) return read === place.plain(name) ? undefined : place.edit(name, next, read);
  const isArgument = ['name', 'word'].includes(place.kind(next)) && !place.is(next, 'in', 'from', 'as', 'by', 'and');
  return isArgument ? place.edit(name, place.is(next, 'all') ? next + 1 : next, `${read} of`) : undefined;
}

/** `Select *`. */
function star(place: Place): TokenEdit | undefined {
  const { at } = place;
  const length = place.wants(WANTED.column) ? place.oneStands(['*', 'all rows', 'all', 'everything'], at) : 0;
  const isAlone =
    place.is(at - 1, 'select', 'show', 'distinct', ',') && place.is(at + length, 'in', 'from', '.', ',', '');
  return length > 0 && isAlone ? place.edit(at, at + length, 'all columns') : undefined;
}

/** The paper's "Compute the rank of [c] ordered by …": the value is called after its function, and what is ranked is the row. */
function window(place: Place): TokenEdit | undefined {
  const { at, body, ends, tokens } = place;
  if (!place.is(body, 'compute') || !place.wants('as')) return undefined;
  const first = place.is(body + 1, 'the') ? body + 2 : body + 1;
  const find = (is: (index: number) => boolean) =>
    tokens.findIndex((_, index) => index >= first && index < ends && is(index));
  const mark = find((index) => index > at && place.stands('window function', index) > 0);
  const clause = find((index) => place.is(index, 'partitioned', 'ordered', 'using'));
  if (mark < 0 || clause < 0) return undefined;
  const called = place.called(place.is(mark - 1, ')') ? mark - 3 : mark - 1);
  const of = find((index) => place.is(index, 'of'));
  const isRank = RANKS.has(called.toUpperCase()) && of > 0 && of < clause;
  const name = bracket(called.toLowerCase());
  return place.edit(body + 1, clause, `${name} as the`, place.part(first, isRank ? of : clause));
}

/** The paper's "Cast [c] as TEXT": the value is called as its column; and types as SQL calls them. */
function cast(place: Place): TokenEdit | undefined {
  const { at, body } = place;
  if (!place.is(body, 'cast')) return undefined;
  const type = TYPES_SAID.get(place.plain(at));
  if (type !== undefined && place.wants('INTEGER')) {
    const isSized = type === 'TEXT' && place.is(at + 1, '(') && place.is(at + 3, ')');
    return place.edit(at, at + (isSized ? 4 : 1), type);
  }
  const said = place
    .part(body + 1, at)
    .filter(({ value, kind }) => kind !== 'word' || !['the', 'column'].includes(value));
  const [name, as] = said;
  const isColumn = name?.kind === 'name' && as?.value === 'as';
  return isColumn && place.wants('as') && place.isEnd(at) ? place.edit(at, at, `as ${bracket(name.value)}`) : undefined;
}

/** `Compute count of rows as [n]`, the sum of two values, and a last value without a name, which is the answer. */
function computed(place: Place): TokenEdit | undefined {
  const { at, body, ends, last, tokens } = place;
  if (!place.is(body, 'compute')) return undefined;
  const adds = place.stands('as the sum of', body + 2) || place.stands('as sum of', body + 2);
  if (adds && place.isWhole && place.is(at, 'and')) return place.edit(body + 2, body + 2 + adds, 'as the addition of');
  if (!place.wants('as') && !place.wants(WANTED.name)) return undefined;
  const as = tokens.findLastIndex((_, index) => index > at && index < ends && place.is(index, 'as'));
  if (as > 0 && place.isNameLike(as + 1)) {
    const [name, value, rest] = [place.part(as + 1, as + 2), place.part(body + 1, as), place.part(as + 2, last + 1)];
    return place.edit(body + 1, last + 1, name, 'as', value, rest);
  }
  const before = meantStep(place.steps, false);
  const block = before === undefined ? undefined : outline(place.steps).owner.get(before);
  const isGrouped = block?.steps.some((step) => step.body.kind === 'group');
  const isAnswer = as < 0 && ends === tokens.length - 1 && block && !block.isClosed && !isGrouped;
  return isAnswer && !place.is(at, '=') ? place.edit(body, body + 1, 'select') : undefined;
}

/** Other words for a phrase that must stand there, for a comparison, or for an operator. */
function words(place: Place): TokenEdit | undefined {
  const { at, body } = place;
  for (const expected of place.problem.expected ?? []) {
    const found = place.longest(INSTEAD.get(expected) ?? [], at);
    if (found) return place.edit(at, at + found.length, found.put);
  }
  if (place.wants('to') && ['number', 'step'].includes(place.kind(at))) return place.edit(at, at, 'to');
  if (place.wants('operation') && place.kind(at) === 'step') return place.edit(at, at, 'to');
  if (place.wants('query result') && place.isEnd(at)) return place.edit(at, at, 'query result');
  if (isAlias(place)) return place.edit(at, at, 'as');
  const isSort = place.is(body, 'order', 'sort') && furtherAt(place, at) === undefined;
  const isBetween = place.isWhole || place.wants(WANTED.direction[0]);
  if (isSort && isBetween && place.is(at, 'and')) return place.edit(at, at + 1, ',');
  for (let from = Math.max(body, at - 4); from <= at; from += 1) {
    const compares = from < at ? !place.is(from, 'in') : place.wants(WANTED.comparison[0]);
    const found = place.longest(compares ? [...COMPARING, ...ANYWHERE] : ANYWHERE, from);
    if (found && from + found.length > at) return place.edit(from, from + found.length, found.put);
  }
  return undefined;
}

const DIRECTIONS = ['in ascending order', 'in descending order', 'ascending', 'descending', 'asc', 'desc'];

/** `From [book] b`, where columns are said of [b]. */
function isAlias(place: Place): boolean {
  const { at, tokens } = place;
  const name = place.is(at - 1, 'table') ? at - 2 : at - 1;
  const isSource = place.kind(name) === 'name' && place.is(name - 1, 'from', 'join', 'the');
  if (!place.isWhole || !isSource || !['name', 'word'].includes(place.kind(at))) return false;
  const alias = place.value(at).toLowerCase();
  return tokens.some(({ kind, value }, index) => {
    if (kind === 'name') return value.toLowerCase().startsWith(`${alias}.`);
    return (
      kind === 'word' && value === alias && index !== at && place.is(index + 1, '.') && place.isNameLike(index + 2)
    );
  });
}

/** A sort key without a direction ascends, as in SQL; one direction before the only key is that key's. */
function direction(place: Place): TokenEdit | undefined {
  const { at, last } = place;
  const said = place.oneStands(DIRECTIONS, at);
  const rest = place.part(at + said, last + 1);
  if (said && place.wants('by') && place.is(at + said, 'by') && !rest.some(({ value }) => value === ','))
    return place.edit(at, last + 1, rest, place.part(at, at + said));
  const ends = place.isEnd(at) || place.is(at, ',', 'using', 'with') || furtherAt(place, at) !== undefined;
  return place.wants(WANTED.direction[0]) && ends ? place.edit(at, at, WANTED.direction[0]) : undefined;
}

/** A name without brackets, or in other quotes. */
function bare(place: Place): TokenEdit | undefined {
  const { at, names, tokens } = place;
  if (place.wants(WANTED.table)) return bareTable(place);
  if (place.wants(WANTED.name) && ['word', 'string'].includes(place.kind(at)))
    return place.edit(at, at + 1, bracket(place.called(at)));
  const first = place.is(at, 'the') ? at + 1 : at;
  if (!place.wants(WANTED.column) || place.kind(first) !== 'word') return undefined;
  // A name that a step before gave to a value.
  const isGiven = (name: string) =>
    tokens.some(
      ({ kind, value }, index) =>
        index < place.opened &&
        kind !== 'string' &&
        value.toLowerCase() === name.toLowerCase() &&
        place.is(index - 1, 'as', 'compute'),
    );
  const length = knownRun(place, first, (name) => names.isColumn(name) || isGiven(name));
  if (length !== undefined) return place.edit(first, first + length, runOf(place, first, length));
  const isAny = !names.catalog && !FILLERS.has(place.plain(first));
  return isAny ? place.edit(first, first + 1, runOf(place, first, 1)) : undefined;
}

function bareTable(place: Place): TokenEdit | undefined {
  const { at, names } = place;
  if (place.is(at, 'table') && place.isNameLike(at + 1)) return place.edit(at, at + 1);
  if (place.kind(at) === 'string') return place.edit(at, at + 1, bracket(place.called(at)));
  if (place.kind(at) !== 'word') return undefined;
  const length = knownRun(place, at, (name) => names.tables(name).length > 0) ?? 1;
  const dot = at + length;
  const isQualified = place.is(dot, '.') && place.kind(dot + 1) === 'word' && !place.isEnd(dot);
  if (!isQualified) return place.edit(at, dot, runOf(place, at, length));
  return place.edit(at, dot + 2, bracket(`${place.called(at)}.${place.called(dot + 1)}`));
}

const runOf = (place: Place, at: number, length: number) =>
  bracket(
    place
      .part(at, at + length)
      .map(({ text }) => text)
      .join(' '),
  );

/** The longest run of words, four at most, that is a name. */
function knownRun(place: Place, at: number, isName: (name: string) => boolean): number | undefined {
  return [4, 3, 2, 1].find((length) => {
    const run = place.part(at, at + length);
    return (
      run.length === length && run.every(({ kind }) => kind === 'word') && isName(run.map(({ text }) => text).join(' '))
    );
  });
}
