import type { Table } from '#src/domain/catalog.ts';
import { type Flag, flagOf } from '#src/domain/column-meaning.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { addsUp } from './column-roles.ts';
import { bearsVerb } from './date-named.ts';
import type { Frame } from './frame.ts';
import { addFilter, inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, optional, pattern } from './pattern.ts';
import type { FrameResolver } from './resolve.ts';
import { COLUMN, type Sentence, TABLE, type Taken } from './sentence.ts';
import { isEvent } from './verbs.ts';

/** A column that says yes or no of a row, and what it holds for each. */
interface FlagOf extends ColumnRef {
  readonly flag: Flag;
}

function withFlag(ref: ColumnRef | undefined, { catalog }: FrameResolver): FlagOf | undefined {
  const flag = ref && flagOf(ref.column, catalog.engine);
  return flag && { ...ref, flag };
}

function keepWhere(reading: Reading, { table, column, flag }: FlagOf, yes: boolean, said: string): Taken {
  const value = yes ? flag.yes : flag.no;
  reading.frame.assumptions.push(`“${said}” is read as ${table.name}.${column.name} = ${String(value.value)}.`);
  return addFilter(reading, { kind: 'compare', ref: { table, column }, operator: '=', value });
}

/** Keeps the rows for which the flag that a code names is true, or is not. */
export function keepFlagged(reading: Reading, code: string, negated: boolean, near: Table | undefined): Taken {
  const { sentence, frame, resolver } = reading;
  const found = withFlag(flagMeant(sentence, code, near ?? frame.main), resolver);
  if (!found) return false;
  return keepWhere(reading, found, !negated, `${negated ? 'not ' : ''}${sentence.wording(code)}`);
}

const column = capture('column', COLUMN);
const table = optional(capture('table', TABLE));

