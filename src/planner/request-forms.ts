const PERIOD = '(?:year|quarter|month|week|day|weekday)';
const DONE = String.raw`(?:\p{L}+ed|sold|made|sent|paid|bought|held|given|taken|won|lost|built|written|drawn)`;

/** A year, or a period by where it lies from today. */
const WHEN = '(?:in (?:19|20)\\d\\d|(?:this|last) (?:year|quarter|month|week))';
/** What is there once it was done. */
const DEEDS: ReadonlyMap<string, string> = new Map([
  ['order', 'orders'],
  ['book', 'bookings'],
  ['purchas', 'purchases'],
  ['visit', 'visits'],
  ['donat', 'donations'],
  ['subscrib', 'subscriptions'],
]);

const ONES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** "1.5 million" in figures. */
function inFull(number: string, unit: string): string {
  const at = ONES.indexOf(number.toLowerCase());
  const size = /^t/i.test(unit) ? 1e3 : /^m/i.test(unit) ? 1e6 : 1e9;
  return String(Math.round((at < 0 ? Number(number.replace(',', '.')) : at + 1) * size));
}

/**
 * Ways in which a request is laid out, of which one says no more than another: what it is of stands ahead ("Among A, which B …"), what is left out
 * behind. Each is written as readers know it.
 */
