import type { StepNode } from './edl-ast.ts';
import type { EdlToken } from './lex-edl.ts';
import { meantStep, outline, unusedResults } from './mend-outline.ts';
import {
  AGGREGATES_SAID,
  ASKS,
  COUNT_ROWS,
  FILLERS,
  FIRST_ROW,
  FURTHER,
  GETS,
  ORDINALS,
  OWN_VERBS,
  SAYS_RESULT,
  STEP_BEFORE,
  VERB_OF_LABEL,
  VERBS,
} from './mend-phrases.ts';
import { type Place, stepToken, type TokenEdit, tokensOf, type WordRule } from './mend-place.ts';
import { WANTED } from './phrases.ts';

/** What a step is and which step it goes on from, as models write it. Tried in this order, before the rules for words. */
export const SENTENCE_RULES: readonly WordRule[] = [
  { id: 'N20', code: 'M_REPEATED', mend: repeated },
  { id: 'N19', code: 'M_PROSE', mend: prose },
  { id: 'N21', code: 'M_RETURN', mend: returned },
  { id: 'N22', code: 'M_LABEL', mend: label },
  { id: 'N26', code: 'M_QUERY_SAID', mend: querySaid },
  { id: 'N51', code: 'M_FIRST_ROW', mend: firstRow },
  { id: 'N51', code: 'M_FIRST_ROW', mend: firstSelected },
  { id: 'N23', code: 'M_VERB', mend: verb },
  { id: 'N27', code: 'M_JOINED', mend: joined },
  { id: 'N25', code: 'M_STEP_SAID', mend: stepSaid },
  { id: 'N24', code: 'M_STEP_MEANT', mend: meant },
  { id: 'N24', code: 'M_STEP_MEANT', mend: saidOfItem },
  { id: 'N28', code: 'M_SCANNED', mend: scanned },
  { id: 'N29', code: 'M_TWO_STEPS', mend: further },
];

/** Steps that come again word for word are left out: one, or all from here on. */
function repeated(place: Place): TokenEdit | undefined {
  if (place.problem.code !== 'E_STEP_DUP') return undefined;
  const { tokens, opened, ends } = place;
  // The number stands first where its step begins.
  const first = tokens.findIndex(({ kind, value }) => kind === 'step' && value === place.value(opened));
  const isAgain = (to: number) =>
    place.part(opened, to).every(({ text }, at) => first + at < opened && tokens[first + at]?.text === text);
  if (isAgain(tokens.length - 1)) return place.edit(opened, tokens.length - 1);
  return isAgain(ends) && first + ends - opened === opened ? place.edit(opened, ends) : undefined;
}

const opensSentence = (place: Place, at: number): boolean =>
  place.is(at, ...OWN_VERBS) || VERBS.some(([said]) => place.oneStands(said, at) > 0);

/** A remark behind a step, or in parentheses at its end. */
function prose(place: Place): TokenEdit | undefined {
  const { at, problem, ends } = place;
  if (problem.code !== 'E_SYNTAX') return undefined;
  if (problem.step === undefined) {
    if (place.kind(place.opened) !== 'step') return undefined;
    if (opensSentence(place, at)) return undefined;
    return isRemark(place.part(at, ends)) ? place.edit(at, ends) : undefined;
  }
  if (!place.isWhole || !place.is(at, '(') || place.stands('( s )', at)) return undefined;
  const close = place.tokens.findIndex((_, index) => index > at && place.is(index, ')'));
  return close > 0 && place.isEnd(close + 1) ? place.edit(at, close + 1) : undefined;
}

/** Words that name nothing and ask for nothing. */
const isRemark = (tokens: readonly EdlToken[]): boolean =>
  tokens.every(
    ({ kind, value }) => (kind === 'word' && !ASKS.has(value)) || (kind === 'symbol' && /^[.,:;()-]$/.test(value)),
  );

const twoSteps = (number: number) =>
  `${Number.isInteger(number) ? `Step #${number}` : 'The step put in'} is read as two.`;

/** The number of a step put in before this one. */
const numberBefore = ({ number, steps }: Place): number => (number + (steps.at(-1)?.number ?? 0)) / 2;