/** Reads flags as what they say of a row, never as values: "active customers", "products that are not sold". */
export const readFlags = inOrder(
  // "students who have opted in to marketing messages"
  rule(
    pattern`(?: (?:who|that|which|and|have|has|had|are))*(?: ${optional(capture('not', 'not|never'))})? opted in(?: (?:to|for)(?: (?:our|the|any))*(?: (?:[a-z]+|[CTV]\d+)){1,2})?(?= ·| $| ,| (?:in|by|per) )`,
    ({ not }, reading) => {
      const table = reading.frame.main;
      const asks = table?.columns.flatMap((column) => withFlag({ table, column }, reading.resolver) ?? []) ?? [];
      const [found, ...more] = asks.filter(({ column }) => /opt_?in/i.test(column.name));
      return found !== undefined && !more.length && keepWhere(reading, found, not === undefined, 'opted in');
    },
  ),
  // "planned vs unplanned stops", "passed vs failed", "of subscribers and of the others": the two beside each other
  rule(
    pattern`(?: (?:of|for|by|between|among))? ${column}(?: ${optional(capture('thing', TABLE))})? (?:vs|versus|and|or|against|compared (?:to|with)) (?:(?:of|for|the|with) )*(?:${optional(capture('not', 'un|in|non-?|not '))}${optional(capture('word', '[a-z]{4,}|[CB]\\d+'))}|others|rest|everyone else)(?= (?:${table}|·)| $| ,)`,
    ({ column, thing, not, word, table }, reading, { said }) => {
      const { sentence, frame, resolver } = reading;
      const near = resolver.table(thing ?? table) ?? frame.main;
      const ref =
        withFlag(flagMeant(sentence, column, near), resolver) ??
        withFlag(flagMeant(sentence, column, onlyBearer(sentence, column)), resolver);
      if (!ref) return false;
      const others = / (?:others|rest|everyone else)$/.test(said);
      const other = word === undefined ? undefined : sentence.wording(word).toLowerCase();
      const same = other !== undefined && other === sentence.wording(column).toLowerCase();
      const opposite = other !== undefined && not === undefined ? OPPOSITES.get(other) : other;
      const named = opposite !== undefined && flagNamed(opposite, ref.table, resolver)?.column === ref.column;
      if (!(others || (same && not !== undefined) || named)) return false;
      frame.groups.push({ kind: 'column', ref: { table: ref.table, column: ref.column }, asked: true });
      return thing === undefined || { leaving: thing };
    },
  ),
  // and of a reply that restricts: "stops for unplanned"
  rule(
    pattern` for (?:un|in|non-?)${capture('word', '[a-z]{4,}')}(?= ·| $| ,| D\d| (?:by|per|in) )`,
    ({ word }, reading, { said }) => {
      const found = withFlag(flagNamed(word, reading.frame.main, reading.resolver), reading.resolver);
      return found !== undefined && keepWhere(reading, found, false, said.trim().slice('for '.length));
    },
  ),
  // "active customers", "not yet approved requests"
  rule(
    pattern` (?:${optional(capture('not', 'not|non'))}(?: yet)? )?${column}(?= (?:V\d+ )?(?:${table}|·))`,
    ({ not, column, table }, reading, { before }) =>
      !/(?:excluding|without|except|except for)(?: the| any| an?)?$/.test(before) &&
      keepFlagged(reading, column, not !== undefined, reading.resolver.table(table)),
  ),
  // "billable hours per consultant": of the rows that are such
  rule(
    pattern`(?: ${optional(capture('not', 'not|non'))})? ${column}(?= ${capture('measure', 'C\\d+')}(?: |$))`,
    ({ not, column, measure }, reading) => {
      const { sentence, resolver, frame } = reading;
      const flag = flagMeant(sentence, column, frame.main);
      const ref = resolver.column(measure, flag?.table ?? frame.main);
      if (!flag || ref?.table !== flag.table || !addsUp(ref, resolver.catalog)) return false;
      return keepFlagged(reading, column, not !== undefined, flag.table);
    },
  ),
  // "customers that are active", "products which have been discontinued", "how many tickets are not escalated"
  rule(
    pattern`(?<= [TBCDV]\d+| ·)(?: (?:that|which|who|and))? (?:is|are|was|were|has been|have been|had been)
      (?: ${optional(capture('not', 'not'))})?(?: (?:currently|still|yet|already|now))? ${column}(?: yet)?
      (?= ·| $| ,| and| or| in | on | at | for | by | per | from | of | D\d)`,
    ({ not, column }, reading, { before }) =>
      keepFlagged(reading, column, not !== undefined, tableAtEnd(before, reading.resolver)),
  ),
  // "who is on leave"
  rule(
    pattern`(?<=^ who) (?:is|are|was|were)(?: ${optional(capture('not', 'not'))})?(?: (?:currently|still|now))? ${column}(?= ·| $| ,| (?:right|at|in|on|from|this|today) )`,
    ({ not, column }, reading) => keepFlagged(reading, column, not !== undefined, undefined),
  ),
  // "drugs that need a prescription"
  rule(
    pattern`(?<= [TB]\d+| ·) (?:that|which|who) ${column}(?= ·| $| ,| and| in | on | for | by | from )`,
    ({ column }, reading, { before }) => keepFlagged(reading, column, false, tableAtEnd(before, reading.resolver)),
  ),
  // "pupils on free lunch", "houses with a lift", and of a reply that restricts: "orders for rush"
  rule(
    pattern`(?<= [TBVD]\d+| ·| boys| girls| men| women) (?:(?:that|which|who) )?(?:with|on|for|having|have|has|getting|get|receiving|using|including|offers?|offering|provides?|providing|${optional(capture('not', 'without|with no|not on|not getting|(?:do|does|did) not have|have no|has no|had no'))}) (?:an? |the |any )?${column}(?= ·| $| ,| and| in | at | on | for | by | per | from | of | D\d)`,
    ({ not, column }, reading, { before }) => {
      const { sentence, frame, resolver } = reading;
      // "average salary by school for full time", which teachers work
      const of = [tableAtEnd(before, resolver), frame.main, onlyBearer(sentence, column)];
      const near = of.find((table) => table && flagMeant(sentence, column, table));
      return near !== undefined && keepFlagged(reading, column, not !== undefined, near);
    },
  ),
  // "defects not fixed yet"
  rule(
    pattern`(?<= [TBDV]\d+| ·)(?: (?:that|which|who|and))? (?:not|never)(?: yet)? ${column}(?: yet)?(?= ·| $| and| in | on | for | by | from | D\d)`,
    ({ column }, reading, { before }) => keepFlagged(reading, column, true, tableAtEnd(before, reading.resolver)),
  ),
  // "days of leave approved this year"
  rule(
    pattern`(?<= [TBV]\d+| ·) ${column}(?= ·| $| D\d| (?:in|for|by|per) )`,
    ({ column }, reading, { before }) =>
      // "rooms out of order"
      (/ed$/i.test(reading.sentence.wording(column)) ||
        (/ [TB]\d+$/.test(before) && /^(?:out|in|on|under|off|at) /i.test(reading.sentence.wording(column)))) &&
      keepFlagged(reading, column, false, tableAtEnd(before, reading.resolver)),
  ),
  // "without the discontinued ones\"
  rule(
    pattern` (?:without|excluding|except(?: for)?) (?:the |any )?${column}(?: [TB]\d+| ones?)?(?= ·| $| ,)`,
    ({ column }, reading) => keepFlagged(reading, column, true, undefined),
  ),
  // "how many invoices are unpaid"
  rule(
    pattern`(?<= [TB]\d+| ·)(?: (?:that|which|who|and))? (?:is|are|was|were)(?: (?:still|yet|currently))? (?:un|in|non-?)${capture('word', '[a-z]{4,}')}(?= ·| $| and| in | for | by | of )`,
    ({ word }, reading, { said, before }) => {
      const found = withFlag(
        flagNamed(word, tableAtEnd(before, reading.resolver) ?? reading.frame.main, reading.resolver),
        reading.resolver,
      );
      return found !== undefined && keepWhere(reading, found, false, said.trim().split(' ').at(-1) ?? '');
    },
  ),
  // "inactive customers", "unapproved requests": the flag is named by its opposite
  rule(
    pattern` (?:un|in|non-?)${capture('word', '[a-z]{4,}')}(?= (?:${table}|·))`,
    ({ word, table }, reading, { said }) => {
      const { frame, resolver } = reading;
      const found = withFlag(flagNamed(word, resolver.table(table) ?? frame.main, resolver), resolver);
      return found !== undefined && keepWhere(reading, found, false, said.trim());
    },
  ),
);

