import type { Table } from '#src/domain/catalog.ts';
import { isYear } from '#src/domain/column-meaning.ts';
import { splitIdentifier } from '#src/domain/words.ts';
import { bearsVerb } from './date-named.ts';
import type { Filter, Frame } from './frame.ts';
import { addFilter, type FrameRule, inOrder, type Reading, rule } from './frame-rule.ts';
import type { ColumnRef } from './lexicon.ts';
import { capture, pattern } from './pattern.ts';
import { isOfPeople } from './people.ts';
import { subjectsOf } from './read-dates.ts';
import { isStateOfTime } from './read-time-states.ts';
import { isEvent, isRelation, isWithin, participleOf } from './verbs.ts';

/** "tickets opened in May": once a date is read, verbs of coming to be say no more. */
const readEvents = rule(
  pattern` ${capture('verb', '[a-z]{3,}')}(?= )`,
  (said, { frame, resolver }, { before, after }) =>
    isDated(frame) && isEvent(said.verb) && !isToCome(said.verb, before, after) && !isVisit(said.verb, frame, resolver),
);

/** "guests who arrived today", of people of whom only the day is kept on which they were registered. */
const isVisit = (verb: string, { main, filters }: Frame, resolver: Reading['resolver']): boolean =>
  /^(?:arriv|came$|come$|comes$|coming$)/.test(verb) &&
  main !== undefined &&
  isOfPeople(main, resolver) &&
  filters.some((one) => one.kind === 'period' && one.ref.table === main && !bearsVerb(verb, one.ref));

/** "bookings that are arriving in December": on a day that is planned, and not when they came to be. */
const isToCome = (verb: string, before: string, after: string): boolean =>
  /ing$/.test(verb) && / (?:is|are)$/.test(before) && /^(?: (?:in|on|during))? ·/.test(after);

/** "letters that went out in May": they were sent then. */
const readWentOut = rule(
  pattern`(?: (?:that|which))? (?:went|go|goes|gone|going) out(?= ·| $| ,| (?:in|by|to|per) )`,
  (_, { frame }) => isDated(frame),
);

const isDated = ({ filters, groups, beside, told, order, limit }: Frame) =>
  beside !== undefined ||
  // "still running" is told by dates, and says nothing of when things came to be
  filters.some((filter) => filter.kind === 'period' && !told.has(filter.ref.column)) ||
  groups.some((group) => group.kind === 'period') ||
  // "opened in the most recent year"
  (limit !== undefined && order.some(({ measure }) => measure.kind === 'column' && isWhen(measure.ref)));

const isWhen = ({ column }: ColumnRef) => column.kind === 'date' || column.kind === 'timestamp' || isYear(column);

/** "new tickets this month": they came to be then. */
const readNew = rule(
  pattern`(?<=^|of|many|are|·|the|our|all) (?:brand )?new(?= ·)`,
  (_, { frame }) =>
    isDated(frame) && !frame.groups.some((group) => group.kind === 'column' && /^new/.test(group.ref.column.name)),
);

/** "how many cards are there of each": no more than the columns listed and the join say. */
const readOfEach = rule(pattern` (?:of|in|with|to|for|at|on|by) each(?: one| of them)?(?= ·| $| ,)`, (_, { frame }) =>
  frame.items.some((item) => item.kind === 'count'),
);

