import type { DatabaseCatalog } from '#src/domain/catalog.ts';
import { sequenceRatio } from '#src/domain/likeness.ts';
import { isMoney } from '#src/domain/roles/currency-of.ts';
import { splitIdentifier, stem } from '#src/domain/words.ts';
import { findMentions, lexiconOf } from '#src/planner/lexicon.ts';
import { type Token, tokenise } from '#src/planner/tokens.ts';
import { isEvent, isRelation } from '#src/planner/verbs.ts';

/** What a question says that a database has no name, comment or stored value for. */
export interface Unexplained {
  /** Each once, as asked, in order: what it is about. */
  readonly things: readonly string[];
  /** Quoted texts, and words with a capital inside the sentence: values, as far as anybody can tell. */
  readonly names: readonly string[];
  /** Verbs that often only say how two things belong together ("written", "presented"). */
  readonly relations: readonly string[];
  /** Different words that something of the database stands for. */
  readonly explained: number;
  /** It asks for an explanation or advice ("how does", "why", "should I"), which rows are none of. */
  readonly open: boolean;
}

/** Words by which rows are asked for, put in order, counted, compared and limited: they stand for nothing that is stored. */
const ASKING: ReadonlySet<string> = new Set(
  `a an the of in on at to for from by with and or not no nor but is are was were be been being am do does did done
   has have had having what which who whom whose where when how many much there here their them they themselves it
   its this that these those i me my we our us you your he she his her hers him itself all each every any some both
   either neither than then as into onto per also if about between among within across over under above below after
   before since until during up out off so only just more most less least few fewer again through via against
   without along together show showing list give find tell return get display please can could would may might want
   need like know see present provide retrieve report describe compute calculate determine identify select output
   name named names call called match matches string strings exactly exact number numbers count counts total sum
   average averages mean avg maximum minimum max min amount amounts highest lowest largest smallest greatest
   biggest longest shortest oldest youngest latest earliest newest cheapest fewest top bottom first last higher
   lower larger smaller greater bigger older younger longer shorter newer later earlier high low large small big
   long short old new better worse best worst common frequent frequently often ever never always distinct different
   differ differs unique same other others another respectively corresponding correspond corresponds respective
   vary varies change changes compare compared comparison relation relative relationship correlation trend annual
   order ordered sort sorted ascending descending alphabetical alphabetically alphabet lexicographic
   lexicographical lexicographically decreasing increasing group grouped rank ranked ranking contain contains
   containing include included includes including start starts starting started begin begins beginning end ends
   ending ended substring letter letters word words equal equals exceed exceeds make makes making made take takes
   taking taken took hold holds held keep kept come comes came go goes went belong belongs belonging associated
   related involved involve located live lives living lived own owned owns offer offers offered available use uses
   using used exist exists existing happen happened occur occurred well recent recently current currently now today
   yesterday information info detail details detailed record records recorded kind kinds type types sorts data
   database table tables column columns row rows entry entries one ones two three people person someone anyone
   whatever yes true false part parts year years yearly month months monthly day days daily week weeks weekly
   quarter quarters time times date dates hour hours minute minutes second seconds january february march april
   june july august september october november december percentage percentages percent share ratio proportion
   fraction rate difference range overall entire whole full result results value values regarding regardless
   respect given specific particular certain considered based square kilometer kilometers kilometre kilometres km
   mile miles meter meters metre metres feet foot inch inches kilogram kilograms kg pound pounds ton tons litre
   litres liter liters celsius fahrenheit degree degrees dollar dollars usd euro euros eur million millions billion
   billions thousand thousands hundred hundreds dozen don doesn didn isn aren wasn weren haven hasn hadn won't
   can't let s t multiple according such approximately single null empty already possibly items item instances
   instance non should must hi hello hey thanks thank thx pls plz ok okay btw asap hw nr num qty approx roughly around nearly almost
   vs versus ie eg i.e e.g etc half halves far still yet very really actually got getting gotten back anything anybody everything
   something nothing nobody chart charts graph plot plotted line bar pie sec secs mins hr hrs yr yrs mth wk worth growth period
   periods volume direct left sorry bother bothering prepare preparing meeting meetings presentation slide slides figure figures next
   side quick quickly question questions wonder wondering curious hope hoping appreciate possible kindly morning afternoon evening
   everyone everybody folks guys colleague colleagues boss urgent urgently`.split(/\s+/),
);

/** What a column of sex or gender says, however its values are written. */
const SEXES: ReadonlySet<string> = new Set(
  'man men woman women male males female females boy boys girl girls'.split(' '),
);

/** What people call amounts of money, whatever their columns are called. */
const TAKINGS: ReadonlySet<string> = new Set(
  'revenue revenues turnover income earnings takings proceeds sales spend spending spent expenditure cost costs'.split(
    ' ',
  ),
);

const OPEN = new RegExp(
  [
    // How something comes about, as against how much of it there is; "how do prices compare" is a question of rows.
    '^(?:so |and |but )?how (?:do|does|did|can|could|should|would|is|are|was|were|to|has|have)\\b(?!.*\\b(?:vary|differ|change|compare)\\b)',
    '^(?:so |and |but )?why\\b',
    '^(?:can|could|would|should|will|may|might|shall|is|are|was|were|do|does|did|has|have)\\b(?! you (?:please )?(?:show|list|give|find|tell|count))',
    '\\b(?:should|could|can|must) (?:i|one)\\b',
    '^what (?:are|is) (?:some|the (?:best|key|main|difference|differences|purpose|meaning|process|benefits|advantages))\\b',
    '\\byour (?!data)',
  ].join('|'),
  'i',
);

