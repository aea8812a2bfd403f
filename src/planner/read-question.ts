import type { Calendar } from '#src/domain/calendar.ts';
import type { DatabaseCatalog, Table } from '#src/domain/catalog.ts';
import { emptyFrame, type Frame } from './frame.ts';
import { inOrder, type Reading, rule } from './frame-rule.ts';
import { lexiconOf } from './lexicon.ts';
import { part, pattern } from './pattern.ts';
import { readColumns } from './read-columns.ts';
import { readAverages, readEither, readFilters } from './read-filters.ts';
import { readFlags } from './read-flags.ts';
import { readGroupBounds } from './read-group-bounds.ts';
import { readGroups } from './read-groups.ts';
import { readMeasures } from './read-measures.ts';
import { readOrder } from './read-order.ts';
import { readRelations, readVerbs } from './read-verbs.ts';
import { FrameResolver } from './resolve.ts';
import { Sentence } from './sentence.ts';

/** Verbs and fillers that change nothing: what a person says between the names. */
const FILLERS: ReadonlySet<string> = new Set(
  `we i me us our my you your there here who whom whose which that what when where why how is are was were be been
   being am do does did done has have had having a an the this these those it its they them their he she his her of
   in on at to for from by with and as into onto over than then so also just only please show list give find tell
   return get display present provide retrieve see know want need like would could can should will shall may might
   let s all any each every available existing exist exists existed currently current recorded registered listed
   stored present overall altogether total count number made make makes using use used uses along together
   corresponding respective respectively different whole database table tables record records entry entries row
   rows system data company live lives living located belong belongs belonging work works working come comes coming
   came contain contains own owned owns owning place placed take taken takes associated related involved given hold
   holds held called named name names kind kinds type types value values many much going go goes year years old out
   up among one ones people person whatever exactly hi hello hey thanks now usd dollars correspond corresponds
   holding happened happen occur occurred appear appears stand stands stay find found look looking across within
   per order ordered during about info information details detail not's were't ones'`.split(/\s+/),
);

export interface ReadFrame {
  readonly frame: Frame;
  /** Words that no pattern understood; a question with such words is declined. */
  readonly leftovers: readonly string[];
  /** What was understood, for a decline: tables and columns that the question names. */
  readonly named: readonly string[];
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
  if (name) sentence.take(pattern` (?:in|from) (?:the |our )?${name}(?: database)?(?= ·| $)`, () => true);
}

const COUNTED = new RegExp(part`
  (?<! by| by the| most| largest| greatest| highest| fewest| smallest| lowest| order of| order of the)
  (?: how many| (?:number|count) of)(?: [a-z]+){0,2}? (T\d+)`);

/** The table that is counted, else the one that owns the first column or comes first. */
function readMain({ sentence, frame, resolver }: Reading): void {
  const counted = COUNTED.exec(sentence.text)?.[1];
  const first = / ([TB]\d+)/.exec(sentence.text)?.[1];
  frame.main = counted ? resolver.table(counted) : (resolver.ownerNamedFirst ?? resolver.table(first));
}

const readCompare = rule(pattern`^ (?:please )?compare(?= )`, (_, { frame }) => {
  frame.compares = true;
  return true;
});

/** The order matters: what is read first leaves less for the others. */
const readAll = inOrder(
  readReport,
  readDatabaseName,
  readMain,
  readCompare,
  readGroupBounds,
  readOrder,
  readAverages,
  readMeasures,
  readFlags,
  readGroups,
  readFilters,
  readColumns,
  readVerbs,
  readRelations,
  readEither,
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
  const named = resolver.named.map((table) => table.name);
  return { frame, leftovers: leftoversOf(sentence), named, resolver };
}

/** Words that change what a question asks for, and that no pattern took. */
function leftoversOf(sentence: Sentence): string[] {
  return sentence.text
    .split(' ')
    .filter((word) => word && word !== '·' && word !== ',' && !FILLERS.has(word))
    .map((word) => sentence.wording(word));
}
