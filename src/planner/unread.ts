import { IGNORABLE } from './ignorable.ts';
import type { Sentence } from './sentence.ts';

/** Behind these something is returned: "customers with a return", "how many orders did we return". */
const BEFORE_RETURNS = /^(?:an?|any|no|each|every|per|with|without|of|we|they|people|who)$/;

/** "how many are that", "who placed it": at the end they stand for something that was said before the question. */
const POINTS_BACK = /^(?:that|those|these|this|them|it)$/;

/** "gold medals", "the enrollment size" of columns `gold` and `enrollment`: what else a column that is read is called by. */
const ALONG = /^(?:size|ratio|title|figure|types?|year|levels?)$/;
/** In the plural they count, compare or restrict. */
const NOT_ALONG =
  /^(?:names?|years|times?|days?|months?|weeks?|hours?|others?|ones?|kinds?|yes|less|always|sometimes|plus|minus|versus|towards?|besides|was|is|has|does|details|rows?|changes|increases|decreases|raises|rises|cuts|drops|differences|trends)$/;

function isAlong(word: string, at: number, words: readonly string[], { asked, mentions }: Sentence): boolean {
  if (words[at - 1] !== '·' || NOT_ALONG.test(word)) return false;
  const [, code] = new RegExp(` C(\\d+) ${word}(?= )`).exec(asked) ?? [];
  const mention = code === undefined ? undefined : mentions[Number(code)];
  const [best] = mention?.columns ?? [];
  if (!best || mention?.tables.length) return false;
  // what a number counts; "email opens" are no emails
  return ALONG.test(word) || (best.target.column.kind === 'number' && /[a-z]{3}s$/.test(word));
}

/** "how many units do they have": those of whom it is asked were named before the question. */
const pointsAtNothing = ({ asked, mentions }: Sentence): boolean =>
  mentions.length === 1 && /^(?: and)? how (?:many|much) [TBC]\d+ (?:do|did|have) they /.test(asked);

/** "return rate by category": how often things are returned, where "return the price of each" asks to show. */
function isOfReturns(sentence: Sentence): boolean {
  const [, code] = /^ (?:the )?return (C\d+) /.exec(sentence.asked) ?? [];
  return code !== undefined && /^(?:rates?|reasons?|volumes?)$/i.test(sentence.wording(code));
}

/** Words of a question that nothing accounts for. */
export function unreadWords(sentence: Sentence): string[] {
  const country = sentence.tokens.some(({ text }) => text === 'US'); // which is no "us"
  const words = sentence.text.split(' ').filter((word) => word && word !== ',');
  return words
    .filter(
      (word, at) =>
        word !== '·' &&
        !isAlong(word, at, words, sentence) &&
        (!IGNORABLE.has(word) ||
          (word === 'return' && (BEFORE_RETURNS.test(words[at - 1] ?? '') || isOfReturns(sentence))) ||
          // and "works on display" are shown already
          (word === 'display' && words[at - 1] === 'on') ||
          (country && word === 'us') ||
          (word === 'they' && pointsAtNothing(sentence)) ||
          (at === words.length - 1 && POINTS_BACK.test(word))),
    )
    .map((word) => sentence.wording(word));
}