/** What only says that it is asked of all that there is. */
const readOfAll = inOrder(
  // "only urgent ones": what is said of them is read
  rule(pattern`(?<=·) (?:ones?|only)(?= )`, () => true),
  // "how many cities the stations are located at"
  rule(pattern`(?: (?:are|is|were))? (?:located|based|situated)(?: at| in)?(?= $)`, (_, { frame }) =>
    isMeasured(frame),
  ),
  // "how many customers use each payment method"
  rule(
    pattern`(?<=·) (?:use|uses|used|using|starting)(?= (?:from |in |at )?·)`,
    // "customers using the most popular payment method" are not ranked
    (_, { frame }) => frame.limit === undefined && frame.groups.some(({ kind }) => kind === 'column'),
  ),
  // "how many units do we manage"
  rule(
    pattern` (?:do|does|did|have|has) (?:we|you|the company) (?:currently )?(?:have|own|owned|manage|managed|run|operate|offer|offered|employ|keep|hold|serve)(?= ·| $| ,| (?:in|at|for|per|by) )`,
    (_, { frame }) => isMeasured(frame),
  ),
  // "from the iOS app", "the Leeds office": what a stored value is one of
  rule(
    pattern`(?<=·) ${capture('kind', 'apps?|platforms?|channels?|devices?|brands?|groups?|teams?|offices?|branch|branches|areas?|regions?|firms?|places?|stores?|shops?|sites?|lines?|models?|things?|ones?|people|guys|folks|staff|users?')}(?= ·| $| ,| D\d| (?:in|on|from|by|per|that|who|which|with) )`,
    ({ kind }, { sentence }) => new RegExp(` V\\d+ ${kind} `).test(sentence.asked),
  ),
  // "maintenance jobs", "asthma cases": what rows of a table are called besides
  rule(pattern`(?<=·) ${capture('said', 'cases|jobs|records|entries')}(?= ·| $| ,)`, ({ said }, { sentence }) =>
    new RegExp(` T\\d+ ${said} `).test(sentence.asked),
  ),
  // "routes starting at Harbour", which belong to one depot
  rule(pattern`(?<=·) (?:starting|departing|leaving)(?= ·)`, (_, { sentence }) =>
    / (?:starting|departing|leaving) (?:at|from|in) (?:the )?[TV]\d/.test(sentence.asked),
  ),
  // "app users" beside app_ratings and app_versions: a word by which the whole database goes
  rule(
    pattern` ${capture('word', '[a-z]{3,}')}(?= ·)`,
    ({ word }, { sentence, resolver: { catalog } }) =>
      new RegExp(` ${word} T\\d`).test(sentence.asked) &&
      catalog.tables.filter(
        (table) => splitIdentifier(table.name).length > 1 && splitIdentifier(table.name)[0] === word,
      ).length > 1,
  ),
  // "all 50 states"
  rule(pattern` all N\d+(?= (?:[TB]\d|·))`, () => true),
  // "cheap, but also new": no more than "and"
  rule(pattern` (?:also|but)(?= )`, (_, __, { before }) => !/ (?:all|nothing|anything) ?$/.test(before)),
  // "just the names"
  rule(pattern` just (?:the |their )?(?=·)`, (_, { frame }) => frame.items.length > 0),
  // "still open", "already paid": a state that is read is one of now
  rule(
    pattern` (?:still|already|currently|now|just)(?: (?:sitting|stuck|waiting))?(?= (?:in |at |on |under )?·)`,
    () => true,
  ),
  // "not received yet", "electric already": what is said holds now
  rule(pattern`(?<= ·) yet(?= ·| $| ,| [a-z])`, (_, { sentence }) =>
    / (?:not|never|no|without|nobody) /.test(sentence.asked),
  ),
  rule(pattern`(?<= ·) (?:already|by now)(?= ·| $| ,)`, () => true),
  // "the highest discount we ever gave", "the biggest order that we have had"
  rule(
    pattern`(?<! did)(?: that| which)? (?:we|you)(?: (?:have|had))?(?: ever)? (?:gave|given|had|got|seen|made|offered|granted)(?= ·| $| ,)`,
    (_, { frame }) => isMeasured(frame) || frame.order.length > 0,
  ),
  rule(
    pattern` ever(?= )`,
    (_, { frame }) => isMeasured(frame) || frame.order.length > 0 || frame.having !== undefined,
  ),
  // "the price of every discontinued product"
  rule(
    pattern` (?:of|for) (?:every|each)(?= ·)`,
    (_, { frame }) => frame.items.some(({ kind }) => kind === 'column') && !isMeasured(frame),
  ),
  // "count the number of …": the count is read already
  rule(pattern`^ (?:please )?(?:count|calculate|compute|determine|take)(?= )`, (_, { frame }) => isMeasured(frame)),
  rule(pattern` (?:in total|altogether|all together|overall|in all)(?= ·| $| ,)`, (_, { frame }) => isMeasured(frame)),
  // "… List the result in descending order"
  rule(
    pattern`(?<=·) (?:list|show|return|give|present|display)(?: me)? the (?:results?|output)(?= ·| $)`,
    (_, { frame }) => frame.order.length > 0,
  ),
  // "attractions that can be reached by bus": what is said is how
  rule(
    pattern` (?:that |which |who )?can be [a-z]+ed(?= (?:by |with |from |on )?·)`,
    (_, { frame }) => frame.filters.length > 0,
  ),
  // "currency codes used in workshop groups", "services provided by all stations"
  rule(
    pattern`(?<=·) (?:used|listed|mentioned|provided|offered|produced|held) (?:in|by|for)(?= (?:the |our |all )*· $)`,
    (_, { frame }) => !frame.filters.length,
  ),
  rule(
    pattern`(?: (?:that|which))?(?: (?:are|is|were|have been|do|we have))? (?:exists?|listed|recorded|stored|on record|on file)
      (?: (?:in|on) (?:the|our|this) (?:database|system|records?|data|tables?))?(?= ·| $| ,)`,
    () => true,
  ),
  rule(
    pattern` (?:(?:in|from) (?:the|our|this) (?:database|system|records?|data|tables?)|(?:in|on) record)(?= ·| $| ,)`,
    () => true,
  ),
  rule(
    pattern` (?:across|among|amongst) (?:its |their )?(?=all |the |our |·)`,
    (_, { frame }) => isMeasured(frame) || frame.order.length > 0,
  ),
);