/** Flags that say of a row the opposite of what is asked for. */
const OPPOSITES: ReadonlyMap<string, string> = new Map([
  ['failed', 'passed'],
  ['passed', 'failed'],
]);

/** A state that is said by its participle: "failed", of rows that hold `fail`, or of which a flag says that they passed. */
function keepInState(reading: Reading, word: string, thing: Table): Taken {
  const { resolver, frame } = reading;
  const state = resolver.stateLike(word, thing);
  if (state) {
    frame.assumptions.push(`“${word}” is read as ${thing.name}.${state.column.name} = ${state.value}.`);
    return addFilter(reading, {
      kind: 'compare',
      ref: state,
      operator: '=',
      value: { kind: 'text', value: state.value },
    });
  }
  const other = OPPOSITES.get(word);
  const flag = other === undefined ? undefined : withFlag(flagNamed(other, thing, resolver), resolver);
  return flag !== undefined && keepWhere(reading, flag, false, word);
}

export const readStates = inOrder(
  // "failed inspections"
  rule(pattern` ${capture('word', '[a-z]{3,}ed')}(?= (?:${table}|·))`, ({ word, table }, reading) => {
    const { resolver, frame } = reading;
    const thing = resolver.table(table) ?? frame.main;
    if (!thing || (frame.main && thing !== frame.main)) return false;
    // "tickets opened per month"
    if (table === undefined && isEvent(word)) return false;
    return keepInState(reading, word, thing);
  }),
  // "inspections that failed"
  rule(
    pattern`(?<= T\d+)(?: (?:that|which|who)(?: (?:have|has|had))?)? ${capture('word', '[a-z]{3,}ed')}(?= ·| $| ,| D\d| (?:in|by|per|for|at|on) )`,
    ({ word }, reading, { before, after }) => {
      const thing = tableAtEnd(before, reading.resolver);
      if (!thing || isEvent(word)) return false;
      const { frame, resolver, sentence } = reading;
      // "orders delivered last month": on the day when they were, whatever became of them since
      const day = / D\d/.test(sentence.asked) ? resolver.dateNamed(word, [thing]) : undefined;
      if (!day || !bearsVerb(word, day) || frame.share) return keepInState(reading, word, thing);
      if (/^(?: (?:in|on))? D\d/.test(after)) return false; // read with its period
      frame.happened ??= day;
      return true;
    },
  ),
);

