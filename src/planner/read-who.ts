import type { Table } from '#src/domain/catalog.ts';
import type { Frame, Measure } from './frame.ts';
import { type FrameRule, inOrder, type Reading, rule } from './frame-rule.ts';
import { capture, meaning, optional, pattern } from './pattern.ts';
import { isOfPeople, peopleOf } from './people.ts';
import { rankByColumn } from './rank-by.ts';
import type { FrameResolver } from './resolve.ts';
import { PAY, RANKED_KINDS } from './superlatives.ts';

const EXTREMES = new Map([
  ['most', true],
  ['least', false],
]);

/** "who earns the most": the highest paid of the people of whom pay is kept. */
const readEarnsMost = rule(
  pattern` (?:earns?|makes?|is paid|are paid|gets paid) (?:the )?${meaning('most', EXTREMES)}(?: money)?(?: (?:per|an|a) (?:hour|day|month|year))?(?= ·| $| ,| (?:in|at|of|from|among) )`,
  ({ most }, reading) => {
    const { frame, resolver } = reading;
    const tables = frame.main ? [frame.main] : resolver.named.length ? resolver.named : resolver.catalog.tables;
    const paid = tables.flatMap((table) =>
      isOfPeople(table, resolver) ? (resolver.hinted(table, PAY, RANKED_KINDS) ?? []) : [],
    );
    const [ref, ...more] = paid;
    if (!ref || more.length) return false;
    frame.main ??= ref.table;
    return frame.main === ref.table && rankByColumn(reading, ref, most);
  },
);

/** "the longest trip and who drove": what those are called whom it is of. */
const readAndWho = rule(
  pattern` (?:and|,) who (?:(?:was|is|were|are|has|had) )?${capture('verb', '[a-z]{3,}|[VCT]\\d+|·')}(?: (?:it|them|that|this|most))?(?= ·| $| ,)`,
  ({ verb }, reading) => showPeople(reading, reading.sentence.wording(verb), false),
);

/** Shows what the people are called whom rows are of. */
function showPeople({ frame, resolver, sentence }: Reading, verb: string | undefined, alone: boolean): boolean {
  const { main } = frame;
  if (!main || isOfPeople(main, resolver)) return false;
  const people = peopleOf(main, verb?.toLowerCase(), resolver);
  const labels = people ? resolver.labels(people) : [];
  if (!people || !labels.length) return false;
  frame.touched.add(people);
  // "which projects are running and who leads them": both
  if (/^ (?:which|list|show|what are) /.test(sentence.asked) && !frame.items.length && !frame.order.length) {
    const own = resolver.labels(main).length ? resolver.labels(main) : (resolver.key(main) ?? []);
    frame.items.push(...[own].flat().map((ref): Measure => ({ kind: 'column', ref })));
  }
  frame.items.push(...labels.map((ref): Measure => ({ kind: 'column', ref })));
  if (alone && !frame.order.length && !frame.groups.length) frame.distinct = true;
  return true;
}

const VERB = pattern`^ who(?: (?:was|is|were|are|has|had|have|did))*(?: ${optional(capture('verb', '[a-z]{3,}|[VCT]\\d+'))})?`;

/** "who is in the blue team": the people of whom that is said, where nothing else is spoken of. */
function bearerOf({ filters, groups, order }: Frame, resolver: FrameResolver): Table | undefined {
  const [table, ...more] = new Set(filters.map(({ ref }) => ref.table));
  const isAlone = table && !more.length && !groups.length && !order.length && !resolver.named.length;
  return isAlone && isOfPeople(table, resolver) ? table : undefined;
}

/** "biggest order and who placed it": what it is the biggest by is shown as well. */
function showRanked({ sentence, frame }: Reading): void {
  const [by, ...more] = frame.order;
  const ofOthers = frame.items.every((item) => item.kind === 'column' && item.ref.table !== frame.main);
  if (!/ and who /.test(sentence.asked) || frame.limit !== 1 || !frame.items.length || !ofOthers) return;
  if (by?.measure.kind === 'column' && !more.length) frame.items.push(by.measure);
}

/** "who was fined for speeding" of a table of fines: never the fines, but whose they are. */
export const readWho: FrameRule = (reading) => {
  const { frame, sentence, resolver } = reading;
  showRanked(reading);
  if (!/^ (?:and )?who /.test(sentence.asked) || frame.items.length) return;
  frame.main ??= bearerOf(frame, resolver);
  if (!frame.main) return;
  if (isOfPeople(frame.main, resolver) || frame.refused) return;
  const verb = VERB.find(sentence.asked)?.captures.verb;
  const shown = showPeople(reading, verb && sentence.wording(verb), true);
  if (!shown) frame.refused = `I cannot tell who is meant: ${frame.main.name} are no people.`;
};

/** "how many people signed up last year": of whom the day of it is kept, where nothing names them. */
export const readPeopleWho: FrameRule = (reading) => {
  const { sentence, frame, resolver } = reading;
  if (frame.main || resolver.named.length) return;
  sentence.take(
    pattern`^ how many (?:people|persons|folks|users|of us)(?: (?:have|has|had|did|were|was|who|that))* ${capture('verb', '[a-z]{3,}|[CV]\\d+')}(?: (?:up|in|on)(?= (?!D)))?(?= )`,
    ({ captures: { verb } }) => {
      // who joined or left may be staff as well
      if (!/^(?:signed|registered|subscribed|enrolled|applied|booked)$/i.test(sentence.wording(verb))) return false;
      const found = resolver.catalog.tables.filter(
        (table) => isOfPeople(table, resolver) && resolver.dateNamed(sentence.wording(verb), [table]),
      );
      const [people, ...more] = found;
      if (!people || more.length) return false;
      frame.main = people;
      frame.items.push({ kind: 'count', distinct: false, table: people });
      return { leaving: verb };
    },
  );
};

export const readWhoSaid = inOrder(readEarnsMost, readAndWho);