const isMeasured = ({ items, share }: Frame) =>
  items.some((item) => item.kind === 'count' || item.kind === 'aggregate') || share;

const readTying = inOrder(
  // "songs sung by the artist": who did it, as the join says
  // and not "average pay by department", which would group
  rule(
    pattern`(?<=·) by(?= (?:the |an? |some |any |our )?·)`,
    (_, { frame }) =>
      !isMeasured(frame) ||
      frame.filters.filter(({ kind }) => kind !== 'period').length + frame.groups.length + frame.order.length > 0,
  ),
  // "the cities where people live"
  rule(pattern`(?<=·) where(?= (?:the |our )?·)`, () => true),
  // "some courses"
  rule(pattern` some(?= ·| $)`, () => true),
  rule(
    pattern` ${capture('verb', '[a-z]{3,}')}(?: by(?= (?:the |an? |some |any |our )?·))?(?= )`,
    ({ verb }, reading, { before, after }) => {
      const { frame } = reading;
      if (frame.filters.some(({ kind }) => kind === 'period') && isToCome(verb, before, after)) return false;
      if (isVisit(verb, frame, reading.resolver)) return false;
      // "how many incidents did each teacher report"
      const ends = isWithin(verb) && reading.sentence.asked.endsWith(` ${verb} `) && !leadsToItself(reading);
      const state = stateOf(verb, reading);
      if (state) return addFilter(reading, state);
      if (!isRelation(verb) && !ends) return false;
      // "how many orders did we ship last month" says what became of them
      if (/ (?:did|do|have) (?:we|they|you)$/.test(before) && !isJoined(frame) && !CAME_TO_US.test(verb)) return false;
      // "completed projects" are some of the projects, unlike "employees who completed courses"
      if (/ed$/.test(verb) && !isJoined(frame) && isSaidOfNext(verb, reading)) return false;
      // and so does "how many projects were completed this year", of which another day is kept
      if (isDoneThen(verb, reading)) return false;
      // "leads won by campaign" are some of the leads
      if (verb === 'won' && / ·$/.test(before)) return false;
      // "a running lease" says how it is
      if (isStateOfTime(verb) && / (?:an?|any|the|no|our)$/.test(before)) return false;
      // "who advises student 1004" asks for somebody else than them
      if (/^ who$/.test(before) && !isJoined(frame)) return false;
      // "enrolled at Central High", which a date of students tells of
      const link = isOwnDeed(verb, frame.main) ? undefined : linkOf(verb, reading); // "advised by" goes through the table of advisors
      if (link) frame.touched.add(link);
      return true;
    },
  ),
);

function isDoneThen(verb: string, { sentence, frame }: Reading): boolean {
  if (!/ed$/.test(verb) || isEvent(verb) || CAME_TO_US.test(verb) || isJoined(frame)) return false;
  const isSaid = new RegExp(` (?:is|are|was|were|been|got) ${verb}(?: (?:in|on|during))? D\\d`).test(sentence.asked);
  return (
    isSaid && frame.filters.some(({ kind, ref }) => kind === 'period' && isDay(ref) && !frame.told.has(ref.column))
  );
}

