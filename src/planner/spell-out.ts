import { splitIdentifier, stem } from '#src/domain/words.ts';
import type { Lexicon } from './lexicon.ts';
import { inPlainWords } from './plain-words.ts';
import { NUMBER_WORDS } from './tokens.ts';

/** What people shorten in a question as databases do in names. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['dept', 'department'],
  ['acct', 'account'],
  ['yr', 'year'],
  ['appt', 'appointment'],
  ['appts', 'appointments'],
  ['qty', 'quantity'],
  ['max', 'maximum'],
]);

const NUMBER = `(?:\\d[\\d,.]*[km]?|one|${[...NUMBER_WORDS.keys()].join('|')})`;
/** "two or more": a bound that is within; what is not so is no such bound. */
const OR_MORE = new RegExp(
  `(?<!(?:\\b(?:not|never)|n['’]t)\\b[^.?!]*)\\b(${NUMBER}) or (more|fewer|less)\\b(?! than)`,
  'gi',
);

/** "in 2026-Fall": a stored value that begins with a number is no number, nor the year that it begins with. */
const quoteNumbered = (question: string, { values }: Lexicon): string =>
  question.replace(/(?<![\p{L}\p{N}"“'-])\d+[-/]\p{L}[\p{L}\p{N}-]*/gu, (code) =>
    values.has(code.toLowerCase()) ? `"${code}"` : code,
  );

/** "POs" of a table of purchase orders: the first letters of its name, where nothing else is called so. */
const spellInitials = (question: string, { tables, columns, values }: Lexicon): string =>
  question.replace(/(?<![\p{L}\p{N}])(\p{Lu}{2,4})(s?)(?![\p{L}\p{N}])/gu, (whole, letters: string, many: string) => {
    const initials = letters.toLowerCase();
    if (values.has(initials) || columns.some(({ stems }) => stems.includes(stem(initials)))) return whole;
    const meant = tables
      .map(({ target }) => splitIdentifier(target.title ?? target.name))
      .filter((words) => words.map(([first]) => first).join('') === initials);
    const [words, ...more] = meant;
    return words && !more.length ? (many ? words.join(' ') : words.join(' ').replace(/s$/, '')) : whole;
  });

/** "more than one"; "higher than at least one of the others" is no number. */
const ONE = /(?<!\bthan )\b((?:more|less|fewer) than|at least|at most|exactly|between) one\b(?! of\b)/gi;

/** What is typed in haste. */
const IN_HASTE: readonly (readonly [typed: RegExp, meant: string])[] = [
  [/ (?:\+|&|n|'n'?) /g, ' and '],
  [/\bhw (?=many\b|much\b)/gi, 'how '],
  [/\bppl\b/gi, 'people'],
  [/\bthru\b/gi, 'through'],
  [/(?<![\p{L}\d.])(\d+)\+(?=\s|[,.?!]|$)/gu, 'at least $1'],
  [/\bw (?=(?:at|no|more|less|fewer|over|under|an?|the|\d)\b)/gi, 'with '],
  [/\b(that|what|who|there|where)s\b(?! \p{L}+ed\b)/giu, '$1 is'],
  [/\b(\p{L}+)['’]ve\b/giu, '$1 have'],
  [/\b(we|they|you)['’]re\b/giu, '$1 are'],
  [/\bavg\b\.?/gi, 'average'],
  [/\bhrs\b/gi, 'hours'],
  [/\b(?:rn|atm)\b(?= *[,?.!]|$)/gi, 'right now'],
  [/\bw\/ /gi, 'with '],
  [/\bw\/o\b/gi, 'without'],
  [/\bper cent\b/gi, 'percent'],
  [/\bsince before\b/gi, 'before'],
  [/\b(have|has|had|do|does|did|is|are|was|were)nt\b/gi, '$1 not'],
  [/\bwhats\b/gi, 'what is'],
  [/\blongest-serving\b/gi, 'longest serving'],
  [/\b(by|per) (\p{L}{4,}) ((?:19|20)\d\d)(?= *(?:[,?.!]|$))/giu, '$1 $2 in $3'],
  [
    /(?:,| [–—-])? (?:(?:both|the two|all)(?: (?:figures|numbers|values))? )?(?:(?:next to|beside) each other|side by side)(?=[ ,.?!]|$)/gi,
    '',
  ],
  [/\bexcl\b\.?/gi, 'excluding'],
  [/(?<!\p{L})(?:nr|no|num|#)\.? of\b/giu, 'number of'],
];

const atLength = (question: string): string =>
  IN_HASTE.reduce((text, [typed, meant]) => text.replace(typed, meant), question);

/** Words that are spelt in two ways. */
const SPELLINGS: readonly (readonly [one: string, other: string])[] = [
  ['licence', 'license'],
  ['colour', 'color'],
  ['centre', 'center'],
  ['programme', 'program'],
  ['catalogue', 'catalog'],
  ['cheque', 'check'],
  ['tyre', 'tire'],
  ['labour', 'labor'],
  ['favourite', 'favorite'],
  ['organisation', 'organization'],
  ['enrolment', 'enrollment'],
  ['cancelled', 'canceled'],
  ['adviser', 'advisor'],
  ['grey', 'gray'],
  ['metre', 'meter'],
  ['litre', 'liter'],
];

/** Words as the names of the database spell them. */
function asNamed(question: string, { tables, columns, values }: Lexicon): string {
  const named = new Set([...tables, ...columns].flatMap(({ stems }) => stems));
  const isKnown = (word: string) => named.has(stem(word)) || values.has(word);
  return SPELLINGS.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]).reduce(
    (text, [typed, meant]) =>
      !isKnown(typed) && isKnown(meant) ? text.replace(new RegExp(`\\b${typed}(s?)\\b`, 'giu'), `${meant}$1`) : text,
    question,
  );
}

/** "what percent of the orders", where a column holds percents: a share of rows is asked for. */
const ofRows = (question: string, { columns }: Lexicon): string =>
  columns.some(({ stems }) => stems.includes('percent')) && !columns.some(({ stems }) => stems.includes('share'))
    ? question.replace(/\b(what|which)\s+(?:percent|percentage)\s+(?=of\b)/gi, '$1 share ')
    : question;

/** "like-new listings" of a stored `like new`, "start-date" of `start_date`, "check-ins" of a table `checkins`. */
const withoutHyphens = (question: string, { tables, literal, values }: Lexicon): string =>
  question.replace(/\b(\p{L}+)-(\p{L}+)\b/gu, (whole, one: string, other: string) =>
    tables.some(({ stems }) => stems.length === 1 && stems[0] === stem(`${one}${other}`.toLowerCase()))
      ? `${one}${other}`
      : literal.has(`${stem(one.toLowerCase())} ${stem(other.toLowerCase())}`) ||
          (!values.has(whole.toLowerCase()) && values.has(`${one} ${other}`.toLowerCase()))
        ? `${one} ${other}`
        : whole,
  );

const MONTH_SAID = '(?:january|february|march|april|may|june|july|august|september|october|november|december)';

/** "2025 sailings", "july 2026 sailings": things of that time, which stands behind them elsewhere. */
const periodsBehind = (question: string, { tables }: Lexicon): string =>
  question.replace(
    new RegExp(
      String.raw`(?<!\b(?:in|of|since|before|after|until|by|from|vs|versus|and|or|to|year|q[1-4]|${MONTH_SAID}) )\b((?:${MONTH_SAID} )?(?:19|20)\d\d) (\p{L}{3,}s)\b`,
      'giu',
    ),
    (whole, period: string, thing: string) =>
      tables.some(({ stems }) => stems.at(-1) === stem(thing.toLowerCase())) ? `${thing} in ${period}` : whole,
  );

/** A question in plain words, and in those of the database where they are spelt or shortened otherwise. */
const inItsWords = (question: string, lexicon: Lexicon): string =>
  [asNamed, ofRows, spellInitials, withoutHyphens, periodsBehind].reduce(
    (text, step) => step(text, lexicon),
    atLength(quoteNumbered(inPlainWords(question), lexicon)),
  );

/** Says at length what people shorten: "first and last names" are two names, "the year of 2006" is 2006. */
export function spellOut(question: string, lexicon: Lexicon): string {
  const named = (stems: string) => lexicon.columns.some((column) => ` ${column.stems.join(' ')}`.endsWith(` ${stems}`));
  const inTwo = named('first name') && named('last name') && !named('full name');
  const inCode = (full: string, code: string) => (lexicon.values.has(code.toLowerCase()) ? `in ${code}` : full);
  const called = (word: string) => named(stem(word)) || lexicon.values.has(word);
  return inItsWords(question, lexicon)
    .replace(/\boutstanding(?= \p{L}+\b(?! \())/giu, (word) => (called('outstanding') ? word : 'unpaid'))
    .replace(/\bin euros?\b/gi, (full) => inCode(full, 'EUR'))
    .replace(/\bin (?:us )?dollars?\b/gi, (full) => inCode(full, 'USD'))
    .replace(/\b(first), (middle),? and (last|family) (names?)\b/gi, '$1 $4, $2 $4 and $3 $4')
    .replace(/\b(first) (and|or) (last|family) (names?)\b/gi, '$1 $4 $2 $3 $4')
    .replace(
      /\b(start|begin|end|finish|opening|closing|arrival|departure|birth|death) and (start|begin|end|finish|opening|closing|arrival|departure|birth|death) (dates?|times?)\b/gi,
      '$1 $3 and $2 $3',
    )
    .replace(/\bfull (names?)\b/gi, (full, name: string) =>
      inTwo ? `first ${name} and last ${name}` : named('full name') ? full : name,
    )
    .replace(/\b(each|every) ([a-z]+)['’]s ([a-z]+(?: name| id| code)?)\b/gi, '$3 of $1 $2')
    .replace(/\b(staff|faculty|crew|team) members?\b/gi, '$1')
    .replace(/\b(?:the )?year of (\d{4})\b/gi, '$1')
    .replace(/\bin or after (\d{4})\b/gi, 'since $1')
    .replace(
      /\b(this|the current) (year|month|quarter|week) (vs\.?|versus|against|compared (?:to|with)) (?:the )?(last|previous)(?= *[?.!]*$)/gi,
      '$1 $2 $3 $4 $2',
    )
    .replace(
      /\b(?:(?:in|from|on) )?(?:the )?(?:year )?(\d{4}) (?:or|and) (?:later|newer|onwards?|after)\b(?! (?:the )?(?:year )?(?:of )?\d)/gi,
      'since $1',
    )
    .replace(
      /\b(?:(?:in|from|on) )?(?:the )?(?:year )?(\d{4}) (?:or|and) (?:before|earlier|older)\b(?! (?:the )?(?:year )?(?:of )?\d)/gi,
      (_, year: string) => `before ${Number(year) + 1}`,
    )
    .replace(
      /\b(dept|acct|yr|qty|max)(s?)\b(?=[ ,.?!]|$)/gi,
      (_, short: string, many: string) => `${SHORT.get(short.toLowerCase())}${many}`,
    )
    .replace(
      /\bthe (?:(first)|(\d{1,2})(?:st|nd|rd|th)?) of (?=(?:january|february|march|april|may|june|july|august|september|october|november|december)\b)/gi,
      (_, first, day) => `${first ? 1 : day} `,
    )
    .replace(
      /^how (?:did|do|does|have|has) (?:the |our )?(.+?) (?:changed?|grow|grown|develop|developed|move|moved) (?:from|since|compared (?:to|with)|versus|vs\.?|against|over|on) (?:the )?(?:last|previous) (month|year|quarter|week)(?= *[?.!]*$)/i,
      '$1 this $2 vs last $2',
    )
    .replace(
      /\btop (\d+|two|three|four|five|ten) (expensive|costly|popular|common|frequent|recent)\b/gi,
      'top $1 most $2',
    )
    .replace(/\b((?:per|by|each) (?:month|quarter|week)),? (?=(?:19|20)\d\d\b)/gi, '$1 in ')
    .replace(
      /^(?!how|what|which|who)([^,]+), how many (?:of (?:them|those|these) )?(are|were) (?!there\b|they\b)([\p{L} ]+?)(?= *[?.!]*$)/iu,
      'how many $1 that $2 $3',
    )
    .replace(/\b(this|last) (year|month|quarter|week) and (?:the )?(last|this) \2\b/gi, '$1 $2 vs $3 $2')
    .replace(/\be-mail/gi, 'email')
    .replace(/\bhis or her\b/gi, 'their')
    .replace(/\bhe or she\b/gi, 'they')
    .replace(/\b(\d+) (?:yrs?|years?) old\b/gi, '$1 years old')
    .replace(/\b(year|quarter|month|week|day) by \1\b/gi, 'by $1')
    .replace(/\b(this (?:year|quarter|month|week)),? so far\b/gi, 'so far $1')
    .replace(/\bso far in (?=\d{4})/gi, 'in ')
    .replace(/\b(leave) (?:out )?((?:the )?[\p{L}]+)(?: ones?)? out\b/giu, 'excluding $2')
    .replace(/\b(order) (?=(?:values?|amounts?|volume|totals?|revenue|costs?|size)\b)/gi, '$1s ')
    .replace(/\b(an?|one|single|any|no|each|every|per) order(?=[ ,.?!]|$)(?! (?:by|of|in) )/gi, '$1 orders')
    .replace(/\bvs\./gi, 'vs')
    .replace(/,? ?\b(?:as well as|along with|together with)\b/gi, ' and')
    .replace(/\b(do|does|did|is|are|was|were|has|have|had|can|could|would|should)n['’]t\b/gi, '$1 not')
    .replace(/ (?:with|from|to|for|by) us\b(?! [A-Z])/g, '')
    .replace(/\b(joined|paid|pay|owe|left) us\b/g, '$1')
    .replace(/\b(in|for) (\d{4}) (vs\.?|versus|against|compared (?:to|with)) (?=\d{4}\b)/gi, '$1 $2 $3 $1 ')
    .replace(/\bno longer\b/gi, 'not')
    .replace(/\bcannot\b/gi, 'can not')
    .replace(/\b(have|has|had) (not |never )?got\b/gi, (_, have: string, not = '') =>
      not ? `${have} ${not}had` : have,
    )
    .replace(/\bgot\b/gi, 'had')
    .replace(OR_MORE, (_, number: string, more: string) => `at ${/more/i.test(more) ? 'least' : 'most'} ${number}`)
    .replace(ONE, '$1 1');
}
