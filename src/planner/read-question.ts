import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { addsUp } from './column-roles.ts';
import { emptyFrame, type Frame } from './frame.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import { lexiconOf } from './lexicon.ts';
import { capture, part, pattern } from './pattern.ts';
import { isOfPeople } from './people.ts';
import { readAgain, readBasedOn, readBeside, readPostfixed } from './read-beside.ts';
import { readBlanks, readIncluded } from './read-blanks.ts';
import { readBothListed, settleBoth, settleStates } from './read-both.ts';
import { readCodes } from './read-codes.ts';
import { readColumns } from './read-columns.ts';
import { readCompanyWords } from './read-company-words.ts';
import { readDaysApart, readDaysBasis, readDaysOfDeeds, readDaysOfStates, settleBasis } from './read-days-apart.ts';
import { readDisplay, readSortedFirst } from './read-display.ts';
import { readDurations } from './read-durations.ts';
import { readEachCounted } from './read-each-counted.ts';
import { readEither, readEitherNamed, readEitherSaid } from './read-either.ts';
import { readEventNouns } from './read-event-nouns.ts';
import { readAverages, readFilters } from './read-filters.ts';
import { readCalledByFlag, readFlags, readStates, settleFlags } from './read-flags.ts';
import { readFigureBounds, readGroupBounds, readGroupsAsked } from './read-group-bounds.ts';
import { readBusiest, readGroups, settlePeriods } from './read-groups.ts';
import { readHowOld } from './read-hinted.ts';
import { readHowBig } from './read-how-big.ts';
import { readLifted } from './read-lifted.ts';
import { readForEach } from './read-listed-values.ts';
import { readMeasures } from './read-measures.ts';
import { readMoney } from './read-money.ts';
import { readNumbersBeside } from './read-numbers-beside.ts';
import { readOrder } from './read-order.ts';
import { readPerEach } from './read-per-each.ts';
import { readQuotients } from './read-quotients.ts';
import { readRatings } from './read-ratings.ts';
import { readShares, settleShare } from './read-shares.ts';
import { readStateBeside } from './read-state-beside.ts';
import { readSuperior } from './read-superior.ts';
import { readNow, readTimeStates } from './read-time-states.ts';
import { readCommented, readUnitSaid, readUnits, settleUnits } from './read-units.ts';
import { readKindOf, readOwnState, readPaidWith } from './read-values.ts';
import { readOwnDeed, readRelations, readVerbs } from './read-verbs.ts';
import { readFiguresVersus, readVersus, settleVersus } from './read-versus.ts';
import { readWhen } from './read-when.ts';
import { readPeopleWho, readWho, readWhoSaid } from './read-who.ts';
import { FrameResolver } from './resolve.ts';
import { NAME, Sentence } from './sentence.ts';
import { unreadWords } from './unread.ts';

export interface ReadFrame {
  readonly frame: Frame;
  /** Words that nothing accounts for; a question with such words is declined. */
  readonly unread: readonly string[];
  readonly sentence: Sentence;
  readonly resolver: FrameResolver;
}

/** "report …" at the beginning asks to show; elsewhere "reports to" leads from people to people. */
const readReport = rule(pattern`^ (?:please )?report(?= )`, () => true);

/** "orders in sales": the database is chosen already. */
function readDatabaseName({ sentence, resolver }: Reading): void {
  const name = resolver.catalog.databaseId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
  if (!name) return;
  sentence.take(
    pattern` (?:in|from) (?:the |our )?${name}(?: database)?(?= ·| $| (?:with|who|that|which|by) )`,
    () => true,
  );
  // "per support team"
  sentence.take(pattern` ${capture('lead', 'per|by|each|our')} ${name} ${capture('code', NAME)}`, ({ captures }) => ({
    leaving: `${captures.lead} ${captures.code}`,
  }));
}

const COUNTED = new RegExp(part`
  (?<! by| by the| most| largest| greatest| highest| fewest| smallest| lowest| order of| order of the)
  (?:(?<! and) how many| (?:number|count) of)(?: [a-z]+| C\d+){0,2}? (T\d+)(?: (T\d+))?
  (?! (?:(?:is|are|of) )*(?:greater|higher|larger|bigger|more|less|fewer|lower|smaller|at least|at most|over|above|below|under) )`);

