import { addsUp } from './column-roles.ts';
import { bearsVerb } from './date-named.ts';
import type { ByPeriod, Measure } from './frame.ts';
import { inOrder, type Reading, rule, subjectOf } from './frame-rule.ts';
import { capture, optional, pattern } from './pattern.ts';
import { dateOfWhole, dayOfState, isNamed } from './read-dates.ts';
import { isAmount, onlyMoney } from './reckon-measures.ts';
import { TABLE, VALUE } from './sentence.ts';
import { isDone, isEvent, participleOf } from './verbs.ts';

const SEX = '(?:women|men|females?|males?|girls|boys)';

/** "women vs men", "how many men and women": each sex beside the other, as the thing that is asked about stores it. */
const readSexes = rule(
  pattern`(?: ${optional(capture('asked', 'how many'))})?(?: (?:for|of|between))? ${SEX} ${capture('tie', 'vs|versus|against|compared (?:to|with)|and|or')} ${SEX}(?= )`,
  ({ asked, tie }, reading) => {
    const { frame, resolver } = reading;
    const ref = resolver.hinted(subjectOf(reading), ['sex', 'gender'], ['text']);
    if (!ref || (asked === undefined && /^(?:and|or)$/.test(tie))) return false;
    if (asked !== undefined) frame.items.push({ kind: 'count', distinct: false, table: ref.table });
    frame.groups.push({ kind: 'column', ref, asked: true, beside: true });
    frame.told.add(ref.column);
    const values = ref.column.values.filter((value) => /^[fwm]/i.test(value));
    if (ref.column.values.length > values.length)
      frame.filters.push({ kind: 'one-of', ref, values: values.map((value) => ({ kind: 'text', value })) });
    return true;
  },
);

const VERSUS = '(?:vs|versus|against|compared (?:to|with)|in comparison (?:to|with))';