/** "electives with more than 50 enrolments": rows that a flag is true of, called by it. */
export const readCalledByFlag = rule(
  pattern`^(?: (?:which|list|show|give|me|all|the|our|of))* ${column}(?= $| (?:with|without|that|who|which|in|at|by|from|and|,) )`,
  ({ column: code }, reading, { after }) => {
    const { sentence, frame, resolver } = reading;
    const [best] = sentence.mention(code).columns;
    // "organic certified suppliers" of their `organic_cert`
    const thing = stem(sentence.wording(code).toLowerCase().split(' ').at(-1) ?? '');
    const isOwn =
      best &&
      splitIdentifier(best.target.table.title ?? best.target.table.name)
        .map(stem)
        .includes(thing);
    const own = isOwn && best.score >= NAMED_IN_PART ? best.target : undefined;
    const found = withFlag(own ?? flagMeant(sentence, code, onlyBearer(sentence, code)), resolver);
    if (!found || !/s$/i.test(sentence.wording(code))) return false;
    frame.main = found.table;
    frame.touched.add(found.table);
    // "organic suppliers and their country"
    if (/^ (?:and|,) /.test(after)) frame.withLabels = true;
    return keepWhere(reading, found, true, sentence.wording(code));
  },
);

/** "how many complaints needed a reprint": those of which the flag is true, and not either kind of them. */
export function settleFlags({ frame, sentence, resolver }: Reading): void {
  const [flag, ...more] = frame.items.flatMap((item) => {
    const found = item.kind === 'column' ? withFlag(item.ref, resolver) : undefined;
    return found ? [found] : [];
  });
  const counts = frame.items.some((item) => item.kind === 'count' && !item.of);
  if (!flag || more.length || !counts || frame.items.length !== 2 || !/^ how many /.test(sentence.asked)) return;
  if (frame.groups.some(({ ref }) => ref.column === flag.column) || frame.listed.has(flag.column)) return;
  frame.items = frame.items.filter((item) => item.kind === 'count');
  frame.filters.push({
    kind: 'compare',
    ref: { table: flag.table, column: flag.column },
    operator: '=',
    value: flag.flag.yes,
  });
  frame.assumptions.push(
    `Counted are rows of ${flag.table.name} where ${flag.column.name} = ${String(flag.flag.yes.value)}.`,
  );
}

/** What a flag counts when it stands alone: "how many subscribers" of a column `is_subscriber`. */
export function countFlag(frame: Frame, ref: ColumnRef, resolver: FrameResolver): boolean {
  const flag = flagOf(ref.column, resolver.catalog.engine);
  if (!flag) return false;
  frame.main ??= ref.table;
  frame.touched.add(ref.table);
  frame.items.push({ kind: 'count', distinct: false, table: ref.table });
  frame.filters.push({ kind: 'compare', ref, operator: '=', value: flag.yes });
  frame.assumptions.push(`Counted are rows of ${ref.table.name} where ${ref.column.name} = ${String(flag.yes.value)}.`);
  return true;
}

/** Whether a span names a flag. */
export const isFlagNamed = (sentence: Sentence, code: string, resolver: FrameResolver): boolean =>
  withFlag(flagMeant(sentence, code, undefined), resolver) !== undefined;

/** The one table that has a flag of this name. */
function onlyBearer(sentence: Sentence, code: string): Table | undefined {
  const [found, ...more] = sentence.mention(code).columns.filter(({ score }) => score >= NAMED_IN_FULL);
  return more.length ? undefined : found?.target.table;
}

/** The flag of a table that a span names in full; of no other column's name. */
function flagMeant(sentence: Sentence, code: string, near: Table | undefined): ColumnRef | undefined {
  return sentence
    .mention(code)
    .columns.find(({ target, score }) => score >= NAMED_IN_FULL && (near === undefined || target.table === near))
    ?.target;
}
const NAMED_IN_FULL = 0.9;
const NAMED_IN_PART = 0.6;

const flagNamed = (word: string, table: Table | undefined, { catalog }: FrameResolver): ColumnRef | undefined => {
  const column = table?.columns.find(
    (one) =>
      flagOf(one, catalog.engine) &&
      stem(
        splitIdentifier(one.title ?? one.name)
          .filter((part) => !/^(?:flag|flg|ind|yn)$/.test(part))
          .at(-1) ?? '',
      ) === stem(word),
  );
  return table && column && { table, column };
};

const tableAtEnd = (text: string, resolver: FrameResolver): Table | undefined =>
  resolver.table(/ ([TB]\d+)$/.exec(text)?.[1]);