/** The table that is counted, else the one that owns the first column or comes first. */
function readMain({ sentence, frame, resolver }: Reading): void {
  const [, one, next] = COUNTED.exec(sentence.text) ?? [];
  // "how many customer orders" are orders, "how many orders returned" and "how often they visited halls" tell what was done
  const isDeed = [one, next].some((code) => code !== undefined && /ed$/i.test(sentence.wording(code)));
  const counted = isDeed ? one : (next ?? one);
  const first = / ([TB]\d+)/.exec(sentence.text)?.[1];
  frame.phrase = /^ (?:(?:the|our|all|total|overall) )*[CTBV]\d/.test(sentence.text);
  frame.listsRows =
    /^ (?:(?:the|our|all) )*T\d+ (?:[a-z]+|[CVD]\d+)(?: (?:[a-z]+|[CVD]\d+))* (?:who|that|which|and) /.test(
      sentence.text,
    );
  // "customer orders per month": the last of two names is what it is about
  const [, whose, thing] =
    /^(?: (?:the|our|all|total|overall|what|is|was|top|N\d+|[a-z]{3,}est))* (T\d+) (T\d+) /.exec(sentence.text) ?? [];
  const bearer = bearerOf(sentence, resolver);
  if (bearer) {
    frame.main = bearer;
    return;
  }
  const [owner, own] = [resolver.table(whose), resolver.table(thing)];
  // and not "invoices refunded", which are invoices
  const isDone = /ed$/i.test(sentence.wording(thing ?? ''));
  if (owner && own && owner !== own && !isDone && resolver.isMany(owner, own)) {
    frame.main = own;
    return;
  }
  frame.main = counted
    ? resolver.table(counted)
    : (resolver.ownerNamedFirst ?? reckonedFor(sentence, resolver, first) ?? resolver.table(first));
}

/** "analysts hired since 2025", "engineers per department": the people whose job is called so are spoken of. */
function bearerOf(sentence: Sentence, resolver: FrameResolver): Table | undefined {
  const [, code] =
    /^(?: (?:how many|(?:the )?number of|which|list|show|all|the|our|of|top|best|N\d+))* (V\d+)(?= (?!T\d))/.exec(
      sentence.text,
    ) ?? [];
  if (code === undefined) return undefined;
  const said = sentence.wording(code).toLowerCase();
  const values = sentence.mention(code).values.filter(({ value }) => isSeveral(said, value.toLowerCase()));
  const [people, ...more] = [...new Set(values.map(({ table }) => table))].filter((one) => isOfPeople(one, resolver));
  if (people || more.length) return more.length ? undefined : people;
  const doer = doerOf(sentence, resolver);
  if (doer) return doer;
  // "surgeries in 2025": appointments of that type
  const [held, ...others] = values;
  const isAlone = held !== undefined && !others.length && sentence.mention(code).values.length === 1;
  return isAlone && !/ [TB]\d/.test(sentence.text) ? resolver.rowsCalled(held) : undefined;
}

/** "which sales rep has the most accounts": whoever has that job. */
function doerOf(sentence: Sentence, resolver: FrameResolver): Table | undefined {
  const [, code] =
    /^ (?:which|what) (?:N\d+ )?(V\d+) (?!T\d)(?:[a-z]+|V\d+) (?:the )?(?:most|fewest|least) /.exec(sentence.asked) ??
    [];
  const tables = new Set(code === undefined ? [] : sentence.mention(code).values.map(({ table }) => table));
  const [people, ...more] = [...tables].filter((one) => isOfPeople(one, resolver));
  return more.length ? undefined : people;
}

const isSeveral = (said: string, one: string) =>
  said !== one && (said === `${one}s` || said === one.replace(/y$/, 'ies'));

