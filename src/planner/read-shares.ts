import { findColumn, type Table } from '#src/domain/catalog.ts';
import { flagOf } from '#src/domain/column-meaning.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { addsUp } from './column-roles.ts';
import type { Filter, Frame, Measure, RowFilter } from './frame.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef, Mention } from './lexicon.ts';
import { linkedShare } from './linked-shares.ts';
import { capture, optional, pattern } from './pattern.ts';
import { measureOf } from './read-amounts.ts';
import { isAmount, onlyMoney } from './reckon-measures.ts';
import { NAME, TABLE, VALUE } from './sentence.ts';
import { unitOf } from './units.ts';

const SHARE = '(?:shares?|percent|percentages?|proportions?|fractions?|portions?)';

/** What follows a rate. */
const OF_RATE = '(?= ·| $| ,| D\\d| (?:of|for|in|by|per|at|on|over|overall|across|among) )';

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['win', 'won'],
  ['loss', 'lost'],
]);

/** Whether a noun and a state are of one verb: "conversion" and "converted", "attendance" and "attended". */
function isOfVerb(noun: string, state: string): boolean {
  const length = [...noun].findIndex((letter, at) => letter !== state[at]);
  const shared = length < 0 ? noun.length : length;
  if (IRREGULAR.get(noun) === state) return true;
  return shared >= 4 && shared >= noun.length * 0.55 && /(?:ed|en|t|d|n|s|l)$/.test(state);
}