const isSaidOfNext = (verb: string, { sentence }: Reading): boolean =>
  new RegExp(`(?:^|(?<! [TB]\\d+| who| that| which| have| has| had| we| they| and| ever)) ${verb} [TB]\\d+ `).test(
    sentence.asked,
  );

const isDay = ({ column }: ColumnRef) => column.kind === 'date' || column.kind === 'timestamp';

/** What says no more than that they are there. */
const CAME_TO_US =
  /^(?:have|had|get|got|make|made|do|done|receive|received|place|placed|take|took|taken|see|seen|record|recorded|log|logged|issue|issued|create|created|book|booked|register|registered|add|added|run|ran|hold|held|start|started|open|opened|launch|launched|write|written|enter|entered|give|given)$/;

/** The table through which a verb leads, by its name or by what is kept of such deeds: what customers buy is a line of their orders. */
function linkOf(verb: string, { frame, resolver }: Reading): Table | undefined {
  const named = resolver.linkNamed(verb, frame.main);
  return (
    named ?? (/^(?:buy|bought|purchased)$/.test(verb) && frame.main ? resolver.doneBy(verb, frame.main) : undefined)
  );
}

/** "how many quotes did each rep win": a state of what is counted, which no join says. */
function stateOf(verb: string, { frame, resolver }: Reading): Filter | undefined {
  const participle = participleOf(verb);
  const state = participle !== undefined && frame.main && resolver.stateLike(participle, frame.main);
  return state
    ? { kind: 'compare', ref: state, operator: '=', value: { kind: 'text', value: state.value } }
    : undefined;
}

/** Whether a table that the question is about refers to itself: "reports to", of employees. */
const leadsToItself = ({ frame, resolver }: Reading): boolean =>
  [frame.main, ...frame.touched, ...subjectsOf(frame), ...resolver.named].some((table) =>
    table?.foreignKeys.some(({ targetTable }) => targetTable.toLowerCase() === table.name.toLowerCase()),
  );

/** "enrolled", of students of whom a date is named so: it happened to them, whatever table bears the word as well. */
export const isOwnDeed = (verb: string, table: Table | undefined): boolean =>
  /ed$/.test(verb) &&
  table?.columns.some(
    ({ kind, name, title }) =>
      (kind === 'date' || kind === 'timestamp') && splitIdentifier(title ?? name).includes(verb),
  ) === true;

/** And where it is written as the table is: "how many students are enrolled at …". */
export const readOwnDeed = rule(
  pattern` (?:is|are|was|were|who|that)(?: (?:is|are|was|were|have|has))? ${capture('deed', 'T\\d+')}(?= (?:in|at|with|by|for|on) )`,
  // "how much was refunded" names the things by the deed
  ({ deed }, { sentence, frame, resolver }) =>
    resolver.table(deed) !== frame.main && isOwnDeed(sentence.wording(deed).toLowerCase(), frame.main),
);

const isJoined = (frame: Frame) => new Set([frame.main, ...frame.touched, ...subjectsOf(frame)]).size > 1;

/** Whether anything is joined or compared. */
const isTied = (frame: Frame) =>
  frame.filters.length > 0 ||
  frame.having !== undefined ||
  (frame.limit !== undefined && !frame.groups.length) ||
  isJoined(frame);

const readTyingIfTied: FrameRule = (reading) => {
  if (isTied(reading.frame)) readTying(reading);
};

/** Verbs that only tie together what is joined or compared anyway are understood; alone they are not. */
export const readRelations = inOrder(readOfAll, readNew, readWentOut, readEvents, readOfEach, readTyingIfTied);

/** "orders that we shipped": a verb that shares its stem with a stored state of the thing asked about. Read last. */
export const readVerbs = rule(pattern` ${capture('verb', '[a-z]{4,}')}(?= )`, ({ verb }, reading) => {
  const { frame, resolver } = reading;
  const found = isEvent(verb) ? undefined : resolver.stateNamed(verb, frame.main);
  if (!found) return false;
  frame.assumptions.push(`“${verb}” is read as ${found.table.name}.${found.column.name} = ${found.value}.`);
  return addFilter(reading, {
    kind: 'compare',
    ref: found,
    operator: '=',
    value: { kind: 'text', value: found.value },
  });
});