const numberedBefore = (place: Place): EdlToken =>
  stepToken(numberBefore(place), place.tokens[place.opened]?.start ?? 0);
const isNumber = ({ kind, value }: EdlToken, number: number) => kind === 'step' && Number(value) === number;

/** The step in two: the first part gets a number before, the second keeps the step's, so that what names it names the whole. */
function split(place: Place, at: number, put: readonly EdlToken[], skip = 0): TokenEdit {
  const { opened, number } = place;
  const { start } = place.tokens[opened] ?? { start: 0 };
  const stop = tokensOf('.', start);
  const first = [numberedBefore(place), ...place.part(opened + 1, at), ...(place.is(at - 1, '.') ? [] : stop)];
  const second = [stepToken(number, start), ...stop, ...put];
  return { ...place.edit(opened, at + skip, first, second), says: twoSteps(number) };
}

/** "Return #7." behind the step that ends the result says nothing. */
function returned(place: Place): TokenEdit | undefined {
  const { body, opened, ends, tokens, steps } = place;
  const last = steps.at(-1)?.number;
  if (ends !== tokens.length - 1 || place.problem.step === undefined || last === undefined) return undefined;
  const said = place.part(body, place.last + 1);
  const named = said.filter(({ kind }) => kind === 'step');
  const isLast = named.length < 2 && named.every(({ value }) => Number(value) === last);
  const isClosed = outline(steps).owner.get(last)?.isClosed ?? false;
  return said.length && isLast && isClosed && saysNothing(said) ? place.edit(opened, ends) : undefined;
}

const saysNothing = (tokens: readonly EdlToken[]): boolean =>
  tokens.every(({ kind, value }) => kind === 'step' || (kind === 'word' && SAYS_RESULT.has(value)));

/** A label that is no operator's, before a sentence or as its verb; and a label without its verb. */
function label(place: Place): TokenEdit | undefined {
  const { at, problem } = place;
  if (problem.code === 'E_OPERATOR') {
    const colon = place.tokens.findIndex((_, index) => index > at && place.is(index, ':'));
    if (opensSentence(place, colon + 1)) return place.edit(at, colon + 1);
    return opensSentence(place, at) ? place.edit(colon, colon + 1) : undefined;
  }
  if (!place.wantsVerb || at !== place.body || !place.is(at - 1, ':') || opensSentence(place, at)) return undefined;
  let from = at - 1;
  while (place.kind(from - 1) === 'word') from -= 1;
  const said = place.part(from, at - 1).map(({ value }) => value);
  const verbSaid = VERB_OF_LABEL.get(said.join(' '));
  return verbSaid === undefined ? undefined : place.edit(at, at, verbSaid);
}

const hasGroup = (steps: readonly StepNode[]) => steps.some(({ body }) => body.kind === 'group');

/** A verb that EDL has not, or EDL's own with other words. */
function verb(place: Place): TokenEdit | undefined {
  const { at, body, last } = place;
  if (at < body) return undefined;
  const found = place.longest(VERBS, body);
  // "Return #2" does not say what is selected.
  const isSelect = found === undefined || found.put === 'select';
  if (isSelect && saysNothing(place.part(body + 1, last + 1))) return undefined;
  if (found && at <= body + found.length) {
    const isOfGroups =
      found.put === COUNT_ROWS &&
      outline(place.steps).blocks.some(({ isClosed, steps }) => !isClosed && hasGroup(steps));
    return isOfGroups ? undefined : place.edit(body, body + found.length, found.put);
  }
  if (!place.wantsVerb || !place.is(at, ...GETS)) return undefined;
  const names = place.part(body, place.ends).some(({ kind }) => kind === 'step');
  return place.edit(at, at + 1, names || place.steps.length ? 'select' : 'from');
}

/** `Select the first row of #2`: of the rows the first, not a column. */
function firstRow(place: Place): TokenEdit | undefined {
  const { at, body } = place;
  const words = place.oneStands(FIRST_ROW, body);
  if (!words || at < body) return undefined;
  let from = body + words;
  while (place.is(from, 'of', 'in', 'from', 'the', 'result', 'results', 'rows')) from += 1;
  const number = place.kind(from) === 'step' ? Number(place.value(from)) : meantOf(place);
  const to = place.kind(from) === 'step' ? from + 1 : from;
  if (number === undefined || !place.isEnd(to)) return undefined;
  return place.edit(body, to, 'limit', place.step(number, body), 'to the top 1 records');
}