/** "web vs phone", "this year versus last year": beside each other. */
export const readVersus = inOrder(
  readSexes,
  // "how many accounts churned in 2026 vs 2025": on the day when they did, though a state is called so too
  rule(
    pattern` ${capture('deed', '[a-z]{4,}|[CV]\\d+')}(?=(?: (?:in|during|for))?(?: ,)? D\d+ (?:${VERSUS}|and) )`,
    ({ deed }, reading, { before }) => {
      const { sentence, frame, resolver } = reading;
      const held = new Set(deed.startsWith('V') ? sentence.mention(deed).values.map(({ table }) => table) : []);
      const main = subjectOf(reading) ?? (held.size === 1 ? [...held][0] : undefined);
      const said = sentence.wording(deed).toLowerCase();
      const ref = main && isDone(said) ? resolver.dateNamed(said, [main]) : undefined;
      // "orders placed in 2026 vs 2025": all that came to be then, whatever became of them; not "are booked for", which is how they stand
      if (!ref && main && deed.startsWith('V') && isEvent(said) && !/ (?:is|are)$/.test(before)) return true;
      if (!ref || frame.basis) return false;
      frame.basis = ref;
      frame.told.add(ref.column);
      return bearsVerb(said, ref) || { leaving: deed };
    },
  ),
  // "subscriptions started vs ended in May": by either date
  rule(
    pattern`(?: (?:how many|number of|the|our))* ${capture('table', TABLE)} (?:(?:were|was|are) )?${capture('one', '[a-z]{4,}|[CV]\\d+')} (?:${VERSUS}|and) ${capture('other', '[a-z]{4,}|[CV]\\d+')} ${capture('date', 'D\\d+')}`,
    ({ table: code, one, other, date }, { sentence, frame, resolver }) => {
      const table = resolver.table(code);
      const span = sentence.dateAt(date);
      const dates = table
        ? [one, other].flatMap((said) => resolver.dateNamed(sentence.wording(said), [table]) ?? [])
        : [];
      if (!table || !span || dates.length !== 2 || dates[0]?.column === dates[1]?.column || frame.items.length)
        return false;
      frame.main = table;
      frame.touched.add(table);
      frame.items = dates.map((ref): Measure => {
        frame.told.add(ref.column);
        return { kind: 'count', distinct: false, table, when: { kind: 'period', ref, span, ...resolver.zoneOf(ref) } };
      });
      frame.assumptions.push(`${span.label} is read on ${dates.map(({ column }) => column.name).join(' and ')}.`);
      return true;
    },
  ),
  rule(
    pattern`(?: (?:in|of|for|from|by|on|at|via))?(?: the)? ${capture('first', VALUE)}(?: [CTB]\d+)? ${VERSUS} (?:(?:in|of|for|from|by|on|at|via|the) )*${capture('second', VALUE)}
      (?:(?: [CTB]\d+)?(?: ,)? ${VERSUS} ${optional(capture('third', VALUE))})?`,
    ({ first, second, third }, reading) => {
      const { frame, resolver } = reading;
      const [one, other] = [resolver.value(first, frame.main), resolver.value(second, frame.main)];
      const last = third === undefined ? undefined : resolver.value(third, frame.main);
      if (!one || one.column !== other?.column || one.value === other.value) return false;
      if (third !== undefined && last?.column !== one.column) return false;
      frame.groups.push({ kind: 'column', ref: one, asked: true, beside: true });
      frame.told.add(one.column);
      frame.filters.push({
        kind: 'one-of',
        ref: one,
        values: [one, other, ...(last ? [last] : [])].map(({ value }) => ({ kind: 'text' as const, value })),
      });
      return true;
    },
  ),
  rule(
    pattern`(?: ,| ·)?(?: (?:in|for|of))? ${capture('first', 'D\\d+')} ${VERSUS} (?:(?:in|for|the|of|that of) )*${capture('second', 'D\\d+')}`,
    ({ first, second }, reading) => {
      const { sentence, frame } = reading;
      const spans = [first, second].map((code) => sentence.dateAt(code));
      if (frame.beside || spans.some((span) => !span)) return false;
      frame.beside = spans.flatMap((span) => (span ? [span] : []));
      return true;
    },
  ),
  // "how much did we spend in Q2 and in Q1": of either, for each is said by itself
  rule(
    pattern`(?: ,)? ${capture('first', 'D\\d+')} and ${capture('second', 'D\\d+')}`,
    ({ first, second }, reading) => {
      const { sentence, frame } = reading;
      const spans = [first, second].flatMap((code) => sentence.dateAt(code) ?? []);
      const isApart = [first, second].every((code) => /^(?:in|for|during|of|from) /i.test(sentence.wording(code)));
      if (
        frame.beside ||
        spans.length !== 2 ||
        !isApart ||
        !/ (?:how (?:much|many)|total|number of) /.test(sentence.asked)
      )
        return false;
      frame.beside = spans;
      return true;
    },
  ),
  // "how many quotes did we win vs lose": two states of the things
  rule(
    pattern`(?: (?:did|do|have|we|they|you|were|was))* ${capture('one', '[a-z]{3,}')} ${VERSUS} ${capture('other', '[a-z]{3,}')}(?= ·| $| ,| D\d| (?:in|by|per|for|this|last) )`,
    ({ one, other }, reading) => {
      const { frame, resolver } = reading;
      const table = subjectOf(reading);
      const states = [one, other].flatMap((said) =>
        table ? (resolver.stateLike(participleOf(said) ?? said, table) ?? []) : [],
      );
      const [ref, second] = states;
      if (!table || !ref || ref.column !== second?.column || ref.value === second.value) return false;
      frame.main ??= table;
      frame.groups.push({ kind: 'column', ref, asked: true, beside: true });
      frame.filters.push({ kind: 'one-of', ref, values: states.map(({ value }) => ({ kind: 'text', value })) });
      return true;
    },
  ),
  // "how did orders in May compare with June"
  rule(
    pattern` (?:how did|how do|how does) (?=.* ${capture('first', 'D\\d+')} compare (?:to|with) (?:the )?${capture('second', 'D\\d+')})`,
    ({ first, second }, { sentence, frame }) => {
      const spans = [first, second].flatMap((code) => sentence.dateAt(code) ?? []);
      if (frame.beside || spans.length !== 2) return false;
      frame.beside = spans;
      return true;
    },
  ),
  // "… with growth in percent", "and how much more"
  rule(
    pattern`(?:(?: ,| ·)*(?: (?:with|and|plus|including|incl))+| ,)(?: (?:the|how much))* (?:percentage |percent )?${capture('what', 'growth|change|increase|decrease|difference|delta|more')}(?: rate)?(?: (?:in|as) (?:an? )?${optional(capture('percent', 'percent|percentage'))})?(?= ·| $| ,)`,
    ({ what, percent }, { frame }, { said }) => {
      if (!frame.beside || frame.growth) return false;
      frame.growth = {
        percent: percent !== undefined || what === 'growth' || / percent(?:age)? /.test(said),
        alone: false,
      };
      return true;
    },
  ),
  // "growth of orders this year vs last year"
  rule(
    pattern`^(?: (?:what|is|was|the|our|show|give|me))* (?:${optional(capture('percent', 'percent|percentage'))} )?${capture('what', 'growth|change|increase|decrease|difference')}(?: rate)? (?:in|of)(?= )`,
    ({ what, percent }, { frame }) => {
      if (!frame.beside || frame.growth) return false;
      frame.growth = { percent: percent !== undefined || what === 'growth', alone: true };
      return true;
    },
  ),
  rule(pattern`(?: in| of| for)? D\d+ compare (?:to|with) (?:the )?D\d+`, (_, { frame }) => frame.beside !== undefined),
);