/** "login tickets in May", "engine jobs that cost over 1000": rows that a stored value is of, by a word for any of them. */
function readRowsOfKind({ sentence, frame, resolver }: Reading): void {
  if (frame.main || / [TB]\d/.test(sentence.asked)) return;
  sentence.take(
    pattern`(?<=^|many|of|the|all|our|·|,) ${capture('code', 'V\\d+')} ${capture('noun', 'jobs|cases|tickets|records|entries|events|requests|issues|items|incidents|bookings|orders|payments')}(?= |$)`,
    ({ captures: { code } }) => {
      const [held, ...others] = sentence.mention(code).values;
      const rows = held && !others.length ? resolver.rowsCalled(held) : undefined;
      if (!rows) return false;
      frame.main = rows;
      frame.touched.add(rows);
      frame.assumptions.push(`“${sentence.wording(code)}” are rows of ${rows.name}.`);
      return { leaving: code };
    },
  );
  const { main } = frame;
  if (!main) return;
  sentence.take(pattern`^ how many(?= )`, () => {
    frame.items.push({ kind: 'count', distinct: false, table: main });
    return true;
  });
}

/** "km driven per driver": what is added up says of what, where the first table is whom it is added up for. */
function reckonedFor(sentence: Sentence, resolver: FrameResolver, first: string | undefined): Table | undefined {
  const [, figure, whose] =
    /^ (?:(?:the|total|all|our|V\d+) )*(C\d+) .*?(?:per|by|for each) (T\d+) /.exec(sentence.text) ?? [];
  const owner = whose === first ? resolver.table(whose) : undefined;
  const ref = owner && resolver.column(figure, owner);
  const isOfMany = ref && ref.table !== owner && resolver.isMany(owner, ref.table);
  return isOfMany && addsUp(ref, resolver.catalog) ? ref.table : undefined;
}

const readCompare = rule(pattern`^ (?:please )?compare(?= )`, (_, { frame }) => {
  frame.compares = true;
  return true;
});

/** "for deposit invoices and for final invoices": a figure of each. */
const readForBoth = rule(
  pattern` for (?:the )?${capture('one', 'V\\d+')}(?: [TB]\d+)? and for (?:the )?${capture('other', 'V\\d+')}(?= )`,
  ({ one, other }, { sentence, frame }) => {
    const columns = new Set(sentence.mention(one).values.map(({ column }) => column));
    if (!sentence.mention(other).values.some(({ column }) => columns.has(column))) return false;
    frame.compares = true;
    return { leaving: `for ${one} and ${other}` };
  },
);

/** The order matters: what is read first leaves less for the others. */
const readAll = inOrder(
  readReport,
  readBothListed,
  readDatabaseName,
  readLifted,
  readOwnState,
  readMain,
  readCalledByFlag,
  readRowsOfKind,
  readPeopleWho,
  readPaidWith,
  readOwnDeed,
  readEitherNamed,
  readCompare,
  readForBoth,
  readStateBeside,
  readNumbersBeside,
  readCompanyWords,
  readBasedOn,
  readCodes,
  readDisplay,
  readRatings,
  readUnits,
  readDurations,
  readQuotients,
  readShares,
  readVersus,
  readSortedFirst,
  readBusiest,
  readWhen,
  readEachCounted,
  readPerEach,
  readSuperior,
  readGroupsAsked,
  readGroupBounds,
  readMoney,
  readWhoSaid,
  readHowOld,
  readHowBig,
  readOrder,
  readKindOf,
  readAverages,
  readMeasures,
  readEventNouns,
  readIncluded,
  readDaysApart,
  readTimeStates,
  readFlags,
  readStates,
  readDaysBasis,
  readDaysOfStates,
  readGroups,
  readFiguresVersus,
  readBeside,
  readFigureBounds,
  readUnitSaid,
  readBlanks,
  readFilters,
  readCommented,
  readForEach,
  readColumns,
  readAgain,
  readPostfixed,
  readDaysOfDeeds,
  readNow,
  readVerbs,
  readRelations,
  readEither,
  readEitherSaid,
  readWho,
  settleFlags,
  settleBoth,
  settleStates,
  settlePeriods,
  settleBasis,
  settleUnits,
  settleShare,
  settleVersus,
);

/** Reads a question against one database into a frame. */
export function readQuestion(
  question: string,
  catalog: DatabaseCatalog,
  ranked: readonly Table[],
  calendar: Calendar,
): ReadFrame {
  const sentence = new Sentence(question, lexiconOf(catalog), calendar);
  const resolver = new FrameResolver(catalog, sentence, ranked, calendar);
  const frame = emptyFrame();
  readAll({ sentence, frame, resolver });
  return { frame, unread: unreadWords(sentence), sentence, resolver };
}