/** The one state of a row that a rate is named by: a flag, or a value of a column of few. */
function stateOfRate({ resolver }: Reading, noun: string, tables: readonly Table[]): RowFilter | undefined {
  for (const table of tables) {
    const flags = table.columns.flatMap((column): RowFilter[] => {
      const flag = flagOf(column, resolver.catalog.engine);
      const named = splitIdentifier(column.title ?? column.name).some(
        (word) => word.length > 2 && isOfVerb(noun, word),
      );
      return flag && named ? [{ kind: 'compare', ref: { table, column }, operator: '=', value: flag.yes }] : [];
    });
    const states = table.columns.flatMap((column): RowFilter[] => {
      if (column.kind !== 'text' || !column.valuesComplete || column.values.length > 30) return [];
      return column.values
        .filter((value) => isOfVerb(noun, value.toLowerCase()))
        .map((value) => ({ kind: 'compare', ref: { table, column }, operator: '=', value: { kind: 'text', value } }));
    });
    const found = flags.length ? flags : states;
    if (found.length) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}

/** "what share of the orders were cancelled", "percentage of urgent tickets": which condition is meant is settled once all are read. */
export const readShares = inOrder(
  // "escalated tickets as a share of all tickets"
  rule(
    pattern`(?: ,)? as (?:an? |the )?${SHARE} of (?:(?:all|the|our|total) )*${capture('whole', TABLE)}(?= ·| $| ,| D\d| (?:in|by|per|for|at|of) )`,
    ({ whole }, { frame, resolver }) => {
      if (frame.share || frame.portioned || resolver.table(whole) !== frame.main) return false;
      frame.share = true;
      return true;
    },
  ),
  // "share of maintenance cost per category", "share of each supplier in total spend"
  rule(
    pattern`(?: (?:what|is|the|an?))* ${SHARE} of(?: (?:the|our|total|overall))* ${capture('column', 'C\\d+')}(?= (?:per|by|for each|of each|in each|from each) )`,
    ({ column }, reading) => addPortion(reading, column),
  ),
  rule(
    pattern`(?: (?:what|is|the|an?))* ${SHARE} of (?:each|every) ${capture('group', NAME)} (?:in|of)(?: (?:the|our|total|overall))* ${capture('column', 'C\\d+')}(?= )`,
    ({ column, group }, reading) => addPortion(reading, column) && { leaving: `by ${group}` },
  ),
  rule(
    pattern` (?:(?:what|which|how large an?|how big an?) )?(?:is |was |are )?(?:the |an? )?(?:overall )?(?:${SHARE}|(?<= (?:what|which) )part) (?:of|in)(?: the| all| our| all of the| all the)*
      (?= (?:[a-z]+ ){0,2}(?:[TVCB]\d|women|men|females?|males?) ?)`,
    (_, { frame }) => {
      frame.share = true;
      return true;
    },
  ),
  // "compare business and private sellers: what percentage of each group is verified"
  rule(
    pattern` (?:what|which) ${SHARE} of each(?: (?:group|kind|type|side|one|of (?:them|these|those|the two)))?(?= (?:is|are|was|were|has|have|had) )`,
    (_, { frame }) => {
      if (!frame.compares) return false;
      frame.share = true;
      return true;
    },
  ),
  // "inspection fail rate", where inspections fail or pass
  rule(
    pattern`(?: (?:the|our|what|is|was|overall))*(?: ${optional(capture('table', TABLE))})? ${capture('state', VALUE)} rate${OF_RATE}`,
    ({ table, state }, { frame, resolver, sentence }) => {
      const held = resolver.value(state, frame.main);
      if (!held || (held.table !== frame.main && sentence.mention(state).values.length > 1)) return false;
      frame.share = true;
      // "no-show rate by salon": of appointments, which the salons have
      if (table === undefined) frame.main = held.table;
      frame.main ??= held.table;
      return { leaving: `${table ?? ''} ${state}` };
    },
  ),
  rule(
    pattern` ${capture('state', VALUE)} ${capture('rate', 'C\\d+')}(?= )`,
    ({ state, rate }, { sentence, frame, resolver }) => {
      if (!/^rate\b/i.test(sentence.wording(rate))) return false;
      frame.share = true;
      frame.main = resolver.value(state, frame.main)?.table ?? frame.main;
      return { leaving: state };
    },
  ),
  // "autorenew share by product", "smart meter share": of a flag
  rule(
    pattern`^(?: (?:the|our|what|is|was))* ${capture('flag', 'C\\d+')}(?: ${optional(capture('table', 'T\\d+'))})? ${SHARE}(?= ·| $| ,| D\d| (?:of|in|by|per|for|at) )`,
    ({ flag, table }, { frame, resolver }) => {
      const ref = resolver.column(flag, resolver.table(table) ?? frame.main);
      const held = ref && flagOf(ref.column, resolver.catalog.engine);
      if (!ref || !held || (table !== undefined && resolver.table(table) !== ref.table) || frame.share) return false;
      frame.share = true;
      frame.main = ref.table;
      frame.filters.push({ kind: 'compare', ref, operator: '=', value: held.yes });
      return true;
    },
  ),
  // "lead conversion rate", "attendance rate by city"
  rule(
    pattern`(?: (?:the|our|what|is|was|overall))* ${capture('noun', '[a-z]{3,}|[CT]\\d+')} ${capture('rate', 'rate|ratio|[CT]\\d+')}${OF_RATE}`,
    ({ noun, rate }, reading) => {
      const { sentence, frame, resolver } = reading;
      const said = sentence.wording(noun).toLowerCase();
      if (!/^(?:rate|ratio)$/i.test(sentence.wording(rate)) || frame.share) return false;
      const tables = [...new Set([...(frame.main ? [frame.main] : []), ...resolver.named])];
      // "cancellation rate" where one table alone holds such a state
      const everywhere = resolver.catalog.tables.flatMap((table) => stateOfRate(reading, said, [table]) ?? []);
      // "event attendance rate" of registrations for events, which are attended or not
      const below = resolver.catalog.tables.filter((one) => resolver.refersTo(one).some((of) => of === frame.main));
      const when =
        stateOfRate(reading, said, tables) ??
        stateOfRate(reading, said, below) ??
        (everywhere.length === 1 ? everywhere[0] : undefined);
      if (!when) return false;
      frame.share = true;
      frame.filters.push(when);
      frame.main = when.ref.table;
      frame.assumptions.push(
        `The ${said} rate is the share of ${when.ref.table.name} where ${when.ref.column.name} = ${stateSaid(when)}.`,
      );
      return true;
    },
  ),
  // "tickets per category, share in percent"
  rule(pattern`(?: ,| and) (?:the |their )?(?:share|percentage)(?: in percent)?(?= ·| $)`, (_, { frame, sentence }) => {
    if (frame.share || frame.portioned || !/ (?:by|per|for each) /.test(sentence.asked)) return false;
    frame.portioned = true;
    return true;
  }),
  // "… as a percentage", "gender split in percent"
  rule(
    pattern`(?: ,| ·)? (?:as|in) (?:an? |the )?(?:percent|percentages?)(?: of (?:the )?total| of all)?(?= ·| $| ,| [CVTD]\d| (?:by|per|in|at|on|for|of|that|excluding) )`,
    (_, { frame, sentence, resolver }, { before }) => {
      // "growth in percent" of two periods
      if (/ (?:growth|change|increase|decrease|difference|more|less)$/.test(before)) return false;
      // a rate that is stored is in percent already, or in parts of one
      const isShare = (ref: ColumnRef | undefined) => ref !== undefined && unitOf(ref)?.of === 'share';
      const isRate = ({ columns: [best] }: Mention) => isShare(best?.target);
      const isOfRates = resolver.named.some((table) => isShare(measureOf(table, resolver.catalog)));
      if (!frame.share && (isOfRates || sentence.mentions.some(isRate))) return false;
      frame.portioned = !frame.share;
      return true;
    },
  ),
);

/** How much of all that adds up is in each group. */
function addPortion({ frame, resolver }: Reading, code: string): boolean {
  const ref = resolver.column(code, frame.main);
  if (!ref || !addsUp(ref, resolver.catalog) || frame.items.length) return false;
  frame.main ??= ref.table;
  frame.items.push({ kind: 'portion', sum: ref });
  return true;
}

const stateSaid = (when: RowFilter): string => (when.kind === 'compare' ? String(when.value.value) : 'true');

const COPULA =
  /^(?:is|are|was|were|get|gets|got|be|been|being|have|has|had|that|who|which|went|ended|resulted|led|turned|came)$/;

/** Where the words stand that a condition was read from. */
function mentionsOf({ sentence }: Reading, filter: RowFilter): readonly Mention[] {
  const columns = columnsOf(filter);
  const values = sentence.mentions.filter((one) => one.values.some(({ column }) => columns.includes(column)));
  if (values.length) return values;
  return sentence.mentions.filter((one) =>
    one.columns.some(({ target, score }) => score >= 0.6 && columns.includes(target.column)),
  );
}

const DAYS_LAST =
  / (?:is|are|was|were) (?:[a-z]+|[VCT]\d+) (?:no )?(?:later than|earlier than|sooner than|after|before|past) (?:(?:the|its|their) )?[CB]\d+(?: dates?| days?)? (?:· return |$)/;

const columnsOf = (filter: RowFilter) =>
  (filter.kind === 'either' ? filter.filters : [filter]).map(({ ref }) => ref.column);

const isState = (filter: Filter): filter is RowFilter =>
  filter.kind !== 'each' && filter.kind !== 'period' && filter.kind !== 'average';

/** "what share of orders used a voucher": those that refer to one, where that is empty of the others. */
function whenReferring({ frame, sentence }: Reading): RowFilter | undefined {
  const { main } = frame;
  const [, code] =
    / (?:used|uses|use|had|have|has|with|carried|carry) (?:an? |any )?(?:[a-z]+ )?([TBC]\d+) /.exec(sentence.asked) ??
    [];
  if (!main || code === undefined) return undefined;
  const tables = sentence.mention(code).tables.map(({ target }) => target.name.toLowerCase());
  const key = main.foreignKeys.find(
    ({ targetTable, columns }) => columns.length === 1 && tables.includes(targetTable.toLowerCase()),
  );
  const column = findColumn(main, key?.columns[0] ?? '');
  if (!key || !column || !((column.nullShare ?? 0) > 0)) return undefined;
  for (const table of frame.touched)
    if (table.name.toLowerCase() === key.targetTable.toLowerCase()) frame.touched.delete(table);
  frame.items = frame.items.filter((item) => !('ref' in item) || item.ref.table === main);
  frame.told.add(column);
  frame.assumptions.push(`Those are meant whose ${column.name} is not empty.`);
  return { kind: 'null', ref: { table: main, column }, negated: true };
}

/**
 * The one condition whose share is asked for: what is said of the rows after "are" or "were" ("what share of web orders were cancelled"),
 * else what stands before their name ("the share of urgent tickets"). All others say of which rows.
 */
export function settleShare(reading: Reading): void {
  const { frame, sentence, resolver } = reading;
  if (frame.portioned) return settlePortion(reading);
  if (!frame.share) return;
  keepFlagAsked(reading);
  const conditions = frame.filters.filter(isState);
  const referring = conditions.length ? undefined : whenReferring(reading);
  if (referring) return toShare(frame, referring);
  // "what percentage of those that have been paid was paid after the due date"
  const [late, ...others] = conditions.filter(({ kind }) => kind === 'columns');
  if (late && !others.length && DAYS_LAST.test(sentence.asked)) return toShare(frame, late);
  const whole = sentence.mentions.find(
    (mention) =>
      mention.tables[0] && resolver.named.includes(mention.tables[0].target) && mention.tables[0].target === frame.main,
  );
  // "share of urgent tickets that were escalated": what stands before says of which, and the rows that they have are the share
  const isLed = (filter: RowFilter) =>
    whole !== undefined && mentionsOf(reading, filter).some(({ end }) => end <= whole.start);
  const isOfOthers = ({ ref }: RowFilter) =>
    frame.main !== undefined && ref.table !== frame.main && resolver.isMany(frame.main, ref.table);
  const linked =
    conditions.every((filter) => isOfOthers(filter) || isLed(filter)) &&
    frame.items.every(({ kind }) => kind === 'count')
      ? linkedShare(reading)
      : undefined;
  if (linked) {
    frame.items = [{ kind: 'share', when: linked }];
    return;
  }
  // and "received a grade of F"
  const isVerb = ({ lower }: { readonly lower: string }, at: number): boolean =>
    COPULA.test(lower) || (/ed$/.test(lower) && /^(?:an?|the|no|any)$/.test(sentence.tokens[at + 1]?.lower ?? ''));
  const copula = whole && sentence.tokens.findIndex((token, at) => at >= whole.end && isVerb(token, at));
  const after = (filter: RowFilter) =>
    copula !== undefined && copula >= 0 && mentionsOf(reading, filter).some(({ start }) => start > copula);
  const before = (filter: RowFilter) =>
    whole !== undefined && mentionsOf(reading, filter).some(({ end }) => end === whole.start);
  const said = conditions.filter(after);
  // "women among our managers": what stands behind says of which rows
  const among = sentence.tokens.findIndex(({ lower }) => /^(?:among|amongst)$/.test(lower));
  const narrowing = conditions.filter(
    (filter) => among >= 0 && mentionsOf(reading, filter).some(({ start }) => start > among),
  );
  if (narrowing.length && conditions.length === narrowing.length + 1) {
    const [when] = conditions.filter((filter) => !narrowing.includes(filter));
    if (when) return toShare(frame, when);
  }
  // "what percent of leads converted"
  const behind = (filter: RowFilter) =>
    whole !== undefined && mentionsOf(reading, filter).some(({ start }) => start === whole.end);
  const ahead = conditions.filter(before);
  const chosen = said.length ? said : ahead.length ? ahead : conditions.filter(behind);
  const [when, ...more] = chosen.length || conditions.length !== 1 ? chosen : conditions;
  const amount = when && sharedAmount(reading, when);
  if (when && amount && !more.length) {
    frame.items = frame.items.filter((item) => item.kind !== 'column' || item.ref.column !== amount.column);
    return toShare(frame, when, amount);
  }
  if (!when || more.length || frame.items.some((item) => item.kind !== 'column' && item.kind !== 'count')) {
    // "what percentage of payments does each method have": of all that the groups are of
    if (
      !chosen.length &&
      conditions.length < 2 &&
      frame.groups.length &&
      frame.items.every(({ kind }) => kind === 'column' || kind === 'count')
    ) {
      const grouped = new Set(frame.groups.map(({ ref }) => ref.column));
      const shown = frame.items.filter((item) => item.kind === 'column' && grouped.has(item.ref.column));
      // "share of expenses per cost centre" is of how much, never of how many
      const money = frame.main && isAmount(frame.main) ? onlyMoney(frame.main, resolver.catalog) : undefined;
      frame.items = [...shown, { kind: 'portion', ...(money ? { sum: money } : {}) }];
      return;
    }
    frame.refused ??= 'I could not see which of them the share is of.';
    return;
  }
  toShare(frame, when);
}

/** "orders by channel in percent", "revenue by region as a percentage": how much of all of them each group has. */
function settlePortion({ frame, sentence, resolver: { catalog } }: Reading): void {
  const grouped = new Set(frame.groups.map(({ ref }) => ref.column));
  const [item, ...more] = frame.items.filter((one) => one.kind !== 'column' || !grouped.has(one.ref.column));
  const adds =
    item?.kind === 'aggregate'
      ? item.name === 'sum' && !item.when
      : item?.kind === 'column' && addsUp(item.ref, catalog);
  const sum = (item?.kind === 'aggregate' || item?.kind === 'column') && adds ? item.ref : undefined;
  const counts = item === undefined || (item.kind === 'count' && !item.of && !item.when);
  // "how many users are subscribers, in percent"
  const [when, ...others] = frame.filters.filter(isState);
  if (!frame.groups.length && when && !others.length && item?.kind === 'count' && !more.length)
    return toShare(frame, when);
  if (frame.groups.length !== 1 || more.length || !(sum || counts) || frame.filters.some(isState)) {
    frame.refused ??= 'I could not see of what the percentages are.';
    return;
  }
  const amount = !sum && frame.main && isAmount(frame.main) ? onlyMoney(frame.main, catalog) : sum;
  // "orders by channel, count and share"
  const beside: Measure[] = !/ and (?:the |their )?(?:share|percentage) /.test(sentence.asked)
    ? []
    : [amount ? { kind: 'aggregate', name: 'sum', ref: amount } : { kind: 'count', distinct: false }];
  frame.items = [...beside, { kind: 'portion', ...(amount ? { sum: amount } : {}) }];
}

/** "the share of smokers among patients": the flag that is named is the condition. */
function keepFlagAsked({ frame, resolver }: Reading): void {
  const [item, ...more] = frame.items;
  const flag = item?.kind === 'column' && flagOf(item.ref.column, resolver.catalog.engine);
  if (!flag || more.length || frame.filters.some(isState)) return;
  frame.items = [];
  frame.filters.push({ kind: 'compare', ref: item.ref, operator: '=', value: flag.yes });
}

/** "what share of the hours was billable": of how much, where what the share is of adds up; "of the time" of the one column that holds some. */
function sharedAmount({ frame, sentence, resolver }: Reading, when: RowFilter): ColumnRef | undefined {
  const [, code] = new RegExp(`(?:${SHARE}|%) of (?:the |our |all )*([CT]\\d+) `).exec(sentence.asked) ?? [];
  const { table } = when.ref;
  if (code === undefined || frame.main !== table) return undefined;
  const isTime = /^time$/i.test(sentence.wording(code));
  const held = table.columns.filter(
    (column) => addsUp({ table, column }, resolver.catalog) && unitOf({ table, column })?.of === 'time',
  );
  if (isTime) return held.length === 1 && held[0] ? { table, column: held[0] } : undefined;
  const ref = code.startsWith('C') ? resolver.columnOf(code, table) : undefined;
  return ref && addsUp(ref, resolver.catalog) ? ref : undefined;
}

function toShare(frame: Frame, when: RowFilter, sum?: ColumnRef): void {
  frame.filters = frame.filters.filter((filter) => filter !== when);
  // of two dates that are compared: of the rows that have both
  if (when.kind === 'columns') frame.filters.push({ kind: 'null', ref: when.ref, negated: true });
  frame.main ??= when.ref.table;
  const grouped = new Set(frame.groups.map(({ ref }) => ref.column));
  const others = frame.items.filter((item) => item.kind === 'column' && grouped.has(item.ref.column));
  frame.items = [...others, { kind: 'share', when, ...(sum ? { sum } : {}) }];
}