interface Known {
  readonly names: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
  /** Some column holds amounts of money. */
  readonly money: boolean;
}

const knownOf = new WeakMap<DatabaseCatalog, Known>();

/** The stems of all names and comments, and those of all values that are known. */
function known(catalog: DatabaseCatalog): Known {
  const before = knownOf.get(catalog);
  if (before) return before;
  const stems = (texts: readonly string[]) => new Set(texts.flatMap(splitIdentifier).map(stem));
  const columns = catalog.tables.flatMap((table) => table.columns);
  const named = [...catalog.tables, ...columns];
  const made = {
    names: stems([
      catalog.databaseId,
      catalog.title ?? '',
      catalog.description ?? '',
      ...named.flatMap(({ name, title = '', comment = '' }) => [name, title, comment]),
    ]),
    values: stems(columns.flatMap(({ values }) => values)),
    money: catalog.tables.some((table) => table.columns.some((column) => isMoney({ table, column }, catalog))),
  };
  knownOf.set(catalog, made);
  return made;
}

/** Letters that a word and a name begin with alike, and the share of the longer one, from which they are of one family. */
const FAMILY = { letters: 5, share: 0.7 };
/** Likeness of a word and a name from which one is the other, misspelt. */
const MISSPELT = 0.83;

/** "published" and `publication`, "airilne" and `airline`. */
function isOfFamily(one: string, name: string): boolean {
  if (Math.min(one.length, name.length) < FAMILY.letters || one[0] !== name[0]) return false;
  const alike = [...one].findIndex((letter, at) => letter !== name[at]);
  const longer = Math.max(one.length, name.length);
  return (
    alike < 0 || (alike >= FAMILY.letters && alike / longer >= FAMILY.share) || sequenceRatio(one, name) >= MISSPELT
  );
}

/** Letters of a word that may be found within a name, and those of such a name: PostgreSQL writes `sbDailyPrice` as `sbdailyprice`. */
const WITHIN = { word: 5, name: 8 };

/** "price" and `sbdailyprice`: a name in which no place tells where its words end. */
const isWithin = (word: string, name: string): boolean =>
  word.length >= WITHIN.word && name.length >= WITHIN.name && name.includes(stem(word).replace(/e$/, '')); // long stems lose an e

/**
 * Reads what of a question the database has something for, word by word.
 * @param taught texts that say what words of the company mean: hints, and questions that were answered right
 */
export function unexplained(question: string, catalog: DatabaseCatalog, taught: readonly string[] = []): Unexplained {
  const tokens = tokenise(question);
  const mentioned = new Set(
    findMentions(tokens, lexiconOf(catalog))
      .filter(({ tables, columns, values }) => tables.length || columns.length || values.length)
      .flatMap(({ start, end }) => tokens.slice(start, end)),
  );
  const { names, values, money } = known(catalog);
  const learnt = new Set(taught.flatMap(splitIdentifier).map(stem));
  const isKnown = (word: string) => {
    const one = stem(word);
    if (TAKINGS.has(word) && money) return true;
    if (SEXES.has(word)) return names.has('gender') || names.has('sex') || values.has(one);
    if (names.has(one) || values.has(one) || learnt.has(one)) return true;
    return names.values().some((name) => isOfFamily(one, name) || isWithin(word, name));
  };
  const found = { things: new Set<string>(), names: new Set<string>(), relations: new Set<string>() };
  const explained = new Set<string>();
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'number' || token.kind === 'comma') continue;
    const words = splitIdentifier(token.text).filter((word) => !ASKING.has(word) && !/^\d/.test(word));
    if (!words.length) continue;
    if (mentioned.has(token) || words.some(isKnown)) explained.add(token.stem);
    else found[kindOf(token, at)].add(token.text);
  }
  return {
    things: [...found.things],
    names: [...found.names],
    relations: [...found.relations],
    explained: explained.size,
    open: OPEN.test(question.trim()),
  };
}

function kindOf({ kind, text, lower }: Token, at: number): 'things' | 'names' | 'relations' {
  if (kind === 'quoted' || (at > 0 && text !== lower)) return 'names';
  return isRelation(lower) || isEvent(lower) ? 'relations' : 'things';
}

/** Each kind of word counts to this number at most: a long question is not in doubt for its length. */
const MOST = { things: 3, names: 2, relations: 2, explained: 5 };

/**
 * How much speaks for a question that the database cannot answer; 0 is about even. The shares of a logistic regression in whole numbers, fitted on Spider's
 * training questions and `src/evaluation/data/unanswerable.jsonl`. Where every thing that is asked for has a name, nothing does.
 */
export function lackPoints({ things, names, relations, explained, open }: Unexplained): number {
  if (!things.length && !names.length && !open && (explained > 0 || !relations.length)) return Number.NEGATIVE_INFINITY;
  const atMost = (count: number, most: number) => Math.min(most, count);
  return (
    4 * atMost(things.length, MOST.things) +
    atMost(names.length, MOST.names) +
    atMost(relations.length, MOST.relations) +
    (open ? 2 : 0) -
    3 * atMost(explained, MOST.explained)
  );
}