/** `Select top 3 [kind] in #2`: so many of them. */
function firstSelected(place: Place): TokenEdit | undefined {
  const { at, body, last } = place;
  const isTop =
    place.is(body, 'select', 'show') && place.is(body + 1, 'top', 'first') && place.kind(body + 2) === 'number';
  const number = place.kind(last) === 'step' ? Number(place.value(last)) : undefined;
  // Of one value over all rows the first are all.
  const isOne = place.part(body + 3, last).some(({ value }) => AGGREGATES_SAID.has(value));
  if (!isTop || at < body || number === undefined || isOne) return undefined;
  const limit = tokensOf('limit', 0);
  const count = tokensOf(`to the top ${place.value(body + 2)} records`, 0);
  const { opened } = place;
  const { start } = place.tokens[opened] ?? { start: 0 };
  const stop = tokensOf('.', start);
  const before = numberBefore(place);
  const first = [stepToken(before, start), ...stop, ...limit, ...place.step(number, at), ...count, ...stop];
  const second = [
    stepToken(place.number, start),
    ...stop,
    ...place.part(body, body + 1),
    ...place.part(body + 3, last),
  ];
  return {
    ...place.edit(opened, last + 1, first, second, [stepToken(before, start)]),
    says: twoSteps(place.number),
  };
}

/** `Select [kind], the count of rows in #2, the sum of [x] in #2`: the step is said once, at the end. */
function saidOfItem(place: Place): TokenEdit | undefined {
  const { at, body, last } = place;
  const isItem = place.isWhole && place.is(body, 'select', 'show') && place.is(at, ',', 'and');
  if (!isItem || place.kind(at - 1) !== 'step' || !place.is(at - 2, 'in', 'of', 'from')) return undefined;
  const steps = new Set(place.part(body, last + 1).flatMap(({ kind, value }) => (kind === 'step' ? [value] : [])));
  return steps.size === 1 && place.kind(last) === 'step' ? place.edit(at - 2, at) : undefined;
}

/** "the first query", "query 2": a result, by its place among the results or by its step. */
function querySaid(place: Place): TokenEdit | undefined {
  const { at } = place;
  const isStep = place.wants(WANTED.step);
  if (!isStep && !place.wants('include the results in') && !place.wants('exclude the results in')) return undefined;
  let from = isStep ? at : at + 1;
  while (isStep && FILLERS.has(place.plain(from)) && !place.is(from, 'query')) from += 1;
  if (place.is(from, 'the')) from += 1;
  const ordinal = ORDINALS.indexOf(place.plain(from));
  const isCounted = place.is(from, 'query') && place.kind(from + 1) === 'number';
  if (ordinal < 0 && !isCounted) return undefined;
  const number = isCounted ? queryNumbered(place, Number(place.value(from + 1))) : resultNumbered(place, ordinal);
  let to = from + (isCounted ? 2 : 1);
  while (place.is(to, 'query', 'result', 'results', 'queries')) to += 1;
  const mode = isStep ? '' : `${place.plain(at)} the results in`;
  return number === undefined ? undefined : place.edit(at, to, mode, place.step(number, at));
}

/** The step that ends the so-manieth query: the one that says so ("as the first query result"), else the so-manieth result. */
function resultNumbered(place: Place, index: number): number | undefined {
  const { tokens, steps } = place;
  const said = tokens.findIndex((_, at) => place.stands(`as the ${ORDINALS[index]} query result`, at) > 0);
  const sayer = said < 0 ? undefined : tokens.slice(0, said).findLast(({ kind }) => kind === 'step');
  const saying = steps.find(({ span }) => sayer && span && span.start <= sayer.start && sayer.start < span.end);
  return saying?.number ?? unusedResults(steps)[index];
}