/** "payroll vs budget by department": two figures of each, which stand beside each other. */
export const readFiguresVersus = rule(
  pattern`(?<=·|^) ${VERSUS}(?= (?:the |their |our )*(?:·|[CB]\d))`,
  (_, { frame }) =>
    frame.beside === undefined && frame.items.some(({ kind }) => kind === 'aggregate' || kind === 'count'),
);

const isFigureOf = (item: Measure | undefined): item is ByPeriod =>
  item?.kind === 'count' || item?.kind === 'aggregate' || (item?.kind === 'ratio' && item.format === undefined);

/** Each figure once for either period, read on the event's date of what is counted or reckoned. */
export function settleVersus(reading: Reading): void {
  const { frame, resolver } = reading;
  const spans = frame.beside;
  if (!spans) return;
  const [phrase, ...more] = frame.items;
  // "litres of fuel this June vs June 2025": they are added up
  if (
    (frame.phrase || frame.growth?.alone) &&
    phrase?.kind === 'column' &&
    !more.length &&
    addsUp(phrase.ref, resolver.catalog)
  )
    frame.items = [{ kind: 'aggregate', name: 'sum', ref: phrase.ref }];
  const table =
    frame.items.flatMap((item) =>
      item.kind === 'aggregate'
        ? [item.ref.table]
        : item.kind === 'ratio'
          ? [(item.sum ?? item.of).table]
          : item.kind === 'count' && item.table
            ? [item.table]
            : [],
    )[0] ?? frame.main;
  const basis = frame.basis ?? dayOfState(reading);
  // what lines come to has the day of what they are lines of
  const own = table && resolver.eventDate(table);
  const isPart = table && frame.main && resolver.refersTo(table).includes(frame.main) && !isNamed(frame.main, resolver);
  const whole = table && ((isPart && frame.main && resolver.eventDate(frame.main)) || dateOfWhole(table, reading));
  const date = basis && basis.table === table ? basis : (own ?? whole);
  // "ad spend in Q2 vs Q1" is how much, never how many entries
  const amount = frame.main && isAmount(frame.main) ? onlyMoney(frame.main, resolver.catalog) : undefined;
  if (!frame.items.length && frame.main)
    frame.items = [
      amount ? { kind: 'aggregate', name: 'sum', ref: amount } : { kind: 'count', distinct: false, table: frame.main },
    ];
  if (!date || !frame.items.every((item) => isFigureOf(item) && !(item.kind === 'count' && item.of))) {
    frame.refused ??= 'I could not see what to compare between the two periods.';
    return;
  }
  // "orders per month, 2025 vs 2024": a month is of one of them
  if (frame.groups.some(({ kind }) => kind === 'period')) {
    frame.refused ??= 'I cannot set two periods beside each other where rows are told apart by their dates.';
    return;
  }
  frame.touched.add(date.table);
  const within = spans.map((span) => ({ kind: 'period' as const, ref: date, span, ...resolver.zoneOf(date) }));
  frame.items = within.flatMap((when) =>
    frame.items.flatMap((item): Measure[] => (isFigureOf(item) ? [{ ...item, when }] : [])),
  );
  const [one, other, ...others] = frame.items;
  if (frame.growth && isFigureOf(one) && isFigureOf(other) && !others.length) {
    const later = (spans[0]?.from ?? '') > (spans[1]?.from ?? '');
    const [now, before] = later ? [one, other] : [other, one];
    const growth: Measure = { kind: 'growth', now, before, percent: frame.growth.percent };
    frame.items = frame.growth.alone ? [growth] : [...frame.items, growth];
  } else if (frame.growth) frame.refused ??= 'I could not see of what the growth is.';
  // of countries without any in either there is nothing to compare
  if (frame.groups.length) frame.filters.push({ kind: 'either', ref: date, filters: within });
  frame.assumptions.push(
    `The periods ${spans.map(({ label }) => label).join(' and ')} are read on ${date.table.name}.${date.column.name}.`,
  );
}
