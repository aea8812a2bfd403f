import { openBrackets } from './brackets.ts';
import { inPlainForm } from './request-forms.ts';

const AGAINST = String.raw`(?:vs\.?|versus|against|compared (?:to|with))`;
const MONTH = '(?:january|february|march|april|may|june|july|august|september|october|november|december)';
const PERIOD = '(?:period|time|months|stretch)';

/** Ways of saying something for which there is a plainer one that readers know: each is written as that one. */
const PLAINER: readonly (readonly [said: RegExp, plain: string])[] = [
  [/(?<![\d.]\s?)%/g, ' percent'],
  [
    new RegExp(
      String.raw`\bthis year(?: so far)? (${AGAINST}) (?:the )?same ${PERIOD}(?: of| in)?(?: the)? (?:last|previous) year\b`,
      'gi',
    ),
    'year to date $1 last year to date',
  ],
  // "euros refunded since May"
  [
    /^(?:how many |the |total )?(euros|dollars) (?:(?:were|was|have been|did we|we) )?(\p{L}+ed)\b/iu,
    'how much was $2 in $1',
  ],
  // "how has the number of orders developed by month"
  [
    /^how (?:has|have|had|did|do|does) (?:the |our )?(.+?) (?:developed?|changed?|evolved?|grow|grown|moved?|gone)(?: over time)? (?:by|per|over the|each|every|from) (year|month|quarter|week|day)s?(?: to \2)?(?= *[?.!,]|$| (?:in|since|this|from|for)\b)/i,
    '$1 by $2',
  ],
  // "what do all salaries add up to"
  [
    /^(?:what|how much) (?:do|does|did) (?:all )?(?:the |our )?(.+?) (?:add up to|sum up to|amount to|come to)(?= *[?.!,]|$| (?:in|this|last|for|since)\b)/i,
    'total $1',
  ],
  // "in May vs June", "Q1 vs Q2"
  [new RegExp(String.raw`\b((?:in|for) )(${MONTH}|q[1-4])( ${AGAINST} )(?=(?:${MONTH}|q[1-4])\b)`, 'gi'), '$1$2$3$1'],
  // "repair costs 2026 vs 2025"
  [
    new RegExp(String.raw`(?<!\b(?:in|for|of|since|from|year) )\b((?:19|20)\d\d ${AGAINST}) (?=(?:19|20)\d\d\b)`, 'gi'),
    'in $1 in ',
  ],
  // "how many are overdue and what do they add up to"
  [
    /\b(?:and|,) (?:what|how much) do (?:they|these|those|it) (?:all )?(?:add up|amount|come|sum up) to\b/gi,
    'and how much',
  ],
  // "how large is the share of", "how big a part of"
  [
    /\bhow (?:large|big|high|great) (?:is|was|are|were) (?:the |our )?(?=(?:share|percentage|proportion|portion|fraction) of\b)/gi,
    'what is the ',
  ],
  [/\bhow (?:large|big) a (?=(?:share|part|proportion|portion|fraction) of\b)/gi, 'what '],
];

/** A question in plainer words, its brackets opened. */
export const inPlainWords = (question: string): string =>
  PLAINER.reduce((text, [said, plain]) => text.replace(said, plain), inPlainForm(openBrackets(question)));
