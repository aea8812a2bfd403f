/** A noun and the words that its bracket says at length: "name (first name and last name)" is these two. */
const AT_LENGTH = /(?<!\p{L})((?:full )?(\p{L}+)) ?\(\s*((?:the )?\p{L}+ \2 and (?:the )?\p{L}+ \2)\s*\)/giu;

/** "full name (first and last)". */
const SHORTENED = /(?<!\p{L})full name ?\(\s*first and last(?: names?)?\s*\)/giu;

const ITEM = String.raw`(?:the )?[\p{L}_]+(?: [\p{L}_]+){0,2}`;
/** A unit in brackets at the end: "(days)". */
const UNIT = /\s*\(\s*(?:in )?(days|hours|minutes|seconds|weeks|kg|grams|tonnes|km|miles|m2)\s*\)(?=\s*[.?!]*$)/iu;

/** What stands in brackets at the end and lists: "(name, price and city)", "(id + name)". */
const LISTED = new RegExp(String.raw`\s*\(\s*(${ITEM}(?:\s*(?:,|\+|&|;| and )\s*${ITEM})+)\s*\)(?=\s*[.?!]*$)`, 'iu');

/**
 * Brackets as the words that they stand for: a list of columns at the end follows a comma, a name that is said at length takes the
 * place of its short form. What else stands in brackets is read where it stands.
 */
export const openBrackets = (question: string): string =>
  question
    .replace(AT_LENGTH, '$3')
    .replace(SHORTENED, 'first name and last name')
    .replace(UNIT, ', in $1')
    .replace(LISTED, (whole, list: string) =>
      /\b(?:or|not|with|by|is|over|under)\b/i.test(list) ? whole : `, ${list}`,
    );

/** What explains the words before it: in brackets, or behind "i.e." and its like up to the next comma. */
const EXPLANATION =
  /\s*(?:\(\s*(?<bracket>[^()]+?)\s*\)|,? (?:i\.?\s?e\.?|meaning|that is to say|in other words),? (?<said>[^,?!.]+))/iu;

/** What an explanation may be: a condition. A list of columns or a unit explains nothing. */
const CONDITION =
  /^(?:(?:those |the ones |ones |people |everyone |all )?(?:with|without|who|that|which|whose|not|no|at least|more than|has|have|having)\b|.*(?:\bis\b|\bor\b|\d|=))/iu;

/** Words that count, compare, order or deny: no explanation says what they say. */
const WEIGHTY =
  /^(?:not|no|never|without|except|excluding|only|all|every|each|most|least|more|less|fewer|than|other|others|top|first|last|per|by|between|average|total|number|percent|growth|rate|share|different|vs|versus|how|many|much|when|why)$|est$/iu;

const MOST_EXPLAINED = 2;

export interface Explained {
  readonly question: string;
  /** The words that nothing else says, and what was said to explain them. */
  readonly word: string;
  readonly by: string;
}

/**
 * The question without the words that it explains itself: "outstanding invoices (open or overdue)" are open or overdue ones, whatever
 * outstanding means elsewhere; undefined where the unread words are not before an explanation.
 */
export function withoutExplained(question: string, unread: readonly string[]): Explained | undefined {
  const found = EXPLANATION.exec(question);
  const by = found?.groups?.bracket ?? found?.groups?.said;
  const words = unread.filter((word) => !/^i\.?e$/iu.test(word));
  if (!found || !by || !CONDITION.test(by) || words.length > MOST_EXPLAINED) return undefined;
  let before = question.slice(0, found.index);
  for (const word of words) {
    if (WEIGHTY.test(word) || !/^\p{Ll}{3,}$/u.test(word)) return undefined;
    const shorter = before.replace(new RegExp(`(?<![\\p{L}\\p{N}])${word}(?![\\p{L}\\p{N}]) ?`, 'iu'), '');
    if (shorter === before) return undefined;
    before = shorter;
  }
  return {
    question: `${before.trimEnd()} ${by}${question.slice(found.index + found[0].length)}`,
    word: words.join(' '),
    by,
  };
}