/** "query 2" is the second query or step #2, whichever all queries that the step says so can be. */
function queryNumbered(place: Place, wanted: number): number | undefined {
  const results = unusedResults(place.steps);
  const numbers = place.tokens.flatMap(({ kind, value }, at) =>
    at > place.opened && at < place.ends && kind === 'number' && place.is(at - 1, 'query') ? [Number(value)] : [],
  );
  const areSteps = numbers.every((number) => results.includes(number));
  const areCounted = numbers.every((number) => number >= 1 && number <= results.length);
  if (areSteps === areCounted) return undefined;
  return areSteps ? wanted : results[wanted - 1];
}

const JOINS = ['join', 'inner join', 'left join', 'left outer join', 'right join', 'full join', 'cross join'];

/** A join or a computation that names the step it belongs to. */
function joined(place: Place): TokenEdit | undefined {
  const { at, body, sources } = place;
  const length = place.oneStands(JOINS, body);
  if (!length && !place.is(body, 'compute', 'cast', 'extract')) return undefined;
  const isNamed = place.kind(at + 1) === 'step' && place.isStepBefore(Number(place.value(at + 1)));
  const isTail = place.isWhole && place.is(at, 'in', 'to', 'with', 'of', 'from', 'on', 'for');
  if (isTail && isNamed && place.isEnd(at + 2)) return place.edit(at, at + 2);
  const first = body + length;
  if (!length || at !== first + 1 || !place.is(at, 'with', 'and', 'to', ',')) return undefined;
  if (place.kind(first) === 'step') {
    // Of two steps the later one is what is joined (its table: mend-steps.ts).
    const isLater = isNamed && Number(place.value(first)) > Number(place.value(at + 1));
    return isLater ? place.edit(at, at + 2) : place.edit(first, at + 1);
  }
  if (sources.has(place.value(first).toLowerCase()) && place.isNameLike(at + 1)) return place.edit(first, at + 1);
  return sources.has(place.value(at + 1).toLowerCase()) ? place.edit(at, at + 2) : undefined;
}

const meantOf = (place: Place) => meantStep(place.steps, place.is(place.body, 'order', 'sort', 'limit'));

/** "step 3", "the rows of #3", "the previous step" where a step such as #3 must stand. */
function stepSaid(place: Place): TokenEdit | undefined {
  const { at, names } = place;
  if (!place.wants(WANTED.step) || place.is(at, 'by', 'to')) return undefined;
  const before = place.oneStands(STEP_BEFORE, at);
  const last = meantOf(place);
  if (before > 0 && last !== undefined) return place.edit(at, at + before, place.step(last, at));
  let to = at;
  while (FILLERS.has(place.plain(to)) && !place.is(to, 'to', 'by')) to += 1;
  if (place.kind(to) === 'word' && names.catalog && names.tables(place.value(to)).length) to += 1;
  const number = Number(place.value(to));
  const isCount = place.is(place.body, 'limit') || place.is(to - 1, 'query');
  const isNumbered = place.kind(to) === 'number' && place.isStepBefore(number) && !isCount;
  if (isNumbered) return place.edit(at, to + 1, place.step(number, at));
  const goesOn = place.kind(to) === 'step' || place.is(to, 'by', 'where', 'to');
  return to > at && goesOn ? place.edit(at, to) : undefined;
}

const KEEPS_ROWS = ['keep rows', 'reserve rows', 'reserve the rows'];
const KEEPS_GROUPS = ['keep groups', 'reserve the grouped rows', 'reserve grouped rows'];

/** A step that names none goes on from the step before. */
function meant(place: Place): TokenEdit | undefined {
  const { at, body, last } = place;
  if (place.wants('in') && place.wants('from')) {
    const number = meantOf(place);
    const isThere = place.isEnd(at) || furtherAt(place, at) !== undefined;
    return number !== undefined && isThere ? place.edit(at, at, 'in', place.step(number, at)) : undefined;
  }
  const filters = place.oneStands([...KEEPS_ROWS, ...KEEPS_GROUPS], body);
  const isBefore = filters > 0 && place.wantsVerb && place.is(body + filters, 'where');
  const isWhere = filters > 0 && place.wants(WANTED.step) && place.is(at, 'where');
  const isClause = at === body + 1 && place.wants(WANTED.step) && place.kind(at) !== 'step';
  if (!isBefore && !isWhere && !isClause) return undefined;
  const tail = stepAtEnd(place, !isClause);
  const number = tail === undefined ? meantOf(place) : Number(place.value(last));
  if (number === undefined) return undefined;
  const insert = isBefore ? body + filters : at;
  const rest = place.part(insert, tail ?? last + 1);
  return place.edit(insert, last + 1, isBefore ? 'of' : '', place.step(number, at), rest);
}