const FORMS: readonly (readonly [said: RegExp, plain: string | ((whole: string, ...parts: string[]) => string)])[] = [
  // "leaving out cancelled orders", "not counting returns", "ignore test accounts"
  [
    /\b(?:leaving|leave) out\b|\b(?:not|without) (?:counting|including)\b|\b(?:ignoring|ignore|disregarding|disregard|omitting|omit|skipping|skip)\b/giu,
    'excluding',
  ],
  // "and how many orders was that?"
  [
    /,? and how many (\p{L}+) (?:was|were|is|are) (?:that|it|this|those|there)(?=\s*[.?!]|$)/giu,
    ' and the number of $1',
  ],
  // "Of the invoices issued in 2024, what percentage was paid late?"
  [
    /^(?:of|among|amongst|out of) (?:all )?(?:of )?(the |our |all )?([^,?]+), what (percentage|percent|share|proportion|fraction)(?: of (?:them|these|those))? (?=(?:is|are|was|were|has|have|had|did|do|does|came|come|went)\b)/iu,
    'what $3 of the $2 ',
  ],
  [
    /^(?:of|among|amongst|out of) (?:all )?(?:of )?(?:the |our |all )?([^,?]+), (?:which|what) (?:ones|of (?:them|these|those)|one) /iu,
    'which $1 ',
  ],
  // "Considering orders of 2024, what was the ratio …"
  [
    /^(?:looking at|considering|counting|taking)(?: only)? ([^,?.]+?)(?: only| alone)?, ((?:which|what|how|who) [^?.!]+)/iu,
    '$2 for $1',
  ],
  // "For each carrier, compute the average …"
  [/^(for (?:each|every) [^,?]+), (?:please )?(?:compute|calculate|find|determine|report) (?=the\b)/iu, '$1, what is '],
  // "each year together with the number of sellers who joined in that year"
  [
    new RegExp(
      String.raw`(?:^|(?<=\b(?:return|show|list|give|me) ))(?:for )?(?:each|every) (${PERIOD})(?: and|,| together with| along with) (?:the )?((?:total )?(?:number|count|amount|sum) of [^,.?!]+?)(?: (?:in|during|of|for) (?:that|the|each) (?:same )?\1)?(?=\s*[?.!]*$)`,
      'iu',
    ),
    '$2 per $1',
  ],
  // "what city do most of our sellers come from"
  [
    /^(?:which|what) (\p{L}+) (?:do|did) most(?: of)?(?: our| the| all)* ([^?]+?) (?:come|live|sit|work)(?: from| in)?(?=\s*[?.!]*$)/iu,
    'which $1 has the most $2',
  ],
  // "for which no invoice has been issued", "that have not had a single incident recorded"
  [
    new RegExp(
      String.raw`\b(?:for|to|on|at|in|with|against|by|from) (?:which|whom) no (\p{L}+(?: \p{L}+)?) (?:has|have|had|was|were)(?: ever)?(?: yet)?(?: been)? ${DONE}`,
      'giu',
    ),
    'without any $1',
  ],
  [
    new RegExp(
      String.raw`\b(?:(?:that|which|who) )?(?:(?:have|has|had) (?:not|never) (?:had|received|got|seen)|(?:did|do|does) not have) (?:a|an|one|any)(?: single)? (\p{L}+)(?: ${DONE})?(?: (?:on|for|to|with|in|at) (?:them|it|him|her))?(?=\s*[?.!,]|$)`,
      'giu',
    ),
    'without any $1',
  ],
  [/\b(never|not) (\p{L}+) (?:a|one) single (?:thing|one|item)\b/giu, '$1 $2 anything'],
  // "we've never done a project for"
  [
    /\b(?:that |which |who |whom )?we(?:'ve|’ve| have| had)? never (?:did|done|had|made|sold|run|ran|worked on) (?:an? |any )?(\p{L}+) (?:for|with|to|from|at|in)(?=\s*[?.!]*$)/iu,
    'without any $1',
  ],
  // "with no manager set"
  [
    /\b((?:with|has|have|had) no|without(?: an?| any)?) (\p{L}+(?: (?!which|that|who|and|or|in|for|by)\p{L}+){0,2}) (?:set|assigned|recorded|given|specified|filled in|on file|on record|entered)\b/giu,
    '$1 $2',
  ],
  [
    /(?<![\p{L}\d])(\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten) (thousand|million|mn|billion|bn)(?: (pounds|quid)\b)?/giu,
    (_: string, number: string, unit: string, pounds?: string) => `${inFull(number, unit)}${pounds ? ' GBP' : ''}`,
  ],
  // "how many customers had at least one hazmat load": of a list each would be there once for each load
  [
    /(?<=^(?:please )?(?:how many|(?:what is |find |return |show |report |give me )?(?:the )?number of|what (?:percentage|percent|share|proportion)|(?:what )?share) [^.?!]*)\bat least (?:one|1) (?=\p{L})(?!of\b|more\b|other\b|(?:years?|months?|quarters?|weeks?|days?|hours?|minutes?|times?|stars?|points?|percent|euros?|dollars?|half|third)\b)/giu,
    'a ',
  ],
  // "have never had a repair job of any kind"
  [/\bof (?:any|whatever) (?:kind|sort|type)\b/giu, ''],
  // "how many days on average elapse between"
  [
    /\bhow many (days)(?: on average|, on average,)? (?:elapse|elapsed|pass|passed|go by|went by|lie|lay|are there|were there)(?: on average)? (?=between\b)/giu,
    'what is the average number of $1 ',
  ],
  // "Please round to one decimal.", "as a percentage with 1 decimal"
  [
    /[,.;]?\s*\b(?:(?:and|please|with|showing|shown) )*(?:round(?:ed)?|rounding|with|to)(?: (?:it|them|this|that|each|all|the \p{L}+))?(?: ?(?:to|with|at))? (no|zero|one|two|three|[0-3])[- ]decimals?(?: places?)?\b/giu,
    (_: string, count: string) =>
      ` rounded to ${['no', 'zero'].includes(count) ? 0 : ONES.indexOf(count) + 1 || count} decimals`,
  ],
  // "in each quarter, from highest to lowest", "from the largest volume to the smallest"
  [
    /(?:,? (?:and )?(?:please )?(?:sort(?:ed)?|order(?:ed)?|rank(?:ed)?)(?: (?:it|them|the results?))?|,|(?<!\bby (?:the |their )?\p{L}+(?: \p{L}+)?)) from (?:the )?(highest|largest|biggest|most|greatest|longest|newest|latest|lowest|smallest|fewest|shortest|oldest|earliest)(?: \p{L}+)? to (?:the )?(?:lowest|smallest|least|fewest|shortest|oldest|earliest|highest|largest|biggest|most|greatest|longest|newest|latest)(?: \p{L}+)?(?=[ ,.?!]|$)/giu,
    ', $1 first',
  ],
  // "Sort by the total amount, largest first."
  [
    /(?:[,;.]|^)? ?(?:please )?\b(?:sort|order)(?:ed)? by (?:the |that |their )?(?:number|numbers|total|count|amount|value|average|percentage|share|rate)(?: (?:of )?\p{L}+)?,? (?:with )?(?:the )?(highest|largest|biggest|most|greatest|lowest|smallest|fewest) first\b/giu,
    ', $1 first',
  ],
  // "leave out branches without any": no group has none
  [
    /(?:[,;.]| and)? ?\bexcluding (?:the |any |all )?(\p{L}+) (?:without any|with none|that have none|where there (?:are|is|were|was) none)(?=\s*[.?!,]|$)/giu,
    '',
  ],
  // "For each channel, compare the number of bookings made in 2024 with the number made in 2025."
  [
    /^for (?:each|every) ([^,?.!]+), (?:please )?(?:compare |show |give |return |what (?:is|was) )?(?:the number of|how many) ([^,?.!]+?)(?: (?:were|was))? (\p{L}+ed|made|done) in ((?:19|20)\d\d) (?:with|and|to|against|versus) (?:the number|how many|those)?(?: (?:were |of those )?\3)? ?in ((?:19|20)\d\d)[.?]?(?: (?:return|show|give|list)(?: me)? the [\p{L} ]+ and (?:the |both )?(?:two )?(?:counts|numbers|figures))?[.?]?$/iu,
    'number of $2 $3 in $4 vs in $5 by $1',
  ],
  // "how many memberships started in 2026 and how many ended in 2026"
  [
    new RegExp(
      String.raw`\b(?:for (?:each|every) ([^,?.!]+), )?how many ([^,?.!]+?)(?: (?:were|was))? (${DONE}|left) (in \p{L}* ?(?:19|20)\d\d) and how many(?: (?:were|was))? (${DONE}|left) \4(?=\s*[?.!]*$)`,
      'iu',
    ),
    (_, each: string | undefined, things: string, one: string, when: string, other: string) =>
      `how many ${things} ${one} vs ${other} ${when}${each === undefined ? '' : ` per ${each}`}`,
  ],
  // "percentage of 2025 appointments"
  [
    /\bof (?:the |our |its |their |all )?((?:19|20)\d\d) (\p{L}+s) (?=(?:was|were|are|is|that|which)\b)/giu,
    'of $2 in $1 ',
  ],
  // "For each clinic, what percentage of its 2025 appointments was cancelled?"
  [
    /^(?:for|in|at|per) (?:each|every) ([^,?.!]+), (what (?:percentage|percent|share|proportion|fraction) of )(?:(?:its|their|the|all) )?([^?!]+?)(?=\s*[?.!]*$)/iu,
    '$2$3 per $1',
  ],
  // "…, 2024"
  [
    /(?<=\p{L}{3}\)?)(?<!\b(?:january|february|march|april|may|june|july|august|september|october|november|december)), ((?:19|20)\d\d)(?=\s*[?.!]*$)/giu,
    ' in $1',
  ],
  // "disputed invoices - how many and what is the total"
  [
    /^(?!how\b|what\b|which\b|who\b)([^?.!,]+?)(?:,| [-–—]) how many(?: (?:are there|were there))? and (?:what is|whats|what's)? ?(?:the )?total(?: amount)?(?=\s*[?.!]*$)/iu,
    '$1, count and total amount',
  ],
  [/,? counting (?:every|all|any) (?:status|statuses|type|types|kind|kinds)(?=\s*[?.!,]|$)/giu, ''],
  // "printers that have never been given a print run"
  [
    /\b(?:(?:that|which|who) )?(?:have|has|had) never been (?:given|assigned|sent|awarded|offered|issued) (?:an?|any|one)(?: single)? (\p{L}+(?: \p{L}+)?)(?=\s*[?.!,]|$)/giu,
    'without any $1',
  ],
  // "had a load in 2024 but none in 2025"
  [
    /\b(\p{L}+ed|had|made|sent|bought) ((?:an? |any |at least one )?)(\p{L}+) in ((?:19|20)\d\d)(?:,? but| and) (?:none|not any) in ((?:19|20)\d\d)\b/giu,
    '$1 $2$3 in $4 but no $3 in $5',
  ],
  // "cancelled orders don't count", "cancelled events excluded"
  [
    /(?:,|\.| [-–—]| \() ?((?:the )?\p{L}+ \p{L}+) (?:(?:do|does)(?: not|n['’]?t) count|(?:are |is )?(?:excluded|left out))\)?(?=\s*[?.!)]*$)/iu,
    ', excluding $1',
  ],
  // "cancellation rate in %"
  [/\brate,? (?:in |as a )?(?:%|percent\b|pct\b)/giu, 'rate'],
  // "that go by Kringloop"
  [/\b(?:that|who|which) (?:go|goes|went) by (?:the name (?:of )?)?/giu, 'called '],
  // "still need approving"
  [/\b(?:still )?(?:need|needs)(?: to be)? (\p{L}{4,}?)(?:ing|ed)\b(?=\s*[?.!,]|$)/giu, 'are not $1ed'],
  [/\b(?:is|are|was|were) responsible for (?=the (?:most|fewest)\b)/giu, 'has '],
  [/\b(?:which|that) (?:were|was|are|is|have been|has been|get|got) carried out\b|\bcarried out\b/giu, 'done'],
  [/\bidentify (?=the\b|all\b)/giu, 'show '],
  // "active students without an adviser, just the number"
  [/^(?!how\b)([^?!]+?),? (?:just|only) (?:the|a) (?:number|count)(?=\s*[?.!]*$)/iu, 'how many $1'],
  // "count the accounts with two devices"
  [/^(?:please )?count (?:up )?(?:the |all(?: the)? |our )(?!(?:total )?number\b)/iu, 'how many '],
  // "login tickets in q1, how many did we get"
  [
    /^(?!for\b|of\b|in\b|on\b|by\b|how\b|what\b|which\b|who\b)([^,?:;]+?)(?:,| -|:) how many(?: (?:did we (?:get|have|see)|do we have|are there|were there|is (?:it|that)|in total))?(?=\s*[?.!]*$)/iu,
    'how many $1',
  ],
  [/\b(?:from|since) (?:the )?(?:very )?(?:start|beginning) of (?=(?:19|20)\d\d\b)/giu, 'since '],
  [/\bon or after\b/giu, 'since'],
  [/\bnumber of (?:such|these|those) /giu, 'number of '],
  // "played something on a TV"
  [/(?<!\b(?:never|not)\s)\b(\p{L}{3,}ed) (?:something|anything) (?=on\b|in\b|from\b|with\b)/giu, '$1 '],
  [/\b(closed|shut|gone|left) for good\b/giu, '$1'],
  // "how many of our salons are open"
  [/\bhow many of (?:our|the|all(?: the| our)?) (?=\p{L}+ \p{L})/giu, 'how many '],
  // "headcount by role, just people still with us"
  [
    /,? (?:just|only) (?:(?:the )?(?:people|those|staff|ones?|employees?) )?(?:who are )?still (?:with us|here|around|employed|working)\b/giu,
    ' who are still here',
  ],
  // "the most expensive service we still offer", "the nurses we currently employ"
  [
    /(?: (?:that|which|whom))? we (?:still|currently) (?:offer|sell|employ|make|stock|carry|use|operate|keep|have)\b(?! \p{L})|(?: (?:that|which|whom))? we (?:still|currently) (?:offer|sell|employ|make|stock|carry|use|operate|keep)\b/giu,
    ' that are still there',
  ],
  // "which services are no longer offered"
  [
    /\b(?:that |which )?we no longer (?:offer|sell|employ|make|stock|carry|use|operate|keep)\b|\bno longer (?:offered|sold|available|on sale|on offer|made|produced|stocked|in use|in service|active|with us|here|employed)\b/giu,
    'not there any more',
  ],
  // "only people who have not left"
  [
    /,? ?\b(?:just|only|counting only) (?:people|those|staff|employees|the ones) (?:who|that) (?:have not|haven['’]?t|has not|did not|didn['’]?t) left\b/giu,
    ' who are still here',
  ],
  // "clients we have never opened a matter for"
  [
    /\b(\p{L}+)(?: that| who| whom)? we (?:have |had )?never \p{L}+(?:ed|t|d|n) (?:an?|any) (\p{L}+) (?:for|to|with|from|on)(?=\s*[?.!,]|$)/giu,
    '$1 without any $2',
  ],
  // "non-cancelled orders"
  [/\bnon-(\p{L}+ed) (\p{L}+s)\b/giu, '$2 that are not $1'],
  // "Compare the total invoiced in the third quarter of 2025 with that of the third quarter of 2026."
  [
    /^compare (?:the |our )?([^?!]+?) (?:in|for|of) ((?:the )?(?:[\p{L}\d]+ )*(?:of )?(?:19|20)\d\d) (?:with|to|against) (?:that|those)?(?: of| in| for)? ?((?:the )?(?:[\p{L}\d]+ )*(?:of )?(?:19|20)\d\d)((?: by [\p{L} ]+)?)(?=\s*[?.!]*$)/iu,
    '$1$4 in $2 vs in $3',
  ],
  // "How many orders were placed in the third quarter of 2026 and how many in the third quarter of 2025?"
  [
    /^(how many [^?!,]+?) in ((?:the )?(?:\p{L}+ )*(?:of )?(?:19|20)\d\d) and how many in ((?:the )?(?:\p{L}+ )*(?:of )?(?:19|20)\d\d)(?=\s*[?.!]*$)/iu,
    '$1 in $2 vs in $3',
  ],
  // "customers who ordered last year but have not ordered anything this year"
  [
    new RegExp(
      String.raw`\b(?:(?:who|that|which) )?(?:have |had )?(order|book|purchas|visit|donat|subscrib)ed (${WHEN}) but (?:have not|had not|has not|did not|haven['’]?t|hasn['’]?t|didn['’]?t|not|never)(?: (?:\1\p{L}*|done so|anything|something|again|back|with us))* (${WHEN})(?=\s*[?.!,]|$| )`,
      'giu',
    ),
    (_, deed: string, when: string, other: string) => {
      const things = DEEDS.get(deed.toLowerCase()) ?? '';
      return `with ${things} ${when} but no ${things} ${other}`;
    },
  ],
  // "order value this month, no cancelled ones"
  [/, no (\p{L}+ed) (?:ones|\p{L}+s)(?=\s*[?.!,)]|$)/giu, ', excluding $1 ones'],
  // "in 2026 to date"
  [/\b((?:19|20)\d\d) (?:to date|so far)\b/giu, '$1'],
  [/\b(?:everyone|everybody) (?=\p{L}+ed\b)/giu, 'people '],
];

/** A request laid out as readers know it. */
export const inPlainForm = (question: string): string =>
  FORMS.reduce(
    (text, [said, plain]) => (typeof plain === 'string' ? text.replace(said, plain) : text.replace(said, plain)),
    question,
  );