/** Where "in #3" at the end of a step begins; after a condition only behind a value, for "[x] in #3" is one. */
function stepAtEnd(place: Place, isCondition: boolean): number | undefined {
  const { last, at } = place;
  if (place.kind(last) !== 'step') return undefined;
  let from = last;
  while (from - 1 > at && FILLERS.has(place.plain(from - 1))) from -= 1;
  const isSaid = place.part(from, last).some(({ value }) => ['in', 'of', 'from'].includes(value));
  const isValue = ['number', 'string'].includes(place.kind(from - 1)) || place.is(from - 1, 'null', 'true', 'false');
  return isSaid && (isValue || !isCondition) ? from : undefined;
}

/** `Select [name] from [singer] where …` where nothing is read yet: what is read, what else it says, and then the Select. */
function scanned(place: Place): TokenEdit | undefined {
  const { at, body, last, steps } = place;
  if (!place.wants(WANTED.step) || !place.is(at - 1, 'from', 'in') || !place.is(body, 'select', 'show'))
    return undefined;
  if (outline(steps).blocks.some(({ isClosed }) => !isClosed)) return undefined;
  const name = at + place.oneStands(['the table', 'the', 'table'], at);
  const rest = place.is(name + 1, 'table') ? name + 2 : name + 1;
  if (!place.isNameLike(name) || (rest <= last && furtherAt(place, rest) === undefined)) return undefined;
  return selectLast(place, at - 1, [...tokensOf('from', 0), ...place.part(name, last + 1)]);
}

/** A Select that says more than a Select: all else first, in a step before it, then what is selected, up to `to`. */
function selectLast(place: Place, to: number, before: readonly EdlToken[]): TokenEdit {
  const { opened, body, last, number } = place;
  const { start } = place.tokens[opened] ?? { start: 0 };
  const stop = tokensOf('.', start);
  const first = [numberedBefore(place), ...stop, ...before, ...stop];
  const second = [stepToken(number, start), ...stop, ...place.part(body, to)];
  return { ...place.edit(opened, last + 1, first, second), says: twoSteps(number) };
}

interface Further {
  /** Behind the words that begin the clause. */
  readonly to: number;
  readonly put: string;
}

/** A further clause that begins there, with or without "and". */
export function furtherAt(place: Place, at: number): Further | undefined {
  let from = at;
  while (place.is(from, ',', 'and', 'then')) from += 1;
  const clause = place.longest(FURTHER, from);
  if (clause) return { to: from + clause.length, put: clause.put };
  // `From [a], [b]`: SQL's comma.
  const isTable = from > at && place.is(place.body, 'from') && (place.kind(from) === 'name' || place.is(from, 'the'));
  return isTable ? { to: from, put: 'join' } : undefined;
}

/** Two steps in one: "Order #3 by [x] descending, limit 3", or a sentence behind it that has no number. */
function further(place: Place): TokenEdit | undefined {
  const { at, body, last, ends, number } = place;
  if (place.problem.step === undefined) {
    if (place.problem.code !== 'E_SYNTAX' || !opensSentence(place, at)) return undefined;
    // What the sentence names by the number is what stands before it.
    const before = numberedBefore(place);
    const sentence = place.part(at, ends).map((token) => (isNumber(token, number) ? before : token));
    return split(place, at, sentence, ends - at);
  }
  const found = place.isWhole ? furtherAt(place, at) : undefined;
  if (!found) return undefined;
  const { to, put } = found;
  const opening = place.edit(at, at, put).put;
  if (!place.is(body, 'select', 'show') || ['order by', 'limit to'].includes(put))
    return split(place, at, opening, to - at);
  const isIn = place.kind(at - 1) === 'step' && place.is(at - 2, 'in', 'from');
  return isIn ? selectLast(place, at - 2, [...opening, ...place.part(to, last + 1)]) : undefined;
}
